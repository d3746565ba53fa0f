"""What a choice does in a call of a proof.

In: a call, one of the choices that it has (`outcomes` knows them). Out: the call after
it. A choice has no memory: done again in an equal state, it leads to an equal state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from eslflow.call.commands import Api, Execute, Job, LookUp, Request, mark
from eslflow.call.events import (
    Bridged,
    Executed,
    Found,
    HungUp,
    JobDone,
    Kept,
    KeyPressed,
    LegEnded,
    Parked,
    Queued,
    RecordStopped,
    Responded,
    Told,
    Unbridged,
    Wished,
)
from eslflow.call.records import Remembered, State
from eslflow.call.wishes import Want, Wish
from eslflow.check.asked import REFUSED, ends, goes_on, hangs_up, moving, takes
from eslflow.check.choice import Choice
from eslflow.check.entered import digits
from eslflow.check.outcomes import KEYS, PAGE
from eslflow.check.stage import LISTED, UNKNOWN, Stage, names
from eslflow.flow.model import AfterMask
from eslflow.steps.consent import Consent
from eslflow.steps.speech import KEY, PLAYED
from eslflow.wire.terms import ApiCommand, App

OTHER = "c-leg"
"""The leg that takes a call over."""
MASK_S = 600.0
"""For how long a program masks."""

Asked = TypeVar("Asked", Api, Execute, Job, Request)


def happens(stage: Stage, choice: Choice) -> None:
    """Let one of the choices happen."""
    _DOES[choice.what](stage, choice.arg)
    stage.look()


def _executed(stage: Stage, response: str = "", **variables: str) -> Executed:
    number = stage.flow_track._number
    return Executed(mark(number), response, Told(variables))


def _presses(stage: Stage, key: str) -> None:
    run = _asked(stage, Execute)
    stage.observer.grants.presses(key, run.leg)
    name = run.arg.split(" ")[7]
    stage.hears(_executed(stage, **{PLAYED: "16000", name: key}))


def _presses_at_last(stage: Stage, key: str) -> None:
    """Let the caller press a key, and be gone before anybody has heard of it."""
    stage.engine.foresee(HungUp("NORMAL_CLEARING"))
    _presses(stage, key)
    hangs_up(stage)


def _presses_wrongly(stage: Stage, key: str) -> None:
    run = _asked(stage, Execute)
    stage.observer.grants.presses(key, run.leg)
    name = run.arg.split(" ")[7]
    stage.hears(_executed(stage, **{PLAYED: "16000", f"{name}_invalid": key}))


def _presses_nothing(stage: Stage, _: str) -> None:
    stage.observer.grants.presses("", _asked(stage, Execute).leg)
    stage.hears(_executed(stage, **{PLAYED: "16000"}))


def _enters(stage: Stage, entry: str) -> None:
    """Press key after key, but stop after the first one: more can happen there."""
    done = digits(stage)
    keys = entry[done : done + 1] if not done else entry[done:]
    step = stage.observer.step
    for key in keys:
        if stage.observer.step == step and _asks_for_a_key(stage):
            stage.hears(_executed(stage, **{PLAYED: "16000", KEY: key}))


def _asks_for_a_key(stage: Stage) -> bool:
    awaited = stage.flow_track.awaited
    return isinstance(awaited, Execute) and awaited.arg.endswith(KEY)


def _played(stage: Stage, _: str) -> None:
    """Let it be played; of a code that is read out, all that is left of it."""
    stage.hears(_executed(stage, "FILE PLAYED"))
    while "read_out" in names(stage.flow_track):
        stage.hears(_executed(stage, "FILE PLAYED"))


def _not_played(stage: Stage, _: str) -> None:
    stage.observer.grants.pressed = None
    stage.hears(_executed(stage, "FILE NOT FOUND"))


def _refused(stage: Stage, _: str) -> None:
    stage.answers(stage.flow_track, REFUSED)


def _done(stage: Stage, _: str) -> None:
    stage.is_moved = _asked(stage, Api).command is ApiCommand.UUID_TRANSFER
    stage.observer.is_with_somebody |= stage.is_moved
    stage.answers(stage.flow_track, "+OK")


def _no_answer(stage: Stage, _: str) -> None:
    stage.times_out(stage.flow_track)


def _meets(stage: Stage, leg: str, who: str) -> None:
    """Let somebody and the caller talk."""
    stage.observer.meets(who, stage.is_moving, is_passed_on=leg == OTHER)
    agent = stage.plan.listed if who == LISTED else stage.plan.agent
    if leg != stage.engine.live.callee:
        leg = _another(stage, f"{leg}-{who}".rstrip("-"))
    stage.observer.grants.meets(leg)
    stage.hears(Bridged(leg, "" if who == UNKNOWN else agent))
    stage.met = True


def _another(stage: Stage, leg: str) -> str:
    """Return the leg of somebody who had not got the call yet."""
    screen = stage.engine.live.screen
    is_known = leg in (screen.leg, screen.brought)
    return _another(stage, f"{leg}+") if is_known else leg


def _agent_answers(stage: Stage, who: str) -> None:
    is_fifo = _asked(stage, Execute).app is App.FIFO
    stage.hears(_executed(stage, cc_cause="answered"))
    if is_fifo:
        stage.hears(Queued("caller_pop"))
    _meets(stage, "b-leg", who)


def _queue(stage: Stage, reason: str) -> None:
    is_fifo = _asked(stage, Execute).app is App.FIFO
    stage.hears(_executed(stage, cc_cause="cancel", cc_cancel_reason=reason))
    if is_fifo:
        stage.times_out(stage.flow_track)


def _dialled(stage: Stage, cause: str) -> None:
    stage.hears(_executed(stage, originate_disposition=cause))


def _job(stage: Stage, cause: str) -> None:
    leg = _asked(stage, Job).leg
    words = f"-ERR {cause}" if cause else f"+OK {leg}"
    stage.hears(JobDone(leg, not cause, words))


def _called(stage: Stage) -> str:
    """Return the leg that is joined, also of one who is leaving."""
    return stage.engine.live.callee or "b-leg"


def _found(stage: Stage, what: str) -> None:
    """Let the ledger say what the caller has chosen before."""
    asked = stage.flow_track.awaited
    assert isinstance(asked, LookUp)  # noqa: S101  the choice came of it
    flow = stage.plan.flow
    step = flow.steps[stage.observer.step]
    assert isinstance(step, Consent)  # noqa: S101  nothing else asks the ledger
    notice = flow.notices[step.asks["notice"]]
    word, _, other = what.partition(" ")
    version = notice.version + bool(other)
    choice = None
    if word != "nothing":
        words = flow.name, notice.name, version
        choice = Remembered("earlier", stage.now - 1, State(word), *words)
    problem = what if choice is None and other else ""
    stage.hears(Found(asked.key, choice, problem))


def _leg_ends(stage: Stage, _: str) -> None:
    stage.hears(LegEnded(stage.engine.live.callee, "NORMAL_CLEARING"))


def _responds(stage: Stage, body: str) -> None:
    request = _asked(stage, Request)
    stage.hears(Responded(request.key, 200, body.encode()))


def _says_no(stage: Stage, _: str) -> None:
    stage.hears(Responded(_asked(stage, Request).key, 404))


def _kept_it(stage: Stage, problem: str) -> None:
    stage.hears(Kept(not problem, problem))


def _wish(stage: Stage, want: str) -> None:
    after = stage.plan.flow.recording.after_mask
    is_timed = want == Want.MASKED and after is not AfterMask.STAY
    for_s = MASK_S if is_timed else None
    stage.hears(Wished(1, Wish(Want(want), PAGE, for_s)))


def _action(key: str) -> str:
    """Return what the switch says of an agent's key."""
    return next((action for want, action in KEYS.items() if want == key), key)


