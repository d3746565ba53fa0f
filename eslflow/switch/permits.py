"""What the ledger permits of a call that nobody drives.

In: everything kept of it. Out: whose a file is, the last word of each who was asked on
each purpose, and whether a recording that was begun may go on. Must not ask anybody.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from eslflow.call.consent import is_of_nobody, permits
from eslflow.call.records import Reason, State
from eslflow.flow.model import Party

Kept = dict[str, Any]

_OWN_NAME = re.compile(r"(?P<call>[0-9A-Za-z][0-9A-Za-z-]{0,63})-[0-9]{1,6}\.wav")


def call_of(path: str) -> str:
    """Return the call that a file is named after; empty: it is no name of ours."""
    found = _OWN_NAME.fullmatch(PurePosixPath(path).name)
    return found["call"] if found else ""


def last_choices(kept: Kept) -> dict[tuple[str, str], Kept]:
    """Return the last word on each purpose, by its name and who was asked.

    A call that comes back and is not asked again keeps the answer it gave.
    """
    last: dict[tuple[str, str], Kept] = {}
    for choice in kept["choices"]:
        # A ledger that no newer eslflow has written to yet does not say who.
        whose = choice["purpose"], choice.get("party") or str(Party.CALLER)
        if choice["state"] != str(State.NOT_ASKED) or whose not in last:
            last[whose] = choice
    said = {whose[0] for whose, row in last.items() if not _is_of_nobody(row)}
    return {
        whose: row
        for whose, row in last.items()
        if not _is_of_nobody(row) or whose[0] not in said
    }


def _is_of_nobody(choice: Kept) -> bool:
    return is_of_nobody(choice["state"], choice["reason"])


def is_permitted(kept: Kept, row: Kept) -> bool:
    """Whether a recording that was begun may go on: a purpose of it still permits it.

    A purpose that nobody was asked about rests on another basis than consent, else the
    recording would not have been begun. Of a private call, nothing goes on.
    """
    if is_private(kept):
        return False
    last = last_choices(kept)
    return any(
        all(permitted(word) for (about, _), word in last.items() if about == purpose)
        for purpose in row["purposes"].split()
    )


def is_private(kept: Kept) -> bool:
    """Whether somebody has made the call private."""
    return any(row["reason"] == str(Reason.PRIVATE) for row in kept["choices"])


def permitted(choice: Kept) -> bool:
    """Whether who was asked has permitted it, as long as it is the last word."""
    return permits(choice["basis"], choice["state"], choice["reason"])
