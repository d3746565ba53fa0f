"""What a proof found, told to a person: what happens, one thing after the other.

In: a violation. Out: its story in lines. Must not judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from textwrap import wrap

from eslflow.call.wishes import ASKS
from eslflow.check.looked import told
from eslflow.check.observer import STRANGER, UNWILLING
from eslflow.check.outcomes import FOUND
from eslflow.check.prove import CIRCLE, Happening, Violation
from eslflow.check.stage import LISTED, NAMES, UNKNOWN
from eslflow.flow.model import AgentKey, CallerKey, Flow, Party
from eslflow.steps.collect import Collect
from eslflow.steps.consent import Consent
from eslflow.steps.objection import Objection
from eslflow.wire.terms import RecordAction

_WORDS: Mapping[str, str] = {
    "played": "it is played to its end",
    "refused": "the switch refuses",
    "done": "the switch does it",
    "executed": "the switch does it",
    "no answer": "the switch does not answer",
    "called party answers": "the called party answers, and waits",
    "called party leaves": "the called party hangs up",
    "responds": "the program says yes",
    "says no": "the program says no",
    "no response": "the program does not answer",
    "kept": "that is on disk",
    "not kept": "that cannot be written to the disk",
    "agent leaves": "the agent hangs up",
    "agent passes on": "the agent passes the call on",
    "parked": "nobody has the call any more",
    "told": "the switch tells of it",
    "time": "time passes",
    "renewed": "time passes",
    "dead man": "the switch masks it by itself, for want of a sign of life",
    "file ends": "the switch ends the recording by itself",
    "hang up": "the caller hangs up",
    "not played": "its prompt cannot be played",
}
_ENDS = {
    "finished": "the flow hangs up",
    "handed_back": "the dialplan takes the call on",
    "transferred": "the call is handed over",
    "refused": "it is refused, for it cannot be recorded",
}
_QUEUE = {"TIMEOUT": "nobody answers in time", "NO_AGENT_TIMEOUT": "nobody is there"}
_CAUSES = {
    "USER_BUSY": "is busy",
    "NO_ANSWER": "does not answer",
    "CALL_REJECTED": "rejects the call",
    "SWITCH_CONGESTION": "cannot be called: no line is free",
    "UNALLOCATED_NUMBER": "cannot be called: there is no such number",
    "NORMAL_TEMPORARY_FAILURE": "cannot be called",
}
_DOES = {
    RecordAction.START: "start to record",
    RecordAction.MASK: "mask the recording",
    RecordAction.UNMASK: "unmask the recording",
    RecordAction.STOP: "stop the recording",
}
_MANNERS = {
    "does": "the switch is asked to {}, and does",
    "late": "the switch is asked to {}, does, and tells of it later",
    "untold": "the switch is asked to {}, does, and does not tell of it",
    "lies": "the switch is asked to {}, says that it does, and does not",
    "refuses": "the switch is asked to {}, and refuses",
    "silent": "the switch is asked to {}, and does not answer",
    "silently": "the switch is asked to {}, does, and does not answer",
}
_THEN = {
    "fails": "; it refuses all that is tried then",
    "mute": "; it refuses all that is tried then, and does not say what runs",
    "hang up": "; the caller hangs up meanwhile",
}
_ASKS: Mapping[str, str] = {
    **ASKS,
    AgentKey.GRANTED: "presses the key for a yes of the caller",
    AgentKey.REFUSED: "presses the key for a no of the caller",
    AgentKey.PRIVATE: "presses the key that makes the call private",
}


_WHO = {
    LISTED: ", who is never recorded",
    UNKNOWN: ", and nobody can say who it is",
    STRANGER: ", who is not of the office",
    UNWILLING: ", who has not agreed to being recorded",
} | dict.fromkeys(NAMES, ", who by the name of the leg is never recorded")
_FOUND = {word: word for word in FOUND}
_OWN: Mapping[str, str] = {
    CallerKey.WITHDRAW: "the key to withdraw",
    CallerKey.PRIVATE: "the key that makes the call private",
    AgentKey.GRANTED: "a key of the agent's",
}


def words(flow: Flow, happening: Happening) -> str:
    """Return what happens, in words."""
    what, arg, _ = happening.choice
    if what in _WORDS:
        return _WORDS[what]
    if what in _BY_ARG:
        before, by_arg, otherwise = _BY_ARG[what]
        return f"{before}{by_arg.get(arg, otherwise)}"
    return _SAYS[what](flow, happening.step, arg)


def _presses(flow: Flow, name: str, key: str) -> str:
    step = flow.steps[name]
    meaning = f" ({step.keys[key]})" if isinstance(step, (Consent, Objection)) else ""
    return f"{_asked(flow, name)} presses {key}{meaning}"


def _asked(flow: Flow, name: str) -> str:
    """Return who is asked in a step, as far as it is one person."""
    whom = flow.steps[name].asks_whom
    if Party.CALLEE not in whom:
        return "the caller"
    return "the called party" if len(whom) == 1 else "who is asked"


def _enters(flow: Flow, name: str, entry: str) -> str:
    step = flow.steps[name]
    is_secret = isinstance(step, Collect) and step.secure
    return f"the caller enters {f'{len(entry)} keys' if is_secret else entry}"


def _recorder(_: Flow, __: str, how: str) -> str:
    action, manner, *then = how.split(" ", 2)
    asked = _MANNERS[manner].format(_DOES[RecordAction(action)])
    return asked + "".join(_THEN.get(more, "") for more in then)


_BY_ARG: dict[str, tuple[str, Mapping[str, str], str]] = {
    "agent answers": ("an agent answers", _WHO, ""),
    "called party talks": ("the called party answers", _WHO, ""),
    "joined": ("the two talk", _WHO, ""),
    "other agent": ("another agent has the call", _WHO, ""),
    "found": ("the ledger remembers ", _FOUND, ""),
    "callee key": ("the called party presses ", _OWN, ""),
    "caller key": ("the caller presses ", _OWN, ""),
    "the end": ("", _ENDS, "the call is over"),
    "queue": ("", _QUEUE, "there is no such queue"),
    "dialled": ("the called party ", _CAUSES, ""),
    "called party": ("the called party ", _CAUSES, ""),
    "key": ("the agent ", _ASKS, ""),
    "wish": ("a program ", _ASKS, ""),
    "recorder again": ("the recorder tries again", _THEN, ""),
}
"""What is said first, what then by the choice's argument, and else."""
_SAYS: dict[str, Callable[[Flow, str, str], str]] = {
    "presses": _presses,
    "presses nothing": lambda flow, name, _: f"{_asked(flow, name)} presses nothing",
    "presses at last": lambda flow, name, key: (
        f"{_asked(flow, name)} presses {key}, and the caller hangs up"
    ),
    "presses wrongly": lambda flow, name, key: (
        f"{_asked(flow, name)} presses {key}: no such choice"
    ),
    "enters": _enters,
    "recorder": _recorder,
}


