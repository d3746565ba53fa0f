"""A call as a vCon: who took part, what was recorded, and on which lawful basis.

In: a call as the ledger keeps it, the office. Out: the unsigned form of one vCon,
always the same for the same rows. Must not look anything up; holds no audio.

The container is draft-ietf-vcon-vcon-core (syntax 0.4.0). What was agreed to is an
attachment as in draft-howe-vcon-lawful-basis, labelled by `purpose`, which the
container has, where that draft says `type`. A call without a recording is a
`recording-set` of none; readers that do not know this may have a `text` of the keys
that were pressed.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from eslflow.call.records import Reason, State
from eslflow.exports.consent import (
    ANONYMOUS,
    Consent,
    Kept,
    Line,
    canonical,
    consents,
    event_state,
    instant,
    is_number,
    method,
    number_of,
    offered,
    permitted,
)
from eslflow.flow.model import Basis
from eslflow.office import Office

SYNTAX = "0.4.0"
CALLER, OFFICE, CALLEE = 0, 1, 2
_NIL = "00000000-0000-0000-0000-000000000000"
_MEDIA = {"flac": "audio/flac", "opus": "audio/ogg"}
_BASES = frozenset(basis.value for basis in Basis)
_ACTION = ("action", "reason", "reply", "verified", "recording_id")
_FILE = ("id", "purposes", "state", "sha256", "stored_sha256", "verdict")


class RefusedAs(str, Enum):
    """What stands for a call without a recording."""

    RECORDING_SET = "recording-set"
    TEXT = "text"


def vcon(
    kept: Kept, office: Office, refused_as: RefusedAs = RefusedAs.RECORDING_SET
) -> dict[str, Any]:
    """Return the vCon of a call."""
    newest = max(_moments(kept), default=0)
    asked_callee = any(c.get("party") == "callee" for c in kept["choices"])
    parties = [_person(kept["call"], "caller"), _organization(office)]
    if asked_callee:
        parties.append(_person(kept["call"], "callee"))
    talkers = [CALLER, CALLEE if asked_callee else OFFICE]
    attachments = [_lawful(group, office) for group in _by_basis(kept)]
    return {
        "vcon": SYNTAX,
        "uuid": _uuid(kept["call"]["uuid"], newest, office),
        **({"extensions": ["lawful_basis"]} if attachments else {}),
        "created_at": instant(newest),
        "parties": parties,
        "dialog": _dialog(kept, talkers, refused_as),
        "attachments": [*attachments, _log(kept, newest)],
    }


def _moments(kept: Kept) -> Iterator[int]:
    """Yield when each row was kept."""
    call = kept["call"]
    yield from (call.get("offered_at") or 0, call.get("ended_at") or 0)
    for row in (*kept["choices"], *kept["recording_actions"]):
        yield row["at"]
    for recording in kept["recordings"]:
        for name in ("asked_at", "stopped_at", "checked_at", "stored_at", "erased_at"):
            yield recording.get(name) or 0


def _uuid(call: str, newest: int, office: Office) -> str:
    """Return a version 8 UUID: the time of the newest row, and a hash.

    The hash is of the policy's host and the call together. With the host alone, as the
    draft would have it, two calls that end within a millisecond could share one.
    """
    host = urlsplit(office.policy).hostname or ""
    found = sha256(f"{host}\0{call}\0{newest}".encode(errors="surrogatepass")).digest()
    number = int.from_bytes((newest // 1000).to_bytes(6, "big") + found[:10], "big")
    number = number & ~(0xF << 76) | 8 << 76
    return str(UUID(int=number & ~(0b11 << 62) | 0b10 << 62))


def _person(call: Line, party: str) -> dict[str, Any]:
    number = number_of(call, party)
    name = call.get("caller_name") if party == "caller" else ""
    if not is_number(number) and not name:
        return {"name": ANONYMOUS}
    return {
        "type": "person",
        **({"tel": number} if is_number(number) else {}),
        **({"name": name} if name else {}),
        "validation": _validation(call) if party == "caller" else "none",
    }


def _validation(call: Line) -> str:
    """Return how sure a caller's number is; mostly anybody can have made it up."""
    found = call.get("assurance") or ""
    passed, _, level = found.rpartition("-")
    return f"stir-{level.lower()}" if passed == "TN-Validation-Passed" else "none"


def _organization(office: Office) -> dict[str, Any]:
    return {
        "type": "organization",
        "org": office.name,
        "name": office.name,
        "validation": "none",
        **({"mailto": office.email} if office.email else {}),
        **({"tel": office.phone} if is_number(office.phone) else {}),
    }


def _dialog(
    kept: Kept, talkers: list[int], refused_as: RefusedAs
) -> list[dict[str, Any]]:
    """Return what was recorded; the first has what happened in the call."""
    call = kept["call"]
    recorded = [r for r in kept["recordings"] if r["started_at"]]
    dialog = [_recording(r, call["uuid"], talkers) for r in recorded]
    if not dialog:
        dialog = [_nothing(kept, talkers, refused_as)]
    dialog[0]["party_history"] = list(_history(kept))
    return dialog


def _common(start: int, uuid: str, talkers: list[int]) -> dict[str, Any]:
    return {
        "start": instant(start),
        "parties": talkers,
        "session_id": {"local": uuid, "remote": _NIL},
        "application": "eslflow",
    }


def _recording(recording: Line, uuid: str, talkers: list[int]) -> dict[str, Any]:
    """Return a recording without its sound: no address leads to a local file."""
    form = (recording.get("form") or "wav").removesuffix(".age")
    return {
        "type": "recording",
        **_common(recording["started_at"], uuid, talkers),
        "duration": (recording["ms"] or 0) / 1000,
        "mediatype": _MEDIA.get(form, "audio/x-wav"),
        "filename": PurePath(recording["path"]).name,
    }


