"""A file of scenarios: text to `Scenario`s of a flow, or every problem of the file.

In: the file's bytes, the flow. Out: scenarios with every name resolved, as strictly as
a flow is read. Must not open files nor play anything.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from typing import Any

from eslflow.call.records import Reason, State
from eslflow.check.scenario import (
    DIALPLAN,
    ENDINGS,
    HANG_UP,
    HOLD,
    NOBODY,
    PASS_ON,
    PASS_OUTSIDE,
    REST,
    UNHOLD,
    Act,
    Callee,
    Expected,
    Fault,
    Outcome,
    Posted,
    Scenario,
    keys_of_agent,
    keys_of_caller,
)
from eslflow.check.words import (
    PRESSES,
    Convert,
    acts,
    answer,
    by_name,
    files,
    items,
    one_of,
    pressed,
    several,
)
from eslflow.flow import codes
from eslflow.flow.document import Document, Kind, Node
from eslflow.flow.entries import Flag
from eslflow.flow.model import Flow, Party
from eslflow.flow.options import OneOf
from eslflow.flow.problems import Context, entries_of, listed, named, scalar
from eslflow.steps.queue import Queue
from eslflow.steps.webhook import fields_got
from eslflow.wire.terms import ApiCommand, App

KEYS = ("scenarios", "at", "caller", "called")
"""What a file has: scenarios, and what holds for those that do not say otherwise."""
SCENARIO = (
    *("press", "hang_up_at", "queue", "callee", "webhook", "switch", "agent"),
    *("in_queue", "in_talk", "answer", "earlier", "agent_agreed"),
    *("caller", "caller_name", "called", "at", "expect"),
)
EXPECT = (
    *("choice", "recorded", "unrecorded", "purposes", "heard", "masked"),
    *("reaches", "path", "ends", "alarms"),
)
PARTIES = tuple(map(str, Party))
STATES = tuple(str(state) for state in State if state is not State.REQUESTED)
REASONS = (
    *(Reason.PRIVATE, Reason.NEVER_RECORDED, Reason.AMONG_STAFF),
    *(Reason.UNKNOWN_PARTY, Reason.AGENT_NOT_AGREED, Reason.OUTSIDE),
)
"""Why a call, or a part of it, is not recorded, whatever anybody has agreed to."""
EARLIER = ("granted", "refused", "withdrawn")
"""What a caller can have chosen in another call."""
ACTS = (HOLD, UNHOLD, PASS_ON, PASS_OUTSIDE, HANG_UP)
_NAME = re.compile(r"\S(?:.{0,98}\S)?")
_NUMBER = re.compile(r"[+]?[0-9*#]+")


def read(data: bytes, file: str, flow: Flow) -> tuple[Scenario, ...]:
    """Return the scenarios that a file holds.

    Raises:
        FlowErrors: every problem of the file, sorted by line.
    """
    document = Document(data, file)
    top = document.read()
    reader = _Reader(document, flow)
    scenarios = reader.scenarios(top)
    document.stop_if_broken()
    return scenarios


@dataclass
class _Known:
    """What a scenario may name."""

    steps: tuple[str, ...]
    queues: dict[str, str]
    """The names of queues, with and without their domain."""
    purposes: tuple[str, ...]
    sounds: tuple[str, ...]
    gets: tuple[str, ...]
    """Fields that webhooks get of their answers."""
    keys: dict[str, str]
    """Keys of an agent, or of a called party, by what they mean."""
    own_keys: dict[str, str]
    """Keys of the caller, likewise."""

    @classmethod
    def of(cls, flow: Flow) -> _Known:
        queues: dict[str, str] = {}
        for step in flow.steps.values():
            if isinstance(step, Queue):
                queues[step.queue] = step.queue
                queues.setdefault(step.queue.partition("@")[0], step.queue)
        return cls(
            steps=tuple(flow.steps),
            queues=queues,
            purposes=tuple(flow.purposes),
            sounds=(*flow.prompts, *flow.notices),
            gets=fields_got(flow.steps.values()),
            keys=keys_of_agent(flow),
            own_keys=keys_of_caller(flow),
        )


class _Reader:
    def __init__(self, document: Document, flow: Flow) -> None:
        self._document = document
        self._known = _Known.of(flow)
        zones = [hours.zone for hours in flow.hours.values()]
        self._zone = zones[0] if zones else timezone.utc
        self._usual: dict[str, Any] = {}

    def scenarios(self, top: Node) -> tuple[Scenario, ...]:
        context = Context(self._document, {}, "", "a file of scenarios")
        words = "scenarios: and below it NAME: {...}"
        entries = entries_of(top, context, KEYS, words) or {}
        if not self._document.problems and "scenarios" not in entries:
            problem = "there are no scenarios"
            context.problem(codes.MISSING, top, problem, "Begin with scenarios:")
        self._usual = self._read(entries, context)
        self._usual.pop("scenarios", None)
        found = named(
            entries.get("scenarios"),
            Context(self._document, {}, "scenarios"),
            "scenario",
            self._scenario,
            _NAME,
            "a line of text of up to 100 characters",
        )
        return tuple(found.values())

    def _scenario(self, name: str, node: Node) -> Scenario | None:
        context = Context(self._document, {}, f"scenarios.{name}", "a scenario")
        entries = entries_of(node, context, SCENARIO, "{press: ..., expect: ...}")
        if entries is None:
            return None
        expected = self._expected(node, entries.pop("expect", None), context)
        values = self._usual | self._read(entries, context)
        return Scenario(
            name, self._document.file, node.mark.line, expected, **_renamed(values)
        )

    def _read(self, entries: Mapping[str, Node], context: Context) -> dict[str, Any]:
        """Return what the entries say, each read as its key demands."""
        convert: dict[str, Convert] = {
            "press": self._press,
            "hang_up_at": self._hang_up_at,
            "queue": self._queues,
            "callee": OneOf(Callee).convert,
            "webhook": self._webhooks,
            "answer": partial(answer, gets=self._known.gets),
            "switch": self._switch,
            "agent": self._agent,
            "in_queue": self._caller,
            "in_talk": self._caller,
            "earlier": self._earlier,
            "agent_agreed": Flag().convert,
            "at": self._at,
        }
        return {
            key: convert.get(key, _text)(node, context.inside(key))
            for key, node in entries.items()
            if key != "scenarios"
        }

    # What happens.

    def _press(
        self, node: Node, context: Context
    ) -> tuple[str, ...] | dict[str, tuple[str, ...]]:
        if node.kind is not Kind.MAPPING:
            return self._keys(node, context)
        return by_name(node, context, "step", self._known.steps, self._keys)

    def _keys(self, node: Node, context: Context) -> tuple[str, ...]:
        return tuple(_key(item, context) for item in items(node))

    def _hang_up_at(self, node: Node, context: Context) -> str:
        return one_of(node, context, "step", self._known.steps)

    def _queues(self, node: Node, context: Context) -> dict[str, Any]:
        queues = self._known.queues
        outcomes = [str(outcome) for outcome in Outcome]

        def turns(node: Node, context: Context) -> tuple[Outcome, ...]:
            words = several(node, context, "outcome of a queue", outcomes)
            return tuple(Outcome(word) for word in words if word in outcomes)

        if node.kind is Kind.MAPPING:
            found = by_name(node, context, "queue", queues, turns)
            return {queues[name]: outcome for name, outcome in found.items()}
        # One word for all of them.
        return dict.fromkeys(queues.values(), turns(node, context))

    def _webhooks(self, node: Node, context: Context) -> tuple[Posted, ...]:
        outcomes = [str(posted) for posted in Posted]
        words = several(node, context, "outcome of a webhook", outcomes)
        return tuple(Posted(word) for word in words if word in outcomes)

    def _switch(self, node: Node, context: Context) -> dict[Fault, tuple[str, ...]]:
        acts = [str(act) for act in Act]
        apps = [*map(str, App), *map(str, ApiCommand)]
        known: dict[str, tuple[str, Collection[str]]] = {
            Fault.REFUSE: ("command or application", (*acts, *apps)),
            Fault.LIE: ("command", acts),
            Fault.LOSE: ("command with an event", (Act.RECORD, Act.STOP)),
            Fault.LATE: ("command", acts),
            Fault.CANNOT_PLAY: ("prompt or notice", ("all", *self._known.sounds)),
        }
        entries = entries_of(node, context, list(known), "{refuse: [record]}") or {}
        return {
            Fault(key): several(inner, context.inside(key), *known[key])
            for key, inner in entries.items()
        }

    def _agent(self, node: Node, context: Context) -> tuple[str, ...]:
        keys = self._known.keys
        return acts(node, context, "an agent", keys, ACTS)

    def _caller(self, node: Node, context: Context) -> tuple[str, ...]:
        return acts(node, context, "a caller", self._known.own_keys)

    def _at(self, node: Node, context: Context) -> int | None:
        words = 'a time such as "2026-12-24 10:00"'
        text = scalar(node, context, words)
        if text is None:
            return None
        try:
            wall = datetime.strptime(text, "%Y-%m-%d %H:%M")
        except ValueError:
            problem = f"'{text}' is no time"
            context.problem(codes.WRONG_VALUE, node, problem, f"Takes {words}.")
            return None
        return round(wall.replace(tzinfo=self._zone).timestamp()) * 1_000_000

    def _earlier(self, node: Node, context: Context) -> dict[str, State]:
        def state(inner: Node, context: Context) -> State | None:
            word = one_of(inner, context, "earlier choice", EARLIER)
            return State(word) if word in EARLIER else None

        return by_name(node, context, "purpose", self._purposes, state)

    # What must come of it.

    def _expected(
        self, scenario: Node, node: Node | None, context: Context
    ) -> tuple[Expected, ...]:
        context = context.inside("expect")
        words = "{recorded: false}"
        hint = f"Write expect: {words} or another of: {listed(EXPECT)}."
        if node is None:
            problem = "nothing is expected of this scenario"
            context.problem(codes.MISSING, scenario, problem, hint)
            return ()
        entries = entries_of(node, context, EXPECT, words) or {}
        if node.kind is Kind.MAPPING and not node.pairs:
            problem = "nothing is expected of this scenario"
            context.problem(codes.MISSING, node, problem, hint)
        convert: dict[str, Convert] = {
            "recorded": files,
            "unrecorded": _reasons,
            "purposes": self._purposes_of,
            "heard": self._steps,
            "masked": self._steps,
            "reaches": self._reaches,
            "path": self._path,
            "ends": _ending,
            "alarms": _texts,
        }
        found: list[Expected] = []
        for key, inner in entries.items():
            if key == "choice":
                found += self._choices(inner, context.inside(key))
                continue
            want = convert[key](inner, context.inside(key))
            found.append(Expected(key, want, inner.mark.line))
        return tuple(found)

    def _choices(self, node: Node, context: Context) -> Iterable[Expected]:
        def state(inner: Node, context: Context) -> tuple[str, int]:
            word = one_of(inner, context, "outcome of a question", STATES)
            return word, inner.mark.line

        def states(inner: Node, context: Context) -> dict[str, tuple[str, int]]:
            """Return what became of it, by who was asked; ``: whoever was, at last."""
            if inner.kind is Kind.MAPPING:
                return by_name(inner, context, "party", PARTIES, state)
            return {"": state(inner, context)}

        if node.kind is not Kind.MAPPING:
            hint = f"Write {{PURPOSE: OUTCOME}}; purposes: {listed(self._purposes)}."
            problem = f"{node.kind.value} stands where choices are"
            context.problem(codes.WRONG_VALUE, node, problem, hint)
            return ()
        found = by_name(node, context, "purpose", self._purposes, states)
        return [
            Expected(f"choice {purpose} {party}".rstrip(), *wanted)
            for purpose, parties in found.items()
            for party, wanted in parties.items()
        ]

    def _purposes_of(self, node: Node, context: Context) -> tuple[str, ...]:
        """Return what each file is for, several purposes in one text."""
        found: list[str] = []
        for item in items(node):
            words = item.text.split() if item.is_scalar else []
            for word in words or [""]:
                part = Node(Kind.TEXT, item.mark, text=word)
                one_of(part, context, "purpose", self._purposes)
            found.append(" ".join(words))
        return tuple(found)

    @property
    def _purposes(self) -> tuple[str, ...]:
        return self._known.purposes

    def _steps(self, node: Node, context: Context) -> tuple[str, ...]:
        return several(node, context, "step", self._known.steps)

    def _path(self, node: Node, context: Context) -> tuple[str, ...]:
        return several(node, context, "step", (*self._known.steps, REST))

    def _reaches(self, node: Node, context: Context) -> str:
        known = self._known
        if node.is_scalar and _NUMBER.fullmatch(node.text):
            return node.text
        places = dict.fromkeys((*known.queues, DIALPLAN, NOBODY, *known.steps))
        return one_of(node, context, "queue or step", places)


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario's values under the names of its fields."""
    found = {key: value for key, value in values.items() if value is not None}
    for key, field in (("queue", "queues"), ("switch", "faults")):
        if key in found:
            found[field] = found.pop(key)
    if isinstance(found.get("press"), dict):
        found["press_at"] = found.pop("press")
    return found


def _text(node: Node, context: Context) -> str | None:
    return scalar(node, context, "text")


def _texts(node: Node, context: Context) -> tuple[str, ...]:
    return tuple(scalar(item, context, "text") or "" for item in items(node))


def _key(node: Node, context: Context) -> str:
    """Return what is pressed at a question; nothing for silence."""
    if node.kind is Kind.NOTHING:
        return ""
    keys = pressed(node.text) if node.is_scalar else None
    if keys is None:
        problem = f"'{node.text}' is no key of a telephone"
        context.problem(codes.WRONG_VALUE, node, problem, f"Takes {PRESSES}.")
    return keys or ""


def _reasons(node: Node, context: Context) -> tuple[str, ...]:
    return several(node, context, "reason not to record", REASONS)


def _ending(node: Node, context: Context) -> str:
    return one_of(node, context, "ending of a call", ENDINGS)
