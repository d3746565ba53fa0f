"""What permits a recording."""

import pytest

from eslflow.call.consent import Consents
from eslflow.call.records import State
from eslflow.flow.model import Basis, Purpose

ASKED = Purpose("training", Basis.CONSENT)
DUTY = Purpose("evidence", Basis.LEGAL_OBLIGATION)
BOTH = {p.name: p for p in (ASKED, DUTY)}


def test_before_the_question_only_other_bases_permit():
    assert Consents(BOTH).permitting() == ("evidence",)
    assert Consents({"training": ASKED}).permitting() == ()


@pytest.mark.parametrize("state", State)
def test_only_a_grant_permits(state):
    consents = Consents({"training": ASKED})
    consents.kept("training", state)
    assert consents.permitting() == (("training",) if state is State.GRANTED else ())
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


def test_who_was_asked_is_not_among_those_never_asked():
    consents = Consents(BOTH)
    assert [p.name for p in consents.not_asked()] == ["training"]
    consents.kept("training", State.UNANSWERED)
    assert list(consents.not_asked()) == []
    assert consents.state("evidence") is None


def test_states_and_bases_read_as_they_are_stored():
    assert (str(State.HUNG_UP), str(Basis.CONSENT)) == ("hung_up", "consent")
