"""Calls as the ledger keeps them, and what the forms demand of an export.

The schemas are eslflow's own. Fields of ISO/IEC TS 27560:2023, and which are
mandatory: the table "ISO 27560:2023, EU GDPR, and DPV" of the W3C DPV group's guide
(https://w3id.org/dpv/guides/consent-27560). Fields of a Kantara receipt: Consent
Receipt Specification 1.1.0 (https://kantarainitiative.org/download/7902/).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, FormatChecker

from eslflow.call.records import (
    CallEnded,
    CallOffered,
    Choice,
    RecordingAction,
    RecordingBegun,
    RecordingEnded,
    State,
)
from eslflow.office import Office
from eslflow.wire.terms import RecordAction

HERE = Path(__file__).parent
VCON = json.loads((HERE / "published/vcon_json_schema.json").read_text())
SECOND = 1_000_000
NOON = 1_795_435_200 * SECOND
"""2026-11-23, 12:00 UTC."""
UUID = "f1e2c3d4-0000-4000-8000-000000000001"
CALLER, CALLED = "+4915112345678", "+4930999999"
KEYS = {State.GRANTED: "1", State.REFUSED: "2"}

OFFICE = Office(
    name="Example Ltd",
    address="1 Example Street, 12345 Example Town",
    contact="Data protection officer",
    policy="https://example.com/privacy",
    withdrawal="tell the agent, or write to privacy@example.com",
    storage="Example Town",
    jurisdiction="DE",
    email="privacy@example.com",
    phone="+4930123456",
    authority="Example Commissioner",
    recipients=("Example Hosting Ltd",),
    sensitive=("health",),
)
PLAIN = Office(
    name="Example Ltd",
    address="1 Example Street",
    contact="The owner",
    policy="https://example.com/privacy",
    withdrawal="call us",
    storage="Example Town",
    jurisdiction="DE",
    phone="030 123456",
)


def call(**fields: Any) -> dict[str, Any]:
    """Return the row of a call that has ended."""
    offered = CallOffered(
        UUID, "inbound", CALLER, "Anna Example", CALLED, "support", "5f" * 32,
        "eslflow 1", NOON,
    )  # fmt: skip
    ended = CallEnded(UUID, NOON + 60 * SECOND, "hung_up", "NORMAL_CLEARING", "talk")
    return {**offered._asdict(), **ended._asdict(), **fields}


def choice(state: State, seq: int = 1, **fields: Any) -> dict[str, Any]:
    """Return the row of a choice, some seconds into the call."""
    row = Choice(
        UUID, NOON + (8 + seq) * SECOND, state, "training", "consent", 90 * 86_400,
        "support", "5f" * 32, "ask", "eslflow 1",
        "subject" if state in KEYS else "system", notice="recording",
        notice_version=3, language="de", audio_sha256="a0" * 32, heard_ms=3100,
        keys_offered="1=granted 2=refused", key=KEYS.get(state, ""), tries=1,
    )  # fmt: skip
    played = {
        "notice_text": "Zur Schulung möchten wir aufzeichnen.",
        "notice_url": "https://example.com/privacy#calls",
    }
    return {**row._asdict(), "state": state.value, "seq": seq, **played, **fields}


def recording(**fields: Any) -> dict[str, Any]:
    """Return the row of a recording."""
    begun = RecordingBegun(
        f"{UUID}-1", UUID, UUID, f"/srv/rec/{UUID}-1.wav", "training", "talk",
        NOON + 10 * SECOND,
    )  # fmt: skip
    ended = RecordingEnded(
        f"{UUID}-1", NOON + 10 * SECOND, NOON + 60 * SECOND, 50_000, "success",
        "stopped",
    )  # fmt: skip
    return {**begun._asdict(), **ended._asdict(), "sha256": "c0" * 32, **fields}


def action() -> dict[str, Any]:
    """Return the row of a recorder's start."""
    return RecordingAction(
        f"{UUID}-1", UUID, NOON + 10 * SECOND, RecordAction.START, "step", "talk",
        "+OK Success", True,
    )._asdict()  # fmt: skip


def kept(
    *choices: dict[str, Any],
    call_: dict[str, Any] | None = None,
    recordings: tuple[dict[str, Any], ...] = (),
) -> dict[str, Any]:
    """Return a call as a reader returns it."""
    return {
        "call": call() if call_ is None else call_,
        "choices": list(choices),
        "recordings": list(recordings),
        "recording_actions": [action() for _ in recordings],
    }


def granted() -> dict[str, Any]:
    """Return a call that was recorded by consent."""
    asked, yes = choice(State.REQUESTED), choice(State.GRANTED, 2)
    return kept(asked, yes, recordings=(recording(),))


