"""API commands as the simulated switch answers them (mod_commands.c, measured).

In: a channel and an argument. Out: the body of the answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from eslflow.sim.apps import FRAME_S, Transferred
from eslflow.sim.commands import words
from eslflow.sim.lies import Lie
from eslflow.sim.recordings import OK as RECORD_OK
from eslflow.sim.recordings import on_leg, uuid_record
from eslflow.sim.talks import hold

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel
    from eslflow.sim.legs import Leg

OK = "+OK\n"
SAYS_OK = "+OK Success"
NO_CHANNEL = "-ERR No such channel!\n"
MODULES = ("mod_callcenter", "mod_commands", "mod_dptools", "mod_fifo", "mod_sndfile")
_BUG = """ <media-bug>
  <function>%s</function>
  <target>%s</target>
  <thread-locked>0</thread-locked>
 </media-bug>
"""


def answer(channel: Channel, line: str, lie: Lie | None = None) -> str:
    """Return the answer to an API command, after doing what it asks for."""
    lie = lie or channel.liar.about(words(line))
    if lie.reply.startswith("-") or not lie.is_done:
        return f"{lie.reply or SAYS_OK}\n"
    name, _, arg = line.partition(" ")
    handler = API.get(name)
    if handler is None:
        return f"-ERR {name} Command not found!\n"
    with channel.listener.losing(lie.loses):
        text = handler(channel, arg)
    return f"{lie.reply}\n" if lie.reply else text


def _uuid_setvar(channel: Channel, arg: str) -> str:
    uuid, _, pair = arg.partition(" ")
    name, _, value = pair.partition(" ")
    if not name:
        return "-USAGE: <uuid> <var> [value]\n"
    leg = channel.legs.named(uuid)
    if leg is None:
        return NO_CHANNEL
    leg.set(name, value)
    return OK


def _uuid_setvar_multi(channel: Channel, arg: str) -> str:
    uuid, _, pairs = arg.partition(" ")
    usage = "-USAGE: <uuid> <var>=<value>;<var>=<value>...\n"
    if not pairs:
        return usage
    leg = channel.legs.named(uuid)
    if leg is None:
        return NO_CHANNEL + usage
    for pair in pairs.split(";"):
        name, _, value = pair.partition("=")
        leg.set(name, value)
    return OK


def _uuid_getvar(channel: Channel, arg: str) -> str:
    uuid, _, name = arg.partition(" ")
    leg = channel.legs.named(uuid)
    if leg is None:
        return NO_CHANNEL
    value = leg.get(name)
    return "_undef_" if value is None else value


def _uuid_flush_dtmf(channel: Channel, arg: str) -> str:
    leg = channel.legs.named(arg)
    if leg is None:
        return "-ERR No such session\n"
    if leg.is_caller:
        channel.state.digits = ""
    return OK


def _uuid_exists(channel: Channel, arg: str) -> str:
    return "false" if channel.legs.named(arg) is None else "true"


def _uuid_kill(channel: Channel, arg: str) -> str:
    uuid, _, cause = arg.partition(" ")
    leg = channel.legs.named(uuid)
    if leg is None:
        return NO_CHANNEL
    channel.later(0, partial(leg.ends, cause or "NORMAL_CLEARING"))
    return OK


def _uuid_buglist(channel: Channel, arg: str) -> str:
    if not arg:
        return "-USAGE: <uuid>\n"
    leg = channel.legs.named(arg)
    if leg is None:
        # uuid_buglist_function writes nothing, and mod_event_socket says that.
        return "-ERR no reply\n"
    bugs = "".join(_BUG % ("session_record", r.path) for r in on_leg(channel, leg))
    bugs += "".join(_BUG % ("displace", path) for path in _played(channel, leg))
    return f"<media-bugs>\n{bugs}</media-bugs>\n"


def _uuid_displace(channel: Channel, arg: str) -> str:
    uuid, action, path = (*words(arg), "", "", "")[:3]
    if not path or action not in ("start", "stop"):
        return "-USAGE: <uuid> [start|stop] <path> [<limit>] [mux]\n"
    leg = channel.legs.named(uuid)
    if leg is None:
        return "-ERR Cannot locate session!\n"
    if (path in _played(channel, leg)) is (action == "start"):
        return f"-ERR Cannot {'displace' if action == 'start' else STOP} session!\n"
    length = channel.length_of(path)
    if action == "stop":
        del leg.displaced[path]
    elif length is None and "://" not in path:
        return "-ERR Cannot displace session!\n"
    else:
        lasts_s = math.inf if length is None else length / 1000
        leg.displaced[path] = channel.now_s + lasts_s
    channel.tell(f"displace {action}", f"{uuid} {path}")
    return RECORD_OK


def _played(channel: Channel, leg: Leg) -> list[str]:
    """Return what is played to a leg, and has not come to its end."""
    found = leg.displaced.items()
    return [path for path, until_s in found if channel.now_s < until_s]


STOP = "stop displace"


def _uuid_broadcast(channel: Channel, arg: str) -> str:
    uuid, path, legs = (*words(arg), "", "", "")[:3]
    if not path:
        return "-USAGE: <uuid> <path> [aleg|bleg|holdb|both]\n"
    if channel.legs.named(uuid) is None:
        return "-ERR invalid uuid\n"
    channel.tell("broadcast", f"{uuid} {path} {legs}".rstrip())
    return "+OK Message sent\n"


def _uuid_bridge(channel: Channel, arg: str) -> str:
    first, second = (*words(arg), "", "")[:2]
    if not second:
        return "-USAGE: <uuid> <other_uuid>\n"
    legs = channel.legs.named(first), channel.legs.named(second)
    if None in legs or channel.agent.is_joined:
        return "-ERR Invalid uuid\n"
    channel.later(FRAME_S, channel.join)
    return f"+OK {second}\n"


def _uuid_hold(channel: Channel, arg: str) -> str:
    first, second = (*words(arg), "", "")[:2]
    if not first:
        return HOLD_USAGE + FAILED
    leg = channel.legs.named(second if first in ("off", "toggle") else first)
    if leg is not None:
        is_held = not leg.is_held if first == "toggle" else first != "off"
        return RECORD_OK if hold(leg, is_held) else FAILED
    # switch_ivr_hold_uuid finds no session, and says that all went well.
    return RECORD_OK


HOLD_USAGE = "-USAGE: [off|toggle] <uuid> [<display>]\n"
FAILED = "-ERR Operation failed\n"


def _uuid_transfer(channel: Channel, arg: str) -> str:
    uuid, *rest = words(arg)
    which = rest.pop(0) if rest and rest[0].startswith("-") else ""
    if not rest:
        return "-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n"
    leg = channel.legs.named(uuid)
    if leg is None:
        return NO_CHANNEL
    if which == "-bleg":
        leg = leg.other or leg
    if leg.is_caller or which == "-both":
        moved = Transferred(rest[0], TONE, channel.script.talk_s)
        channel.later(0, partial(channel.transfer, moved))
    else:
        channel.later(0, partial(leg.ends, "NORMAL_CLEARING"))
    return OK


TONE = (("answer", ""), ("playback", "tone_stream://%(500,500,600);loops=-1"))
"""What another extension of the dialplan does, as the fallback in the transcripts."""


SCHED_SYNTAX = "[+@]<time> <group_name> <command_string>[&]"


def _sched_api(channel: Channel, arg: str) -> str:
    time, _, rest = arg.partition(" ")
    group, _, command = rest.partition(" ")
    digits = time.removeprefix("+")
    if not command or not digits.isdigit():
        return f"-ERR Invalid syntax. USAGE: {SCHED_SYNTAX}\n"
    # switch_scheduler.c counts whole seconds of the clock on the wall.
    now_s = channel.micros / 1e6
    due_s = int(digits) + (int(now_s) if time.startswith("+") else 0)
    task = partial(_scheduled, channel, command.removesuffix("&"))
    timer = channel.later(max(0.0, due_s - now_s), task, in_passing=True)
    channel.tasks.append((group, timer))
    return f"+OK Added: {len(channel.tasks)}\n"


def _scheduled(channel: Channel, command: str) -> None:
    channel.tell("scheduled", command)
    channel.state.is_stirred = True
    answer(channel, command)


def _sched_del(channel: Channel, arg: str) -> str:
    if not arg:
        return "-ERR Invalid syntax\n"
    if arg.isdigit():
        found = [timer for _, timer in channel.tasks[int(arg) - 1 : int(arg)]]
    else:
        found = [timer for group, timer in channel.tasks if group == arg]
    found = [timer for timer in found if timer.is_set]
    for timer in found:
        timer.cancel()
    # sched_del_function: finding none is no error.
    return f"+OK Deleted: {len(found)}\n"


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
    "uuid_bridge": _uuid_bridge,
    "uuid_buglist": _uuid_buglist,
    "uuid_displace": _uuid_displace,
    "uuid_broadcast": _uuid_broadcast,
    "uuid_hold": _uuid_hold,
    "uuid_transfer": _uuid_transfer,
    "sched_api": _sched_api,
    "sched_del": _sched_del,
    "status": _status,
    "module_exists": _module_exists,
}
