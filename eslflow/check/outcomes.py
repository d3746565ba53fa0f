"""What can happen next in a call of a proof: each outcome of all that is waited for.

In: a call at rest. Out: the choices there are. Must not do any of them (`happens`
does), nor judge.
"""

from __future__ import annotations

from eslflow.call.commands import Api, Await, Execute, Job, LookUp, Request
from eslflow.call.events import Bridged, Parked
from eslflow.call.recording import Recording
from eslflow.call.track import Track
from eslflow.call.wishes import Want
from eslflow.check.asked import AT_REST, asked, asks, is_answering, is_in_trouble
from eslflow.check.choice import Choice, Choices, Sort
from eslflow.check.entered import entries, field_values
from eslflow.check.looked import Looks
from eslflow.check.observer import STRANGER, UNWILLING
from eslflow.check.stage import LISTED, NAMES, UNKNOWN, Stage, name_of, names
from eslflow.flow.model import AgentKey, CalleeKey, CallerKey, Record, RecordingRules
from eslflow.steps.speech import KEY
from eslflow.wire.terms import App

FOUND = ("granted", "granted to other words", "refused", "withdrawn") + (
    *("nothing", "nothing that could be read"),
)
"""What the ledger can say of a caller's last choice."""
MOST_KEEPING = 2
"""How many answers are on their way to the disk at the same time."""
PAGE = "payment page"
"""Who masks besides an agent; a program."""


def choices(stage: Stage, looks: Looks) -> list[Choice]:
    """Return all that can happen now; what brings the call on comes first."""
    if stage.engine.is_over:
        return []
    if stage.engine._ending is not None:
        return [*_commits(stage)] or [Choice("the end")]
    if stage.is_left or stage.is_moved:
        return [Choice("the end", stage.engine.live.leaving)]
    found = list(_progress(stage, looks))
    if not is_in_trouble(stage):
        found += _people(stage, looks)
        found += _time(stage)
    found.append(Choice("hang up", sort=Sort.LEAVES))
    return found


def _progress(stage: Stage, looks: Looks) -> Choices:
    """Yield what the flow, the recorder and the switch wait for."""
    flow = stage.flow_track
    moves = stage.track("moves.watch")
    if moves is not None:
        yield from asked(stage, moves)
    if stage.switch.coming:
        yield Choice("told")
    yield from _commits(stage)
    if not stage.switch.coming and not is_in_trouble(stage):
        yield from _outcomes(stage, flow, looks)


def _commits(stage: Stage) -> Choices:
    """Yield what becomes of the oldest rows that are not on disk yet."""
    if any(track.is_keeping for track in stage.tracks()):
        yield Choice("kept")
        yield Choice("not kept", sort=Sort.FAILS)


# The flow.


def _outcomes(stage: Stage, flow: Track, looks: Looks) -> Choices:
    awaited = flow.awaited
    if isinstance(awaited, Execute):
        yield from _apps(stage, awaited, looks)
    elif isinstance(awaited, LookUp):
        yield from (Choice("found", found, Sort.CALLER) for found in FOUND)
        yield Choice("no answer", sort=Sort.FAILS)
    elif isinstance(awaited, Await):
        yield from _awaited(stage, awaited)
    elif isinstance(awaited, Request):
        yield from (Choice("responds", v) for v in field_values(stage, looks))
        yield Choice("says no", sort=Sort.FAILS)
        yield Choice("no response", sort=Sort.FAILS)
    elif isinstance(awaited, Job):
        yield Choice("called party answers")
        yield from _causes("called party")
        yield Choice("refused", sort=Sort.FAILS)
        yield Choice("no answer", sort=Sort.FAILS)
    elif isinstance(awaited, Api):
        yield Choice("done")
        yield Choice("refused", sort=Sort.FAILS)
        if flow._token:
            yield Choice("no answer", sort=Sort.FAILS)


def _apps(stage: Stage, run: Execute, looks: Looks) -> Choices:
    if run.app is App.PLAY_AND_GET_DIGITS:
        yield from _questions(stage, run, looks)
    elif run.app is App.PLAYBACK:
        yield Choice("played")
        yield Choice("not played", sort=Sort.FAILS)
    elif run.app is App.CALLCENTER:
        yield from _somebody(stage, "agent answers")
        yield Choice("queue", "TIMEOUT", Sort.TIME)
        yield Choice("queue", "NO_AGENT_TIMEOUT", Sort.FAILS)
        yield Choice("queue", "", Sort.FAILS)
    elif run.app is App.FIFO:
        yield from _somebody(stage, "agent answers")
        yield Choice("queue", "", Sort.FAILS)
    elif run.app is App.BRIDGE:
        yield from _somebody(stage, "called party talks")
        yield from _causes("dialled")
    else:
        yield Choice("executed")
    if run.leg:
        yield Choice("called party leaves", sort=Sort.PERSON)
    yield Choice("refused", sort=Sort.FAILS)


