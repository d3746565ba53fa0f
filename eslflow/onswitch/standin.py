"""What stands in for everybody outside, command by command.

In: what a flow has for the switch. Out: what is sent to it instead. Whoever would be
called is a leg to nobody within the switch (`null/` of mod_loopback, or `error/`),
whatever the number, an emergency number too; a queue is one for tests, an extension
none.
What is not known here is not sent, and the call is not played. Must not ask the switch.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from eslflow.call.commands import Api, Command, Execute, Job
from eslflow.steps.speech import SILENCE
from eslflow.wire.terms import ApiCommand, App

Say = Callable[[str], object]

HARMLESS = frozenset(
    {
        App.ANSWER,
        App.PLAYBACK,
        App.PLAY_AND_GET_DIGITS,
        App.HANGUP,
        App.SLEEP,
        App.RING_READY,
        App.BIND_META_APP,
    }
)
"""Applications that reach nobody but the caller's own leg."""
WITHIN = frozenset(
    {
        ApiCommand.UUID_RECORD,
        ApiCommand.UUID_SETVAR,
        ApiCommand.UUID_SETVAR_MULTI,
        ApiCommand.UUID_GETVAR,
        ApiCommand.UUID_FLUSH_DTMF,
        ApiCommand.UUID_KILL,
        ApiCommand.UUID_EXISTS,
        ApiCommand.UUID_BUGLIST,
        ApiCommand.UUID_BRIDGE,
        ApiCommand.UUID_DISPLACE,
        ApiCommand.SCHED_DEL,
    }
)
"""Commands for legs that the call has itself."""
LATER = frozenset({ApiCommand.UUID_RECORD, ApiCommand.UUID_KILL})
"""The same, of those that may stand on the switch's agenda."""
NOWHERE = "sleep:1000,hangup"
"""What a caller comes to instead of an extension of the dialplan."""

_DIALLED = re.compile(r"(?:\{([^}]*)\})?(\S+)( &park\(\))?")


SOMEBODY = "null/eslflow-test"
"""A leg that is answered at once, and that no telephone hears."""


@dataclass
class StandIn:
    """What is sent instead, for one call."""

    cause: str
    """With which whoever is called does not answer; empty: they do."""
    queue: Callable[[str], str]
    """Returns which queue a queue is; empty: none can be."""
    asked: Say
    """Told the leg that is asked a question; empty: the caller's."""
    moved: Say
    """Told the extension that the caller is transferred to."""
    cannot: Say
    """Told why the call cannot be played."""
    legs: list[str] = field(default_factory=list)
    """Legs that are made for the call."""

    def __call__(self, command: Command) -> Command:
        """Return what is sent in the place of a command."""
        if isinstance(command, Execute):
            return self._execute(command)
        if isinstance(command, Api):
            return self._api(command)
        return self._job(command) if isinstance(command, Job) else command

    def _execute(self, command: Execute) -> Command:
        app = command.app
        # Without a prompt it waits for the next key of what is being entered.
        if app == App.PLAY_AND_GET_DIGITS and SILENCE not in command.arg.split():
            self.asked(command.leg)
        if app in HARMLESS:
            return command
        if app == App.BRIDGE:
            return command._replace(arg=self._dialled(command.arg))
        queue = self.queue(command.arg) if app == App.CALLCENTER else ""
        if queue:
            return command._replace(arg=queue)
        if app != App.CALLCENTER:
            self.cannot(f"{app} is not played on a real switch")
        return command._replace(app=App.HANGUP, arg="")

    def _api(self, command: Api) -> Command:
        words = command.arg.split()
        if command.command is ApiCommand.UUID_TRANSFER:
            self.moved(words[1])
            return command._replace(arg=f"{words[0]} {NOWHERE} inline")
        if command.command in WITHIN:
            return command
        if command.command is ApiCommand.SCHED_API and words[2] in LATER:
            return command
        self.cannot(f"{command.command} is not played on a real switch")
        return command._replace(command=ApiCommand.STATUS, arg="")

    def _job(self, command: Job) -> Command:
        self.legs.append(command.leg)
        return command._replace(arg=self._dialled(command.arg))

    def _dialled(self, arg: str) -> str:
        """Return a dial string to whoever stands in."""
        found = _DIALLED.fullmatch(arg)
        if found is None:
            self.cannot("whom it calls cannot be read")
            return "error/CALL_REJECTED"
        variables, _, park = found.groups()
        to = f"error/{self.cause}" if self.cause else SOMEBODY
        return f"{{{variables or ''}}}{to}{park or ''}"
