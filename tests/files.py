"""Recorded files as a switch leaves them, and the rows that go with them."""

from __future__ import annotations

import struct
from array import array
from pathlib import Path
from typing import Any

from eslflow.wire.terms import RecordAction

START = 1_800_000_000_000_000
"""When a recording of these tests begins, in microseconds."""
MS = 1000

_CALLER = array("h", [2000] * 10 + [-2000] * 10)
_AGENT = array("h", [1500] * 8 + [-1500] * 8)


def tone(frames: int, wave: array[int]) -> array[int]:
    return (wave * (frames // len(wave) + 1))[:frames]


def talk(seconds: float, *, channels: int = 2, rate: int = 8000) -> array[int]:
    """Return samples of both parties humming, each on a channel if there are two."""
    frames = round(seconds * rate)
    caller, agent = tone(frames, _CALLER), tone(frames, _AGENT)
    if channels == 1:
        return array("h", map(sum, zip(caller, agent, strict=True)))
    both = array("h", bytes(4 * frames))
    both[0::2], both[1::2] = caller, agent
    return both


def silence(seconds: float, *, channels: int = 2, rate: int = 8000) -> array[int]:
    return array("h", bytes(2 * channels * round(seconds * rate)))


def wav(
    sound: array[int],
    *,
    channels: int = 2,
    rate: int = 8000,
    code: int = 1,
    bits: int = 16,
    claimed: int | None = None,
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """Return a WAV file, as wrong as it is asked for."""
    data = sound.tobytes()
    width = channels * bits // 8
    fmt = struct.pack("<HHIIHH", code, channels, rate, rate * width, width, bits)
    length = len(data) if claimed is None else claimed
    body = b"WAVE" + before + b"fmt " + struct.pack("<I", len(fmt)) + fmt
    body += b"data" + struct.pack("<I", length) + data + after
    return b"RIFF" + struct.pack("<I", len(body)) + body


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def recording(seconds: float = 10.0, **given: Any) -> dict[str, Any]:
    """Return a recording's row, of a file that ran that long."""
    ends_at = START + round(seconds * 1e6)
    row = {
        "id": "u-1-1",
        "call_uuid": "u-1",
        "leg_uuid": "u-1",
        "path": "/rec/2027/01/15/u-1-1.wav",
        "purposes": "training",
        "step": "talk",
        "asked_at": START - 11_000,
        "started_at": START,
        "stopped_at": ends_at,
        "ms": round(seconds * 1000),
        "cause": "success-maxtime",
        "state": "stopped",
        "audio_at": START,
        "gaps": "",
        "checked_at": None,
        "verdict": None,
        "sha256": None,
        "bytes": None,
        "file_ms": None,
        "findings": None,
    }
    return row | given


def action(what: RecordAction, at_s: float, **given: Any) -> dict[str, Any]:
    """Return the row of something asked, answered a millisecond later."""
    at = START + round(at_s * 1e6)
    row = {
        "seq": 0,
        "recording_id": "u-1-1",
        "call_uuid": "u-1",
        "at": at,
        "asked_at": at - 1000 if what is RecordAction.MASK else at,
        "action": str(what),
        "reason": "step",
        "step": "pay",
        "reply": "+OK Success",
        "verified": 1,
        "leg_uuid": "",
        "path": "",
    }
    if what is RecordAction.UNMASK:
        row["at"] = at + 1000
    return row | given


def masked(from_s: float, to_s: float | None = None) -> list[dict[str, Any]]:
    """Return the rows of a mask, and of its end if it has one."""
    rows = [action(RecordAction.MASK, from_s)]
    if to_s is not None:
        rows.append(action(RecordAction.UNMASK, to_s))
    return rows


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
