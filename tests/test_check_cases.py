"""A branch in words."""

from dataclasses import replace

import pytest

from eslflow.check.cases import KNOWN, chosen, looks_at
from eslflow.check.wording import LANGUAGES
from eslflow.flow.values import Looked
from eslflow.steps.branch import STATES
from tests.steps_of import flow


def branch(on, case):
    steps = f"way: {{branch: {on}, cases: {{'{case}': q}}, otherwise: q}}\n"
    steps += "q: {queue: q}\n"
    return flow(steps).steps["way"]


def say_in(language):
    return lambda sentence, /, **places: LANGUAGES[language][sentence].format(**places)


def when(step, language="en"):
    ((told, _),) = chosen(say_in(language), step)
    return told


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
    assert when(step) == taken


def test_answers_are_told_in_words():
    step = branch("{consent: training}", "granted")
    assert when(step) == "If the answer was yes,"
    step = branch("{consent: training}", "refused")
    assert when(step, "de") == "War die Antwort nein,"


@pytest.mark.parametrize(
    ("on", "german"),
    [
        ("called", "Ist sie 112,"),
        ("caller_name", "Ist er 112,"),
        ("vip", "Ist es 112,"),
    ],
)
def test_what_is_looked_at_has_its_pronoun(on, german):
    step = replace(branch("called", "112"), looks_at=Looked(value=on))
    assert when(step, "de") == german


def test_alike_keys_and_cases_that_lead_to_one_step_are_told_together():
    steps = flow(
        "a: {menu: welcome, keys: {1: q, 2: b, 3: q, 5: q}, failure: q}\n"
        "b:\n"
        "  branch: called\n"
        "  cases: {0*: q, +*: q, 112: q, 1*: a, 2*: q}\n"
        "  otherwise: q\n"
        "q: {queue: q}\n"
    ).steps
    assert [*chosen(say_in("en"), steps["a"])] == [
        ("If the caller presses 1, 3 or 5,", "q"),
        ("If the caller presses 2,", "b"),
    ]
    assert [*chosen(say_in("de"), steps["b"])] == [
        ("Beginnt sie mit 0, + oder 2,", "q"),
        ("Ist sie 112,", "q"),
        ("Beginnt sie mit 1,", "a"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_all_that_can_be_looked_at(language):
    names = [f"branch.{value}" for value in KNOWN]
    names += [f"it.{value}" for value in (*KNOWN, "value")]
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
