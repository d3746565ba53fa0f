"""What the ledger says of a recording, held against the file and what phones said.

In: what was kept of a call (`Reader.call`), the calls of the test phones. Out: spans in
which nothing may be heard, a verdict packet by packet (`leaks`), the verdict of
eslflow's own audit. Must not ask the switch, nor take anybody's word but the ledger's.

A span begins when the switch's `+OK` was there, and ends when unmasking was asked for.
The ledger notes when the unmask was sent, which is the guard time later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eslflow.call.recorder import GUARD_S
from eslflow.recordings.audit import Audited, audit
from tests.live import decode
from tests.live.decode import Recording
from tests.live.leaks import FOR_EVER, Span, Verdict, judge
from tests.live.phone import Call

Row = dict[str, Any]
GUARD_US = round(GUARD_S * 1e6)
LONGEST_LOSS = 5
"""Packets: more in a row were not lost but meant for nobody: one is on hold, say."""
STARTS_WITHIN_US = 100_000
"""How long after RECORD_START the first packet may be (44 to 53 ms were measured)."""


class Account(NamedTuple):
    """What became of one file."""

    row: Row
    spans: tuple[Span, ...]
    file: Recording
    verdict: Verdict
    audited: Audited


def own_actions(kept: Row, row: Row) -> list[Row]:
    """Return what was asked of one file's recorder."""
    actions = kept["recording_actions"]
    return [action for action in actions if action["recording_id"] == row["id"]]


def spans_of(actions: Iterable[Row], early_us: int = GUARD_US) -> tuple[Span, ...]:
    """Return when nothing may be heard; `early_us` is taken off each one's end."""
    found: list[Span] = []
    since = 0
    for action in sorted(actions, key=lambda row: row["at"]):
        if action["action"] == "mask" and action["verified"]:
            since = since or action["at"]
        elif action["action"] == "unmask" and since:
            found.append(Span(since, max(since, action["asked_at"] - early_us)))
            since = 0
        elif action["action"] == "stop" and action["verified"] and since:
            # The file is closed; another one must not hold what was said before.
            found.append(Span(since, action["at"]))
            since = 0
    return (*found, *([Span(since, FOR_EVER)] if since else ()))


def unsure_of(actions: Iterable[Row], early_us: int = GUARD_US) -> tuple[Span, ...]:
    """Return when a mask or an unmask had been asked for, and was not confirmed yet."""
    early = {"mask": 0, "unmask": early_us}
    return tuple(
        Span(row["asked_at"] - early[row["action"]], row["at"])
        for row in actions
        if row["action"] in early
    )


def lost(
    said: Iterable[int], heard: Iterable[int], longest: int = LONGEST_LOSS
) -> set[int]:
    """Return the numbers that were said and not heard, though those around them were.

    What is missing for longer was not lost: nobody was to hear it.
    """
    known = set(heard)
    if not known:
        return set()
    found: set[int] = set()
    gap: list[int] = []
    for number in sorted(said):
        if not min(known) <= number <= max(known):
            continue
        if number not in known:
            gap.append(number)
            continue
        found.update(gap if len(gap) <= longest else ())
        gap = []
    return found


def reached(talks: Sequence[Call]) -> dict[int, set[int]]:
    """Return what of each party was not lost on its way to another one."""
    heard = [(talk.phone.party, talk.heard()[1]) for talk in talks]
    found = {}
    for talk in talks:
        party, said = talk.phone.party, set(talk.said())
        gone: set[int] = set()
        for other, sound in heard:
            if other != party:
                gone |= lost(said, sound.of(party))
        found[party] = found.get(party, set()) | (said - gone)
    return found


def witnessed(talks: Sequence[Call], witness: Recording) -> dict[int, set[int]]:
    """Return what of each party another recorder has got, which was never masked.

    The network loses one now and then, and the switch throws some away when an
    application begins (measured: two when it asks for a key, three when an agent
    answers): no recorder gets them.
    """
    return {
        party: set(said) - lost(said, witness.of(party), longest=len(said))
        for party, said in said_by(talks).items()
    }


def said_by(talks: Sequence[Call]) -> dict[int, dict[int, int]]:
    """Return when each party said what, over all its calls."""
    found: dict[int, dict[int, int]] = {}
    for talk in talks:
        found.setdefault(talk.phone.party, {}).update(talk.said())
    return found


def account(
    kept: Row,
    row: Row,
    talks: Sequence[Call],
    since: int = 0,
    witness: Recording | None = None,
    early_us: int = GUARD_US,
) -> Account:
    """Hold a file against everything that is known of its call.

    An unmask was asked for that much before it was sent (`early_us`). The caller's own
    is the first of the talks: nobody speaks longer.
    """
    actions = own_actions(kept, row)
    spans = tuple(
        span
        for each in kept["recordings"]
        for span in spans_of(own_actions(kept, each), early_us)
    )
    file = decode.read(Path(row["path"]))
    verdict = judge(
        file,
        said_by(talks),
        spans,
        since or row["audio_at"] + STARTS_WITHIN_US,
        min(row["stopped_at"], max(talks[0].said().values())),
        reached=witnessed(talks, witness) if witness else reached(talks),
        unsure=unsure_of(kept["recording_actions"], early_us),
    )
    return Account(row, spans, file, verdict, audited(row, actions))


def audited(row: Row, actions: Sequence[Row]) -> Audited:
    """Return what eslflow's own audit says of a file."""
    with Path(row["path"]).open("rb") as file:
        return audit(file.fileno(), row, actions)
