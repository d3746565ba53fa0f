"""What permits a recording."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.call.consent import Consents, is_of_nobody, permits
from eslflow.call.records import Reason, State
from eslflow.flow.model import Basis, Party, Purpose

ASKED = Purpose("training", Basis.CONSENT)
DUTY = Purpose("evidence", Basis.LEGAL_OBLIGATION)
TOLD = Purpose("quality", Basis.LEGITIMATE_INTERESTS)
BOTH = {p.name: p for p in (ASKED, DUTY)}
ANNOUNCED = {"quality": TOLD}
YES = (State.GRANTED, State.VERBAL)
SILENT = Reason.NOT_OBJECTED.value


def test_before_the_question_only_other_bases_permit():
    assert Consents(BOTH).permitting() == ("evidence",)
    assert Consents({"training": ASKED}).permitting() == ()


@pytest.mark.parametrize("state", State)
def test_only_a_yes_permits_by_key_or_by_word_of_mouth(state):
    consents = Consents({"training": ASKED})
    consents.kept("training", state)
    assert consents.permitting() == (("training",) if state in YES else ())
    assert consents.state("training") is state


def test_a_refusal_after_a_grant_takes_it_back():
    consents = Consents({"training": ASKED})
    consents.kept("training", State.GRANTED)
    consents.kept("training", State.REFUSED)
    assert consents.permitting() == ()


def test_no_basis_but_consent_has_to_be_asked_for():
    for basis in Basis:
        permits = Consents({"x": Purpose("x", basis)}).permitting() == ("x",)
        assert permits == (basis is not Basis.CONSENT)


def test_what_callers_may_object_to_permits_nothing_before_it_is_decided():
    assert Consents(ANNOUNCED).permitting() == ("quality",)
    consents = Consents(ANNOUNCED, ["quality"])
    assert consents.permitting() == ()
    consents.kept("quality", State.UNANSWERED, SILENT)
    assert consents.permitting() == ("quality",)
    consents.kept("quality", State.REQUESTED)
    assert consents.permitting() == ()


@pytest.mark.parametrize("state", set(State) - {State.GRANTED})
@pytest.mark.parametrize("reason", ["", *(reason.value for reason in Reason)])
def test_of_an_announcement_only_that_nobody_objected_permits(state, reason):
    consents = Consents(ANNOUNCED, ["quality"])
    consents.kept("quality", state, reason)
    is_silent = state is State.UNANSWERED and reason == SILENT
    assert consents.permitting() == (("quality",) if is_silent else ())


@pytest.mark.parametrize("basis", [b.value for b in Basis])
@pytest.mark.parametrize("reason", ["informed", "broken_prompt", ""])
def test_being_told_permits_where_nobody_is_asked_nor_can_object(basis, reason):
    decided = ("consent", "public_task", "legitimate_interests")
    is_enough = basis not in decided and reason != ""
    assert permits(basis, "not_asked", reason) is is_enough


@given(st.sampled_from(State), st.sampled_from(["", *(r.value for r in Reason)]))
def test_silence_is_no_consent_whatever_is_kept_of_it(state, reason):
    assert permits("consent", state.value, reason) == (state in YES)


@given(st.lists(st.tuples(st.sampled_from(State), st.sampled_from([*Reason, ""]))))
def test_after_an_objection_nothing_permits_until_it_is_asked_again(words):
    consents = Consents({**BOTH, **ANNOUNCED}, ["quality"])
    for state, reason in words:
        consents.kept("quality", state, str(reason))
    consents.kept("quality", State.REFUSED)
    assert "quality" not in consents.permitting()
    consents.kept("training", State.GRANTED)
    assert consents.permitting() == ("training", "evidence")


def test_who_was_asked_is_not_among_those_never_asked():
    consents = Consents({**BOTH, **ANNOUNCED}, ["quality"])
    assert [p.name for p in consents.not_asked()] == ["training", "quality"]
    consents.kept("training", State.UNANSWERED)
    consents.kept("quality", State.REFUSED)
    assert list(consents.not_asked()) == []
    assert consents.state("evidence") is None


def test_what_was_permitted_by_choice_can_be_withdrawn_until_it_is():
    consents = Consents({**BOTH, **ANNOUNCED}, ["quality"])
    assert list(consents.withdrawable()) == []
    consents.kept("training", State.GRANTED)
    consents.kept("quality", State.UNANSWERED, SILENT)
    assert [p.name for p in consents.withdrawable()] == ["training", "quality"]
    consents.kept("training", State.REQUESTED)
    assert [p.name for p in consents.withdrawable()] == ["training", "quality"]
    consents.kept("evidence", State.REQUESTED)
    assert [p.name for p in consents.withdrawable()] == ["training", "quality"]
    consents.kept("evidence", State.NOT_ASKED, "informed")
    consents.kept("training", State.WITHDRAWN)
    consents.kept("quality", State.WITHDRAWN)
    assert consents.permitting() == ("evidence",)
    assert list(consents.withdrawable()) == []


def test_a_stop_is_by_withdrawal_only_if_nothing_else_permits():
    consents = Consents({"training": ASKED})
    assert not consents.is_withdrawn
    consents.kept("training", State.WITHDRAWN)
    assert consents.is_withdrawn
    consents.kept("training", State.GRANTED)
    assert not consents.is_withdrawn


def test_states_and_bases_read_as_they_are_stored():
    assert (str(State.HUNG_UP), str(Basis.CONSENT)) == ("hung_up", "consent")


@pytest.mark.parametrize("caller", State)
@pytest.mark.parametrize("callee", State)
def test_where_both_were_asked_only_the_yes_of_both_permits(caller, callee):
    consents = Consents({"training": ASKED})
    consents.kept("training", callee, party=Party.CALLEE)
    consents.kept("training", caller)
    is_permitted = caller in YES and callee in YES
    assert consents.permitting() == (("training",) if is_permitted else ())
    assert consents.asked("training") == (Party.CALLER, Party.CALLEE)
    agreed = zip(Party, (caller, callee), strict=True)
    assert consents.agreed("training") == tuple(p for p, s in agreed if s in YES)
    against = caller if caller not in YES else callee
    assert consents.state("training") is (caller if callee in YES else against)


def test_who_was_not_asked_has_no_word():
    consents = Consents({"training": ASKED})
    assert consents.asked("training") == consents.agreed("training") == ()
    consents.kept("training", State.GRANTED, party=Party.CALLEE)
    assert consents.agreed("training") == (Party.CALLEE,)
    assert consents.permitting() == ("training",)
    assert list(consents.not_asked()) == []


def test_that_nobody_was_asked_is_not_that_the_other_one_is_asked_first():
    assert is_of_nobody("not_asked", "")
    assert not is_of_nobody("not_asked", "other_first")
    assert not is_of_nobody("refused", "")
