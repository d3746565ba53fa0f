"""What the people on a simulated call do."""

import pytest

from eslflow.sim.script import Agent, Point, Script


def test_each_call_has_a_uuid_of_its_own_and_is_answered():
    assert Script().uuid != Script().uuid
    assert Script().agent is Agent.ANSWERS


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("playback", Point("playback")),
        ("playback 2", Point("playback", 2)),
        ("bridged +3", Point("bridged", 1, 3.0)),
        ("playback 2 +0.5", Point("playback", 2, 0.5)),
    ],
)
def test_points_are_read(text, point):
    assert Point.read(text) == point


@pytest.mark.parametrize("text", ["", "a b", "playback +", "playback 1 2"])
def test_what_is_no_point_is_an_error(text):
    with pytest.raises(ValueError, match="is no point of a call"):
        Point.read(text)


def test_a_queue_that_is_not_named_answers_as_the_script_says():
    script = Script(agent=Agent.BUSY, queues={"a": [Agent.ANSWERS, Agent.NOBODY]})
    assert [script.agent_of("a", visit) for visit in (1, 2, 3)] == [
        *(Agent.ANSWERS, Agent.NOBODY, Agent.NOBODY)
    ]
    assert script.agent_of("b", 1) is Agent.BUSY
