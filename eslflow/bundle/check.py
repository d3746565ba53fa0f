"""Whether a bundle holds: told from its file alone, without a ledger or a site.

In: a file from anywhere, and a head that was kept elsewhere. Out: what holds and what
does not. Must not write anything, nor open what the file names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from eslflow import __version__
from eslflow.bundle import pack
from eslflow.bundle.facts import BUNDLE, CALL, MOST, ROW, TREE, WORDS, Facts, facts
from eslflow.bundle.filed import part_of
from eslflow.bundle.parts import DERIVED, SUMS, sums
from eslflow.errors import BadBundle
from eslflow.ledger.chain import Head
from eslflow.ledger.tree import TreeHead, root_from

_ROWS = (BUNDLE, CALL, WORDS, TREE)
_HELD = re.compile(r"(audio|flow|recordings)/([0-9a-z]{1,64})\.(wav|yaml|flac|opus)")
_AFTER = "every row in it was written after {} was kept: it proves nothing of them"
ENGINE = f"eslflow {__version__}"


class Checked(NamedTuple):
    """What was found."""

    facts: Facts
    parts: int
    since: str
    """What a head that was kept elsewhere proves; empty: none was given."""


def check(path: Path, since: Head | TreeHead | None = None) -> Checked:
    """Return what a bundle says, if all of it holds.

    Raises:
        BadBundle: something does not; says what, and what to do.
    """
    try:
        with path.open("rb") as file:
            return check_open(file, since)
    except OSError as error:
        raise BadBundle(f"{path} cannot be read: {error.strerror or error}") from error


def check_open(file: BinaryIO, since: Head | TreeHead | None = None) -> Checked:
    """Return what an open bundle says, if all of it holds.

    Raises:
        BadBundle: something does not; says what, and what to do.
    """
    zipped = pack.Opened(file)
    hashes = _sums(zipped)
    rows = [name for name in zipped.parts if name in _ROWS or ROW.fullmatch(name)]
    held = {name for name in zipped.parts if _HELD.fullmatch(name)}
    for name in _ROWS:
        zipped.read(name, MOST)
    found = facts({name: zipped.read(name, MOST) for name in rows}, held)
    for name in set(zipped.parts) - {*rows, *held, *DERIVED, SUMS}:
        raise BadBundle(f"eslflow puts no {name} into a bundle: do not open it")
    if zipped.stamp != _stamp(found):
        raise BadBundle(f"its times are not those of who made it{pack.AGAIN}")
    _demand_held(found, hashes)
    _demand_trees(found)
    _demand_derived(found, zipped)
    return Checked(found, len(zipped.parts), _since(found, since) if since else "")


def _sums(zipped: pack.Opened) -> dict[str, str]:
    """Return the hash of each part, if it is the one that is listed."""
    listed = zipped.read(SUMS, MOST)
    names = [name for name in zipped.parts if name != SUMS]
    if list(zipped.parts)[-1] != SUMS:
        raise BadBundle(f"{SUMS} is not its last part{pack.AGAIN}")
    hashes = {name: zipped.sums(zipped.parts[name]) for name in names}
    zipped.sums(zipped.parts[SUMS])
    if sums(hashes.items()) == listed:
        return hashes
    lines = set(listed.decode(errors="replace").splitlines())
    wrong = [n for n in names if f"{hashes[n]}  {n}" not in lines]
    what = f"{wrong[0]} is not what it was" if wrong else "it lists other parts"
    raise BadBundle(f"{SUMS} does not fit: {what}{pack.AGAIN}")


def _stamp(found: Facts) -> pack.Stamp | None:
    try:
        return pack.stamp_of(found.look["at"])
    except (ValueError, OverflowError, OSError):
        return None


def _demand_held(found: Facts, hashes: dict[str, str]) -> None:
    """Demand that each file is the one whose hash a row names."""
    right = dict(_right(found))
    for name in sorted(found.held):
        if name not in right:
            raise BadBundle(f"no row of the call speaks of {name}: do not open it")
        if hashes[name] not in right[name]:
            raise BadBundle(f"{name} is not the file that the rows name: do not use it")
    for name in sorted(set(right) - found.held - set(found.made.left_out)):
        raise BadBundle(f"{name} is missing, and nothing says why{pack.AGAIN}")
    for name in sorted(set(found.made.left_out) - (set(right) - found.held)):
        raise BadBundle(f"{BUNDLE} says why {name} is missing, and it is not")


def _right(found: Facts) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the names that files may have, each with the hashes that are right."""
    for row in found.proof:
        audio = row.line.get("audio_sha256")
        if audio:
            yield f"audio/{audio}.wav", (audio,)
    flow = found.call.get("flow_sha256")
    if flow:
        yield f"flow/{flow}.yaml", (flow,)
    for number, line in enumerate(found.recordings, 1):
        names = ("sha256", "plain_sha256", "stored_sha256")
        right = tuple(line[name] for name in names if line[name])
        yield part_of(number, line), right


