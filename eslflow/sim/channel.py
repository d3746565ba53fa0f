"""One call as the switch plays it: commands in, replies and events out.

In: the controller's commands, a script. Out: bytes, in the order of a real FreeSWITCH
1.11 (checked against its transcripts). Time stands still until somebody lets it pass
with `proceed`: it then jumps to the next thing that happens. Must not open sockets or
write files.
"""

from __future__ import annotations

import math
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from eslflow.sim.apps import (
    FRAME_S,
    NONE,
    AgentGone,
    Gone,
    Interrupted,
    Joined,
    Left,
    Run,
    Transferred,
)
from eslflow.sim.clock import SimulatedClock, Timer
from eslflow.sim.commands import CommandReader
from eslflow.sim.events import goodbye
from eslflow.sim.legs import AgentLeg, Leg, Legs, made_of
from eslflow.sim.lies import Liar
from eslflow.sim.listener import Listener
from eslflow.sim.past import Past
from eslflow.sim.plans import Plans
from eslflow.sim.script import Script
from eslflow.sim.state import State
from eslflow.sim.talks import WITHIN, run_on
from eslflow.sim.thread import live
from eslflow.sim.timeline import Action, Timeline
from eslflow.sim.verbs import obey

if TYPE_CHECKING:
    from eslflow.sim.deeds import Deed

Length = Callable[[str], "int | None"]
NORMAL = "NORMAL_CLEARING"
ENDLESS_MS = 3_600_000
"""What has no end is over after an hour."""


