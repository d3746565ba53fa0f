"""A site that has talked to somebody: calls on either side, words, recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eslflow.call.records import (
    CallEnded,
    CallOffered,
    Choice,
    RecordingAction,
    RecordingBegun,
    RecordingEnded,
    State,
)
from eslflow.clock import SystemClock
from eslflow.e164 import normaliser
from eslflow.ledger.read import Reader
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import Ledger, write
from eslflow.wire.terms import RecordAction
from tests.command import run
from tests.files import put, talk, wav

ANNA = "+4930123456"
BEN = "+4930123457"
SPELLINGS = ("+4930123456", "004930123456", "030123456", "030 123456", "(030) 12 34 56")
NAME = "Annabel Lee"
WHY = ("--reason", "file 17")
DAY_S = 86_400
NORMAL = normaliser("DE")


class Office:
    """A site in Germany."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = folder / "eslflow.db"
        (folder / "eslflow.yaml").write_text("country: DE\n")
        Ledger(self.ledger).close()
        self.now = SystemClock().now()

    def ends(
        self,
        uuid: str,
        caller: str = "030123456",
        called: str = "100",
        name: str = NAME,
        *more: Any,
        is_over: bool = True,
        at: int = 0,
    ) -> None:
        """Keep a call: what the caller pressed, and how it ended."""
        at = at or self.now - 3_600_000_000
        call = CallOffered(
            uuid, "inbound", caller, name, called, "sales", "f0", "e", at,
            NORMAL(caller), NORMAL(called),
        )  # fmt: skip
        choice = Choice(
            uuid, at + 1, State.GRANTED, "training", "consent", 30 * DAY_S, "sales",
            "f0", "ask", "e", key="1", on_withdrawal="delete",
        )  # fmt: skip
        over = [CallEnded(uuid, at + 9, "hung_up", "", "talk")] * is_over
        write(self.ledger, [call, choice, *more, *over])

    def records(
        self, uuid: str, *, is_over: bool = True, at: int = 0, **given: Any
    ) -> Path:
        """Let a call have been recorded; return the file."""
        at = at or self.now - 3_600_000_000
        place = self.folder / f"recordings/2027/01/15/{uuid}-1.wav"
        path = put(place, wav(talk(1)))
        row = {"purposes": "training", "step": "talk", "asked_at": at} | given
        begun = RecordingBegun(f"{uuid}-1", uuid, uuid, str(path), **row)
        ended = RecordingEnded(f"{uuid}-1", at, at + 8, 2000, "", "stopped", at)
        write(self.ledger, [begun, *[ended] * is_over])
        return path

    def talked(self) -> list[Path]:
        """Let Anna call twice, be called once, and Ben call, too; return her files."""
        foreign = RecordingAction(
            "", "anna-1", 6, RecordAction.STOP, f"key {ANNA}", "s", "+OK", True,
            path=f"/r/{ANNA}.wav",
        )  # fmt: skip
        self.ends("anna-1", "030123456", "100", NAME, foreign)
        self.ends("anna-2", "+4930123456", "100", NAME)
        self.ends("anna-3", "100", "004930123456", "Front desk")
        self.ends("ben-1", BEN, "100", "Ben")
        self.records("ben-1")
        return [self.records("anna-1"), self.records("anna-3")]

    def does(self, *words: str) -> Any:
        return run(self.folder, *words)

    def call(self, uuid: str) -> dict[str, Any]:
        with Reader(self.ledger) as ledger:
            return ledger.call(uuid)

    def is_whole(self) -> bool:
        """Whether all proof is as it was written."""
        return verify(self.ledger).broken is None

    def traces(self, *more: str) -> list[str]:
        """Return files that hold the number in any spelling, or its digits reversed."""
        digits = "30123456"
        wanted = [digits, digits[::-1], NAME, "30 123456", "12 34 56", *more]
        return [
            f"{path.name}: {text}"
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
            for text in wanted
            if text.encode() in path.read_bytes()
        ]
