"""Somebody whom the switch calls in the background: `originate ... &park()`.

In: a channel, the arguments of `originate` and of what runs on the new leg. Out: its
events in the order of the real switch (transcripts 45, 47 and 48). The leg is nobody's
until `uuid_bridge`: parked, it is asked what the controller has it asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from eslflow.sim.apps import NONE, RATE, Question, Run
from eslflow.sim.legs import LEG_ENDED, AgentLeg
from eslflow.sim.script import HANG_UP

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel

Tell = Callable[[str], None]

PROGRESS_S = 0.02
ASK = "play_and_get_digits"
_ORIGINATE = re.compile(r"originate (?:\{([^}]*)\})?(\S+) &park\(?\)?")
_RINGING = {
    "Answer-State": "ringing",
    "Channel-State": "CS_CONSUME_MEDIA",
    "Channel-Call-State": "DOWN",
}
_GONE = {"Answer-State": "hangup"}


def originate(channel: Channel, line: str, job: str, tell: Tell) -> None:
    """Call somebody; the job tells what became of it."""
    found = _ORIGINATE.fullmatch(line)
    if found is None:
        tell("-USAGE: <call url> &<application_name>\n")
        return
    pairs = [pair.partition("=") for pair in (found[1] or "").split(",")]
    variables = {name: value for name, _, value in pairs if name}
    leg = Called(channel, variables.get("origination_uuid", job), tell)
    leg.variables = variables
    channel.legs.agents.append(leg)
    channel.tell("calls", found[2])
    channel.later(PROGRESS_S, leg.rings)


class Called(AgentLeg):
    """A leg that belongs to nobody yet."""

    def __init__(self, channel: Channel, uuid: str, tell: Tell) -> None:
        super().__init__(channel, uuid)
        self._tell = tell
        """Says what became of the job that made it."""
        self._question: Run | None = None
        self._asked = 0
        self._is_ringing = False
        self._park = Run("park", "", f"{uuid}-park", 1)

    def rings(self) -> None:
        """Ring, until somebody answers or nobody does."""
        script = self.channel.script
        self._is_ringing = self._is_up = self.was_up = True
        if not script.callee:
            self.fire("CHANNEL_PROGRESS", _RINGING)
        else:
            self.channel.tell("not answered", script.callee)
        due = partial(self.ends, script.callee) if script.callee else self._answers
        self.channel.later(script.agent_after_s, due)

    def _answers(self) -> None:
        if not self._is_ringing:
            return
        self._is_ringing = False
        self.variables["endpoint_disposition"] = "ANSWER"
        self.channel.tell("called party answers")
        self.fire("CHANNEL_ANSWER")
        self._tell(f"+OK {self.uuid}\n")
        self.fire("CHANNEL_PARK")

    def runs(self, app: str, arg: str, mark: str) -> None:
        """Run an application that was asked for."""
        if app != ASK:
            super().runs(app, arg, mark)
        elif self._is_up:
            self._question = Run(app, arg, mark, 1)
            self._ask(self._question)

    def _ask(self, run: Run) -> None:
        """Play the question, and wait for keys."""
        script, question = self.channel.script, Question.read(run.arg)
        keys = script.pressed_by_callee(self._asked)
        self._asked += 1
        self.set(question.variable, None)
        length = self.channel.length_of(question.prompt)
        if length is None:
            self.channel.later(0, partial(self._answer, run, "", None))
            return
        self.channel.tell("asks the called party", question.prompt)
        heard = min(script.press_after_s, length / 1000)
        if keys == HANG_UP:
            self.channel.later(script.press_after_s, partial(self.ends, ""))
        elif keys:
            taken = partial(self._answer, run, keys[: question.most], heard)
            self.channel.later(script.press_after_s, taken)
        else:
            seconds = length / 1000 + question.timeout_s
            done = partial(self._answer, run, "", length / 1000)
            self.channel.later(seconds, done)

    def _answer(self, run: Run, keys: str, heard_s: float | None) -> None:
        """End the question."""
        if self._question is not run:
            return
        question = Question.read(run.arg)
        is_good = question.accepts(keys)
        self.set("read_result", "success" if is_good else "failure")
        if heard_s is not None:
            played = str(round(heard_s * 1000) * RATE)
            self.set("playback_last_offset_pos", played)
        if keys:
            self.channel.tell("called party pressed", keys)
            name = question.variable if is_good else f"{question.variable}_invalid"
            self.set(name, keys)
        self._complete()

    def _complete(self) -> None:
        run, self._question = self._question, None
        if run is not None:
            headers = {**run.headers(), "Application-Response": NONE}
            self.fire("CHANNEL_EXECUTE_COMPLETE", headers)

    def joins(self) -> None:
        """Leave the park, for the caller; both have left what they did by now."""
        self._complete()
        other = {"Other-Leg-Unique-ID": self.channel.caller.uuid}
        headers = {**self._park.headers(), "Application-Response": NONE}
        self.fire("CHANNEL_EXECUTE_COMPLETE", headers | other)

    def ends(self, cause: str) -> None:
        """Hang up, or give up ringing."""
        if self.is_joined:
            super().ends(cause)
        elif self._is_up:
            cause = cause or "NORMAL_CLEARING"
            state = _RINGING if self._is_ringing else {}
            gone = {**state, **_GONE, "Hangup-Cause": cause}
            self.channel.tell("called party gone", cause)
            self.fire("CHANNEL_HANGUP", gone)
            self._complete()
            self.fire("CHANNEL_HANGUP_COMPLETE", LEG_ENDED | {"Hangup-Cause": cause})
            self._is_up = False
            if self._is_ringing:
                self._is_ringing = False
                self._tell(f"-ERR {cause}\n")
