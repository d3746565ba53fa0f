"""When two calls of a proof are in the same state: what comes of them is then the same.

In: a call. Out: a value that is equal for equal states, wherever in the flow they are;
and the step it is in. All that the engine will act on
is in it: the call's state, the recorder, what is on the switch, the observer's books,
and of each track the place in its code with the variables there. Left out is only what
no decision rests on: numbers that make names unique, words for people, and how long ago
something was; of a time it counts whether it is to come, or past.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import Enum
from types import CodeType, FrameType
from typing import Any, NamedTuple

from eslflow.call.events import Executed, JobDone, Replied, TimedOut, Told
from eslflow.call.recorder import PASSED_ON_S, Recorder
from eslflow.call.recording import RUNNING, Recording, Segment
from eslflow.call.records import State
from eslflow.call.secret import Secret
from eslflow.call.track import Track
from eslflow.call.verbal import ASKED
from eslflow.check.looked import Looks
from eslflow.check.said import files, said
from eslflow.check.stage import Stage, frames, name_of
from eslflow.flow.model import From
from eslflow.steps.speech import Answer
from eslflow.steps.step import Step

Print = Hashable

SOME_TIME = 1_000_000_000
"""Larger numbers are times."""
PASSED_ON_US = round(PASSED_ON_S * 1e6)
WORDS = 24
"""Longer texts are words for people, or paths."""
UNREAD = frozenset(
    ("self", "live", "recorder", "text", "sound", "words", "variable", "uuid", "arg")
    + ("where", "ticket", "notice", "purpose", "path", "done", "variables", "address")
    + ("options", "more", "seconds", "is_news", "began", "fields", "meant")
    + ("begins", "ends", "what", "within_s", "timeout_s", "keys", "wish", "sooner")
    + ("wakes_at", "is_set", "pause_s")
)
"""Variables that are held elsewhere, or that only make names and words."""
STALE = {
    "_walk": frozenset(("_", "ending", "step", "name")),
    "remembered": frozenset(("key", "since")),
    "run": frozenset(("answer", "ending", "reason")),
    "_answered": frozenset(("answer", "tries", "told", "state", "choice", "rows")),
    "_tries": frozenset(("outcome",)),
    "watch": frozenset(("action", "who", "event", "segment", "names", "reason", "leg")),
    "_while_on": frozenset(("number",)),
    "start": frozenset(("reply", "problem", "number")),
    "mask": frozenset(("reply", "reason")),
    "unmask": frozenset(("reply",)),
    "_stop": frozenset(("reply", "reason")),
    "_stop_all": frozenset(("reply", "reason")),
    "_see_it_end": frozenset(("reply",)),
    "_ask": frozenset(("reason", "action", "target")),
    "answered": frozenset(("state", "who")),
    "_granted": frozenset(("who", "audio")),
    "by_agent": frozenset(("row", "made")),
    "by_caller": frozenset(("rows", "row")),
    "_withdraw": frozenset(("rows", "made", "row", "who")),
    "_made": frozenset(("row", "who")),
}
"""Variables of a function that are set anew before a decision rests on them."""
SILENT = frozenset(("fulfil.fulfil", "reminder.watch", "beep.watch", "screen.watch"))
"""Tracks that only tell people something; or that begin when there is need of them, and
are answered at once."""
TELLING = frozenset(
    ("verbal.answered", "withdrawal.by_caller", "withdrawal.by_callee")
    + ("private.by_caller", "private.by_agent")
)
"""Tracks that only tell people something once their rows are on disk."""


def fingerprint(stage: Stage, looks: Looks) -> Print:
    """Return what tells a call's state from others."""
    engine, observer = stage.engine, stage.observer
    flow, *others = stage.tracks()
    is_gone = engine._ending is not None or stage.is_left or stage.is_moved
    named = () if is_gone else looks.named(engine.live.step)
    never = is_gone or looks.never_records(stage)
    rights = said(stage, named, never), observer.grants.print_()
    if engine._ending is not None:
        # Of a call that is over, only rows are still to come.
        ended = engine._ending.ending, rights, files(stage)
        return (*ended, _track(stage, flow), *_beside(stage, others))
    if is_gone:
        # Nothing is to come but the end, and what is owed by the ledger.
        left = "left", engine.live.leaving, _recorder(stage, True)[0], files(stage)
        return (*left, rights, _owed(stage, others))
    return (
        _live(stage, looks, never),
        _recorder(stage, never),
        _track(stage, flow),
        _beside(stage, others),
        _books(stage, never),
        tuple(type(event) for event in stage.switch.coming),
        stage.is_late,
        stage.is_troubled and not (never and _is_at_rest(stage)),
        _named(stage, observer.step),
        rights,
    )


