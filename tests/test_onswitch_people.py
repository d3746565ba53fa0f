"""The people of a call on a real switch."""

from functools import partial

import gevent
import pytest

from eslflow.check.scenario import Outcome, Scenario
from eslflow.clock import SystemClock
from eslflow.errors import CommandRefused
from eslflow.noted import Noted
from eslflow.onswitch import people
from eslflow.onswitch.people import People
from eslflow.onswitch.queues import NOTHING, TestQueue
from tests.steps_of import flow

FLOW = flow(
    """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
talk: {queue: support@default}
""",
    """\
flow: test
purposes: {training: {basis: consent}}
notices: {recording: {version: 1, text: Press 1 to agree.}}
""",
)


class Line:
    """A switch that answers as it was told, look by look."""

    def __init__(self, *bonds, fallback_at=-1):
        self.asked = []
        self.bonds = list(bonds)
        """With whom the caller talks, look by look; then the call is over."""
        self.fallback_at = fallback_at
        self.looks = 0

    def api(self, command, arg=""):
        self.asked.append(f"{command} {arg}")
        if command == "uuid_exists":
            self.looks += 1
            return "true" if self.looks <= len(self.bonds) else "false"
        if arg == f"u {people.FALLBACK}":
            return "true" if self.looks == self.fallback_at else "_undef_"
        if arg == f"u {people.BOND}":
            return self.bonds[self.looks - 1] or "_undef_"
        if arg == "gone":
            raise CommandRefused(f"{command} {arg}", "-ERR No such channel!")
        return "+OK"

    def did(self, *commands):
        """Return what people did, without what was only looked at."""
        return [words for words in self.asked if words.startswith(commands)]


@pytest.fixture
def due(monkeypatch):
    """Collect what is to be done later, with its seconds, instead of waiting."""
    found = []

    def later(seconds, run, deed):
        found.append((seconds, partial(run, deed)))
        return gevent.spawn(str)

    monkeypatch.setattr(people.gevent, "spawn_later", later)
    monkeypatch.setattr(people, "LOOK_S", 0)
    monkeypatch.setattr(people, "KEY_S", 0)
    return found


def cast(line, queue=None, **scenario):
    found = Noted(FLOW, Scenario("one", "x.yaml", 3, (), **scenario), 0)
    return People(line, found, "u", SystemClock(), queue, "/t.wav"), found


def run(due):
    """Do all that is due, in the order of its time; some of it makes more due."""
    while due:
        first = min(due, key=lambda one: one[0])
        due.remove(first)
        first[1]()


def test_a_question_gets_its_keys_and_the_next_the_next(due):
    line = Line()
    them, noted = cast(line, press=("1", "", "hangup"))
    for step, leg in (("ask", ""), ("ask", ""), ("talk", "b-leg")):
        noted.steps.append((0, step))
        them.asked(leg)
        assert [seconds for seconds, _ in due] in ([], [people.PRESS_S])
        run(due)
    assert line.asked == ["uuid_recv_dtmf u ~1", "uuid_kill b-leg"]


def test_who_hangs_up_in_a_step_does_so_once(due):
    line = Line()
    them, noted = cast(line, hang_up_at="ask")
    them.comes_to("ask")
    them.comes_to("ask")
    run(due)
    assert line.asked == ["uuid_kill u"]
    assert noted.has_left
    assert [step for _, step in noted.steps] == ["ask", "ask"]


def test_who_waits_presses_keys_meanwhile(due):
    line = Line()
    them, _ = cast(line, in_queue=("*0", "*1"))
    them.comes_to("ask")
    them.comes_to("talk")
    assert [seconds for seconds, _ in due] == [people.WAIT_S, 2 * people.WAIT_S]
    run(due)
    keys = [words.removeprefix("uuid_recv_dtmf u ~") for words in line.asked]
    assert keys == ["*", "0", "*", "1"]


def test_keys_are_pressed_one_after_the_other(due, monkeypatch):
    pauses = []
    monkeypatch.setattr(people.gevent, "sleep", pauses.append)
    line = Line()
    them, _ = cast(line)
    them._press("u", "12#")
    assert pauses == [people.KEY_S] * 2
    assert line.asked == [f"uuid_recv_dtmf u ~{key}" for key in "12#"]


def test_what_was_left_of_an_answer_is_none_to_the_next_question(due):
    line = Line()
    them, noted = cast(line, press=("12", "3"))
    noted.steps.append((0, "ask"))
    them.asked("")
    them.asked("")
    run(due)
    assert line.asked == ["uuid_recv_dtmf u ~3"]


