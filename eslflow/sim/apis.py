"""API commands as the simulated switch answers them (mod_commands.c, measured).

In: a channel and an argument. Out: the body of the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel

OK = "+OK\n"
NO_SUCH = "-ERR No such channel!\n"


def _uuid_record(channel: Channel, arg: str) -> str:
    uuid, action, path, *rest = (*arg.split(" ", 3), "", "", "")
    if uuid != channel.script.uuid or not channel.state.is_up:
        return "-ERR Cannot locate session!\n"
    running = [r for r in channel.recordings if r.stopped_s is None]
    if action == "start":
        if not channel.script.is_deaf and path not in [r.path for r in running]:
            _start(channel, path, rest[0])
        return "+OK Success\n"
    found = [r for r in running if path in (r.path, "all")]
    if not found:
        return f"-ERR Cannot {action} record session!\n"
    if action == "stop":
        for recording in found:
            channel.stop(recording, "success-maxtime")
    else:
        channel.tell(f"recording {action}", path)
    return "+OK Success\n"


def _start(channel: Channel, path: str, options: str) -> None:
    from eslflow.sim.channel import Recording

    needs_bridge = "RECORD_BRIDGE_REQ=true" in options
    channel.recordings.append(Recording(path, channel.now_s, needs_bridge))
    channel.tell("recording starts", path)
    inside = options.partition("{")[2].rstrip("}")
    named = dict(item.partition("=")[::2] for item in inside.split(",") if item)
    extra = {f"Recording-Variable-{name}": value for name, value in named.items()}
    channel.fire("RECORD_START", {"Record-File-Path": path, **extra})


def _uuid_setvar(channel: Channel, arg: str) -> str:
    uuid, name, *value = arg.split(" ", 2)
    if uuid != channel.script.uuid:
        return NO_SUCH
    channel.set(name, value[0] if value and value[0] else None)
    return OK


def _uuid_setvar_multi(channel: Channel, arg: str) -> str:
    uuid, _, pairs = arg.partition(" ")
    if uuid != channel.script.uuid:
        return NO_SUCH
    for pair in pairs.split(";"):
        name, _, value = pair.partition("=")
        channel.set(name, value or None)
    return OK


def _uuid_getvar(channel: Channel, arg: str) -> str:
    _, _, name = arg.partition(" ")
    return channel.state.variables.get(name, b"_undef_").decode(errors="replace")


def _uuid_flush_dtmf(channel: Channel, arg: str) -> str:
    if arg != channel.script.uuid:
        return NO_SUCH
    channel.state.digits = ""
    return "+OK Success\n"


def _uuid_exists(channel: Channel, arg: str) -> str:
    return "true" if arg == channel.script.uuid and channel.state.is_up else "false"


def _status(_: Channel, __: str) -> str:
    return "UP 0 years, 0 days, 0 hours, 0 minutes, 1 second\n"


def _module_exists(_: Channel, __: str) -> str:
    return "true"


API: dict[str, Callable[[Channel, str], str]] = {
    "uuid_record": _uuid_record,
    "uuid_setvar": _uuid_setvar,
    "uuid_setvar_multi": _uuid_setvar_multi,
    "uuid_getvar": _uuid_getvar,
    "uuid_flush_dtmf": _uuid_flush_dtmf,
    "uuid_exists": _uuid_exists,
    "status": _status,
    "module_exists": _module_exists,
}
