"""YAML 1.2 to nodes that know where they stand."""

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.codes import INVISIBLE, NOT_YAML
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
    document.problem(NOT_YAML, Mark(2, 1), "x", "")
    assert document.problems[0].source == "b: 2"


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        (b"a: 1\nb: Zo\xeb", 2, 6, "not UTF-8"),
        (b"a: 1\rb: Zo\xeb", 2, 6, "not UTF-8"),
        (b"\xef\xbb\xbfa: \xc3\xa9\xff", 1, 5, "not UTF-8"),
        ("a: 1".encode("utf-16"), 1, 1, "not UTF-8"),
        (b"a" * (MOST_BYTES + 1), 1, 1, "larger than"),
        ("a: 1\n---\nb: 2\n", 2, 1, "a second document"),
        ("a: 1\n...\nb: 2\n", 3, 1, "a second document"),
        ("%YAML 1.1\n---\na: 1\n", 1, 1, "a directive"),
        ("# x\n\n%TAG ! x\n---\na: 1\n", 3, 1, "a directive"),
        ("a: &x 1", 1, 4, "an anchor"),
        ("a: &x [1]", 1, 4, "an anchor"),
        ("a: *x", 1, 4, "an alias"),
        ("*x", 1, 1, "an alias"),
        ("a: !!str 1", 1, 4, "a tag"),
        ("a: {*: 1}", 1, 5, "'*' cannot stand alone"),
        ("a: {1: b,\n#: c}\n", 2, 1, "this key is lost"),
        ("a: {1: b, #: c}\n", 1, 11, "this key is lost"),
        ("a:\n  1: b\n  #: refused\n", 3, 3, "this key is lost"),
        ("a: {b: 1\n", 1, 4, "ends before this is closed"),
        ("a: 'b\n", 1, 4, "ends before this is closed"),
        ("a:\n\t- b", 2, 1, "a tab"),
        ("a: b: c", 1, 5, "a ':' stands where none can"),
        ("a:\n  b\n  c: 1\n", 2, 3, "it has no ':'"),
        ("a: 1\n  b: 2\n", 2, 3, "further in"),
        ("a: ? b", 1, 4, "cannot be read as YAML"),
        ("a: 1\nb: \x07", 2, 4, "U+0007 cannot stand here (a control character)"),
        ("a: 1\nb: \u2028", 2, 4, "the character U+2028"),
        ("a: b\ufeff", 1, 5, "the character U+FEFF"),
        (r'a: "\e[2J"', 1, 4, "the character U+001B"),
        (r'a: "\ud800"', 1, 4, "the character U+D800"),
        (r'a: "\UFFFFFFFF"', 1, 5, "there is no such character"),
        (r'a: "b \U00110000"', 1, 7, "there is no such character"),
        ("[" * 30 + "]" * 30, 1, 21, "more than 20 levels"),
        ("[" * 5000, 1, 21, "levels"),
    ],
)
def test_what_is_not_taken_is_named_with_its_place(text, line, column, words):
    found = problem(text)
    assert words in found.problem
    assert (found.line, found.column) == (line, column)
    assert found.hint


@pytest.mark.parametrize(
    ("text", "line", "column", "name"),
    [
        ("a: 1\n# \u202eon", 2, 3, "U+202E cannot stand here (right-to-left override)"),
        ("a: b\u2066c", 1, 5, "U+2066 cannot stand here (left-to-right isolate)"),
        ("a: b\xadc", 1, 5, "U+00AD cannot stand here (soft hyphen): nobody sees it"),
        ("a: b\u200bc", 1, 5, "U+200B"),
        ("a: b\U000e0041", 1, 5, "U+E0041"),
        (r'a: "b\u202Ec"', 1, 4, "U+202E"),
    ],
)
def test_what_nobody_sees_is_refused_even_in_a_comment(text, line, column, name):
    found = problem(text)
    assert name in found.problem
    assert (found.line, found.column, found.code) == (line, column, INVISIBLE)
    assert "\N{REPLACEMENT CHARACTER}" in str(found) or "\\u" in text


def test_each_line_with_what_nobody_sees_is_told():
    with pytest.raises(FlowErrors) as caught:
        read("a: b\u200bc\u200bd\nb: \u2060\n")
    assert [(found.line, found.column) for found in caught.value.problems] == [
        (1, 5),
        (2, 4),
    ]


def test_what_languages_are_written_with_is_no_hidden_character():
    text = "a: \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u200f\u200d\u05d0"
    assert read(text).pairs[0][1].text == text[3:]


def test_a_mistake_is_told_once_not_again_as_what_follows_from_it():
    for text in ("a: {*: 1, 2: 3}", "a:\n  *: 1\n  2: 3\n", "a: {#: b}"):
        with pytest.raises(FlowErrors) as caught:
            read(text)
        assert len(caught.value.problems) == 1


def test_a_comment_is_a_comment():
    text = "a: 1 # #: b\n# {1: a, #: b}\n#: of three words\nb: |\n  #: text\n  x\n"
    assert [held.text for _, held in read(text).pairs] == ["1", "#: text\nx\n"]


def test_what_holds_nothing_stands_at_its_key():
    top = read("a:\nb: ~\nc: ''\n")
    assert [held.mark.column for _, held in top.pairs] == [1, 4, 4]
    assert [held.mark.line for _, held in top.pairs] == [1, 2, 3]


def test_lines_may_end_as_on_any_machine():
    for end in ("\n", "\r\n", "\r"):
        document = Document(f"a: 1{end}b: 2{end}".encode(), "t.yaml")
        assert document.read().pairs[1][0].mark == Mark(2, 1)
        assert document.lines == ["a: 1", "b: 2", ""]


def test_a_word_is_found_from_a_place_on():
    document = Document(b"a: bc\nd: bc bc\n", "t.yaml")
    assert document.place_of("(bc)", Mark(1, 1)) == Mark(1, 4, 2)
    assert document.place_of("(bc)", Mark(1, 5)) == Mark(2, 4, 2)
    assert document.place_of("(x)", Mark(1, 5)) == Mark(1, 5)


def test_what_a_message_quotes_is_cut():
    document = Document(b"a: 1", "t.yaml")
    document.problem(NOT_YAML, Mark(1, 1), "x" * 301, "")
    assert document.problems[0].problem == "x" * 300 + "..."


def test_a_problem_outside_the_file_has_no_source_line():
    document = Document(b"a: 1", "t.yaml")
    document.problem(NOT_YAML, Mark(99, 1), "x", "")
    assert document.problems[0].source == ""


def test_aliases_cannot_make_a_file_grow():
    bomb = "a: &a [x]\n" + "\n".join(f"b{n}: &b{n} [*a, *a]" for n in range(50))
    assert "an anchor" in problem(bomb).problem


def test_a_blank_that_is_none_is_told_where_it_leads_astray():
    document = Document("a:\n \u00a0b: 1\n c: 2\n".encode(), "t.yaml")
    for line in (2, 3):
        document.problem(NOT_YAML, Mark(line, 1), "is odd", "Make it even.")
    first, second = (problem.hint for problem in document.problems)
    assert first.startswith("The line has a blank that is none (U+00A0)")
    assert second == "Make it even."


def test_a_control_character_is_no_blank():
    said = problem("a: b\x1f")
    assert said.problem.endswith(
        "U+001F cannot stand here (a control character): nobody sees it"
    )
    assert said.hint.startswith("Remove it")
