"""One recording in a report: its file, its masked spans, what its recorder was asked.

In: a recording's row and actions. Out: HTML. Must not say that a mask held where nobody
has looked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eslflow.bundle.html import Child, Html, joined, tag
from eslflow.bundle.telling import Telling
from eslflow.call.records import MEANT
from eslflow.recordings.spans import Kind, Span, place, spans

Line = dict[str, Any]

SHORT_US = 100_000
"""What is uncertain for less, is not worth a word: the clocks differ by as much."""
_NAMES = ("at", "what", "reason", "reply", "seen", "place")


def part_of(number: int, recording: Line) -> str:
    """Return the name that a recording has in a bundle: in the clear."""
    form = (recording.get("form") or "wav").removesuffix(".age")
    return f"recordings/{number}.{form}"


def file_card(say: Telling, number: int, recording: Line) -> Html:
    """Return all that is known of a recording."""
    own = [
        action
        for action in say.kept["recording_actions"]
        if action["recording_id"] == recording["id"]
    ]
    shown = [a for n, a in enumerate(own, 1) if n == len(own) or a["reply"] != MEANT]
    parts = spans(recording, own)
    return tag(
        "div",
        tag("h3", say("recording", number=number)),
        say.listed(_ran(say, recording), "two"),
        say.listed(_found(say, number, recording, parts)),
        *_drawn(say, parts),
        say.table(_NAMES, [_action(say, action) for action in shown]),
        class_="file",
    )


def _ran(say: Telling, line: Line) -> Iterator[tuple[str, Child]]:
    yield say("for"), line["purposes"]
    ms = line["ms"] if line["file_ms"] is None else line["file_ms"]
    yield say("length"), "" if ms is None else say("seconds", s=f"{ms / 1000:.1f}")
    yield say("begun"), say.time(line["started_at"])
    yield say("ended"), say.time(line["stopped_at"])


def _found(
    say: Telling, number: int, line: Line, parts: list[Span]
) -> Iterator[tuple[str, Child]]:
    yield say("checked"), _checked(say, line, parts)
    yield say("file"), joined(say.where(part_of(number, line)), *_hashes(line))


def _checked(say: Telling, line: Line, parts: list[Span]) -> str:
    if not line["checked_at"]:
        return say("unchecked")
    at = say.at(line["checked_at"])
    if line["verdict"] != "intact":
        findings = line["findings"] or ""
        return say("bad", at=at, verdict=line["verdict"], findings=findings)
    is_masked = any(span.kind is Kind.MASKED for span in parts)
    return say("intact" if is_masked else "intact plain", at=at)


def _hashes(line: Line) -> Iterator[Html]:
    named = ((line["sha256"], "wav"), (line["stored_sha256"], line["form"]))
    for hash_, form in dict(named).items():
        if hash_:
            yield tag("code", f"sha256 {hash_} ({form})")


def _drawn(say: Telling, parts: list[Span]) -> Iterator[Html]:
    """Yield the file as a bar, if anything in it is to be silent, and its spans."""
    whole = sum(span.length for span in parts)
    if whole <= 0 or all(span.kind is Kind.CLEAR for span in parts):
        return
    shown = [
        tag("i", class_=span.kind, style=f"width:{100 * span.length / whole:.3f}%")
        for span in parts
    ]
    yield tag("div", *shown, class_="spans")
    told = [
        say(
            "span",
            kind=say.word(span.kind),
            begins=place(span.begins),
            ends=place(span.ends),
        )
        for span in parts
        if span.kind is Kind.MASKED
        or (span.kind is Kind.UNCERTAIN and span.length > SHORT_US)
    ]
    yield tag("p", "; ".join(told), class_="legend")


def _action(say: Telling, action: Line) -> list[Child]:
    sent = action["asked_at"]
    is_later = bool(sent) and sent != action["at"]
    before = tag("small", say("sent", at=say.clock(sent))) if is_later else ""
    return [
        say.time(action["at"]),
        joined(say.word(action["action"]), before),
        joined(say.word(action["reason"], "why"), _step(action["step"])),
        action["reply"],
        say("yes" if action["verified"] else "no"),
        str(say.place("recording_actions", action["seq"])),
    ]


def _step(name: str) -> str:
    return f" ({name})" if name else ""
