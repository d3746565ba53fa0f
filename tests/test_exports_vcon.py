"""A call as a vCon."""

import json
import subprocess
import sys
from datetime import datetime
from hashlib import sha256
from importlib.util import find_spec
from uuid import UUID

import pytest
from jsonschema import ValidationError
from rfc8785 import dumps

from eslflow.call.records import State
from eslflow.exports.vcon import CALLEE, CALLER, OFFICE, RefusedAs, vcon
from tests import forms
from tests.forms import PLAIN, VCON, call, choice, granted, kept, recording, refused

SILENT = kept(choice(State.REQUESTED), choice(State.UNANSWERED, 2, reason="timeout"))
HUNG_UP = kept(choice(State.REQUESTED), choice(State.HUNG_UP, 2))
NOT_ASKED = kept(choice(State.NOT_ASKED, purpose="", basis="", notice=""))
BASELESS = kept(choice(State.NOT_ASKED, basis=""))
NOTHING = kept()
TEXT = RefusedAs.TEXT


def made(kept_, office=forms.OFFICE, **way):
    document = vcon(kept_, office, **way)
    forms.valid(VCON, document)
    return json.loads(json.dumps(document))


def lawful(document):
    return [a for a in document["attachments"] if a["purpose"] == "lawful_basis"]


def test_a_granted_call_tells_who_agreed_to_what():
    document = made(granted())
    assert document["vcon"] == "0.4.0"
    assert document["extensions"] == ["lawful_basis"]
    caller, office = document["parties"]
    assert caller["tel"] == forms.CALLER
    assert (caller["name"], caller["validation"]) == ("Anna Example", "none")
    assert (office["type"], office["mailto"]) == ("organization", "privacy@example.com")
    (dialog,) = document["dialog"]
    assert (dialog["type"], dialog["duration"]) == ("recording", 50)
    assert dialog["start"] == "2026-11-23T12:00:10.000000Z"
    assert dialog["filename"] == f"{forms.UUID}-1.wav"
    (attachment,) = lawful(document)
    assert (attachment["party"], attachment["encoding"]) == (CALLER, "json")
    body = attachment["body"]
    assert body["lawful_basis"] == "consent"
    assert body["purpose_grants"] == [
        {
            "purpose": "training",
            "granted": True,
            "granted_at": "2026-11-23T12:00:10.000000Z",
        }
    ]
    (proof,) = body["proof_mechanisms"]
    assert proof["proof_type"] == "external_system"
    assert proof["proof_data"]["options"] == {"1": "granted", "2": "refused"}
    assert proof["proof_data"]["prompt_text"] == "Zur Schulung möchten wir aufzeichnen."


def test_who_pressed_which_key_is_in_the_dialogs_history():
    (dialog,) = made(granted())["dialog"]
    assert [(e["party"], e["event"]) for e in dialog["party_history"]] == [
        (CALLER, "join"),
        (CALLER, "keydown"),
        (CALLER, "drop"),
    ]
    assert dialog["party_history"][1]["button"] == "1"


def test_the_hash_is_of_the_body_without_it():
    (attachment,) = lawful(made(granted()))
    found = attachment["body"].pop("content_hash")
    assert found["value"] == sha256(dumps(attachment["body"])).hexdigest()
    assert (found["algorithm"], found["canonicalization"]) == ("sha-256", "jcs")


def test_the_recorders_log_is_the_offices():
    log = made(granted())["attachments"][-1]
    assert (log["purpose"], log["party"]) == ("recording_control_log", OFFICE)
    (action,) = log["body"]["actions"]
    assert (action["action"], action["reply"]) == ("start", "+OK Success")
    (file,) = log["body"]["recordings"]
    assert (file["sha256"], file["erased_at"]) == ("c0" * 32, None)
    gone = kept(choice(State.GRANTED), recordings=(recording(erased_at=forms.NOON),))
    (file,) = made(gone)["attachments"][-1]["body"]["recordings"]
    assert file["erased_at"] == "2026-11-23T12:00:00.000000Z"


def test_a_refused_call_is_a_set_of_no_recordings():
    document = made(refused())
    (dialog,) = document["dialog"]
    assert (dialog["type"], dialog["recordings"]) == ("recording-set", [])
    assert dialog["duration"] == 60
    assert not {"body", "url", "mediatype"} & dialog.keys()
    (attachment,) = lawful(document)
    assert attachment["body"]["purpose_grants"][0]["granted"] is False


