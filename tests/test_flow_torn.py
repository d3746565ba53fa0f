"""What else is wrong with a file that is no YAML."""

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.load import load
from eslflow.flow.torn import MOST_PARTS, torn
from eslflow.steps import KINDS

GOOD = """\
# A flow.
flow: small
languages: [en, de]
values:
  company: Example Ltd

prompts:
  hello: {en: Hello., de: Hallo.}
steps:
  hello: {announce: hello}
  # The talk.
  talk:
    queue: support
    timeout: talk
  bye: {hangup: NORMAL_CLEARING}
"""


def problems(*changes):
    """Return what is told of the flow with changes, by line and code."""
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    with pytest.raises(FlowErrors) as caught:
        load(text.encode(), "small.yaml", KINDS)
    return [(told.line, told.code) for told in caught.value.problems]


VALUE = ("company: Example", 'company: "Example')
TALK = ("queue: support", "queue: {support")


def test_each_part_that_cannot_be_read_is_told_once():
    assert problems(VALUE) == [(5, "not-yaml")]
    assert problems(TALK) == [(14, "not-yaml")]
    assert problems(VALUE, TALK) == [(5, "not-yaml"), (14, "not-yaml")]


def test_a_first_entry_without_its_colon_takes_no_other_along():
    name = ("  talk:\n", "  talk\n")
    first = ("  hello: {announce: hello}\n", "")
    assert problems(name, first) == [(11, "not-yaml")]


def test_the_rest_is_looked_at():
    option = ("{announce: hello}", "{announce: {hello: 1}}")
    assert problems(TALK, option) == [(10, "wrong-value"), (14, "not-yaml")]
    kind = ("{announce: hello}", "{anounce: hello}")
    assert problems(TALK, kind) == [(10, "missing"), (14, "not-yaml")]
    assert problems(TALK, ("flow: small\n", "")) == [(13, "not-yaml")]


def test_names_that_may_be_in_what_is_missing_are_not_missed():
    to_talk = ("{announce: hello}", "{announce: hello, next: talk}")
    assert problems(TALK, to_talk) == [(14, "not-yaml")]
    to_none = ("{announce: hello}", "{announce: hello, next: tlk}")
    assert problems(TALK, to_none) == [(10, "unknown-name"), (14, "not-yaml")]


def test_without_a_section_names_of_it_are_not_missed():
    languages = ("languages: [en, de]", "languages: [en, de")
    assert problems(languages) == [(4, "not-yaml")]
    steps = ("{announce: hello}", "{announce: hello, nxt: bye}")
    assert problems(languages, steps) == [(4, "not-yaml"), (10, "unknown-option")]


def test_where_nobody_knows_what_belongs_where_the_rest_is_left_alone():
    option = ("{announce: hello}", "{announce: hello, nxt: bye}")
    assert problems(("steps:", "steps"), option) == [(9, "not-yaml")]
    assert problems(("steps:", "steps: ["), option) == [(12, "not-yaml")]


def test_what_no_part_shows_is_told_alone():
    found = torn(["a: 1", "b: 2"], "a.yaml", 2)
    assert (found.problems, found.rest) == ((), None)
    assert torn([" - a"], "a.yaml", 1).rest is None
    many = [f"a{number}: [" for number in range(MOST_PARTS + 1)]
    assert torn(many, "a.yaml", 1).problems == ()
