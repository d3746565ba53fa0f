"""YAML 1.2 to nodes that know where they stand."""

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.document import MOST_BYTES, Document, Kind, Mark


def read(text):
    data = text if isinstance(text, bytes) else text.encode()
    return Document(data, "t.yaml").read()


def problem(text):
    with pytest.raises(FlowErrors) as caught:
        read(text)
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("true", Kind.BOOLEAN),
        ("yes", Kind.TEXT),
        ("on", Kind.TEXT),
        ("0123", Kind.TEXT),
        ("+4930", Kind.TEXT),
        ("12:30", Kind.TEXT),
        ("0x10", Kind.TEXT),
        ("-7", Kind.INT),
        ("0", Kind.INT),
        ("1.50", Kind.DECIMAL),
        ("'7'", Kind.TEXT),
        ("null", Kind.NOTHING),
        ("~", Kind.NOTHING),
        ("''", Kind.TEXT),
    ],
)
def test_only_what_is_plain_in_yaml_1_2_is_no_text(text, kind):
    (pair,) = read(f"a: {text}").pairs
    assert pair[1].kind is kind


def test_nodes_know_their_places():
    top = read("a:\n  - one\n  - [2]\n")
    (key, value) = top.pairs[0]
    assert key.mark == Mark(1, 1, 1)
    assert value.items[0].mark == Mark(2, 5, 3)
    assert value.items[1].items[0].mark == Mark(3, 6, 1)
    assert not value.is_scalar
    assert key.is_scalar


def test_duplicates_are_kept_for_whoever_reads():
    assert [k.text for k, _ in read("a: 1\na: 2").pairs] == ["a", "a"]


def test_an_empty_file_is_nothing():
    assert read("").kind is Kind.NOTHING
    assert read("# only a comment\n").kind is Kind.NOTHING


def test_a_byte_order_mark_and_windows_lines_do_no_harm():
    document = Document(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "t.yaml")
    assert [k.text for k, _ in document.read().pairs] == ["a", "b"]
    document.problem(Mark(2, 1), "x")
    assert document.problems[0].source == "b: 2"


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        (b"a: 1\nb: Zo\xeb", 2, 6, "not UTF-8"),
        (b"a" * (MOST_BYTES + 1), 1, 1, "larger than"),
        ("a: 1\n---\nb: 2\n", 2, 1, "a second document"),
        ("a: &x 1", 1, 4, "an anchor"),
        ("a: &x [1]", 1, 4, "an anchor"),
        ("a: *x", 1, 4, "an alias"),
        ("*x", 1, 1, "an alias"),
        ("a: !!str 1", 1, 4, "a tag"),
        ("a: {*: 1}", 1, 5, "'*' cannot stand alone"),
        ("a: {b: 1\n", 2, 1, "in the middle"),
        ("a: 'b\n", 2, 1, "in the middle"),
        ("a:\n\t- b", 2, 1, "a tab"),
        ("a: b: c", 1, 5, "cannot be read as YAML"),
        ("a: 1\nb: \x07", 2, 4, "a control character"),
        ("[" * 30 + "]" * 30, 1, 1, "more than 20 levels"),
        ("[" * 5000, 1, 1, "levels"),
    ],
)
def test_what_is_not_taken_is_named_with_its_place(text, line, column, words):
    found = problem(text)
    assert words in found.problem
    assert (found.line, found.column) == (line, column)
    assert found.hint


def test_a_problem_outside_the_file_has_no_source_line():
    document = Document(b"a: 1", "t.yaml")
    document.problem(Mark(99, 1), "x")
    assert document.problems[0].source == ""


def test_aliases_cannot_make_a_file_grow():
    bomb = "a: &a [x]\n" + "\n".join(f"b{n}: &b{n} [*a, *a]" for n in range(50))
    assert "an anchor" in problem(bomb).problem