def test_a_question_is_answered_key_by_key(due, monkeypatch):
    pauses = []
    monkeypatch.setattr(people.gevent, "sleep", pauses.append)
    line = Line()
    them, noted = cast(line, press=("12#",))
    noted.steps.append((0, "ask"))
    them.asked("")
    run(due)
    assert pauses == [people.KEY_S] * 2
    assert line.asked == [f"uuid_recv_dtmf u ~{key}" for key in "12#"]


def test_a_queue_answers_visit_by_visit(due):
    line = Line()
    queue = TestQueue(line, "eslflow-test-1", 8, 3)
    turns = (Outcome.TIMEOUT, Outcome.ANSWERED, Outcome.FAILED)
    them, _ = cast(line, queue, queues={"support": turns})
    names = [them.waits_in("support") for _ in range(4)]
    assert names == ["eslflow-test-1", "eslflow-test-1", NOTHING, NOTHING]
    assert [seconds for seconds, _ in due] == [0.0, people.ANSWERS_S]


def test_a_caller_whom_nobody_answers_gives_up(due):
    line = Line()
    queue = TestQueue(line, "eslflow-test-1", 8, 3)
    them, noted = cast(line, queue, queues={"support": (Outcome.NOBODY,)})
    assert them.waits_in("support") == "eslflow-test-1"
    run(due)
    assert (line.asked, noted.has_left) == (["uuid_kill u"], True)


@pytest.mark.parametrize(
    ("queue", "why"),
    [
        (None, "queue support needs a queue for tests, and there is none free"),
        (
            TestQueue(Line(), "eslflow-test-1"),
            "queue support needs a queue for tests, and eslflow-test-1 has no "
            "max-wait-time",
        ),
    ],
)
def test_without_what_it_takes_the_call_ends_and_the_reason_is_told(due, queue, why):
    line = Line()
    them, _ = cast(line, queue, queues={"support": (Outcome.TIMEOUT,)})
    assert them.waits_in("support") == ""
    them.cannot("something else")
    run(due)
    assert them.skipped == why
    assert set(line.asked) == {"uuid_kill u"}


def test_in_a_talk_the_agent_acts_then_the_caller_who_hangs_up(due):
    line = Line("", "agent", "agent")
    acts = ("4", "hold", "unhold", "hang_up")
    them, noted = cast(line, agent=acts, in_talk=("5",))
    them.live()
    times = [seconds for seconds, _ in due]
    assert times == [2.0, 4.0, 6.0, 8.0, 10.0, 13.0]
    assert len(noted.met) == 1
    line.asked.clear()
    them._leg = "agent"
    run(due)
    assert line.asked == [
        "uuid_recv_dtmf agent ~4",
        "uuid_hold agent",
        "uuid_hold off agent",
        "uuid_kill agent",
        "uuid_recv_dtmf u ~5",
        "uuid_kill u",
    ]


def test_whoever_answers_speaks_and_the_queues_agent_takes_no_other_call(due):
    line = Line("agent")
    them, _ = cast(line, TestQueue(line, "eslflow-test-1", 8, 3))
    them.live()
    assert "uuid_displace agent start /t.wav 0 rl" in line.asked
    rests = line.did("callcenter_config agent set status")
    assert len(rests) == 2, "once the talk begins, and again when the call is over"


def test_a_second_talk_has_no_more_acts(due):
    line = Line("one", "", "two")
    them, noted = cast(line, agent=("*1",))
    them.live()
    assert len(noted.met) == 2
    assert [seconds for seconds, _ in due] == [2.0, 5.0, 3.0]


def test_who_talks_with_another_by_then_is_not_hung_up_on(due):
    line = Line("one")
    them, _ = cast(line)
    them.live()
    line.asked.clear()
    them._leg = "two"
    run(due)
    assert line.asked == []


def test_a_call_that_the_dialplan_has_is_seen(due):
    line = Line("", "", fallback_at=1)
    them, _ = cast(line)
    them.live()
    assert them.is_fallback
    assert not them.is_late


def test_a_call_without_end_is_ended(due, monkeypatch):
    monkeypatch.setattr(people, "LONGEST_S", 0.01)
    line = Line(*[""] * 10**6)
    them, _ = cast(line)
    them.live()
    assert them.is_late
    assert line.asked[-1] == "uuid_kill u"


def test_a_leg_that_is_gone_costs_nothing(due):
    them, _ = cast(Line())
    them._end("gone")
    them._later(0, partial(them._end, "gone"))
    run(due)


def test_a_value_that_cannot_be_read_is_none(due):
    class Gone(Line):
        def api(self, command, arg=""):
            if command == "uuid_getvar":
                raise CommandRefused(f"{command} {arg}", "-ERR")
            return super().api(command, arg)

    them, noted = cast(Gone(""))
    them.live()
    assert noted.met == []
