"""Audio for the words of a flow, where no person recorded it.

In: the audio a flow can play, the sounds folder. Out: files made with espeak-ng, and a
list of them (`generated.json`), so that a person's recording is never written over.
Files appear whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from eslflow.errors import PromptError, unreadable
from eslflow.flow.audio import Audio
from eslflow.prompts import wav

MANIFEST = "generated.json"

NOTHING: Mapping[str, str] = MappingProxyType({})

_VOICES = {"en": "en-gb"}
_WORDS_A_MINUTE = "145"
_PAUSE_S = 0.15

Speak = Callable[[str, str], bytes]


@dataclass(frozen=True)
class Made:
    """What is known of a file that a machine made."""

    text_sha256: str
    sha256: str


def espeak(text: str, language: str) -> bytes:
    """Return a text spoken by espeak-ng, as a WAV file.

    Raises:
        PromptError: the program is missing, or has no such voice.
    """
    voice = _VOICES.get(language, language.lower())
    command = ["espeak-ng", "-v", voice, "-s", _WORDS_A_MINUTE, "--stdin", "--stdout"]
    try:
        done = subprocess.run(  # noqa: S603  a fixed program; the text goes over stdin
            command, input=text.encode(), capture_output=True, check=False, timeout=120
        )
    except FileNotFoundError as error:
        raise PromptError(
            "espeak-ng is not installed. Install it (apt install espeak-ng, "
            "dnf install espeak-ng, brew install espeak-ng), or record the files "
            "yourself."
        ) from error
    if done.returncode or not done.stdout:
        words = done.stderr.decode(errors="replace").strip()
        raise PromptError(f"espeak-ng cannot speak '{language}': {words or 'no sound'}")
    return done.stdout


def read_manifest(sounds: Path) -> dict[str, Made]:
    """Return the files that a machine made, by their relative path.

    Raises:
        PromptError: the list cannot be read.
    """
    path = sounds / MANIFEST
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {name: Made(**entry) for name, entry in entries.items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise PromptError(unreadable(path, error)) from error
    except (ValueError, TypeError, AttributeError) as error:
        hint = "Remove it: every file is then taken for a person's recording."
        raise PromptError(f"{path} cannot be read: {error}. {hint}") from error


def due(audio: Iterable[Audio], sounds: Path, rate: int = 8000) -> list[Audio]:
    """Return what has to be made: what is missing, or ours and not as it should be."""
    made = read_manifest(sounds)
    return [item for item in audio if _is_due(item, sounds, made.get(item.path), rate)]


def is_stale(item: Audio, held: wav.Wav, made: Made | None) -> bool:
    """Whether a machine spoke other words than the flow has now."""
    if made is None or held.sha256 != made.sha256:
        return False
    return made.text_sha256 != _digest(item.text.encode())


def _is_due(item: Audio, sounds: Path, made: Made | None, rate: int) -> bool:
    path = sounds / item.path
    if not path.exists():
        return True
    if made is None:
        return False
    try:
        held = wav.read(path)
    except PromptError:
        return True
    is_ours = held.sha256 == made.sha256
    return is_ours and (held.rate != rate or is_stale(item, held, made))


def build(
    audio: Iterable[Audio],
    sounds: Path,
    rate: int = 8000,
    speak: Speak = espeak,
    *,
    heard: Mapping[str, str] = NOTHING,
    tell: Callable[[Audio], None] = lambda _: None,
) -> list[Audio]:
    """Make what is due, tell each as soon as it is there; return them.

    `heard` are the files, by path, of which callers have heard this version, with its
    SHA-256: they may come back as they were, and not become anything else.

    Raises:
        PromptError: a file cannot be made, or not as callers have heard it; the others
            are whole and listed.
    """
    built, refused = [], []
    made = read_manifest(sounds)
    for item in due(audio, sounds, rate):
        data = _spoken(item, rate, speak)
        sha256 = _digest(data)
        if heard.get(item.path, sha256) != sha256:
            refused.append(item)
            continue
        _set_aside(sounds / item.path, made.get(item.path))
        _write(sounds / item.path, data)
        made[item.path] = Made(_digest(item.text.encode()), sha256)
        _write(sounds / MANIFEST, _manifest(made))
        built.append(item)
        tell(item)
    if refused:
        raise PromptError(_refusal(refused))
    return built


def _spoken(item: Audio, rate: int, speak: Speak) -> bytes:
    """Return a text spoken by a machine, as the file that is played."""
    sound, spoken_at = wav.samples(speak(item.text, item.language))
    sound = wav.normalise(wav.resample(sound, spoken_at, rate))
    sound.extend(array("h", bytes(2 * int(_PAUSE_S * rate))))
    return wav.encode(sound, rate)


def _refusal(refused: Sequence[Audio]) -> str:
    which = ", ".join(f"{item.what} ({item.language})" for item in refused)
    return (
        f"callers have heard {which} otherwise than it would be made now: it stays as "
        "it is, for what was heard is what was agreed to. Give it a new version: in "
        "the flow, or build with the words, the rate and the espeak-ng that it was "
        "made with"
    )


def _manifest(made: dict[str, Made]) -> bytes:
    entries = {name: vars(entry) for name, entry in sorted(made.items())}
    return (json.dumps(entries, indent=1) + "\n").encode()


def _set_aside(path: Path, made: Made | None) -> None:
    """Keep what cannot be played and is not ours: it may be a person's recording."""
    if made is not None and path.exists() and _digest(path.read_bytes()) != made.sha256:
        os.replace(path, path.with_name(path.name + ".broken"))


def _write(path: Path, data: bytes) -> None:
    """Put a whole file in its place."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        os.replace(part, path)
    except OSError as error:
        raise PromptError(f"{path} cannot be written: {error.strerror}") from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
