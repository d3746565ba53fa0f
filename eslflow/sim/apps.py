"""Applications as the simulated switch runs them (mod_dptools.c, mod_callcenter.c).

In: a channel and what was asked. Out: events on the channel, in a real switch's order.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eslflow.sim.script import HANG_UP, Agent

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel

FRAME_S = 0.02
"""A command is picked up with the next frame of the parked channel (measured)."""
RATE = 8
"""Samples in a millisecond."""
AGENT = "ecc74002-5d0c-4d06-9b6e-6a4b34c9d1f1"


@dataclass(frozen=True)
class Run:
    """One run of an application."""

    app: str
    arg: str
    mark: str
    number: int
    """Which run of this application on the channel, from 1."""
    leaves: bool
    """The caller hangs up during it."""


def _done(channel: Channel, run: Run, response: str = "_none_") -> None:
    channel.complete(run.app, run.arg, run.mark, response)


def _leave(channel: Channel, run: Run) -> None:
    """Hang up while an application runs."""
    channel.hang_up()
    _done(channel, run)
    channel.complete("socket", "", "")
    channel.finish()


def _answer(channel: Channel, run: Run) -> None:
    channel.pass_s(0.041)
    channel.state.is_answered = True
    if run.leaves:
        _leave(channel, run)
        return
    channel.tell("answered")
    channel.fire("CHANNEL_ANSWER")
    _done(channel, run)


def _set(channel: Channel, run: Run) -> None:
    name, _, value = run.arg.partition("=")
    channel.pass_s(FRAME_S)
    channel.set(name, value or None)
    _done(channel, run)


def _play(channel: Channel, path: str, most_s: float | None = None) -> bool:
    """Play a file, or its first seconds; return whether it is there."""
    length = None
    if not path.endswith(channel.script.missing or ("\0",)):
        length = channel.length_ms(path)
    if length is None:
        return False
    ms = length if most_s is None else min(length, round(most_s * 1000))
    channel.tell("plays", path)
    channel.pass_s(ms / 1000)
    channel.set("playback_last_offset_pos", str(ms * RATE))
    channel.set("playback_seconds", str(ms // 1000))
    channel.set("playback_ms", str(ms))
    channel.set("playback_samples", str(ms * RATE))
    return True


def _playback(channel: Channel, run: Run) -> None:
    channel.pass_s(FRAME_S)
    channel.state.digits += channel.script.early.get(run.number - 1, "")
    if run.leaves:
        _play(channel, run.arg, 0.5)
        _leave(channel, run)
        return
    is_there = _play(channel, run.arg)
    _done(channel, run, "FILE PLAYED" if is_there else "FILE NOT FOUND")


def _pressed(channel: Channel, run: Run) -> str:
    """Return what the caller presses at this question."""
    place = run.number - 1
    if channel.script.hang_up_at in (run.app, f"{run.app} {run.number}"):
        return HANG_UP
    if channel.state.digits:
        return channel.state.digits
    if place < len(channel.script.keys):
        return channel.script.keys[place]
    return channel.script.press(place) if channel.script.press else ""


def _play_and_get_digits(channel: Channel, run: Run) -> None:
    # min max tries timeout terminators file invalid-file variable regex
    words = shlex.split(run.arg)
    most, tries, timeout_s = int(words[1]), int(words[2]), int(words[3]) / 1000
    prompt, invalid, name, regex = words[5], words[6], words[7], words[8]
    channel.pass_s(FRAME_S)
    channel.set(name, None)
    channel.set(f"{name}_invalid", None)
    for _ in range(tries):
        keys = _pressed(channel, run)
        if keys == HANG_UP:
            _play(channel, prompt, channel.script.press_after_s)
            _leave(channel, run)
            return
        is_there = _play(
            channel, prompt, channel.script.press_after_s if keys else None
        )
        digits, channel.state.digits = keys[:most], keys[most:]
        if not is_there:
            # switch_ivr_read collects nothing when the prompt cannot be played.
            channel.state.digits = keys
        elif not digits:
            channel.pass_s(timeout_s)
        elif re.search(regex, digits):
            channel.tell("pressed", digits)
            channel.set(name, digits)
            channel.set("read_result", "success")
            _done(channel, run)
            return
        else:
            channel.tell("pressed", digits)
            channel.set(f"{name}_invalid", digits)
        if invalid:
            _play(channel, invalid)
    channel.set("read_result", "failure")
    _done(channel, run)


def _queue_event(channel: Channel, action: str, extra: dict[str, str]) -> None:
    headers = {
        "Event-Subclass": "callcenter::info",
        "CC-Action": action,
        "CC-Member-Session-UUID": channel.script.uuid,
        **extra,
    }
    has_channel = action not in ("agent-offering", "bridge-agent-fail")
    channel.fire("CUSTOM", headers, uuid=has_channel)


def _cancelled(channel: Channel, run: Run, reason: str) -> None:
    end = {"CC-Cause": "Cancel", "CC-Cancel-Reason": reason}
    channel.set("cc_cause", "cancel")
    channel.set("cc_cancel_reason", reason)
    _queue_event(channel, "member-queue-end", end)
    _done(channel, run)


def _callcenter(channel: Channel, run: Run) -> None:
    script = channel.script
    channel.pass_s(FRAME_S)
    if script.agent is Agent.UNKNOWN:
        _done(channel, run)
        return
    channel.tell("queue", run.arg)
    _queue_event(channel, "member-queue-start", {"CC-Queue": run.arg})
    if script.agent in (Agent.TIMEOUT, Agent.NO_AGENTS):
        reasons = {Agent.TIMEOUT: "TIMEOUT", Agent.NO_AGENTS: "NO_AGENT_TIMEOUT"}
        channel.pass_s(3.55)
        _cancelled(channel, run, reasons[script.agent])
        return
    _queue_event(channel, "agent-offering", {"CC-Agent": "1001@default"})
    channel.pass_s(script.agent_after_s)
    if run.leaves or script.agent is Agent.NOBODY:
        channel.hang_up()
        _cancelled(channel, run, "BREAK_OUT")
        channel.complete("socket", "", "")
        channel.finish()
        return
    channel.tell("agent answers")
    channel.set("cc_cause", "answered")
    _queue_event(channel, "bridge-agent-start", {"CC-Agent-UUID": AGENT})
    _done(channel, run)
    channel.complete("socket", "", "")
    _talk(channel)


def _fifo(channel: Channel, run: Run) -> None:
    script = channel.script
    channel.pass_s(FRAME_S)
    channel.tell("queue", run.arg)
    _fifo_event(channel, "push")
    channel.pass_s(script.agent_after_s)
    if run.leaves or script.agent is Agent.NOBODY:
        channel.hang_up()
        _fifo_event(channel, "abort")
        _done(channel, run)
        channel.finish()
        return
    if script.agent is not Agent.ANSWERS:
        _done(channel, run)
        return
    channel.tell("agent answers")
    _fifo_event(channel, "caller_pop")
    _done(channel, run)
    channel.complete("socket", "", "")
    _fifo_event(channel, "bridge-caller-start")
    _talk(channel)


def _fifo_event(channel: Channel, action: str) -> None:
    channel.fire("CUSTOM", {"Event-Subclass": "fifo::info", "FIFO-Action": action})


def _talk(channel: Channel) -> None:
    """Caller and agent talk until one of them hangs up."""
    script = channel.script
    channel.state.is_bridged = True
    channel.fire("CHANNEL_BRIDGE", {"Other-Leg-Unique-ID": AGENT})
    channel.pass_s(script.talk_s)
    channel.state.is_bridged = False
    if not script.agent_hangs_up:
        channel.hang_up()
        channel.fire("CHANNEL_UNBRIDGE")
        channel.finish()
        return
    channel.tell("agent leaves")
    channel.fire("CHANNEL_UNBRIDGE")
    if channel.state.variables.get("park_after_bridge") == b"true":
        channel.set("park_after_bridge", None)
        channel.set("park_timeout", None)
        channel.fire("CHANNEL_PARK")
    else:
        channel.tell("fallback")


def _hangup(channel: Channel, run: Run) -> None:
    channel.pass_s(FRAME_S)
    channel.hang_up(run.arg or "NORMAL_CLEARING")
    _done(channel, run)
    channel.finish()


APPS: dict[str, Callable[[Channel, Run], None]] = {
    "answer": _answer,
    "set": _set,
    "playback": _playback,
    "play_and_get_digits": _play_and_get_digits,
    "callcenter": _callcenter,
    "fifo": _fifo,
    "hangup": _hangup,
}
