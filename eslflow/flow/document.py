"""YAML 1.2 to nodes that know where they stand.

In: the text of one file. Out: a tree of nodes with positions, or the problem that makes
it unreadable. Only `true` and `false` are booleans, only plain decimal numbers are
numbers. Aliases, tags, a second document and endless nesting are refused, so that no
file can grow when it is read. Must not know what a flow is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from eslflow.errors import FlowError, FlowErrors

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 20

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

    def problem(self, mark: Mark, problem: str, hint: str = "", path: str = "") -> None:
        """Note a problem at a place; reading goes on."""
        inside = 0 < mark.line <= len(self.lines)
        source = self.lines[mark.line - 1] if inside else ""
        self.problems.append(
            FlowError(
                file=self.file,
                line=mark.line,
                column=mark.column,
                problem=problem,
                source=source,
                width=mark.width,
                hint=hint,
                path=path,
            )
        )

    def read(self) -> Node:
        """Return the document's top node.

        Raises:
            FlowErrors: it is no YAML, or uses what is not taken here.
        """
        self.stop_if_broken()
        try:
            top = _Composer(self).compose(self._text)
        except ReaderError as error:
            line = self._text.count("\n", 0, error.position or 0) + 1
            start = self._text.rfind("\n", 0, error.position or 0) + 1
            mark = Mark(line, (error.position or 0) - start + 1)
            hint = "Remove it, or write the file anew in a text editor."
            self.problem(mark, "a control character cannot stand in a flow", hint)
        except MarkedYAMLError as error:
            at = error.problem_mark or error.context_mark
            self.problem(_mark_of(at), *_explain(str(error.problem or error.context)))
        except (YAMLError, RecursionError, ValueError) as error:
            hint = "Make the file simpler: steps are flat, one below the other."
            self.problem(Mark(1, 1), f"cannot be read as YAML: {error}", hint)
        self.stop_if_broken()
        return top

    def stop_if_broken(self) -> None:
        """Raise what was found so far, if anything was."""
        if self.problems:
            raise FlowErrors(self.problems)

    def _decode(self, data: bytes) -> str:
        if len(data) > MOST_BYTES:
            problem = f"the file is larger than {MOST_BYTES // 1024} KB"
            self.problem(Mark(1, 1), problem, "Divide it into several flows.")
            return ""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            column = error.start - data.rfind(b"\n", 0, error.start)
            self.lines = data.decode("utf-8", "replace").splitlines()
            hint = "Save the file as UTF-8."
            self.problem(
                Mark(line, column), "a byte that is not UTF-8 cannot be read", hint
            )
            return ""
        self.lines = text.replace("\r\n", "\n").split("\n")
        return text


class _Composer:
    """Builds nodes from the parser's events."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def compose(self, text: str) -> Node:
        stream = iter(YAML(typ="safe", pure=True).parse(text))
        top: Node | None = None
        for event in stream:
            if isinstance(event, (events.MappingStartEvent, events.SequenceStartEvent)):
                top = top or self._collection(event, stream, 1)
            elif isinstance(event, events.ScalarEvent):
                top = top or self._scalar(event)
            elif isinstance(event, events.DocumentStartEvent) and top is not None:
                mark = _mark_of(event.start_mark, 3)
                self._document.problem(mark, "a second document", "One flow, one file.")
                break
            elif isinstance(event, events.AliasEvent):
                top = top or self._alias(event)
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
            raise ValueError(f"more than {MOST_DEPTH} levels inside one another")
        self._refuse_extras(event, mark)
        is_mapping = isinstance(event, events.MappingStartEvent)
        node = Node(Kind.MAPPING if is_mapping else Kind.LIST, mark)
        for inner in stream:
            if isinstance(inner, (events.MappingEndEvent, events.SequenceEndEvent)):
                break
            value = self._node(inner, stream, depth)
            if is_mapping:
                node.pairs.append((value, self._node(next(stream), stream, depth)))
            else:
                node.items.append(value)
        return node

    def _scalar(self, event: Any) -> Node:
        same_line = event.start_mark.line == event.end_mark.line
        width = event.end_mark.column - event.start_mark.column if same_line else 1
        mark = _mark_of(event.start_mark, max(1, width))
        self._refuse_extras(event, mark)
        is_plain = event.style is None
        return Node(_kind(event.value) if is_plain else Kind.TEXT, mark, event.value)

    def _alias(self, event: Any) -> Node:
        mark = _mark_of(event.start_mark, len(event.anchor) + 1)
        if event.anchor == ":":
            hint = "The star key is written star, the hash key hash."
            self._document.problem(mark, "'*' cannot stand alone in YAML", hint)
        else:
            hint = "Write out what it stands for."
            problem = f"an alias ('*{event.anchor}') cannot stand in a flow"
            self._document.problem(mark, problem, hint)
        return Node(Kind.NOTHING, mark)

    def _refuse_extras(self, event: Any, mark: Mark) -> None:
        if event.anchor is not None:
            name = f"an anchor ('&{event.anchor}') cannot stand in a flow"
            self._document.problem(mark, name, "Remove it.")
        if event.tag is not None:
            hint = "Remove it; put text that looks like a number in quotes."
            problem = f"a tag ('{event.tag}') cannot stand in a flow"
            self._document.problem(mark, problem, hint)


def _kind(text: str) -> Kind:
    if text in ("", "~", "null"):
        return Kind.NOTHING
    if text in ("true", "false"):
        return Kind.BOOLEAN
    if _INT.fullmatch(text):
        return Kind.INT
    return Kind.DECIMAL if _DECIMAL.fullmatch(text) else Kind.TEXT


def _mark_of(mark: Any, width: int = 1) -> Mark:
    if mark is None:
        return Mark(1, 1)
    return Mark(mark.line + 1, mark.column + 1, width)


def _explain(problem: str) -> tuple[str, str]:
    """Return a parser's complaint as a sentence with a way out."""
    if "\\t" in problem:
        return "a tab in front of the text", "Indent with blanks."
    if "<stream end>" in problem or "end of stream" in problem:
        return (
            "the file ends in the middle of something",
            "Close every { [ and quote. '#' begins a comment: the hash key is hash.",
        )
    if "got '<scalar>'" in problem:
        return f"cannot be read as YAML: {problem}", (
            "A key that is a star is written star."
        )
    return (
        f"cannot be read as YAML: {problem}",
        "Check the indentation, and put text with ': ' or ' #' in quotes.",
    )
