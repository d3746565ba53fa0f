"""Commands of the event socket as the simulated switch obeys them (mod_event_socket.c).

In: a channel and a command. Out: replies on the channel, strictly in order. Until
`connect` nothing is answered, as in the real one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from eslflow.sim.apis import answer
from eslflow.sim.commands import Sent
from eslflow.sim.events import api_reply, reply

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel

NOT_FOUND = "-ERR command not found"
JOB_S = 0.01
"""When a `bgapi` has its thread."""


def obey(channel: Channel, sent: Sent) -> None:
    """Carry out one command."""
    if sent.verb == "connect":
        channel.connect()
    elif channel.listener.is_connected:
        refusal = _refusal(channel, sent)
        if refusal is not None:
            channel.listener.say(refusal)
        else:
            VERBS.get(sent.verb, _unknown)(channel, sent)


def _refusal(channel: Channel, sent: Sent) -> bytes | None:
    """Return what the script answers instead of the switch."""
    script = channel.script
    if script.refuse_times is not None and channel.refused >= script.refuse_times:
        return None
    for start, text in script.refuse.items():
        if sent.line.startswith(start) or sent.app == start:
            channel.refused += 1
            return api_reply(text + "\n") if sent.verb == "api" else reply(text)
    return None


def _unknown(channel: Channel, _: Sent) -> None:
    channel.listener.say(reply(NOT_FOUND))


def _linger(channel: Channel, sent: Sent) -> None:
    seconds = int(sent.rest) if sent.rest.isdigit() else 0
    channel.listener.linger_s = seconds
    channel.listener.say(reply(f"+OK will linger {seconds} seconds"))


def _nolinger(channel: Channel, _: Sent) -> None:
    channel.listener.linger_s = None
    channel.listener.say(reply("+OK will not linger"))


def _filter(channel: Channel, sent: Sent) -> None:
    filters = channel.listener.filters
    name, _, value = sent.rest.partition(" ")
    if name != "delete":
        filters.append((name, value))
        channel.listener.say(reply(f"+OK filter added. [{name}]=[{value}]"))
        return
    name, _, value = value.partition(" ")
    left = [f for f in filters if name not in ("all", f[0]) or value not in ("", f[1])]
    filters[:] = left
    channel.listener.say(reply(f"+OK filter deleted. [{name}][{value}]"))


def _event(channel: Channel, sent: Sent) -> None:
    kind, *names = sent.rest.split() or [""]
    if kind in ("json", "xml"):
        channel.listener.say(reply(f"-ERR the simulated switch knows no {kind}"))
    elif not names:
        channel.listener.say(reply("-ERR no keywords supplied"))
    else:
        channel.listener.names |= set(names)
        channel.listener.say(reply("+OK event listener enabled plain"))


def _nixevent(channel: Channel, sent: Sent) -> None:
    channel.listener.names -= set(sent.rest.split())
    channel.listener.say(reply("+OK events nixed"))


def _noevents(channel: Channel, _: Sent) -> None:
    channel.listener.names.clear()
    channel.listener.say(reply("+OK no longer listening for events"))


def _resume(channel: Channel, _: Sent) -> None:
    channel.set("socket_resume", "true")
    channel.listener.say(reply("+OK"))


def _getvar(channel: Channel, sent: Sent) -> None:
    channel.listener.say(reply(channel.get(sent.rest) or ""))


def _api(channel: Channel, sent: Sent) -> None:
    if not sent.rest:
        channel.listener.say(reply(NOT_FOUND))
        return
    # What an API command causes comes behind its reply on the same socket.
    with channel.listener.behind_reply() as first:
        first.append(api_reply(answer(channel, sent.rest)))


def _bgapi(channel: Channel, sent: Sent) -> None:
    job = sent.job or str(uuid.uuid4())
    channel.listener.say(reply(f"+OK Job-UUID: {job}", f"Job-UUID: {job}\n"))
    name, _, arg = sent.rest.partition(" ")

    def work() -> None:
        text = answer(channel, sent.rest)
        headers = {
            "Job-UUID": job,
            "Job-Owner-UUID": channel.script.uuid,
            "Job-Command": name,
            "Job-Command-Arg": arg,
        }
        channel.fire("BACKGROUND_JOB", headers, has_channel=False, body=text)

    channel.later(JOB_S, work)


def _sendmsg(channel: Channel, sent: Sent) -> None:
    if sent.rest not in ("", channel.script.uuid):
        channel.listener.say(reply(f"-ERR invalid session id [{sent.rest}]"))
        return
    channel.listener.say(reply("+OK"))
    if "${" in sent.arg or "$$" in sent.arg:
        channel.breaches.append(sent.arg)
    if sent.is_hangup:
        channel.ask_for_hangup(sent.arg or "NORMAL_CLEARING")
    elif sent.app:
        channel.ask_for(sent.app, sent.arg, sent.mark or str(uuid.uuid4()))


def _exit(channel: Channel, _: Sent) -> None:
    channel.listener.say(reply("+OK bye"))
    channel.dismiss()


VERBS: dict[str, Callable[[Channel, Sent], None]] = {
    "linger": _linger,
    "nolinger": _nolinger,
    "filter": _filter,
    "event": _event,
    "nixevent": _nixevent,
    "noevents": _noevents,
    "resume": _resume,
    "getvar": _getvar,
    "api": _api,
    "bgapi": _bgapi,
    "sendmsg": _sendmsg,
    "exit": _exit,
}
