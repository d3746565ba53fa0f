"""What a bundle says of a call: read from its parts, however they came about.

In: the parts of a bundle that hold rows. Out: `Facts`, of which the report and all else
that can be made anew is made; so that who makes a bundle and who checks one see the
same. Must not believe a part: what is not of its form, is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar, get_type_hints

from eslflow.bundle.pack import AGAIN
from eslflow.call.records import (
    CallEnded,
    CallOffered,
    RecordingBegun,
    RecordingChecked,
    RecordingEnded,
    RecordingErased,
    RecordingHooked,
    RecordingStored,
)
from eslflow.errors import BadBundle
from eslflow.ledger.chain import BEGIN, FORMS, KINDS, Form
from eslflow.ledger.personal import ERASED, MARK, hashed
from eslflow.ledger.tree import TreeHead, tree_head_of

Line = dict[str, Any]
Read = TypeVar("Read")

FORMAT = 1
BUNDLE, CALL, WORDS, TREE = "bundle.json", "call.json", "words.json", "tree.json"
ROW = re.compile(r"chain/([0-9]{9,18})\.json")
MOST = 8_000_000
"""Bytes of a part that is read whole."""
LANGUAGES = ("en", "de")
"""What a report can be written in."""
PROOF = "proof"
"""What somebody did who made a bundle, as it stands in `looks`."""

_MOST_DEPTH = "it is nested too deep"
_MOST_NUMBER = 2**63
"""SQLite has no larger ones."""
_MARK = re.compile(f"{MARK}[0-9a-f]{{64}}")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""Half of a character, escaped: eslflow escapes none, and no text can hold it."""


def _types(*records: Any) -> dict[str, type[Any]]:
    return {name: kind for r in records for name, kind in get_type_hints(r).items()}


_CALL = _types(CallOffered, CallEnded)
_RECORDING = _types(
    RecordingBegun,
    RecordingEnded,
    RecordingChecked,
    RecordingStored,
    RecordingHooked,
    RecordingErased,
)


class Proof(NamedTuple):
    """A row of proof."""

    place: int
    """In the chain."""
    hash: str
    previous: str
    table: str
    seq: int
    line: Line
    """Its columns, as they were hashed."""


class Zone(NamedTuple):
    """What the clocks on the site's walls showed, from some moment on."""

    since: int
    offset_s: int
    name: str


class Made(NamedTuple):
    """How a bundle was made."""

    call: str
    engine: str
    language: str
    zone: tuple[Zone, ...]
    left_out: dict[str, str]
    """Parts that could not be put in or were not to be, each with why."""


@dataclass(frozen=True)
class Facts:
    """All that a bundle says."""

    made: Made
    proof: tuple[Proof, ...]
    """By place."""
    call: Line
    recordings: list[Line]
    words: dict[str, str]
    """What may name a person, by the hash that stands in a row."""
    trees: dict[TreeHead, dict[int, tuple[bytes, ...]]]
    """Heads of the tree over the chain, each with the way of each row there."""
    held: frozenset[str]
    """The names of audio, flow and recordings that are in it."""

    @cached_property
    def kept(self) -> dict[str, Any]:
        """Return the call in the form of `ledger.read.Reader.call`."""
        notices = {
            (n["flow"], n["notice"], n["version"], n["language"]): n
            for n in self.lines("notices")
        }
        choices = self.lines("choices")
        for choice in choices:
            key = [choice[name] for name in ("flow", "notice", "notice_version")]
            notice = notices.get((*key, choice["language"]), {})
            choice["notice_text"] = notice.get("text")
            choice["notice_url"] = notice.get("url")
        actions = self.lines("recording_actions")
        return {
            "call": dict(self.call),
            "choices": choices,
            "recordings": [dict(line) for line in self.recordings],
            "recording_actions": [
                {**a, "verified": bool(a["verified"])} for a in actions
            ],
        }

    @cached_property
    def look(self) -> Line:
        """Return who made the bundle, when and why: the last row of it."""
        return self.lines("looks")[-1]

    def lines(self, table: str) -> list[Line]:
        """Return the rows of a table, with words in place of their hashes."""
        return [
            {"seq": row.seq, **{k: self._said(v) for k, v in row.line.items()}}
            for row in self.proof
            if row.table == table
        ]

    def _said(self, value: Any) -> Any:
        return self.words.get(value, ERASED) if _is_mark(value) else value


