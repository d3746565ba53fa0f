"""Consent records with the fields of ISO/IEC TS 27560."""

import pytest
from jsonschema import ValidationError

from eslflow.call.records import State
from eslflow.exports.iso27560 import records
from tests.forms import CALLER, ISO27560, OFFICE, PLAIN, choice, granted, kept, valid


def record_of(kept_, office=OFFICE):
    (record,) = records(kept_, office)
    valid(ISO27560, record)
    return record


def test_a_grant_has_every_mandatory_field():
    record = record_of(granted())
    assert record["pii_principal_id"] == CALLER
    notice = record["pii_processing"]["privacy_notice"]
    assert notice["text"] == "Zur Schulung möchten wir aufzeichnen."
    assert (notice["version"], notice["audio_sha256"]) == (3, "a0" * 32)
    (purpose,) = record["pii_processing"]["purposes"]
    assert (purpose["lawful_basis"], purpose["retention_period"]) == ("consent", "P90D")
    assert purpose["authority_party"] == "Example Commissioner"
    assert purpose["recipient_third_parties"] == ["Example Hosting Ltd"]
    (party,) = record["party_identification"]
    assert purpose["pii_controllers"] == [party["party_id"]]
    assert "receipt_id" not in record


@pytest.mark.parametrize("missing", ISO27560["required"])
def test_the_schema_notices_what_is_missing(missing):
    record = record_of(granted())
    del record[missing]
    with pytest.raises(ValidationError):
        valid(ISO27560, record)


def test_its_events_tell_the_life_of_a_consent():
    life = (
        choice(State.REQUESTED),
        choice(State.GRANTED, 2, receipt="12345678"),
        choice(
            State.WITHDRAWN,
            3,
            notice="",
            key="",
            performed_by="operator",
            who="anne",
            remark="letter of 3 May",
        ),
    )
    record = record_of(kept(*life))
    assert record["receipt_id"] == "12345678"
    events = record["events"]
    assert [e["event_state"] for e in events] == ["requested", "given", "withdrawn"]
    assert [e["event_type"] for e in events] == [
        "not expressed",
        "expressed",
        "expressed",
    ]
    assert [e["entity_id"] for e in events] == ["system", CALLER, "anne"]
    assert events[1]["validity_duration"] == "until withdrawn"
    assert events[1]["evidence"]["keys_offered"] == {"1": "granted", "2": "refused"}
    assert events[1]["evidence"]["key"] == "1"
    assert events[2]["evidence"]["remark"] == "letter of 3 May"
    assert events[2]["evidence"]["method"] == "operator"


def test_a_small_office_and_a_call_without_a_question_make_a_record_too():
    bare = choice(
        State.NOT_ASKED,
        notice="",
        notice_version=0,
        notice_text=None,
        notice_url=None,
        audio_sha256="",
        language="",
        retain_s=0,
        reason="nobody",
    )
    record = record_of(kept(bare), PLAIN)
    assert record["pii_processing"]["privacy_notice"] == {"url": PLAIN.policy}
    assert record["pii_processing"]["language"] is None
    (purpose,) = record["pii_processing"]["purposes"]
    assert purpose["retention_period"] is None
    assert "authority_party" not in purpose
    assert "party_email" not in record["party_identification"][0]
    assert record["events"][0]["evidence"]["reason"] == "nobody"


def test_special_categories_are_those_that_the_office_names():
    (purpose,) = record_of(granted())["pii_processing"]["purposes"]
    assert purpose["pii_information"][-1] == {
        "pii_type": "voice",
        "special_pii_category": "health",
    }


def test_a_record_is_made_for_each_purpose_that_is_meant():
    both = kept(choice(State.GRANTED), choice(State.REFUSED, 2, purpose="evidence"))
    assert len({r["record_id"] for r in records(both, OFFICE)}) == 2
    (record,) = records(both, OFFICE, {"evidence"})
    assert record["events"][0]["event_state"] == "refused"
    assert records(kept(), OFFICE) == []
