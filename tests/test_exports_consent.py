"""What all exports share."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rfc8785 import dumps

from eslflow.call.records import State
from eslflow.exports.consent import (
    ANONYMOUS,
    ERASED,
    canonical,
    consents,
    duration,
    event_state,
    instant,
    is_number,
    method,
    name_of,
    number_of,
    offered,
)
from tests.forms import CALLED, CALLER, UUID, call, choice, granted, kept


def test_times_and_spans_are_spelt_as_standards_do():
    assert instant(1_795_435_200_000_007) == "2026-11-23T12:00:00.000007Z"
    assert duration(90 * 86_400) == "P90D"
    assert duration(3600) == "PT3600S"
    assert duration(0) is None


def test_a_name_is_a_uuid_and_always_the_same():
    name = name_of("u-1", "caller", "training")
    assert name == "e55da20f-82db-422a-bc0c-52df746caaed"
    assert name == name_of("u-1", "caller", "training")
    others = [
        name_of("u-1", "callee", "training"),
        name_of("u-1c", "aller", "training"),
    ]
    assert len({name, *others}) == 3
    assert name_of("u-1", "\udcff")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text("ab_1"), inner),
)


@given(VALUES)
def test_json_is_canonical(value):
    assert canonical(value) == dumps(value)


def test_a_byte_that_is_no_text_does_not_stop_it():
    assert json.loads(canonical(["\udcff"]).decode(errors="surrogatepass")) == [
        "\udcff"
    ]


def test_the_number_is_that_of_who_was_asked():
    assert number_of(call(), "caller") == CALLER
    assert number_of(call(), "callee") == CALLED
    assert (
        number_of(call(caller="0151 12345678", caller_key=CALLER), "caller") == CALLER
    )
    assert number_of(call(caller=""), "caller") == ANONYMOUS
    assert number_of({"uuid": UUID}, "caller") == ERASED


@pytest.mark.parametrize(
    ("text", "whether"),
    [("+4930123456", True), ("100", True), ("anonymous", False), (ERASED, False),
     ("sip:x@example.com", False), ("+49 30", False), ("1", False), ("1" * 16, False)],
)  # fmt: skip
def test_only_a_number_is_a_number(text, whether):
    assert is_number(text) is whether


def test_keys_are_told_as_they_were_offered():
    assert offered(choice(State.GRANTED)) == {"1": "granted", "2": "refused"}
    assert offered(choice(State.GRANTED, keys_offered="")) == {}


@pytest.mark.parametrize(
    ("fields", "word"),
    [({"key": "1"}, "dtmf"), ({"key": ""}, "none"),
     ({"performed_by": "agent", "key": "1"}, "verbal"),
     ({"performed_by": "operator", "key": ""}, "operator"),
     ({"reason": "remembered", "key": "2"}, "remembered")],
)  # fmt: skip
def test_how_a_choice_came_about(fields, word):
    assert method(choice(State.GRANTED, **fields)) == word


@pytest.mark.parametrize(
    ("state", "fields", "word"),
    [(State.GRANTED, {}, "given"), (State.VERBAL, {}, "given"),
     (State.REFUSED, {}, "refused"), (State.UNANSWERED, {}, "no_answer"),
     (State.HUNG_UP, {}, "hung_up"), (State.WITHDRAWN, {}, "withdrawn"),
     (State.EXPIRED, {}, "expired"), (State.NOT_ASKED, {}, "not_asked"),
     (State.REQUESTED, {}, "requested"),
     (State.UNANSWERED, {"basis": "contract", "reason": "not_objected"}, "basis_other"),
     (State.REFUSED, {"basis": "legitimate_interests"}, "refused")],
)  # fmt: skip
def test_each_state_has_a_word_in_a_consents_life(state, fields, word):
    assert event_state(choice(state, **fields)) == word


def test_each_purpose_of_each_person_is_a_consent_of_its_own():
    rows = (
        choice(State.REQUESTED),
        choice(State.GRANTED, 2),
        choice(State.REFUSED, 3, purpose="evidence"),
        choice(State.GRANTED, 4, party="callee"),
        choice(State.NOT_ASKED, 5, purpose="", reason="private"),
    )
    found = consents(kept(*rows))
    assert [(c.party, c.purpose, len(c.choices)) for c in found] == [
        ("caller", "training", 2),
        ("caller", "evidence", 1),
        ("callee", "training", 1),
    ]
    assert len({c.id for c in found}) == 3
    assert [c.subject for c in found] == [CALLER, CALLER, CALLED]
    only = consents(kept(*rows), {"evidence"})
    assert [c.purpose for c in only] == ["evidence"]


def test_a_row_of_before_anybody_else_could_be_asked_is_the_callers():
    row = choice(State.GRANTED)
    del row["party"]
    assert consents(kept(row))[0].party == "caller"


def test_the_last_word_is_an_answer_even_if_the_call_came_back():
    rows = (choice(State.GRANTED), choice(State.NOT_ASKED, 2))
    (consent,) = consents(kept(*rows))
    assert consent.last["state"] == "granted"


def test_the_words_are_those_of_the_last_row_that_has_some():
    rows = (choice(State.GRANTED), choice(State.WITHDRAWN, 2, notice=""))
    (consent,) = consents(kept(*rows))
    assert consent.asked["seq"] == 1
    (consent,) = consents(kept(rows[1]))
    assert consent.asked["seq"] == 2


def test_what_was_given_is_the_last_yes_that_is_consent():
    (consent,) = consents(granted())
    assert consent.given == consent.choices[1]
    rows = (choice(State.VERBAL), choice(State.WITHDRAWN, 2))
    (consent,) = consents(kept(*rows))
    assert consent.given == rows[0]
    for row in (choice(State.REFUSED), choice(State.GRANTED, basis="contract")):
        assert consents(kept(row))[0].given is None


def test_the_receipt_is_the_code_that_was_read_out_last():
    rows = (choice(State.GRANTED, receipt="12345678"), choice(State.WITHDRAWN, 2))
    assert consents(kept(*rows))[0].receipt == "12345678"
    assert consents(granted())[0].receipt == ""
