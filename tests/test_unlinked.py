"""Sockets to the switch that are lost, at each state of a recording.

Whole calls through the real controller, on the simulated switch. The control link is
lost, or the call's own socket, or both at once; the control link comes back, and what
it finds is compared with the ledger. Whatever was lost, what is promised holds.
"""

from __future__ import annotations

import itertools
import json

import pytest

from eslflow.call.recorder import GUARD_S
from eslflow.call.wishes import Want
from eslflow.cli.books import SiteBooks
from eslflow.errors import CommandRefused, LinkLost
from eslflow.sim.apis import answer
from eslflow.sim.lies import Lie
from eslflow.sim.recordings import stop_all
from eslflow.switch.adoption import EVERY_S, Adoption
from eslflow.switch.link import Link
from eslflow.wire.command import argument
from tests.test_lies import LIES, UUID, Played, grants_come_first, leaks

BACK_S = 6.0
"""After how long the control link is up again."""
TALK_S = EVERY_S + 16


class Control(Link):
    """The control link to a simulated switch with one call; also who drops it."""

    problem = ""

    def __init__(self, clock):
        self._clock = clock
        self.channel = None

    def api(self, command, arg=""):
        words = f"{command} {argument(arg)}".rstrip()
        if self.problem:
            raise LinkLost(self.problem)
        reply = self._answer(words).strip()
        if reply.startswith("-"):
            raise CommandRefused(words, reply)
        return reply

    def _answer(self, words):
        channel = self.channel
        if words.startswith("show"):
            legs = [] if channel is None else [channel.caller, channel.agent]
            return json.dumps(
                {"rows": list(SHOWN[words]([leg for leg in legs if leg.is_up]))}
            )
        channel.catch_up(self._clock.now())
        return answer(channel, words)

    def drops(self):
        """Be gone for a while."""
        self.problem = "the switch closed the control link"
        self._clock.after(BACK_S, self.is_back)

    def is_back(self):
        self.problem = ""


def calls(legs):
    """Yield who talks with whom, as `show calls` does."""
    if len(legs) > 1 and legs[1].is_joined:
        one, other = legs
        yield {"uuid": one.uuid, "dest": "100", "b_uuid": other.uuid, "b_dest": "1001"}


SHOWN = {
    "show channels as json": lambda legs: ({"uuid": leg.uuid} for leg in legs),
    "show calls as json": calls,
}


class AtOnce(SiteBooks):
    """Books that are read at once, not in a thread: simulated time waits for none."""

    def _read(self, look):
        return self._look(look)


class Unlinked(Played):
    """A call that was played to its end, with a control link beside it."""

    def __init__(self, folder, lost, place):
        at, more = PLACES[place]
        self.recorded = None
        plans = {
            "bridged +62": self.asks(Want.MASKED),
            "bridged +66": self.asks(Want.ON),
            "bridged +72": self.looks,
            f"offered +{TALK_S + 30}": self.leaves,
        }
        if place == "stopping":
            plans["bridged +11"] = self.asks(Want.OFF)
        if "control" in LOST[lost]:
            plans[at] = lambda: self.control.drops()
        given = {
            "at": plans,
            "does": {"offered": self},
            "drop_at": at if "own" in LOST[lost] else "",
            "agent_hangs_up": False,
            "talk_s": TALK_S,
            **more,
        }
        super().__init__(folder, **given)

    def do(self, channel):
        """Take in the call that is offered."""
        self.control.channel = channel

    def looks(self):
        """Note of each recorder of the caller whether it is masked."""
        recorders = self.control.channel.recorders
        self.recorded = [found.is_masked for found in recorders if found.is_running]

    def leaves(self):
        """Let the caller, with whom the dialplan's fallback talks, hang up."""
        channel = self.control.channel
        if channel.state.is_left:
            channel.state.is_up = False
            stop_all(channel, channel.caller, "success-silence")

    def begins(self):
        rig = self.rig
        self.control = Control(rig.clock)
        books = AtOnce(rig.folder / "eslflow.db", rig.folder / "recordings", rig.clock)
        self.adoption = Adoption(rig.controller, self.control, books)

    def ends(self):
        self.adoption.close()

    @property
    def reaches_somebody(self):
        """Whether the caller heard an agent, or what the dialplan has instead."""
        heard = [heard.what for heard in self.call.heard]
        return "agent answers" in heard or "fallback" in heard


