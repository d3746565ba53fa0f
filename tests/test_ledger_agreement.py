"""The alarm when callers suddenly all agree, or none does."""

import random

import pytest

from eslflow.call.records import State
from eslflow.errors import StoreError
from eslflow.ledger.agreement import Agreement, sudden
from eslflow.ledger.tally import Answer
from eslflow.ledger.writer import write
from tests.test_ledger_tally import asked

YES, NO = State.GRANTED.value, State.REFUSED.value


def answer(number, state, notice="rec", who=None):
    who = f"+49{number}" if who is None else who
    return Answer("support", notice, state, f"u-{number}", "caller", who)


def answers(*states, **fields):
    """Return answers, the newest first, from states in order of time."""
    made = [answer(number, state, **fields) for number, state in enumerate(states)]
    return made[::-1]


def usual(many, share=0.5):
    """Return states of which this share are yes, evenly mixed."""
    return [YES if int((n + 1) * share) > int(n * share) else NO for n in range(many)]


@pytest.mark.parametrize("state", [NO, "unanswered", "hung_up"])
def test_none_after_half_is_an_alarm(state):
    (problem,) = sudden(answers(*usual(100), *[state] * 25))
    assert problem == (
        "support, notice rec: none of the last 25 people agreed; of the 100 before, "
        "50% did: is the question heard, and does the key arrive?"
    )


@pytest.mark.parametrize("state", [YES, "verbal"])
def test_all_after_half_is_an_alarm(state):
    (problem,) = sudden(answers(*usual(101), *[state] * 25))
    assert "the last 25 people all agreed; of the 101 before, 50% did" in problem
    assert "can they refuse?" in problem


def test_what_is_usual_is_no_alarm():
    assert not list(sudden(answers(*usual(200))))
    assert not list(sudden(answers(*usual(100, 0.9), *[YES] * 60)))
    assert not list(sudden(answers(*usual(100, 0.1), *[NO] * 60)))
    assert not list(sudden(answers(*[YES] * 500)))
    assert not list(sudden(answers(*[NO] * 500)))
    assert not list(sudden([]))


def test_the_more_usual_it_is_the_longer_it_must_last():
    before = usual(200, 0.8)
    assert not list(sudden(answers(*before, *[YES] * 50)))
    assert list(sudden(answers(*before, *[YES] * 90)))
    assert list(sudden(answers(*before, *[NO] * 10)))


def test_a_quiet_night_is_no_alarm():
    # Nine people are no news, whatever was usual.
    assert not list(sudden(answers(*usual(300, 0.99), *[NO] * 9)))
    assert list(sudden(answers(*usual(300, 0.99), *[NO] * 10)))


def test_a_machine_that_calls_all_night_counts_once():
    night = [answer(n, "unanswered", who="+4930666") for n in range(200)]
    assert not list(sudden([*night, *answers(*usual(100))]))
    # Callers who withhold their number count one by one.
    night = [answer(n, "unanswered", who="") for n in range(200)]
    assert list(sudden([*night, *answers(*usual(100))]))


def test_with_few_questions_before_nobody_knows_what_is_usual():
    assert not list(sudden(answers(*usual(49), *[NO] * 40)))
    assert list(sudden(answers(YES, *usual(50), *[NO] * 40)))


def test_one_who_does_otherwise_ends_it():
    assert not list(sudden(answers(*usual(100), *[NO] * 40, YES)))


def test_each_notice_is_looked_at_on_its_own():
    broken = answers(*usual(100), *[NO] * 25, notice="old")
    fine = answers(*usual(100), notice="new")
    mixed = [each for pair in zip(broken, fine, strict=False) for each in pair]
    mixed += broken[len(fine) :]
    (problem,) = sudden(mixed)
    assert problem.startswith("support, notice old:")


def test_only_what_came_shortly_before_is_usual():
    assert list(sudden(answers(*[NO] * 400, *usual(500), *[YES] * 25)))
    (problem,) = sudden(answers(*[NO] * 400, *usual(500), *[YES] * 25))
    assert "of the 500 before" in problem


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_luck_is_hardly_ever_an_alarm(share):
    random_ = random.Random(7)
    told = 0
    for _ in range(1000):
        states = [YES if random_.random() < share else NO for _ in range(200)]
        told += bool(list(sudden(answers(*states))))
    assert told == 0


@pytest.fixture
def watch(tmp_path):
    def rows(*states):
        write(
            tmp_path / "eslflow.db",
            [asked(f"u-{n}", State(state)) for n, state in enumerate(states)],
        )

    alarms = []
    found = Agreement(tmp_path / "eslflow.db", alarms.append)
    found.rows, found.alarms = rows, alarms
    return found


def test_it_is_told_once_and_until_it_is_over(watch):
    watch.rows(*usual(100))
    watch.look()
    assert (watch.problem, watch.alarms) == ("", [])
    watch.rows(*[NO] * 30)
    watch.look()
    assert "none of the last 30 people agreed" in watch.problem
    watch.rows(NO)
    watch.look()
    assert len(watch.alarms) == 1
    watch.rows(YES)
    watch.look()
    assert (watch.problem, len(watch.alarms)) == ("", 1)


def test_without_a_ledger_there_is_nothing_to_see(watch):
    watch.look()
    assert watch.problem == ""


def test_a_ledger_that_cannot_be_read_is_not_silently_fine(watch, tmp_path):
    (tmp_path / "eslflow.db").write_text("no ledger")
    with pytest.raises(StoreError):
        watch.look()
