"""All that a check finds in a flow that loads, by rules that each have a code.

In: a flow, the bytes of its file. Out: what was found, in the order of the lines. Must
not open files.
"""

from __future__ import annotations

from eslflow.check import before, permits, routes, spoken, unused
from eslflow.check.finding import Look, Rule, Told, told
from eslflow.check.there import Ask, not_there
from eslflow.flow.document import Document
from eslflow.flow.model import Flow

RULES: dict[Rule, Look] = {
    **permits.RULES,
    **routes.RULES,
    **before.RULES,
    **spoken.RULES,
    **unused.RULES,
}
"""Every rule, and what looks whether it holds."""


def lint(flow: Flow, data: bytes, ask: Ask | None = None) -> tuple[Told, ...]:
    """Return what is wrong with a flow, or should be thought about twice.

    With `ask`, a switch is asked whether it has what the flow names.
    """
    document = Document(data, flow.file)
    top = document.read()
    findings = [finding for look in RULES.values() for finding in look(flow)]
    if ask is not None:
        findings += not_there(flow, ask)
    found = [told(document, top, finding) for finding in findings]
    return tuple(sorted(found, key=lambda told: (told.error.line, told.rule.code)))
