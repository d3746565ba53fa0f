"""YAML 1.2 to nodes that know where they stand.

In: the text of one file. Out: a tree of nodes with positions, or the problem that makes
it unreadable. Only `true` and `false` are booleans, only plain decimal numbers are
numbers. Aliases, tags, a second document and endless nesting are refused, so that no
file can grow when it is read. Must not know what a flow is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from eslflow.errors import FlowError, FlowErrors
from eslflow.flow import codes
from eslflow.flow.syntax import explain, misread

MOST_BYTES = 256 * 1024
"""Some thousand steps; the parser takes seconds for more, and calls would wait."""
MOST_DEPTH = 20
MOST_PROBLEMS = 100
"""Nobody reads more in one run, and each is compared with what may be meant."""
MOST_WORDS = 300
"""Characters of a message; what it quotes may be as long as the file."""

_BREAK = re.compile(r"\r\n|\r|\n")
_UNSEEN = re.compile(
    "[^\\t\\n\\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    "\U00010000-\U0010ffff]"
)
"""Control characters, halves of characters, marks that editors take for line ends."""
_HIDDEN = re.compile(
    "[\xad\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""What nobody sees, or what shows text in another order than it is read. Joiners and
marks of direction are no such, for some languages are written with them."""
_ODD_BLANK = re.compile("[^\\S\0- \x7f-\x9f]|\u200b")
"""What looks like a blank to people and not to YAML."""
_NO_CHARACTER = re.compile(r"\\U(?!00(?:0[0-9A-Fa-f]|10))[0-9A-Fa-f]{8}")
_BEGAN = re.compile("<stream end>|end of stream|expected ':'")
"""Complaints for which the place where it began says more than where it was noticed."""
_LOST_KEY = re.compile(r"(?:[^#]*[\s{,])?(#:\s*[\w-]+)\s*(?:[,}].*)?")
"""`#: refused` is a comment to YAML."""

_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")


class Kind(Enum):
    """What stands at a place."""

    MAPPING = "a mapping"
    LIST = "a list"
    TEXT = "text"
    INT = "a number"
    DECIMAL = "a decimal number"
    BOOLEAN = "true or false"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Mark:
    """A place in the file, both counted from 1, and how much of the line it covers."""

    line: int
    column: int
    width: int = 1


@dataclass
class Node:
    """One value and its place."""

    kind: Kind
    mark: Mark
    text: str = ""
    """A scalar's text as written, quotes and folding undone."""
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    """A mapping's keys and values, in order, duplicates included."""
    items: list[Node] = field(default_factory=list)
    """A list's items."""
    comment: Mark | None = None
    """Where a comment begins right behind a scalar without quotes."""

    @property
    def is_scalar(self) -> bool:
        """Whether it is neither a mapping nor a list."""
        return self.kind not in (Kind.MAPPING, Kind.LIST)


