"""All that a check finds in a flow that loads, by rules that each have a code.

In: a flow, the bytes of its file. Out: what was found, in the order of the lines. Must
not open files.
"""

from __future__ import annotations

from eslflow.check import permits, routes, spoken
from eslflow.check.finding import Look, Rule, Told, told
from eslflow.flow.document import Document
from eslflow.flow.model import Flow

RULES: dict[Rule, Look] = {**permits.RULES, **routes.RULES, **spoken.RULES}
"""Every rule, and what looks whether it holds."""


def lint(flow: Flow, data: bytes) -> tuple[Told, ...]:
    """Return what is wrong with a flow, or should be thought about twice."""
    document = Document(data, flow.file)
    top = document.read()
    found = [
        told(document, top, finding)
        for look in RULES.values()
        for finding in look(flow)
    ]
    return tuple(sorted(found, key=lambda told: (told.error.line, told.rule.code)))
