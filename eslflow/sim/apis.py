"""API commands as the simulated switch answers them (mod_commands.c, measured).

In: a channel and an argument. Out: the body of the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from eslflow.sim.recordings import uuid_record

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel

OK = "+OK\n"
NO_CHANNEL = "-ERR No such channel!\n"
MODULES = ("mod_callcenter", "mod_commands", "mod_dptools", "mod_fifo", "mod_sndfile")
_BUG = """ <media-bug>
  <function>session_record</function>
  <target>%s</target>
  <thread-locked>0</thread-locked>
 </media-bug>
"""


def answer(channel: Channel, line: str) -> str:
    """Return the answer to an API command."""
    name, _, arg = line.partition(" ")
    handler = API.get(name)
    if handler is None:
        return f"-ERR {name} Command not found!\n"
    return handler(channel, arg)


def _is_here(channel: Channel, uuid: str) -> bool:
    return uuid == channel.script.uuid and channel.state.is_up


def _uuid_setvar(channel: Channel, arg: str) -> str:
    uuid, _, pair = arg.partition(" ")
    name, _, value = pair.partition(" ")
    if not name:
        return "-USAGE: <uuid> <var> [value]\n"
    if not _is_here(channel, uuid):
        return NO_CHANNEL
    channel.set(name, value)
    return OK


def _uuid_setvar_multi(channel: Channel, arg: str) -> str:
    uuid, _, pairs = arg.partition(" ")
    usage = "-USAGE: <uuid> <var>=<value>;<var>=<value>...\n"
    if not pairs:
        return usage
    if not _is_here(channel, uuid):
        return NO_CHANNEL + usage
    for pair in pairs.split(";"):
        name, _, value = pair.partition("=")
        channel.set(name, value)
    return OK


def _uuid_getvar(channel: Channel, arg: str) -> str:
    uuid, _, name = arg.partition(" ")
    if not _is_here(channel, uuid):
        return NO_CHANNEL
    value = channel.get(name)
    return "_undef_" if value is None else value


def _uuid_flush_dtmf(channel: Channel, arg: str) -> str:
    if not _is_here(channel, arg):
        return "-ERR No such session\n"
    channel.state.digits = ""
    return OK


def _uuid_exists(channel: Channel, arg: str) -> str:
    return "true" if _is_here(channel, arg) else "false"


def _uuid_kill(channel: Channel, arg: str) -> str:
    uuid, _, cause = arg.partition(" ")
    if not _is_here(channel, uuid):
        return NO_CHANNEL
    channel.later(0, lambda: channel.ends(cause or "NORMAL_CLEARING"))
    return OK


def _uuid_buglist(channel: Channel, arg: str) -> str:
    if not _is_here(channel, arg):
        return "-ERR no reply\n"
    bugs = "".join(_BUG % r.path for r in channel.recordings if r.is_running)
    return f"<media-bugs>\n{bugs}</media-bugs>\n"


def _status(_: Channel, __: str) -> str:
    return "UP 0 years, 0 days, 0 hours, 0 minutes, 1 second\n"


def _module_exists(_: Channel, arg: str) -> str:
    return "true" if arg in MODULES else "false"


API: dict[str, Callable[[Channel, str], str]] = {
    "uuid_record": uuid_record,
    "uuid_setvar": _uuid_setvar,
    "uuid_setvar_multi": _uuid_setvar_multi,
    "uuid_getvar": _uuid_getvar,
    "uuid_flush_dtmf": _uuid_flush_dtmf,
    "uuid_exists": _uuid_exists,
    "uuid_kill": _uuid_kill,
    "uuid_buglist": _uuid_buglist,
    "status": _status,
    "module_exists": _module_exists,
}
