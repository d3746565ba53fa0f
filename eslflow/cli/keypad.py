"""The terminal as the telephone's keypad, for `eslflow try`.

In: what is typed. Out: what is pressed at each question, and in the talk. On a terminal
a key counts as soon as it is pressed, as on a telephone; from a pipe come lines. Must
not leave the terminal as it is while keys are read.
"""

from __future__ import annotations

import os
import sys
import termios
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from eslflow.check.words import HANG_UP, PRESSES, pressed
from eslflow.errors import EslflowError
from eslflow.flow.model import Flow
from eslflow.sim.acts import of_caller
from eslflow.steps.collect import Collect

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel
    from eslflow.sim.deeds import Deed

TALK_S = 1.0
"""How long they talk before the caller can press keys."""
LONGEST = 2
"""The star, and a key of the flow's `caller_keys`."""
_KEYS = frozenset("0123456789*#ABCD")
_LEAVES = frozenset(("h", "\x03", "\x04", ""))
"""What hangs up: the letter, Ctrl-C, Ctrl-D, and a terminal that is gone."""
_ESCAPE = "\x1b"
"""Begins what an arrow key and the like send."""
_INDENT = " " * 10


def keys_of(text: str) -> str:
    """Return what is pressed, as the simulated switch takes it.

    Raises:
        EslflowError: it is no key.
    """
    text = text.strip()
    keys = pressed(text) if text else ""
    if keys is None:
        raise EslflowError(f"{text!r} is no key: takes {PRESSES}")
    return keys


class Given:
    """Keys that were named beforehand, a question each, whoever is asked."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._left = list(keys)

    def press(self, _: int = 0) -> str:
        """Return what is pressed at the next question; nothing when all are used."""
        return self._left.pop(0) if self._left else ""

    def unpressed(self) -> str:
        """Return the keys for which no question came."""
        return ", ".join(filter(None, self._left))


class Keypad:
    """The keypad of one call; it knows which step asks."""

    def __init__(self, flow: Flow) -> None:
        self._steps = flow.steps
        self._has_keys = bool(flow.recording.caller_keys)
        self._most, self._ends, self._is_secret = 1, "", False

    def comes_to(self, _: str, name: str, __: str) -> None:
        """Take in the step that may ask next, and what it takes."""
        step = self._steps[name]
        self._most, self._ends, self._is_secret = 1, "", False
        if isinstance(step, Collect):
            self._most, self._ends = step.digits[1], "".join(step.takes_keys)
            self._is_secret = step.secure

    def press(self, _: int = 0) -> str:
        """Return what is pressed at a question; who leaves the terminal has hung up."""
        return self._typed() if sys.stdin.isatty() else _line()

    def in_talk(self) -> dict[str, Deed]:
        """Return that it is there in the first talk, too, if keys do something then.

        From a pipe come the answers to questions only.
        """
        is_there = self._has_keys and sys.stdin.isatty()
        return {f"bridged +{TALK_S:g}": self} if is_there else {}

    def do(self, channel: Channel) -> None:
        """Let the caller press keys in the talk, as a deed of the script."""
        self._most, self._ends, self._is_secret = LONGEST, "", False
        keys = self._typed("in the talk, ")
        if keys == HANG_UP:
            channel.ends()
        else:
            of_caller(keys).do(channel)

    def _typed(self, when: str = "") -> str:
        """Take key after key, until the question has enough of them."""
        taken = ""
        with _single_keys(sys.stdin.fileno()) as keys:
            what, enter = ("a key", "say nothing")
            if self._most > 1:
                what, enter = ("keys", "no more of them")
            click.echo(
                f"{_INDENT}{when}press {what} (Enter: {enter}, h: hang up): ",
                nl=False,
            )
            for key in keys:
                if key in _LEAVES:
                    taken = HANG_UP
                if key in _LEAVES or key in "\r\n":
                    break
                if key not in _KEYS:
                    continue
                taken += key
                click.echo("." if self._is_secret else key, nl=False)
                if len(taken) == self._most or key in self._ends:
                    break
        click.echo()
        return taken


@contextmanager
def _single_keys(terminal: int) -> Iterator[Iterator[str]]:
    """Give the keys one by one, as they are pressed; Ctrl-C is one of them."""
    before = termios.tcgetattr(terminal)
    mode = termios.tcgetattr(terminal)
    mode[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.ISIG)
    mode[tty.CC][termios.VMIN], mode[tty.CC][termios.VTIME] = 1, 0
    try:
        # What was typed while something was played or told stays, to be read now.
        termios.tcsetattr(terminal, termios.TCSADRAIN, mode)
        yield _read(terminal)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _read(terminal: int) -> Iterator[str]:
    while True:
        try:
            key = os.read(terminal, 1).decode("ascii", "replace")
        except (KeyboardInterrupt, OSError):
            key = ""
        if key == _ESCAPE:
            termios.tcflush(terminal, termios.TCIFLUSH)
        yield key


def _line() -> str:
    words = f"{_INDENT}press keys, then Enter (only Enter: nothing, h: hang up)"
    while True:
        try:
            answer = click.prompt(words, default="", show_default=False)
            # What is piped brings no end of the line to the screen.
            click.echo()
        except click.Abort:
            click.echo()
            return HANG_UP
        try:
            return HANG_UP if answer == "h" else keys_of(answer)
        except EslflowError as error:
            click.echo(str(error))
