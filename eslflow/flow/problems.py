"""What can be wrong with any node of a file, and how it is told.

In: nodes with positions. Out: their text, their entries by name; what is wrong is noted
in the document. Must not know what the names stand for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import TypeVar

from eslflow.flow import codes
from eslflow.flow.document import Document, Kind, Node

Made = TypeVar("Made")

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""Names of flows, steps, prompts, notices and purposes; safe in paths and arguments."""
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "-"})
NAME_WORDS = "a name (small letters, digits, _ and -)"
_A_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
MOST_NEAR = 200
"""Names that a misspelt one is compared with; to compare takes time."""

_ALIKE = (("true", "on", "yes"), ("false", "off", "no"))
"""Words that other files write for one another."""
MOST_LISTED = 40
"""Names that a message lists."""


Wrong = tuple[str, str, str, str]
"""A problem before it has a place: its code, the option, the sentence, the hint."""


@dataclass
class Context:
    """What a value may refer to, and where its problems go."""

    document: Document
    names: Mapping[str, Collection[str]]
    """Known names: `prompt`, `notice`, `purpose`, `step`."""
    path: str = ""
    """`steps.ask.consent`, for programs."""
    name: str = ""
    """What people call the place; without it, its path."""
    missed: set[str] = field(default_factory=set)
    """Of which of them a name was looked for in vain."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """What the flow declares under `values:`."""

    def inside(self, part: str) -> Context:
        """Return the context of a part of it."""
        path = f"{self.path}.{part}" if self.path else part
        return Context(
            self.document, self.names, path, part, self.missed, self.constants
        )

    def problem(self, code: str, node: Node, problem: str, hint: str) -> None:
        """Note a problem of a sort at a node."""
        self.document.problem(code, node.mark, problem, hint, self.path)


def spelled(word: str) -> str:
    """Return ` Write xae.`, a name as it can be written; or nothing."""
    text = unicodedata.normalize("NFC", word).lower().translate(_LETTERS)
    bare = unicodedata.normalize("NFKD", text)
    name = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return f" Write {name}." if NAME.fullmatch(name) else ""


def near(word: str, known: Collection[str]) -> str:
    """Return `. Did you mean 'x'?`, or nothing."""
    if _A_NUMBER.fullmatch(word):
        # Whoever has typed a number has meant it: others are as wrong as they are near.
        return ""
    alike = next((words for words in _ALIKE if word in words), ())
    close = [other for other in alike if other in known]
    close += get_close_matches(word, islice(known, MOST_NEAR), n=1, cutoff=0.6)
    return f". Did you mean '{close[0]}'?{strange(word)}" if close else ""


def strange(word: str) -> str:
    """Return ` It has U+0456 in it, ...`, of a letter that only looks Latin."""
    for letter in word:
        name = unicodedata.name(letter, "")
        if not letter.isascii() and letter.isalpha() and not name.startswith("LATIN "):
            return f" It has U+{ord(letter):04X} in it, {name.lower()}."
    return ""


def listed(words: Collection[str]) -> str:
    """Return names as a line of text, the first of them if there are many."""
    more = f" and {len(words) - MOST_LISTED} more" if len(words) > MOST_LISTED else ""
    return ", ".join(islice(words, MOST_LISTED)) + more or "none yet"


def either(words: Collection[str]) -> str:
    """Return `on or off`, and `one of a, b, c` of more."""
    return " or ".join(words) if len(words) < 3 else f"one of {listed(words)}"


def scalar(node: Node, context: Context, words: str) -> str | None:
    """Return the text of a scalar; anything else is noted."""
    if node.is_scalar and node.kind is not Kind.NOTHING:
        return node.text
    problem = f"{node.kind.value} stands where {words} is wanted"
    context.problem(codes.WRONG_VALUE, node, problem, f"Takes {words}.")
    return None


def entries_of(
    node: Node, context: Context, known: Collection[str], words: str, place: str = ""
) -> dict[str, Node] | None:
    """Return a mapping's values by name; unknown and double names are noted.

    `place` is whose options they are, where that is not the place's name.
    """
    place = place or context.name or context.path
    if node.kind is not Kind.MAPPING:
        problem = f"{node.kind.value} stands where {words} is wanted"
        context.problem(codes.WRONG_VALUE, node, problem, f"Takes: {listed(known)}.")
        return None
    entries: dict[str, Node] = {}
    for key, value in node.pairs:
        hint = f"{place} takes: {listed(known)}"
        if not key.text:
            problem = f"{key.kind.value} stands where a name is"
            context.problem(codes.WRONG_VALUE, key, problem, hint)
        elif key.text not in known:
            guess = near(key.text, known)
            problem = f"'{key.text}' is not an option of {place}{guess}"
            context.problem(codes.UNKNOWN_OPTION, key, problem, hint)
        elif key.text in entries:
            problem = f"'{key.text}' stands twice"
            context.problem(codes.TWICE, key, problem, "Remove one of them.")
        else:
            entries[key.text] = value
    return entries


def named(
    node: Node | None,
    context: Context,
    what: str,
    make: Callable[[str, Node], Made | None],
    pattern: re.Pattern[str] = NAME,
    words: str = NAME_WORDS,
) -> dict[str, Made]:
    """Return what a mapping declares, by name; bad and double names are noted."""
    if node is None:
        return {}
    if node.kind is not Kind.MAPPING:
        hint = f"Write {context.path}: and below it, indented, NAME: ... for each."
        problem = f"{node.kind.value} stands where {context.path} are"
        context.problem(codes.WRONG_VALUE, node, problem, hint)
        return {}
    found: dict[str, Made] = {}
    seen: set[str] = set()
    for key, value in node.pairs:
        if not key.is_scalar or not pattern.fullmatch(key.text):
            problem = f"'{key.text}' cannot be the name of a {what}"
            as_it_can = spelled(key.text) if pattern is NAME else ""
            as_it_can += strange(key.text)
            context.problem(codes.BAD_NAME, key, problem, f"Takes {words}.{as_it_can}")
        elif key.text in seen:
            problem = f"the {what} '{key.text}' stands twice"
            context.problem(codes.TWICE, key, problem, "Remove one of them.")
        seen.add(key.text)
        made = make(key.text, value)
        if made is not None:
            found[key.text] = made
    return found


def names_in(node: Node | None) -> tuple[str, ...]:
    """Return the names a mapping declares, good or bad, for look-ups."""
    return () if node is None else tuple(key.text for key, _ in node.pairs)