def late(action):
    """Return a switch that answers this after ten seconds."""
    return (Lie(f"uuid_record {action}", late_s=10.0),)


PLACES = {
    "being asked": ("play_and_get_digits", {}),
    "off": ("bridged +2", {"key": "2"}),
    "starting": ("recording", {}),
    "starting, and unanswered": ("recording +0.2", {"lies": late("start")}),
    "on": ("bridged +2", {}),
    "masked": ("bridged +6", {}),
    "stopping": ("bridged +12", {"lies": late("stop")}),
    "failed": ("bridged +2", {"lies": (Lie("uuid_record start", "-ERR no"),)}),
}
LOST = {
    "the control link": ("control",),
    "its own socket": ("own",),
    "both": ("control", "own"),
}
RUNS = ("on", "masked")
"""Where a recorder runs that goes on without us."""


def promises_hold(played):
    assert played.reaches_somebody
    assert grants_come_first(played)
    assert played.call.breaches == []
    assert all(row["state"] for row in played.kept["recordings"])
    assert leaks(played) == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("lost", LOST)
def test_whatever_socket_is_lost_what_was_promised_holds(tmp_path, lost, place):
    played = Unlinked(tmp_path, lost, place)
    promises_hold(played)
    if place == "off":
        assert played.call.recordings == []
    if place in ("off", "stopping", "failed"):
        assert not played.recorded


@pytest.mark.parametrize("place", ["being asked", "starting", *RUNS])
def test_a_call_goes_on_as_it_was_when_only_the_control_link_is_lost(tmp_path, place):
    played = Unlinked(tmp_path, "the control link", place)
    masks = [("masked", True), ("on", True)]
    assert [(a.recording, a.is_done) for a in played.answers] == 2 * masks
    assert played.recorded == [False]
    assert list(played.verdicts.values()) == ["intact"]


@pytest.mark.parametrize("place", RUNS)
@pytest.mark.parametrize("lost", ["its own socket", "both"])
def test_a_recording_is_what_is_wanted_once_the_link_is_back(tmp_path, lost, place):
    played = Unlinked(tmp_path, lost, place)
    (recording,) = played.call.recordings
    answers = [(answer.recording, answer.is_done) for answer in played.answers]
    # While there is a link, somebody has the call again before the page asks.
    is_at_once = lost == "its own socket"
    masks = [("masked", True), ("on", True)]
    before = {"on": masks[1:], "masked": masks[:1]}[place]
    before = masks if is_at_once else before
    assert answers == [*before, *masks]
    assert played.recorded == [False]
    at_s = next(h.at_s for h in played.call.heard if h.what == "agent answers")
    assert recording.audible(at_s + 67, at_s + 72)
    # What the page has masked before stays so, if it could not take that back.
    is_audible = recording.audible(at_s + 57, at_s + 61)
    assert is_audible is (is_at_once or place == "on")
    assert not recording.audible(at_s + 63, at_s + 66 - GUARD_S)


@pytest.mark.parametrize("lies", LIES.values(), ids=LIES)
@pytest.mark.parametrize("lost", ["its own socket", "both"])
def test_nor_does_a_lost_socket_help_a_switch_that_lies(
    tmp_path, monkeypatch, lost, lies
):
    monkeypatch.setitem(PLACES, "lied to", ("bridged +7", {"lies": lies}))
    promises_hold(Unlinked(tmp_path, lost, "lied to"))


def test_a_call_that_loses_only_its_own_socket_is_taken_over_within_seconds(tmp_path):
    seen = []

    class Watched(Unlinked):
        def begins(self):
            super().begins()
            self.rig.clock.after(1.0, self.sees)

        def sees(self):
            seen.append((self.rig.controller.desk.get(UUID), self.rig.clock.now()))
            self.rig.clock.after(0.2, self.sees)

    Watched(tmp_path, "its own socket", "on")
    driven = [at for call, at in seen if call is not None]
    longest = max(after - before for before, after in itertools.pairwise(driven))
    assert longest < 2_000_000
