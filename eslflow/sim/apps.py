"""Applications as the simulated switch runs them (mod_dptools.c).

In: a channel and what was asked. Out: generators that yield simulated seconds in which
other things happen; when they are interrupted there, the call has left them. Queues
have a module of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eslflow.sim.commands import words
from eslflow.sim.script import HANG_UP

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel

FRAME_S = 0.02
"""What is asked for is picked up with the next frame of the channel (measured)."""
KEY_S = 0.2
"""Between two keys that are pressed one after the other."""
RATE = 8
"""Samples in a millisecond."""
READ_AHEAD = 16_384
"""Samples that a file player reads at a time (measured)."""

SILENCE = "silence"
"""Instead of a file: nothing is played, and what was being entered goes on."""
NONE = "_none_"
PLAYED = "FILE PLAYED"


@dataclass
class Run:
    """One run of an application."""

    app: str
    arg: str
    mark: str
    number: int
    """Which run of this application on the channel, from 1."""
    leaves: bool = False
    """The caller hangs up before it has ended."""
    is_done: bool = False
    """Its end has been told."""

    def headers(self) -> dict[str, str]:
        """Return what an event says of it."""
        found = {"Application": self.app}
        if self.arg:
            found["Application-Data"] = self.arg
        found["Application-UUID"] = self.mark
        return found


Nap = Generator[float, None, None]
App = Callable[["Channel", Run], Generator[float, None, str]]


class Interrupted(Exception):  # noqa: N818  nothing went wrong
    """Thrown into an application that the call leaves before its end."""


class Gone(Interrupted):
    """The A-leg has hung up."""


class AgentGone(Interrupted):
    """The agent has hung up."""


class Transferred(Interrupted):
    """The call goes on in another extension."""

    def __init__(
        self, to: str, runs: Sequence[tuple[str, str]], stays_s: float | None = None
    ) -> None:
        super().__init__(to)
        self.to = to
        self.runs = runs
        """The applications of that extension, with their arguments."""
        self.stays_s = stays_s
        """When the caller hangs up there; None: the applications end by themselves."""


class Joined(Interrupted):
    """The call is joined with another leg (`uuid_bridge`)."""


class Left(Interrupted):
    """The dialplan takes the call on."""


def _answer(channel: Channel, run: Run) -> Generator[float, None, str]:
    yield 0.021
    channel.answered()
    return NONE


def _ring_ready(channel: Channel, run: Run) -> Generator[float, None, str]:
    yield 0.0
    channel.fire("CHANNEL_PROGRESS")
    return NONE


def _set(channel: Channel, run: Run) -> Generator[float, None, str]:
    yield 0.0
    name, _, value = run.arg.partition("=")
    channel.set(name, value)
    return NONE


def _bind(channel: Channel, run: Run) -> Generator[float, None, str]:
    yield 0.0
    channel.caller.keypad.bind(run.arg)
    return NONE


def _nothing(channel: Channel, run: Run) -> Generator[float, None, str]:
    yield 0.0
    return NONE


def _sleep(channel: Channel, run: Run) -> Generator[float, None, str]:
    yield int(run.arg) / 1000 if run.arg.isdigit() else 0.0
    return NONE


def _hangup(channel: Channel, run: Run) -> Generator[float, None, str]:
    yield 0.0
    channel.hang_up(run.arg or "NORMAL_CLEARING")


def play(
    channel: Channel, path: str, most_s: float | None = None
) -> Generator[float, None, bool]:
    """Play a file, or its first seconds; return whether it is there."""
    length = channel.length_of(path)
    if length is None:
        return False
    channel.tell("plays", path)
    length_s = length / 1000
    began = channel.now_s
    channel.state.has_audio = True
    try:
        yield length_s if most_s is None else min(length_s, most_s)
    finally:
        channel.state.has_audio = False
        _note_played(channel, round((channel.now_s - began) * 1000), length)
    return True


def _note_played(channel: Channel, ms: int, length: int) -> None:
    chunks = -(-ms * RATE // READ_AHEAD)
    read = min(length * RATE, chunks * READ_AHEAD)
    channel.set("playback_last_offset_pos", str(ms * RATE))
    channel.set("playback_seconds", str(read // RATE // 1000))
    channel.set("playback_ms", str(read // RATE))
    channel.set("playback_samples", str(read))


def _playback(channel: Channel, run: Run) -> Generator[float, None, str]:
    typed = channel.script.early.get(run.number - 1, "")
    terminators = channel.get("playback_terminators") or "*"
    cut = next((key for key in typed if key in terminators), "")
    after = channel.script.press_after_s if cut else None
    channel.script.hears(run.arg)
    is_there = yield from play(channel, run.arg, after)
    channel.state.digits += typed.partition(cut)[0] if cut else typed
    if cut:
        channel.set("playback_terminator_used", cut)
    return PLAYED if is_there else "FILE NOT FOUND"


@dataclass(frozen=True)
class Question:
    """The arguments of `play_and_get_digits`."""

    least: int
    most: int
    tries: int
    timeout_s: float
    terminators: str
    prompt: str
    invalid: str
    variable: str
    regex: str
    digit_timeout_s: float

    @classmethod
    def read(cls, arg: str) -> Question:
        """Take the argument apart; what is not there is as FreeSWITCH has it."""
        given = words(arg)
        usual = ("1", "128", "1", "5000", "#", "", "", "", "", "")
        have = (*given, *usual[len(given) :])
        timeout_s = _number(have[3], 5000) / 1000
        return cls(
            least=_number(have[0], 1),
            most=_number(have[1], 128),
            tries=max(1, _number(have[2], 1)),
            timeout_s=timeout_s,
            terminators="" if have[4] == "none" else have[4],
            prompt=have[5],
            invalid=have[6],
            variable=have[7],
            regex=have[8],
            digit_timeout_s=_number(have[9], 0) / 1000 or timeout_s,
        )

    def accepts(self, digits: str) -> bool:
        """Whether these digits are an answer."""
        try:
            return bool(digits) and bool(re.search(self.regex, digits))
        except re.error:
            return False


def _number(text: str, usual: int) -> int:
    return int(text) if text.isascii() and text.isdigit() else usual


def _play_and_get_digits(channel: Channel, run: Run) -> Generator[float, None, str]:
    question = Question.read(run.arg)
    name = question.variable
    channel.set(name, None)
    channel.set(f"{name}_invalid", None)
    for _ in range(question.tries):
        digits = yield from _ask(channel, question)
        if question.accepts(digits):
            channel.set(name, digits)
            channel.set("read_result", "success")
            return NONE
        if digits:
            channel.set(f"{name}_invalid", digits)
        if question.invalid:
            channel.script.hears(question.invalid)
            yield from play(channel, question.invalid)
    channel.set("read_result", "failure")
    return NONE


def _ask(channel: Channel, question: Question) -> Generator[float, None, str]:
    """Ask once; return what was pressed."""
    script, state = channel.script, channel.state
    is_question = question.prompt != SILENCE
    if is_question:
        script.hears(question.prompt)
    keys = state.digits or (channel.pressed() if is_question else "")
    after = script.press_after_s
    if state.digits:
        after = 0.0 if is_question else KEY_S
    is_leaving = keys == HANG_UP
    began = channel.now_s
    cut = after if keys else None
    speaks = question.prompt and is_question
    if speaks and not (yield from play(channel, question.prompt, cut)):
        # switch_ivr_read collects nothing when the prompt cannot be played.
        state.digits = "" if is_leaving else keys
        return ""
    if not keys:
        yield question.timeout_s
        return ""
    yield max(0.0, began + after - channel.now_s)
    if is_leaving:
        channel.hang_up()
    return (yield from _collect(channel, question, keys))


def _collect(
    channel: Channel, question: Question, keys: str
) -> Generator[float, None, str]:
    """Take the keys that are pressed, until there are enough of them."""
    taken = ""
    for place, key in enumerate(keys, 1):
        if place > 1:
            yield KEY_S
        channel.state.digits = keys[place:]
        if key in question.terminators:
            break
        taken += key
        if len(taken) == question.most:
            break
    else:
        yield question.digit_timeout_s
    channel.tell("pressed", taken)
    return taken if len(taken) >= question.least else ""


APPS: dict[str, App] = {
    "answer": _answer,
    "ring_ready": _ring_ready,
    "set": _set,
    "export": _set,
    "log": _nothing,
    "bind_meta_app": _bind,
    "playback": _playback,
    "play_and_get_digits": _play_and_get_digits,
    "sleep": _sleep,
    "hangup": _hangup,
}