def refused() -> dict[str, Any]:
    """Return a call that was not to be recorded."""
    return kept(choice(State.REQUESTED), choice(State.REFUSED, 2))


def valid(schema: dict[str, Any], document: Any) -> None:
    """Demand that a document, as it is written, fits a schema."""
    checker = FormatChecker()
    # The checker of jsonschema needs libraries for these two; the forms need no more.
    checker.checks("date-time", ValueError)(_is_instant)
    Draft7Validator(schema, format_checker=checker).validate(
        json.loads(json.dumps(document))
    )


def _is_instant(text: object) -> bool:
    from datetime import datetime

    return isinstance(text, str) and bool(
        text.endswith("Z") and datetime.fromisoformat(text.removesuffix("Z"))
    )


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


def _list(items: dict[str, Any], least: int = 1) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least}


TEXT = {"type": "string", "minLength": 1}
ANY_TEXT = {"type": "string"}
ID = {"type": "string", "format": "uuid"}
TIME = {"type": "string", "format": "date-time"}
URL = {"type": "string", "pattern": "^https?://"}
MAYBE = {"type": ["string", "null"], "minLength": 1}
SPAN = {
    "oneOf": [{"type": "null"}, {"type": "string", "pattern": "^P([0-9]+D|T[0-9]+S)$"}]
}
STATES = (
    "requested given refused no_answer hung_up withdrawn expired not_asked basis_other"
)

ISO27560 = _object(
    {
        "schema_version": {"const": "ISO/IEC TS 27560:2023"},
        "record_id": ID,
        "pii_principal_id": TEXT,
        "pii_processing": _object(
            {
                "privacy_notice": {"type": "object", "required": ["url"]},
                "language": MAYBE,
                "purposes": _list(
                    _object(
                        {
                            "purpose": TEXT,
                            "pii_information": _list(
                                _object({"pii_type": TEXT}, special_pii_category=TEXT)
                            ),
                            "pii_controllers": _list(ID),
                            "storage_locations": _list(TEXT),
                            "retention_period": SPAN,
                            "jurisdiction": TEXT,
                            "recipient_third_parties": _list(TEXT, 0),
                            "withdrawal_method": TEXT,
                        },
                        purpose_type=TEXT,
                        lawful_basis=TEXT,
                        collection_method=TEXT,
                        authority_party=TEXT,
                    )
                ),
            }
        ),
        "party_identification": _list(
            _object(
                {
                    "party_id": ID,
                    "party_name": TEXT,
                    "party_address": TEXT,
                    "party_contact": TEXT,
                    "party_type": TEXT,
                },
                party_role=TEXT,
                party_email=TEXT,
                party_phone=TEXT,
            )
        ),
        "events": _list(
            _object(
                {
                    "event_time": TIME,
                    "event_type": {"enum": ["expressed", "not expressed"]},
                    "event_state": {"enum": STATES.split()},
                    "validity_duration": MAYBE,
                    "entity_id": TEXT,
                },
                evidence={"type": "object"},
            )
        ),
    },
    receipt_id={"type": "string", "pattern": "^[0-9]{8}$"},
)

KANTARA = _object(
    {
        "version": {"const": "KI-CR-v1.1.0"},
        "jurisdiction": TEXT,
        "consentTimestamp": {"type": "integer", "minimum": 0},
        "collectionMethod": TEXT,
        "consentReceiptID": ID,
        "piiPrincipalId": TEXT,
        "piiControllers": _list(
            {
                **_object(
                    {"piiController": TEXT, "contact": TEXT, "address": {}},
                    email=TEXT,
                    phone=TEXT,
                    onBehalf={"type": "boolean"},
                ),
                "anyOf": [{"required": ["email"]}, {"required": ["phone"]}],
            }
        ),
        "policyUrl": URL,
        "services": _list(
            _object(
                {
                    "service": TEXT,
                    "purposes": _list(
                        _object(
                            {
                                "purpose": TEXT,
                                "purposeCategory": _list(TEXT),
                                "consentType": {"enum": ["EXPLICIT", "IMPLICIT"]},
                                "piiCategory": _list(TEXT),
                                "termination": TEXT,
                                "thirdPartyDisclosure": {"type": "boolean"},
                            },
                            primaryPurpose={"type": "boolean"},
                            thirdPartyName=ANY_TEXT,
                        )
                    ),
                }
            )
        ),
        "sensitive": {"type": "boolean"},
        "spiCat": _list(TEXT, 0),
    },
    language=ANY_TEXT,
    publicKey=TEXT,
)