def row_name(place: int) -> str:
    """Return the name of the part that holds the row at a place."""
    return f"chain/{place:09}.json"


def facts(parts: Mapping[str, bytes], held: Collection[str]) -> Facts:
    """Return what the parts of a bundle say.

    Raises:
        BadBundle: one of them is not of its form, or does not fit the others.
    """
    made = _made(_json(BUNDLE, parts))
    rows = sorted(name for name in parts if ROW.fullmatch(name))
    proof = tuple(_proof(name, parts[name]) for name in rows)
    _demand_links(proof)
    call, recordings = _unchained(_json(CALL, parts), made.call)
    words = _words(_json(WORDS, parts), proof)
    trees = _trees(_json(TREE, parts))
    found = Facts(made, proof, call, recordings, words, trees, frozenset(held))
    _demand_of_call(found)
    return found


def load(name: str, data: bytes) -> Any:
    """Return what a part of JSON holds.

    Raises:
        BadBundle: it is none.
    """
    try:
        text = data.decode()
        if _HALF.search(text):
            raise ValueError("half a character")
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        why = _MOST_DEPTH if isinstance(error, RecursionError) else error
        raise BadBundle(f"{name} cannot be read: {why}{AGAIN}") from error


def _json(name: str, parts: Mapping[str, bytes]) -> Line:
    found = load(name, parts[name])
    _demand(isinstance(found, dict), name)
    return dict(found)


def _demand(is_good: bool, name: str) -> None:
    if not is_good:
        raise BadBundle(f"{name} is not of the form that eslflow gives it{AGAIN}")


def _are(values: Iterable[Any], kind: type[Any]) -> bool:
    # A bool is an int, and none of ours.
    return all(type(value) is kind for value in values)


def _made(said: Line) -> Made:
    version = said.pop("format", None)
    _demand(type(version) is int, BUNDLE)
    if version > FORMAT:
        raise BadBundle("it was made by a newer eslflow: check it with one")
    fields = ("call", "engine", "language", "zone", "left_out")
    _demand(version == FORMAT and set(said) == set(fields), BUNDLE)
    call, engine, language, zone, left_out = (said[name] for name in fields)
    _demand(_are((call, engine, language), str) and language in LANGUAGES, BUNDLE)
    _demand(isinstance(zone, list) and isinstance(left_out, dict), BUNDLE)
    _demand(_are(left_out.values(), str), BUNDLE)
    return Made(call, engine, language, tuple(map(_zone, zone)), left_out)


def _zone(said: Any) -> Zone:
    _demand(isinstance(said, list) and len(said) == 3, BUNDLE)
    _demand(_are(said[:2], int) and type(said[2]) is str, BUNDLE)
    _demand(abs(said[1]) < 86_400, BUNDLE)
    return Zone(*said)


def _proof(name: str, data: bytes) -> Proof:
    """Return a row, if its bytes are those that were hashed."""
    said = load(name, data)
    _demand(isinstance(said, dict), name)
    form = FORMS.get(KINDS.get(str(said.get("table")), 0))
    own = [said.get(key) for key in ("place", "previous", "seq")]
    if form is None or not isinstance(own[1], str):
        raise BadBundle(f"{name} is no row of proof{AGAIN}")
    _demand(_are((own[0], own[2]), int) and row_name(own[0]) == name, name)
    line = {**form.later, **said}
    if not set(form.columns) <= set(line):
        raise BadBundle(f"{name} lacks columns of {form.table}{AGAIN}")
    if len(line) != len(form.columns) + 4:
        raise BadBundle(f"{name} has columns of a newer eslflow: check it with one")
    line = {column: line[column] for column in form.columns}
    _demand(_text(form, line, *own) == data, name)
    place, previous, seq = own
    return Proof(place, sha256(data).hexdigest(), previous, form.table, seq, line)


def _text(form: Form, line: Line, place: int, previous: str, seq: int) -> bytes:
    values = tuple(line.values())
    is_small = all(_is_small(value) for value in (*values, seq))
    if tuple(map(type, values)) != form.types or not is_small:
        return b""
    text = form.text(values, place, previous, seq)
    return text.encode(errors="replace")


def _demand_links(proof: tuple[Proof, ...]) -> None:
    """Demand that rows which stand side by side are linked."""
    if not proof:
        raise BadBundle(f"it holds no row of proof{AGAIN}")
    known = {0: BEGIN.hash.hex()}
    known |= {row.place: row.hash for row in proof}
    for row in proof:
        before = known.get(row.place - 1, row.previous)
        if before != row.previous:
            raise BadBundle(
                f"the chain does not hold: the row at place {row.place} rests on "
                f"{row.previous}, and the one before it has the hash {before}"
            )