def merged(story: Iterable[Happening]) -> Iterator[Happening]:
    """Yield what happens, with one entry where its keys came one after the other."""
    last: Happening | None = None
    for happening in story:
        is_rest = happening == last and happening.choice.what == "enters"
        last = None if is_rest else happening
        if not is_rest:
            yield happening


def lines(flow: Flow, violation: Violation, at: str = "") -> Iterator[str]:
    """Yield a violation: what is wrong, and what happens till then.

    `at` is where its step stands, as `support.yaml:12`; without it, the file.
    """
    where = f"step '{violation.step}': " if violation.step else ""
    yield f"{at or flow.file}: {where}{violation.detail} [{violation.rule.code}]"
    given = ", ".join(
        f"{name} {value}" for name, value in told(violation.begin).items()
    )
    story = merged(violation.story)
    happened = [(each.step, words(flow, each)) for each in story]
    if not happened:
        yield f"  As soon as a call comes in{': ' if given else '.'}{given}"
    else:
        yield f"  It happens like this{f', with {given}' if given else ''}:"
    width = max((len(step) for step, _ in happened), default=0)
    for step, parts in groupby(happened, key=lambda part: part[0]):
        for place, (_, what) in enumerate(parts):
            yield f"    {step if not place else '':{width}}  {what}"
    if violation.rule is CIRCLE:
        yield f"    {'':{width}}  ... and so on"
    yield from wrap(
        violation.rule.mend, 86, initial_indent="  ", subsequent_indent="  "
    )
