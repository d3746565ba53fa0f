"""Commands of the event socket as the simulated switch obeys them (mod_event_socket.c).

In: a channel and a command. Out: replies on the channel, strictly in order. Until
`connect` nothing is answered, as in the real one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from eslflow.sim.apis import answer
from eslflow.sim.apps import FRAME_S
from eslflow.sim.called import originate
from eslflow.sim.commands import Sent, words
from eslflow.sim.events import api_reply, reply
from eslflow.sim.lies import Lie

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
    lie = channel.liar.about(words(sent.rest))
    if not lie.late_s:
        _answer(channel, sent.rest, lie)
        return
    # mod_event_socket: one thread does it all, so that nothing overtakes a slow answer.
    if not lie.is_slow:
        _answer(channel, sent.rest, lie)
    channel.listener.is_stuck = True
    channel.later(lie.late_s, partial(_late, channel, sent.rest, lie))


def _answer(channel: Channel, line: str, lie: Lie) -> None:
    # What an API command causes comes behind its reply on the same socket.
    with channel.listener.behind_reply() as first:
        first.append(api_reply(answer(channel, line, lie)))


def _late(channel: Channel, line: str, lie: Lie) -> None:
    """Answer at last, and hear what was said meanwhile."""
    channel.listener.is_stuck = False
    if lie.is_slow:
        _answer(channel, line, lie)
    while channel.unheard and not channel.listener.is_stuck:
        obey(channel, channel.unheard.popleft())


def _bgapi(channel: Channel, sent: Sent) -> None:
    job = sent.job or str(uuid.uuid4())
    channel.listener.say(reply(f"+OK Job-UUID: {job}", f"Job-UUID: {job}\n"))
    if sent.rest.startswith("originate "):
        originate(channel, sent.rest, job, partial(_done, channel, sent.rest, job))
        return
    lie = channel.liar.about(words(sent.rest))
    if lie.late_s and not lie.is_slow:
        text = answer(channel, sent.rest, lie)
        channel.later(JOB_S + lie.late_s, partial(_done, channel, sent.rest, job, text))
    else:
        work = partial(_work, channel, sent.rest, job, lie)
        channel.later(JOB_S + lie.late_s, work)


def _work(channel: Channel, line: str, job: str, lie: Lie) -> None:
    _done(channel, line, job, answer(channel, line, lie))


def _done(channel: Channel, line: str, job: str, text: str) -> None:
    """Say that a job in the background is done."""
    name, _, arg = line.partition(" ")
    headers = {
        "Job-UUID": job,
        "Job-Owner-UUID": channel.script.uuid,
        "Job-Command": name,
        "Job-Command-Arg": arg,
    }
    channel.fire("BACKGROUND_JOB", headers, has_channel=False, body=text)


def _sendmsg(channel: Channel, sent: Sent) -> None:
    agent = channel.agent
    is_agent = sent.rest == agent.uuid and agent.is_up
    if not is_agent and sent.rest not in ("", channel.script.uuid):
        channel.listener.say(reply(f"-ERR invalid session id [{sent.rest}]"))
        return
    channel.listener.say(reply("+OK"))
    if "${" in sent.arg or "$$" in sent.arg:
        channel.breaches.append(sent.arg)
    if is_agent:
        app = ("hangup" if sent.is_hangup else sent.app, sent.arg, sent.mark)
        channel.later(FRAME_S, partial(agent.runs, *app))
    elif sent.is_hangup:
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