class Document:
    """One file: its lines, and the problems found in it so far."""

    def __init__(self, data: bytes, file: str) -> None:
        self.file = file
        self.problems: list[FlowError] = []
        self.lines: list[str] = []
        self._text = self._decode(data)

    def problem(
        self, code: str, mark: Mark, problem: str, hint: str, path: str = ""
    ) -> None:
        """Note a problem of a sort at a place; reading goes on.

        Raises:
            FlowErrors: there are too many to be of use.
        """
        inside = 0 < mark.line <= len(self.lines)
        source = self.lines[mark.line - 1] if inside else ""
        odd = _ODD_BLANK.search(source)
        if odd is not None and (
            code == codes.NOT_YAML or not source[: odd.start()].strip()
        ):
            hint = (
                f"The line has a blank that is none (U+{ord(odd[0]):04X}), as text of "
                "a web page may: delete it, and type blanks."
            )
        self.problems.append(
            FlowError(
                file=self.file,
                line=mark.line,
                column=mark.column,
                problem=_cut(problem),
                source=source,
                width=mark.width,
                hint=hint,
                path=path,
                code=code,
            )
        )
        if len(self.problems) == MOST_PROBLEMS:
            problem = (
                f"reading stops here: there may be more than {MOST_PROBLEMS} problems"
            )
            hint = "Mend those above, and check again."
            last = replace(self.problems[-1], problem=problem, hint=hint, source="")
            # Sorted by place, it must come last.
            end = max((each.line, each.column) for each in self.problems)
            last = replace(last, line=end[0], column=end[1] + 1, code=codes.TOO_LONG)
            self.problems.append(last)
            self.stop_if_broken()

    def read(self) -> Node:
        """Return the document's top node.

        Raises:
            FlowErrors: it is no YAML, or uses what is not taken here.
        """
        self._refuse_directives()
        self.stop_if_broken()
        composer = _Composer(self)
        try:
            top = composer.compose(self._text)
        except MarkedYAMLError as error:
            self._find_lost_keys()
            self._tell(error)
        except (YAMLError, ValueError, OverflowError):
            found = _NO_CHARACTER.search(self._text)
            mark = self._mark_at(found.start() if found else 0, 10)
            problem = "there is no such character"
            self.problem(codes.NOT_YAML, mark, problem, "Write it as it is.")
        else:
            self._find_lost_keys(composer.inside_text)
        self.stop_if_broken()
        return top

    def stop_if_broken(self) -> None:
        """Raise what was found so far, if anything was."""
        if self.problems:
            raise FlowErrors(self.problems)

    def place_of(self, pattern: str, mark: Mark) -> Mark:
        """Return where something matches from a place on, else the place itself."""
        for number, line in enumerate(self.lines[mark.line - 1 :], mark.line):
            start = mark.column - 1 if number == mark.line else 0
            found = re.compile(pattern).search(line, start)
            if found is not None:
                return Mark(number, found.start(1) + 1, len(found[1]))
        return mark

    def _decode(self, data: bytes) -> str:
        if len(data) > MOST_BYTES:
            problem = f"the file is larger than {MOST_BYTES // 1024} KB"
            hint = "Divide it into several flows."
            self.problem(codes.NOT_YAML, Mark(1, 1), problem, hint)
            return ""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # Of what comes after a byte order mark.
            before = error.object[: error.start].decode("utf-8", "replace")
            self.lines = _BREAK.split(error.object.decode("utf-8", "replace"))
            column = len(_BREAK.split(before)[-1]) + 1
            mark = Mark(len(_BREAK.split(before)), column)
            hint = "Save the file as UTF-8."
            problem = "a byte that is not UTF-8 cannot be read"
            self.problem(codes.NOT_YAML, mark, problem, hint)
            return ""
        self.lines = _BREAK.split(text)
        self._text = text
        found = _UNSEEN.search(text)
        if found is not None:
            self.refuse_unseen(text, self._mark_at(found.start()))
        for number, line in enumerate(self.lines, 1):
            hidden = _HIDDEN.search(line)
            if hidden is not None:
                self.refuse_unseen(line, Mark(number, hidden.start() + 1))
        return text

    def refuse_unseen(self, text: str, mark: Mark) -> None:
        """Note the first character of a text that people would not see."""
        hint = "Remove it, or write the line anew in a text editor."
        for code, pattern in ((codes.NOT_YAML, _UNSEEN), (codes.INVISIBLE, _HIDDEN)):
            found = pattern.search(text)
            if found is not None:
                # Control characters have no names.
                is_control = unicodedata.category(found[0]) == "Cc"
                usual = "a control character" if is_control else ""
                name = unicodedata.name(found[0], usual).lower()
                problem = f"the character U+{ord(found[0]):04X} cannot stand here"
                problem += f" ({name}): nobody sees it" if name else ""
                self.problem(code, mark, problem, hint)
                return

    def _mark_at(self, place: int, width: int = 1) -> Mark:
        lines = _BREAK.split(self._text[:place])
        return Mark(len(lines), len(lines[-1]) + 1, width)

    def _refuse_directives(self) -> None:
        for number, line in enumerate(self.lines, 1):
            if line.startswith("%"):
                hint = "Remove the line: this is YAML 1.2."
                problem = "a directive cannot stand here"
                self.problem(codes.NOT_YAML, Mark(number, 1, len(line)), problem, hint)
            elif line.strip() and not line.startswith("#"):
                break

    def _find_lost_keys(self, inside_text: Collection[int] = ()) -> None:
        for number, line in enumerate(self.lines, 1):
            found = None if number in inside_text else _LOST_KEY.fullmatch(line)
            if found is not None:
                mark = Mark(number, found.start(1) + 1, len(found[1]))
                problem = "'#' begins a comment, so this key is lost"
                hint = "The hash key is written hash."
                self.problem(codes.NOT_YAML, mark, problem, hint)

    def _tell(self, error: MarkedYAMLError) -> None:
        """Note a complaint of the parser, unless it follows from one noted before."""
        complaint = str(error.problem or error.context)
        at = error.problem_mark or error.context_mark
        if _BEGAN.search(complaint):
            at = error.context_mark or at
        if not self.problems:
            mark = _mark_of(at) if at else Mark(1, 1)
            found = None
            if complaint.startswith("mapping values"):
                found = misread(self.lines, mark.line, mark.column)
            if found is not None:
                line, complaint = found
                text = self.lines[line - 1]
                mark = Mark(line, len(text) - len(text.lstrip()) + 1)
            self.problem(codes.NOT_YAML, mark, *explain(complaint))


