"""Flows that refuse calls which cannot be recorded: whether they may, and do."""

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.load import load
from eslflow.steps import KINDS
from tests.steps_of import flow

HEAD = """\
flow: test
purposes: {orders: {basis: legal_obligation}}
prompts: {welcome: Welcome., sorry: We cannot record.}
recording: {if_unrecorded: refuse, refusal: sorry}
"""
TALK = "talk: {queue: orders, record: on}"


def problems(head, steps=TALK, recording=""):
    """Return what is wrong, with the line and the hint."""
    if recording:
        head = head.replace("{if_unrecorded: refuse, refusal: sorry}", recording)
    text = f"{head}steps:\n  {steps}\n"
    with pytest.raises(FlowErrors) as caught:
        load(text.encode(), "t.yaml", KINDS)
    return [(p.line, p.problem, p.hint) for p in caught.value.problems]


def test_what_the_law_demands_may_be_a_condition_of_the_call():
    rules = flow(TALK, HEAD).recording
    assert rules.is_demanded
    assert rules.refusal == "sorry"


def test_without_it_whoever_is_not_recorded_is_served():
    head = HEAD.replace("recording:", "#").replace("legal_obligation", "contract")
    assert not flow(TALK, head).recording.is_demanded


def test_on_another_basis_nobody_may_be_refused():
    for basis in ("consent", "contract", "legitimate_interests"):
        steps = "talk: {announce: welcome}"
        ((line, problem, _),) = problems(HEAD.replace("legal_obligation", basis), steps)
        assert line == 4
        assert "no purpose rests on legal_obligation" in problem


def test_one_purpose_that_the_law_demands_is_enough():
    more = "{training: {basis: consent}, orders: {basis: legal_obligation}}"
    head = HEAD.replace("{orders: {basis: legal_obligation}}", more)
    assert flow(TALK, head).recording.is_demanded


def test_without_purposes_only_the_recording_is_complained_of():
    head = HEAD.replace("purposes: {orders: {basis: legal_obligation}}\n", "")
    ((_, problem, _),) = problems(head)
    assert "there is no purpose" in problem


def test_whoever_is_refused_must_hear_why():
    ((line, problem, hint),) = problems(HEAD, recording="{if_unrecorded: refuse}")
    assert (line, problem) == (4, "callers who are refused must hear why")
    assert hint == "Add refusal: and the name of a prompt."


def test_a_refusal_where_nobody_is_refused_is_an_error():
    for recording in ("{refusal: sorry}", "{if_unrecorded: serve, refusal: sorry}"):
        ((_, problem, _),) = problems(HEAD, recording=recording)
        assert problem == "nobody is refused here, so nobody hears why"


def test_a_refusal_that_is_no_prompt_is_told_as_such():
    ((_, problem, _),) = problems(
        HEAD, recording="{if_unrecorded: refuse, refusal: nosorry}"
    )
    assert problem == "there is no prompt 'nosorry'. Did you mean 'sorry'?"


def test_nothing_may_stop_what_the_law_demands():
    keys = "agent_keys: {1: mask, 2: unmask, 0: stop}, after_mask: stop"
    found = problems(
        HEAD, recording=f"{{if_unrecorded: refuse, refusal: sorry, {keys}}}"
    )
    assert [problem for _, problem, _ in found] == [
        "the recording must not end during the talk: if_unrecorded is refuse"
    ] * 2
    assert [hint for _, _, hint in found] == [
        "Remove the key, or take mask.",
        "Take stay or unmask.",
    ]


@pytest.mark.parametrize(
    "step",
    [
        "{queue: orders}",
        "{dial: {user: 1001}}",
        "{transfer: {to: 1001, context: default}}",
    ],
)
def test_no_step_may_let_callers_talk_unrecorded(step):
    ((line, problem, hint),) = problems(HEAD, f"talk: {step}")
    assert line == 6
    assert problem.startswith("step 'talk' lets callers talk unrecorded")
    assert "record: on" in hint


def test_a_masked_step_is_the_flows_own_will():
    steps = "talk: {queue: orders, record: masked, answered: more}\n"
    steps += "more: {queue: orders, record: on}"
    assert flow(steps, HEAD).recording.is_demanded


def test_other_steps_need_not_be_recorded():
    steps = f"hello: {{announce: welcome}}\n{TALK}"
    assert flow(steps, HEAD).recording.is_demanded


def test_a_file_without_steps_is_complained_of_once():
    with pytest.raises(FlowErrors) as caught:
        load(HEAD.encode(), "t.yaml", KINDS)
    assert [p.problem for p in caught.value.problems] == ["'steps:' is missing"]


def test_nobody_has_to_agree():
    recording = "{if_unrecorded: refuse, refusal: sorry, agents: must_agree, "
    recording += "agreement: {text: staff, version: 1}}"
    ((_, problem, _),) = problems(HEAD, recording=recording)
    assert problem == "calls that must be recorded cannot wait for an agent's agreement"


def test_nobody_can_be_left_out():
    recording = "{if_unrecorded: refuse, refusal: sorry, never_record: [1001]}"
    ((_, problem, _),) = problems(HEAD, recording=recording)
    assert problem == "calls that must be recorded cannot leave somebody out"


def test_nobody_can_be_private():
    ((line, problem, _),) = problems(HEAD, f"hush: {{private: key}}\n  {TALK}")
    assert (line, problem) == (6, "a call that must be recorded cannot be private")
