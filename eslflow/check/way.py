"""How a state of a proof is reached again: from a call's begin, or from an anchor.

In: what led to a state. Out: a call in it; a shorter way that may lead to the same.
Whether it does is not taken for granted: whoever takes it compares fingerprints.
"""

from __future__ import annotations

from typing import NamedTuple

from eslflow.check.anchor import Anchor, becomes, call_from, note, unrecorded_from
from eslflow.check.asked import answering
from eslflow.check.choice import Choice
from eslflow.check.happens import happens
from eslflow.check.stage import Begin, Plan, Stage

LEADS = frozenset(
    (
        "found",
        "presses",
        "presses wrongly",
        "presses nothing",
        "enters",
        "played",
        "kept",
    )
    + (
        "agent answers",
        "called party talks",
        "called party answers",
        "joined",
        "done",
        "executed",
    )
    + ("agent passes on", "other agent")
)
"""What can bring the flow to its place in a step, whatever the recorder does."""
ANSWERS = frozenset(("key", "caller key", "callee key"))
"""What is pressed in a talk, and may be kept."""


class Way(NamedTuple):
    """How a state is reached again."""

    begin: Begin
    anchor: Anchor | None
    """What was known on coming to the step; None: the call has to begin anew."""
    choices: tuple[Choice, ...] = ()
    """What happens then."""
    lead: tuple[Choice, ...] = ()
    """What happens before, in a call that is not recorded."""
    within: Anchor | None = None
    """What is known where the lead ends."""

    def then(self, choice: Choice) -> Way:
        """Return the way that goes on with something."""
        return self._replace(choices=(*self.choices, choice))


def call_on(plan: Plan, way: Way) -> Stage:
    """Return a call that has gone all of a way."""
    if way.anchor is None:
        stage = Stage(plan, way.begin)
        stage.start()
    elif way.within is None:
        stage = call_from(plan, way.anchor)
    else:
        stage = unrecorded_from(plan, way.anchor)
        for choice in way.lead:
            happens(stage, choice)
        becomes(stage, way.within)
    for choice in way.choices:
        happens(stage, choice)
    return stage


def shortened(stage: Stage, way: Way) -> Way:
    """Return a shorter way that may lead to where a call is; if none does, this one."""
    if stage.engine.live.is_emergency:
        return way
    if stage.pause is not None:
        return Way(way.begin, stage.pause)
    is_short = len(way.choices) <= (way.within is None)
    if way.anchor is None or is_short or stage.is_moving:
        return way
    lead = _lead(stage, (*way.lead, *way.choices))
    return Way(way.begin, way.anchor, (), lead, note(stage))


def _lead(stage: Stage, whole: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Return what of a way brings the flow to its place, and answers to theirs."""
    answers = [place for place, choice in enumerate(whole) if choice.what in ANSWERS]
    # Rows become durable in their order: the last answers are not on disk yet.
    count = len(answering(stage))
    due = answers[-count:] if count else []
    return tuple(
        choice
        for place, choice in enumerate(whole)
        if choice.what in LEADS or place in due
    )
