"""Notices that changed without a new version, found before a call plays them.

In: flows, the audio that is there, what the ledger has of notices that were played.
Out: each notice whose words or audio are not those of its version any more. Whoever
proves what a caller agreed to needs the words that the version had then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from eslflow.call.live import Sound
from eslflow.errors import FlowError, FlowErrors
from eslflow.flow.model import Flow, Notice
from eslflow.ledger.read import Reader
from eslflow.ledger.rows import text

SAME_VERSION = "same-version"
"""The code of a notice that was changed, and not its version."""


def demand_same_notices(
    flows: Iterable[Flow], sounds: Mapping[str, Sound], ledger: Path
) -> None:
    """Refuse notices that a caller has heard otherwise; without a ledger nobody has.

    Raises:
        FlowErrors: each of them, with both hashes.
        StoreError: the ledger cannot be read.
    """
    played = _played(ledger)
    changed = [error for flow in flows for error in _changed(flow, sounds, played)]
    if changed:
        raise FlowErrors(changed)


def heard_audio(flow: Flow, ledger: Path) -> dict[str, str]:
    """Return the audio of which callers have heard today's version: path and SHA-256.

    Raises:
        StoreError: the ledger cannot be read.
    """
    found = {}
    for line in _played(ledger):
        notice = flow.notices.get(line["notice"])
        is_this = notice is not None and line["flow"] == flow.name
        sha256 = line["audio_sha256"]
        if notice is None or not is_this or line["version"] != notice.version:
            continue
        if sha256:
            found[notice.audio(flow.name, line["language"])] = sha256
    return found


def _played(ledger: Path) -> list[dict[str, Any]]:
    """Return the notices that were played; without a ledger none was."""
    if not ledger.is_file() or not ledger.stat().st_size:
        return []
    with Reader(ledger) as reader:
        return reader.notices()


def _changed(
    flow: Flow, sounds: Mapping[str, Sound], played: Iterable[Mapping[str, Any]]
) -> Iterator[FlowError]:
    newest: dict[str, int] = {}
    for line in played:
        if line["flow"] == flow.name:
            name = line["notice"]
            newest[name] = max(newest.get(name, 0), line["version"])
    for line in played:
        notice = flow.notices.get(line["notice"])
        is_this = notice is not None and line["flow"] == flow.name
        if notice is None or not is_this or line["version"] != notice.version:
            continue
        difference = _difference(flow, notice, sounds, line)
        if difference:
            yield _error(flow, notice, line, difference, newest[notice.name] + 1)


def _difference(
    flow: Flow, notice: Notice, sounds: Mapping[str, Sound], line: Mapping[str, Any]
) -> str:
    """Return what is not as it was; a language that is gone is not played any more."""
    language = line["language"]
    words = notice.text.get(language)
    if words is None:
        return ""
    if text(words) != line["text"]:
        return _hashes("words", _sha256(line["text"]), _sha256(text(words)))
    sound = sounds.get(notice.audio(flow.name, language))
    if sound is None or sound.sha256 == line["audio_sha256"]:
        return ""
    before = line["audio_sha256"] or "none, it was not played"
    return _hashes("audio", before, sound.sha256)


def _hashes(what: str, before: str, now: str) -> str:
    return f"has other {what} than callers have heard (sha256 then {before}, now {now})"


def _sha256(words: str) -> str:
    return sha256(words.encode()).hexdigest()


def _error(
    flow: Flow, notice: Notice, line: Mapping[str, Any], difference: str, version: int
) -> FlowError:
    what = f"notice '{notice.name}' v{notice.version} ({line['language']})"
    return FlowError(
        flow.file,
        _line_of(flow.file, notice),
        1,
        f"{what} {difference}",
        hint=f"Give it `version: {version}`, then run eslflow prompts build; or bring "
        "back what it was. The ledger keeps the proof of the old one.",
        path=f"notices.{notice.name}",
        code=SAME_VERSION,
    )


def _line_of(file: str, notice: Notice) -> int:
    """Return the line where a notice begins; 1 where it stands in another file."""
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return 1
    name = re.compile(rf"\s+[\"']?{re.escape(notice.name)}[\"']?\s*:")
    is_inside = False
    for number, line in enumerate(lines, 1):
        if line[:1].strip() and not line.startswith("#"):
            is_inside = line.startswith("notices:")
        elif is_inside and name.match(line):
            return number
    return 1