class _Composer:
    """Builds nodes from the parser's events."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.inside_text: set[int] = set()
        """Lines that belong to a text begun on a line above."""

    def compose(self, text: str) -> Node:
        stream = iter(YAML(typ="safe", pure=True).parse(text))
        top: Node | None = None
        for event in stream:
            if isinstance(event, events.DocumentStartEvent):
                if top is not None:
                    mark = _mark_of(event.start_mark, 3)
                    hint = "Put it into a file of its own: one file, one flow."
                    problem = "a second document begins"
                    self._document.problem(codes.NOT_YAML, mark, problem, hint)
                    break
                top = self._node(next(stream), stream, 0)
        return top or Node(Kind.NOTHING, Mark(1, 1))

    def _node(self, event: Any, stream: Iterator[Any], depth: int) -> Node:
        if isinstance(event, events.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, events.AliasEvent):
            return self._alias(event)
        return self._collection(event, stream, depth + 1)

    def _collection(self, event: Any, stream: Iterator[Any], depth: int) -> Node:
        mark = _mark_of(event.start_mark)
        if depth > MOST_DEPTH:
            problem = f"more than {MOST_DEPTH} levels stand inside one another"
            hint = "Write things one below the other, not inside one another."
            self._document.problem(codes.NOT_YAML, mark, problem, hint)
            self._document.stop_if_broken()
        self._refuse_extras(event, mark)
        is_mapping = isinstance(event, events.MappingStartEvent)
        node = Node(Kind.MAPPING if is_mapping else Kind.LIST, mark)
        inner = next(stream)
        while not isinstance(inner, (events.MappingEndEvent, events.SequenceEndEvent)):
            value = self._node(inner, stream, depth)
            if is_mapping:
                held = self._node(next(stream), stream, depth)
                if held.kind is Kind.NOTHING and not held.text:
                    held.mark = value.mark
                node.pairs.append((value, held))
            else:
                node.items.append(value)
            inner = next(stream)
        return node

    def _scalar(self, event: Any) -> Node:
        same_line = event.start_mark.line == event.end_mark.line
        width = event.end_mark.column - event.start_mark.column if same_line else 1
        mark = _mark_of(event.start_mark, max(1, width))
        self._refuse_extras(event, mark)
        last = event.end_mark.line + (event.end_mark.column > 0)
        self.inside_text.update(range(mark.line + 1, last + 1))
        self._document.refuse_unseen(event.value, mark)
        if event.style is not None:
            return Node(Kind.TEXT, mark, event.value)
        kind, comment = _kind(event.value), self._comment_behind(event.end_mark)
        return Node(kind, mark, event.value, comment=comment)

    def _comment_behind(self, end: Any) -> Mark | None:
        """Return where a comment begins that people may take for more of the text."""
        line = self._document.lines[end.line] if end.column else ""
        rest = line[end.column :]
        before = len(rest) - len(rest.lstrip())
        if not rest[before:].startswith("#"):
            return None
        return Mark(end.line + 1, end.column + before + 1, len(rest) - before)

    def _alias(self, event: Any) -> Node:
        mark = _mark_of(event.start_mark, len(event.anchor) + 1)
        if event.anchor == ":":
            hint = "The star key is written star, the hash key hash."
            problem = "'*' cannot stand alone in YAML"
            self._document.problem(codes.NOT_YAML, mark, problem, hint)
        else:
            hint = "Write out what it stands for."
            problem = f"an alias ('*{event.anchor}') cannot stand here"
            self._document.problem(codes.NOT_YAML, mark, problem, hint)
        return Node(Kind.NOTHING, mark)

    def _refuse_extras(self, event: Any, mark: Mark) -> None:
        if event.anchor is not None:
            name = f"an anchor ('&{event.anchor}') cannot stand here"
            self._document.problem(codes.NOT_YAML, mark, name, "Remove it.")
        if event.tag is not None:
            hint = "Remove it; put text that looks like a number in quotes."
            problem = f"a tag ('{event.tag}') cannot stand here"
            self._document.problem(codes.NOT_YAML, mark, problem, hint)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_WORDS else f"{text[:MOST_WORDS]}..."


def _kind(text: str) -> Kind:
    if text in ("", "~", "null"):
        return Kind.NOTHING
    if text in ("true", "false"):
        return Kind.BOOLEAN
    if _INT.fullmatch(text):
        return Kind.INT
    return Kind.DECIMAL if _DECIMAL.fullmatch(text) else Kind.TEXT


def _mark_of(mark: Any, width: int = 1) -> Mark:
    return Mark(mark.line + 1, mark.column + 1, width)
