"""What the ledger permits of a call that nobody drives.

In: everything kept of it. Out: whose a file is, the last word on each purpose, and
whether a recording that was begun may go on. Must not ask anybody.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from eslflow.call.consent import permits
from eslflow.call.records import State

Kept = dict[str, Any]

_OWN_NAME = re.compile(r"(?P<call>[0-9A-Za-z][0-9A-Za-z-]{0,63})-[0-9]{1,6}\.wav")


def call_of(path: str) -> str:
    """Return the call that a file is named after; empty: it is no name of ours."""
    found = _OWN_NAME.fullmatch(PurePosixPath(path).name)
    return found["call"] if found else ""


def last_choices(kept: Kept) -> dict[str, Kept]:
    """Return the last word on each purpose.

    A call that comes back and is not asked again keeps the answer it gave.
    """
    last: dict[str, Kept] = {}
    for choice in kept["choices"]:
        if choice["state"] != str(State.NOT_ASKED) or choice["purpose"] not in last:
            last[choice["purpose"]] = choice
    return last


def is_permitted(kept: Kept, row: Kept) -> bool:
    """Whether a recording that was begun may go on: a purpose of it still permits it.

    A purpose that nobody was asked about rests on another basis than consent, else the
    recording would not have been begun.
    """
    last = last_choices(kept)
    return any(
        purpose not in last or _permits(last[purpose])
        for purpose in row["purposes"].split()
    )


def _permits(choice: Kept) -> bool:
    return permits(choice["basis"], choice["state"], choice["reason"])
