"""The flow that ran a call: its text, the flows inside it, and since when it ran.

In: the part `flow.json`, hashes that rows name, hashes of texts. Out: which texts a
bundle may hold, and whether each is the one of its hash. Must not take a text for
another: what has flows inside has the hash of them all together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from eslflow.bundle.made import are, demand
from eslflow.errors import BadBundle
from eslflow.flow.subflow import together

Line = dict[str, Any]

FLOWS = "flow.json"
SERVED = {"at": int, "flow": str, "flow_sha256": str, "how": str, "who": str}
"""What is told of when a version came into service."""
_INSIDE = re.compile(r"\S{1,255} [0-9a-f]{64}")
_SHA256 = re.compile("[0-9a-f]{64}")
_MOST_NUMBER = 2**63


class Ran(NamedTuple):
    """What a bundle says of the versions that ran a call."""

    inside: dict[str, tuple[str, ...]] = {}
    """By a version's hash the flows inside it, each as `name hash`."""
    served: tuple[Line, ...] = ()
    """When each that a row names came into service, and who wanted it so."""

    def said(self) -> Line:
        """Return it as `flow.json` has it."""
        inside = {name: list(lines) for name, lines in self.inside.items()}
        return {"inside": inside, "served": list(self.served)}

    def reached(self, named: Iterable[str]) -> dict[str, str]:
        """Return versions that rows name and all inside them, each with its flow."""
        found: dict[str, str] = {}
        waiting = [("", name) for name in named]
        while waiting:
            flow, hash_ = waiting.pop(0)
            if hash_ not in found:
                found[hash_] = flow
                waiting += [
                    (name, inner)
                    for name, _, inner in (
                        line.partition(" ") for line in self.inside.get(hash_, ())
                    )
                ]
        return found

    def hash_of(self, version: str, own: str) -> str:
        """Return the hash of a version whose text has this one."""
        return together(own, self.inside.get(version, ()))

    def since(self, version: str) -> Line | None:
        """Return when a version came into service; None: nothing was kept of it."""
        found = (line for line in self.served if line["flow_sha256"] == version)
        return next(found, None)

    def demand(self, named: Collection[str], held: Collection[str]) -> None:
        """Refuse what is said of versions that no row names, or that are not here.

        Raises:
            BadBundle: something is.
        """
        known = {*self.reached(named)} & {*held}
        for name in self.inside:
            if name not in known:
                raise BadBundle(f"{FLOWS} says what is inside {name}: it is not in it")
        told = [line["flow_sha256"] for line in self.served]
        if not set(told) <= {*named} or len(set(told)) < len(told):
            raise BadBundle(f"{FLOWS} tells of a version that no row names")


def named(call: Line, choices: Iterable[Line]) -> dict[str, None]:
    """Return the versions that rows name, in order."""
    return dict.fromkeys(_named(call, choices))


def _named(call: Line, choices: Iterable[Line]) -> Iterator[str]:
    for line in (call, *choices):
        # What is no hash can be no file's name, either.
        if _SHA256.fullmatch(str(line.get("flow_sha256") or "")):
            yield line["flow_sha256"]


def ran_of(said: Line) -> Ran:
    """Return what a `flow.json` says.

    Raises:
        BadBundle: it is of another form.
    """
    demand(set(said) == {"inside", "served"}, FLOWS)
    inside, served = said["inside"], said["served"]
    demand(isinstance(inside, dict) and isinstance(served, list), FLOWS)
    for name, lines in inside.items():
        demand(_SHA256.fullmatch(name) is not None, FLOWS)
        demand(isinstance(lines, list) and bool(lines) and are(lines, str), FLOWS)
        demand(all(_INSIDE.fullmatch(line) for line in lines), FLOWS)
    for line in served:
        demand(isinstance(line, dict) and list(line) == list(SERVED), FLOWS)
        demand(all(type(line[n]) is kind for n, kind in SERVED.items()), FLOWS)
        demand(abs(line["at"]) < _MOST_NUMBER, FLOWS)
    return Ran({name: tuple(lines) for name, lines in inside.items()}, tuple(served))
