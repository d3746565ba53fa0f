"""What a proof found as a scenario, to be pasted beside the flow and played again.

In: a violation. Out: YAML, with a remark on whatever a scenario cannot say. Must not
read scenarios: `scenarios` does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone

from eslflow.call.wishes import Want
from eslflow.check.choice import Choice
from eslflow.check.looked import told
from eslflow.check.observer import BARRED, PRIVATE, UNMASKED, UNPERMITTED
from eslflow.check.prove import REFUSED, Happening, Violation
from eslflow.check.scenario import Callee, Fault, Outcome, Posted
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
_ANSWERS = ("agent answers", "called party talks", "joined")
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
        "joined",
    )
    + ("called party talks", "called party answers", "responds")
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
    callee: str = ""
    webhook: str = ""
    hang_up_at: str = ""
    unsaid: list[str] = field(default_factory=list)

    def takes(self, happening: Happening) -> None:
        """Add one thing that happens."""
        what, arg, _ = happening.choice
        self.is_talk |= what in _ANSWERS
        add = _ADDS.get(what)
        if add is not None:
            add(self, happening.step, arg)
        elif what not in _PLAIN or (what in _ANSWERS and arg):
            self.unsaid.append(words(self.flow, happening))

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
        "webhook": draft.webhook,
        "agent": f"[{', '.join(draft.agent)}]" if draft.agent else "",
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


def _agent_answers(draft: _Draft, name: str, who: str) -> None:
    _queue(draft, name, Outcome.ANSWERED)
    if who:
        choice = Choice("agent answers", who)
        draft.unsaid.append(words(draft.flow, Happening(name, choice)))


def _queue_ends(draft: _Draft, name: str, reason: str) -> None:
    _queue(draft, name, _QUEUES.get(reason, Outcome.FAILED))


def _recorder(draft: _Draft, _: str, how: str) -> None:
    action, manner = how.split(" ")[:2]
    if manner in _FAULTS:
        draft.fault(_FAULTS[manner], _ACTS.get(action, action))
    if how.endswith((" fails", " mute")):
        draft.fault(Fault.REFUSE, "stop")


def _key(draft: _Draft, _: str, want: str) -> None:
    draft.agent.append(next((w for key, w in _WISHES.items() if key == want), want))


def _caller_key(draft: _Draft, _: str, key: str) -> None:
    if key in draft.flow.recording.caller_keys.values():
        (draft.in_talk if draft.is_talk else draft.in_queue).append(key)


def _found(draft: _Draft, name: str, what: str) -> None:
    step = draft.step(name)
    if isinstance(step, Consent) and " " not in what and what != "nothing":
        draft.earlier[step.asks["purpose"]] = what


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


def _says_no(draft: _Draft, _: str, __: str) -> None:
    draft.webhook = Posted.REFUSED


def _no_response(draft: _Draft, _: str, __: str) -> None:
    draft.webhook = Posted.FAILED


def _hangs_up(draft: _Draft, name: str, _: str) -> None:
    draft.hang_up_at = name


def _agent_leaves(draft: _Draft, _: str, __: str) -> None:
    draft.agent.append("hang_up")


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
    "says no": _says_no,
    "no response": _no_response,
    "agent leaves": _agent_leaves,
    "recorder": _recorder,
    "key": _key,
    "callee key": _key,
    "caller key": _caller_key,
    "found": _found,
    "hang up": _hangs_up,
}
