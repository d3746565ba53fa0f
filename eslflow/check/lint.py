"""All that a check finds in a flow, by rules that each have a code.

In: a flow, the bytes of its file; of one that does not load, what could be read of it.
Out: what was found, in the order of the lines. Must not open files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial

from eslflow.call.live import EMERGENCY
from eslflow.check import (
    assured,
    before,
    brief,
    cards,
    past,
    payments,
    permits,
    promises,
    questions,
    routes,
    spoken,
    unused,
)
from eslflow.check.finding import Finding, Look, Rule, Told, told
from eslflow.check.there import Ask, not_there
from eslflow.errors import FlowError
from eslflow.flow.codes import DEAD_STEP
from eslflow.flow.document import Document
from eslflow.flow.model import Flow
from eslflow.steps.step import Step

RULES: dict[Rule, Look] = {
    **permits.RULES,
    **routes.RULES,
    **before.RULES,
    **spoken.RULES,
    **cards.RULES,
    **questions.RULES,
    **past.RULES,
    **promises.RULES,
    **payments.RULES,
    **brief.RULES,
    **assured.RULES,
    **unused.RULES,
}
"""Every rule, and what looks whether it holds."""
BY_STEP = (
    permits.REMEMBERED,
    spoken.KEYS_SWAPPED,
    spoken.KEY_UNSAID,
    spoken.MENU_SWAPPED,
    *cards.RULES,
)
"""Rules that look at a step and its words, and at nothing else."""
BY_SECTION = (
    permits.KEPT_FOREVER,
    permits.HALF_A_MASK,
    spoken.KEY_DEAD,
    brief.KEPT_BRIEFLY,
)
"""Rules that look at what stands above the steps, too."""
BY_FILE = (spoken.NO_WITHDRAWAL, unused.UNUSED)
"""Rules that look at all of it, and not at what leads where."""
_OF_TEXTS = ("languages", "values")
_ALL_TEXTS = (("prompts",), ("notices",))


def lint(
    flow: Flow,
    data: bytes,
    ask: Ask | None = None,
    emergency: Collection[str] = EMERGENCY,
    now: int | None = None,
) -> tuple[Told, ...]:
    """Return what is wrong with a flow, or should be thought about twice.

    With `ask`, a switch is asked whether it has what the flow names; with `now`, in
    microseconds, it is told what is over.
    """
    behind_prompt = partial(routes.behind_prompt, emergency=emergency)
    past_holidays = partial(past.past_holidays, now=now)
    rules = RULES | {
        routes.BEHIND_PROMPT: behind_prompt,
        past.PAST_HOLIDAYS: past_holidays,
    }
    findings = [finding for look in rules.values() for finding in look(flow)]
    return _told(flow, data, findings, ask)


def lint_draft(
    draft: Flow, problems: Collection[FlowError], data: bytes, ask: Ask | None = None
) -> tuple[Told, ...] | None:
    """Return what is wrong with a flow besides the problems that keep it from loading.

    Only what holds whatever mends those: nothing of the ways that calls take. None,
    where those leave nothing that surely is as it stands.
    """
    ours = [tuple(p.path.split(".")) for p in problems if p.file == draft.file]
    # A word that stands for no section may have been meant for any.
    if any(place[0] == "" for place in ours):
        return None
    sound, rules = draft, list(BY_STEP)
    if all(place[0] == "steps" for place in ours):
        rules += BY_SECTION
    if all(p.code == DEAD_STEP and p.file == draft.file for p in problems):
        rules += BY_FILE
    else:
        steps = {step.name: step for step in _sound(draft, ours)}
        sound = replace(draft, steps=steps)
    findings = [finding for rule in rules for finding in RULES[rule](sound)]
    return _told(sound, data, findings, ask)


def are_texts_sound(problems: Iterable[FlowError]) -> bool:
    """Return whether what is wrong with a flow leaves alone what it says."""
    harmless = ("steps", "purposes", "hours", "recording", "description")
    return all(problem.path.partition(".")[0] in harmless for problem in problems)


def _sound(draft: Flow, places: Collection[tuple[str, ...]]) -> Iterator[Step]:
    """Yield the steps that are right themselves, and so is what they name."""
    # Deeper inside a step that could be made, just a target is wrong.
    bad = {p[:2] for p in places if p[0] != "steps" or len(p) == 2}
    are_texts_odd = any(p[0] in _OF_TEXTS or p in _ALL_TEXTS for p in places)
    for step in draft.steps.values():
        named = {at for at in unused.used_by(step) if at[0] != "step"}
        is_silent = all(what not in ("prompt", "notice") for what, _ in named)
        parts = {("steps", step.name)} | {(f"{what}s", name) for what, name in named}
        if not parts & bad and (is_silent or not are_texts_odd):
            yield step


def _told(
    flow: Flow, data: bytes, findings: list[Finding], ask: Ask | None
) -> tuple[Told, ...]:
    document = Document(data, flow.file)
    top = document.read()
    if ask is not None:
        findings += not_there(flow, ask)
    found = [told(document, top, finding) for finding in findings]
    return tuple(sorted(found, key=lambda told: (told.error.line, told.rule.code)))
