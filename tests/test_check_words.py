"""What stands in a file of scenarios."""

import pytest

from eslflow.check import words
from eslflow.errors import FlowErrors
from eslflow.flow.document import Document
from eslflow.flow.problems import Context


def read(text, take):
    """Return what is taken of a text, or its problems."""
    document = Document(text.encode(), "x.yaml")
    found = take(document.read(), Context(document, {}, "x"))
    try:
        document.stop_if_broken()
    except FlowErrors as error:
        return [problem.problem for problem in error.problems]
    return found


def test_what_is_pressed_is_keys_silence_or_a_hang_up():
    given = ("1", "1234", "star", "hash", "*0", "silence", "-", "hangup")
    taken = ["1", "1234", "*", "#", "*0", "", "", "hangup"]
    assert list(map(words.pressed, given)) == taken
    assert [words.pressed(text) for text in ("x", "", "hang_up", "1 2")] == [None] * 4


KEYS = {"withdraw": "*0"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("withdraw", ("*0",)),
        ("[withdraw, '*1', hold]", ("*0", "*1", "hold")),
        (
            "withdrow",
            ["there is no act of a caller 'withdrow'. Did you mean 'withdraw'?"],
        ),
        ("[[a]]", "a list stands where an act of a caller is wanted"),
    ],
)
def test_an_act_is_a_word_or_keys(text, found):
    def take(node, context):
        return words.acts(node, context, "a caller", KEYS, ("hold",))

    told = read(text, take)
    assert told == found or told == [found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{state: permitted, n: 5}", {"state": "permitted", "n": "5"}),
        ("{state: [a]}", 1),
        ("permitted", ["text stands where the fields of an answer are"]),
        (
            "{stat: permitted}",
            ["no webhook of this flow gets a field 'stat'. Did you mean 'state'?"],
        ),
    ],
)
def test_an_answer_is_fields_with_texts(text, found):
    def take(node, context):
        return words.answer(node, context, ("state", "n"))

    told = read(text, take)
    assert told == found if found != 1 else len(told) == 1


def test_names_must_be_known_and_stand_once():
    def take(node, context):
        known = ("one", "two")
        return words.by_name(node, context, "step", known, lambda node, _: node.text)

    assert read("{one: a, two: b}", take) == {"one": "a", "two": "b"}
    assert "there is no step 'three'" in read("{three: a}", take)[0]
    assert read("{one: a, one: b}", take) == ["'one' stands twice"]


def test_one_word_stands_for_a_list_of_one():
    def take(node, context):
        return words.several(node, context, "word", ("a", "b"))

    assert read("a", take) == ("a",)
    assert read("[b, a]", take) == ("b", "a")
    assert "there is no word 'c'" in read("c", take)[0]


def test_files_are_there_or_counted():
    assert read("true", words.files) is True
    assert read("false", words.files) is False
    assert read("3", words.files) == 3
    for text in ("yes", "101", "-1"):
        assert "does not say what is recorded" in read(text, words.files)[0]


def test_of_a_field_that_nothing_gets_it_is_told_what_is_got():
    assert words.ungot("x", ("state", "n"))[1] == "They get: state, n."
    assert words.ungot("x", ())[1] == "Remove it: none gets any."
