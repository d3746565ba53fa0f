"""Whom a step calls: a user, a number behind a gateway, or one at a host.

In: a node such as `{gateway: provider, number: called}`. Out: a `Destination`, whose
address is made of constants of the file; of what a caller has dialled only digits, `+`,
`*` and `#` ever get into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eslflow.flow import codes
from eslflow.flow.dialled import NUMBER
from eslflow.flow.dialled import dialled as dialled
from eslflow.flow.document import Node
from eslflow.flow.options import Takes, Text
from eslflow.flow.problems import Context, entries_of, listed

CALLED = "called"
"""Instead of a number: the one that was dialled."""

_HOST = r"[A-Za-z0-9][A-Za-z0-9.-]{0,100}(:[0-9]{1,5})?"
_NAME = r"[A-Za-z0-9_.-]{1,60}"
_PARTS: dict[str, Takes] = {
    "user": Text(
        r"[A-Za-z0-9_.+-]{1,60}(@[A-Za-z0-9.-]{1,100})?",
        "a user of the switch such as 1001 or 1001@example.com, or called",
    ),
    "gateway": Text(_NAME, "the name of a gateway of mod_sofia"),
    "profile": Text(_NAME, "the name of a profile of mod_sofia"),
    "host": Text(_HOST, "a host such as sip.example.com or 192.0.2.10:5060"),
    "number": Text(
        rf"{NUMBER.pattern}|{CALLED}", "a number such as +4930123456, or called"
    ),
}
_FORMS = (("user",), ("gateway", "number"), ("profile", "number", "host"))


@dataclass(frozen=True)
class Destination:
    """Whom to call."""

    user: str = ""
    gateway: str = ""
    profile: str = ""
    host: str = ""
    number: str = ""

    def address(self, called: str) -> str:
        """Return it in FreeSWITCH's spelling; empty when nothing was dialled."""
        name = self.user or self.number
        number = dialled(called) if name == CALLED else name
        if not number:
            return ""
        if self.user:
            return f"user/{number}"
        if self.gateway:
            return f"sofia/gateway/{self.gateway}/{number}"
        return f"sofia/{self.profile}/{number}@{self.host}"


class DestinationOption(Takes):
    """A mapping that names whom to call, in one of three forms."""

    words = (
        "{user: 1001}, {gateway: NAME, number: called} or "
        "{profile: NAME, number: called, host: HOST}"
    )

    def convert(self, node: Node, context: Context) -> Destination | None:
        """Return the destination."""
        entries = entries_of(node, context, _PARTS, self.words)
        if entries is None:
            return None
        if len(entries) < len(node.pairs):
            return None
        if tuple(name for name in _PARTS if name in entries) not in _SORTED:
            given = listed(entries) if entries else "nothing"
            problem = f"{given} does not say whom to call"
            context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
            return None
        values = {
            name: _PARTS[name].convert(value, context.inside(name))
            for name, value in entries.items()
        }
        return Destination(**{name: text or "" for name, text in values.items()})

    def schema(self) -> dict[str, Any]:
        """Return the schema of the three forms."""
        return {
            "oneOf": [
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": list(form),
                    "properties": {name: _PARTS[name].described() for name in form},
                }
                for form in _FORMS
            ]
        }


_SORTED = frozenset(tuple(n for n in _PARTS if n in form) for form in _FORMS)
