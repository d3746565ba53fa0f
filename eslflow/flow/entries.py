"""What options take that have to do with values: their names, their digits.

In: nodes with positions. Out: values, or problems noted in the document. Must not know
any kind of step.
"""

from __future__ import annotations

import re
from typing import Any

from eslflow.flow import codes
from eslflow.flow.document import Kind, Node
from eslflow.flow.options import Takes
from eslflow.flow.problems import Context, near, scalar
from eslflow.flow.values import GIVEN
from eslflow.flow.words import VALUE_NAME, VALUE_WORDS

CALL = "call"
"""What stands for the call's uuid."""
MOST_FIELDS = 20

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,59}")
_DIGITS = re.compile(r"([0-9]{1,2})(?:\.\.([0-9]{1,2}))?")


class Flag(Takes):
    """True or false."""

    words = "true or false"

    def convert(self, node: Node, context: Context) -> bool | None:
        """Return whether it is so."""
        text = scalar(node, context, self.words)
        if node.kind is Kind.BOOLEAN:
            return text == "true"
        if text is not None:
            guess = near(text, ("true", "false"))
            problem = f"'{text}' is not right here{guess}"
            context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
        return None

    def schema(self) -> dict[str, Any]:
        """Return the schema of the flag."""
        return {"type": "boolean"}


class Digits(Takes):
    """How many digits: `4`, or `12..19`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.words = f"a number of digits such as 4 or 12..19, at most {most}"

    def convert(self, node: Node, context: Context) -> tuple[int, int] | None:
        """Return the least and the most of them."""
        text = scalar(node, context, self.words)
        if text is None:
            return None
        found = _DIGITS.fullmatch(text)
        if found is not None:
            least, most = int(found[1]), int(found[2] or found[1])
            if 1 <= least <= most <= self._most:
                return least, most
        problem = f"'{text}' is not right here"
        context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
        return None

    def schema(self) -> dict[str, Any]:
        """Return the schema of the range."""
        return {"type": ["integer", "string"], "pattern": f"^{_DIGITS.pattern}$"}


class ValueName(Takes):
    """The name of a value that a step finds out."""

    words = VALUE_WORDS

    def convert(self, node: Node, context: Context) -> str | None:
        """Return the name; what is the call's own cannot be found out anew."""
        text = scalar(node, context, self.words)
        if text is None:
            return None
        if text in (CALL, *GIVEN) or text in context.constants:
            problem = f"'{text}' is something else already"
            context.problem(codes.BAD_NAME, node, problem, "Take another name.")
            return None
        if not VALUE_NAME.fullmatch(text):
            problem = f"'{text}' cannot be the name of a value"
            context.problem(codes.BAD_NAME, node, problem, f"Takes {self.words}.")
            return None
        return text

    def schema(self) -> dict[str, Any]:
        """Return the schema of a name."""
        return {"type": "string", "pattern": f"^{VALUE_NAME.pattern}$"}


class ValueNames(Takes):
    """A list of names of values, and of what is the call's own."""

    words = "a list of names such as [card, code]"

    def convert(self, node: Node, context: Context) -> tuple[str, ...] | None:
        """Return the names in their order."""
        if node.kind is not Kind.LIST:
            problem = f"{node.kind.value} stands where names are wanted"
            context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
            return None
        found: list[str] = []
        for item in node.items:
            text = scalar(item, context, VALUE_WORDS)
            if text is None:
                continue
            if text in found:
                problem = f"'{text}' stands twice"
                context.problem(codes.TWICE, item, problem, "Remove one of them.")
            elif not VALUE_NAME.fullmatch(text):
                problem = f"'{text}' cannot be the name of a value"
                context.problem(codes.BAD_NAME, item, problem, f"Takes {VALUE_WORDS}.")
            found.append(text)
        return tuple(found)

    def schema(self) -> dict[str, Any]:
        """Return the schema of the list."""
        name = {"type": "string", "pattern": f"^{VALUE_NAME.pattern}$"}
        return {"type": "array", "uniqueItems": True, "items": name}


class Answers(Takes):
    """Which fields of a JSON object become which values."""

    words = "fields with names of values: {status: payment_status}"

    def convert(
        self, node: Node, context: Context
    ) -> tuple[tuple[str, str], ...] | None:
        """Return field and value, in their order."""
        if node.kind is not Kind.MAPPING or len(node.pairs) > MOST_FIELDS:
            problem = f"{node.kind.value} stands where up to {MOST_FIELDS} fields are"
            context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
            return None
        found: dict[str, str] = {}
        taken: set[str] = set()
        for field, value in node.pairs:
            name = ValueName().convert(value, context.inside(field.text))
            if not field.is_scalar or not _FIELD.fullmatch(field.text):
                hint = "A field has letters, digits, _, . and -."
                problem = f"'{field.text}' is no field"
                context.problem(codes.UNKNOWN_NAME, field, problem, hint)
            elif field.text in found or name in taken:
                what = field.text if field.text in found else name
                problem = f"'{what}' stands twice"
                context.problem(codes.TWICE, field, problem, "Remove one of them.")
            elif name is not None:
                found[field.text] = name
                taken.add(name)
        return tuple(found.items())

    def schema(self) -> dict[str, Any]:
        """Return the schema of the mapping."""
        return {
            "type": "object",
            "maxProperties": MOST_FIELDS,
            "propertyNames": {"pattern": f"^{_FIELD.pattern}$"},
            "additionalProperties": ValueName().schema(),
        }
