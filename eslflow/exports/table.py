"""Consents as CSV (RFC 4180), which a spreadsheet can open without harm.

In: the lines of a look-up (`Reader.consents`). Out: text. Must not look anything up.

What a caller sends may begin like a formula. A cell that begins so gets an apostrophe
in front, after which a spreadsheet takes it as text; so does a cell that begins with
one already, so that programs can take it off again.
"""

from __future__ import annotations

from typing import Any

from eslflow.errors import visible
from eslflow.exports.consent import ERASED, instant

COLUMNS = (
    "call_uuid",
    "at",
    "caller",
    "caller_name",
    "called",
    "flow",
    "purpose",
    "basis",
    "state",
    "reason",
    "key",
    "notice",
    "notice_version",
    "language",
    "heard_ms",
    "tries",
    "performed_by",
    "recorded",
)
_PERSONAL = ("caller", "caller_name", "called")
_BEGINS_A_FORMULA = tuple("=+-@|%'\uff1d\uff0b\uff0d\uff20\ufffd")
"""And their full-width forms; what cannot be printed is shown as the last one."""


def header() -> str:
    """Return the line of names."""
    return _line(COLUMNS)


def row(line: dict[str, Any]) -> str:
    """Return a consent as a line."""
    return _line([_value(name, line[name]) for name in COLUMNS])


def _value(name: str, value: Any) -> str:
    if name == "at":
        return instant(value)
    if name in _PERSONAL and value is None:
        return ERASED
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _line(cells: Any) -> str:
    return ",".join(map(_cell, cells)) + "\r\n"


def _cell(text: str) -> str:
    text = visible(text)
    # Blanks in front do not keep every spreadsheet from it.
    if text.lstrip().startswith(_BEGINS_A_FORMULA):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"'
