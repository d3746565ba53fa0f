"""What the people on a simulated call do."""

from eslflow.sim.script import Agent, Script


def test_each_call_has_a_uuid_of_its_own_and_is_answered():
    assert Script().uuid != Script().uuid
    assert Script().agent is Agent.ANSWERS
