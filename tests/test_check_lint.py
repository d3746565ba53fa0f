"""All rules of a check, each by a bad and a good example."""

import re
from itertools import islice
from pathlib import Path

import pytest

from eslflow.check import flow_files
from eslflow.check.lint import RULES, are_texts_sound, lint, lint_draft
from eslflow.errors import FlowErrors
from eslflow.flow.load import load, load_draft
from eslflow.steps import KINDS
from tests.codes import EXAMPLES, whole
from tests.steps_of import Texts

FLOWS = Path(__file__).parent.parent / "flows"
SHIPPED = {path.stem: path.read_text(encoding="utf-8") for path in flow_files(FLOWS)}
INSIDE = Texts(SHIPPED)
NOW = 1_795_000_000_000_000
"""In November 2026."""
WORDS = """\
flow: example
purposes: {training: {basis: consent}}
recording: {agent_keys: {1: unmask}}
notices: {recording: {version: 1, text: Press 1 to agree or 3 to refuse.}}
prompts: {card: Your card number., left: Over., which: 'For sales, press 7.'}
steps:
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
    unanswered: talk
  choose: {menu: which, keys: {1: card}}
  card: {collect: card, digits: 16, into: number}
  talk: {queue: support, record: on, from: answer}
"""


def found(example):
    text = whole(example).encode()
    return lint(load(text, "example.yaml", KINDS), text, now=NOW)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_bad_example_breaks_its_rule_and_no_other(rule):
    bad, good = EXAMPLES[rule.code]
    assert {told.rule for told in found(bad)} == {rule}
    assert found(good) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_finding_says_first_what_mends_it(rule):
    does = "Add|Ask|Lead|Leave|Let|Remove|Say|Swap|Tell|Write"
    for told in found(EXAMPLES[rule.code][0]):
        assert re.match(rf"({does}) ", told.error.hint), told.error.hint


def test_codes_are_of_one_rule_each():
    assert len({rule.code for rule in RULES}) == len(RULES)


def test_findings_come_in_the_order_of_the_lines():
    bad = (
        "purposes: {training: {basis: consent}}\n"
        "notices: {recording: {version: 1, text: Press 1 to agree or 2 to refuse.}}\n"
        + EXAMPLES["too-early"][0]
    )
    codes = [told.rule.code for told in found(bad)]
    assert codes == ["kept-forever", "no-withdrawal", "too-early"]


def test_a_switch_is_asked_where_there_is_one():
    text = whole("steps:\n  talk: {queue: support}\n").encode()
    flow = load(text, "example.yaml", KINDS)
    (told,) = lint(flow, text, lambda command, arg: "")
    assert (told.rule.code, told.error.line) == ("not-there", 3)
    assert lint(flow, text) == ()


def broken(text, library=INSIDE):
    """Return the codes that are told beside those that keep a flow from loading."""
    data = text.encode()
    draft = load_draft(data, "example.yaml", KINDS, library)
    found = None if draft is None else lint_draft(*draft, data)
    return None if found is None else [told.rule.code for told in found]


def changed(text):
    """Yield a text with one line left out, or one of its words another one."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        yield "".join((*lines[:number], *lines[number + 1 :]))
        for word in re.finditer(r"[a-z_][\w-]*", line):
            for other in ("nowhere", f"{word[0]}x"):
                new = f"{line[: word.start()]}{other}{line[word.end() :]}"
                yield "".join((*lines[:number], new, *lines[number + 1 :]))


def slips(text):
    """Yield some of those that do not load, and leave something to read."""
    for other in islice(changed(text), None, None, 29):
        try:
            load(other.encode(), "example.yaml", KINDS, INSIDE)
        except FlowErrors as error:
            codes = {problem.code for problem in error.problems}
            found = broken(other)
            if found is not None:
                yield other, codes, found


FAULTY = {rule.code: whole(EXAMPLES[rule.code][0]) for rule in RULES}
OWN_FAULT = {"secret": {"card-in-clear"}, "dead-step": {"unused"}}
"""Two faults by one slip: without `secure` a secret is none, and a card is asked for in
clear; without a step nothing leads to the next one, and nothing plays its prompt."""


@pytest.mark.parametrize("name", [*SHIPPED, *FAULTY])
def test_what_does_not_load_gets_no_finding_that_it_would_not_have(name):
    text = {**SHIPPED, **FAULTY}[name]
    data = text.encode()
    flow = load(data, "example.yaml", KINDS, INSIDE)
    codes = {told.rule.code for told in lint(flow, data)}
    for other, errors, told in slips(text):
        due = codes.union(*(OWN_FAULT.get(error, ()) for error in errors))
        assert {*told} <= due, other


def replaced(old, new):
    assert WORDS.count(old) == 1, old
    return WORDS.replace(old, new)


BY_STEP = {"key-unsaid", "card-in-clear"}
BY_SECTION = {*BY_STEP, "kept-forever", "half-a-mask", "key-dead"}
BY_FILE = {*BY_SECTION, "no-withdrawal", "unused"}


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("steps:\n", "start: choose\nsteps:\n", BY_FILE),
        ("unanswered: talk", "unanswered: where", BY_SECTION),
        ("unanswered: talk", "tries: many", BY_SECTION - {"key-unsaid"}),
        ("into: number", "into: number, x: y", BY_SECTION - {"card-in-clear"}),
        ("basis: consent", "basis: consent, x: y", BY_STEP - {"key-unsaid"}),
        ("version: 1", "version: none", BY_STEP - {"key-unsaid"}),
        ("prompts: {", "prompts: {A: a, ", set()),
        ("purposes:", "languages: [en, x]\npurposes:", set()),
        ("purposes:", "values: {a: [b]}\npurposes:", set()),
        ("agent_keys: {1: unmask}", "agent_keys: {1: un}", BY_STEP),
    ],
)
def test_what_holds_all_the_same_is_told_beside_the_loaders_errors(old, new, codes):
    assert WORDS.count(old) == 1
    assert {*broken(WORDS.replace(old, new))} == codes


def test_an_error_in_a_flow_inside_leaves_the_words_of_this_one():
    inner = Texts({"opening": f"{SHIPPED['opening']}x: y\n"})
    text = f"{WORDS}  more: {{flow: opening}}\n"
    assert {*broken(text, inner)} == BY_SECTION


@pytest.mark.parametrize("text", ["flow: [\n", f"{WORDS}purpose: {{}}\n"])
def test_where_anything_may_be_meant_otherwise_nothing_is_said(text):
    assert broken(text) is None


def test_a_switch_is_asked_for_what_a_broken_flow_names_too():
    data = WORDS.replace("unanswered: talk", "unanswered: where").encode()
    draft = load_draft(data, "example.yaml", KINDS)
    found = lint_draft(*draft, data, lambda command, arg: "")
    assert "not-there" in {told.rule.code for told in found}


def test_words_are_right_where_nothing_above_the_steps_is_wrong():
    for old, is_sound in (("unanswered: talk", True), ("version: 1", False)):
        text = WORDS.replace(old, old.replace(": ", ": x"))
        _, problems = load_draft(text.encode(), "example.yaml", KINDS)
        assert are_texts_sound(problems) is is_sound
