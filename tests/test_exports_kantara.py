"""Consent receipts with the fields of Kantara's specification."""

import pytest
from jsonschema import ValidationError

from eslflow.call.records import State
from eslflow.exports.kantara import receipts
from tests.forms import (
    CALLED,
    CALLER,
    KANTARA,
    NOON,
    OFFICE,
    PLAIN,
    SECOND,
    choice,
    granted,
    kept,
    refused,
    valid,
)


def receipt_of(kept_, office=OFFICE):
    (receipt,) = receipts(kept_, office)
    valid(KANTARA, receipt)
    return receipt


def purposes_of(receipt):
    (service,) = receipt["services"]
    return service["purposes"]


def test_a_grant_has_a_receipt_with_every_field():
    receipt = receipt_of(granted())
    assert receipt["piiPrincipalId"] == CALLER
    assert receipt["consentTimestamp"] == (NOON + 10 * SECOND) // SECOND
    assert receipt["collectionMethod"] == "key pressed in a telephone call"
    assert receipt["policyUrl"] == "https://example.com/privacy#calls"
    assert (receipt["sensitive"], receipt["spiCat"]) == (True, ["health"])
    (purpose,) = purposes_of(receipt)
    assert purpose["thirdPartyName"] == "Example Hosting Ltd"
    assert purpose["termination"] == (
        "recordings are kept for P90D at most; to withdraw: tell the agent, or write "
        "to privacy@example.com"
    )


@pytest.mark.parametrize("missing", KANTARA["required"])
def test_the_schema_notices_what_is_missing(missing):
    receipt = receipt_of(granted())
    del receipt[missing]
    with pytest.raises(ValidationError):
        valid(KANTARA, receipt)


def test_of_what_nobody_agreed_to_there_is_none():
    assert receipts(refused(), OFFICE) == []
    assert receipts(kept(), OFFICE) == []


def test_one_purpose_refused_is_not_in_the_receipt_of_the_other():
    both = kept(choice(State.GRANTED), choice(State.REFUSED, 2, purpose="evidence"))
    assert [p["purpose"] for p in purposes_of(receipt_of(both))] == ["training"]
    assert receipts(both, OFFICE, {"evidence"}) == []


def test_each_person_has_a_receipt():
    both = kept(choice(State.GRANTED), choice(State.GRANTED, 2, party="callee"))
    found = receipts(both, OFFICE)
    assert [r["piiPrincipalId"] for r in found] == [CALLER, CALLED]
    assert len({r["consentReceiptID"] for r in found}) == 2


def test_what_was_withdrawn_says_so():
    gone = kept(choice(State.VERBAL, performed_by="agent"), choice(State.WITHDRAWN, 2))
    receipt = receipt_of(gone)
    assert receipt["collectionMethod"].startswith("said in a telephone call")
    (purpose,) = purposes_of(receipt)
    assert purpose["termination"] == "withdrawn on 2026-11-23T12:00:10.000000Z"


def test_a_small_office_makes_a_receipt_too():
    asked = kept(
        choice(State.GRANTED, retain_s=0, notice_url="", reason="remembered", key="")
    )
    receipt = receipt_of(asked, PLAIN)
    assert receipt["collectionMethod"] == "telephone call (remembered)"
    assert receipt["policyUrl"] == PLAIN.policy
    assert (receipt["sensitive"], receipt["spiCat"]) == (False, [])
    (purpose,) = purposes_of(receipt)
    assert purpose["termination"] == "to withdraw: call us"
    assert purpose["thirdPartyDisclosure"] is False
    assert "email" not in receipt["piiControllers"][0]