def _questions(stage: Stage, run: Execute, looks: Looks) -> Choices:
    words = run.arg.split(" ")
    if words[-1] == KEY:
        yield from (Choice("enters", e, Sort.CALLER) for e in entries(stage, looks))
    else:
        offered = words[-1][1:-1]
        yield from (Choice("presses", key, Sort.CALLER) for key in offered)
        yield from (Choice("presses at last", key, Sort.LEAVES) for key in offered)
        wrong = next((key for key in "7890123456*#" if key not in offered), "")
        if wrong:
            yield Choice("presses wrongly", wrong, Sort.CALLER)
    yield Choice("presses nothing", sort=Sort.CALLER)
    yield Choice("not played", sort=Sort.FAILS)


def _causes(who: str) -> Choices:
    for cause in ("USER_BUSY", "NO_ANSWER", "CALL_REJECTED", "SWITCH_CONGESTION"):
        yield Choice(who, cause, Sort.TIME if cause == "NO_ANSWER" else Sort.FAILS)
    yield Choice(who, "UNALLOCATED_NUMBER", Sort.FAILS)
    yield Choice(who, "NORMAL_TEMPORARY_FAILURE", Sort.FAILS)


def _awaited(stage: Stage, awaited: Await) -> Choices:
    """Yield what ends a talk, or begins one."""
    if Bridged in awaited.kinds:
        yield from _somebody(stage, "joined")
        yield Choice("no answer", sort=Sort.FAILS)
    elif Parked not in awaited.kinds:
        return
    elif stage.engine.live.leg:
        yield Choice("agent leaves", sort=Sort.PERSON)
        if not (stage.is_moving or stage.is_repeated or is_answering(stage)):
            yield Choice("agent passes on", sort=Sort.PERSON)
    else:
        yield from _somebody(stage, "other agent", Sort.PERSON)
        yield Choice("parked", sort=Sort.PERSON)


def _somebody(stage: Stage, what: str, sort: Sort = Sort.WORKS) -> Choices:
    """Yield who may answer, as far as the flow can tell them apart."""
    people: tuple[str, ...] = ("",)
    if stage.plan.listed:
        # By which of their names somebody is known, is tried with the first one.
        is_first = sort is Sort.WORKS and not stage.is_repeated
        people = ("", LISTED, *(NAMES if is_first else ()), *((UNKNOWN,) * is_first))
    if stage.plan.flow.recording.agreement is not None:
        people += (UNWILLING,)
    if what == "other agent" and _may_be_strange(stage):
        people += (STRANGER,)
    yield from (Choice(what, who, sort) for who in people)


def _may_be_strange(stage: Stage) -> bool:
    """Whether it makes a difference that somebody outside takes the call over."""
    flow = stage.plan.flow
    is_judged = flow.records and flow.recording.stays_inside
    return is_judged and not stage.is_repeated


# People and time.


_ENDS = frozenset(("_leave", "_refuse"))
"""Where the flow ends a call."""


def _people(stage: Stage, looks: Looks) -> Choices:
    live, flow = stage.engine.live, stage.plan.flow
    if live.callee and live.callee != _asked_leg(stage):
        yield Choice("called party leaves", sort=Sort.PERSON)
    moves = stage.track("moves.watch")
    if moves is None or not _ENDS.isdisjoint(names(stage.flow_track)):
        return
    if asks(moves) != AT_REST and live.recorder.state is not Recording.STARTING:
        return
    yield from _answers(stage)
    if is_answering(stage):
        # What else people do meanwhile, they do just before or just after.
        return
    never = looks.never_records(stage)
    keys = flow.recording.agent_keys.values()
    if live.leg and not stage.is_repeated:
        wants = [_MEANT[key] for key in keys if key in _MEANT]
        yield from _wishes(stage, "key", "agent", wants, never)
    if _is_worth_wishing(stage):
        wants = [Want.ON] if never else list(Want)
        yield from _wishes(stage, "wish", PAGE, wants, never)