def _beside(stage: Stage, others: list[Track]) -> tuple[Print, ...]:
    """Return what goes on beside the flow: what rests, and what is owed."""
    rest = [t for t in others if not (t.is_keeping or _is_silent(t))]
    return frozenset(_track(stage, track) for track in rest), _owed(stage, others)


def _owed(stage: Stage, others: list[Track]) -> Print:
    """Return what waits for the ledger, which keeps rows in their order."""
    owed = sorted((t for t in others if t.is_keeping), key=lambda track: track.keep)
    flow = stage.flow_track
    is_first = bool(owed) and flow.is_keeping and flow.keep < owed[0].keep
    return is_first, tuple(_owes(stage, track) for track in owed)


def _owes(stage: Stage, track: Track) -> Print:
    """Return what rests on rows that are not on disk yet; of many, only words do."""
    if name_of(track) not in TELLING:
        return _track(stage, track)
    granting = [f for f in frames(track) if f.f_code.co_name == "_granted"]
    if not granting:
        return "tells"
    live, there = stage.engine.live, granting[0].f_locals
    is_last = live.is_last_answer(there["number"])
    state = live.consents.state(there["rule"].purpose)
    return "permits" if is_last and state is State.REQUESTED else "tells"


def place(stage: Stage) -> str | None:
    """Return the first step like the one that a call is in; None: it is in none."""
    if stage.engine._ending is None:
        is_in_step = not (stage.is_left or stage.is_moved)
    else:
        owners = (frame.f_locals.get("self") for frame in frames(stage.flow_track))
        is_in_step = any(isinstance(owner, Step) for owner in owners)
    return stage.plan.alike.get(stage.observer.step) if is_in_step else None


def _named(stage: Stage, name: str) -> Print:
    """Return what tells a step from others, and the one that the call is in from none.

    Which one that is, `place` says.
    """
    if name == stage.observer.step:
        return "here", stage.plan.shapes.get(name)
    return stage.plan.alike.get(name)


def _is_silent(track: Track) -> bool:
    name = name_of(track)
    return name in SILENT or (name in TELLING and not track.is_keeping)


def _is_at_rest(stage: Stage) -> bool:
    """Whether there is no file, and none is being asked for."""
    return not (stage.switch.running or stage.is_moving)


def _live(stage: Stage, looks: Looks, never: bool) -> Print:
    live = stage.engine.live
    screen, rule = live.screen, live.flow.recording.verbal
    return (
        _named(stage, live.step),
        live.is_answered,
        live.is_hushed,
        live.leaving,
        bool(live.leg),
        bool(live.callee),
        bool(live.asked) and live.asked == live.callee,
        bool(live.asked),
        live.was_bridged,
        rule is not None and live.consents.state(rule.purpose) in ASKED,
        # Who had the call before, matters no more: another one is on another leg.
        never or (bool(screen.brought), screen.must_look(live.leg), screen.lets(live)),
        screen.is_cause,
        live.offered.called == stage.begin.offered.called,
        looks.seen(stage),
    )


def _recorder(stage: Stage, never_records: bool) -> tuple[Print, ...]:
    recorder, now = stage.engine.live.recorder, stage.now
    segment = recorder.segment
    asked = recorder.asked
    file = None
    if segment is not None and not segment.ended:
        is_started = bool(segment.started_at)
        file = (segment.moment, is_started, segment.is_stuck, segment.purposes is None)
    is_idle = file is None and recorder.state is Recording.FAILED
    return (
        # What has failed and is over may be begun again, as if it had not been.
        Recording.OFF if is_idle else recorder.state,
        recorder.wanted,
        recorder.moment,
        # Where nothing is recorded any more, no mask matters, but when it would end.
        _when(recorder.until, now)
        if never_records
        else frozenset((who, _when(at, now)) for who, at in recorder.masks.items()),
        recorder.is_forbidden,
        recorder.is_overdue,
        _when(recorder.parted_at, now),
        _when(recorder._passed_on_at, now),
        # A mask that somebody begins makes it sure; one by the dead-man does not.
        recorder.is_to_be_sure and recorder.state in RUNNING,
        _when(recorder.clear_at, now),
        _is_far(recorder, now),
        recorder._is_given_up and not never_records,
        asked and asked.action,
        file,
    )


