"""The codes of what is wrong with a file."""

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.codes import SORTS
from eslflow.flow.load import load
from eslflow.steps import KINDS
from tests.codes import EXAMPLES, whole


@pytest.mark.parametrize("code", SORTS)
def test_a_bad_example_gets_its_code_and_no_other(code):
    bad, good = EXAMPLES[code]
    with pytest.raises(FlowErrors) as caught:
        load(whole(bad).encode(), "example.yaml", KINDS)
    assert {problem.code for problem in caught.value.problems} == {code}
    assert f" [{code}]\n" in f"{caught.value}\n"
    assert load(whole(good).encode(), "example.yaml", KINDS).steps


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        ("a: {announce: 'it ends'}", "unknown-name"),
        ("a: {webhook: 'https://a:b@pay.example.com/'}", "unsafe"),
        ("a: {webhook: 'ftp://pay.example.com/'}", "wrong-value"),
        ("a: {branch: called, cases: {'+4*': b, '+49': b}}", "shadowed"),
        ("a: {branch: called, cases: {'*': b}}", "wrong-value"),
        ("a: {set: {caller: x}}", "bad-name"),
        ("a: {menu: which, keys: {}}", "missing"),
        ("a: {menu: which, keys: 1}", "wrong-value"),
        ("a: {menu: which, queue: q, keys: {1: b}}", "twice"),
    ],
)
def test_the_place_that_finds_a_problem_names_its_code(problem, code):
    text = whole(f"steps:\n  {problem}\n  b: {{hangup: NORMAL_CLEARING}}\n")
    with pytest.raises(FlowErrors) as caught:
        load(text.encode(), "example.yaml", KINDS)
    assert caught.value.problems[0].code == code
