"""What sets a value, what looks at one, and which patterns take it."""

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.template import Piece
from eslflow.flow.values import (
    Assignments,
    Cases,
    Looked,
    Subject,
    hides,
    is_withheld,
    matches,
)
from tests.steps_of import HEAD, flow

VALUES = HEAD + "values: {company: Example Ltd}\n"
END = "\nend: {announce: welcome}"


def problems(steps):
    with pytest.raises(FlowErrors) as caught:
        flow(steps + END, VALUES)
    return [f"{p.problem} | {p.hint}" for p in caught.value.problems]


def test_constants_are_filled_in_and_other_names_stay():
    steps = flow('a: {set: {note: "{{ company }}, {{ called }}"}}', VALUES).steps
    assert steps["a"].values == {
        "note": (Piece("Example Ltd"), Piece(", "), Piece("", "called"))
    }


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("{}", "a mapping stands where values are wanted"),
        ("x", "text stands where values are wanted"),
        ("{A: x}", "'A' cannot be the name of a value | Takes a name of small letters"),
        ("{[a]: x}", "'' cannot be the name of a value"),
        ("{a: x, a: y}", "the value 'a' stands twice | Remove one of them."),
        ("{company: x}", "'company' is a constant of this flow | Choose another"),
        ("{caller: x}", "'caller' is what the switch tells of a call | Choose"),
        ("{a: [x]}", "a list stands where text is wanted"),
        (f"{{a: {'x' * 1001}}}", "value 'a' is longer than 1000 characters | Shorten"),
        ("{a: '{{ b * 2 }}'}", "value 'a': only {{ name }} can stand in a text"),
        (
            "{a: x, b: '{{ callr }}'}",
            "there is no value 'callr'. Did you mean 'caller'? | values: caller, "
            "caller_name, called, language, a, b",
        ),
    ],
)
def test_a_value_that_cannot_be_set_is_told(values, said):
    (told,) = problems(f"a: {{set: {values}}}")
    assert told.startswith(said)


def test_a_branch_looks_at_a_value_or_at_what_became_of_a_question():
    steps = flow(
        "a: {branch: caller, cases: {1*: c}}\n"
        "b: {branch: {consent: training}, cases: {granted: c}}\n"
        "c: {announce: welcome}"
    ).steps
    assert steps["a"].looks_at == Looked(value="caller")
    assert steps["b"].looks_at == Looked(purpose="training")


@pytest.mark.parametrize(
    ("looked", "said"),
    [
        ("[x]", "a list stands where the name of a value such as caller, or"),
        ("{}", "nothing is looked at | Takes the name of a value"),
        ("{consnt: training}", "'consnt' is not an option of branch. Did you mean"),
        ("{consent: trainin}", "there is no purpose 'trainin'. Did you mean"),
        ("company", "'company' is a constant: it is the same in every call | Look at"),
    ],
)
def test_a_branch_that_looks_at_nothing_is_told(looked, said):
    assert problems(f"a: {{branch: {looked}, cases: {{x: end}}}}")[0].startswith(said)


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ("x", "text stands where cases are wanted | Takes patterns"),
        ("{}", "a mapping stands where cases are wanted"),
        ("{'': end}", "that is no pattern | Takes text of up to 100 characters"),
        (f"{{{'x' * 101}: end}}", "that is no pattern"),
        ("{[x]: end}", "that is no pattern"),
        ("{4*9: end}", "'4*9' has a star inside | One star, at the end"),
        ("{'*': end}", "'*' is no pattern | Write otherwise: STEP beside cases:"),
        ("{otherwise: end}", "'otherwise' is no pattern | Write otherwise: STEP"),
        (
            "{+49*: end, +4930*: end}",
            "'+4930*' can never be reached | '+49*' stands above it",
        ),
        ("{+49*: end, +4930: end}", "'+4930' can never be reached"),
        ("{+4930: end, +4930: end}", "'+4930' can never be reached"),
        ("{+49: ende}", "there is no step 'ende'. Did you mean 'end'?"),
    ],
)
def test_a_case_that_is_none_is_told(cases, said):
    (told,) = problems(f"a: {{branch: caller, cases: {cases}}}")
    assert told.startswith(said)


@pytest.mark.parametrize(
    ("pattern", "text", "does"),
    [
        ("+49*", "+4930", True),
        ("+49*", "+49", True),
        ("+49*", "049", False),
        ("0049", "0049", True),
        ("0049", "49", False),
        ("+49", "+4930", False),
    ],
)
def test_a_pattern_takes_a_text_or_how_it_begins(pattern, text, does):
    assert matches(pattern, text) is does


def test_a_pattern_hides_what_it_would_take_anyway():
    assert hides("+49*", "+49*")
    assert hides("+4*", "+49*")
    assert not hides("+49*", "+4*")
    assert not hides("+49", "+49*")
    assert hides("+49", "+49")


def test_numbers_keep_their_plus_and_their_noughts():
    steps = flow("a: {branch: called, cases: {0049: b, +49: b}}\nb: {queue: x}").steps
    assert list(steps["a"].cases) == ["0049", "+49"]


@pytest.mark.parametrize(
    ("number", "withheld"),
    [
        ("", True),
        ("anonymous", True),
        ("Anonymous", True),
        ("Restricted", True),
        ("0000000000", True),
        ("+4930123", False),
        ("alice", False),
    ],
)
def test_a_withheld_number_is_known_however_it_is_spelt(number, withheld):
    assert is_withheld(number) is withheld


def test_cases_are_put_in_other_words():
    value = {"1*": "a", "x": "b"}
    moved = Cases().renamed(value, lambda what, name: f"{what}/{name}")
    assert moved == {"1*": "step/a", "x": "step/b"}


def test_editors_are_told_what_fits():
    assert Assignments().schema()["minProperties"] == 1
    assert len(Subject().schema()["anyOf"]) == 2
    assert Cases().schema()["propertyNames"]["pattern"].endswith(r"\*?$")


def test_a_star_at_the_beginning_is_the_key():
    cases = 'a: {branch: called, cases: {"*67*": end, "*1": end}}\nend: {announce: hi}'
    found = flow(cases, "flow: t\nprompts: {hi: Hi.}\n")
    assert list(found.steps["a"].cases) == ["*67*", "*1"]
    assert matches("*67*", "*67030")
    assert not matches("*67*", "067030")
    assert matches("*1", "*1")
    assert not matches("*1", "01")
