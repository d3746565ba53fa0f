"""HTML in which no text can be anything but text.

In: texts, and what was made here. Out: HTML, every character that means something in it
escaped, and nothing that would move or hide what stands beside it. Must not take a name
of a tag or an attribute from outside.
"""

from __future__ import annotations

import re
from html import escape

_ODD = re.compile(
    "[\0-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What cannot be seen, or turns or hides what stands beside it. Written out, for each
Python knows other characters, and a report must be the same for all."""


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
    return Html(_shown(str(value)))


def _shown(value: str) -> str:
    """Return a text escaped; what would act on others, or is nothing, shows as such."""
    return escape(_ODD.sub(lambda c: " " if c[0] in "\t\n" else "\ufffd", value))


def tag(name: str, *children: Child, **attributes: str) -> Html:
    """Return an element. `class_` is `class`."""
    given = "".join(
        f' {key.rstrip("_")}="{_shown(value)}"' for key, value in attributes.items()
    )
    return Html(f"<{name}{given}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Html:
    """Return children one after the other."""
    return Html("".join(map(text, children)))
