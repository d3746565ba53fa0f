"""Who answers for what is recorded: `office:` in a site's settings.

In: a node with its position. Out: an `Office`, or everything that is wrong with it.
Exports of consents name it; nothing here is guessed, for it stands in documents that
others rely on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from eslflow.flow import codes
from eslflow.flow.document import Kind, Node
from eslflow.flow.problems import Context, entries_of, scalar

_NEEDED = ("name", "address", "contact", "policy", "withdrawal", "storage")
_LISTS = ("recipients", "sensitive")
_KEYS = (*_NEEDED, "email", "phone", "jurisdiction", "authority", *_LISTS)
_EMAIL = re.compile(r"[^@\s<>\"(),:;]+@[^@\s<>\"(),:;]+\.[^@\s<>\"(),:;.]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{1,30}")
_URL = re.compile(r"https?://[^\s<>\"{}|\\^`/?#]+[^\s<>\"{}|\\^`]*")
MOST = 500
"""Characters of a text."""


@dataclass(frozen=True)
class Office:
    """The controller, in the words of the GDPR (Art. 4(7))."""

    name: str
    address: str
    contact: str
    """Whom to write to: a person or a function."""
    policy: str
    """Where the privacy policy can be read."""
    withdrawal: str
    """How a consent is withdrawn."""
    storage: str
    """Where recordings and the ledger are kept."""
    jurisdiction: str
    """Whose law holds."""
    email: str = ""
    phone: str = ""
    authority: str = ""
    """Whom people may complain to."""
    recipients: tuple[str, ...] = ()
    """Who else receives recordings or consents."""
    sensitive: tuple[str, ...] = ()
    """Special categories of data (GDPR Art. 9) that calls are about."""


def read_office(node: Node | None, context: Context, country: str) -> Office | None:
    """Return what a site says of its office; None: nothing, or something wrong."""
    if node is None:
        return None
    entries = entries_of(node, context, _KEYS, "{name: ..., address: ...}")
    if entries is None:
        return None
    known = len(context.document.problems)
    texts = {
        key: _text(value, context.inside(key))
        for key, value in entries.items()
        if key not in _LISTS
    }
    texts.setdefault("jurisdiction", country)
    lists = {key: _list(entries.get(key), context.inside(key)) for key in _LISTS}
    _check(node, entries, texts, context)
    if len(context.document.problems) > known:
        return None
    return Office(**texts, **lists)  # type: ignore[arg-type]


def _check(
    node: Node, entries: dict[str, Node], texts: dict[str, str], context: Context
) -> None:
    """Note what is missing, and what is not what it should be."""
    missing = [key for key in _NEEDED if key not in texts]
    if not texts["jurisdiction"] and "jurisdiction" not in entries:
        missing.append("jurisdiction")
    if not {"email", "phone"} & texts.keys():
        missing.append("email")
    if missing:
        hint = f"Add {', '.join(f'{key}:' for key in missing)}; an export names it."
        if "jurisdiction" in missing:
            hint += " The jurisdiction is the site's country: where none stands here."
        if "email" in missing:
            hint += " Instead of email: there may be phone:."
        problem = f"office has no {' and no '.join(missing)}"
        context.problem(codes.MISSING, node, problem, hint)
    for key, pattern, words in (
        ("email", _EMAIL, "an address such as privacy@example.com"),
        ("phone", _PHONE, "a number such as +49 30 123456"),
        ("policy", _URL, "an address such as https://example.com/privacy"),
    ):
        if texts.get(key) and not pattern.fullmatch(texts[key]):
            problem = f"'{texts[key]}' is not {words}"
            hint = f"Write {words}."
            context.inside(key).problem(codes.WRONG_VALUE, entries[key], problem, hint)


def _text(node: Node, context: Context) -> str:
    """Return a text on one line, as documents can take it."""
    text = (scalar(node, context, "text") or "").strip()
    if node.is_scalar and node.kind is not Kind.NOTHING:
        if not text:
            problem = "an empty text stands here"
            context.problem(codes.WRONG_VALUE, node, problem, "Write it, or leave out")
        elif len(text) > MOST or not text.isprintable():
            hint = f"Write it on a line of at most {MOST} characters."
            problem = "this is too long, or not on one line"
            context.problem(codes.WRONG_VALUE, node, problem, hint)
    return text


def _list(node: Node | None, context: Context) -> tuple[str, ...]:
    if node is None:
        return ()
    if node.kind is not Kind.LIST:
        hint = "Write a list such as [Example Hosting Ltd], or [] for none."
        problem = f"{node.kind.value} stands where a list is wanted"
        context.problem(codes.WRONG_VALUE, node, problem, hint)
        return ()
    return tuple(_text(item, context) for item in node.items)
