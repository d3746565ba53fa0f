"""Makes a bundle: everything of a call into one file, and looks whether it holds.

In: an excerpt, files, an open file to write to. Out: the bundle in it. Must not write
anything elsewhere, nor hand out a bundle that does not check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO

from eslflow.bundle import pack
from eslflow.bundle.check import ENGINE, Checked, check_open
from eslflow.bundle.collect import zones
from eslflow.bundle.facts import LANGUAGES, Made, facts
from eslflow.bundle.parts import DERIVED, SUMS, stored, sums
from eslflow.ledger.excerpt import Excerpt

_TIME = re.compile(rb'"(?:[a-z]+_)?at": ?([0-9]{15,17})\b')


@dataclass(frozen=True)
class Files:
    """What is not made of rows."""

    held: Mapping[str, BinaryIO]
    """Open files by the name of their part."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Parts that are not to be had, each with why: a sentence's name."""


def make(out: BinaryIO, found: Excerpt, files: Files, language: str) -> Checked:
    """Write a bundle, and return what was found in it when it was read again.

    Raises:
        BadBundle: it does not hold, or would be too big.
        OSError: it cannot be written.
    """
    call = str(found.call["uuid"])
    left_out = dict(sorted(files.left_out.items()))
    made = Made(call, ENGINE, language, (), left_out)
    times = {int(at) for d in stored(made, found).values() for at in _TIME.findall(d)}
    made = made._replace(zone=zones(times))
    parts = stored(made, found)
    said = facts(parts, files.held)
    parts = {**{name: do(said) for name, do in DERIVED.items()}, **parts}
    pack.write(out, _all(parts, files.held), pack.stamp_of(said.look["at"]))
    out.flush()
    return check_open(out)


def _all(
    parts: Mapping[str, bytes], held: Mapping[str, BinaryIO]
) -> Iterator[tuple[str, BinaryIO]]:
    """Yield every part, at last what lists their hashes."""
    hashes = []
    sources = {**{name: BytesIO(data) for name, data in parts.items()}, **held}
    for name, source in sources.items():
        hashes.append((name, _sha256(source)))
        yield name, source
    yield SUMS, BytesIO(sums(hashes))


def _sha256(source: BinaryIO) -> str:
    found = sha256()
    source.seek(0)
    while piece := source.read(pack.PIECE):
        found.update(piece)
    return found.hexdigest()


def language_of(found: Excerpt, wanted: str = "") -> str:
    """Return the language of a report: as wished, else as the caller was asked."""
    spoken = re.findall('"language":"([a-z]{2})"', "".join(x.text for x in found.links))
    known = [code for code in spoken if code in LANGUAGES]
    return wanted or (known[-1] if known else LANGUAGES[0])