def _wishes(
    stage: Stage, what: str, hand: str, wants: list[Want], never: bool
) -> Choices:
    """Yield what a hand can ask for that may make a difference.

    Where nothing is recorded any more (`never`), that is an unmask alone.
    """
    hands = stage.observer.hands
    for want in wants:
        if want is Want.MASKED:
            # Two masks at a time are no more than one, but for who takes it back.
            is_news = not never and not hands
        elif want is Want.ON:
            is_news = never or bool(hands) or _is_masked(stage)
        else:
            is_news = not never
        if is_news:
            yield Choice(what, want, Sort.PERSON)


def _answers(stage: Stage) -> Choices:
    """Yield what agent and caller press about being recorded, where it is news.

    While the caller's own answer is on its way to the disk, nobody presses another one.
    """
    rules, observer = stage.plan.flow.recording, stage.observer
    if not observer.has_keys or stage.is_repeated or stage.flow_track.is_keeping:
        return
    if sum(track.is_keeping for track in stage.tracks()) >= MOST_KEEPING:
        return
    grants, permitted = observer.grants, observer.grants.permitted()
    if rules.verbal is not None and stage.engine.live.leg:
        is_said = grants.is_verbal or rules.verbal.purpose in permitted
        yield Choice("key", _REFUSED if is_said else _GRANTED, Sort.PERSON)
        if not is_said and not stage.is_moving:
            # The agent's key is none of the caller's.
            yield Choice("caller key", _GRANTED, Sort.PERSON)
    may_withdraw = CallerKey.WITHDRAW in rules.caller_keys.values()
    if may_withdraw and (permitted or grants.is_verbal):
        yield Choice("caller key", CallerKey.WITHDRAW.value, Sort.PERSON)
    yield from _others(stage)


def _others(stage: Stage) -> Choices:
    """Yield what the called party presses, and who makes the call private."""
    rules, live = stage.plan.flow.recording, stage.engine.live
    is_asked = bool(live.asked) and live.asked == live.leg
    if rules.callee_keys and is_asked and stage.observer.permits():
        yield Choice("callee key", CalleeKey.WITHDRAW.value, Sort.PERSON)
    if not stage.observer.is_private:
        yield from _hushes(rules, bool(live.leg))


def _hushes(rules: RecordingRules, has_agent: bool) -> Choices:
    """Yield the keys that make a call private."""
    if CallerKey.PRIVATE in rules.caller_keys.values():
        yield Choice("caller key", CallerKey.PRIVATE.value, Sort.PERSON)
    if AgentKey.PRIVATE in rules.agent_keys.values() and has_agent:
        yield Choice("key", AgentKey.PRIVATE.value, Sort.PERSON)


_GRANTED, _REFUSED = AgentKey.GRANTED.value, AgentKey.REFUSED.value
_MEANT = {AgentKey.MASK: Want.MASKED, AgentKey.UNMASK: Want.ON, AgentKey.STOP: Want.OFF}
KEYS = {want: key for key, want in _MEANT.items()}


def _asked_leg(stage: Stage) -> str:
    awaited = stage.flow_track.awaited
    return awaited.leg if isinstance(awaited, Execute) else ""


def _is_masked(stage: Stage) -> bool:
    given_up = stage.observer.given_up
    files = stage.switch.running.items()
    return any(is_masked for path, is_masked in files if path not in given_up)


def _is_worth_wishing(stage: Stage) -> bool:
    """Whether a program's wish can change anything before the next step but one.

    A wish changes only what is recorded next, so that one in an earlier step comes to
    the same.
    """
    steps, live = stage.plan.flow.steps, stage.engine.live
    step = steps[live.step]
    if stage.switch.running or step.record is not Record.OFF:
        return True
    near = (steps[name] for name in step.leads_to() if name)
    return any(step.record is Record.ON for step in near)


def _time(stage: Stage) -> Choices:
    if stage.is_repeated or is_answering(stage):
        return
    for track in stage.tracks():
        name = name_of(track)
        if not track._token or not names(track):
            continue
        if name == "deadman.watch":
            yield Choice("renewed", sort=Sort.TIME)
            yield Choice("dead man", sort=Sort.TIME)
    if stage.switch.running and not stage.is_troubled and not stage.is_moving:
        yield Choice("file ends", sort=Sort.FAILS)
