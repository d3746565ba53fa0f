"""Why a request is not done: a status, what is wrong, how to mend it.

In: what a view found wrong. Out: an error with data, and its JSON. Must not know what
was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eslflow.errors import EslflowError

MOST_QUOTED = 60
"""Characters of what somebody sent that an answer repeats."""


class Refusal(EslflowError):  # noqa: N818  named as people name it
    """A request that is answered with an error."""

    def __init__(
        self,
        status: int,
        error: str,
        hint: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        self.status = status
        self.error = error
        self.hint = hint
        self.headers = dict(headers or {})
        self.more = more
        end = "" if error.endswith("?") else "."
        super().__init__(f"{error}{end} {hint}" if hint else error)

    def body(self) -> dict[str, Any]:
        """Return what is sent as JSON."""
        return {"error": self.error, "hint": self.hint, **self.more}


def quoted(text: str) -> str:
    """Return what somebody sent, short enough to be repeated."""
    return repr(text if len(text) <= MOST_QUOTED else f"{text[:MOST_QUOTED]}...")
