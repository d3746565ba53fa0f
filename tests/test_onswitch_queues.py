"""Queues for tests."""

import pytest

from eslflow.check.scenario import Outcome
from eslflow.errors import CommandRefused
from eslflow.onswitch.queues import TestQueue, found, rows
from tests.inside import Inside


def test_only_queues_whose_name_says_so_are_used():
    queues = ("sales|x|8|3", "eslflow-test|x|8|3", "eslflow-test-1|x|8|3")
    (queue,) = found(Inside(queues=(*queues, "eslflow-test-nothing|x|1|1")))
    assert (queue.name, queue.wait_s, queue.alone_s) == ("eslflow-test-1", 8, 3)


def test_one_that_somebody_serves_is_left_alone():
    inside = Inside(tiers={"eslflow-test-1": "1001@default"})
    assert list(found(inside)) == []
    inside.tiers["eslflow-test-1"] = "eslflow-test-1-agent"
    assert len(list(found(inside))) == 1


@pytest.mark.parametrize(
    ("state", "is_used"), [("Waiting", False), ("Answered", False), ("Abandoned", True)]
)
def test_one_in_which_somebody_waits_is_left_alone(state, is_used):
    class Waiting(Inside):
        def _callcenter_config(self, arg):
            if arg.startswith("queue list members"):
                return f"queue|uuid|state\neslflow-test-1|aaaa-1|{state}\n+OK"
            return super()._callcenter_config(arg)

    assert bool(list(found(Waiting()))) is is_used


def test_a_switch_without_the_module_has_none():
    assert list(found(Inside(refuses=("callcenter_config",)))) == []
    assert rows(Inside(refuses=("callcenter_config",)), "queue list") == []


@pytest.mark.parametrize("seconds", ["0", "61", "", "-1", "x"])
def test_a_queue_that_keeps_callers_too_long_has_no_time_at_all(seconds):
    (queue,) = found(Inside(queues=(f"eslflow-test-1|x|{seconds}|{seconds}",)))
    assert queue.lacks(Outcome.TIMEOUT) == queue.lacks(Outcome.BUSY) == "max-wait-time"
    assert queue.lacks(Outcome.NO_AGENTS) == "max-wait-time-with-no-agent"
    assert queue.lacks(Outcome.ANSWERED) == ""


def test_what_it_has_it_does_not_lack():
    queue = TestQueue(Inside(), "eslflow-test-1", 8, 3)
    assert [queue.lacks(outcome) for outcome in Outcome] == [""] * len(Outcome)


def test_an_agent_is_there_logged_out_and_taken_away_again():
    inside = Inside()
    queue = TestQueue(inside, "eslflow-test-1")
    queue.opens()
    said = [words.removeprefix("callcenter_config ") for words in inside.asked]
    assert said[0] == "tier del eslflow-test-1 eslflow-test-1-agent"
    assert "agent set status eslflow-test-1-agent 'Logged Out'" in said
    assert said[-1] == "tier add eslflow-test-1 eslflow-test-1-agent 1 1"
    inside.asked.clear()
    queue.closes()
    assert [words.split()[1:3] for words in inside.asked] == [
        ["tier", "del"],
        ["agent", "del"],
    ]


def test_a_switch_that_takes_no_agent_says_so():
    with pytest.raises(CommandRefused):
        TestQueue(Inside(refuses=("tier add",)), "eslflow-test-1").opens()


@pytest.mark.parametrize(
    ("outcome", "contact"),
    [
        (Outcome.ANSWERED, "null/eslflow-test"),
        (Outcome.TIMEOUT, "[leg_timeout=2]loopback/app=sleep:600000"),
        (Outcome.BUSY, "error/USER_BUSY"),
    ],
)
def test_the_agent_does_what_the_scenario_says(outcome, contact):
    inside = Inside()
    TestQueue(inside, "eslflow-test-1").answers(outcome)
    assert contact in inside.asked[0]
    assert inside.asked[-1].endswith("status eslflow-test-1-agent Available")


@pytest.mark.parametrize("outcome", [Outcome.NO_AGENTS, Outcome.NOBODY])
def test_who_is_not_there_stays_away(outcome):
    inside = Inside()
    TestQueue(inside, "eslflow-test-1").answers(outcome)
    assert inside.asked == []


def test_an_agent_that_rests_is_logged_out():
    inside = Inside()
    TestQueue(inside, "eslflow-test-1").rests()
    assert inside.asked == [
        "callcenter_config agent set status eslflow-test-1-agent 'Logged Out'"
    ]
