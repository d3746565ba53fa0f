"""Looking up what was kept.

In: a ledger's path and what is looked for. Out: plain rows (dicts), newest first. Opens
the database for reading only; imports nothing slow, for a look-up is waited for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from difflib import get_close_matches
from itertools import chain, islice
from pathlib import Path
from typing import Any

from eslflow.errors import NotFound, StoreError
from eslflow.ledger import states
from eslflow.ledger.personal import together
from eslflow.ledger.rights import for_reading
from eslflow.ledger.there import is_there, unreadable
from eslflow.ledger.where import Normal, Where, calls_up_to

Line = dict[str, Any]


def opened(path: Path) -> sqlite3.Connection:
    """Open a ledger for reading only.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    if not path.is_file():
        raise StoreError(
            f"there is no ledger at {path}: has eslflow serve run for this site?"
        )
    try:
        with ExitStack() as if_it_fails:
            db = sqlite3.connect(for_reading(path), uri=True, isolation_level=None)
            if_it_fails.callback(db.close)
            # No row is read: whoever verifies is to name one that is damaged.
            db.execute("SELECT 1 FROM choices LIMIT 0")
            if_it_fails.pop_all()
            return db
    except (sqlite3.Error, UnicodeDecodeError) as error:
        # What SQLite says of a damaged file may quote its bytes.
        hint = "Bring back a backup: docs/ledger.md says how"
        told = f"{path} cannot be read as a ledger: {error}. {hint}"
        raise StoreError(told) from error


