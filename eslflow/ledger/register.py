"""The register of agents: who has agreed to being recorded, and to which words.

In: the ledger, again and again (a thread does it). Out: at once, whether an agent has
agreed. Calls ask what was read last: they never wait for a disk. What cannot be read is
an agreement of nobody.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from eslflow.errors import StoreError
from eslflow.ledger.read import opened
from eslflow.ledger.there import is_there

EVERY_S = 2.0
"""How often it is read again; so long a withdrawal may take to hold."""
_ALL = """
SELECT at, agent, state, text, version, text_sha256, agreed_on, who FROM agents
ORDER BY seq
"""

Line = dict[str, Any]


def entries(path: Path) -> list[Line]:
    """Return all that was ever entered, in order.

    Raises:
        StoreError: there is no ledger, or it cannot be read.
    """
    with closing(opened(path)) as db:
        db.row_factory = sqlite3.Row
        try:
            has_some = is_there(db, "agents")
            return [dict(row) for row in db.execute(_ALL)] if has_some else []
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot be read as a ledger: {error}") from error


def latest(lines: Iterable[Line]) -> dict[tuple[str, str], Line]:
    """Return the last word on each text of each agent."""
    return {(line["agent"], line["text"]): line for line in lines}


class Register:
    """What the ledger says of agents, as it was read last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._agreed: Mapping[tuple[str, str], int] = {}

    def read(self) -> None:
        """Read it again.

        Raises:
            StoreError: it cannot be read, so that nobody has agreed.
        """
        try:
            found = latest(entries(self._path)).items()
        except StoreError:
            self._agreed = {}
            raise
        self._agreed = {
            key: line["version"] for key, line in found if line["state"] == "agreed"
        }

    def has_agreed(self, agent: str, text: str, version: int) -> bool:
        """Whether an agent has agreed to this version of a text, or to a later one."""
        return self._agreed.get((agent, text), 0) >= version
