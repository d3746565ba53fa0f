"""What a flow declares and nothing of it uses: mostly a slip, or left over.

In: a flow. Out: findings. Must not call an error what does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator

from eslflow.check.finding import Finding, Look, Rule
from eslflow.flow.model import Basis, Flow
from eslflow.flow.options import fields_of
from eslflow.steps.step import Step

Used = set[tuple[str, str]]
"""Kinds and names: `prompt`, `welcome`."""

UNUSED = Rule("unused", False, "Something is declared, and nothing uses it.")
_HINT = "Remove it, or name it where it was meant to be."


def unused(flow: Flow) -> Iterator[Finding]:
    """Yield what nothing plays or asks for; what another flow brings is its own."""
    used = _by_rules(flow)
    for step in flow.steps.values():
        used |= used_by(step)
    for name, prompt in flow.prompts.items():
        if not prompt.origin and ("prompt", name) not in used:
            problem = f"no step plays the prompt '{name}'"
            yield Finding(UNUSED, ("prompts", name), problem, _HINT)
    for name, notice in flow.notices.items():
        if not notice.origin and ("notice", name) not in used:
            problem = f"no step plays the notice '{name}'"
            yield Finding(UNUSED, ("notices", name), problem, _HINT)
    for name, purpose in flow.purposes.items():
        # On another basis than consent it permits without a question.
        permits = flow.records and purpose.basis is not Basis.CONSENT
        if not permits and ("purpose", name) not in used:
            problem = f"no step asks for the purpose '{name}': it permits nothing"
            yield Finding(UNUSED, ("purposes", name), problem, _HINT)


def used_by(step: Step) -> Used:
    """Return what a step names, whatever kind it is."""
    used: Used = set()

    def note(what: str, name: str) -> str:
        used.add((what, name))
        return name

    for attribute, field in fields_of(type(step)).values():
        value = getattr(step, attribute)
        if value:
            field.takes.renamed(value, note)
    return used


def _by_rules(flow: Flow) -> Used:
    """Return what the flow's recording rules name."""
    rules = flow.recording
    own = rules.withdrawn, rules.made_private, rules.refusal
    prompts = (*own, *rules.whisper.values())
    used = {("prompt", name) for name in prompts}
    if rules.verbal is not None:
        used |= {("notice", rules.verbal.notice), ("purpose", rules.verbal.purpose)}
    return used


RULES: dict[Rule, Look] = {UNUSED: unused}