class Channel(Past):
    """The switch's side of one call."""

    def __init__(
        self, script: Script, clock: SimulatedClock, length_ms: Length
    ) -> None:
        super().__init__()
        self.script = script
        self.state = State()
        self.listener = Listener()
        self.legs = Legs(self)
        self.member_uuid = made_of(script.uuid, "member")
        self.liar = Liar(script.lies)
        self.headers = self.legs.headers()
        self.asked: deque[Run] = deque()
        """Applications that wait for those before them."""
        self.running: Run | None = None
        self.is_idle = False
        """The thread waits for something to be asked for."""
        self._length_ms = length_ms
        self._time = Timeline(clock)
        self._plans = Plans(script, self.ends, self._drop, self._do)
        self._reader = CommandReader()
        self._questions = 0
        self._thread = live(self)
        self._is_ended = False
        self._wakes_s = math.inf
        self._resume()
        self.reach("offered")

    # Time.

    @property
    def now_s(self) -> float:
        """Simulated seconds since the call came in."""
        return self._time.now_s

    @property
    def micros(self) -> int:
        """Simulated microseconds since 1970."""
        return self._time.micros

    @property
    def waits(self) -> bool:
        """Whether nothing more happens before the controller says something."""
        return self.is_idle and math.isinf(self.next_s) and self.listener.is_open

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens at all."""
        return math.isinf(self.next_s) and (self._is_ended or not self.listener.is_open)

    def pass_s(self, seconds: float) -> None:
        """Let simulated time pass; recorders hear it."""
        self._time.pass_s(seconds)
        state = self.state
        for recording in self.recorders:
            recording.hear(self.now_s, seconds, state.is_bridged, state.has_audio)

    def catch_up(self, micros: float) -> None:
        """Let it be that late, if it is not yet."""
        self.pass_s(max(0.0, micros - self.micros) / 1e6)

    def later(self, seconds: float, action: Action, in_passing: bool = False) -> Timer:
        """Do something after simulated seconds, whatever the thread does."""
        return self._time.later(seconds, action, in_passing)

    @property
    def next_s(self) -> float:
        """When the next thing happens; infinite if it is the controller's turn."""
        if self.state.is_up and not self.listener.is_open:
            return self.due_s
        return self._time.next_s(self._wakes_s)

    @property
    def due_s(self) -> float:
        """When the next thing happens if the controller has nothing to say before."""
        return self._time.due_s(self._wakes_s)

    def proceed(self, is_certain: bool = False) -> bytes:
        """Let time pass to what happens next; return what the switch says of it.

        It is certain that the controller has nothing to say only to who knows.
        """
        next_s = self.due_s if is_certain else self.next_s
        if math.isinf(next_s):
            return b""
        if self.now_s < next_s:
            self.pass_s(next_s - self.now_s)
        action = self._time.take(next_s)
        if action is not None:
            action()
        else:
            self._resume()
        return self.listener.taken()

    def _resume(self, error: Interrupted | None = None) -> None:
        """Let the thread run until it rests again."""
        try:
            nap = self._thread.throw(error) if error else next(self._thread)
            self._wakes_s = self.now_s + nap
        except StopIteration:
            self._wakes_s = math.inf
            self._is_ended = True

    # The controller.

    def receive(self, data: bytes) -> bytes:
        """Take what the controller sent; answer, and go on until it has to speak."""
        out = self.hear(data)
        while not (self.waits or self.is_over or self.state.drops):
            out += self.proceed()
        return out

    def hear(self, data: bytes) -> bytes:
        """Take what the controller sent; return what the switch answers at once."""
        out = b""
        for sent in self._reader.feed(data):
            self.commands.append(sent)
            if self.listener.is_stuck:
                self.unheard.append(sent)
            elif self.listener.is_open and not self.state.drops:
                out += self.listener.taken()
                obey(self, sent)
        return out + self.listener.taken()

    def connect(self) -> None:
        """Hand the call over."""
        self.listener.is_connected = True
        self.set("current_application", "socket")
        self.set("current_application_data", self._socket_arg)
        self.listener.say(self.headers.offer(self.micros, self.state.headers()))
        self.reach("connect")

    def ask_for(self, app: str, arg: str, mark: str) -> None:
        """Run an application when those asked for before have ended.

        In a talk, and in another extension, short ones are run within it.
        """
        if app in WITHIN and (self.state.is_bridged or self.state.is_moved):
            self.later(FRAME_S, partial(run_on, self.caller, app, arg, mark))
        elif self.state.is_up:
            self.asked.append(self.count_run(app, arg, mark))
            self._wake()

    def count_run(self, app: str, arg: str, mark: str = "") -> Run:
        """Return a run of an application, for which the script may have plans."""
        run = self._plans.runs(app, arg, mark or str(uuid.uuid4()))
        self._plan(self._plans.of(run))
        return run

    def ask_for_hangup(self, cause: str) -> None:
        """Hang up; what takes long is interrupted with the next frame."""
        if self.running is not None and self.running.app != "answer":
            self.later(FRAME_S, partial(self.ends, cause))
        elif self.state.is_up:
            self.asked.append(Run("", cause, "", 1))
            self._wake()

    def dismiss(self) -> None:
        """Close the socket in good order, and go on without a controller."""
        self.listener.say(goodbye(self.script.uuid))
        self.lose()

    def lose(self) -> None:
        """Go on without a controller, as the switch does when the socket is gone."""
        if not self.listener.is_open:
            return
        self.listener.close()
        if self._is_ended:
            return
        self.asked.clear()
        if self.get("socket_resume") == "true":
            self._resume(Left())
        else:
            self._wake()

    def _wake(self) -> None:
        if self.is_idle:
            self._resume()

    # Legs.

    @property
    def caller(self) -> Leg:
        """The caller's leg."""
        return self.legs.caller

    @property
    def agent(self) -> AgentLeg:
        """The leg of the agent who talks, has talked or will talk with the caller."""
        return self.legs.agents[-1]

    def agent_ends(self) -> None:
        """Let the agent hang up."""
        if self.agent.is_joined:
            self._resume(AgentGone())

    def transfer(self, moved: Transferred) -> None:
        """Send the caller to another extension."""
        if self.state.is_up and not self._is_ended:
            self._resume(moved)

    def join(self) -> None:
        """Join the caller with whom the switch has called, if both are still there."""
        if self.state.is_up and not self._is_ended and self.agent.is_up:
            self._resume(Joined())

    # What applications and commands do with the channel.

    def get(self, name: str) -> str | None:
        """Return a channel variable, or None."""
        return self.headers.variable(name)

    def set(self, name: str, value: str | None) -> None:
        """Set or unset a channel variable; an empty value unsets."""
        self.headers.set(name, value)

    def length_of(self, path: str) -> int | None:
        """Return the milliseconds of an audio file; None: it is not there."""
        if self.script.missing and path.endswith(self.script.missing):
            return None
        if path.endswith("loops=-1"):
            return ENDLESS_MS
        return self._length_ms(path)

    def pressed(self) -> str:
        """Return what the caller presses at the next question."""
        place = self._questions
        self._questions += 1
        if place < len(self.script.keys):
            return self.script.keys[place]
        return self.script.press(place) if self.script.press else ""

    def answered(self) -> None:
        """Answer the call."""
        self.state.is_answered = True
        self.headers.add("answered")
        self.tell("answered")
        self.fire("CHANNEL_ANSWER")
        self.reach("answered")

    def bridged(self, is_bridged: bool, name: str) -> None:
        """Join the caller with an agent, or part them."""
        self.state.is_bridged = self.state.has_audio = is_bridged
        self.state.name = name

    def park(self) -> None:
        """Give the call back to the controller after a bridge."""
        self.state.name = "CS_PARK"
        self.fire("CHANNEL_PARK")
        self.reach("parked")

    def leave_socket(self) -> None:
        """End the `socket` application, once."""
        if self.state.in_socket:
            self.state.in_socket = False
            mark = made_of(self.script.uuid, "socket")
            self.complete(Run("socket", self._socket_arg, mark, 1))

    @property
    def _socket_arg(self) -> str:
        path = f"/{self.script.path}" if self.script.path else ""
        return f"127.0.0.1:8084{path} async full"

    def complete(self, run: Run, response: str = NONE) -> None:
        """Say that an application has ended, once.

        Raises:
            Gone: the script has the caller hang up before.
        """
        if run.is_done:
            return
        if run.leaves:
            self.hang_up()
        run.is_done = True
        headers = {**run.headers(), "Application-Response": response}
        self.fire("CHANNEL_EXECUTE_COMPLETE", headers)

    def hang_up(self, cause: str = NORMAL) -> NoReturn:
        """End the A-leg from within the thread.

        Raises:
            Gone: always.
        """
        self._go_down(cause)
        raise Gone

    def ends(self, cause: str = NORMAL) -> None:
        """End the A-leg from outside the thread."""
        if self.state.is_up and not self._is_ended:
            self._go_down(cause)
            self._resume(Gone())

    def _go_down(self, cause: str) -> None:
        self.state.is_up = False
        self.state.cause = cause
        self.tell("hangup", cause)
        self.fire("CHANNEL_HANGUP")
        if self.listener.linger_s is None:
            if self.listener.is_connected:
                self.listener.say(goodbye(self.script.uuid))
            self.listener.close()

    # Events.

    def fire(
        self,
        name: str,
        extra: Mapping[str, str] | None = None,
        has_channel: bool = True,
        body: str = "",
    ) -> None:
        """Send an event, if the controller wants it and a filter lets it through."""
        headers = dict(extra or {})
        known = {**headers, "Unique-ID": self.script.uuid} if has_channel else headers
        if self.listener.wants(name, known):
            state = self.state.headers() if has_channel else None
            data = body.encode()
            event = self.headers.event(name, self.micros, state, headers, data)
            self.listener.say(event, name)

    # The script.

    def reach(self, point: str) -> None:
        """Let happen what the script has planned for this point."""
        self._plan(self._plans.at(point))

    def _plan(self, due: Iterable[tuple[float, Action]]) -> None:
        for seconds, action in due:
            self.later(seconds, partial(self._stir, action))

    def _stir(self, action: Action) -> None:
        self.state.is_stirred = True
        action()

    def _do(self, deed: Deed) -> None:
        deed.do(self)

    def _drop(self) -> None:
        self.state.drops = True
