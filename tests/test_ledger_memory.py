"""What a caller has chosen before, as the ledger knows it."""

from contextlib import closing

import pytest

from eslflow.call.records import CallOffered, Choice, Remembered, State
from eslflow.ledger.memory import Asked, last_choice
from eslflow.ledger.writer import connect, write

ANNA = "+4930123456"
HOUR = 3_600_000_000


def call(uuid, number=ANNA, at=HOUR):
    return CallOffered(
        *(uuid, "inbound", number, "", "100", "support", "5e", "eslflow", at),
        caller_key=number,
    )


def choice(uuid, state, at=HOUR, **more):
    values = {"purpose": "training", "basis": "consent", "retain_s": 0} | more
    return Choice(
        call_uuid=uuid,
        at=at,
        state=state,
        flow="support",
        flow_sha256="5e",
        step="ask",
        engine="eslflow",
        notice="recording",
        notice_version=3,
        **values,
    )


@pytest.fixture
def last(tmp_path):
    """Return what looks up Anna's last choice among rows."""

    def look(*rows, number=ANNA, purpose="training", since=0):
        path = tmp_path / "eslflow.db"
        write(path, rows)
        with closing(connect(path)) as db:
            return last_choice(db, Asked(number, purpose, since))

    return look


def test_the_last_choice_is_found_with_the_words_it_was_about(last):
    found = last(
        call("a"),
        choice("a", State.REQUESTED),
        choice("a", State.GRANTED, 2 * HOUR),
        call("b"),
        choice("b", State.REFUSED, 3 * HOUR),
    )
    assert found == Remembered("b", 3 * HOUR, State.REFUSED, "support", "recording", 3)


def test_a_withdrawal_is_a_choice(last):
    found = last(call("a"), choice("a", State.GRANTED), choice("a", State.WITHDRAWN))
    assert found is not None
    assert found.state is State.WITHDRAWN


@pytest.mark.parametrize(
    "state",
    [State.REQUESTED, State.UNANSWERED, State.HUNG_UP, State.NOT_ASKED],
)
def test_what_is_no_choice_is_not_found(last, state):
    assert last(call("a"), choice("a", state)) is None


def test_what_another_caller_or_party_or_purpose_chose_is_not_found(last):
    assert last(call("a", "+4930999"), choice("a", State.REFUSED)) is None
    assert last(call("b"), choice("b", State.REFUSED, purpose="evidence")) is None
    assert last(call("c"), choice("c", State.REFUSED, party="callee")) is None


def test_what_is_long_ago_is_not_found(last):
    rows = call("a"), choice("a", State.REFUSED)
    assert last(*rows, since=HOUR) is not None
    assert last(since=HOUR + 1) is None


def test_what_was_taken_over_is_no_choice_of_its_own(last):
    """Else a refusal would be remembered for ever, call by call."""
    taken = choice("b", State.REFUSED, 9 * HOUR, rests_on="a")
    rows = call("a"), choice("a", State.REFUSED), call("b"), taken
    found = last(*rows)
    assert found is not None
    assert (found.call_uuid, found.at) == ("a", HOUR)
    assert last(since=2 * HOUR) is None
