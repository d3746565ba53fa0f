"""What else is wrong with a file that is no YAML, by the parts of it that are some.

In: the lines of a file, and where reading it has failed. Out: what is wrong with other
parts, and the file without those that cannot be read. A part is an entry of a section
(`steps`, `prompts`), told by how far it stands in. Must not know what a flow is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from eslflow.errors import FlowError, FlowErrors
from eslflow.flow.document import Document

MOST_PARTS = 1000
"""Of longer files it is not asked what else is wrong: each part takes time."""
_KEY = re.compile(r"( *)[\w-]+:(?: |$)")
_TEXT = re.compile(r"( *)[^\s#]")
_OUTERMOST = re.compile(r"[^\s#]")


@dataclass(frozen=True)
class Part:
    """Some lines of a file that say one thing."""

    start: int
    """Its first line, counted from 0."""
    lines: tuple[str, ...]
    is_head: bool
    """Whether other parts belong to it: the first line of a section."""

    @property
    def is_inside(self) -> bool:
        """Whether it is an entry of a section."""
        return not _OUTERMOST.match(self.lines[0])

    @property
    def is_mixed(self) -> bool:
        """Whether a line of it may begin another section."""
        return any(map(_OUTERMOST.match, self.lines[1:]))


@dataclass(frozen=True)
class Torn:
    """A file without the parts that cannot be read."""

    problems: tuple[FlowError, ...]
    """What is wrong with those parts, besides what is told already."""
    rest: str | None
    """The other parts, where they stand; None: nobody can say where they belong."""
    words: frozenset[str]
    """All words of the parts that are missing; names may be among them."""
    has_sections: bool
    """Whether what is missing are entries of sections, and no section as a whole."""


def torn(lines: Sequence[str], file: str, line: int) -> Torn:
    """Return what else cannot be read, and the rest, after a failure in a line."""
    parts = list(_parts(lines))
    looked = parts if len(parts) <= MOST_PARTS else []
    bad = {part: found for part in looked if (found := _problems(part, file))}
    # What is wrong shows in this part or a later one: what began and did not end.
    cause = max((part.start for part in bad if part.start < line), default=-1)
    told = [found for part, found in bad.items() if part.start != cause]
    rest = list(lines)
    for part in (*bad, *_emptied(parts, bad)):
        rest[part.start : part.start + len(part.lines)] = [""] * len(part.lines)
    is_clear = bool(bad) and not any(part.is_head or part.is_mixed for part in bad)
    words = frozenset(re.findall(r"[\w-]+", " ".join(w for p in bad for w in p.lines)))
    return Torn(
        tuple(problem for found in told for problem in found),
        "\n".join(rest) if is_clear else None,
        words,
        all(part.is_inside for part in bad),
    )


def _parts(lines: Sequence[str]) -> Iterator[Part]:
    """Yield the parts of a file, in order; what comes before the first is none."""
    heads = [number for number, line in enumerate(lines) if _indent(line, _KEY) == 0]
    for head, end in pairwise([*heads, len(lines)]):
        indents = [_indent(line, _TEXT) for line in lines[head + 1 : end]]
        inner = min((indent for indent in indents if indent > 0), default=0)
        starts = [head] + [
            number
            for number in range(head + 1, end)
            if _indent(lines[number], _KEY) == inner
        ]
        for start, stop in pairwise([*starts, end]):
            is_head = start == head and len(starts) > 1
            yield Part(start, tuple(lines[start:stop]), is_head)


def _indent(line: str, begins: re.Pattern[str]) -> int:
    """Return how far in a line stands; -1: it does not begin so."""
    found = begins.match(line)
    return len(found[1]) if found else -1


def _emptied(parts: Sequence[Part], bad: Collection[Part]) -> Iterator[Part]:
    """Yield the first lines of sections all of whose entries are bad."""
    for place, head in enumerate(parts):
        inside = takewhile(lambda part: part.is_inside, parts[place + 1 :])
        if head.is_head and all(part in bad for part in inside):
            yield head


def _problems(part: Part, file: str) -> tuple[FlowError, ...]:
    document = Document("\n".join(part.lines).encode(), file)
    try:
        document.read()
    except FlowErrors as error:
        return tuple(replace(p, line=p.line + part.start) for p in error.problems)
    return ()
