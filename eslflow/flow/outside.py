"""What options take that lies outside the call: a program's address, where a token is.

In: nodes with positions. Out: texts, or problems noted in the document. Must not look
whether any of it is there.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from eslflow.flow import codes
from eslflow.flow.document import Node
from eslflow.flow.options import Takes
from eslflow.flow.problems import Context, scalar

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_URL = re.compile(r"https?://[!-~]{1,500}")


class ProgramUrl(Takes):
    """Where a program is reached: encrypted, or on this machine."""

    words = "an address that begins with https://, or http:// of this machine"

    def convert(self, node: Node, context: Context) -> str | None:
        """Return the address; one that would carry a secret in clear is refused."""
        text = scalar(node, context, self.words)
        if text is None:
            return None
        found = _taken_apart(text)
        code = codes.UNSAFE
        if found is None:
            code = codes.WRONG_VALUE
            problem = f"'{text}' is no web address"
        elif found.username is not None:
            problem = "a name or password in an address is read by everybody"
        elif found.fragment:
            problem = "what stands after # is not sent"
        elif found.scheme == "http" and found.hostname not in LOOPBACK:
            problem = f"http:// to {found.hostname} would be read on the way"
        else:
            return text
        context.problem(code, node, problem, f"Takes {self.words}.")
        return None

    def schema(self) -> dict[str, Any]:
        """Return the schema of the address."""
        return {"type": "string", "pattern": f"^{_URL.pattern}$"}


def _taken_apart(text: str) -> SplitResult | None:
    """Return the parts of a web address, or None."""
    try:
        found = urlsplit(text)
        is_one = bool(_URL.fullmatch(text) and found.hostname and found.port != 0)
    except ValueError:
        return None
    return found if is_one else None


class Named(Takes):
    """The name of something outside: a file, a variable, a header."""

    def __init__(self, pattern: str, words: str) -> None:
        self._pattern = re.compile(pattern)
        self.words = words

    def convert(self, node: Node, context: Context) -> str | None:
        """Return the name."""
        text = scalar(node, context, self.words)
        if text is None or self._pattern.fullmatch(text):
            return text
        # It may be the secret itself that stands there: it is not repeated.
        problem = "this is not right here"
        context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
        return None

    def schema(self) -> dict[str, Any]:
        """Return the schema of the name."""
        return {"type": "string", "pattern": f"^{self._pattern.pattern}$"}


def TokenFile() -> Takes:  # noqa: N802  reads as a kind of value
    """Take the path of a file that holds a token."""
    return Named(r"/[A-Za-z0-9_./@+-]{1,200}", "the whole path of a file")


def Variable() -> Takes:  # noqa: N802
    """Take the name of an environment variable."""
    return Named(r"[A-Z_][A-Z0-9_]{0,79}", "an environment variable such as PAY_TOKEN")


def HeaderName() -> Takes:  # noqa: N802
    """Take the name of the header that holds a token."""
    return Named(r"[A-Za-z][A-Za-z0-9-]{0,59}", "a header such as X-Api-Key")
