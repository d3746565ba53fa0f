"""Recordings that are gone before anybody can have used them."""

import pytest

from eslflow import shipped
from eslflow.check import flow_files, load_flow
from eslflow.check.brief import RULES, kept_briefly
from tests.codes import ASK, EXAMPLES, TALK, whole
from tests.proofs import flow_of


def found(text):
    return list(kept_briefly(flow_of(whole(text))))


def kept(retain):
    """Return a question for recordings that are kept so long."""
    return f"purposes: {{training: {{basis: consent{retain}}}}}\nsteps:\n{ASK}{TALK}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_broken_by_its_bad_example(rule):
    bad, good = EXAMPLES[rule.code]
    assert {finding.rule for finding in found(bad)} == {rule}
    assert found(good) == []


@pytest.mark.parametrize("path", flow_files(shipped.flows()), ids=lambda p: p.stem)
def test_the_flows_that_ship_keep_recordings_for_days(path):
    assert list(kept_briefly(load_flow(path))) == []


@pytest.mark.parametrize(
    ("retain", "time"),
    [
        ("1m", "1 minute"),
        ("6m", "6 minutes"),
        ("12h", "12 hours"),
        ("90s", "90 seconds"),
        ("23h", "23 hours"),
    ],
)
def test_what_is_kept_for_less_than_a_day_is_told(retain, time):
    (finding,) = found(kept(f", retain: {retain}"))
    assert finding.place == ("purposes", "training", "retain")
    assert finding.problem == (
        f"purpose 'training' keeps its recordings for {time} only"
    )
    assert finding.hint.endswith("for a month: m is minutes, h hours, d days.")


@pytest.mark.parametrize("retain", ["", ", retain: 1d", ", retain: 24h"])
def test_a_day_is_none_too_few_and_no_end_is_told_elsewhere(retain):
    assert found(kept(retain)) == []
