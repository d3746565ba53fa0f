"""One scenario as a call, with the simulated switch behind the event socket."""

import re
from types import SimpleNamespace

import gevent
import pytest

from eslflow.check.scenario import Callee, Fault, Outcome, Scenario
from eslflow.clock import SystemClock
from eslflow.errors import CommandRefused
from eslflow.onswitch import people
from eslflow.onswitch.call import Around, Call, Shifted
from eslflow.onswitch.queues import TestQueue
from eslflow.rig import assumed_sounds
from eslflow.settings import Settings
from tests.inside import Inside
from tests.steps_of import flow

HEAD = """\
flow: test
purposes: {training: {basis: consent}}
notices: {recording: {version: 1, text: Press 1 to agree or 2 to refuse.}}
prompts: {welcome: Welcome.}
"""
FLOW = flow(
    """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
talk: {queue: support@default, failed: desk}
bye: {hangup: NORMAL_CLEARING}
desk: {transfer: {to: "200", context: default}}
""",
    HEAD,
)
DIAL = flow(
    """
call:
  dial: {gateway: provider, number: "112"}
  answered: bye
  busy: bye
bye: {hangup: NORMAL_CLEARING}
""",
    "flow: dial\n",
)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Let people do at once what they do, and look all the time."""

    def now(_, run, deed):
        run(deed)
        return gevent.spawn(str)

    monkeypatch.setattr(people.gevent, "spawn_later", now)
    monkeypatch.setattr(people, "LOOK_S", 0.002)


@pytest.fixture
def inside():
    return Inside()


def play(inside, tmp_path, flow_=FLOW, queue=True, **scenario):
    around = Around(inside, Settings(tmp_path), tmp_path)
    found = Scenario("one", "x.yaml", 1, (), **scenario)
    agents = TestQueue(inside, "eslflow-test-1", 8, 3) if queue else None
    call = Call(around, flow_, found, agents)
    return call.play(assumed_sounds([flow_]))


def said(inside):
    """Return what the controller told the switch to do."""
    return [
        f"{sent.line} {sent.headers.get('execute-app-arg')}"
        for call in inside.done()
        for sent in call.commands
    ]


def test_what_a_caller_presses_and_whom_they_reach_comes_out(inside, tmp_path):
    played = play(inside, tmp_path, press=("1",))
    found = played.happened
    assert found.choices["training"] == "granted"
    assert found.path == ("ask", "talk")
    assert found.reached == ("support@default", "support", "talk")
    assert (found.unpressed, played.skipped) == ((), "")
    assert ("ask", "granted") in played.visited
    assert any("an agent answers" in line for line in played.story)
    assert "callcenter support" not in " ".join(inside.asked)


def test_the_call_is_made_within_the_switch_as_a_dialplan_would(inside, tmp_path):
    play(inside, tmp_path, press=("2",), called="100", caller="+4930111111")
    (made,) = (words for words in inside.asked if words.startswith("originate"))
    assert f"loopback/app=endless_playback:{tmp_path}/caller.wav " in made
    assert "set_profile_var:caller_id_number=+4930111111," in made
    assert "set_profile_var:destination_number=100," in made
    assert "set:socket_resume=true,socket:127.0.0.1:" in made
    assert "/test async full," in made
    assert "sched_hangup:+360 " in made


def test_a_caller_hangs_up_where_it_is_written(inside, tmp_path):
    found = play(inside, tmp_path, hang_up_at="ask").happened
    assert found.choices["training"] == "hung_up"
    assert found.ending == "hung_up"


def test_without_a_queue_for_tests_the_call_is_skipped(inside, tmp_path):
    played = play(inside, tmp_path, queue=False, press=("1",))
    assert played.skipped == (
        "queue support@default needs a queue for tests, and there is none free"
    )
    assert ("ask", "granted") in played.visited


def test_who_is_transferred_comes_to_nobody_and_has_reached_the_extension(
    inside, tmp_path
):
    turns = {"support@default": (Outcome.FAILED,)}
    found = play(inside, tmp_path, press=("1",), queues=turns).happened
    assert found.reached == ("200",)
    assert found.path[-1] == "desk"


def test_an_emergency_number_is_not_dialled(inside, tmp_path):
    played = play(inside, tmp_path, DIAL)
    assert played.happened.path[0] == "call"
    assert any("calls sofia/gateway/provider/112" in line for line in played.story)
    sent = said(inside)
    assert any("null/eslflow-test" in text for text in sent)
    # A uuid may have these digits in it.
    dialled = re.compile(r"\b112\b|sofia")
    assert not [text for text in sent if dialled.search(text)]


def test_whoever_does_not_answer_does_not(inside, tmp_path):
    play(inside, tmp_path, DIAL, callee=Callee.BUSY)
    sent = said(inside)
    assert any("error/USER_BUSY" in text for text in sent)


def test_audio_that_cannot_be_played_is_looked_for_where_there_is_none(
    inside, tmp_path
):
    missing = {Fault.CANNOT_PLAY: ("all",)}
    played = play(inside, tmp_path, faults=missing)
    assert played.happened.choices["training"] == "unanswered"
    (asked, *_) = (line for line in played.story if "was not played" in line)
    assert asked.endswith("none/recording.v1.wav")


def test_a_switch_that_makes_no_call_is_told(tmp_path):
    inside = Inside(refuses=("originate",))
    with pytest.raises(CommandRefused):
        play(inside, tmp_path)
    assert inside.asked[-1].startswith("uuid_kill ")


def test_a_call_that_does_not_end_is_a_problem(inside, tmp_path, monkeypatch):
    live = people.People.live

    def late(self):
        live(self)
        self.is_late = True

    monkeypatch.setattr(people.People, "live", late)
    played = play(inside, tmp_path, press=("1",))
    assert played.problems == ("the call did not end within 300 s",)


def test_a_call_that_never_came_is_a_problem(inside, tmp_path, monkeypatch):
    monkeypatch.setattr(people.People, "live", lambda self: None)
    monkeypatch.setattr(inside, "_originate", lambda arg: "+OK")
    played = play(inside, tmp_path)
    assert played.problems == (
        "the switch made the call, and it never came to eslflow",
    )


def test_a_clock_may_show_another_day():
    apart = Shifted(1_000_000).now() - 1_000_000
    assert 0 <= apart < 60_000_000
    assert abs(Shifted(None).now() - SystemClock().now()) < 60_000_000


def test_a_switch_elsewhere_is_told_the_address_that_it_sees(inside, tmp_path):
    def listens(host):
        return SimpleNamespace(controller=SimpleNamespace(address=(host, 8084)))

    inside.own_host = "192.0.2.7"
    around = Around(inside, Settings(tmp_path), tmp_path)
    assert around.address(listens("0.0.0.0")) == "192.0.2.7:8084"
    assert around.address(listens("::1")) == "[::1]:8084"
