"""`branch`: the next step by what is known of the call.

| option | takes | default |
|---|---|---|
| branch | a value's name, or {consent: PURPOSE} | |
| cases | a step, by pattern | |
"""

import pytest

from eslflow.call.commands import Close
from eslflow.call.events import Offered
from eslflow.call.records import State
from eslflow.errors import FlowErrors
from tests.playbook import Playbook
from tests.steps_of import HEAD, flow

ENDS = """
german: {announce: welcome}
vip: {announce: welcome}
hidden: {announce: welcome}
"""
WHO = flow(
    """
    desk:
      branch: caller
      cases: {+49*: german, anonymous: hidden, 1001: vip}
      otherwise: rest
    rest: {announce: welcome}
    """
    + ENDS.replace("\n", "\n    ")
)


def problems(steps, head=HEAD):
    with pytest.raises(FlowErrors) as caught:
        flow(steps, head)
    return [(p.problem, p.hint, p.column) for p in caught.value.problems]


def goes_to(steps, **offered):
    with Playbook(steps, Offered("4c1b-9", **offered)) as call:
        call.skips()
        return call.engine.live.step


@pytest.mark.parametrize(
    ("caller", "step"),
    [
        ("+4930123", "german"),
        ("1001", "vip"),
        ("10012", "rest"),
        ("", "hidden"),
        ("anonymous", "hidden"),
        ("Restricted", "hidden"),
        ("0000000000", "hidden"),
        ("+4830", "rest"),
    ],
)
def test_the_first_case_that_matches_the_caller_is_taken(caller, step):
    assert goes_to(WHO, caller=caller) == step


@pytest.mark.parametrize(
    ("value", "offered"),
    [("called", {"called": "x"}), ("caller_name", {"caller_name": "x"}), ("line", {})],
)
def test_every_value_can_be_looked_at(value, offered):
    steps = flow(
        f"""
        keep: {{set: {{line: x}}}}
        look: {{branch: {value}, cases: {{x: german}}}}
        rest: {{announce: welcome}}
        german: {{announce: welcome}}
        """
    )
    assert goes_to(steps, **offered) == "german"


def test_only_a_callers_number_can_be_withheld():
    steps = flow(
        "a: {branch: called, cases: {anonymous: b}}\nc: {queue: x}\nb: {queue: y}"
    )
    assert goes_to(steps, called="anonymous") == "b"
    assert goes_to(steps, called="0000000000") == "c"


def test_with_no_case_and_nowhere_to_go_the_dialplan_takes_the_call():
    steps = flow(
        "a: {branch: caller, cases: {1: c}, otherwise: b}\n"
        "c: {hangup: USER_BUSY}\n"
        "b: {branch: caller, cases: {2: c}}"
    )
    with Playbook(steps, Offered("4c1b-9", caller="3")) as call:
        call.expects(Close())
    assert call.told[1:5] == [
        *("step a", "caller: otherwise"),
        *("step b", "caller: otherwise"),
    ]


CHOICE = flow(
    """
    look:
      branch: {consent: training}
      cases: {granted: german, refused: vip, not_asked: hidden}
    rest: {announce: welcome}
    german: {announce: welcome}
    vip: {announce: welcome}
    hidden: {announce: welcome}
    """
)


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.GRANTED, "german"),
        (State.REFUSED, "vip"),
        (State.UNANSWERED, "rest"),
        (None, "hidden"),
    ],
)
def test_what_became_of_a_question_can_be_looked_at(state, step):
    with Playbook(CHOICE) as call:
        live = call.engine.live
        call.skips()
        if state is not None:
            live.consents.kept("training", state)
        look = live.flow.steps["look"]
        with pytest.raises(StopIteration) as ended:
            next(look.run(live))
        assert look.target(ended.value.value) == step


@pytest.mark.parametrize(
    ("step", "problem", "hint"),
    [
        (
            "{branch: lne, cases: {x: b}}",
            "there is no value 'lne'. Did you mean 'line'?",
            "values: caller, caller_name, called, language, line",
        ),
        (
            "{branch: language, cases: {de: b}}",
            "there is no language 'de'",
            "languages: en",
        ),
        (
            "{branch: {consent: training}, cases: {grantd: b}}",
            "no question ends as 'grantd'",
            "Takes one of granted, refused",
        ),
        (
            "{branch: {consent: training}, cases: {hung_up: b}}",
            "no question ends as 'hung_up'",
            "Whoever hung up reaches no further step. Remove it.",
        ),
        (
            "{branch: {consent: evidence}, cases: {granted: b}}",
            "nobody is asked for 'evidence': it rests on legal_obligation",
            "Remove the step.",
        ),
        (
            "{branch: caller, cases: {Private: b}}",
            "a withheld number is not called 'Private'",
            "Write anonymous.",
        ),
    ],
)
def test_a_case_that_no_call_can_be_is_told_where_it_stands(step, problem, hint):
    head = HEAD.replace("notices:", "  evidence: {basis: legal_obligation}\nnotices:")
    steps = f"s: {{set: {{line: x}}}}\na: {step}\nb: {{announce: welcome}}"
    ((told, remedy, column),) = problems(steps, head)
    assert told == problem
    assert remedy.startswith(hint)
    wrong = problem.partition("'")[2].partition("'")[0].replace("evidence", "{consent")
    assert column == len("  a: ") + step.index(wrong) + 1


def test_a_language_of_the_flow_can_be_looked_at():
    steps = flow("a: {branch: language, cases: {en: b}}\nc: {queue: x}\nb: {queue: y}")
    assert goes_to(steps) == "b"


def test_it_leads_to_each_case_and_waits_for_nobody():
    step = WHO.steps["desk"]
    assert step.leads_to() == ["german", "hidden", "vip", "rest"]
    assert not step.waits


def test_cases_are_ways_out():
    assert WHO.steps["desk"].ways() == {
        **{"+49*": "german", "anonymous": "hidden", "1001": "vip"},
        "otherwise": "rest",
    }


def test_it_speaks_of_the_purpose_that_it_looks_at():
    assert CHOICE.steps["look"].speaks_of() == ("training",)
    assert WHO.steps["desk"].speaks_of() == ()


def test_what_it_looks_at_can_have_another_name():
    step = WHO.steps["desk"]
    value = step.looks_at.value
    assert step.renamed({value: "other"}).looks_at.value == "other"
    assert step.renamed({}) == step
    asked = CHOICE.steps["look"]
    assert asked.renamed({"training": "other"}) == asked
