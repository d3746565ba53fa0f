"""HTML in which no text can be anything but text.

In: texts, and what was made here. Out: HTML, every character that means something in it
escaped, and nothing that would move or hide what stands beside it. Must not take a name
of a tag or an attribute from outside.
"""

from __future__ import annotations

from html import escape

from eslflow.errors import visible


class Html(str):
    """What is HTML already: made by `tag`, or written here."""

    __slots__ = ()


Child = str | int | None


def text(value: Child) -> Html:
    """Return a text as HTML; None is nothing."""
    if isinstance(value, Html):
        return value
    if value is None:
        return Html("")
    return Html(escape(visible(str(value).replace("\n", " "))))


def tag(name: str, *children: Child, **attributes: str) -> Html:
    """Return an element. `class_` is `class`."""
    given = "".join(
        f' {key.rstrip("_")}="{escape(visible(value))}"'
        for key, value in attributes.items()
    )
    return Html(f"<{name}{given}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Html:
    """Return children one after the other."""
    return Html("".join(map(text, children)))
