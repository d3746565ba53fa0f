"""What a scenario is made of."""

from pathlib import Path

from eslflow.check.scenario import (
    Expected,
    Outcome,
    Scenario,
    keys_of_agent,
    keys_of_caller,
)
from eslflow.site import load_flows

ROOT = Path(__file__).parent.parent


def test_a_scenario_is_a_usual_call_unless_it_says_otherwise():
    scenario = Scenario("a", "a.yaml", 1, (Expected("recorded", False, 2),))
    assert scenario.caller == "+4930123456"
    assert scenario.at is None
    assert not scenario.queues


def test_outcomes_are_written_as_a_flow_names_its_endings():
    assert Outcome("no_agents") is Outcome.NO_AGENTS
    assert f"{Outcome.TIMEOUT}" == "timeout"


def test_keys_are_named_by_what_they_mean():
    (private, two_party) = load_flows(
        [ROOT / "flows" / f"{name}.yaml" for name in ("private", "two-party")]
    ).values()
    assert keys_of_agent(private)["private"] == "*7"
    assert keys_of_caller(private) == {"private": "*7"}
    # Of a called party, too.
    assert set(keys_of_agent(two_party)) == {"stop", "withdraw"}
