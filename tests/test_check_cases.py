"""A branch in words."""

import pytest

from eslflow.check.cases import KNOWN, chosen, looks_at, when
from eslflow.check.wording import LANGUAGES
from eslflow.steps.branch import STATES
from tests.steps_of import flow


def branch(on, case):
    steps = f"way: {{branch: {on}, cases: {{'{case}': q}}, otherwise: q}}\n"
    steps += "q: {queue: q}\n"
    return flow(steps).steps["way"]


def say_in(language):
    return lambda sentence, /, **places: LANGUAGES[language][sentence].format(**places)


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


def test_what_is_looked_at_has_a_name():
    consent = branch("{consent: training}", "granted")
    assert looks_at(say_in("en"), consent).count("training") == 1
    steps = "way: {branch: tier, cases: {gold: q}, otherwise: q}\nq: {queue: q}\n"
    steps = f"look: {{webhook: https://example.com/, gets: {{tier: tier}}}}\n{steps}"
    assert "tier" in looks_at(say_in("en"), flow(steps).steps["way"])


def test_keys_and_cases_are_told_with_their_steps():
    menu = "a: {menu: welcome, keys: {1: q, 2: b}, failure: q}\n"
    steps = flow(f"{menu}b: {{announce: welcome}}\nq: {{queue: q}}\n").steps
    say = say_in("en")
    assert [to for _, to in chosen(say, steps["a"])] == ["q", "b"]
    assert "1" in next(chosen(say, steps["a"]))[0]
    case = branch("called", "112")
    assert [*chosen(say, case)] == [("If it is 112,", "q")]
    assert [*chosen(say, steps["b"])] == []
