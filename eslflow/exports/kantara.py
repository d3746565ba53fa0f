"""Consent receipts with the fields of Kantara's specification 1.1, as JSON.

In: a call as the ledger keeps it, the office. Out: a receipt for each person who has
agreed to something in the call; of what nobody agreed to there is none. Must not look
anything up.

Kantara Initiative, Consent Receipt Specification 1.1.0
(https://kantarainitiative.org/download/7902/): the fields, and which must be there.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from eslflow.call.records import State
from eslflow.exports.consent import (
    DATA,
    Consent,
    Kept,
    consents,
    duration,
    instant,
    method,
    name_of,
)
from eslflow.office import Office

VERSION = "KI-CR-v1.1.0"
_METHODS = {
    "dtmf": "key pressed in a telephone call",
    "verbal": "said in a telephone call, entered by the agent",
}


def receipts(
    kept: Kept, office: Office, purposes: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return the receipts of a call, about all or some purposes."""
    by_party: dict[str, list[Consent]] = {}
    for consent in consents(kept, purposes):
        if consent.given is not None:
            by_party.setdefault(consent.party, []).append(consent)
    return [_receipt(given, office) for given in by_party.values()]


def _receipt(given: list[Consent], office: Office) -> dict[str, Any]:
    rows = [consent.given for consent in given if consent.given is not None]
    newest = max(rows, key=lambda row: row["seq"])
    how = method(newest)
    return {
        "version": VERSION,
        "jurisdiction": office.jurisdiction,
        "consentTimestamp": newest["at"] // 1_000_000,
        "collectionMethod": _METHODS.get(how, f"telephone call ({how})"),
        "consentReceiptID": name_of(newest["call_uuid"], given[0].party, "receipt"),
        "language": newest["language"],
        "piiPrincipalId": given[0].subject,
        "piiControllers": [_controller(office)],
        "policyUrl": newest["notice_url"] or office.policy,
        "services": [
            {
                "service": f"telephone calls (flow {newest['flow']})",
                "purposes": [_purpose(consent, office) for consent in given],
            }
        ],
        "sensitive": bool(office.sensitive),
        "spiCat": list(office.sensitive),
    }


def _controller(office: Office) -> dict[str, Any]:
    ways = {"email": office.email, "phone": office.phone}
    return {
        "piiController": office.name,
        "onBehalf": False,
        "contact": office.contact,
        "address": {"streetAddress": office.address},
        **{name: value for name, value in ways.items() if value},
    }


def _purpose(consent: Consent, office: Office) -> dict[str, Any]:
    return {
        "purpose": consent.purpose,
        "purposeCategory": ["call recording"],
        "consentType": "EXPLICIT",
        "piiCategory": list(DATA),
        "primaryPurpose": False,
        "termination": _termination(consent, office),
        "thirdPartyDisclosure": bool(office.recipients),
        "thirdPartyName": ", ".join(office.recipients),
    }


def _termination(consent: Consent, office: Office) -> str:
    """Return when and how it ends, or has ended."""
    last = consent.last
    if last["state"] in (State.WITHDRAWN, State.EXPIRED, State.REFUSED):
        return f"{last['state']} on {instant(last['at'])}"
    kept = duration(last["retain_s"])
    limit = f"recordings are kept for {kept} at most; " if kept else ""
    return f"{limit}to withdraw: {office.withdrawal}"