class Reader:
    """A ledger opened for looking things up."""

    def __init__(self, path: Path, normal: Normal | None = None) -> None:
        self._normal = normal
        self._db = opened(path)
        self._db.row_factory = sqlite3.Row

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def __enter__(self) -> Reader:
        """Return the reader."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def calls(
        self,
        *,
        number: str = "",
        flow: str = "",
        since: int = 0,
        until: int = 0,
        limit: int = 100,
    ) -> list[Line]:
        """Return calls; times in microseconds since 1970, 0: no bound."""
        where = Where(since, until, "offered_at")
        self._of_number(where, number, "calls.uuid")
        where.equal("flow", flow)
        sql = (
            f"SELECT * FROM calls {where.sql('WHERE')} ORDER BY offered_at DESC LIMIT ?"
        )
        return [_public(row) for row in self._all(sql, [*where.values, limit])]

    def consents(self, **asked: Any) -> list[Line]:
        """Return the last word on each purpose of each call: see `each_consent`."""
        return list(self.each_consent(**asked))

    def each_consent(
        self,
        *,
        call: str = "",
        receipt: str = "",
        number: str = "",
        state: str = "",
        purpose: str = "",
        since: int = 0,
        until: int = 0,
        limit: int = 100,
    ) -> Iterator[Line]:
        """Yield the last word on each purpose of each call; a limit of -1 is none."""
        where = Where(since, until, "c.at")
        is_rare = not self._of_number(where, number, "c.call_uuid")
        where.equal("c.call_uuid", self.uuid_of(call) if call else "")
        if receipt:
            calls = self.with_receipt(receipt)
            marks = ", ".join("?" * len(calls))
            where.add(f"c.call_uuid IN ({marks})", *calls)
        # The plus keeps SQLite from an index that finds far too many.
        where.equal("+c.purpose", purpose)
        is_narrow = bool(call or receipt or (number and is_rare))
        if state and limit >= 0 and not (is_narrow or since or until):
            lines = self._newest_of(state, where, limit)
        else:
            are_few = not is_narrow and state and states.are_few(self._db, state)
            where.equal("c.state" if are_few else "+c.state", state)
            sql = f"{states.CONSENTS} {where.sql('AND')} ORDER BY c.seq DESC LIMIT ?"
            lines = self._each(sql, [*where.values, limit])
        for line in lines:
            yield {**line, "recorded": bool(line["recorded"])}

    def _of_number(self, where: Where, number: str, column: str) -> bool:
        """Demand a number; return whether it has many calls, and `calls` is needed."""
        sql, values = calls_up_to(states.FEW + 1, number, self._normal)
        is_often = bool(number) and self._all(sql, values)[0]["n"] > states.FEW
        where.number(number, column, self._normal, is_often=is_often)
        return is_often

    def _newest_of(self, state: str, where: Where, limit: int) -> Iterator[Line]:
        sql = f"{states.CONSENTS} AND c.seq = ? {where.sql('AND')}"
        numbers = states.newest_of(self._db, state)
        found = (self._each(sql, [seq, *where.values]) for seq in numbers)
        return islice(chain.from_iterable(found), limit)

    def call(self, uuid: str) -> dict[str, Any]:
        """Return everything kept of one call: by its uuid, or the start of it.

        Raises:
            NotFound: no call begins so, or several do.
        """
        found = self.uuid_of(uuid)
        one = [found]
        calls = self._all("SELECT * FROM calls WHERE uuid = ?", one)
        choices = self.choices(found)
        recordings = self._all(
            "SELECT * FROM recordings WHERE call_uuid = ? ORDER BY asked_at", one
        )
        actions = self._all(
            "SELECT * FROM recording_actions WHERE call_uuid = ? ORDER BY seq", one
        )
        return {
            "call": _public(calls[0]) if calls else {"uuid": found},
            "choices": choices,
            "recordings": recordings,
            "recording_actions": [
                {**a, "verified": bool(a["verified"])} for a in actions
            ],
        }

    def choices(self, uuid: str) -> list[Line]:
        """Return what became of each question of exactly this call, in order."""
        return self._all(
            "SELECT c.*, n.text AS notice_text, n.url AS notice_url FROM choices c "
            "LEFT JOIN notices n ON n.flow = c.flow AND n.notice = c.notice "
            "AND n.version = c.notice_version AND n.language = c.language "
            "WHERE c.call_uuid = ? ORDER BY c.seq",
            [uuid],
        )

    def with_receipt(self, code: str) -> list[str]:
        """Return the calls in which this receipt was read out."""
        if not is_there(self._db, "choices", "receipt"):
            return []
        # Said twice, so that the index is used, which has no empty ones.
        sql = (
            "SELECT DISTINCT call_uuid FROM choices "
            "WHERE receipt = ? AND receipt <> '' ORDER BY call_uuid"
        )
        return [row["call_uuid"] for row in self._all(sql, [code])]

    def withdrawn_recordings(self) -> list[Line]:
        """Return ended recordings of calls in which a withdrawal says delete.

        Or in which a key has made the call private, and the flow says so.
        """
        sql = (
            "SELECT * FROM recordings WHERE call_uuid IN (SELECT call_uuid FROM "
            "choices WHERE (state = 'withdrawn' OR reason = 'private') "
            "AND on_withdrawal = 'delete') "
            "AND state IS NOT NULL AND erased_at IS NULL ORDER BY asked_at"
        )
        return self._all(sql, [])

    def notices(self) -> list[Line]:
        """Return the words and audio of every notice that was played."""
        return self._all("SELECT * FROM notices", [])

    def unended(self) -> list[str]:
        """Return the calls whose end nobody has seen, or that of a recording."""
        # What was not checked has an index, and what is open was not checked.
        sql = (
            "SELECT uuid FROM calls WHERE ended_at IS NULL UNION "
            "SELECT call_uuid FROM recordings "
            "WHERE checked_at IS NULL AND state IS NULL"
        )
        return [row["uuid"] for row in self._all(sql, [])]

    def has_recording(self, name: str) -> bool:
        """Whether a recording of exactly this name is kept."""
        return bool(self._all("SELECT 1 FROM recordings WHERE id = ?", [name]))

    def recording_at(self, path: str) -> Line | None:
        """Return the recording that is kept in a file, or None."""
        # A file is named after its recording, whatever form it is in.
        name = Path(path).name.partition(".")[0]
        sql = "SELECT * FROM recordings WHERE id = ? AND path = ?"
        found = self._all(sql, [name, path])
        return found[0] if found else None

    def recordings(
        self,
        *,
        number: str = "",
        verdict: str = "",
        since: int = 0,
        until: int = 0,
        limit: int = 100,
    ) -> list[Line]:
        """Return recordings; a limit of -1 is none."""
        where = Where(since, until, "r.asked_at")
        is_often = self._of_number(where, number, "r.call_uuid")
        where.equal("r.verdict", verdict)
        # Which ones, first: each has its call only where that is asked for.
        join = "JOIN calls ON calls.uuid = r.call_uuid" if is_often else ""
        order = "ORDER BY r.asked_at DESC"
        sql = (
            "SELECT r.*, calls.caller, calls.called FROM recordings r "
            "LEFT JOIN calls ON calls.uuid = r.call_uuid WHERE r.id IN (SELECT r.id "
            f"FROM recordings r {join} {where.sql('WHERE')} {order} LIMIT ?) {order}"
        )
        return self._all(sql, [*where.values, limit])

    def recordings_named(self, start: str) -> list[Line]:
        """Return a recording by its name or the start of it; a call's uuid names all.

        Raises:
            NotFound: none begins so, or those of several calls do.
        """
        sql = "SELECT * FROM recordings WHERE id >= ? AND id < ? ORDER BY id LIMIT 1000"
        found = self._all(sql, [start, f"{start}\U0010ffff"]) if start else []
        calls = sorted({line["call_uuid"] for line in found})
        if not found:
            raise NotFound(f"there is no recording {start!r}: see eslflow recordings")
        if len(calls) > 1:
            several = ", ".join(calls[:6])
            raise NotFound(f"recordings of several calls begin with {start}: {several}")
        return found

    def unchecked(self, before: int) -> list[str]:
        """Return recordings that ended before that, and were not looked into.

        Their names only: after a busy hour there may be thousands.
        """
        sql = (
            "SELECT id FROM recordings WHERE checked_at IS NULL "
            "AND erased_at IS NULL AND state IS NOT NULL AND stopped_at < ? "
            "ORDER BY asked_at"
        )
        return [row["id"] for row in self._all(sql, [before])]

    def recording(self, name: str) -> Line:
        """Return the recording of exactly this name.

        Raises:
            NotFound: there is none.
        """
        found = self._all("SELECT * FROM recordings WHERE id = ?", [name])
        if not found:
            raise NotFound(f"there is no recording {name!r}: see eslflow recordings")
        return found[0]

    def unsettled(self) -> list[Line]:
        """Return recordings whose earlier form is still to be removed."""
        sql = "SELECT * FROM recordings WHERE source <> '' AND erased_at IS NULL"
        return self._all(sql, [])

    def to_store(self, converts: bool, encrypts: bool, limit: int) -> list[Line]:
        """Return intact recordings that are not in their form yet, oldest first."""
        forms = ["form IS NULL"] * (converts or encrypts)
        # What is encrypted cannot be converted any more: nobody here can read it.
        forms += ["form IN ('wav', 'flac', 'opus')"] * encrypts
        if not forms:
            return []
        sql = (
            f"SELECT * FROM recordings WHERE verdict = 'intact' AND sha256 <> '' "
            "AND erased_at IS NULL "
            f"AND coalesce(source, '') = '' AND ({' OR '.join(forms)}) "
            "ORDER BY asked_at LIMIT ?"
        )
        return self._all(sql, [limit])

    def to_hook(self, since: int, tries: int) -> list[Line]:
        """Return intact recordings found so since then whose command has not run."""
        sql = (
            "SELECT * FROM recordings WHERE verdict = 'intact' AND sha256 <> '' "
            "AND erased_at IS NULL AND hook_result IS NOT 'done' AND checked_at >= ? "
            "AND coalesce(hook_tries, 0) < ? AND coalesce(source, '') = '' "
            "ORDER BY checked_at"
        )
        return self._all(sql, [since, tries])

    def looks(self, recording: Mapping[str, Any]) -> list[Line]:
        """Return who looked at a recording, in order."""
        if not is_there(self._db, "looks"):
            return []
        sql = (
            "SELECT * FROM looks WHERE call_uuid = ? AND recording_id = ? ORDER BY seq"
        )
        return self._all(sql, [recording["call_uuid"], recording["id"]])

    def looks_at_person(self, marks: Collection[str]) -> list[Line]:
        """Return who looked at all that is kept of a person, in order."""
        if not marks or not is_there(self._db, "looks", "subject"):
            return []
        rows = self._db.execute("SELECT * FROM looks WHERE subject <> '' ORDER BY seq")
        lines = [dict(row) for row in rows if row["subject"] in marks]
        for line in lines:
            together(line, self._text_of)
        return lines

    def actions(self, recording: Mapping[str, Any]) -> list[Line]:
        """Return what was asked of a recording's recorder, in order."""
        sql = (
            "SELECT * FROM recording_actions WHERE call_uuid = ? "
            "AND recording_id = ? ORDER BY seq"
        )
        return self._all(sql, [recording["call_uuid"], recording["id"]])

    def wishes(self, uuid: str) -> list[Line]:
        """Return what was wanted of the recording of exactly this call, in order."""
        # A ledger that no newer eslflow has written to yet knows of none.
        if not self._all("SELECT 1 FROM sqlite_master WHERE name = 'wishes'", []):
            return []
        return self._all(
            "SELECT * FROM wishes WHERE call_uuid = ? ORDER BY seq", [uuid]
        )

    def uuid_of(self, start: str) -> str:
        """Return the one call whose uuid begins so.

        Raises:
            NotFound: none does, or several do.
        """
        # A span of the index, where LIKE would walk through every call.
        span = [start, f"{start}\U0010ffff"] * 2
        sql = (
            "SELECT uuid FROM calls WHERE uuid >= ? AND uuid < ? UNION "
            "SELECT call_uuid FROM choices WHERE call_uuid >= ? AND call_uuid < ? "
            "LIMIT 6"
        )
        found = [row["uuid"] for row in self._all(sql, span)] if start else []
        if start in found or len(found) == 1:
            return start if start in found else str(found[0])
        if found:
            raise NotFound(f"several calls begin with {start}: {', '.join(found)}")
        recent = self._all(
            "SELECT uuid FROM calls ORDER BY offered_at DESC LIMIT 500", []
        )
        near = get_close_matches(start, [row["uuid"] for row in recent], 1, 0.5)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise NotFound(f"there is no call {start!r}.{hint}")

    def _text_of(self, hash_: str) -> str | None:
        sql = "SELECT text FROM personal WHERE hash = ?"
        found = self._db.execute(sql, (hash_,)).fetchone()
        return found["text"] if found else None

    def _all(self, sql: str, values: Sequence[Any]) -> list[Line]:
        return list(self._each(sql, values))

    def _each(self, sql: str, values: Sequence[Any]) -> Iterator[Line]:
        try:
            for row in self._db.execute(sql, values):
                line = dict(row)
                together(line, self._text_of)
                yield line
        except sqlite3.Error as error:
            raise unreadable(self._db, error) from error


def _public(line: Line) -> Line:
    """Return a call's row without what is there for look-ups only."""
    hidden = ("_digits", "_key")
    return {key: value for key, value in line.items() if not key.endswith(hidden)}
