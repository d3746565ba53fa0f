"""What people do in a call that is tried, besides answering questions.

In: words of the command line, as scenarios have them. Out: what the simulated switch is
to play, and what of it nothing came for. Must not tell the call.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from eslflow.call.records import Choice, Row, State
from eslflow.check.scenario import keys_of_agent, keys_of_caller
from eslflow.check.scenarios import ACTS
from eslflow.check.words import PRESSED
from eslflow.flow.model import AgentKey, CallerKey, Flow
from eslflow.flow.problems import listed, near
from eslflow.sim.acts import in_talk, of_agent, of_caller, while_waiting
from eslflow.sim.script import Script
from eslflow.steps.queue import Queue

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel
    from eslflow.sim.deeds import Deed

Visited = Callable[[str, str, str], object]
"""Told of a call, a step, and its ending; nothing, when it begins."""
Command = TypeVar("Command", bound=Callable[..., Any])

AGENT, QUEUE, TALK = "--agent", "--in-queue", "--in-talk"
_KEYS = "keys such as *0"


def besides(command: Command) -> Command:
    """Let a command take what people do besides, as `agent`, `in_queue`, `in_talk`."""
    for name, words in (
        (QUEUE, "The same, while waiting for an agent."),
        (
            TALK,
            "What the caller presses in the talk, after what the agent does: withdraw, "
            "private (the flow's caller_keys), or keys such as *0; several as "
            "private,*0.",
        ),
        (
            AGENT,
            "What the agent does in the talk, in order, or a called party: "
            f"{', '.join(AgentKey)} (the flow's agent_keys), withdraw (its "
            f"callee_keys), keys such as *1, {', '.join(ACTS)}.",
        ),
    ):
        command = click.option(name, default="", metavar="ACTS", help=words)(command)
    return command


@dataclass(frozen=True)
class _Noted:
    """A deed; when it is done, it is not left any more."""

    deed: Deed
    words: str
    left: list[str]
    talks: list[Channel]
    is_said_in_talk: bool

    def do(self, channel: Channel) -> None:
        """Do it; in a talk that is over by then, nobody sees it."""
        if channel.state.is_bridged:
            self.talks.append(channel)
        is_seen = channel.state.is_bridged or not self.is_said_in_talk
        if is_seen and self.words in self.left:
            self.left.remove(self.words)
        self.deed.do(channel)


class Besides:
    """What people do in one call of a flow."""

    def __init__(
        self, flow: Flow, agent: str = "", in_queue: str = "", in_talk: str = ""
    ) -> None:
        """Read what the options say.

        Raises:
            BadParameter: one of them names what nobody can do.
        """
        self._flow = flow
        self._left: list[str] = []
        self._talks: list[Channel] = []
        self._channel: Channel | None = None
        own = keys_of_caller(flow)
        acts = _acts(AGENT, agent, keys_of_agent(flow), ACTS)
        talk = _acts(TALK, in_talk, own)
        queue = _acts(QUEUE, in_queue, own)
        self._in_talk = [
            *self._noted(AGENT, acts, of_agent),
            *self._noted(TALK, talk, of_caller),
        ]
        self._in_queue = self._noted(QUEUE, queue, of_caller)
        rules = flow.recording
        # One key may be bound for both; which of them is meant, the word says.
        theirs = {**rules.callee_keys, **rules.agent_keys}
        self._idle, self._back = list[str](), list[str]()
        for option, given, keys in (
            (AGENT, acts, theirs),
            (TALK, talk, rules.caller_keys),
            (QUEUE, queue, rules.caller_keys),
        ):
            meant = {f"*{key}": str(meaning) for key, meaning in keys.items()}
            for word, act in given:
                if _is_idle(option, act, meant):
                    self._idle.append(f"{option} {word}")
                elif CallerKey.WITHDRAW in (word, meant.get(act)):
                    self._back.append(f"{option} {word}")

    def _noted(
        self, option: str, acts: Sequence[tuple[str, str]], deed: Callable[[str], Deed]
    ) -> list[_Noted]:
        words = [f"{option} {word}" for word, _ in acts]
        self._left += words
        return [
            _Noted(deed(act), told, self._left, self._talks, option != QUEUE)
            for told, (_, act) in zip(words, acts, strict=True)
        ]

    def added_to(self, script: Script) -> Script:
        """Return a script in which they do it."""
        points, talk_s = in_talk(self._in_talk)
        return replace(
            script, does={**script.does, "offered": self, **points}, talk_s=talk_s
        )

    def do(self, channel: Channel) -> None:
        """Take the channel on which the caller may wait, as a deed of the script."""
        self._channel = channel

    def watching(self, other: Visited) -> Visited:
        """Return who is told of steps: another one, then who presses while waiting."""

        def comes_to(call: str, name: str, ending: str) -> None:
            other(call, name, ending)
            is_waiting = isinstance(self._flow.steps[name], Queue) and not ending
            if is_waiting and self._channel is not None:
                while_waiting(self._channel, self._in_queue)

        return comes_to

    def unheeded(self, rows: Iterable[Row]) -> Iterator[str]:
        """Yield what led to nothing, and why, by what would be kept of the call."""
        over = [told for told in self._left if self._talks and QUEUE not in told]
        none = [told for told in self._left if told not in over]
        done = [told for told in self._back if told not in self._left]
        if any(_takes_back(row) for row in rows):
            done = []
        for why, acts in (
            ("No talk or queue came for", none),
            ("The talk was over before", over),
            ("The flow has no such key, so nothing came of", self._idle),
            ("There was nothing to withdraw for", done),
        ):
            if acts:
                yield f"{why}: {', '.join(acts)}"


def _is_idle(option: str, act: str, keys: Collection[str]) -> bool:
    """Whether these are no keys of the flow; an agent's may answer without a star."""
    return act not in keys and (option != AGENT or act.startswith("*"))


def _takes_back(row: Row) -> bool:
    return isinstance(row, Choice) and row.state is State.WITHDRAWN


def _acts(
    option: str, given: str, keys: Mapping[str, str], others: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Return words as they were given, each with the keys or the act that it means."""
    found = []
    for word in filter(None, map(str.strip, given.split(","))):
        if word not in keys and word not in others and not PRESSED.fullmatch(word):
            known = (*keys, *others)
            problem = f"nobody can do '{word}' here{near(word, known)}"
            takes = f"Takes: {listed((*known, _KEYS))}."
            raise click.BadParameter(f"{problem}\n  {takes}", param_hint=f"'{option}'")
        found.append((word, keys.get(word, word)))
    return found
