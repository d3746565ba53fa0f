"""One call of a proof: the real engine, with a switch, a ledger and a clock around it.

In: events that something has decided on (`outcomes` knows which can happen). Out: the
engine's state after them, and what the observer found wrong. What only asks for what is
true (the dead-man's agenda, a look at what runs) is answered at once and honestly. Must
not decide what happens.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from eslflow.call.commands import Api, Close, Command, Hangup, Timer
from eslflow.call.engine import Engine
from eslflow.call.events import Event, Offered, Parked, Replied, TimedOut, Unbridged
from eslflow.call.live import Site, Sound
from eslflow.call.track import Track
from eslflow.check.alike import likeness
from eslflow.check.observer import FAULT, STRANGER, UNWILLING, Found, Observer
from eslflow.check.switch import Switch
from eslflow.errors import EslflowError
from eslflow.flow.model import Flow
from eslflow.flow.numbers import is_among
from eslflow.wire.terms import ApiCommand, RecordAction

RECORDINGS = "/recordings"
FAULTS = (
    *(EslflowError, ArithmeticError, AssertionError, AttributeError),
    *(LookupError, NameError, RuntimeError, TypeError, ValueError),
)
"""What code raises that is wrong."""
URGENT = ("deadman.watch", "lookout.watch", "screen.watch") + (
    *("verbal.answered", "withdrawal.by_caller"),
    *("withdrawal.by_callee", "private.by_caller", "private.by_agent"),
)
"""Tracks whose questions to the switch are answered at once."""
AGENT, OTHERS = "1001", ("2002", "3003", "anna")
"""Who has the telephone that is answered."""
LISTED, UNKNOWN = "listed", "unknown"
"""Why whoever answers is never recorded: their number is on the list; nobody can say
who they are. Else: the variable of the leg that has a name which is on it."""
NAMES, UNSET = ("cc_agent", "dialed_user"), "_undef_"
"""The variables of a leg that say whose it is, and what the switch says where they do
not: told here once more, for the engine may have forgotten one."""
GATEWAY, ABROAD = "sip_gateway_name", "provider"
"""The variable of a leg that leaves the office, and by which way."""
MOST_ANSWERS = 50
"""A track that asks more without a pause asks for ever."""


@dataclass(frozen=True)
class Begin:
    """How a call comes in."""

    offered: Offered
    at: int
    """Microseconds since 1970."""
    looked_at: tuple[str, ...] = ()
    """Which of its values the flow looks at."""
    is_barred: bool = False
    """Whether one of its numbers is never recorded."""


@dataclass(frozen=True)
class Plan:
    """What all calls of a proof share."""

    flow: Flow
    sounds: dict[str, Sound] = field(default_factory=dict)
    alike: Mapping[str, str] = field(default_factory=dict)
    """For each step the first that is like it."""
    repeated: frozenset[str] = frozenset()
    """Steps that differ from one above by where they lead."""
    shapes: Mapping[str, str] = field(default_factory=dict)
    """For each step the first inside of which the same can happen."""
    listed: str = ""
    """One who is never recorded; empty: the flow has none."""
    agent: str = AGENT
    """One who may be."""
    _flows: dict[str, Flow] = field(default_factory=dict)

    @classmethod
    def of(cls, flow: Flow) -> Plan:
        """Return a plan in which all audio is there."""
        sounds = {a.path: Sound(f"/{a.path}", "0" * 64, 4000) for a in flow.audio()}
        never = flow.recording.never_record
        listed = one_of(never[0]) if never else ""
        agent = next(a for a in (AGENT, *OTHERS) if not is_among(a, never))
        like, again, inside = likeness(flow)
        return cls(flow, sounds, like, again, inside, listed, agent)

    def starting_at(self, step: str) -> Flow:
        """Return the flow, with another first step if one is named."""
        if not step:
            return self.flow
        if step not in self._flows:
            self._flows[step] = replace(self.flow, start=step)
        return self._flows[step]


Note = Callable[["Stage"], Any]
"""What takes note of a call (`anchor` does)."""


class Stage:
    """One call on its way, up to the next moment at which something can happen."""

    __slots__ = (
        "_said",
        "begin",
        "engine",
        "is_late",
        "is_left",
        "is_moved",
        "is_troubled",
        "met",
        "note",
        "now",
        "observer",
        "pause",
        "plan",
        "site",
        "switch",
        "timers",
        "visited",
    )

    def __init__(
        self, plan: Plan, begin: Begin, step: str = "", now: int | None = None
    ) -> None:
        self.plan = plan
        self.begin = begin
        self.now = begin.at if now is None else now
        self.switch = Switch()
        self.observer = Observer(plan.flow, self.switch)
        self.site = Site(
            RECORDINGS,
            "",
            plan.sounds,
            is_controlled=True,
            visited=self._visits,
            agreed=lambda _, __, ___: self.observer.who != UNWILLING,
        )
        self.engine = Engine(begin.offered, plan.starting_at(step), self.site, self.now)
        live = self.engine.live
        live.is_driven, live.hears = True, None  # it has been parked; nobody listens
        self.observer.is_barred = begin.is_barred
        self.observer.is_emergency = live.is_emergency
        self.timers: dict[int, int] = {}
        self.visited: list[tuple[str, str]] = []
        """Steps that were come to, and how they ended, since somebody last looked."""
        self.note: Note | None = None
        """Takes note of the call whenever it comes to a step; None: nobody does."""
        self.pause: Any = None
        """What was noted on coming to the last of them."""
        self.met = False
        """Whether the caller has come to a person since then."""
        self.is_left = False
        """Whether the flow has let go of the call."""
        self.is_moved = False
        """Whether the switch has handed the call to another extension."""
        self.is_late = False
        """Whether the dead-man has masked the file, and nobody knows yet."""
        self.is_troubled = False
        """Whether the recorder has failed in this step; once is enough."""
        self._said: list[Event] = []
        """What the switch says at once."""

    def start(self, more: Callable[[], object] = bool) -> None:
        """Let the call come in; `more` is done to the engine once it has."""
        try:
            self._take(self.engine.begin())
            more()
            self._take(self.engine._flush())
        except FAULTS as error:
            self._fails(error)
        self._settle()

    def drop(self) -> None:
        """Let go of a call that nobody looks at any more.

        What it is made of knows each other: the collector would have to find it.
        """
        self.engine._tracks.clear()
        del self.engine._flow, self.engine, self.site

    def goes_on(self) -> None:
        """Take what the engine says without an event."""
        self._take(self.engine._flush())
        self._settle()

    def _visits(self, _: str, step: str, ending: str) -> None:
        self.visited.append((step, ending))
        if not ending:
            self.observer.comes_to(step)
            self.pause = self.note and self.note(self)
            self.is_troubled = False
        elif self.plan.flow.steps[step].forbids:
            self.observer.is_private = True

    @property
    def is_repeated(self) -> bool:
        """Whether what can go wrong in the step has been tried in one like it."""
        return self.observer.step in self.plan.repeated

    # Tracks.

    @property
    def flow_track(self) -> Track:
        """The track that walks the steps."""
        return self.engine._flow

    def tracks(self) -> list[Track]:
        """Return what goes on in the engine, the flow first."""
        return self.engine._tracks

    def track(self, name: str) -> Track | None:
        """Return the track of this name, such as `moves.watch`."""
        for track in self.engine._tracks:
            if name_of(track) == name:
                return track
        return None

    @property
    def is_inside(self) -> bool:
        """Whether the call is in its step, and not on the way into it."""
        frames = names(self.flow_track)
        return frames[1:2] == ["run"] and "want" not in frames

    @property
    def is_moving(self) -> bool:
        """Whether the switch is being asked for something that has not come yet."""
        moves = self.track("moves.watch")
        road: Any = moves and moves._road
        return bool(self.switch.coming or (road and road.gi_yieldfrom is not None))

    # Events.

    def hears(self, *events: Event) -> None:
        """Let these happen, and whatever follows at once."""
        for event in events:
            self._hears(event)
            self._settle()

    def _hears(self, event: Event) -> None:
        self.observer.hears(event, self.now)
        try:
            self._take(self.engine.handle(event, self.now))
        except FAULTS as error:
            self._fails(error)

    def answers(self, track: Track, text: str) -> None:
        """Let the switch answer what a track has asked for."""
        self.hears(Replied(track._number, not text.startswith("-"), text))

    def times_out(self, track: Track) -> None:
        """Let what a track waits for not come in time."""
        due = self.timers.pop(track._token, self.now)
        self.now = max(self.now, due)
        self.hears(TimedOut(track._token))

    def says(self) -> None:
        """Let the switch say the next thing that it has not said yet."""
        self.hears(self.switch.coming.pop(0))

    def look(self) -> None:
        """Let the observer judge what is true now."""
        if not self.is_moving and self.engine._ending is None:
            self.observer.looks(self.is_inside)

    def _take(self, commands: list[Command]) -> None:
        for command in commands:
            if type(command) is Timer:
                self.timers.pop(command.token, None)
                if command.seconds is not None:
                    due = self.now + round(command.seconds * 1e6)
                    self.timers[command.token] = due
                continue
            if type(command) in (Hangup, Close):
                self.is_left = True
            self.observer.sees(command)
            if type(command) is Api and not command.waits:
                self._does(command)

    def _does(self, command: Api) -> None:
        """Do at once what nobody waits for."""
        if command.command is ApiCommand.UUID_RECORD:
            _, action, target = command.arg.split(" ")[:3]
            self._said += self.switch.does(action, target)
        elif command.command is ApiCommand.UUID_KILL:
            self._kills(command.arg.split(" ")[0])

    def _kills(self, leg: str) -> None:
        """Hang up on a leg; whoever is only being called is gone without a word."""
        if leg == self.begin.offered.uuid:
            self.is_left = True
        elif leg == self.engine.live.leg:
            self._said += [Unbridged(), Parked()]

    def _settle(self) -> None:
        """Let happen what happens at once, until nothing does."""
        for _ in range(MOST_ANSWERS):
            event = self._at_once()
            if event is None or self.observer.wrong:
                return
            self._hears(event)
        self.fails("it asks the switch again and again")

    def _at_once(self) -> Event | None:
        """Return what comes next without anybody's doing; None: nothing."""
        if self._said:
            return self._said.pop(0)
        for track in self.engine._tracks:
            asked = track.awaited
            if type(asked) is Api and name_of(track) in URGENT:
                text = self._truth(asked)
                return Replied(track._number, not text.startswith("-"), text)
        waiting = self._looking_again()
        if waiting is None or self.is_moving:
            return None
        return TimedOut(waiting._token)

    def _looking_again(self) -> Track | None:
        """Return the look-out's track, where it waits to look once more."""
        for track in self.engine._tracks:
            if track._token and name_of(track) == "lookout.watch":
                return track
        return None

    def _truth(self, asked: Api) -> str:
        """Return the switch's honest answer."""
        if asked.command is ApiCommand.UUID_BUGLIST:
            is_callers = asked.arg == self.begin.offered.uuid
            return (self.switch if is_callers else Switch()).lists()
        if asked.command is ApiCommand.UUID_GETVAR:
            return self._names(asked.arg.split(" ")[1])
        if asked.command is ApiCommand.SCHED_DEL and self.is_late:
            self.is_late = False
            return "+OK Deleted: 0"
        if asked.command is ApiCommand.UUID_RECORD:
            _, _, target = asked.arg.split(" ")[:3]
            self._said += self.switch.does(RecordAction.STOP, target)
        return "+OK Deleted: 1"

    def _names(self, variable: str) -> str:
        """Return whose the leg is that the caller talks with, as one variable says."""
        who = self.observer.who
        if who == UNKNOWN:
            return "-ERR No such channel!"
        if who == STRANGER:
            return ABROAD if variable == GATEWAY else UNSET
        if variable == who:
            return f"{self.plan.listed}@example.com"
        return f"{self.plan.agent}@example.com" if variable == NAMES[1] else UNSET

    def _fails(self, error: Exception) -> None:
        self.fails(f"{type(error).__name__}: {error}")

    def fails(self, words: str) -> None:
        """Note that the engine is at fault."""
        self.observer.wrong.append(Found(FAULT, self.observer.step, words))


def one_of(pattern: str) -> str:
    """Return a number that a pattern takes."""
    return f"{pattern[:-1]}301234" if pattern.endswith("*") else pattern


def name_of(track: Track) -> str:
    """Return module and function of a track, as `moves.watch`."""
    # The frames of a generator are no part of its type.
    road: Any = track._road
    return _NAMES.get(road.gi_code) or _name(road.gi_code)


def _name(code: types.CodeType) -> str:
    name = _NAMES[code] = f"{PurePath(code.co_filename).stem}.{code.co_name}"
    return name


_NAMES: dict[types.CodeType, str] = {}


def names(track: Track) -> list[str]:
    """Return the functions that a track is in, the outermost first."""
    return [frame.f_code.co_name for frame in frames(track)]


def frames(track: Track) -> Iterator[types.FrameType]:
    """Yield the frames that a track is in, the outermost first."""
    road: Any = track._road
    while road is not None and road.gi_frame is not None:
        yield road.gi_frame
        road = road.gi_yieldfrom
