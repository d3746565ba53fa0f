"""What a flow declares and nothing of it uses."""

import pytest

from eslflow import shipped
from eslflow.check import flow_files, load_flow
from eslflow.check.unused import unused as found_in
from tests.steps_of import flow

HEAD = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d}
  evidence: {basis: consent, retain: 90d}
  quality: {basis: contract, retain: 90d}
notices:
  recording: {version: 1, text: May we?}
  longer: {version: 1, text: All of it.}
prompts: {welcome: Hi., which: Which?, bye: Bye., quiet: This line is quiet.}
"""
ASK = """\
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
"""
MENU = "choose: {menu: which, keys: {1: ask}, timeout: 5s}\n"


def unused(flow):
    """Return what is told of a flow."""
    return [finding.problem for finding in found_in(flow)]


def test_what_nothing_uses_is_told_where_it_is_declared():
    found = flow(f"welcome: {{announce: welcome}}\n{ASK}{MENU}", HEAD)
    places = [finding.place for finding in found_in(found)]
    assert places[0] == ("prompts", "bye")
    assert places[2] == ("notices", "longer")
    assert places[3] == ("purposes", "evidence")


def test_what_nothing_uses_is_told():
    found = flow(f"welcome: {{announce: welcome}}\n{ASK}{MENU}", HEAD)
    assert list(unused(found)) == [
        "no step plays the prompt 'bye'",
        "no step plays the prompt 'quiet'",
        "no step plays the notice 'longer'",
        "no step asks for the purpose 'evidence': it permits nothing",
        "no step asks for the purpose 'quality': it permits nothing",
    ]


def test_a_purpose_that_needs_no_question_is_used_where_something_is_recorded():
    found = flow(f"{ASK}talk: {{queue: x, record: on}}\n", HEAD)
    told = list(unused(found))
    assert "no step asks for the purpose 'quality': it permits nothing" not in told
    assert "no step asks for the purpose 'evidence': it permits nothing" in told


RULES = """\
recording:
  agent_keys: {1: granted, 2: refused}
  verbal: {notice: longer, purpose: evidence}
  whisper: {recorded: bye}
"""


def test_what_agents_ask_and_hear_is_used():
    found = flow(f"{ASK}talk: {{queue: x, record: on}}\n", HEAD + RULES)
    assert list(unused(found)) == [
        "no step plays the prompt 'welcome'",
        "no step plays the prompt 'which'",
        "no step plays the prompt 'quiet'",
    ]


@pytest.mark.parametrize("path", flow_files(shipped.flows()), ids=lambda p: p.stem)
def test_the_flows_that_ship_declare_nothing_in_vain(path):
    assert list(unused(load_flow(path))) == []