def _unchained(said: Line, call: str) -> tuple[Line, list[Line]]:
    _demand(set(said) == {"call", "recordings"}, CALL)
    _demand(isinstance(said["recordings"], list), CALL)
    typed = [
        (said["call"], _CALL),
        *((line, _RECORDING) for line in said["recordings"]),
    ]
    for line, types in typed:
        _demand(isinstance(line, dict) and _is_line(line, types), CALL)
    _demand(said["call"].get("uuid") == call, CALL)
    for line in said["recordings"]:
        _demand(set(_RECORDING) <= set(line), CALL)
        _demand(all(line[name] is not None for name in RecordingBegun._fields), CALL)
        _demand(line["call_uuid"] == call, CALL)
    return said["call"], said["recordings"]


def _is_line(line: Line, types: Mapping[str, type[Any]]) -> bool:
    return all(
        value is None or (type(value) in _kinds(types, name) and _is_small(value))
        for name, value in line.items()
    )


def _kinds(types: Mapping[str, type[Any]], name: str) -> tuple[type[Any], ...]:
    return (types[name],) if name in types else (str, int)


def _is_small(value: Any) -> bool:
    return not isinstance(value, int) or -_MOST_NUMBER <= value < _MOST_NUMBER


def marks(proof: Iterable[Proof]) -> Iterator[tuple[int, str]]:
    """Yield each hash that stands for words, with the place of its row."""
    for row in proof:
        for value in row.line.values():
            if _is_mark(value):
                yield row.place, value


def _is_mark(value: Any) -> bool:
    return isinstance(value, str) and _MARK.fullmatch(value) is not None


def _words(said: Line, proof: tuple[Proof, ...]) -> dict[str, str]:
    """Return words by their hash, if they are those of it."""
    spoken = {mark for _, mark in marks(proof)}
    found = {}
    for mark, pair in said.items():
        is_pair = isinstance(pair, dict) and set(pair) == {"key", "text"}
        _demand(is_pair and _are(pair.values(), str), WORDS)
        if mark not in spoken:
            raise BadBundle(f"{WORDS} holds words that no row speaks of: {mark}")
        if hashed(_hex(pair["key"], WORDS), pair["text"]) != mark:
            raise BadBundle(f"{WORDS} holds words of another hash than {mark}")
        found[mark] = pair["text"]
    return found


def _hex(text: Any, name: str) -> bytes:
    _demand(
        type(text) is str and re.fullmatch("([0-9a-f]{2}){0,64}", text) is not None,
        name,
    )
    return bytes.fromhex(text)


def _trees(said: Line) -> dict[TreeHead, dict[int, tuple[bytes, ...]]]:
    found = {}
    for text, ways in said.items():
        _demand(isinstance(ways, dict), TREE)
        try:
            head = tree_head_of(text)
        except ValueError as error:
            raise BadBundle(f"{TREE}: {error}") from error
        found[head] = {_number(place): _way(way) for place, way in ways.items()}
    return found


def _number(text: str) -> int:
    _demand(re.fullmatch("[1-9][0-9]{0,17}", text) is not None, TREE)
    return int(text)


def _way(said: Any) -> tuple[bytes, ...]:
    _demand(isinstance(said, list) and len(said) < 64, TREE)
    return tuple(_hex(text, TREE) for text in said)


def _demand_of_call(found: Facts) -> None:
    """Demand that the rows are of this call, and end with who made the bundle."""
    call = found.made.call
    asked = {
        (
            row.line["flow"],
            row.line["notice"],
            row.line["notice_version"],
            row.line["language"],
        )
        for row in found.proof
        if row.table == "choices"
    }
    for row in found.proof:
        if row.table == "notices":
            key = [row.line[name] for name in ("flow", "notice", "version", "language")]
            is_ours = tuple(key) in asked
        else:
            is_ours = row.line.get("call_uuid") == call
        if not is_ours:
            raise BadBundle(f"{row_name(row.place)} is of another call than {call}")
    last = found.proof[-1]
    if (last.table, last.line.get("what")) != ("looks", PROOF):
        raise BadBundle(f"its last row does not say who made it, when and why{AGAIN}")
