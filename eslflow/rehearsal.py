"""Plays scenarios: one controller and one simulated switch for all of them.

In: flows, scenarios. Out: what came of each call, and its story. Real calls over a real
loopback socket, in simulated time; audio is taken to be there, as long as its words
take to say. Must not judge what came of a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eslflow.call.commands import Alarm, Tell
from eslflow.call.records import Remembered, Row
from eslflow.check.happened import Happened
from eslflow.check.scenario import (
    Act,
    Fault,
    Outcome,
    Posted,
    Scenario,
    Span,
)
from eslflow.flow.model import Flow
from eslflow.noted import CAUSES, Moved, Noted, Played, reached, unplayable
from eslflow.rig import Rig, Silent, assumed_sounds
from eslflow.sim import acts, deeds
from eslflow.sim.channel import Channel
from eslflow.sim.clock import START, SimulatedClock
from eslflow.sim.lies import Lie
from eslflow.sim.recordings import Recording
from eslflow.sim.script import Agent, Script
from eslflow.sim.switch import SimulatedCall
from eslflow.steps.queue import Queue
from eslflow.wire.terms import ApiCommand, App

HANG_UP_S = 0.3
"""How long after a step has begun the caller hangs up in it; every prompt is longer."""
MOST_TALKS = 10
"""How many people a caller talks with, one after the other, at most."""
LATE_S = 10.0
"""Later than anything is waited for."""
LEAST_S = 0.1
"""What is heard or masked for less of a step may belong to the one beside it."""

_AGENTS = {
    Outcome.ANSWERED: Agent.ANSWERS,
    Outcome.TIMEOUT: Agent.TIMEOUT,
    Outcome.NO_AGENTS: Agent.NO_AGENTS,
    Outcome.BUSY: Agent.BUSY,
    Outcome.NOBODY: Agent.NOBODY,
    Outcome.FAILED: Agent.UNKNOWN,
}
_COMMANDS = {act: f"uuid_record {act}" for act in Act}
_COMMANDS[Act.RECORD] = "uuid_record start"
_EVENTS = {Act.RECORD: "RECORD_START", Act.STOP: "RECORD_STOP"}


@dataclass
class _Call(Noted):
    """The call that goes on, and its caller as a deed of the script."""

    waits: frozenset[str] = frozenset()
    """The steps in which a caller waits in a queue."""
    channel: Channel | None = None
    leaves: bool = False
    """The caller hangs up as soon as there is a channel."""

    def do(self, channel: Channel) -> None:
        """Take the channel, to hang up on it when the step has come."""
        self.channel = channel
        if self.leaves:
            channel.later(HANG_UP_S, channel.ends)

    def comes_to(self, step: str, now: int) -> None:
        """Note that a step begins; hang up in it if that is the one."""
        self.steps.append((now, step))
        if step in self.waits and self.channel is not None:
            pressed = map(acts.of_caller, self.scenario.in_queue)
            acts.while_waiting(self.channel, pressed)
        if step == self.scenario.hang_up_at and not self.has_left:
            self.has_left = True
            if self.channel is None:
                self.leaves = True
            else:
                self.channel.later(HANG_UP_S, self.channel.ends)


@dataclass(frozen=True)
class _Meeting:
    """Notes that the caller talks with somebody, as a deed of the script."""

    met: list[float]

    def do(self, channel: Channel) -> None:
        """Note it."""
        self.met.append(channel.now_s)


class Rehearsal:
    """A controller and a switch on which scenarios are played, one after the other."""

    def __init__(self, flows: Sequence[Flow], folder: Path) -> None:
        self._flows = {flow.name: flow for flow in flows}
        self._folder = folder
        self._clock = SimulatedClock()
        self._calls = 0
        self._call: _Call | None = None
        self._courier = Silent((Posted.DONE,))
        self._rig = Rig(
            flows,
            assumed_sounds(flows),
            folder,
            clock=self._clock,
            watch=self._watch,
            kept=self._keep,
            visited=self._visit,
            courier=self._courier,
            earlier=self._earlier,
            agreed=lambda *_: bool(self._call and self._call.scenario.agent_agreed),
        )

    def play(self, flow: Flow, scenario: Scenario) -> Played:
        """Play one scenario of a flow."""
        start = START if scenario.at is None else scenario.at
        self._clock.restart(start)
        self._courier.endings = list(scenario.webhook)
        self._courier.answer = scenario.answer
        self._calls += 1
        waits = (n for n, step in flow.steps.items() if isinstance(step, Queue))
        call = self._call = _Call(flow, scenario, start, waits=frozenset(waits))
        script = _script(flow, scenario, call, f"test-{self._calls}")
        done = self._rig.call(script)
        self._call = None
        return Played(
            _happened(flow, call, done),
            tuple(call.lines),
            frozenset(call.visited),
            rows=tuple(call.rows),
        )

    def close(self) -> None:
        """Stop controller and switch."""
        self._rig.close()

    def __enter__(self) -> Rehearsal:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _watch(self, _: str, now: int, what: Tell | Alarm) -> None:
        if self._call is not None:
            self._call.hears(now, what, self._folder)

    def _earlier(self, purpose: str) -> Remembered | None:
        return self._call.earlier(purpose) if self._call else None

    def _keep(self, rows: Sequence[Row]) -> None:
        if self._call is not None:
            self._call.rows += rows

    def _visit(self, _: str, step: str, ending: str) -> None:
        call = self._call
        if call is None:
            return
        call.visited.add((step, ending))
        if not ending:
            call.comes_to(step, self._clock.now())


def _script(flow: Flow, scenario: Scenario, call: _Call, uuid: str) -> Script:
    """Return what the simulated switch is to play."""
    does: dict[str, deeds.Deed] = {"offered": call}
    for number in range(1, MOST_TALKS + 1):
        does[f"bridged {number}"] = _Meeting(call.met)
    done = [*map(acts.of_agent, scenario.agent), *map(acts.of_caller, scenario.in_talk)]
    in_talk, talk_s = acts.in_talk(done)
    return Script(
        uuid=uuid,
        press=call.press,
        caller=scenario.caller,
        caller_name=scenario.caller_name,
        called=scenario.called or flow.name,
        path=flow.name,
        queues={
            queue: [_AGENTS[outcome] for outcome in outcomes]
            for queue, outcomes in scenario.queues.items()
        },
        callee=CAUSES[scenario.callee],
        talk_s=talk_s,
        refuse=dict.fromkeys(_refused(scenario), "-ERR refused"),
        missing=tuple(unplayable(flow, scenario)),
        does=does | in_talk,
        lies=tuple(_lies(scenario)),
    )


def _refused(scenario: Scenario) -> Iterator[str]:
    """Yield the applications that the switch refuses."""
    for word in scenario.faults.get(Fault.REFUSE, ()):
        if word == ApiCommand.ORIGINATE:
            yield "bgapi originate"
        elif word in set(App):
            yield word


def _lies(scenario: Scenario) -> Iterator[Lie]:
    """Yield what the switch gets wrong about API commands."""
    for fault, words in scenario.faults.items():
        for word in words:
            command = _COMMANDS.get(word)  # type: ignore[call-overload]
            if word in set(ApiCommand) - {ApiCommand.ORIGINATE}:
                command = word
            if command is None:
                continue
            if fault is Fault.REFUSE:
                yield Lie(command, "-ERR refused")
            elif fault is Fault.LIE:
                yield Lie(command, is_done=False)
            elif fault is Fault.LOSE:
                yield Lie(command, loses=_EVENTS[Act(word)])
            else:
                yield Lie(command, late_s=LATE_S)


def _happened(flow: Flow, call: _Call, done: SimulatedCall) -> Happened:
    spans = call.spans()
    sounding = [found for found in done.recordings if found.heard_s > 0]
    moved = [Moved(h.at_s, h.text) for h in done.heard if h.what == "transferred"]
    return call.happened(
        files=len(sounding),
        heard=_within(spans, sounding, is_masked=False),
        masked=_within(spans, sounding, is_masked=True),
        reached=reached(flow, spans, call.met, done.ending == "fallback", moved),
    )


def _within(
    spans: Sequence[Span], files: Sequence[Recording], is_masked: bool
) -> tuple[str, ...]:
    """Return the steps of which files hold sound, or the silence of a mask."""
    found: dict[str, None] = {}
    for step, from_s, to_s in spans:
        for part in (part for file in files for part in file.spans):
            both_s = min(part.end_s, to_s) - max(part.at_s, from_s)
            if part.is_masked is is_masked and both_s > LEAST_S:
                found[step] = None
    return tuple(found)