def test_a_refused_call_may_be_the_text_of_the_key():
    (dialog,) = made(refused(), refused_as=TEXT)["dialog"]
    assert (dialog["type"], dialog["mediatype"]) == ("text", "text/plain")
    assert (dialog["body"], dialog["encoding"]) == ("2", "none")
    assert made(SILENT, refused_as=TEXT)["dialog"][0]["body"] == ""


@pytest.mark.parametrize("way", RefusedAs)
@pytest.mark.parametrize("kept_", [SILENT, HUNG_UP])
def test_no_choice_is_no_grant(kept_, way):
    (attachment,) = lawful(made(kept_, refused_as=way))
    assert attachment["body"]["purpose_grants"][0]["granted"] is False
    assert attachment["body"]["proof_mechanisms"][0]["proof_data"]["digit"] == ""


@pytest.mark.parametrize("way", RefusedAs)
@pytest.mark.parametrize("kept_", [NOT_ASKED, NOTHING, BASELESS])
def test_a_call_in_which_nothing_was_asked_claims_no_basis(kept_, way):
    document = made(kept_, refused_as=way)
    assert lawful(document) == []
    assert "extensions" not in document
    assert len(document["dialog"]) == 1


def test_a_call_that_goes_on_has_neither_an_end_nor_a_length():
    now = kept(call_=call(ended_at=None), recordings=())
    (dialog,) = made(now)["dialog"]
    assert "duration" not in dialog
    assert [e["event"] for e in dialog["party_history"]] == ["join"]
    begun = recording(started_at=None, ms=None, stopped_at=None)
    (dialog,) = made(kept(choice(State.GRANTED), recordings=(begun,)))["dialog"]
    assert dialog["type"] == "recording-set"


def test_a_caller_who_is_not_known_is_anonymous():
    for known in (
        call(caller="anonymous", caller_name=""),
        {"uuid": forms.UUID},
        call(caller="(erased)", caller_name="", called="(erased)"),
    ):
        document = made(kept(choice(State.REFUSED), call_=known))
        assert document["parties"][0] == {"name": "anonymous"}
        assert "(erased)" not in json.dumps(document)
    odd = call(caller="sip:eve@example.com", caller_name="Eve")
    (caller, _) = made(kept(call_=odd))["parties"]
    assert caller == {"type": "person", "name": "Eve", "validation": "none"}
    (caller, _) = made(kept(call_=call(caller_name="")))["parties"]
    assert caller == {"type": "person", "tel": forms.CALLER, "validation": "none"}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("TN-Validation-Passed-A", "stir-a"),
        ("TN-Validation-Passed-C", "stir-c"),
        ("TN-Validation-Failed-A", "none"),
        ("No-TN-Validation", "none"),
        ("", "none"),
    ],
)
def test_a_number_that_its_provider_has_signed_is_validated(found, said):
    (caller, _) = made(kept(call_=call(assurance=found)))["parties"]
    assert caller["validation"] == said


def test_the_called_party_is_a_party_of_its_own_when_asked():
    rows = (choice(State.GRANTED), choice(State.REFUSED, 2, party="callee"))
    document = made(kept(*rows))
    assert document["parties"][CALLEE]["tel"] == forms.CALLED
    assert "name" not in document["parties"][CALLEE]
    (dialog,) = document["dialog"]
    assert dialog["parties"] == [CALLER, CALLEE]
    keys = [(e["party"], e["button"]) for e in dialog["party_history"][1:3]]
    assert keys == [(CALLER, "1"), (CALLEE, "2")]
    assert [a["party"] for a in lawful(document)] == [CALLER, CALLEE]


def test_keys_of_agents_are_the_offices_and_remembered_ones_were_not_pressed():
    rows = (
        choice(State.VERBAL, performed_by="agent", key="*1"),
        choice(State.REFUSED, 2, purpose="evidence", reason="remembered"),
    )
    (dialog,) = made(kept(*rows))["dialog"]
    pressed = [e for e in dialog["party_history"] if e["event"] == "keydown"]
    assert [(e["party"], e["button"]) for e in pressed] == [(OFFICE, "*1")]


def test_each_basis_has_its_attachment():
    rows = (
        choice(State.GRANTED),
        choice(State.REFUSED, 2, purpose="evidence"),
        choice(State.UNANSWERED, 3, purpose="law", basis="contract",
               reason="not_objected"),
    )  # fmt: skip
    bodies = [a["body"] for a in lawful(made(kept(*rows)))]
    assert [b["lawful_basis"] for b in bodies] == ["consent", "contract"]
    assert [g["granted"] for g in bodies[0]["purpose_grants"]] == [True, False]
    assert bodies[1]["purpose_grants"][0]["granted"] is True


