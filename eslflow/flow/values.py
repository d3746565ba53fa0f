"""The values of a call in a flow file: what sets one, and what looks at one.

In: nodes with positions. Out: what a `set` step remembers, what a `branch` step looks
at, and the patterns that it compares. A value is text, and may come from the call; it
goes nowhere but into another value or a comparison. Must not know a call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from eslflow.errors import RenderError
from eslflow.flow import codes
from eslflow.flow.dialled import ANONYMOUS as ANONYMOUS
from eslflow.flow.dialled import WITHHELD as WITHHELD
from eslflow.flow.dialled import is_withheld as is_withheld
from eslflow.flow.document import Kind, Node
from eslflow.flow.options import PurposeName, StepName, Takes
from eslflow.flow.problems import Context, entries_of, scalar
from eslflow.flow.template import MOST_VALUE, Piece, pieces
from eslflow.flow.words import VALUE_NAME, VALUE_WORDS

CALLER, CALLER_NAME, CALLED, LANGUAGE = "caller", "caller_name", "called", "language"
GIVEN = (CALLER, CALLER_NAME, CALLED, LANGUAGE)
"""Values that every call has without a step that sets them."""
MOST_PATTERN = 100
"""Characters of a pattern."""

_PATTERN = re.compile(r"\*?[^*\x00-\x1f\x7f]*\*?")
"""A star at the beginning is the key of that name, as in *67."""


class Assignments(Takes):
    """Values by name, each a text with names of values in it."""

    words = 'values by name, as {line: sales, note: "{{ line }} {{ called }}"}'

    def convert(
        self, node: Node, context: Context
    ) -> dict[str, tuple[Piece, ...]] | None:
        """Return each value's pieces; the flow's constants are filled in."""
        if node.kind is not Kind.MAPPING or not node.pairs:
            problem = f"{node.kind.value} stands where values are wanted"
            context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
            return None
        found: dict[str, tuple[Piece, ...]] = {}
        for key, value in node.pairs:
            code, problem, hint = _wrong_name(key, found, context.constants)
            if code:
                context.problem(code, key, problem, hint)
                continue
            found[key.text] = _pieces(value, context.inside(key.text))
        return found

    def schema(self) -> dict[str, Any]:
        """Return the schema of the values."""
        return {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": f"^{VALUE_NAME.pattern}$"},
            "additionalProperties": {"type": ["string", "number", "boolean"]},
        }


def _wrong_name(
    key: Node, found: Mapping[str, object], constants: Mapping[str, str]
) -> tuple[str, str, str]:
    """Return code, problem and hint of a name that no value can have; or nothing."""
    name = key.text
    if not key.is_scalar or not VALUE_NAME.fullmatch(name):
        problem = f"'{name}' cannot be the name of a value"
        return codes.BAD_NAME, problem, f"Takes {VALUE_WORDS}."
    if name in found:
        return codes.TWICE, f"the value '{name}' stands twice", "Remove one of them."
    if name in constants:
        hint = "Choose another name: texts that are played never change."
        return codes.BAD_NAME, f"'{name}' is a constant of this flow", hint
    if name in GIVEN and name != LANGUAGE:
        hint = "Choose another name."
        return codes.BAD_NAME, f"'{name}' is what the switch tells of a call", hint
    return "", "", ""


def _pieces(node: Node, context: Context) -> tuple[Piece, ...]:
    text = scalar(node, context, "text") or ""
    if len(text) > MOST_VALUE:
        problem = f"value '{context.name}' is longer than {MOST_VALUE} characters"
        context.problem(codes.TOO_LONG, node, problem, "Shorten it.")
        return ()
    try:
        found = pieces(text)
    except RenderError as error:
        hint = "A value holds text, and names of values: as {{ name }}."
        problem = f"value '{context.name}': {error.problem}"
        context.problem(error.code, node, problem, hint)
        return ()
    constants = context.constants
    return tuple(
        Piece(constants[piece.name]) if piece.name in constants else piece
        for piece in found
    )


@dataclass(frozen=True)
class Looked:
    """What a branch looks at: a value, or what became of a question."""

    value: str = ""
    purpose: str = ""


class Subject(Takes):
    """The name of a value, or `{consent: PURPOSE}`."""

    words = "the name of a value such as caller, or {consent: PURPOSE}"
    _purpose = PurposeName()

    def convert(self, node: Node, context: Context) -> Looked | None:
        """Return what is looked at; whether there is such a value is told later."""
        if node.kind is Kind.MAPPING:
            entries = entries_of(node, context, ("consent",), self.words) or {}
            if not node.pairs:
                problem = "nothing is looked at"
                context.problem(codes.MISSING, node, problem, f"Takes {self.words}.")
            if "consent" not in entries:
                return None
            inside = context.inside("consent")
            purpose = self._purpose.convert(entries["consent"], inside)
            return Looked(purpose=purpose) if purpose else None
        text = scalar(node, context, self.words)
        if text in context.constants:
            hint = "Look at a value that a step sets, or at caller, called, language."
            problem = f"'{text}' is a constant: it is the same in every call"
            context.problem(codes.BAD_NAME, node, problem, hint)
            return None
        return Looked(value=text) if text else None

    def schema(self) -> dict[str, Any]:
        """Return the schema of both forms."""
        return {
            "anyOf": [
                {"type": "string", "pattern": f"^{VALUE_NAME.pattern}$"},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["consent"],
                    "properties": {"consent": self._purpose.described()},
                },
            ]
        }


class Cases(Takes):
    """Steps by pattern: a text, or how it begins and a star; the first counts."""

    words = 'patterns with the name of a step each, as {"+49*": german, 1001: vip}'
    _step = StepName()

    def convert(self, node: Node, context: Context) -> dict[str, str | None] | None:
        """Return the steps by pattern, in the order of the file."""
        if node.kind is not Kind.MAPPING or not node.pairs:
            problem = f"{node.kind.value} stands where cases are wanted"
            context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
            return None
        found: dict[str, str | None] = {}
        for key, value in node.pairs:
            code, problem, hint = _wrong_pattern(key, found)
            if code:
                context.problem(code, key, problem, hint)
            found[key.text] = self._step.convert(value, context.inside(key.text))
        return found

    def schema(self) -> dict[str, Any]:
        """Return the schema of the cases."""
        return {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": f"^{_PATTERN.pattern}$"},
            "additionalProperties": self._step.schema(),
        }

    def renamed(self, value: Any, rename: Callable[[str, str], str]) -> Any:
        """Return the same cases with other names of steps."""
        return {case: self._step.renamed(to, rename) for case, to in value.items()}


def _wrong_pattern(key: Node, found: Mapping[str, object]) -> tuple[str, str, str]:
    """Return code, problem and hint of a pattern that takes no call; or nothing."""
    pattern = key.text
    if not key.is_scalar or not pattern or len(pattern) > MOST_PATTERN:
        hint = f"Takes text of up to {MOST_PATTERN} characters, as +4930*."
        return codes.WRONG_VALUE, "that is no pattern", hint
    if not _PATTERN.fullmatch(pattern):
        hint = "One star, at the end: what may follow."
        return codes.WRONG_VALUE, f"'{pattern}' has a star inside", hint
    if pattern in ("*", "otherwise"):
        hint = "Write otherwise: STEP beside cases:, not below it."
        return codes.WRONG_VALUE, f"'{pattern}' is no pattern", hint
    hiding = [earlier for earlier in found if hides(earlier, pattern)]
    if hiding:
        hint = (
            f"'{hiding[0]}' stands above it and takes them all: put '{pattern}' first."
        )
        return codes.SHADOWED, f"'{pattern}' can never be reached", hint
    return "", "", ""


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern takes a text."""
    if pattern.endswith("*"):
        return text.startswith(pattern[:-1])
    return text == pattern


def hides(earlier: str, later: str) -> bool:
    """Whether a pattern takes whatever another would."""
    if not later.endswith("*"):
        return matches(earlier, later)
    return earlier.endswith("*") and later.startswith(earlier[:-1])
