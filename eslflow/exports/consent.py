"""What all exports share: a call's rows, brought in order by who was asked about what.

In: what a ledger's reader returns of a call (`Reader.call`), times in microseconds.
Out: `Consent`s, and texts as standards spell them. Must not know any format, nor look
anything up.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from json import dumps
from typing import Any
from uuid import UUID

from eslflow.call.consent import permits
from eslflow.call.records import Reason, State
from eslflow.flow.model import Basis

Line = dict[str, Any]
Kept = dict[str, Any]

ERASED = "(erased)"
"""In place of a number or name that is no longer kept."""
ANONYMOUS = "anonymous"
"""In place of a number that was withheld."""
DATA = ("voice", "telephone number", "time of the call")
"""What a recorded call holds of a person."""
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DAY = 86_400
_NUMBER = re.compile(r"\+?[0-9]{2,15}")
_YES = (State.GRANTED.value, State.VERBAL.value)
_NO_ANSWER = {
    State.UNANSWERED.value: "no_answer",
    State.GRANTED.value: "given",
    State.VERBAL.value: "given",
}


def instant(micros: int) -> str:
    """Return a time as RFC 3339 has it: UTC, to the microsecond."""
    at = _EPOCH + timedelta(microseconds=micros)
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def duration(seconds: int) -> str | None:
    """Return a span as ISO 8601 has it; None: no limit was given."""
    if not seconds:
        return None
    days, rest = divmod(seconds, _DAY)
    return f"PT{seconds}S" if rest else f"P{days}D"


def name_of(*words: str) -> str:
    """Return a UUID for something that has none: always the same for the same words."""
    found = sha256("\0".join(words).encode(errors="surrogatepass")).digest()
    return str(UUID(bytes=found[:16], version=4))


def canonical(value: Any) -> bytes:
    """Return canonical JSON (RFC 8785) of a value without fractions."""
    text = dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode(errors="surrogatepass")


def number_of(call: Line, party: str) -> str:
    """Return the number of who was asked, in one spelling where it is kept so."""
    side = "called" if party == "callee" else "caller"
    if call.get(side) is None:
        return ERASED
    return call.get(f"{side}_key") or call[side] or ANONYMOUS


def is_number(text: str) -> bool:
    """Whether a text is a telephone number; a network may send anything."""
    return bool(_NUMBER.fullmatch(text))


def offered(choice: Line) -> dict[str, str]:
    """Return the keys as they were offered, with what each stands for."""
    pairs = (word.partition("=") for word in choice["keys_offered"].split())
    return {key: meaning for key, _, meaning in pairs}


def method(choice: Line) -> str:
    """Return how a choice came about."""
    if choice["performed_by"] == "agent":
        return "verbal"
    if choice["performed_by"] == "operator":
        return "operator"
    if choice["reason"] == Reason.REMEMBERED:
        return "remembered"
    return "dtmf" if choice["key"] else "none"


def event_state(choice: Line) -> str:
    """Return what a choice means: one word of a consent's life."""
    if choice["basis"] != Basis.CONSENT and permitted(choice):
        return "basis_other"
    state: str = choice["state"]
    return _NO_ANSWER.get(state, state)


def permitted(choice: Line) -> bool:
    """Whether this choice permits recording, as long as it is the last word."""
    return permits(choice["basis"], choice["state"], choice["reason"])


@dataclass(frozen=True)
class Consent:
    """All that was kept of one purpose that somebody was asked about in a call."""

    call: Line
    party: str
    """Who was asked: `caller` or `callee`."""
    purpose: str
    choices: tuple[Line, ...]
    """In order; at least one."""

    @property
    def id(self) -> str:
        """A UUID for it."""
        return name_of(self.choices[0]["call_uuid"], self.party, self.purpose)

    @property
    def subject(self) -> str:
        """The number of who was asked."""
        return number_of(self.call, self.party)

    @property
    def last(self) -> Line:
        """The last word; a call that came back, unasked, has still its answer."""
        not_asked = State.NOT_ASKED.value
        return max(self.choices, key=lambda c: (c["state"] != not_asked, c["seq"]))

    @property
    def asked(self) -> Line:
        """The row that tells best in which words was asked."""
        found = [choice for choice in self.choices if choice["notice"]]
        return found[-1] if found else self.choices[-1]

    @property
    def given(self) -> Line | None:
        """The last time that consent was given; None: it never was."""
        yes = [
            c
            for c in self.choices
            if c["state"] in _YES and c["basis"] == Basis.CONSENT
        ]
        return yes[-1] if yes else None

    @property
    def receipt(self) -> str:
        """The code that was read out."""
        codes = [c["receipt"] for c in self.choices if c.get("receipt")]
        return codes[-1] if codes else ""


def consents(kept: Kept, purposes: Collection[str] = ()) -> list[Consent]:
    """Return a call's consents: all, or those about some purposes."""
    found: dict[tuple[str, str], list[Line]] = {}
    for choice in kept["choices"]:
        purpose = choice["purpose"]
        # What is about the call as a whole is no consent.
        if purpose and (not purposes or purpose in purposes):
            key = (choice.get("party") or "caller", purpose)
            found.setdefault(key, []).append(choice)
    return [
        Consent(kept["call"], party, purpose, tuple(rows))
        for (party, purpose), rows in found.items()
    ]
