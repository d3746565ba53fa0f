"""A channel's thread: what was asked for, one application after the other.

In: a channel. Out: a generator that yields simulated seconds in which other things
happen. A hang-up (`Gone`) or the dialplan's claim (`Left`) is thrown into it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from eslflow.sim.apps import (
    APPS,
    FRAME_S,
    NONE,
    PLAYED,
    App,
    Gone,
    Interrupted,
    Joined,
    Left,
    Nap,
    Run,
    Transferred,
)
from eslflow.sim.events import lingers
from eslflow.sim.queues import callcenter, fifo
from eslflow.sim.recordings import stop_all
from eslflow.sim.talks import after, bridge, talk

if TYPE_CHECKING:
    from eslflow.sim.channel import Channel

FALLBACK_S = 10.0
"""How long the dialplan's fallback has the caller while a controller still listens."""
CLOSE_S = 0.7
"""How long after its linger time the switch closes the socket (measured: up to 1 s)."""
_APPS: dict[str, App] = {
    **APPS,
    "callcenter": callcenter,
    "fifo": fifo,
    "bridge": bridge,
}


def live(channel: Channel) -> Nap:
    """Live through the call."""
    does: Callable[[Channel], Nap] = _obey
    try:
        while True:
            try:
                yield from does(channel)
                does = _obey
            except Transferred as error:
                does = partial(_go, moved=error)
            except Joined:
                does = _join
    except Gone:
        _bury(channel)
    except Left:
        yield from _fall_back(channel)


def _obey(channel: Channel) -> Nap:
    """Do what the controller asks for, one thing after the other."""
    while True:
        while not channel.asked:
            yield from _rest(channel)
            yield FRAME_S
        yield from _run(channel, channel.asked.popleft())


def _go(channel: Channel, moved: Transferred) -> Nap:
    """Go on in another extension, until it ends or gives the call back.

    The controller's socket stays open, and what it asks for is still done (measured).
    """
    channel.tell("transferred", moved.to)
    channel.leave_socket()
    channel.asked.clear()
    channel.state.is_moved = True
    if moved.stays_s is not None:
        channel.later(moved.stays_s, channel.ends)
    for app, arg in moved.runs:
        yield from _run(channel, channel.count_run(app, arg))
        if channel.state.name == "CS_PARK":
            channel.state.is_moved = False
            return
    channel.hang_up()


def _join(channel: Channel) -> Nap:
    """Talk with whom the switch has called, and go where it goes after that."""
    channel.headers.join(channel.agent.uuid)
    channel.agent.joins()
    channel.leave_socket()
    channel.asked.clear()
    yield FRAME_S
    yield from talk(channel)
    after(channel)


def _rest(channel: Channel) -> Nap:
    """Wait, parked, until something is asked for."""
    while not channel.asked:
        if not channel.listener.is_open and channel.state.in_socket:
            raise Left
        until_s = channel.now_s + _park_timeout_s(channel)
        channel.is_idle = True
        try:
            yield until_s - channel.now_s
        finally:
            channel.is_idle = False
        if channel.now_s >= until_s:
            channel.hang_up()


def _park_timeout_s(channel: Channel) -> float:
    """Return how long a parked call waits for a controller that is gone.

    With a controller the time stands still, for it is the controller's turn.
    """
    seconds = (channel.get("park_timeout") or "").partition(":")[0]
    is_alone = not channel.listener.is_open
    return float(seconds) if is_alone and seconds.isdigit() else math.inf


def _run(channel: Channel, run: Run) -> Nap:
    app = _APPS.get(run.app)
    if app is None:
        channel.hang_up("DESTINATION_OUT_OF_ORDER" if run.app else run.arg)
    channel.set("current_application_data", run.arg)
    channel.set("current_application", run.app)
    channel.fire("CHANNEL_EXECUTE", run.headers())
    channel.running = run
    try:
        response = yield from app(channel, run)
        channel.complete(run, response)
    except Interrupted:
        run.leaves = False
        channel.complete(run, PLAYED if run.app == "playback" else NONE)
        raise
    finally:
        channel.running = None


def _fall_back(channel: Channel) -> Nap:
    """Let the dialplan have the call."""
    channel.tell("fallback")
    channel.state.is_left = True
    if not channel.listener.is_open:
        return
    try:
        yield FALLBACK_S
        channel.hang_up()
    except Gone:
        _bury(channel)
    except Left:
        return


def _bury(channel: Channel) -> None:
    """Say what comes after a hang-up: the end of recordings, the linger notice."""
    state, listener = channel.state, channel.listener
    channel.leave_socket()
    state.name = "CS_HANGUP"
    with listener.losing(channel.liar.about(["hangup"]).loses):
        stop_all(channel, channel.caller, "success-silence")
    state.name = "CS_REPORTING"
    channel.headers.add("completed")
    channel.set("hangup_cause", state.cause)
    channel.fire("CHANNEL_HANGUP_COMPLETE")
    if listener.is_open and listener.linger_s is not None:
        name = channel.get("channel_name") or ""
        listener.say(lingers(channel.script.uuid, name, listener.linger_s))
        channel.later(listener.linger_s + CLOSE_S, channel.dismiss)
