"""Where each ending leads, and what is wrong with steps taken together."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.load import load
from eslflow.flow.model import Record
from eslflow.flow.options import RECORD_WANTED, PromptName, option
from eslflow.flow.steps import read_steps
from eslflow.steps.step import Step
from tests.steps_of import HEAD, Texts, flow


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


def test_a_step_where_the_option_of_that_name_stands_is_told_how_it_is_spelled():
    steps = "a: {menu: which, keys: {1: b}, timeout: b}\nb: {announce: welcome}"
    with pytest.raises(FlowErrors) as caught:
        flow(steps)
    (found,) = caught.value.problems
    assert found.problem.startswith("'b' is a step, and timeout: takes a duration")
    assert found.hint == "To go there then, write on_timeout: b."
    assert problems("a: {announce: welcome, record: b}\nb: {announce: welcome}") == [
        "'b' is not right here"
    ]


def test_steps_that_are_a_list_are_none():
    with pytest.raises(FlowErrors, match="a list stands where steps are"):
        load(f"{HEAD}steps: [announce]\n".encode(), "t.yaml", {})


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
    steps = "a: {hangup: USER_BUSY}\nb: {announce: welcome, next: a}"
    assert flow(steps, named).start == "b"
    wrong = HEAD + "start: x\n"
    assert problems(steps, wrong) == ["there is no step 'x'"]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("A: {announce: welcome}", "'A' is no name for a step"),
        ("a: text", "text stands where step 'a' is"),
        ("a: {}", "step 'a' does not say what it does"),
        ("a: {announce: welcome, queue: x}", "step 'a' is both announce and queue"),
        ("a: {menu: which}", "step 'a' has no 'keys'"),
        ("a: {announce: welcome, from: answer}", "step 'a' says from when"),
        (
            "a: {announce: welcome, nxt: a}",
            "'nxt' is not an option of announce. Did you mean 'next'?",
        ),
        ("a: {queue: x, record: on}", "step 'a' can never record"),
        (
            "a: {consent: {notice: recording, purpose: training}, keys: {1: granted}}",
            "no key means refused",
        ),
        (
            "a: {consent: {notice: recording, purpose: training}, "
            "keys: {1: granted, B: refused}}",
            "no key of an ordinary telephone means refused",
        ),
    ],
)
def test_each_mistake_is_named(steps, expected):
    found = problems(steps)
    assert any(problem.startswith(expected) for problem in found), found


def test_a_recording_needs_a_purpose():
    head = "flow: test\nprompts: {welcome: Hi.}\n"
    found = problems("a: {announce: welcome, record: on}", head)
    assert "nothing could ever permit this recording: there is no purpose" in found


def test_what_nothing_leads_to_is_told_though_other_steps_are_broken():
    steps = (
        "a: {announce: welcome, next: c}\n"
        "b: {announce: welcome}\n"
        "c: {menu: which, keys: {x: d}, timeout: 5}\n"
        "d: {hangup: USER_BUSY}\n"
    )
    assert "nothing leads to step 'b'" in problems(steps)
    assert not [p for p in problems(steps) if "step 'd'" in p]


def test_where_a_misspelt_start_was_to_begin_nobody_knows():
    steps = "a: {hangup: USER_BUSY}\nb: {hangup: USER_BUSY}"
    for start in ("x", "[a]"):
        assert len(problems(steps, HEAD + f"start: {start}\n")) == 1


def test_where_a_misspelt_name_was_to_lead_nobody_knows():
    steps = "a: {announce: welcome, next: cc}\nb: {hangup: USER_BUSY}\nc: {queue: x}"
    assert problems(steps) == ["there is no step 'cc'. Did you mean 'c'?"]


def test_a_broken_step_leads_to_the_one_below():
    steps = (
        "a: {announce: welcome, x: y}\nb: {announce: welcome, record: yes}\nc: {a: b}"
    )
    assert not [p for p in problems(steps) if "nothing leads" in p]


def test_a_recording_may_rest_on_a_purpose_that_is_broken():
    head = HEAD.replace("basis: consent", "basis: consnt")
    assert len(problems("a: {queue: x, record: on}", head)) == 1


def test_a_kind_may_record_unless_told_otherwise():
    @dataclass(frozen=True, kw_only=True)
    class Talk(Step):
        """Talks."""

        kind: ClassVar[str] = "talk"
        endings: ClassVar[tuple[str, ...]] = ()
        topic: str = option(PromptName(), key="talk")
        record: Record = option(RECORD_WANTED, Record.ON)

    text = b"flow: t\nprompts: {hi: Hi.}\nsteps:\n  a: {talk: hi}\n"
    with pytest.raises(FlowErrors, match="nothing could ever permit") as caught:
        load(text, "t.yaml", {"talk": Talk})
    assert caught.value.problems[0].column == 6


def test_a_step_of_no_kind_shows_its_other_mistakes_too():
    text = "a: {anounce: welcome, record: yes, from: now, next: b, tiemout: a}"
    assert problems(text) == [
        "step 'a' does not say what it does. Did you mean 'announce'?",
        "'yes' is not right here. Did you mean 'on'?",
        "'now' is not right here",
        "there is no step 'b'",
        "'tiemout' is no option of any step. Did you mean 'timeout'?",
    ]
    text = "a: {announce: welcome, queue: x, tiemout: a, keys: {}, [b]: c}"
    assert problems(text) == [
        "step 'a' is both announce and queue",
        "'tiemout' is no option of any step. Did you mean 'timeout'?",
        "'' is no option of any step",
    ]
    assert problems("a: {play: welcome, next: b}") == [
        "step 'a' does not say what it does",
        "there is no step 'b'",
    ]


def test_a_circle_in_which_nothing_waits_is_told_once():
    circle = (
        "into: {announce: welcome}\n"
        "a: {announce: welcome}\n"
        "b: {announce: welcome, next: a, error: out}\n"
        "out: {hangup: USER_BUSY}\n"
    )
    assert problems(circle) == ["step 'a' leads back to itself, and nothing waits"]
    assert problems("a: {announce: welcome, next: a}") == [
        "step 'a' leads back to itself, and nothing waits"
    ]
    waits = "a: {announce: welcome}\nb: {menu: which, keys: {1: a}, failure: a}"
    assert flow(waits).start == "a"


def test_a_step_has_one_place():
    text = "a: {record: yes}\na: {announce: which}"
    assert problems(text)[1:] == [
        "'yes' is not right here. Did you mean 'on'?",
        "the step 'a' stands twice",
    ]
    text = "a: {announce: welcome}\na: {announce: which}"
    assert problems(text) == ["the step 'a' stands twice"]


def test_no_steps_is_a_mistake():
    assert read_steps(None, None, None, {}, {}, {}, (), bool) == ({}, "")
    with pytest.raises(FlowErrors, match="there are no steps"):
        flow("", HEAD + "steps: {}\n# ")


def test_another_basis_needs_no_question():
    head = HEAD.replace("basis: consent", "basis: legal_obligation")
    assert flow("a: {queue: x, record: on}", head).steps["a"].record.value == "on"


def test_an_ending_leads_where_the_one_it_is_like_does():
    @dataclass(frozen=True, kw_only=True)
    class Door(Step):
        """Opens."""

        kind: ClassVar[str] = "door"
        endings: ClassVar[tuple[str, ...]] = ("open", "shut", "locked")
        like: ClassVar[dict[str, str]] = {"locked": "shut"}
        door: str = option(PromptName(), help="Which.", key="door")

        def run(self, live):
            yield from ()
            return "open"

    text = (
        "flow: t\nprompts: {x: X}\nsteps:\n  a: {door: x, shut: c}\n  b: {door: x}\n"
        "  c: {door: x, locked: b}\n"
    )
    steps = load(text.encode(), "t.yaml", {"door": Door}).steps
    assert steps["a"].targets == {"open": "b", "shut": "c", "locked": "c"}
    assert steps["c"].target("locked") == "b"


def test_what_steps_refer_to_is_looked_for_once_all_are_read():
    found = problems("a: {set: {x: '{{ y }}', z: '{{ caller }}'}}")
    assert found == ["there is no value 'y'"]
    steps = "a: {branch: y, cases: {1: b}}\nb: {set: {y: x}}"
    assert list(flow(steps).steps) == ["a", "b"]
    # A step that is broken may have set it.
    assert "there is no value 'y'" not in problems(
        "a: {set: {x: '{{ y }}'}}\nb: {set: 1}"
    )


def test_steps_of_a_flow_inside_are_looked_at_too():
    inner = "flow: inner\nlanguages: [en, de]\nsteps:\n  a: {set: {language: de}}\n"
    with pytest.raises(FlowErrors) as caught:
        flow("a: {flow: inner}\nb: {queue: x}", HEAD, Texts({"inner": inner}))
    (problem,) = caught.value.problems
    assert problem.problem == "there is no language 'de'"
    assert problem.hint == "Step 'a/a' needs it; languages: en"
    huge = "".join(f"  a{n}: {{announce: x}}\n" for n in range(1001))
    huge = "flow: inner\nprompts: {x: X}\nsteps:\n" + huge
    with pytest.raises(FlowErrors, match="there are 2004 steps"):
        flow("a: {flow: inner}\nb: {flow: inner}", HEAD, Texts({"inner": huge}))


def test_of_a_flow_inside_that_is_broken_nothing_is_said_outside():
    with pytest.raises(FlowErrors) as caught:
        flow(
            "a: {flow: inner, next: a}", HEAD, Texts({"inner": "flow: inner\nsteps: 1"})
        )
    assert [problem.file for problem in caught.value.problems] == ["inner.yaml"]
