"""What the YAML parser complains of, in words that lead to the mistake."""

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.document import Document
from eslflow.flow.syntax import explain


@pytest.mark.parametrize(
    ("text", "place", "problem", "hint"),
    [
        ("a: [b, c\n", "1:4", "the file ends before this is closed", "Close every"),
        ('a: "b\nc: d\n', "1:4", "the file ends before this is closed", "quote"),
        ("a:\n\tb: c\n", "2:1", "a tab stands where only blanks can", "blanks"),
        ("a: Press 1: yes\n", "1:11", "a ':' stands where none can", "in quotes"),
        (
            "a: b\n  c: d\n",
            "2:3",
            "this line stands further in",
            "same number of blanks",
        ),
        ("a:\n  b: 1\n\n   c: 2\n", "4:4", "this line stands further in", "in quotes"),
        (
            "a: 1\nb 2\n# x\n\nc: 3\n",
            "2:1",
            "this is no key: it has no ':'",
            "KEY: VALUE",
        ),
        ("a:\n  b\n  c: 3\n", "2:3", "this is no key: it has no ':'", "KEY: VALUE"),
        ("a:\n  - b: 1\n  c: 2\n", "3:3", "a key stands below a list", "no - before"),
        ('a: "b \\q c"\n', "1:8", "'q' stands behind a \\", "single quotes"),
        ("a:\u00a06s\nb: 1\n", "1:1", "this is no key: it has no ':'", "U+00A0"),
        ("a: 1\nb\n", "2:1", "this is no key: it has no ':'", "KEY: VALUE"),
        ("a: @b\n", "1:4", "text cannot begin with '@'", "in quotes"),
        ("a: %b\n", "1:4", "text cannot begin with '%'", "in quotes"),
        ("a: * b\n", "1:5", "text cannot begin with '*' or '&'", "written star"),
        ("a:\n  b: 1\n c: 2\n", "3:2", "this line does not stand under", "blanks"),
        ("a: {b: c d: e}\n", "1:11", "a ',' or '}' is missing", "a comma"),
        ("a: [b\nc: d\n", "2:2", "a ',' or ']' is missing", "Close every"),
        ("a: 'don't'\n", "1:9", "more text stands after the end", "one pair"),
        ("a: {{ b }} c\n", "1:12", "more text stands after the end", "{{ }}"),
        ("a: [b]]\n", "1:7", "a ']' stands where none can", "Close every"),
        ("a: - b\n", "1:4", "a '-' stands where none can", "in quotes"),
    ],
)
def test_a_mistake_is_named_where_it_stands(text, place, problem, hint):
    with pytest.raises(FlowErrors) as caught:
        Document(text.encode(), "t.yaml").read()
    (found,) = caught.value.problems
    assert f"{found.line}:{found.column}" == place
    assert found.problem.startswith(problem)
    assert hint in found.hint


def test_what_nobody_thought_of_is_told_in_the_parsers_words():
    problem, hint = explain("found a {curious} thing")
    assert problem == "cannot be read as YAML: found a {curious} thing"
    assert hint
