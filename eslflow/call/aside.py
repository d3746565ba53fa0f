"""What both hear while they talk: a sentence of ours, mixed into what they say.

In: a sound. Out: `uuid_displace` on the caller's leg and on the one that the caller
talks with. Nothing of the talk is cut off; a broadcast would, for 0.4 s (measured).
Must not decide what is said.

A recorder hears what comes before it in the order of a leg's bugs, and a new bug comes
last (switch_core_media_bug_add): with `f` it comes first, and so is in the file.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from eslflow.call.commands import Alarm, Api, Command
from eslflow.call.events import Event, Replied
from eslflow.wire.terms import ApiCommand

if TYPE_CHECKING:
    from eslflow.call.live import Live, Sound

REPLY_S = 2.0
LONGER_S = 2
"""How much later than its end a sentence is broken off, if it is still there."""

Moves = Generator[Command, "Event | None", None]


def say(live: Live, sound: Sound | None, what: str, in_file: bool = False) -> Moves:
    """Let both hear it; the recording too, if it is to be in the file."""
    if sound is None:
        yield Alarm(f"{what} has no audio: run eslflow prompts build")
        return
    yield from end(live)
    caller, other = live.offered.uuid, live.leg
    legs = (other, caller) if other else (caller,)
    live.aside = live.aside._replace(
        path=sound.path, legs=legs, until=live.now + sound.ms * 1000
    )
    start = f"start {sound.path} {sound.ms // 1000 + LONGER_S}"
    if other:
        yield Api(ApiCommand.UUID_DISPLACE, f"{other} {start} mux", waits=False)
    arg = f"{caller} {start} {'mf' if in_file else 'mux'}"
    reply = yield Api(ApiCommand.UUID_DISPLACE, arg, timeout_s=REPLY_S)
    if not (isinstance(reply, Replied) and reply.is_ok):
        yield Alarm(f"{what} was not played: {sound.path}")


def end(live: Live) -> Moves:
    """Break off what is still being said: it may not be true any more."""
    aside = live.aside
    if live.now < aside.until:
        for leg in aside.legs:
            stop = f"{leg} stop {aside.path}"
            yield Api(ApiCommand.UUID_DISPLACE, stop, waits=False)
    live.aside = aside._replace(until=0)
