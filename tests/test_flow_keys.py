"""The keys of a telephone that an option takes."""

import pytest

from eslflow.flow.document import Document
from eslflow.flow.keys import Keys, keys_for, unmeant
from eslflow.flow.options import OneOf, StepName
from eslflow.flow.problems import Context
from eslflow.steps.consent import Meaning


def convert(takes, text):
    """Return the value a text converts to, or what is said of it."""
    document = Document(f"x: {text}".encode(), "t.yaml")
    node = document.read().pairs[0][1]
    value = takes.convert(node, Context(document, {"step": ["sales"]}))
    if document.problems:
        first = document.problems[0]
        return f"{first.problem} | {first.hint}"
    return value


def test_keys_are_those_of_a_telephone():
    takes = Keys(OneOf(Meaning))
    text = "{1: granted, '2': refused, star: refused, hash: refused, A: refused}"
    assert list(convert(takes, text)) == ["1", "2", "*", "#", "A"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{12: granted}", "'12' is no key of a telephone"),
        ("{x: granted}", "'x' is no key of a telephone"),
        ("{[1]: granted}", "'' is no key of a telephone"),
        ("{1: granted, '1': refused}", "the key 1 stands twice"),
        ("{1: gone}", "'gone' is not right here"),
        ("{}", "there are no keys"),
        ("", "there are no keys"),
        ("1", "a number stands where keys are wanted"),
    ],
)
def test_keys_that_are_none_are_told(text, said):
    assert convert(Keys(OneOf(Meaning)), text).startswith(said)


def test_a_key_without_a_blank_behind_its_colon_is_told_how_it_is_written():
    said = convert(Keys(OneOf(Meaning)), "{1:granted, star:refused}")
    assert "Write 1: granted, with a blank after the colon." in said
    assert "Write star: refused" in convert(Keys(OneOf(Meaning)), "{star:refused}")
    assert "with a blank" not in convert(Keys(OneOf(Meaning)), "{12:granted}")


@pytest.mark.parametrize(
    ("called", "key"),
    [
        ("eins", "1"),
        ("one", "1"),
        ("Stern", "star"),
        ("raute", "hash"),
        ("Star", "star"),
    ],
)
def test_a_key_by_its_name_is_told_how_it_is_written(called, key):
    said = convert(Keys(OneOf(Meaning)), f"{{{called}: granted}}")
    assert said == f"'{called}' is no key of a telephone | Write {key}."


def test_what_it_takes_reads_as_a_sentence():
    said = convert(Keys(OneOf(Meaning)), "1").split(" | ")[1]
    assert said == (
        "Takes keys of the telephone (0 to 9, star, hash), each with one of granted, "
        "refused, more."
    )


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("1", ""),
        ("*B", ""),
        ("#", ""),
        ("AB", "no key of an ordinary telephone means refused"),
        ("", "no key means refused"),
    ],
)
def test_whoever_is_asked_must_be_able_to_press_it(keys, problem):
    meant = {"9": Meaning.GRANTED, **dict.fromkeys(keys, Meaning.REFUSED)}
    assert unmeant(Meaning.REFUSED, meant) == problem


def test_names_inside_can_be_other_ones():
    takes = Keys(StepName())
    assert takes.renamed({"1": "a"}, lambda what, name: f"{what} {name}") == {
        "1": "step a"
    }
    assert takes.schema()["minProperties"] == 1


def test_keys_are_told_with_what_they_mean():
    meant = {"1": Meaning.GRANTED, "2": Meaning.REFUSED, "3": Meaning.REFUSED}
    assert keys_for(meant, "refused") == ("2 refused", "3 refused")
    assert keys_for(meant, "unanswered") == ()
