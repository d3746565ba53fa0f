"""The certificate of an erasure: what was deleted, when, by whom, why, and its proof.

In: an erasure as the ledger has it; the key of a person's keyed hash, which is told
here and kept nowhere. Out: a page to be printed, or rows. Names nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eslflow.cli.tables import counted, local
from eslflow.errors import visible

Line = dict[str, Any]

_WHAT = {
    "subject": "All that names a person was to be erased.",
    "retention": "Recordings were deleted whose purposes let them be kept no longer.",
}


def certificate(found: Line, key: bytes = b"") -> str:
    """Return the page."""
    return "\n".join(visible(line) for line in _lines(found, key))


def _lines(found: Line, key: bytes) -> Iterator[str]:
    yield f"Certificate of erasure {found['seq']}"
    yield f"  {_WHAT[found['kind']]}"
    yield f"  ordered   {local(found['at'])} by {found['who'] or 'eslflow'}"
    if found["reason"]:
        yield f"  because   {found['reason']}"
    yield f"  in chain  place {found['place']}, {found['hash']}"
    if found["subject"]:
        yield from _person(found, key)
    for done in found["done"]:
        yield from _done(done)
    if found["left"]:
        left = counted(found["left"], "call")
        yield f"  to do     {left}: still going on, or a file is still there"
    for file in found["files"]:
        yield from _file(file)


def _person(found: Line, key: bytes) -> Iterator[str]:
    yield f"  person    hmac-sha256 {found['subject']}"
    if key:
        yield f"  key       {key.hex()}"
        yield "            Keep it with the number, outside of this site: the two make"
        yield "            the line above, and without the key nobody can guess it."
    if found["words"]:
        texts = counted(found["words"], "text")
        yield f"  at once   deleted: {texts} about the person"


def _done(done: Line) -> Iterator[str]:
    files, texts = (
        counted(done["recordings"], "recording"),
        counted(done["words"], "text"),
    )
    calls = counted(done["calls"], "call")
    yield f"  done      {local(done['at'])}: the person is named no more in {calls};"
    yield f"            deleted: {files}, {texts}"
    yield f"  in chain  place {done['place']}, {done['hash']}"


def _file(file: Line) -> Iterator[str]:
    told = f"{file['recording_id']}: {file['reply']}"
    yield f"  deleted   {local(file['at'])} {told}, for {file['purposes']}"
    if file["sha256"]:
        yield f"            sha256 {file['sha256']}"
