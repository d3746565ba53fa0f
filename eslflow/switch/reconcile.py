"""The switch against the ledger: at start, after each reconnection, every minute.

In: what runs on the switch (asked over the control link), what was kept. Out: recorders
that nobody permitted are stopped, calls that went on without a controller are adopted,
calls that ended without one get their end. Must not touch a call that is driven here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from eslflow.call.records import (
    CallEnded,
    RecordingAction,
    RecordingEnded,
    Row,
    State,
)
from eslflow.clock import Clock
from eslflow.errors import CommandRefused, UnsafeValue
from eslflow.ledger.read import Reader
from eslflow.switch.link import Link
from eslflow.wire.buglist import recorders
from eslflow.wire.command import identifier
from eslflow.wire.terms import ApiCommand, RecordAction

REASON = "reconcile"
_PERMITTING = frozenset({str(State.GRANTED), str(State.VERBAL)})

Kept = dict[str, Any]
Keep = Callable[[Sequence[Row]], None]


class Finding(NamedTuple):
    """Something that was not as it should be, and what was done about it."""

    what: str
    """`unpermitted`, `adopted` or `ended`."""
    call: str
    path: str
    text: str
    """In words for a person."""


class Leg(NamedTuple):
    """Who a caller talks with, as the switch knows it."""

    uuid: str
    number: str


class Talk(NamedTuple):
    """A call that goes on without a controller."""

    kept: Kept
    leg: Leg | None


@dataclass
class Reconciler:
    """Compares, and mends. One for each site."""

    link: Link
    ledger: Callable[[], Reader]
    """Opens the ledger for reading."""
    keep: Keep
    folder: str
    """Of the recordings, as the switch writes them."""
    clock: Clock
    is_live: Callable[[str], bool] = lambda _: False
    """Whether a call is driven here."""
    adopt: Callable[[Talk], bool] = lambda _: False
    """Takes over a call that goes on without a controller."""
    set_aside: Callable[[str], object] = lambda _: None
    """Puts a file into quarantine."""

    def run(self, dry_run: bool = False) -> list[Finding]:
        """Compare once; return what was found.

        Raises:
            LinkLost: the switch cannot be asked.
            StoreError: the ledger cannot be read.
        """
        channels = list(self._channels())
        found: list[Finding] = []
        with self.ledger() as ledger:
            for uuid in channels:
                for path in self._recorders(uuid):
                    found += self._judge(ledger, uuid, path, dry_run)
            talks = dict(self._talks())
            for call in ledger.unended():
                found += self._account(ledger, call, channels, talks, dry_run)
        return found

    # What the switch says.

    def _rows(self, what: str) -> list[dict[str, Any]]:
        try:
            shown = json.loads(self.link.api(ApiCommand.SHOW, f"{what} as json"))
        except (CommandRefused, ValueError):
            return []
        rows = shown.get("rows") if isinstance(shown, dict) else None
        return [row for row in rows or [] if isinstance(row, dict)]

    def _channels(self) -> Iterator[str]:
        for row in self._rows("channels"):
            try:
                yield identifier(str(row.get("uuid", "")))
            except UnsafeValue:
                continue

    def _talks(self) -> Iterator[tuple[str, Leg]]:
        """Yield who talks with whom (mod_commands.c, `show calls`)."""
        for row in self._rows("calls"):
            leg = Leg(str(row.get("b_uuid", "")), str(row.get("b_dest", "")))
            yield str(row.get("uuid", "")), leg

    def _recorders(self, uuid: str) -> tuple[str, ...]:
        try:
            return recorders(self.link.api(ApiCommand.UUID_BUGLIST, uuid)) or ()
        except CommandRefused:
            return ()

    # What is done about it.

    def _judge(
        self, ledger: Reader, uuid: str, path: str, dry_run: bool
    ) -> Iterator[Finding]:
        """Stop a recorder that writes into our folder without permission."""
        if not path.startswith(f"{self.folder}/") or self.is_live(uuid):
            return
        row = ledger.recording_at(path)
        if row is not None and is_permitted(ledger.call(row["call_uuid"]), row):
            return
        why = "nobody has agreed to it" if row else "nothing is kept of it"
        yield Finding("unpermitted", uuid, path, f"a recorder runs, and {why}")
        if not dry_run:
            self._stop(uuid, path, row)

    def _stop(self, uuid: str, path: str, row: Kept | None) -> None:
        asked_at = self.clock.now()
        try:
            reply = self.link.api(
                ApiCommand.UUID_RECORD, f"{uuid} {RecordAction.STOP} {path}"
            )
        except (CommandRefused, UnsafeValue) as error:
            reply = f"-{error}"
        is_stopped = reply.startswith("+")
        action = RecordingAction(
            recording_id=row["id"] if row else "",
            call_uuid=uuid,
            at=self.clock.now(),
            action=RecordAction.STOP,
            reason=REASON,
            step="",
            reply=reply,
            verified=is_stopped,
            asked_at=asked_at,
            path="" if row else path,
        )
        ended = [self._ended(row)] if row and row["state"] is None else []
        self.keep([action, *ended])
        if is_stopped:
            self.set_aside(path)

    def _account(
        self,
        ledger: Reader,
        call: Kept,
        channels: list[str],
        talks: dict[str, Leg],
        dry_run: bool,
    ) -> Iterator[Finding]:
        """Adopt a call that goes on; give one that has ended its end."""
        uuid = call["uuid"]
        if self.is_live(uuid):
            return
        kept = ledger.call(uuid)
        if uuid not in channels:
            yield Finding("ended", uuid, "", "it ended while no controller was there")
            if not dry_run:
                self._end(kept)
            return
        is_open = [row for row in kept["recordings"] if row["state"] is None]
        if is_open and (dry_run or self.adopt(Talk(kept, talks.get(uuid)))):
            path = is_open[-1]["path"]
            yield Finding("adopted", uuid, path, "it goes on without a controller")

    def _end(self, kept: Kept) -> None:
        rows: list[Row] = [
            self._ended(row) for row in kept["recordings"] if row["state"] is None
        ]
        call = kept["call"]
        rows.append(
            CallEnded(
                uuid=call["uuid"],
                ended_at=self.clock.now(),
                ending="lost",
                cause="",
                last_step=call["last_step"] or "",
            )
        )
        self.keep(rows)

    def _ended(self, row: Kept) -> RecordingEnded:
        started_at = row["started_at"] or row["asked_at"]
        return RecordingEnded(
            id=row["id"],
            started_at=started_at,
            stopped_at=self.clock.now(),
            ms=0,
            cause="",
            state="lost",
            audio_at=row["audio_at"] or started_at,
        )


def is_permitted(kept: Kept, row: Kept) -> bool:
    """Whether a recording that was begun may go on: a purpose of it still permits it.

    A purpose that nobody was asked about rests on another basis than consent, else the
    recording would not have been begun.
    """
    last = {choice["purpose"]: choice["state"] for choice in kept["choices"]}
    return any(
        last.get(purpose, str(State.GRANTED)) in _PERMITTING
        for purpose in row["purposes"].split()
    )