def test_a_withdrawal_shows_with_who_and_why():
    gone = choice(
        State.WITHDRAWN, 2, performed_by="operator", who="anne", remark="(erased)",
        notice="", notice_text=None, notice_url=None, keys_offered="", key="",
    )  # fmt: skip
    (attachment,) = lawful(made(kept(choice(State.GRANTED), gone)))
    body = attachment["body"]
    assert body["purpose_grants"][0]["granted"] is False
    event = body["metadata"]["eslflow"]["events"]["training"][1]
    assert (event["event"], event["by"]) == ("withdrawn", "anne")
    assert event["remark"] == "(erased)"
    first, second = (proof["proof_data"] for proof in body["proof_mechanisms"])
    assert (first["state"], first["digit"]) == ("granted", "1")
    assert (second["state"], second["prompt_id"]) == ("withdrawn", "recording")


@pytest.mark.parametrize(
    ("form", "media"),
    [("wav", "audio/x-wav"), ("flac", "audio/flac"), ("opus.age", "audio/ogg")],
)
def test_the_media_type_is_that_of_the_stored_file(form, media):
    (dialog,) = made(kept(recordings=(recording(form=form),)))["dialog"]
    assert dialog["mediatype"] == media


def test_two_files_are_two_dialogs_and_the_first_has_the_history():
    two = (recording(), recording(id="x-2"))
    first, second = made(kept(choice(State.GRANTED), recordings=two))["dialog"]
    assert "party_history" in first
    assert "party_history" not in second


def test_an_office_without_mail_has_none():
    _, office = made(granted(), PLAIN)["parties"]
    assert not {"mailto", "tel"} & office.keys()


def test_the_same_rows_make_the_same_vcon_and_more_rows_another():
    assert made(granted()) == made(granted())
    later = choice(State.WITHDRAWN, 3, at=forms.NOON + 99 * forms.SECOND)
    more = granted()
    more["choices"].append(later)
    uuids = [UUID(made(each)["uuid"]) for each in (granted(), more)]
    assert uuids[0] != uuids[1]
    assert {(u.version, u.variant) for u in uuids} == {(8, "specified in RFC 4122")}
    # As in version 7, the first 48 bits are the time in milliseconds.
    assert uuids[0].int >> 80 == (forms.NOON + 60 * forms.SECOND) // 1000
    created = made(granted())["created_at"]
    assert datetime.fromisoformat(created.removesuffix("Z")).minute == 1


def test_the_schema_notices_what_is_missing():
    for where, name in (("dialog", "start"), ("attachments", "party")):
        document = made(granted())
        del document[where][0][name]
        with pytest.raises(ValidationError):
            forms.valid(VCON, document)


ROUND_TRIP = """
import json, sys
from vcon import Vcon
found = []
for text in json.load(sys.stdin):
    read = Vcon.build_from_json(text)
    checked = read.validate_extensions()
    parts = [checked.get("lawful_basis", {}), *checked["attachments"]]
    problems = [why for part in parts for why in part.get("errors", [])]
    found.append([json.loads(read.to_json()), read.is_valid()[1], problems])
print(json.dumps(found))
"""


def through_the_package(*documents):
    """Return each as the package writes it again, and what it finds wrong with it."""
    done = subprocess.run(
        # It warns of what it uses itself.
        [sys.executable, "-W", "ignore", "-c", ROUND_TRIP],
        input=json.dumps([json.dumps(document) for document in documents]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Before that, it tells what it does.
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.skipif(find_spec("vcon") is None, reason="vcon needs Python 3.12")
def test_the_vcon_package_reads_and_writes_it_unchanged():
    calls = [granted(), refused(), SILENT, HUNG_UP, NOT_ASKED, NOTHING]
    documents = [made(each, refused_as=TEXT) for each in calls]
    for document, (again, invalid, problems) in zip(
        documents, through_the_package(*documents), strict=True
    ):
        # It spells the same time in its own way.
        at, was = (datetime.fromisoformat(d.pop("created_at").replace("Z", "+00:00"))
                   for d in (again, document))  # fmt: skip
        assert at == was
        assert again == document
        assert (invalid, problems) == ([], [])


@pytest.mark.skipif(find_spec("vcon") is None, reason="vcon needs Python 3.12")
def test_of_a_set_of_no_recordings_the_package_says_only_that_it_knows_none():
    ((again, invalid, problems),) = through_the_package(made(refused()))
    assert again["dialog"] == made(refused())["dialog"]
    assert problems == []
    assert [word for why in invalid for word in ("invalid type", "mediatype") if
            word in why] == ["invalid type", "mediatype"]  # fmt: skip
    assert len(invalid) == 2
