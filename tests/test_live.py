"""On a real FreeSWITCH: see tests/live/README.md. Skipped when none is given.

Each test drives a call that FreeSWITCH itself places to an extension of its own; keys
are given to the leg with `uuid_recv_dtmf`, as if the caller had pressed them.
"""

import os
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import gevent
import pytest
from gevent.queue import Queue

from eslflow import shipped
from eslflow.check import flow_files, load_flow
from eslflow.clock import SystemClock
from eslflow.prompts import wav
from eslflow.rig import Rig
from eslflow.switch.greenswitch import SafeInbound

pytestmark = pytest.mark.live

PATIENCE_S = 60
CALLER = "+4930123456"
PHONE = "sofia/internal/caller@127.0.0.1:5060"
"""An extension of the switch itself, which answers and plays a tone."""


class Line:
    """A call on the real switch, and what the controller tells of it."""

    def __init__(self, link, rig, told, called, flow="support"):
        self.link, self.rig, self.told = link, rig, told
        self.uuid = str(uuid.uuid4())
        self.answered = ""
        """The question to which the last key was pressed."""
        port = rig.controller.address[1]
        # The switch calls itself: the leg that it gets must not be named like this one.
        variables = (
            f"origination_uuid={self.uuid},sip_invite_call_id={uuid.uuid4()},"
            f"origination_caller_id_number={CALLER}"
        )
        road = (
            f"'m:^:set:socket_resume=true^socket:127.0.0.1:{port}/{flow} async full"
            "^answer^hangup' inline"
        )
        link.send(f"bgapi originate {{{variables}}}{called} {road}")

    def until(self, words):
        """Wait until the controller tells this; return everything told since."""
        seen = []
        with gevent.Timeout(PATIENCE_S, AssertionError(f"{words!r} not in {seen}")):
            while not any(words in text for text in seen):
                seen.append(self.told.get())
        return seen

    def press(self, key):
        """Press a key once the switch asks: one from before it does not count."""
        plays = f"api uuid_getvar {self.uuid} current_application_data"
        with gevent.Timeout(PATIENCE_S):
            while "eslflow_digits" not in (asked := self.link.send(plays).data) or (
                asked == self.answered
            ):
                pass
        self.answered = asked
        self.types(key)

    def types(self, key):
        """Press a key, whatever the switch does."""
        self.link.send(f"api uuid_recv_dtmf {self.uuid} {key}")

    def talks(self, seconds):
        """Let the talk go on for a while."""
        end = self.rig.clock.now() + seconds * 1e6
        with gevent.Timeout(PATIENCE_S):
            while self.rig.clock.now() < end:
                self.link.send(f"api uuid_exists {self.uuid}")

    def commits(self):
        """Return a list that gets the time of each durable commit from now on."""
        times, keep = [], self.rig.ledger.keep

        def spy(rows, done=None):
            def told(problem):
                times.append(self.rig.clock.now())
                done(problem)

            keep(rows, told if done else None)

        self.rig.ledger.keep = spy
        return times

    def other(self):
        """Return the leg that this one talks with, once the talk has begun."""
        with gevent.Timeout(PATIENCE_S):
            while True:
                bond = f"api uuid_getvar {self.uuid} signal_bond"
                if (leg := self.link.send(bond).data) != "_undef_":
                    return leg

    def hangs_up(self):
        self.link.send(f"api uuid_kill {self.uuid}")

    def kept(self):
        """Return everything kept of the call, after the switch let go of it."""
        self.until("call ends")
        assert self.rig.controller.settle(PATIENCE_S) == 0
        with self.rig.look() as ledger:
            return ledger.call(self.uuid)


@pytest.fixture
def link(freeswitch):
    password = os.environ.get("ESLFLOW_FREESWITCH_PASSWORD", "ClueCon")
    found = SafeInbound(freeswitch, 8021, password)
    found.connect()
    yield found
    found.close()


@pytest.fixture
def place(link, tmp_path):
    rigs, lines = [], []
    # A call that went wrong before has sent the agent on a break.
    link.send("api callcenter_config agent set status 1001@default Available")

    def call(sounds=None, called=PHONE, change=("", ""), name="support"):
        told = Queue()
        for path in flow_files(shipped.flows()):
            text = path.read_text(encoding="utf-8").replace(*change)
            (tmp_path / path.name).write_text(text, encoding="utf-8")
        flow = load_flow(tmp_path / f"{name}.yaml")
        tmp_path.chmod(0o777)
        rig = Rig(
            [flow],
            sounds or shipped.sounds(),
            tmp_path,
            clock=SystemClock(),
            watch=lambda uuid, now, what: told.put(what.text),
        )
        rigs.append(rig)
        lines.append(Line(link, rig, told, called, name))
        return lines[-1]

    yield call
    for line in lines:
        line.hangs_up()
    for rig in rigs:
        rig.close()


def states(kept):
    return [(choice["state"], choice["reason"]) for choice in kept["choices"]][-1]


def test_who_agrees_is_recorded_from_the_answer_and_after_the_grant_is_on_disk(place):
    line = place()
    committed = line.commits()
    line.until("asks")
    line.press("1")
    line.until("granted, and kept")
    line.until("asks")
    line.press("2")
    line.until("an agent answers")
    line.talks(2.0)
    line.hangs_up()
    kept = line.kept()
    assert states(kept) == ("granted", "")
    assert kept["call"]["uuid"] == line.uuid
    (recording,) = kept["recordings"]
    assert len(committed) == 1
    assert committed[0] <= recording["asked_at"] <= recording["started_at"]
    held = wav.read(Path(recording["path"]))
    assert held.channels == 2
    assert 1500 < held.ms < 10_000
    actions = [(a["action"], a["verified"]) for a in kept["recording_actions"]]
    assert actions == [("start", True), ("stop", True)]


