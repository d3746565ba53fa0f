"""Where each ending leads, and what is wrong with steps taken together."""

import pytest

from eslflow.errors import FlowErrors
from tests.steps_of import HEAD, flow


def problems(steps, head=HEAD):
    with pytest.raises(FlowErrors) as caught:
        flow(steps, head)
    return [problem.problem for problem in caught.value.problems]


def test_a_step_without_next_goes_to_the_one_below():
    found = flow("a: {announce: welcome}\nb: {announce: welcome}")
    assert found.steps["a"].targets == {"done": "b", "error": "b"}
    assert found.steps["b"].targets == {"done": "", "error": ""}


def test_next_counts_for_every_ending_without_a_target():
    found = flow(
        "a: {announce: welcome, next: c, error: b}\n"
        "b: {announce: welcome}\nc: {hangup: USER_BUSY}"
    )
    assert found.steps["a"].targets == {"done": "c", "error": "b"}


def test_an_ending_that_is_also_an_option_is_spelled_with_on():
    found = flow(
        "a: {menu: which, keys: {1: b}, timeout: 5s, on_timeout: b}\n"
        "b: {announce: welcome}"
    )
    assert found.steps["a"].target("timeout") == "b"
    assert "invalid" not in found.steps["a"].targets


def test_a_talk_that_is_over_ends_the_flow_unless_told_otherwise():
    found = flow(
        "a: {queue: x}\nb: {queue: y, next: c}\nc: {queue: z, answered: a}",
    )
    assert found.steps["a"].target("answered") == ""
    assert found.steps["a"].target("failed") == "b"
    assert found.steps["b"].target("answered") == "c"
    assert found.steps["c"].target("answered") == "a"


def test_the_flow_starts_with_its_first_step_or_the_one_named():
    assert flow("a: {announce: welcome}").start == "a"
    named = HEAD + "start: b\n"
    steps = "a: {announce: welcome}\nb: {announce: welcome, next: a}"
    assert flow(steps, named).start == "b"
    wrong = HEAD + "start: x\n"
    assert "there is no step 'x'." in problems("a: {announce: welcome}", wrong)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("A: {announce: welcome}", "'A' is no name for a step"),
        ("a: text", "text stands where step 'a' is"),
        ("a: {}", "step 'a' says not what it does."),
        ("a: {announce: welcome, queue: x}", "step 'a' is both announce and queue."),
        ("a: {menu: which}", "step 'a' has no 'keys'"),
        ("a: {announce: welcome, from: answer}", "step 'a' says from when"),
        ("a: {announce: welcome, nxt: a}", "'nxt' is not an option of a."),
        ("a: {queue: x, record: on}", "step 'a' can never record"),
    ],
)
def test_each_mistake_is_named(steps, expected):
    found = problems(steps)
    assert any(problem.startswith(expected) for problem in found), found


def test_a_recording_needs_a_purpose():
    head = "flow: test\nprompts: {welcome: Hi.}\n"
    found = problems("a: {announce: welcome, record: on}", head)
    assert "nothing could ever permit this recording: there is no purpose" in found


def test_no_steps_is_a_mistake():
    with pytest.raises(FlowErrors, match="there are no steps"):
        flow("", HEAD + "steps: {}\n# ")


def test_another_basis_needs_no_question():
    head = HEAD.replace("basis: consent", "basis: legal_obligation")
    assert flow("a: {queue: x, record: on}", head).steps["a"].record.value == "on"
