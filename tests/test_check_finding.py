"""What a check finds, and where it says that it stands."""

from eslflow.check.finding import Finding, Rule, at, own, place_in, told
from eslflow.flow.document import Document
from tests.proofs import flow_of

RULE = Rule("odd", False, "Something is odd.")
TEXT = (
    "flow: test\nprompts: {a: A.}\nsteps:\n"
    "  m:\n    menu: a\n    keys: {star: q, hash: q, 1: q}\n  q: {queue: q}\n"
)


def document():
    found = Document(TEXT.encode(), "test.yaml")
    return found, found.read()


def place(*way):
    mark = place_in(document()[1], way)
    return mark.line, mark.column


def test_a_place_is_found_by_its_keys():
    assert place("steps", "m") == (4, 3)
    assert place("steps", "m", "keys", "1") == (6, 30)
    assert place("steps", "m", "keys", "*") == (6, 12)
    assert place("steps", "m", "keys", "#") == (6, 21)


def test_what_is_not_there_is_told_where_it_would_be():
    assert place("steps", "m", "failure") == (4, 3)
    assert place("recording") == (1, 1)


def test_a_finding_is_told_like_any_problem_with_its_code():
    flow = flow_of(TEXT)
    finding = Finding(RULE, at(flow.steps["q"], "queue"), "step 'q' is odd", "Mend it.")
    said = told(*document(), finding)
    assert str(said) == (
        "test.yaml:7:7: warning: step 'q' is odd [odd]\n"
        "      7 |   q: {queue: q}\n"
        "                ^^^^^\n"
        "  Mend it."
    )
    assert said.error.path == "steps.q.queue"


def test_an_error_is_told_without_a_word_for_it():
    finding = Finding(Rule("bad", True, "Bad."), ("flow",), "it is bad", "")
    assert str(told(*document(), finding)).startswith("test.yaml:1:1: it is bad [bad]")


def test_steps_of_flows_inside_are_told_in_their_own_file():
    assert [step.name for step in own(flow_of(TEXT))] == ["m", "q"]
