"""What can be wrong with any node, and how it is told."""

import pytest

from eslflow.flow.codes import BAD_NAME
from eslflow.flow.document import Document
from eslflow.flow.problems import (
    MOST_LISTED,
    MOST_NEAR,
    Context,
    either,
    entries_of,
    listed,
    named,
    names_in,
    near,
    scalar,
    spelled,
    strange,
)


def read(text, path="thing"):
    """Return a document's top node and a context for it."""
    document = Document(text.encode(), "t.yaml")
    return document.read(), Context(document, {}, path)


def told(context):
    return [problem.problem for problem in context.document.problems]


def test_a_problem_carries_place_path_and_hint_as_data():
    top, context = read("a:\n  bcd: 1\n", "steps.a")
    place = top.pairs[0][1].pairs[0][0]
    context.problem(BAD_NAME, place, "is odd", "Make it even.")
    (problem,) = context.document.problems
    assert (problem.file, problem.line, problem.column) == ("t.yaml", 2, 3)
    assert (problem.source, problem.width) == ("  bcd: 1", 3)
    assert (problem.path, problem.hint) == ("steps.a", "Make it even.")
    assert problem.code == "bad-name"


def test_a_letter_that_only_looks_latin_is_named():
    told = "Did you mean 'which'? It has U+0456 in it, cyrillic small letter"
    assert told in near("wh\u0456ch", ("which",))
    assert near("gru\u00df", ("gruss",)) == ". Did you mean 'gruss'?"
    assert strange("a\u200bb-\u00e9") == ""


def test_entries_that_are_unknown_double_or_nameless_are_told():
    top, context = read("a: 1\na: 2\naa: 3\n[c]: 4\n: 5\n{{ d }}: 6\n")
    entries = entries_of(top, context, ("a",), "a thing")
    assert entries is not None
    assert entries["a"].text == "1"
    assert told(context) == [
        "'a' stands twice",
        "'aa' is not an option of thing. Did you mean 'a'?",
        "a list stands where a name is",
        "nothing stands where a name is",
        "a mapping stands where a name is",
    ]
    assert context.document.problems[1].hint == "thing takes: a"


def test_a_place_has_a_path_for_programs_and_a_name_for_people():
    top, context = read("a: {b: 1}", "")
    inside = context.inside("steps").inside("a")
    entries_of(top.pairs[0][1], inside, ("c",), "a thing")
    (problem,) = context.document.problems
    assert (problem.path, problem.hint) == ("steps.a", "a takes: c")
    assert inside.missed is context.missed


def test_entries_stand_in_a_mapping():
    top, context = read("[a]")
    assert entries_of(top, context, ("a",), "a thing") is None
    assert told(context) == ["a list stands where a thing is wanted"]


def test_a_scalar_is_its_text():
    top, context = read("[1, true, on, 0123, '', ~, {a: b}]")
    found = [scalar(item, context, "text") for item in top.items]
    assert found == ["1", "true", "on", "0123", "", None, None]
    assert told(context) == [
        "nothing stands where text is wanted",
        "a mapping stands where text is wanted",
    ]


def test_what_is_declared_is_found_by_its_name():
    top, context = read("a: 1\nA: 2\n[b]: 3\na: 4\nc: 5\n")
    made = named(top, context, "thing", lambda _, node: node.text.strip("5") or None)
    assert made["a"]
    assert "c" not in made
    assert told(context) == [
        "'A' cannot be the name of a thing",
        "'' cannot be the name of a thing",
        "the thing 'a' stands twice",
    ]


def test_a_double_name_is_told_though_the_first_one_is_bad():
    top, context = read("c: 1\nc: 2\n")
    assert named(top, context, "thing", lambda _, node: None) == {}
    assert told(context) == ["the thing 'c' stands twice"]


def test_what_is_not_declared_is_none():
    assert named(None, read("")[1], "thing", lambda *_: 1) == {}
    assert names_in(None) == ()
    assert names_in(read("a: 1\nB: 2\n")[0]) == ("a", "B")


def test_names_stand_in_a_mapping():
    top, context = read("[a]", "things")
    assert named(top, context, "thing", lambda *_: 1) == {}
    assert told(context) == ["a list stands where things are"]


def test_guesses_and_lists_read_as_sentences():
    assert near("tiemout", ["timeout"]) == ". Did you mean 'timeout'?"
    assert near("zzz", ["timeout"]) == ""
    assert near("yes", ["true", "false"]) == ". Did you mean 'true'?"
    assert near("false", ["on", "off"]) == ". Did you mean 'off'?"
    assert near("no", ["timeout"]) == ""
    for number in ("44100", "-1", "1.5", "+4930"):
        assert near(number, ["16000", "4410", "-10", "1.50", "+49305"]) == ""
    assert near("1600O", ["16000"]) == ". Did you mean '16000'?"
    assert near("tiemout", [*map(str, range(MOST_NEAR)), "timeout"]) == ""
    assert listed([]) == "none yet"
    assert listed(["a", "b"]) == "a, b"
    assert listed([*map(str, range(MOST_LISTED + 2))]).endswith("38, 39 and 2 more")
    assert either(["on", "off"]) == "on or off"
    assert either(["a", "b", "c"]) == "one of a, b, c"


def test_a_part_of_a_place_knows_the_constants_too():
    context = Context(Document(b"", "t.yaml"), {}, "steps", constants={"a": "x"})
    assert context.inside("one").inside("two").constants == {"a": "x"}


def test_options_can_be_told_by_what_they_are_of():
    top, context = read("b: 1", "steps.a")
    entries_of(top, context, ("c",), "a step", "menu")
    (problem,) = context.document.problems
    assert problem.problem == "'b' is not an option of menu"
    assert problem.hint == "menu takes: c"


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("Gespräch", " Write gespraech."),
        ("gespra\u0308ch", " Write gespraech."),
        ("Größe zwei", " Write groesse-zwei."),
        ("opération", " Write operation."),
        ("\u201csmart\u201d", ""),
        ("", ""),
    ],
)
def test_a_name_is_told_as_it_can_be_written(word, written):
    assert spelled(word) == written


def test_what_cannot_be_a_name_is_told_with_one_that_can():
    top, context = read("Büro: 1", "prompts")
    named(top, context, "prompt", lambda *_: None)
    (problem,) = context.document.problems
    assert problem.hint.endswith("_ and -). Write buero.")
