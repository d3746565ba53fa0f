"""What a proof found as a scenario, to be pasted beside the flow and played again.

In: a violation. Out: YAML, with a remark on whatever a scenario cannot say. Must not
read scenarios: `scenarios` does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone

from eslflow.call.wishes import Want
from eslflow.check.choice import Choice
from eslflow.check.looked import told
from eslflow.check.observer import (
    BARRED,
    PRIVATE,
    STRANGER,
    UNMASKED,
    UNPERMITTED,
    UNWILLING,
)
from eslflow.check.prove import REFUSED, Happening, Violation
from eslflow.check.scenario import (
    HANG_UP,
    PASS_ON,
    PASS_OUTSIDE,
    Callee,
    Fault,
    Outcome,
    Posted,
)
from eslflow.check.story import merged, words
from eslflow.flow.model import Flow
from eslflow.steps.calling import Calling, ending_of
from eslflow.steps.consent import Consent
from eslflow.steps.objection import Objection
from eslflow.steps.queue import Queue
from eslflow.steps.ring import Ring
from eslflow.steps.step import Step
from eslflow.steps.transfer import Transfer

_QUEUES = {"TIMEOUT": Outcome.TIMEOUT, "NO_AGENT_TIMEOUT": Outcome.NO_AGENTS}
_FAULTS = {
    "refuses": Fault.REFUSE,
    "lies": Fault.LIE,
    "untold": Fault.LOSE,
    "silent": Fault.LATE,
    "silently": Fault.LATE,
}
_ANSWERS = ("agent answers", "called party talks", "joined", "other agent")
_ACTS = {"start": "record"}
_WISHES = {Want.MASKED: "mask", Want.ON: "unmask", Want.OFF: "stop"}
_PLAIN = frozenset(
    (
        "played",
        "done",
        "executed",
        "kept",
        "the end",
        "told",
        "time",
        "renewed",
        "called party answers",
    )
)
"""What happens in a scenario unless it says otherwise."""


_PLAIN_TEXT = re.compile(r"[1-9][0-9]*|0|[A-Za-z_][A-Za-z0-9_-]*")


@dataclass
class _Draft:
    """A scenario that is being written."""

    flow: Flow
    press: list[str] = field(default_factory=list)
    queues: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[Fault, dict[str, None]] = field(default_factory=dict)
    agent: list[str] = field(default_factory=list)
    in_queue: list[str] = field(default_factory=list)
    in_talk: list[str] = field(default_factory=list)
    earlier: dict[str, str] = field(default_factory=dict)
    is_talk: bool = False
    """Whether somebody has answered."""
    people: list[Happening] = field(default_factory=list)
    """Who answers, one after the other."""
    passed: list[Happening] = field(default_factory=list)
    """That the agent passes the call on, until somebody has it."""
    callee: str = ""
    webhook: list[Posted] = field(default_factory=list)
    answer: dict[str, str] = field(default_factory=dict)
    hang_up_at: str = ""
    unsaid: list[str] = field(default_factory=list)

    def takes(self, happening: Happening) -> None:
        """Add one thing that happens."""
        what, arg, _ = happening.choice
        self.is_talk |= what in _ANSWERS
        add = _ADDS.get(what)
        if add is not None:
            add(self, happening.step, arg)
        elif what not in (*_PLAIN, *_ANSWERS):
            self.cannot_say(happening)
        if what in _ANSWERS:
            self.people.append(happening)

    def cannot_say(self, happening: Happening) -> None:
        """Remark what a scenario has no word for."""
        self.unsaid.append(words(self.flow, happening))

    @property
    def are_unwilling(self) -> bool:
        """Whether nobody who answers has agreed to being recorded."""
        return {each.choice.arg for each in self.people} == {UNWILLING}

    def ends(self) -> None:
        """Remark what only the end of the story shows to be unsaid."""
        known = ("", STRANGER, *((UNWILLING,) if self.are_unwilling else ()))
        strange = [each for each in self.people if each.choice.arg not in known]
        for happening in (*self.passed, *strange):
            self.cannot_say(happening)

    def fault(self, fault: Fault, what: str) -> None:
        """Let the switch get something wrong."""
        self.faults.setdefault(fault, {})[what] = None

    def step(self, name: str) -> Step:
        """Return a step."""
        return self.flow.steps[name]


def scenario(flow: Flow, violation: Violation) -> str:
    """Return a scenario in YAML in which a violation shows."""
    draft = _Draft(flow)
    for happening in merged(violation.story):
        draft.takes(happening)
    for happening in merged(violation.there):
        # Who refuses comes to the same questions, once the flow is mended.
        if _ADDS.get(happening.choice.what) is _presses:
            draft.takes(happening)
    draft.ends()
    where = f" at {violation.step}" if violation.step else ""
    lines = [f"  {violation.rule.words}{where}:"]
    lines += [f"    # A scenario cannot say: {unsaid}" for unsaid in draft.unsaid]
    lines += [f"    {line}" for line in _lines(draft, violation)]
    return "\n".join(["scenarios:", *lines]) + "\n"


def _lines(draft: _Draft, violation: Violation) -> Iterator[str]:
    for name, value in told(violation.begin).items():
        yield f"{name}: {quoted(value)}"
    if draft.flow.hours:
        zone = next(iter(draft.flow.hours.values())).zone
        at = datetime.fromtimestamp(violation.begin.at // 1_000_000, timezone.utc)
        yield f'at: "{at.astimezone(zone):%Y-%m-%d %H:%M}"'
    faults = {str(fault): list(named) for fault, named in draft.faults.items()}
    said = {
        "press": f"[{', '.join(map(quoted, draft.press))}]" if draft.press else "",
        "queue": _table(draft.queues) if draft.queues else "",
        "callee": draft.callee,
        "webhook": _posted(draft.webhook),
        "answer": _mapping(draft.answer),
        "agent": f"[{', '.join(draft.agent)}]" if draft.agent else "",
        "agent_agreed": "false" if draft.are_unwilling else "",
        "switch": _table(faults) if faults else "",
        "in_queue": f"[{', '.join(draft.in_queue)}]" if draft.in_queue else "",
        "in_talk": f"[{', '.join(draft.in_talk)}]" if draft.in_talk else "",
        "earlier": _mapping(draft.earlier),
        "hang_up_at": draft.hang_up_at,
        "expect": _expected(draft, violation),
    }
    yield from (f"{key}: {value}" for key, value in said.items() if value)


def _expected(draft: _Draft, violation: Violation) -> str:
    """Return what should come of it instead."""
    if violation.rule is REFUSED:
        step = draft.flow.steps.get(violation.reaches)
        queue = step.queue if isinstance(step, Queue) else violation.reaches
        return f"{{reaches: {queue or 'dialplan'}}}"
    if violation.rule is UNMASKED:
        return f"{{masked: [{violation.step}]}}"
    if violation.rule in (UNPERMITTED, PRIVATE, BARRED):
        return "{recorded: false}"
    return "{alarms: []}"


def _posted(ways: list[Posted]) -> str:
    """Return what becomes of webhooks: a word for all, or a list."""
    if set(ways) <= {Posted.DONE}:
        return ""
    return ways[0] if len(set(ways)) == 1 else f"[{', '.join(ways)}]"


def _table(values: dict[str, list[str]]) -> str:
    parts = (f"{quoted(key)}: [{', '.join(has)}]" for key, has in values.items())
    return f"{{{', '.join(parts)}}}"


def _mapping(values: dict[str, str]) -> str:
    inner = ", ".join(f"{quoted(key)}: {value}" for key, value in values.items())
    return f"{{{inner}}}" if inner else ""


def quoted(text: str) -> str:
    """Return a text as YAML takes it for just that."""
    is_plain = _PLAIN_TEXT.fullmatch(text) is not None
    return text if is_plain else f'"{text}"'


def _app(step: Step) -> str:
    """Return what a step asks of the switch."""
    if isinstance(step, Queue):
        return str(step.type)
    if isinstance(step, Transfer):
        return "uuid_transfer"
    if isinstance(step, Calling):
        return "originate" if isinstance(step, Ring) else "bridge"
    kinds = {"announce": "playback", "connect": "uuid_bridge"}
    return kinds.get(step.kind, "play_and_get_digits")


def _sound(step: Step) -> str:
    if isinstance(step, Consent):
        return step.asks["notice"]
    if isinstance(step, Objection):
        return step.announces["notice"]
    return str(getattr(step, "prompt", "all"))


def _queue(draft: _Draft, name: str, outcome: str) -> None:
    step = draft.step(name)
    if isinstance(step, Queue):
        draft.queues.setdefault(step.queue, []).append(outcome)


def _agent_answers(draft: _Draft, name: str, _: str) -> None:
    _queue(draft, name, Outcome.ANSWERED)


def _queue_ends(draft: _Draft, name: str, reason: str) -> None:
    _queue(draft, name, _QUEUES.get(reason, Outcome.FAILED))


def _recorder(draft: _Draft, name: str, how: str) -> None:
    action, manner = how.split(" ")[:2]
    if manner in _FAULTS:
        draft.fault(_FAULTS[manner], _ACTS.get(action, action))
    if how.endswith((" fails", " mute")):
        draft.fault(Fault.REFUSE, "stop")
    if how.endswith(" hang up"):
        draft.hang_up_at = name


def _key(draft: _Draft, _: str, want: str) -> None:
    draft.agent.append(next((w for key, w in _WISHES.items() if key == want), want))


def _caller_key(draft: _Draft, _: str, key: str) -> None:
    if key in draft.flow.recording.caller_keys.values():
        (draft.in_talk if draft.is_talk else draft.in_queue).append(key)


def _found(draft: _Draft, name: str, what: str) -> None:
    step = draft.step(name)
    if isinstance(step, Consent) and " " not in what and what != "nothing":
        draft.earlier[step.asks["purpose"]] = what
    elif what != "nothing":
        draft.cannot_say(Happening(name, Choice("found", what)))


def _presses(draft: _Draft, _: str, keys: str) -> None:
    draft.press.append(keys or "-")


def _presses_at_last(draft: _Draft, _: str, key: str) -> None:
    draft.press += [key, "hangup"]


def _cannot_play(draft: _Draft, name: str, _: str) -> None:
    draft.fault(Fault.CANNOT_PLAY, _sound(draft.step(name)))


def _refuses(draft: _Draft, name: str, _: str) -> None:
    draft.fault(Fault.REFUSE, _app(draft.step(name)))


def _callee(draft: _Draft, _: str, cause: str) -> None:
    draft.callee = Callee(ending_of(cause))


def _responds(draft: _Draft, name: str, body: str) -> None:
    draft.webhook.append(Posted.DONE)
    fields = {key: quoted(value) for key, value in json.loads(body or "{}").items()}
    # One answer stands for all webhooks.
    if any(draft.answer.get(key, value) != value for key, value in fields.items()):
        draft.cannot_say(Happening(name, Choice("responds", body)))
    draft.answer |= fields


def _says_no(draft: _Draft, _: str, __: str) -> None:
    draft.webhook.append(Posted.REFUSED)


def _no_response(draft: _Draft, _: str, __: str) -> None:
    draft.webhook.append(Posted.FAILED)


def _hangs_up(draft: _Draft, name: str, _: str) -> None:
    draft.hang_up_at = name


def _agent_leaves(draft: _Draft, _: str, __: str) -> None:
    draft.agent.append(HANG_UP)


def _passes_on(draft: _Draft, name: str, _: str) -> None:
    draft.passed.append(Happening(name, Choice("agent passes on")))


def _takes_over(draft: _Draft, _: str, who: str) -> None:
    draft.agent.append(PASS_OUTSIDE if who == STRANGER else PASS_ON)
    draft.passed.clear()


def _parked(draft: _Draft, _: str, __: str) -> None:
    """Say that the agent is gone: who passes a call on to nobody has hung up."""
    draft.agent.append(HANG_UP)
    draft.passed.clear()


_ADDS: dict[str, Callable[[_Draft, str, str], None]] = {
    "presses": _presses,
    "presses at last": _presses_at_last,
    "presses wrongly": _presses,
    "presses nothing": _presses,
    "enters": _presses,
    "not played": _cannot_play,
    "refused": _refuses,
    "agent answers": _agent_answers,
    "queue": _queue_ends,
    "dialled": _callee,
    "called party": _callee,
    "responds": _responds,
    "says no": _says_no,
    "no response": _no_response,
    "agent leaves": _agent_leaves,
    "agent passes on": _passes_on,
    "other agent": _takes_over,
    "parked": _parked,
    "recorder": _recorder,
    "key": _key,
    "callee key": _key,
    "caller key": _caller_key,
    "found": _found,
    "hang up": _hangs_up,
}