def _is_far(recorder: Recorder, now: int) -> bool:
    """Whether a call that parts, or has, is taken for passed on before the unmask."""
    is_to_come = recorder.moment is From.STEP and recorder.clear_at > now
    return is_to_come and recorder.clear_at - (recorder.parted_at or now) > PASSED_ON_US


def _books(stage: Stage, never_records: bool) -> Print:
    """Return what the observer knows of files and people."""
    observer, live = stage.observer, stage.engine.live
    return (
        files(stage),
        # Whoever has been looked at may be recorded, or not; no more matters of them.
        never_records
        or (observer.who if live.screen.must_look(live.leg) else bool(observer.who)),
        (observer.is_private, observer.is_barred, observer.has_keys),
        never_records
        or (
            observer.is_forbidden,
            observer.hands,
            frozenset((w, _when(at, stage.now)) for w, at in observer.until.items()),
        ),
    )


def _when(at: int, now: int) -> int:
    """Return 0 for never, 1 for the past, 2 for what is to come."""
    return 0 if not at else 1 if at <= now else 2


def _track(stage: Stage, track: Track) -> Print:
    where = tuple([_place(stage, frame) for frame in frames(track)])
    return name_of(track), type(track.awaited), bool(track._token), where


class _Code(NamedTuple):
    """What counts of the frames of a function."""

    name: str
    variables: tuple[str, ...]
    is_steps: bool
    """Whether it is a step's own."""


_CODES: dict[CodeType, _Code] = {}


def _code(frame: FrameType) -> _Code:
    code = frame.f_code
    name = code.co_name
    idle = UNREAD | STALE.get(name, frozenset())
    every = (*code.co_varnames, *code.co_cellvars, *code.co_freevars)
    counts = tuple(variable for variable in every if variable not in idle)
    is_steps = isinstance(frame.f_locals.get("self"), Step)
    found = _CODES[code] = _Code(name, counts, is_steps)
    return found


def _place(stage: Stage, frame: FrameType) -> Print:
    name, variables, is_steps = _CODES.get(frame.f_code) or _code(frame)
    if not (variables or is_steps):
        return name, None, frame.f_lasti, ()
    there = frame.f_locals
    held = [(v, _plain(stage, there[v], v)) for v in variables if v in there]
    step = _named(stage, there["self"].name) if is_steps else None
    return name, step, frame.f_lasti, tuple(held)


def _plain(stage: Stage, value: Any, name: str = "") -> Print:
    """Return a value as far as a decision can rest on it."""
    make = _PLAIN.get(type(value))
    if make is not None:
        return make(stage, value, name)
    if isinstance(value, (Enum, type(None))):
        return value
    if isinstance(value, Step):
        return value.name
    return type(value).__name__


def _number(stage: Stage, value: int, _: str) -> Print:
    return ("time", _when(value, stage.now)) if value > SOME_TIME else value


def _text(_: Stage, value: str, __: str) -> Print:
    return value[:1] if len(value) > WORDS else value


def _many(stage: Stage, value: Any, _: str) -> Print:
    return tuple(_plain(stage, inner) for inner in value)


def _some(stage: Stage, value: Any, name: str) -> Print:
    if name in ("seen", "let_be"):
        # What the look-out has found matters no more once it has ended.
        value = [found for found in value if found[1] in stage.switch.running]
    return frozenset(_plain(stage, inner) for inner in value)


def _pairs(stage: Stage, value: dict[Any, Any], _: str) -> Print:
    return frozenset((_plain(stage, k), _plain(stage, v)) for k, v in value.items())


_PLAIN: dict[type, Callable[[Stage, Any, str], Print]] = {
    bool: lambda _, value, __: value,
    int: _number,
    float: lambda _, value, __: value,
    str: _text,
    tuple: _many,
    list: _many,
    set: _some,
    frozenset: _some,
    dict: _pairs,
    Secret: lambda _, value, __: ("secret", len(value)),
    Answer: lambda _, value, __: (value.key, bool(value.wrong), value.is_broken),
    Segment: lambda stage, value, _: value is stage.engine.live.recorder.segment,
    Replied: lambda _, value, __: ("replied", value.is_ok),
    TimedOut: lambda _, value, __: "timed out",
    JobDone: lambda _, value, __: ("job", value.is_ok),
    Executed: lambda stage, value, __: ("executed", _plain(stage, value.variables)),
    Told: lambda stage, value, _: _plain(stage, value._values),
}
