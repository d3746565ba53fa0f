"""Fills a ledger with invented calls, their choices, recordings and actions.

In: a site's folder (made if it is not there) and how many calls. Out: its ledger, which
has so many more, spread over some days, and a line that says how large it is.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from eslflow import __version__  # noqa: E402
from eslflow.call.receipt import receipt_of  # noqa: E402
from eslflow.call.records import (  # noqa: E402
    MEANT,
    CallEnded,
    CallOffered,
    Choice,
    NoticePlayed,
    RecordingAction,
    RecordingBegun,
    RecordingChecked,
    RecordingEnded,
    Row,
    State,
)
from eslflow.ledger.append import append  # noqa: E402
from eslflow.ledger.writer import connect  # noqa: E402
from eslflow.wire.terms import RecordAction  # noqa: E402

AT_ONCE = 500
"""Calls in one commit."""
SECOND = 1_000_000
DAY = 86_400 * SECOND
ENGINE = f"eslflow {__version__}"
FLOW, FLOW_SHA256 = "support", "5f" * 32
AUDIO_SHA256 = "a0" * 32
ANSWERS = (State.GRANTED, State.GRANTED, State.REFUSED, State.UNANSWERED)
QUEUES = ("sales", "support")
KEYS = {State.GRANTED: "1", State.REFUSED: "2"}


def call(random_: random.Random, at: int) -> Iterator[Row]:
    """Yield what is kept of one call."""
    uuid = f"{random_.getrandbits(128):032x}"
    uuid = "-".join((uuid[:8], uuid[8:12], uuid[12:16], uuid[16:20], uuid[20:]))
    caller = f"+4930{random_.randrange(10**7):07d}"
    yield CallOffered(uuid, "inbound", caller, "", "100", FLOW, FLOW_SHA256, ENGINE, at)
    yield NoticePlayed(
        FLOW, "recording", 3, "en", "Press 1 to agree.", AUDIO_SHA256, 4000, ""
    )
    state = random_.choice(ANSWERS)
    asked = Choice(
        uuid,
        at + SECOND,
        State.REQUESTED,
        "training",
        "consent",
        90 * 86_400,
        FLOW,
        FLOW_SHA256,
        "ask",
        ENGINE,
        "system",
        notice="recording",
        notice_version=3,
        language="en",
        audio_sha256=AUDIO_SHA256,
        keys_offered="1=granted 2=refused",
        tries=1,
    )
    yield asked
    yield asked._replace(
        at=at + 5 * SECOND,
        state=state,
        performed_by="subject" if state in KEYS else "system",
        reason="" if state in KEYS else "timeout",
        heard_ms=random_.randrange(4000),
        key=KEYS.get(state, ""),
        receipt=receipt_of(uuid) if state is State.GRANTED else "",
    )
    end = at + random_.randrange(20, 900) * SECOND
    if state is State.GRANTED:
        yield from _recording(uuid, at + 6 * SECOND, end, random_)
    queue = random_.choice(QUEUES)
    yield CallEnded(uuid, end, "hung_up", "NORMAL_CLEARING", "talk", queue)


def _recording(uuid: str, at: int, end: int, random_: random.Random) -> Iterator[Row]:
    name, ms = f"{uuid}-1", (end - at) // 1000
    path = f"/var/lib/eslflow/recordings/{name}.wav"
    sha256 = f"{random_.getrandbits(256):064x}"
    yield RecordingBegun(name, uuid, uuid, path, "training", "talk", at)
    start = RecordingAction(
        name, uuid, at, RecordAction.START, "step", "talk", "+OK Success", True, at
    )
    yield start
    stop = start._replace(at=end, action=RecordAction.STOP, reason="hangup")
    yield stop._replace(reply=MEANT, verified=False)
    yield stop
    yield RecordingEnded(name, at, end, ms, "success-hangup", "stopped", at)
    yield RecordingChecked(
        name, end + 9 * SECOND, "intact", path, sha256, ms * 32, ms, ""
    )


def fill(path: Path, calls: int, days: int) -> None:
    """Write calls into a ledger."""
    first = time.time_ns() // 1000 - days * DAY
    with closing(connect(path)) as db:
        # Nobody needs these after a power cut.
        db.execute("PRAGMA synchronous = OFF")
        known: set[NoticePlayed] = set()
        (there,) = db.execute("SELECT count(*) FROM calls").fetchone()
        random_ = random.Random(there)
        for begin in range(0, calls, AT_ONCE):
            rows: list[Row] = []
            for number in range(begin, min(begin + AT_ONCE, calls)):
                rows += call(random_, first + number * days * DAY // calls)
            db.execute("BEGIN IMMEDIATE")
            append(db, rows, known)
            db.execute("COMMIT")


def main() -> None:
    """Fill the ledger of a site."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=365)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    settings = asked.folder / "eslflow.yaml"
    if not settings.exists():
        settings.write_text("# Made by scripts/fill: it has no flows.\n")
    path = asked.folder / "eslflow.db"
    started = time.monotonic()
    fill(path, asked.calls, asked.days)
    took, size = time.monotonic() - started, path.stat().st_size
    print(f"{asked.calls} calls in {took:.0f} s; {path} has {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
