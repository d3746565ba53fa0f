"""Lists of telephone numbers in a file: whole, or how they begin and a star.

In: nodes with positions. Out: patterns, and whether one takes a number. Must not know
what they are for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from eslflow.flow import codes
from eslflow.flow.destination import dialled
from eslflow.flow.document import Kind, Node
from eslflow.flow.options import Takes
from eslflow.flow.problems import Context, scalar
from eslflow.flow.values import matches

_PATTERN = re.compile(r"[+#]?[0-9A-Za-z_.-]{1,40}\*?")


class Numbers(Takes):
    """Numbers and extensions."""

    words = "a list of numbers, or how they begin: [1001, 20*]"

    def convert(self, node: Node, context: Context) -> tuple[str, ...] | None:
        """Return the patterns in their order."""
        if node.kind is not Kind.LIST:
            problem = f"{node.kind.value} stands where numbers are wanted"
            context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
            return None
        found: list[str] = []
        for item in node.items:
            text = scalar(item, context, "a number") or ""
            if text and not _PATTERN.fullmatch(text):
                problem = f"'{text}' is no number, nor how one begins"
                hint = f"Takes {self.words}."
                context.problem(codes.WRONG_VALUE, item, problem, hint)
            found.append(text)
        return tuple(found)

    def schema(self) -> dict[str, Any]:
        """Return the schema of the list."""
        number = {"type": ["string", "integer"], "pattern": f"^{_PATTERN.pattern}$"}
        return {"type": "array", "items": number}


def is_among(number: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns takes a number, whatever separates its digits."""
    plain = dialled(number) or number
    return any(matches(pattern, plain) for pattern in patterns)
