"""The switch against the ledger: at start, after each reconnection, every minute.

In: what runs on the switch (asked over the control link), what was kept. Out: recorders
that nobody permitted are stopped, calls that went on without a controller are adopted,
calls that ended without one get their end, files that nobody knows are put away. Must
not touch a call that is driven here, nor take an answer that it cannot read for "none".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from eslflow.call.records import (
    CallEnded,
    RecordingAction,
    RecordingEnded,
    Row,
)
from eslflow.clock import Clock
from eslflow.errors import CommandRefused, ProtocolError, UnsafeValue
from eslflow.switch.findings import Books, Finding, Keep, Kept, Leg, Talk
from eslflow.switch.link import Link
from eslflow.switch.permits import call_of, is_permitted
from eslflow.wire.buglist import recorders
from eslflow.wire.command import identifier
from eslflow.wire.terms import ApiCommand, RecordAction

REASON = "reconcile"
ALL = "all"
HELD = "HELD"
"""State of a leg that has the other one on hold (switch_channel.c, CCS_HELD)."""
_PLAIN = re.compile(r"[A-Za-z0-9_./@+:-]+")


def _nobody() -> frozenset[str]:
    return frozenset()


@dataclass
class Reconciler:
    """Compares, and mends. One for each site."""

    link: Link
    books: Books
    keep: Keep
    folder: str
    """Of the recordings, as the switch writes them."""
    clock: Clock
    settle: Callable[[], str] = lambda: ""
    """Waits until everything that calls have kept so far is in the ledger; says why it
    is not."""
    live: Callable[[], Collection[str]] = _nobody
    """Returns which calls are driven."""
    adopt: Callable[[Talk], str] = lambda _: "nobody takes it over"
    """Takes over a call that goes on without a controller; says why not."""
    is_guest: bool = False
    """Another process drives calls: what becomes of them is left to it."""
    lone: frozenset[str] = frozenset()
    """Calls that went on at the last comparison, and nobody drives."""

    def run(self, dry_run: bool = False) -> list[Finding]:
        """Compare once; return what was found.

        Raises:
            LinkLost: the switch cannot be asked.
            StoreError: the ledger cannot be read.
            ProtocolError: the switch's answer cannot be read.
        """
        comparison = _Round(self, dry_run, self.clock.now())
        found = list(comparison.findings())
        self.lone = frozenset(comparison.lone)
        return found

    def legs(self) -> dict[str, Leg]:
        """Return who talks with whom (mod_commands.c, `show calls`)."""
        found: dict[str, Leg] = {}
        for row in self.rows("calls"):
            one, other = _safe(row.get("uuid")), _safe(row.get("b_uuid"))
            if one and other:
                since = _whole(row.get("call_created_epoch")) * 1_000_000
                holds = [row.get(f"{its}callstate") == HELD for its in ("", "b_")]
                numbers = [str(row.get(f"{its}dest", "")) for its in ("", "b_")]
                found[one] = Leg(other, numbers[1], since, holds[1], holds[0])
                found[other] = Leg(one, numbers[0], since, holds[0], holds[1])
        return found

    def rows(self, what: str) -> list[dict[str, Any]]:
        """Return what `show` lists.

        Raises:
            ProtocolError: it is no list.
        """
        answer = self.link.api(ApiCommand.SHOW, f"{what} as json")
        try:
            shown = json.loads(answer, strict=False)
            rows = shown.get("rows", [])
            return [row for row in rows if isinstance(row, dict)]
        except (ValueError, AttributeError, TypeError, RecursionError) as error:
            # Not "none": every call would seem to be over.
            words = f"`show {what} as json` answered what is no list"
            raise ProtocolError(words, answer.encode(errors="replace")) from error


@dataclass
class _Round:
    """One comparison."""

    of: Reconciler
    dry_run: bool
    began_at: int
    """A call that came later is none of ours."""
    running: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The files that recorders write, by channel."""
    talks: dict[str, Talk] = field(default_factory=dict)
    """Calls with a recording that may go on."""
    unpermitted: set[str] = field(default_factory=set)
    """Files that may not be, whether or not their recorder could be stopped."""
    lone: set[str] = field(default_factory=set)
    """Calls that go on, and cannot be taken over."""
    live_before: frozenset[str] = frozenset()
    blind: str = ""
    """Why the ledger does not know everything: what it refuses is refused all the
    same, but what it does not know may be waiting to be written."""

    def findings(self) -> Iterator[Finding]:
        # In this order: the rows of a call that was live before were handed to the
        # ledger by then, or it still is live, and is left alone.
        self.live_before = frozenset(self.of.live())
        legs = self.of.legs()
        for uuid in self._channels():
            if uuid not in self.live_before:
                self.running[uuid] = self._recorders(uuid) or ()
        self.blind = self.of.settle() or self.of.books.problem()
        for uuid, paths in self.running.items():
            for path in paths:
                yield from self._judge(uuid, path, legs)
        if self.blind:
            yield Finding(
                "blind", "", "", f"only refusals were looked at: {self.blind}"
            )
            return
        if not self.of.is_guest:
            yield from self._accounts(legs)
        yield from self._orphans()

    def _is_driven(self, *uuids: str) -> bool:
        live = self.live_before | frozenset(self.of.live())
        return not live.isdisjoint(uuids)

    # What the switch says.

    def _channels(self) -> Iterator[str]:
        for row in self.of.rows("channels"):
            uuid = _safe(row.get("uuid"))
            if uuid:
                yield uuid

    def _recorders(self, uuid: str) -> tuple[str, ...] | None:
        """Return the files that recorders of a leg write; None: unknown."""
        try:
            return recorders(self.of.link.api(ApiCommand.UUID_BUGLIST, uuid))
        except CommandRefused:
            return None

    def _has_stopped(self, uuid: str, path: str) -> bool:
        """Whether a recorder is seen not to run: no answer shows nothing."""
        running = self._recorders(uuid)
        if running is not None:
            return path not in running
        return not self._is_there(uuid)

    def _is_there(self, uuid: str) -> bool:
        try:
            return self.of.link.api(ApiCommand.UUID_EXISTS, uuid) != "false"
        except CommandRefused:
            return True

    def _exists(self, uuid: str) -> bool:
        """Whether a call goes on; what `show` tells may be a little old."""
        if uuid in self.running:
            return True
        return bool(_safe(uuid)) and self._is_there(uuid)

    # Recorders.

    def _judge(self, uuid: str, path: str, legs: dict[str, Leg]) -> Iterator[Finding]:
        """Stop a recorder that writes into our folder without permission."""
        if not path.startswith(f"{self.of.folder}/"):
            return
        found = self.of.books.recording_at(path)
        row, kept = found or (None, None)
        owner = row["call_uuid"] if row else call_of(path)
        if self._is_driven(uuid, owner):
            return
        if row and kept and is_permitted(kept, row):
            if owner == uuid:
                self.talks[uuid] = Talk(kept, path, legs.get(uuid))
            return
        if (self.blind and row is None) or self._has_stopped(uuid, path):
            # Its row may be on its way; or who has ended it meanwhile has kept that.
            return
        self.unpermitted.add(path)
        why = "nobody has agreed to it" if row else "nothing is kept of it"
        text = f"a recorder runs, and {why}"
        if not self.dry_run:
            text += self._stop(uuid, path, row)
        yield Finding("unpermitted", uuid, path, text)

    def _stop(self, uuid: str, path: str, row: Kept | None) -> str:
        """Stop a recorder and put its file away; return what came of it, in words."""
        asked_at = self.of.clock.now()
        reply = self._ask_to_stop(uuid, path)
        is_stopped = self._has_stopped(uuid, path)
        action = RecordingAction(
            recording_id=row["id"] if row else "",
            call_uuid=row["call_uuid"] if row else uuid,
            at=self.of.clock.now(),
            action=RecordAction.STOP,
            reason=REASON,
            step="",
            reply=reply,
            verified=is_stopped,
            asked_at=asked_at,
            leg_uuid="" if row and row["call_uuid"] == uuid else uuid,
            path="" if row else path,
        )
        is_open = is_stopped and row and row["state"] is None
        # First the file: were we to die in between, nobody would put it away any more.
        problem = self.of.books.set_aside(path) if is_stopped else ""
        self.of.keep([action, *([self._ended(row)] if row and is_open else [])])
        if not is_stopped:
            return f"; it could not be stopped: {reply}"
        return "; it was stopped" + (f", but {problem}" if problem else "")

    def _ask_to_stop(self, uuid: str, path: str) -> str:
        """Ask for a stop, and for one of all recorders of the leg if that is refused.

        A path with a blank in it could not be named.
        """
        reply = "-it cannot be named"
        for target in [path, ALL] if _PLAIN.fullmatch(path) else [ALL]:
            arg = f"{uuid} {RecordAction.STOP} {target}"
            try:
                return self.of.link.api(ApiCommand.UUID_RECORD, arg)
            except CommandRefused as error:
                reply = error.reply
        return reply

    # Calls.

    def _accounts(self, legs: dict[str, Leg]) -> Iterator[Finding]:
        """Adopt calls that go on; give those that have ended their end."""
        for kept in self.of.books.open_calls():
            uuid = kept["call"]["uuid"]
            came_at = kept["call"].get("offered_at", 0)
            if came_at >= self.began_at or self._is_driven(uuid) or uuid in self.talks:
                continue
            if not self._exists(uuid):
                yield Finding("ended", uuid, "", "it ended and no controller was there")
                if not self.dry_run:
                    self._end(kept)
                continue
            paths = [row["path"] for row in _open(kept)]
            if paths and paths[-1] not in self.unpermitted:
                self.talks[uuid] = Talk(kept, paths[-1], legs.get(uuid))
            else:
                self.lone.add(uuid)
        for uuid, talk in self.talks.items():
            if not self._is_driven(uuid):
                yield self._take_over(uuid, talk)

    def _take_over(self, uuid: str, talk: Talk) -> Finding:
        text = "it goes on without a controller"
        why_not = "" if self.dry_run else self.of.adopt(talk)
        if why_not:
            self.lone.add(uuid)
            return Finding("alone", uuid, talk.path, f"{text}: {why_not}")
        if not self.dry_run:
            self._end_others(talk)
        return Finding("adopted", uuid, talk.path, text)

    def _end_others(self, talk: Talk) -> None:
        """End the files of an adopted call that were left open before the last one."""
        rows = [row for row in _open(talk.kept) if row["path"] != talk.path]
        if rows:
            self.of.keep([self._ended(row) for row in rows])

    def _end(self, kept: Kept) -> None:
        rows: list[Row] = [self._ended(row) for row in _open(kept)]
        call = kept["call"]
        if "offered_at" in call and call["ended_at"] is None:
            last = max(kept["recording_actions"], key=_at, default=None)
            rows.append(
                CallEnded(
                    uuid=call["uuid"],
                    ended_at=self.of.clock.now(),
                    ending="lost",
                    cause="",
                    last_step=call["last_step"] or (last["step"] if last else ""),
                )
            )
        self.of.keep(rows)

    def _ended(self, row: Kept) -> RecordingEnded:
        started_at = row["started_at"] or row["asked_at"]
        return RecordingEnded(
            id=row["id"],
            started_at=started_at,
            stopped_at=self.of.clock.now(),
            ms=0,
            cause="",
            state="lost",
            audio_at=row["audio_at"] or started_at,
        )

    # Files.

    def _orphans(self) -> Iterator[Finding]:
        """Put away files of which nothing is kept, and that nobody writes."""
        written = {path for paths in self.running.values() for path in paths}
        for path in self.of.books.strays():
            call = call_of(path)
            if path in written or path in self.unpermitted or self._is_driven(call):
                continue
            text = "nothing is kept of this file"
            problem = "" if self.dry_run else self.of.books.set_aside(path)
            yield Finding(
                "orphan", call, path, f"{text}, and {problem}" if problem else text
            )


def _open(kept: Kept) -> list[Kept]:
    return [row for row in kept["recordings"] if row["state"] is None]


def _at(row: Kept) -> int:
    return int(row["at"])


def _safe(uuid: object) -> str:
    """Return a uuid that may be sent back; empty: it is none."""
    try:
        return identifier(uuid) if isinstance(uuid, str) else ""
    except UnsafeValue:
        return ""


def _whole(text: object) -> int:
    digits = str(text)
    return int(digits) if re.fullmatch("[0-9]{1,12}", digits) else 0