@pytest.mark.parametrize(
    ("keys", "state"),
    [
        (("2",), ("refused", "")),
        ((), ("unanswered", "timeout")),
        (("7", "9"), ("unanswered", "invalid")),
    ],
)
def test_who_does_not_agree_reaches_the_queue_unrecorded(place, keys, state, tmp_path):
    line = place()
    for key in keys:
        line.until("asks")
        line.press(key)
    line.until("For sales")
    line.press("2")
    line.until("an agent answers")
    line.hangs_up()
    kept = line.kept()
    assert states(kept) == state
    assert kept["recordings"] == []
    assert list(tmp_path.rglob("*-*.wav")) == []


@pytest.mark.parametrize(
    ("point", "keys", "state"),
    [
        ("announces", (), ("not_asked", "")),
        ("asks", (), ("hung_up", "")),
        ("For sales", ("1",), ("granted", "")),
    ],
)
def test_who_hangs_up_on_the_way_is_not_recorded(place, point, keys, state, tmp_path):
    line = place()
    for key in keys:
        line.until("asks")
        line.press(key)
    line.until(point)
    line.hangs_up()
    kept = line.kept()
    assert states(kept) == state
    assert kept["recordings"] == []
    assert list(tmp_path.rglob("*-*.wav")) == []


def test_keys_typed_ahead_are_no_consent(place):
    line = place()
    line.until("announces")
    line.types("1")
    line.until("no answer: timeout")
    line.hangs_up()
    assert states(line.kept())[0] != "granted"


def test_a_question_whose_file_is_gone_has_no_answer(place, tmp_path):
    import shutil

    sounds = tmp_path / "sounds"
    shutil.copytree(shipped.sounds(), sounds)
    line = place(sounds)
    (sounds / "support" / "en" / "recording.v2.wav").unlink()
    line.until("For sales")
    line.hangs_up()
    kept = line.kept()
    assert states(kept) == ("unanswered", "broken_prompt")
    assert kept["recordings"] == []


def test_an_agent_who_leaves_first_ends_the_call_and_the_recording(place):
    line = place()
    line.until("asks")
    line.press("1")
    line.until("For sales")
    line.press("2")
    line.until("an agent answers")
    # In its first moment a bridge that breaks takes both legs with it.
    line.talks(0.5)
    line.link.send(f"api uuid_kill {line.other()}")
    line.until("the agent has left")
    kept = line.kept()
    assert kept["call"]["ending"] == "finished"
    assert kept["recordings"][0]["state"] == "stopped"


def test_a_fifo_is_answered_by_its_consumer_and_the_talk_is_recorded(place):
    line = place(change=("queue: support,", "queue: desk, type: fifo,"))
    line.until("asks")
    line.press("1")
    line.until("For sales")
    line.press("2")
    line.until("waits in queue desk")
    consumer = str(uuid.uuid4())
    names = f"origination_uuid={consumer},sip_invite_call_id={uuid.uuid4()}"
    road = f"{{{names}}}{PHONE} '&fifo(desk out nowait)'"
    line.link.send(f"bgapi originate {road}")
    line.until("an agent answers")
    line.talks(1.0)
    line.link.send(f"api uuid_kill {consumer}")
    kept = line.kept()
    assert states(kept) == ("granted", "")
    assert kept["recordings"][0]["state"] == "stopped"
    assert wav.read(Path(kept["recordings"][0]["path"])).ms > 500


ALWAYS = "    mon-thu: [08:00-12:00, 13:00-17:00]\n    fri: 08:00-13:00\n    holidays:"
"""The hours of `opening`, and its holidays, which are none of them here."""


def test_a_language_is_chosen_more_is_told_and_the_flow_inside_is_left(place):
    open_now = "    mon-sun: 00:00-24:00\n    holidays:\n      1999-01-01: none"
    line = place(change=(ALWAYS, open_now), name="office-hours")
    line.until("For English")
    line.press("2")
    line.until("opening/office: open")
    line.until("Mit Ihrer Einwilligung")
    line.press("9")
    line.until("Verantwortlich ist")
    # Nobody waits a minute for a test: the switch breaks off the long notice.
    line.link.send(f"api uuid_break {line.uuid}")
    line.until("Mit Ihrer Einwilligung")
    line.press("1")
    line.until("granted, and kept")
    line.until("Für den Vertrieb")
    line.press("2")
    line.until("an agent answers")
    line.talks(1.0)
    line.hangs_up()
    kept = line.kept()
    assert [(c["state"], c["notice"], c["reason"]) for c in kept["choices"]] == [
        ("requested", "recording", ""),
        ("requested", "details", "more"),
        ("granted", "recording", ""),
    ]
    assert {choice["language"] for choice in kept["choices"][1:]} == {"de"}
    assert len(kept["recordings"]) == 1


def test_callers_outside_the_hours_are_told_so_and_asked_nothing(place):
    other_day = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=3)
    shut = f"    {other_day:%a}: 08:00-09:00".lower()
    shut += "\n    holidays:\n      1999-01-01: none"
    line = place(change=(ALWAYS, shut), name="office-hours")
    line.until("For English")
    line.press("1")
    line.until("opening/office: closed")
    line.until("Our office is closed now")
    line.link.send(f"api uuid_break {line.uuid}")
    kept = line.kept()
    assert states(kept) == ("not_asked", "")
    assert kept["call"]["ending"] == "finished"
