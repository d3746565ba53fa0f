"""A switch that is anything but honest: what is promised holds all the same.

Whole calls through the real controller, on the simulated switch: each command about
recordings is refused, answered and not done, done and not told, or answered after ten
seconds. In every case: no recording without a grant, the caller reaches somebody, what
is kept as masked is silent or the file is found out, and every file has an end.
"""

import math
from contextlib import suppress
from pathlib import Path

import gevent
import pytest

from eslflow.call.recorder import GUARD_S
from eslflow.call.wishes import Want, Wish
from eslflow.errors import NotFound
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import Ledger
from eslflow.recordings.auditor import Auditor
from eslflow.rig import Rig
from eslflow.sim.deeds import FullDisk
from eslflow.sim.lies import Lie
from eslflow.sim.script import Script
from tests.peers import make_sounds
from tests.steps_of import HEAD, flow

STEPS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
card: {announce: welcome, record: masked}
talk: {queue: support, record: on, answered: more}
more: {announce: welcome, record: masked}
bye: {announce: welcome, record: on}
"""
PAY = flow(STEPS, f"{HEAD}recording: {{agent_keys: {{1: mask}}}}\n")
UUID = "lied-1"
TALK = {"agent_hangs_up": True, "talk_s": 20.0}
ACTIONS = ("start", "stop", "mask", "unmask")
LIES = {
    "nothing wrong": (),
    **{f"refuses {a}": (Lie(f"uuid_record {a}", "-ERR no"),) for a in ACTIONS},
    **{
        f"only says that it does {a}": (Lie(f"uuid_record {a}", is_done=False),)
        for a in ACTIONS
    },
    **{
        f"answers {a} after ten seconds": (
            Lie(f"uuid_record {a}", late_s=10.0, times=1),
        )
        for a in ACTIONS
    },
    **{
        f"does {a} after ten seconds": (
            Lie(f"uuid_record {a}", late_s=10.0, is_slow=True, times=1),
        )
        for a in ACTIONS
    },
    "loses RECORD_START": (Lie("uuid_record start", loses="RECORD_START"),),
    "loses RECORD_STOP": (
        Lie("uuid_record stop", loses="RECORD_STOP"),
        Lie("hangup", loses="RECORD_STOP"),
    ),
    "refuses to look": (Lie("uuid_buglist", "-ERR no reply"),),
    "refuses the agenda": (Lie("sched_api", "-ERR no"),),
    "refuses everything": tuple(
        Lie(command, "-ERR no")
        for command in ("uuid_record", "uuid_buglist", "sched_api", "sched_del")
    ),
}


class Played:
    """A call that was played to its end, and what was kept of it."""

    def __init__(self, folder, lies=(), key="1", **more):
        self.answers = []
        sounds = make_sounds(folder / "sounds")
        with Rig([PAY], sounds, folder) as rig:
            self.rig, self.began = rig, rig.clock.now()
            self.begins()
            at = {
                "bridged +5": self.asks(Want.MASKED),
                "bridged +9": self.asks(Want.ON),
                **more.pop("at", {}),
            }
            script = Script(
                (key,), uuid=UUID, path="test", lies=lies, at=at, **{**TALK, **more}
            )
            self.call = rig.call(script)
            rig.pass_s(60)
            self.ends()
            with rig.look() as ledger:
                self.kept = ledger.call(UUID)
        assert verify(folder / "eslflow.db").broken is None
        self.verdicts = dict(self.checked(folder))

    def begins(self):
        """Set up what else belongs to the site."""

    def ends(self):
        """Take it down."""

    def asks(self, want):
        """Return what a payment page does; it waits for its answer."""

        def ask():
            wish = Wish(want, "token page")
            with suppress(NotFound):  # nobody drives the call
                self.answers.append(self.rig.controller.desk.ask(UUID, wish))

        return lambda: gevent.spawn(ask)

    def checked(self, folder):
        """Yield what is found when the files are opened."""
        for recording in self.call.recordings:
            path = Path(recording.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(recording.wav())
        with Ledger(folder / "eslflow.db") as ledger:
            place = folder / "recordings"
            auditor = Auditor(
                folder / "eslflow.db", ledger.keep, place, self.rig.clock, str
            )
            for row in auditor.run_due():
                yield row.id, row.verdict

    def masked(self, recording):
        """Yield from when to when it was kept as masked, in seconds of the call."""
        began = None
        for row in self.kept["recording_actions"]:
            if f"{row['recording_id']}.wav" not in recording.path:
                continue
            if row["action"] == "mask" and row["verified"]:
                began = began or row["at"]
            elif row["action"] != "mask" and began:
                yield self.seconds(began), self.seconds(row["asked_at"] or row["at"])
                began = None

    def seconds(self, micros):
        return (micros - self.began) / 1e6


def grants_come_first(played):
    """Whether nothing was recorded before the grant was on disk."""
    granted = [c["at"] for c in played.kept["choices"] if c["state"] == "granted"]
    first = min(granted, default=math.inf)
    return all(r.started_s >= played.seconds(first) for r in played.call.recordings)


def leaks(played):
    """Return what was kept as masked, can be heard, and was not found out."""
    return [
        (recording.path, from_s, to_s)
        for recording in played.call.recordings
        for from_s, to_s in played.masked(recording)
        # The guard lets pass what an unmask still lets through.
        if recording.audible(from_s, to_s - GUARD_S)
        # What the switch only said, the file itself tells.
        and played.verdicts[Path(recording.path).stem] != "leaked"
    ]


@pytest.mark.parametrize("lies", LIES.values(), ids=LIES)
def test_whatever_the_switch_says_what_was_promised_holds(tmp_path, lies):
    played = Played(tmp_path, lies)
    assert "agent answers" in [heard.what for heard in played.call.heard]
    assert grants_come_first(played)
    assert played.call.breaches == []
    assert all(row["state"] for row in played.kept["recordings"])
    assert leaks(played) == []


@pytest.mark.parametrize("lies", LIES.values(), ids=LIES)
def test_whatever_the_switch_says_who_refuses_is_not_recorded(tmp_path, lies):
    played = Played(tmp_path, lies, key="2")
    assert "agent answers" in [heard.what for heard in played.call.heard]
    assert played.call.recordings == []
    assert played.kept["recordings"] == []


def test_an_honest_switch_masks_while_it_is_asked_to(tmp_path):
    played = Played(tmp_path)
    assert [(a.recording, a.is_done) for a in played.answers] == [
        ("masked", True),
        ("on", True),
    ]
    # The agent's leaving ends the file: the secret after it is in none, and `bye` has
    # one of its own.
    recording, after = played.call.recordings
    assert list(played.masked(after)) == []
    spans = list(played.masked(recording))
    assert [round(to_s - from_s, 1) for from_s, to_s in spans] == [4.1]
    assert set(played.verdicts.values()) == {"intact"}


def test_a_mask_that_is_only_said_is_found_out(tmp_path):
    played = Played(tmp_path, LIES["only says that it does mask"])
    assert "leaked" in played.verdicts.values()


def test_a_disk_that_fills_up_is_found_out(tmp_path):
    played = Played(tmp_path, does={"bridged +2": FullDisk()})
    assert "damaged" in played.verdicts.values()


@pytest.mark.parametrize("action", ["refuses mask", "does mask after ten seconds"])
def test_a_payment_page_is_not_told_of_a_mask_that_is_none(tmp_path, action):
    played = Played(tmp_path, LIES[action])
    first = played.answers[0]
    (recording, *_) = played.call.recordings
    at_s = next(h.at_s for h in played.call.heard if h.what == "agent answers") + 5
    # It is told of silence only where there is silence: the recording was stopped.
    assert first.recording != "masked"
    assert not first.is_done or not recording.audible(at_s + 3, at_s + 4)


@pytest.mark.parametrize(
    "lies",
    ["answers stop after ten seconds", "loses RECORD_START", "loses RECORD_STOP"],
)
def test_what_is_told_late_or_never_is_no_fault_of_the_file(tmp_path, lies):
    played = Played(tmp_path, LIES[lies])
    assert set(played.verdicts.values()) == {"intact"}
