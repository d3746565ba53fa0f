"""A branch in words."""

import pytest

from eslflow.check.cases import KNOWN, looks_at, when
from eslflow.check.wording import LANGUAGES
from eslflow.steps.branch import STATES
from tests.steps_of import flow


def branch(on, case):
    steps = f"way: {{branch: {on}, cases: {{'{case}': q}}, otherwise: q}}\n"
    steps += "q: {queue: q}\n"
    return flow(steps).steps["way"]


def say_in(language):
    return lambda name, **places: LANGUAGES[language][name].format(**places)


@pytest.mark.parametrize(
    ("on", "case", "looked", "taken"),
    [
        ("caller", "anonymous", "the caller's number", "If it is withheld,"),
        ("caller", "+49*", "the caller's number", "If it begins with +49,"),
        ("called", "*67*", "the number that was dialled", "If it begins with *67,"),
        ("called", "112", "the number that was dialled", "If it is 112,"),
        ("caller_name", "anonymous", "the caller's name", "If it is anonymous,"),
    ],
)
def test_a_pattern_is_told_as_it_is_compared(on, case, looked, taken):
    step = branch(on, case)
    assert looks_at(say_in("en"), step) == looked
    assert when(say_in("en"), step, case) == taken


def test_answers_are_told_in_words():
    step = branch("{consent: training}", "granted")
    assert when(say_in("en"), step, "granted") == "If the answer was yes,"
    assert when(say_in("de"), step, "refused") == "War die Antwort nein,"


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_all_that_can_be_looked_at(language):
    names = [f"branch.{value}" for value in KNOWN]
    names += [f"case.{state}" for state in STATES]
    assert set(names) <= set(LANGUAGES[language])
