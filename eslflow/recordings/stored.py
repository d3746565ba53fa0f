"""A recording that was converted or encrypted, looked into once more.

In: its file, its row and actions, the identities to decrypt it with. Out: what was
found. FLAC is held to the same as the WAV that it was made of; Opus loses what nobody
hears, and its masked spans must be near-silent. Must not leave a decrypted byte on a
disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from eslflow.errors import Elsewhere
from eslflow.recordings import age, forms, quarantine
from eslflow.recordings.audit import (
    Audited,
    Finding,
    Verdict,
    audit,
    shift_of,
    without_file,
)
from eslflow.recordings.forms import AGE, Decoded, Form
from eslflow.recordings.sound import Sound, sha256
from eslflow.recordings.spans import Kind, Row, place, spans

LOUDEST = 328
"""What of 32768 may be in a masked span of Opus: -40 dB."""
RING_US = 100_000
"""So long into a masked span Opus may still ring of what came before, or already of
what comes after: at full volume that is 110 of 32768 then, at 8 to 48 kHz."""
LESS_US = 20_000
"""How much of its length Opus may lose: a packet."""
SEALED = "it is encrypted, and only its checksum was compared: --identity FILE opens it"


def is_stored(recording: Row) -> bool:
    """Whether it is not the file any more that the switch wrote."""
    return (recording.get("form") or Form.WAV) != Form.WAV


def look(
    folder: Path, recording: Row, actions: Sequence[Row], identities: Sequence[Any] = ()
) -> tuple[Audited, Path | None, str]:
    """Look into a stored recording; return what was found, the file, what was not seen.

    Raises:
        OSError: it cannot be read.
        Sealed: it cannot be decrypted with these identities.
    """
    try:
        path = quarantine.find(folder, recording["path"])
        if path is None:
            return without_file(recording), None, ""
        with quarantine.opened(folder, path) as fd:
            found, note = _audited(fd, recording, actions, identities)
    except Elsewhere as error:
        return Audited((Finding(Verdict.MISSING, str(error)),)), None, ""
    return found, path, note


def _audited(
    fd: int, recording: Row, actions: Sequence[Row], identities: Sequence[Any]
) -> tuple[Audited, str]:
    checksum, size = sha256(fd), os.fstat(fd).st_size
    findings: Sequence[Finding] = ()
    note, ms = "", recording["file_ms"]
    if checksum == recording["stored_sha256"]:
        with os.fdopen(os.dup(fd), "rb") as file:
            if not recording["form"].endswith(AGE):
                findings = _opened(file, recording, actions)
            elif identities:
                with hidden() as plain:
                    age.decrypt(file, plain, identities)
                    findings = _decrypted(plain, recording, actions)
            else:
                note = SEALED
    return Audited(tuple(findings), checksum, size, ms), note


@contextmanager
def hidden() -> Iterator[BinaryIO]:
    """Yield a file that is in memory only."""
    with os.fdopen(os.memfd_create("eslflow"), "w+b") as file:
        yield file


def _decrypted(
    plain: BinaryIO, recording: Row, actions: Sequence[Row]
) -> list[Finding]:
    plain.flush()
    if sha256(plain.fileno()) != recording["plain_sha256"]:
        words = "what was decrypted is not what was encrypted"
        return [Finding(Verdict.DAMAGED, words)]
    return _opened(plain, recording, actions)


def _opened(file: BinaryIO, recording: Row, actions: Sequence[Row]) -> list[Finding]:
    form = forms.plain_form(recording["form"])
    if form is Form.OPUS:
        return list(_near_silence(file, recording, actions))
    if form is Form.WAV:
        return list(audit(file.fileno(), recording, actions).findings)
    with hidden() as out:
        forms.as_wav(file, out)
        return list(audit(out.fileno(), recording, actions).findings)


def differs(
    form: Form, file: BinaryIO, sound: Sound, recording: Row, actions: Sequence[Row]
) -> str:
    """Return in what a converted file is not what it was made of; empty: it is."""
    if form is Form.FLAC:
        return "" if forms.is_same(sound, file) else "its samples are not the same"
    row = {**recording, "file_ms": sound.us // 1000}
    return "; ".join(found.words for found in _near_silence(file, row, actions))


def _near_silence(
    file: BinaryIO, recording: Row, actions: Sequence[Row]
) -> Iterator[Finding]:
    """Demand its length, and next to nothing in the middle of each masked span."""
    with closing(Decoded(file)) as decoded:
        lost = recording["file_ms"] * 1000 - decoded.us
        if abs(lost) > LESS_US:
            has = f"{decoded.us / 1e6:.2f} s"
            words = (
                f"it holds {has}, and was made of {recording['file_ms'] / 1e3:.2f} s"
            )
            yield Finding(Verdict.DAMAGED, words)
        parts = spans(recording, actions)
        for number, span in enumerate(parts):
            if span.kind is not Kind.MASKED:
                continue
            margin = shift_of(span) + RING_US
            is_last = number == len(parts) - 1
            ends = decoded.us if is_last else span.ends - margin
            if decoded.peak(max(0, span.begins + margin), ends) > LOUDEST:
                masked = f"masked from {place(span.begins)} to {place(span.ends)}"
                yield Finding(Verdict.LEAKED, f"{masked}, but there is sound in it")
