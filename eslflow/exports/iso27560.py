"""Consent records with the fields of ISO/IEC TS 27560:2023, as JSON.

In: a call as the ledger keeps it, the office. Out: a record for each purpose that
somebody was asked about. The specification names fields and leaves their encoding free;
names and duties are taken from what the W3C's DPV group publishes of it
(https://w3id.org/dpv/guides/consent-27560). Must not look anything up.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from eslflow.exports.consent import (
    DATA,
    Consent,
    Kept,
    Line,
    consents,
    duration,
    event_state,
    instant,
    method,
    name_of,
    offered,
)
from eslflow.office import Office

SCHEMA_VERSION = "ISO/IEC TS 27560:2023"
_SAID = ("given", "refused", "withdrawn")


def records(
    kept: Kept, office: Office, purposes: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return the records of a call, all or those about some purposes."""
    return [_record(consent, office) for consent in consents(kept, purposes)]


def _record(consent: Consent, office: Office) -> dict[str, Any]:
    controller = name_of(office.name, office.address)
    asked = consent.asked
    return {
        "schema_version": SCHEMA_VERSION,
        "record_id": consent.id,
        **({"receipt_id": consent.receipt} if consent.receipt else {}),
        "pii_principal_id": consent.subject,
        "pii_processing": {
            "privacy_notice": _notice(asked, office),
            "language": asked["language"] or None,
            "purposes": [_purpose(consent, office, controller)],
        },
        "party_identification": [
            {
                "party_id": controller,
                "party_name": office.name,
                "party_address": office.address,
                "party_contact": office.contact,
                **_given(party_email=office.email, party_phone=office.phone),
                "party_role": "PII controller",
                "party_type": "organization",
            }
        ],
        "events": [_event(choice, consent.subject) for choice in consent.choices],
    }


def _given(**fields: Any) -> dict[str, Any]:
    """Return the fields that are not empty."""
    return {name: value for name, value in fields.items() if value}


def _notice(asked: Line, office: Office) -> dict[str, Any]:
    return {
        "url": asked["notice_url"] or office.policy,
        **_given(
            notice=asked["notice"],
            version=asked["notice_version"],
            text=asked["notice_text"],
            audio_sha256=asked["audio_sha256"],
        ),
    }


def _purpose(consent: Consent, office: Office, controller: str) -> dict[str, Any]:
    last = consent.last
    data = [{"pii_type": name} for name in DATA]
    special = [
        {"pii_type": "voice", "special_pii_category": name} for name in office.sensitive
    ]
    return {
        "purpose": consent.purpose,
        "purpose_type": "call recording",
        "lawful_basis": last["basis"],
        "pii_information": data + special,
        "pii_controllers": [controller],
        "collection_method": "telephone call",
        "storage_locations": [office.storage],
        "retention_period": duration(last["retain_s"]),
        "jurisdiction": office.jurisdiction,
        "recipient_third_parties": list(office.recipients),
        "withdrawal_method": office.withdrawal,
        **_given(authority_party=office.authority),
    }


def _event(choice: Line, subject: str) -> dict[str, Any]:
    state = event_state(choice)
    by = choice["performed_by"]
    return {
        "event_time": instant(choice["at"]),
        "event_type": "expressed" if state in _SAID else "not expressed",
        "event_state": state,
        "validity_duration": "until withdrawn" if state == "given" else None,
        "entity_id": subject if by == "subject" else choice.get("who") or by,
        "evidence": {
            "method": method(choice),
            "performed_by": by,
            "call": choice["call_uuid"],
            "flow": choice["flow"],
            "flow_sha256": choice["flow_sha256"],
            "step": choice["step"],
            "engine": choice["engine"],
            "keys_offered": offered(choice),
            "key": choice["key"],
            "tries": choice["tries"],
            "heard_ms": choice["heard_ms"],
            **_given(
                reason=choice["reason"],
                remark=choice.get("remark"),
                rests_on=choice.get("rests_on"),
            ),
        },
    }
