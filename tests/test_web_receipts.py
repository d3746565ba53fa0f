"""What a receipt says of a call, and taking back what was permitted in it."""

import pytest

from eslflow.call.receipt import receipt_of
from eslflow.call.records import CallOffered, Choice, State
from eslflow.errors import NotFound, StoreError
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import Ledger, write
from eslflow.sim.clock import SimulatedClock
from eslflow.web.receipts import (
    Claim,
    Receipts,
    is_same_number,
    permitted,
    state_of,
    withdrawn,
)

NOW = 1_795_564_800_000_000
CODE = receipt_of("u-1")
CALLER, CALLED = "+4930123456", "+498912345678"
CLAIM = Claim(CODE, "030 123456")


def choice(state=State.GRANTED, purpose="p", **given):
    row = Choice(
        "u-1", 5, state, purpose, "consent", 90, "f", "0", "ask", "e",
        key="1", tries=1, receipt=CODE, on_withdrawal="delete",
    )  # fmt: skip
    return row._replace(**given)


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "eslflow.db"
    Ledger(path).close()
    return path


def has(ledger, *rows, uuid="u-1", caller=CALLER):
    call = CallOffered(uuid, "inbound", caller, "", CALLED, "f", "0", "e", 1)
    write(ledger, [call, *(row._replace(call_uuid=uuid) for row in rows)])
    return Receipts(ledger, SimulatedClock(NOW))


def kept_of(ledger, uuid="u-1"):
    with Reader(ledger) as reader:
        return reader.call(uuid)


@pytest.mark.parametrize(
    ("states", "word"),
    [
        ([State.GRANTED], "permitted"),
        ([State.VERBAL], "permitted"),
        ([State.REFUSED], "refused"),
        ([State.UNANSWERED], "refused"),
        ([State.GRANTED, State.WITHDRAWN], "withdrawn"),
        ([State.GRANTED, State.WITHDRAWN, State.GRANTED], "permitted"),
    ],
)
def test_the_last_word_says_what_holds(ledger, states, word):
    assert has(ledger, *map(choice, states)).state(CLAIM) == word
    assert state_of(kept_of(ledger)) == word


def test_one_purpose_that_permits_is_enough(ledger):
    found = has(ledger, choice(State.WITHDRAWN), choice(purpose="q"))
    assert found.state(CLAIM) == "permitted"


def test_a_withdrawal_is_kept_before_it_is_answered(ledger):
    found = has(ledger, choice(), choice(State.REFUSED, "q"))
    done = found.withdraw(CLAIM, "token phone")
    (row,) = done.rows
    assert done.call_uuid == "u-1"
    last = kept_of(ledger)["choices"][-1]
    assert (last["state"], last["purpose"], last["at"]) == ("withdrawn", "p", NOW)
    assert (last["performed_by"], last["who"]) == ("subject", "token phone")
    assert last["remark"] == "by telephone, with the receipt"
    assert (last["on_withdrawal"], last["receipt"]) == ("delete", CODE)
    assert (last["key"], last["tries"]) == ("", 0)
    assert row.state is State.WITHDRAWN
    assert found.state(CLAIM) == "withdrawn"
    with pytest.raises(NotFound, match="was withdrawn already"):
        found.withdraw(CLAIM, "token phone")


@pytest.mark.parametrize(
    "claim",
    [
        Claim(CODE, "030 999999"),
        Claim(CODE, ""),
        Claim(CODE, "anonymous"),
        Claim(CODE, CALLED),
        Claim(receipt_of("another"), CALLER),
    ],
)
def test_who_guesses_learns_nothing(ledger, claim):
    found = has(ledger, choice())
    for act in (found.state, lambda claim: found.withdraw(claim, "x")):
        with pytest.raises(NotFound, match="nobody with this number was told this"):
            act(claim)
    assert len(kept_of(ledger)["choices"]) == 1


def test_nobody_whose_number_is_withheld_can_be_told_apart(ledger):
    found = has(ledger, choice(), caller="anonymous")
    with pytest.raises(NotFound):
        found.state(Claim(CODE, "anonymous"))


def test_of_two_calls_with_one_code_the_number_tells_which(ledger):
    has(ledger, choice(State.REFUSED), uuid="u-0", caller="+4940999999")
    found = has(ledger, choice())
    assert found.state(CLAIM) == "permitted"
    assert found.state(Claim(CODE, "+4940999999")) == "refused"


def test_who_was_called_and_asked_names_the_number_that_was_called(ledger):
    found = has(ledger, choice(party="callee"))
    assert found.state(Claim(CODE, "089 12345678")) == "permitted"
    with pytest.raises(NotFound):
        found.state(CLAIM)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("+4930123456", "030123456", True),
        ("+49 (0)30 123456", "004930123456", True),
        ("+4930123456", "+4940123456", False),
        ("1001", "1001", True),
        ("+4930121001", "1001", False),
        ("1001", "+4930121001", False),
        ("", "", False),
        ("anonymous", "anonymous", False),
        ("123456", "0123456", False),
    ],
)
def test_two_spellings_of_one_number(one, other, is_same):
    assert is_same_number(one, other) is is_same


def test_what_is_not_permitted_cannot_be_withdrawn(ledger):
    has(
        ledger, choice(State.REFUSED), choice(State.WITHDRAWN, "q"), choice(purpose="r")
    )
    kept = kept_of(ledger)
    assert [row["purpose"] for row in permitted(kept)] == ["r"]
    with pytest.raises(NotFound, match="nothing was permitted for p in call u-1"):
        permitted(kept, "p")
    with pytest.raises(NotFound, match="q in call u-1 was withdrawn already"):
        permitted(kept, "q")


def test_a_choice_of_an_older_ledger_can_be_taken_back(ledger):
    has(ledger, choice())
    (old,) = kept_of(ledger)["choices"]
    for new in ("receipt", "on_withdrawal", "who", "remark"):
        del old[new]
    row = withdrawn(old, NOW, "operator", "anna", "letter")
    assert (row.state, row.receipt, row.on_withdrawal) == (State.WITHDRAWN, "", "")
    assert (row.who, row.remark) == ("anna", "letter")


def test_without_a_ledger_that_is_told(tmp_path):
    with pytest.raises(StoreError):
        Receipts(tmp_path / "none.db", SimulatedClock(NOW)).state(CLAIM)


OTHER = Claim(CODE, "089 12345678")


def test_where_both_were_asked_both_must_have_agreed(ledger):
    found = has(ledger, choice(), choice(State.REFUSED, party="callee", receipt=""))
    assert found.state(CLAIM) == "refused"


def test_each_takes_back_their_own_word_alone(ledger):
    found = has(ledger, choice(), choice(party="callee"))
    assert found.state(CLAIM) == found.state(OTHER) == "permitted"
    (row,) = found.withdraw(OTHER, "token phone").rows
    assert (row.party, row.state) == ("callee", State.WITHDRAWN)
    assert found.state(CLAIM) == "withdrawn"
    with pytest.raises(NotFound, match="withdrawn already"):
        found.withdraw(OTHER, "token phone")
    (row,) = found.withdraw(CLAIM, "token phone").rows
    assert row.party == "caller"