def _demand_trees(found: Facts) -> None:
    """Demand that each row leads to each head that is not older than it."""
    for head, ways in found.trees.items():
        rows = {row.place: row for row in found.proof if row.place <= head.size}
        if not rows or set(rows) != set(ways):
            raise BadBundle(f"{TREE} does not have the way of each row{pack.AGAIN}")
        for place, way in ways.items():
            hash_ = bytes.fromhex(rows[place].hash)
            if root_from(hash_, place, head.size, way) != head.root:
                raise BadBundle(f"the row at place {place} does not lead to {head}")
    last = found.proof[-1].place
    if all(head.size < last for head in found.trees):
        raise BadBundle(f"{TREE} has no head of when it was made{pack.AGAIN}")


def _demand_derived(found: Facts, zipped: pack.Opened) -> None:
    """Demand what is made of the facts to be what is made of them now."""
    for name, make in DERIVED.items():
        if make(found) == zipped.read(name, MOST):
            continue
        if found.made.engine != ENGINE:
            raise BadBundle(
                f"all else holds, but {name} was written by {found.made.engine}, and "
                f"this is {ENGINE}: check it with that version, or read chain/ instead"
            )
        raise BadBundle(f"{name} does not say what the rows say: do not believe it")


def _since(found: Facts, since: Head | TreeHead) -> str:
    """Return what a head proves that was kept elsewhere.

    Raises:
        BadBundle: it is of another ledger, or proves nothing of these rows.
    """
    if isinstance(since, TreeHead):
        return _since_tree(found, since)
    known = {row.place - 1: row.previous for row in found.proof}
    known |= {row.place: row.hash for row in found.proof}
    if known.get(since.place, since.hash.hex()) != since.hash.hex():
        raise BadBundle(
            f"place {since.place} has the hash {known[since.place]} in it, and had "
            f"{since.hash.hex()} when that head was kept: it is of another ledger, or "
            "of one that was written anew"
        )
    covered = _run(found, since.place)
    asked = [row.place for row in found.proof if row.place <= since.place]
    if not asked:
        raise BadBundle(_AFTER.format(since))
    if since.place not in known or covered != asked:
        loose = ", ".join(str(at) for at in asked if at not in covered) or "none"
        raise BadBundle(
            "the bundle itself holds; but that head cannot show it: rows of other "
            f"calls lie between it and the rows at places {loose}. Ask for a bundle "
            "made with --since and a head of the tree (eslflow consents head --tree), "
            "or compare with the ledger: eslflow consents verify --since"
        )
    return f"all rows up to place {since.place} are what they were when it was kept"


def _run(found: Facts, last: int) -> list[int]:
    """Return the places that lead to one without a gap."""
    places = {row.place for row in found.proof}
    first = last
    while first in places:
        first -= 1
    return list(range(first + 1, last + 1)) if last in places else []


def _since_tree(found: Facts, since: TreeHead) -> str:
    ways = found.trees.get(since)
    if ways is None:
        has = ", ".join(map(str, found.trees))
        raise BadBundle(
            f"its rows lead to {has}, and not to {since}. If that is of another time, "
            "ask for a bundle made with --since and that head; if it is of the same "
            "place, this one was made of another ledger"
        )
    later = [row.place for row in found.proof if row.place > since.size]
    rest = f"; written later: places {', '.join(map(str, later))}" if later else ""
    return (
        f"{len(ways)} rows stood in the ledger when {since} was kept, and are what "
        f"they were{rest}"
    )
