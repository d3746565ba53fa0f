"""Whether the ledger is whole, its chain unbroken, and nothing waits beside it.

In: the path of a ledger. Out: findings. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from eslflow.doctor.finding import Finding, error, ok, warning
from eslflow.errors import StoreError
from eslflow.ledger.damage import damaged
from eslflow.ledger.integrity import damage, strange
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import spill_of
from eslflow.settings import FILE

TOPIC = "ledger"


def looked_at(path: Path) -> Iterator[Finding]:
    """Yield how a ledger is."""
    try:
        path.stat()
    except PermissionError:
        yield error(
            TOPIC,
            f"{path} cannot be looked at",
            "Whether it is whole is not known.",
            "Run eslflow doctor as the user that runs eslflow serve",
        )
        return
    except OSError:
        if not path.parent.is_dir():
            yield error(
                TOPIC,
                f"there is no folder {path.parent} for the ledger",
                "eslflow serve does not start.",
                f"Make it, or name another place: ledger: in {FILE}",
            )
            return
        yield warning(
            TOPIC,
            f"there is no ledger at {path} yet",
            "No call was taken here.",
            "eslflow serve makes it. If there was one: see ledger: in eslflow.yaml, "
            "and bring back a backup",
        )
        return
    try:
        yield from _whole(path)
    except StoreError as problem:
        yield error(
            TOPIC,
            str(problem),
            "Nothing can be kept, so nothing is recorded.",
            "Look at the file's rights and at the disk; else bring back a backup",
        )
    if not spill_of(path).is_empty:
        yield warning(
            TOPIC,
            f"rows wait in {spill_of(path).path} to be written",
            "The ledger could not be written once; nothing is lost, but look-ups do "
            "not see these rows.",
            "Make room on the disk and let eslflow serve run: it writes them",
        )


def _whole(path: Path) -> Iterator[Finding]:
    problem = damage(path)
    if problem and not damaged(path):
        yield error(
            TOPIC,
            f"an index of {path} is damaged: {problem}",
            "Look-ups may leave out what is there; the rows themselves are whole.",
            f"Stop eslflow serve, sqlite3 {path} REINDEX, then eslflow consents verify",
        )
        return
    if problem:
        yield error(
            TOPIC,
            f"{path} is damaged: {problem}",
            "Proof may be lost, and nothing may be kept any more.",
            "Stop eslflow serve, keep the damaged file, and bring back a backup",
        )
        return
    found = verify(path)
    if found.broken:
        yield error(
            TOPIC,
            f"its chain is broken: {found.broken}",
            "A row of proof was changed, removed or added by something else than "
            "eslflow.",
            "eslflow consents verify; compare with a backup, and with heads kept "
            "elsewhere",
        )
        return
    if names := strange(path):
        yield error(
            TOPIC,
            f"its triggers or views are not eslflow's: {', '.join(names)}",
            "Somebody with the file could change rows without being refused, or change "
            "what look-ups show. The chain holds up to now.",
            "Find out who did so; compare with heads kept elsewhere, or bring back a "
            "backup",
        )
        return
    end = found.head
    yield ok(TOPIC, f"whole, and its chain unbroken: {end.place} rows, up to {end}")