def _nothing(kept: Kept, talkers: list[int], refused_as: RefusedAs) -> dict[str, Any]:
    """Return what stands for a call of which nothing was recorded."""
    call = kept["call"]
    rows = kept["choices"]
    start = call.get("offered_at") or (rows[0]["at"] if rows else 0)
    common = _common(start, call["uuid"], talkers)
    if refused_as is RefusedAs.TEXT:
        keys = "".join(event["button"] for event in _history(kept) if "button" in event)
        return {
            "type": "text",
            **common,
            "mediatype": "text/plain",
            "encoding": "none",
            "body": keys,
        }
    ended = call.get("ended_at")
    length = {"duration": (ended - start) / 1_000_000} if ended else {}
    return {"type": "recording-set", **common, **length, "recordings": []}


def _history(kept: Kept) -> Iterator[dict[str, Any]]:
    """Yield who joined, pressed which key, and left, in order."""
    call = kept["call"]
    if call.get("offered_at"):
        yield _event(CALLER, call["offered_at"], "join")
    for choice in kept["choices"]:
        if choice["key"] and choice["reason"] != Reason.REMEMBERED:
            party = _presser(choice)
            yield {**_event(party, choice["at"], "keydown"), "button": choice["key"]}
    if call.get("ended_at"):
        yield _event(CALLER, call["ended_at"], "drop")


def _presser(choice: Line) -> int:
    return OFFICE if choice["performed_by"] == "agent" else _asked(choice.get("party"))


def _asked(party: str | None) -> int:
    return CALLEE if party == "callee" else CALLER


def _event(party: int, at: int, event: str) -> dict[str, Any]:
    return {"party": party, "time": instant(at), "event": event}


def _by_basis(kept: Kept) -> list[list[Consent]]:
    """Return consents that can share an attachment: of one person, on one basis."""
    found: dict[tuple[str, str], list[Consent]] = {}
    for consent in consents(kept):
        if consent.last["basis"] in _BASES:
            key = (consent.party, consent.last["basis"])
            found.setdefault(key, []).append(consent)
    return list(found.values())


def _lawful(group: list[Consent], office: Office) -> dict[str, Any]:
    """Return the attachment that tells of consents; who was asked contributed it."""
    last = max((consent.last for consent in group), key=lambda row: row["at"])
    body: dict[str, Any] = {
        "lawful_basis": last["basis"],
        "expiration": None,
        "purpose_grants": [_grant(consent) for consent in group],
        "terms_of_service": group[0].asked["notice_url"] or office.policy,
        "proof_mechanisms": [
            _proof(consent, choice)
            for consent in group
            for choice in consent.choices
            if choice["state"] != State.REQUESTED
        ],
        "metadata": {
            "eslflow": {
                "events": {consent.purpose: _events(consent) for consent in group},
                "withdrawal_method": office.withdrawal,
                "retention_s": {c.purpose: c.last["retain_s"] for c in group},
            }
        },
    }
    # The draft does not say what is hashed: the body without this.
    body["content_hash"] = {
        "algorithm": "sha-256",
        "canonicalization": "jcs",
        "value": sha256(canonical(body)).hexdigest(),
    }
    return _attachment("lawful_basis", last["at"], _asked(group[0].party), body)


def _attachment(purpose: str, at: int, party: int, body: Any) -> dict[str, Any]:
    return {
        "purpose": purpose,
        "start": instant(at),
        "party": party,
        "dialog": 0,
        "mediatype": "application/json",
        "encoding": "json",
        "body": body,
    }


def _grant(consent: Consent) -> dict[str, Any]:
    return {
        "purpose": consent.purpose,
        "granted": permitted(consent.last),
        "granted_at": instant(consent.last["at"]),
    }


def _events(consent: Consent) -> list[dict[str, Any]]:
    return [
        {
            "at": instant(choice["at"]),
            "event": event_state(choice),
            "by": choice.get("who") or choice["performed_by"],
            "remark": choice.get("remark") or "",
        }
        for choice in consent.choices
    ]


def _proof(consent: Consent, choice: Line) -> dict[str, Any]:
    """Return what proves a choice: none of the draft's four kinds is a key pressed."""
    asked = choice if choice["notice"] else consent.asked
    return {
        "proof_type": "external_system",
        "timestamp": instant(choice["at"]),
        "proof_data": {
            "system": "eslflow",
            "record_id": consent.id,
            "receipt": consent.receipt,
            "method": method(choice),
            "digit": choice["key"],
            "options": offered(asked),
            "state": choice["state"],
            "reason": choice["reason"],
            "performed_by": choice["performed_by"],
            "prompt_id": asked["notice"],
            "prompt_version": asked["notice_version"],
            "prompt_text": asked["notice_text"] or "",
            "prompt_sha256": asked["audio_sha256"],
            "language": asked["language"],
            "heard_ms": choice["heard_ms"],
            "tries": choice["tries"],
            "flow": choice["flow"],
            "flow_version": f"sha256:{choice['flow_sha256']}",
            "step": choice["step"],
            "engine": choice["engine"],
            "call_uuid": choice["call_uuid"],
        },
    }


def _log(kept: Kept, newest: int) -> dict[str, Any]:
    """Return what was asked of the recorder, and which files there were."""
    actions = [
        {"t": instant(row["at"]), **{name: row[name] for name in _ACTION}}
        for row in kept["recording_actions"]
    ]
    files = [
        {
            **{name: row.get(name) for name in _FILE},
            "erased_at": instant(row["erased_at"]) if row.get("erased_at") else None,
        }
        for row in kept["recordings"]
    ]
    body = {"actions": actions, "recordings": files}
    return _attachment("recording_control_log", newest, OFFICE, body)
