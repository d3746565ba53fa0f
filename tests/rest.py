"""A site whose recordings are to rest in some form, without a controller."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyrage

from eslflow.call.records import (
    RecordingAction,
    RecordingBegun,
    RecordingEnded,
)
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import Ledger, write
from eslflow.recordings.auditor import MOMENT_US, Auditor
from eslflow.recordings.keeper import Keeper, Wanted
from eslflow.sim.clock import SimulatedClock
from eslflow.wire.terms import RecordAction
from tests.files import START, put, silence, talk, wav

S = 1_000_000
TALK_S = 12
END = START + TALK_S * S
IDENTITY = pyrage.x25519.Identity.generate()
TO = (str(IDENTITY.to_public()),)


def masked_talk(rate: int = 8000, channels: int = 2) -> bytes:
    """Return a talk that was masked from second 4 to 8."""
    given = {"rate": rate, "channels": channels}
    sound = talk(4, **given) + silence(4, **given) + talk(TALK_S - 8, **given)
    return wav(sound, rate=rate, channels=channels)


class Resting:
    """A ledger and a folder of recordings."""

    def __init__(self, folder: Path) -> None:
        self.ledger = folder / "eslflow.db"
        self.folder = folder / "recordings"
        self.clock = SimulatedClock(END + MOMENT_US + 1)
        self.alarms: list[str] = []
        self.told: list[str] = []
        Ledger(self.ledger).close()

    def path(self, name: str = "u-1-1", form: str = "wav") -> Path:
        return self.folder / f"2027/01/15/{name}.{form}"

    def has(self, name: str = "u-1-1", data: bytes = b"", **given: Any) -> Path:
        """Let a recording end, masked from second 4 to 8, and be found intact."""
        path = put(self.path(name), data or masked_talk())
        actions = [
            RecordingAction(
                name, "u-1", at, what, "step", "q", "+OK", True, at
            )
            for at, what in (
                (START + 4 * S, RecordAction.MASK),
                (START + 8 * S, RecordAction.UNMASK),
            )
        ]  # fmt: skip
        ended = {
            "id": name, "started_at": START, "stopped_at": END, "ms": TALK_S * 1000,
            "cause": "", "state": "stopped", "audio_at": START,
        }  # fmt: skip
        begun = RecordingBegun(name, "u-1", "u-1", str(path), "p", "q", START)
        write(self.ledger, [begun, *actions, RecordingEnded(**(ended | given))])
        self.checks()
        return path

    def checks(self) -> None:
        Auditor(
            self.ledger, self.writes, self.folder, self.clock, self.alarms.append
        ).run_due()

    def writes(self, rows: Any) -> None:
        write(self.ledger, rows)

    def keeper(self, **wanted: Any) -> Keeper:
        return Keeper(
            Wanted(**wanted),
            self.ledger,
            self.writes,
            self.folder,
            self.clock,
            self.alarms.append,
            self.told.append,
        )

    def rests(self, **wanted: Any) -> None:
        """Do what is due in a new process, until nothing is."""
        keeper = self.keeper(**wanted)
        for _ in range(3):
            keeper.run_due()

    def row(self, name: str = "u-1-1") -> dict[str, Any]:
        with Reader(self.ledger) as ledger:
            (line,) = ledger.recordings_named(name)
        return line

    def actions(self, name: str = "u-1-1") -> list[dict[str, Any]]:
        with Reader(self.ledger) as ledger:
            return ledger.actions(self.row(name))

    def files(self) -> list[str]:
        """Return the names of all files of the day, hidden ones too."""
        return sorted(os.listdir(self.path().parent))
