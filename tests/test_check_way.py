"""A state of a proof is reached again, by a shorter way where there is one."""

import pytest

from eslflow.check.fingerprint import fingerprint
from eslflow.check.happens import happens
from eslflow.check.looked import Looks
from eslflow.check.stage import Plan
from eslflow.check.way import Way, call_on, shortened
from tests.proofs import call_of, choice_of, flow_of


def gone(name, *words):
    """Return a call on its way from the step that it came to last, and that way."""
    stage = call_of(flow_of(name))
    way = Way(stage.begin, stage.pause)
    stage.pause = None
    for word in words:
        choice = choice_of(stage, word)
        happens(stage, choice)
        way = way.then(choice)
    return stage, way


def is_there(stage, way):
    """Whether a way leads to where a call is."""
    looks = Looks(stage.plan.flow)
    found = fingerprint(call_on(stage.plan, way), looks)
    return found == fingerprint(stage, looks)


def test_a_way_begins_with_the_call_where_nothing_is_known():
    stage = call_of(flow_of("talk"), "presses/1")
    first = call_of(flow_of("talk"))
    way = Way(stage.begin, None).then(choice_of(first, "presses/1"))
    assert is_there(stage, way)


def test_a_way_can_begin_at_a_step():
    stage, way = gone("stays", "recorder/start does", "agent answers")
    assert is_there(stage, way)


def test_what_only_the_recorder_does_is_left_out_of_a_shorter_way():
    done = ("recorder/start does", "agent answers", "wish/off", "recorder/stop does")
    stage, way = gone("stays", *done)
    shorter = shortened(stage, way)
    assert [choice.what for choice in shorter.lead] == ["agent answers"]
    assert shorter.choices == ()
    assert is_there(stage, shorter)
    again = shortened(stage, shorter.then(choice_of(stage, "wish/on")))
    assert again.lead == shorter.lead


@pytest.mark.parametrize("key", ["caller key/private", "key/private"])
def test_an_answer_that_is_not_on_disk_yet_is_given_again(key):
    done = ("recorder/start does", "agent answers", key, "recorder/stop does")
    stage, way = gone("hushed", *done)
    shorter = shortened(stage, way)
    words = [choice.what for choice in shorter.lead]
    assert words == ["agent answers", key.split("/")[0]]
    assert is_there(stage, shorter)
    kept = choice_of(stage, "kept")
    happens(stage, kept)
    again = shortened(stage, shorter.then(kept))
    assert [choice.what for choice in again.lead] == ["agent answers", "kept"]
    assert is_there(stage, again)


def test_whoever_comes_to_a_step_begins_there():
    stage = call_of(flow_of("talk"), "presses/1", "kept")
    shorter = shortened(stage, Way(stage.begin, None))
    assert shorter == Way(stage.begin, stage.pause)


def test_there_is_nothing_shorter_than_one_thing_that_happens():
    stage, way = gone("stays", "recorder/start does")
    assert shortened(stage, way) is way


def test_there_is_no_shorter_way_while_the_switch_is_asked():
    stage, way = gone("stays", "recorder/start does", "agent answers", "wish/off")
    assert stage.is_moving
    assert shortened(stage, way) is way


def test_a_call_that_began_anew_has_no_shorter_way_within_a_step():
    stage, way = gone("stays", "recorder/start does", "agent answers")
    begun = Way(way.begin, None, way.choices)
    assert shortened(stage, begun) is begun


def test_an_emergency_has_no_shorter_way():
    text = "flow: test\nprompts: {a: A.}\nsteps:\n  a: {announce: a}\n"
    flow = flow_of(f"{text}  d: {{dial: {{gateway: g, number: called}}}}\n")
    begin = list(Looks(flow).calls())[-1]
    way = Way(begin, None)
    stage = call_on(Plan.of(flow), way)
    assert stage.engine.live.is_emergency
    assert shortened(stage, way) is way
