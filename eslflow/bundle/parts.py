"""The parts of a bundle: which there are, and what each is made of.

In: an excerpt of a ledger, or facts. Out: bytes by the name of a part. What is made of
facts alone stands in `DERIVED`: whoever checks a bundle makes it anew and compares.
Must not read anything but what it is given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from eslflow.bundle.facts import (
    BUNDLE,
    CALL,
    FORMAT,
    TREE,
    WORDS,
    Facts,
    Made,
    row_name,
)
from eslflow.bundle.report import page
from eslflow.ledger.excerpt import Excerpt

SUMS = "SHA256SUMS"
_HIDDEN = ("_digits", "_key")
"""Columns of a call that are there for look-ups only."""

README = """\
Proof of what was asked and answered in one telephone call
===========================================================

report.html   the page to read: open it in a browser, print it on A4
rows.json     the same rows for programs; times are microseconds since 1970, UTC
chain/        the rows of proof, one file each, named after their place in the ledger's
              chain. Each is exactly the text whose SHA-256 stands in the ledger.
tree.json     the way from each row to the head of a tree over the whole ledger
call.json     the call and its recordings: kept beside the chain, so that they can be
              erased
words.json    words that may name a person, with the key of the hash that stands for
              them in chain/
audio/        what was played, named after its SHA-256
flow/         the flow that ran the call, named after its SHA-256
recordings/   what was recorded, if it was asked for
bundle.json   how this bundle was made, and what could not be put in
SHA256SUMS    the SHA-256 of every other file

With eslflow
------------

    eslflow proof --check FILE
    eslflow proof --check FILE --since HEAD

The second compares with a HEAD that was kept elsewhere, which eslflow consents head
--tree printed. Only that shows that the rows were not invented afterwards. Ask whoever
keeps it, not who gave you this file.

By hand
-------

1. Unpack it into an empty folder. There, every line must end with OK:

       sha256sum -c SHA256SUMS

2. The SHA-256 of each file in chain/ is its hash in the ledger:

       sha256sum chain/*.json

   Where two files have places next to each other, the second holds the hash of the
   first as "previous". Nobody can change a row and keep its hash.

3. The names in audio/ and flow/ are the hashes that rows in chain/ give as
   audio_sha256 and flow_sha256. That of a recording stands in call.json.

4. This script says for each row whether it leads to the head. Save it as tree.py:

       import hashlib, json, pathlib

       def sha256(data):
           return hashlib.sha256(data).digest()

       for head, ways in json.load(open("tree.json")).items():
           size, _, root = head.split(":")
           for place, way in ways.items():
               row = pathlib.Path("chain/%09d.json" % int(place)).read_bytes()
               found = sha256(bytes(1) + sha256(row))
               at, last = int(place) - 1, int(size) - 1
               for beside in map(bytes.fromhex, way):
                   if at % 2 or at == last:
                       found = sha256(bytes([1]) + beside + found)
                       while at and not at % 2:
                           at, last = at // 2, last // 2
                   else:
                       found = sha256(bytes([1]) + found + beside)
                   at, last = at // 2, last // 2
               print(place, found.hex() == root and last == 0)

       python3 tree.py

   and compare the head in tree.json with the one that was kept elsewhere.
"""


def rows(facts: Facts) -> bytes:
    """Return all rows as programs read them, words in place of their hashes."""
    said = {"made": facts.made._asdict(), **facts.kept}
    said["notices"] = facts.lines("notices")
    said["looks"] = facts.lines("looks")
    said["proof"] = [row._asdict() for row in facts.proof]
    return as_json(said)


def readme(_: Facts) -> bytes:
    """Return how to check a bundle by hand."""
    return README.encode()


DERIVED: Mapping[str, Callable[[Facts], bytes]] = {
    "README.txt": readme,
    "report.html": page,
    "rows.json": rows,
}
"""Parts that follow from the facts: a line each. They are written so, in this order,
and checked by making them anew."""


def stored(made: Made, found: Excerpt) -> dict[str, bytes]:
    """Return the parts that facts are read from."""
    call = {k: v for k, v in found.call.items() if not k.endswith(_HIDDEN)}
    words = {
        mark: {"key": key.hex(), "text": text}
        for mark, (key, text) in found.words.items()
    }
    trees = {
        str(head): {str(at): [h.hex() for h in way] for at, way in ways.items()}
        for head, ways in found.trees.items()
    }
    parts = {
        BUNDLE: as_json({"format": FORMAT, **made._asdict()}),
        CALL: as_json({"call": call, "recordings": list(found.recordings)}),
        WORDS: as_json(words),
        TREE: as_json(trees),
    }
    parts |= {row_name(link.place): link.text.encode() for link in found.links}
    return parts


def as_json(value: Any) -> bytes:
    """Return JSON that is the same whenever its value is."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return f"{text}\n".encode()


def sums(hashes: Iterable[tuple[str, str]]) -> bytes:
    """Return what `sha256sum -c` reads: hashes by the name of their part."""
    return "".join(f"{hash_}  {name}\n" for name, hash_ in hashes).encode()
