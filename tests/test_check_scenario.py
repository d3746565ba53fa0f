"""What a scenario is made of."""

from eslflow.check.scenario import Expected, Outcome, Scenario


def test_a_scenario_is_a_usual_call_unless_it_says_otherwise():
    scenario = Scenario("a", "a.yaml", 1, (Expected("recorded", False, 2),))
    assert scenario.caller == "+4930123456"
    assert scenario.at is None
    assert not scenario.queues


def test_outcomes_are_written_as_a_flow_names_its_endings():
    assert Outcome("no_agents") is Outcome.NO_AGENTS
    assert f"{Outcome.TIMEOUT}" == "timeout"
