"""A call of a proof that begins in the middle: where it has just come to a step.

Generators cannot be copied, so that a state is reached again by doing again what led
to it; from the call's begin that would be long. An anchor is what is known of a call on
coming to a step, put into a fresh engine. Whether that makes the same state is not
taken for granted: whoever uses an anchor compares fingerprints.

In: a call. Out: an anchor; and from it, another call.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from eslflow.call.consent import Consents
from eslflow.call.engine import GUARDIANS, Engine
from eslflow.call.live import Live
from eslflow.call.recorder import Recorder
from eslflow.call.recording import Recording
from eslflow.call.secret import Secret
from eslflow.check.observer import Observer
from eslflow.check.stage import Begin, Plan, Stage
from eslflow.check.switch import Switch
from eslflow.flow.model import Party

_OWN = frozenset(("flow", "site", "consents", "recorder", "screen", "secrets"))
"""What a live call holds that is made anew."""
_PLAIN = tuple(name for name in Live.__slots__ if name not in _OWN)
_SEEN = ("brought", "is_held", "is_cause", "leg", "reason")
"""What a screen has seen; the rest is made of the flow, and of how the call began."""
_KEPT = tuple(name for name in Recorder.__slots__ if name not in ("segment", "backlog"))


@dataclass(frozen=True)
class Anchor:
    """What is known of a call on coming to a step."""

    begin: Begin
    now: int
    step: str
    live: tuple[Any, ...]
    recorder: tuple[Any, ...]
    screen: tuple[Any, ...]
    segment: Any
    states: dict[tuple[str, Party], tuple[str, str]]
    secrets: dict[str, str]
    guarded: int
    switch: Switch
    observer: Observer
    is_late: bool
    is_troubled: bool


def note(stage: Stage) -> Anchor | None:
    """Return what is known of a call; nothing of one that only begins."""
    live = stage.engine.live
    recorder = live.recorder
    segment = recorder.segment
    switch = stage.switch.copy()
    return Anchor(
        begin=stage.begin,
        now=stage.now,
        step=live.step,
        live=tuple(_copied(getattr(live, name)) for name in _PLAIN),
        recorder=tuple(_copied(getattr(recorder, name)) for name in _KEPT),
        screen=tuple(getattr(live.screen, name) for name in _SEEN),
        segment=segment and replace(segment, gaps=[]),
        states=dict(live.consents._states),
        secrets={name: secret.reveal() for name, secret in live.secrets.items()},
        guarded=stage.engine._guarded,
        switch=switch,
        observer=stage.observer.copy(switch),
        is_late=stage.is_late,
        is_troubled=stage.is_troubled,
    )


def _copied(value: Any) -> Any:
    return dict(value) if type(value) is dict else value


def call_from(plan: Plan, anchor: Anchor) -> Stage:
    """Return a call that has just come to the step, and gone on to its first wait."""
    stage = _bare(plan, anchor)
    _put(stage, anchor)
    _fill(stage.engine.live, anchor)
    stage.start(partial(_guard, stage.engine, anchor.guarded))
    return stage


def unrecorded_from(plan: Plan, anchor: Anchor) -> Stage:
    """Return the same call, with a recorder that has nothing to do."""
    stage = _bare(plan, anchor)
    live = stage.engine.live
    _fill(live, anchor)
    live.recorder = _Idle()
    stage.start(partial(_guard, stage.engine, anchor.guarded))
    return stage


def becomes(stage: Stage, anchor: Anchor) -> None:
    """Let a call that stands at the same place be the one that was taken note of."""
    _put(stage, anchor)
    engine = stage.engine
    engine.live.recorder.__class__ = Recorder
    _fill(engine.live, anchor)
    _guard(engine, anchor.guarded)
    engine._look_round()
    stage.goes_on()


class _Idle(Recorder):
    """A recorder that begins nothing, for nothing is begun in order to be masked."""

    __slots__ = ()

    def target(self, live: Live) -> Recording:
        """Return that it is to be masked, and holds nobody up."""
        return Recording.MASKED


def _bare(plan: Plan, anchor: Anchor) -> Stage:
    """Return a call that is to come to the step."""
    stage = Stage(plan, anchor.begin, note)
    flow = plan.starting_at(anchor.step)
    stage.engine = Engine(anchor.begin.offered, flow, stage.site, anchor.now)
    stage.now = anchor.now
    return stage


def _put(stage: Stage, anchor: Anchor) -> None:
    """Put the switch and the observer around a call as they were."""
    stage.now = anchor.now
    stage.switch = anchor.switch.copy()
    stage.observer = anchor.observer.copy(stage.switch)
    stage.is_late, stage.is_troubled = anchor.is_late, anchor.is_troubled


def _fill(live: Live, anchor: Anchor) -> None:
    for name, value in zip(_PLAIN, anchor.live, strict=True):
        setattr(live, name, _copied(value))
    for name, value in zip(_KEPT, anchor.recorder, strict=True):
        setattr(live.recorder, name, _copied(value))
    for name, value in zip(_SEEN, anchor.screen, strict=True):
        setattr(live.screen, name, value)
    live.recorder.segment = anchor.segment and replace(anchor.segment, gaps=[])
    live.secrets = {name: Secret(digits) for name, digits in anchor.secrets.items()}
    live.consents = Consents(live.flow.purposes, live.flow.announced)
    live.consents._states = dict(anchor.states)
    live.consents._permitting = live.consents._found()


def _guard(engine: Engine, guarded: int) -> None:
    """Let begin beside the flow what had begun."""
    for place, guardian in enumerate(GUARDIANS):
        if guarded & 1 << place and not engine._guarded & 1 << place:
            engine._guarded |= 1 << place
            engine._add(guardian.watch(engine.live))
