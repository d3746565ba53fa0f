"""Consents as CSV (RFC 4180), which a spreadsheet can open without harm.

In: the lines of a look-up (`Reader.consents`), or a call's rows. Out: text. Must not
look anything up.

What a caller sends may begin like a formula. A cell that begins so gets an apostrophe
in front, after which a spreadsheet takes it as text; so does a cell that begins with
one already, so that programs can take it off again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eslflow.call.consent import is_of_nobody
from eslflow.call.records import State
from eslflow.errors import visible
from eslflow.exports.consent import ERASED, Kept, Line, instant
from eslflow.flow.model import Party
from eslflow.wire.terms import RecordAction

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
    "party",
)
_PERSONAL = ("caller", "caller_name", "called")
_BEGINS_A_FORMULA = tuple("=+-@|%'\uff1d\uff0b\uff0d\uff20\ufffd")
"""And their full-width forms; what cannot be printed is shown as the last one."""


def last_words(kept: Kept) -> list[Line]:
    """Return the last word on each purpose of each who was asked, the newest first.

    What a look-up of many calls has from the ledger (`Reader.consents`), of one.
    """
    last: dict[tuple[str, str], Line] = {}
    weightiest: dict[str, Line] = {}
    for row in sorted(kept["choices"], key=_weight):
        # An old ledger does not say who was asked.
        choice = {**row, "party": row.get("party") or str(Party.CALLER)}
        last[choice["purpose"], choice["party"]] = choice
        weightiest[choice["purpose"]] = choice
    call = {name: kept["call"].get(name) for name in _PERSONAL}
    return [
        {**choice, **call, "recorded": _is_recorded(kept, choice["purpose"])}
        for choice in sorted(last.values(), key=lambda c: -c["seq"])
        if choice is weightiest[choice["purpose"]]
        or not is_of_nobody(choice["state"], choice["reason"])
    ]


def _weight(choice: Line) -> tuple[bool, int]:
    # A call that came back, unasked, has still its answer.
    return choice["state"] != State.NOT_ASKED.value, choice["seq"]


def _is_recorded(kept: Kept, purpose: str) -> bool:
    started = {
        action["recording_id"]
        for action in kept["recording_actions"]
        if action["action"] == RecordAction.START and action["verified"]
    }
    # The ledger compares words between blanks, so that no purpose is in every file.
    return any(
        f" {purpose} " in f" {recording['purposes']} "
        for recording in kept["recordings"]
        if (recording["started_at"] or 0) > 0 or recording["id"] in started
    )


def header() -> str:
    """Return the line of names."""
    return written(COLUMNS)


def row(line: dict[str, Any]) -> str:
    """Return a consent as a line."""
    return written(_value(name, line[name]) for name in COLUMNS)


def _value(name: str, value: Any) -> str:
    if name == "at":
        return instant(value)
    if name in _PERSONAL and value is None:
        return ERASED
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def written(cells: Iterable[str]) -> str:
    """Return cells as a line: the one way in which eslflow writes CSV."""
    return ",".join(map(_cell, cells)) + "\r\n"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula, and run it."""
    # Blanks in front do not keep every spreadsheet from it.
    return text.lstrip().startswith(_BEGINS_A_FORMULA)


def _cell(text: str) -> str:
    text = visible(text)
    if is_formula(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"'
