"""A call of a proof that begins in the middle: where it has just come to a step.

Generators cannot be copied, so that a state is reached again by doing again what led
to it; from the call's begin that would be long. An anchor is what is known of a call on
coming to a step, put into a fresh engine. Whether that makes the same state is not
taken for granted: whoever uses an anchor compares fingerprints.

In: a call. Out: an anchor; and from it, another call.
"""

from __future__ import annotations

from functools import partial
from itertools import repeat
from operator import attrgetter
from types import ModuleType
from typing import Any, NamedTuple

from eslflow.call.commands import Command
from eslflow.call.engine import GUARDIANS
from eslflow.call.events import Event
from eslflow.call.live import Live
from eslflow.call.recorder import Recorder
from eslflow.call.recording import Recording, Segment
from eslflow.call.secret import Secret
from eslflow.check.held import Holds
from eslflow.check.observer import Observer
from eslflow.check.stage import Begin, Plan, Stage, frames
from eslflow.check.switch import Switch
from eslflow.flow.model import Party

_OWN = frozenset(("flow", "site", "consents", "recorder", "screen", "secrets", "hears"))
"""What a live call holds that is made anew."""
_TABLES = ("_named", "values")
"""Those of the rest that change within."""
_PLAIN = tuple(name for name in Live.__slots__ if name not in _OWN.union(_TABLES))
_SEEN = ("brought", "is_held", "is_cause", "leg", "reason")
"""What a screen has seen; the rest is made of the flow, and of how the call began."""
_MADE = frozenset(("segment", "backlog", "masks"))
_KEPT = tuple(name for name in Recorder.__slots__ if name not in _MADE)
_plain, _tables = attrgetter(*_PLAIN), attrgetter(*_TABLES)
_kept, _seen = attrgetter(*_KEPT), attrgetter(*_SEEN)


class Anchor(NamedTuple):
    """What is known of a call on coming to a step."""

    begin: Begin
    now: int
    step: str
    live: tuple[Any, ...]
    tables: tuple[dict[str, Any], ...]
    recorder: tuple[Any, ...]
    masks: dict[str, int]
    screen: tuple[Any, ...]
    segment: Segment | None
    found: frozenset[tuple[str, str]]
    """Which recorders the look-out has seen."""
    states: dict[tuple[str, Party], tuple[str, str]]
    permitting: tuple[str, ...]
    secrets: dict[str, str]
    idle: tuple[ModuleType, ...]
    """Guardians that have not begun."""
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
        live=_plain(live),
        tables=tuple(map(dict, _tables(live))),
        recorder=_kept(recorder),
        masks=dict(recorder.masks),
        screen=_seen(live.screen),
        segment=_twin(segment),
        found=frozenset(_found(stage)),
        states=dict(live.consents._states),
        permitting=live.consents._permitting,
        secrets={name: secret.reveal() for name, secret in live.secrets.items()},
        idle=stage.engine._idle,
        switch=switch,
        observer=stage.observer.copy(switch),
        is_late=stage.is_late,
        is_troubled=stage.is_troubled,
    )


def moved(anchor: Anchor, step: str, holds: Holds) -> Anchor:
    """Return what is known of a call that comes to another step, which is like it."""
    named, values = anchor.tables
    return anchor._replace(
        step=step,
        tables=(named, holds.moved(values, anchor.step, step)),
        secrets=holds.moved(anchor.secrets, anchor.step, step),
    )


def _twin(segment: Segment | None) -> Segment | None:
    """Return another one with the same in it; what was cut out steers nothing."""
    if segment is None:
        return None
    twin = Segment.__new__(Segment)
    vars(twin).update(vars(segment), gaps=[])
    return twin


def _found(stage: Stage) -> set[tuple[str, str]]:
    """Return what the look-out has seen, as it holds it itself."""
    lookout = stage.track("lookout.watch")
    if lookout is None:
        return set()
    seen: set[tuple[str, str]] = next(frames(lookout)).f_locals["seen"]
    return seen


def call_from(plan: Plan, anchor: Anchor) -> Stage:
    """Return a call that has just come to the step, and gone on to its first wait."""
    stage = _bare(plan, anchor)
    _put(stage, anchor)
    stage.start(partial(_guard, stage, anchor))
    return stage


def unrecorded_from(plan: Plan, anchor: Anchor) -> Stage:
    """Return the same call, with a recorder that has nothing to do, and no guardian."""
    stage = _bare(plan, anchor)
    stage.engine.live.recorder = _Idle()
    stage.observer.__class__ = _Blind
    stage.engine._idle = ()
    stage.start()
    return stage


def becomes(stage: Stage, anchor: Anchor) -> None:
    """Let a call that stands at the same place be the one that was taken note of."""
    _put(stage, anchor)
    engine = stage.engine
    answers = {k: n for k, n in engine.live._named.items() if k == "answer"}
    engine._idle = GUARDIANS
    engine.live.recorder.__class__ = Recorder
    _fill(engine.live, anchor)
    # Which of the answers was the last one, each of them has looked up by its number.
    engine.live._named.update(answers)
    _guard(stage, anchor)
    engine._look_round()
    stage.goes_on()


class _Idle(Recorder):
    """A recorder that begins nothing, for nothing is begun in order to be masked."""

    __slots__ = ()

    def target(self, live: Live) -> Recording:
        """Return that it is to be masked, and holds nobody up."""
        return Recording.MASKED


class _Blind(Observer):
    """An observer who judges nothing, for all has been judged on the first way."""

    __slots__ = ()

    def sees(self, command: Command) -> None:
        """Let it pass."""

    def hears(self, event: Event, now: int) -> None:
        """Let it pass."""

    def looks(self, is_inside: bool) -> None:
        """Let it be."""


def _bare(plan: Plan, anchor: Anchor) -> Stage:
    """Return a call that is to come to the step."""
    stage = Stage(plan, anchor.begin, anchor.step, anchor.now)
    _fill(stage.engine.live, anchor)
    return stage


def _put(stage: Stage, anchor: Anchor) -> None:
    """Put the switch and the observer around a call as they were."""
    stage.now = anchor.now
    stage.switch = anchor.switch.copy()
    stage.observer = anchor.observer.copy(stage.switch)
    stage.is_late, stage.is_troubled = anchor.is_late, anchor.is_troubled


def _fill(live: Live, anchor: Anchor) -> None:
    recorder, screen, consents = live.recorder, live.screen, live.consents
    _set(live, _PLAIN, anchor.live)
    live._named, live.values = map(dict, anchor.tables)
    _set(recorder, _KEPT, anchor.recorder)
    recorder.masks = dict(anchor.masks)
    recorder.segment = _twin(anchor.segment)
    _set(screen, _SEEN, anchor.screen)
    live.secrets = {name: Secret(digits) for name, digits in anchor.secrets.items()}
    consents._states, consents._permitting = dict(anchor.states), anchor.permitting


def _set(holder: object, names: tuple[str, ...], values: tuple[Any, ...]) -> None:
    """Set attributes; of so many, a loop would take several times as long."""
    any(map(setattr, repeat(holder), names, values))


def _guard(stage: Stage, anchor: Anchor) -> None:
    """Let begin beside the flow what had begun."""
    engine = stage.engine
    begun = [g for g in engine._idle if g not in anchor.idle]
    engine._idle = tuple(g for g in engine._idle if g not in begun)
    for guardian in begun:
        engine._add(guardian.watch(engine.live))
    if anchor.found:
        _found(stage).update(anchor.found)