def _renewed(stage: Stage, track: str) -> None:
    found = stage.track(track)
    assert found is not None  # noqa: S101
    stage.times_out(found)


def _dead_man(stage: Stage, _: str) -> None:
    """Let the switch mask what runs, before anybody puts that off."""
    for path in stage.switch.running:
        stage.switch.running[path] = True
    stage.is_late = True
    _renewed(stage, "deadman.watch")


def _file_ends(stage: Stage, _: str) -> None:
    stage.is_troubled = True
    path = next(iter(stage.switch.running))
    del stage.switch.running[path]
    stage.hears(RecordStopped(path, 1000, "by itself"))


def _asked(stage: Stage, kind: type[Asked]) -> Asked:
    awaited = stage.flow_track.awaited
    assert isinstance(awaited, kind)  # noqa: S101  the choice came of it
    return awaited


_DOES: dict[str, Callable[[Stage, str], None]] = {
    "presses": _presses,
    "presses at last": _presses_at_last,
    "presses wrongly": _presses_wrongly,
    "presses nothing": _presses_nothing,
    "enters": _enters,
    "played": _played,
    "not played": _not_played,
    "refused": _refused,
    "done": _done,
    "executed": lambda stage, _: stage.hears(_executed(stage)),
    "no answer": _no_answer,
    "agent answers": _agent_answers,
    "queue": _queue,
    "called party talks": lambda stage, who: _meets(stage, "b-leg", who),
    "dialled": _dialled,
    "called party answers": _job,
    "called party": _job,
    "joined": lambda stage, who: _meets(stage, _called(stage), who),
    "found": _found,
    "called party leaves": _leg_ends,
    "responds": _responds,
    "says no": _says_no,
    "no response": _no_answer,
    "kept": _kept_it,
    "not kept": lambda stage, _: _kept_it(stage, "disk full"),
    "agent leaves": lambda stage, _: stage.hears(Unbridged(), Parked()),
    "agent passes on": lambda stage, _: stage.hears(Unbridged()),
    "other agent": lambda stage, who: _meets(stage, OTHER, who),
    "parked": lambda stage, _: stage.hears(Parked()),
    "told": lambda stage, _: stage.says(),
    "recorder": takes,
    "recorder again": goes_on,
    "time": lambda stage, _: stage.times_out(moving(stage)),
    "key": lambda stage, key: stage.hears(KeyPressed(_action(key))),
    "caller key": lambda stage, key: stage.hears(KeyPressed(key, is_callers=True)),
    "callee key": lambda stage, key: stage.hears(KeyPressed(key)),
    "wish": _wish,
    "renewed": lambda stage, _: _renewed(stage, "deadman.watch"),
    "dead man": _dead_man,
    "file ends": _file_ends,
    "hang up": lambda stage, _: hangs_up(stage),
    "the end": lambda stage, _: ends(stage),
}
