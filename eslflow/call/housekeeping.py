"""Records of what the office does beside calls: who looks, what is held or erased.

In: nothing. Out: rows of the ledger, one kind for each table, as those of `records`.
Must not hold behaviour.
"""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    """That somebody looked at what was recorded or kept; kept before he may."""

    at: int
    who: str
    """The machine's user."""
    what: str
    """`show`, `list calls` (or consents, recordings, looks), `decrypt`, `export`,
    `export FORMAT` or `proof`."""
    call_uuid: str
    recording_id: str
    """Empty: all that is kept of the call, or where none is named, of many."""
    reason: str
    """In the words of who looked."""
    subject: str = ""
    """The number of whom all was looked at; mostly empty."""


class LegalHold(NamedTuple):
    """That nothing is to be deleted of somebody, or no longer so: a legal hold."""

    at: int
    state: str
    """`held` or `released`."""
    who: str
    reason: str
    """In the words of who ordered it."""
    subject: str
    """The number, in one spelling."""


class Erasure(NamedTuple):
    """That recordings, or all that names a person, were erased; itself stays."""

    at: int
    kind: str
    """`subject` (asked for by a person) or `retention` (kept long enough)."""
    state: str
    """`begun`: it is asked for, whatever comes; `done`: it is so."""
    who: str
    """The machine's user; empty: eslflow by itself."""
    reason: str
    """In the words of who asked for it."""
    subject: str
    """Keyed hash of the person's number; the key is on the certificate alone."""
    erasure: int
    """Of what is done, the `seq` of what was begun; else 0."""
    calls: int
    """In how many the person was; of what is done, in how many no longer."""
    recordings: int
    """How many were deleted."""
    words: int
    """How many texts that may name somebody were deleted."""


class FlowVersion(NamedTuple):
    """The text of one version of a flow, by the hash that calls and choices name."""

    sha256: str
    """Of the file's bytes; with flows inside, of all of it: see `inside`."""
    flow: str
    file: str
    """Name of the file it was read from, without its folder."""
    text: str
    inside: str
    """The flows in it, each as `name sha256`, a line each, sorted. If there are any,
    the hash is that of the text's own hash and of these lines."""


class FlowServed(NamedTuple):
    """From when on new calls ran a version of a flow, and who wanted it so."""

    at: int
    flow: str
    flow_sha256: str
    state: str
    """`served`; `removed`: the flow is there no more; `kept`: no call ran it, it was
    in the way of an older version that was brought back."""
    how: str
    """`start`, `reload`, `signal`, `change` (of a file) or `rollback`."""
    who: str
    note: str
    """In the words of who wanted it; may be empty."""


class AgentAgreed(NamedTuple):
    """That an agent has agreed to being recorded, or takes it back."""

    at: int
    """When it was entered."""
    agent: str
    """Extension, as the switch knows it."""
    state: str
    """`agreed` or `withdrawn`."""
    text: str
    """Name of what was agreed to."""
    version: int
    text_sha256: str
    """Of the file with its words; empty: none was given."""
    agreed_on: str
    """The day it was agreed to or withdrawn, as `2026-11-23`."""
    who: str
    """The machine's user who entered it."""
