"""Versions of flows: what each was, and when calls ran it.

In: a ledger. Out: texts by the hash that calls and choices name, and the log of what
was served. Must not write, nor judge whether a text is what its hash says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from eslflow.errors import NotFound, StoreError
from eslflow.ledger.read import Line, opened
from eslflow.ledger.there import is_there

LEAST_START = 4
"""Characters of a hash that name a version."""
SHORT = 12
"""How many are shown."""


class Versions:
    """The versions in a ledger. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        self._db = opened(path)
        self._db.row_factory = sqlite3.Row
        self._has_any = is_there(self._db, "flow_log")

    def __enter__(self) -> Versions:
        """Return the versions."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the ledger."""
        self._db.close()

    def log(self, flow: str = "", limit: int = -1) -> list[Line]:
        """Return what was served and kept, the newest first; a limit of -1 is none."""
        sql = "SELECT * FROM flow_log WHERE ? IN ('', flow) ORDER BY seq DESC LIMIT ?"
        return self._all(sql, (flow, limit)) if self._has_any else []

    def served(self) -> dict[str, Line]:
        """Return when each flow that is served last changed, by its name."""
        sql = (
            "SELECT * FROM flow_log WHERE seq IN (SELECT max(seq) FROM flow_log "
            "WHERE state <> 'kept' GROUP BY flow) AND state = 'served' ORDER BY flow"
        )
        lines = self._all(sql) if self._has_any else []
        return {line["flow"]: line for line in lines}

    def since(self, sha256: str, at: int) -> Line | None:
        """Return when a version came into service that ran a call at some time.

        None: it was not kept, as of what ran before there were versions.
        """
        sql = (
            "SELECT * FROM flow_log WHERE flow_sha256 = ? AND state = 'served' "
            "AND at <= ? ORDER BY seq DESC LIMIT 1"
        )
        found = self._all(sql, (sha256, at)) if self._has_any else []
        return found[0] if found else None

    def text(self, sha256: str) -> Line | None:
        """Return the version of exactly this hash; None: its text was not kept."""
        sql = "SELECT * FROM flow_versions WHERE sha256 = ?"
        found = self._all(sql, (sha256,)) if self._has_any else []
        return found[0] if found else None

    def before(self, flow: str) -> Line | None:
        """Return the version that a flow had before the one that is served, if any.

        Of a flow that is served no more, it is the last one that was.

        Raises:
            NotFound: there never was such a flow.
        """
        lines = [line for line in self.log(flow) if line["state"] != "kept"]
        if not lines:
            raise NotFound(f"no flow '{flow}' was served: see eslflow flows log")
        now = lines[0]["flow_sha256"] if lines[0]["state"] == "served" else ""
        others = (line for line in lines if line["flow_sha256"] != now)
        return next((line for line in others if line["state"] == "served"), None)

    def has(self, flow: str, text: str) -> bool:
        """Whether a version of a flow has this text in its own file."""
        sql = "SELECT 1 FROM flow_versions WHERE flow = ? AND text = ?"
        return self._has_any and bool(self._all(sql, (flow, text)))

    def version(self, start: str) -> Line:
        """Return the version whose hash begins so.

        Raises:
            NotFound: none does, or several do.
        """
        found: list[Line] = []
        if self._has_any and len(start) >= LEAST_START:
            sql = "SELECT * FROM flow_versions WHERE sha256 >= ? AND sha256 < ? LIMIT 6"
            found = self._all(sql, (start, f"{start}g"))
        if not found:
            more = (
                "" if len(start) >= LEAST_START else f" ({LEAST_START} digits name one)"
            )
            raise NotFound(
                f"there is no version {start!r}{more}: see eslflow flows log"
            )
        if len(found) > 1:
            several = ", ".join(line["sha256"][:SHORT] for line in found)
            raise NotFound(f"several versions begin with {start}: {several}")
        return found[0]

    def whole(self, sha256: str) -> list[Line]:
        """Return a version and those of the flows inside it, each once.

        Raises:
            NotFound: one of them is not there.
        """
        found: dict[str, Line] = {}
        waiting = [sha256]
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found[name] = self.version(name)
                waiting += [hash_ for _, hash_ in inside(found[name])]
        return list(found.values())

    def run_by(self, call: str) -> str:
        """Return the hash of the version that exactly this call ran.

        Raises:
            NotFound: there is no such call.
        """
        sql = "SELECT flow_sha256 FROM calls WHERE uuid = ?"
        found = self._all(sql, (call,))
        if not found:
            raise NotFound(f"there is no call {call!r}: see eslflow calls list")
        return str(found[0]["flow_sha256"])

    def _all(self, sql: str, values: Sequence[object] = ()) -> list[Line]:
        try:
            with closing(self._db.execute(sql, values)) as rows:
                return [dict(row) for row in rows]
        except sqlite3.Error as error:
            raise StoreError(f"the ledger cannot be read: {error}") from error


def inside(version: Line) -> list[tuple[str, str]]:
    """Return name and hash of each flow that a version names."""
    lines = str(version["inside"]).splitlines()
    return [(name, hash_) for name, _, hash_ in (ln.partition(" ") for ln in lines)]
