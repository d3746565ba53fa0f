"""One scenario as a call on a real switch, with a controller for it alone.

In: a flow, a scenario, what is around it. Out: what came of the call. Its ledger and
its recordings are in a folder of its own; nothing is sent to programs; nobody is called
but legs of mod_loopback. Must not judge what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from eslflow.call.commands import Alarm, Tell
from eslflow.call.live import Sound
from eslflow.call.records import Row
from eslflow.check.happened import Happened
from eslflow.check.scenario import Scenario
from eslflow.clock import SystemClock
from eslflow.errors import CommandRefused, LinkLost
from eslflow.flow.model import Flow
from eslflow.noted import CAUSES, Moved, Noted, Played, reached, unplayable
from eslflow.onswitch.files import held
from eslflow.onswitch.people import FALLBACK, LONGEST_S, People
from eslflow.onswitch.queues import TestQueue
from eslflow.onswitch.standin import StandIn
from eslflow.recordings.days import make_days
from eslflow.rig import Rig, Silent
from eslflow.settings import Settings
from eslflow.switch.link import DirectLink
from eslflow.wire.terms import ApiCommand

SETTLE_S = 10.0
"""How long after a call the switch has for its last events; it takes five."""
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104  compared only
OPEN = 0o2777
"""The switch may write there, as whoever it runs: the folder above has a name that
nobody knows, and nothing but tones and prompts gets into a file."""


class Shifted:
    """The machine's clock, as if it were another time."""

    def __init__(self, start: int | None) -> None:
        self._clock = SystemClock()
        self._by = 0 if start is None else start - self._clock.now()

    def now(self) -> int:
        """Return microseconds since 1970-01-01 UTC."""
        return self._clock.now() + self._by


@dataclass(frozen=True)
class Around:
    """What all calls share."""

    link: DirectLink
    settings: Settings
    folder: Path
    """Where they may write, and where the tones lie."""

    def tone(self, who: str) -> str:
        """Return the file of what somebody says all the time."""
        return str(self.folder / f"{who}.wav")

    def place(self, name: str) -> Path:
        """Return a new folder, in which the switch can write."""
        place = self.folder / name
        place.mkdir()
        place.chmod(OPEN)
        return place

    def address(self, rig: Rig) -> str:
        """Return where the switch finds a controller, as it must be told."""
        host, port = rig.controller.address
        host = self.link.own_host if host in ANYWHERE else host
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Call:
    """One call."""

    def __init__(
        self,
        around: Around,
        flow: Flow,
        scenario: Scenario,
        queue: TestQueue | None,
    ) -> None:
        self._around = around
        self._scenario = scenario
        self._uuid = str(uuid4())
        self._folder = around.place(self._uuid)
        self._clock = Shifted(scenario.at)
        self._noted = Noted(flow, scenario, self._clock.now())
        self._people = People(
            around.link,
            self._noted,
            self._uuid,
            self._clock,
            queue,
            around.tone("agent"),
        )
        self._moved: list[Moved] = []
        self._stand_in = StandIn(
            cause=CAUSES[scenario.callee],
            queue=self._people.waits_in,
            asked=self._people.asked,
            moved=self._moves,
            cannot=self._people.cannot,
        )

    def play(self, sounds: Mapping[str, Sound]) -> Played:
        """Play it, with this audio.

        Raises:
            LinkLost: the switch is gone.
            CommandRefused: it makes no calls.
        """
        with self._rig(self._audible(sounds)) as rig:
            try:
                self._originate(rig)
                self._people.live()
                rig.controller.settle(SETTLE_S)
            finally:
                self._end()
            return self._told(rig)

    def _rig(self, sounds: Mapping[str, Sound]) -> Rig:
        recordings = self._folder / "recordings"
        recordings.mkdir()
        recordings.chmod(OPEN)
        make_days(recordings, self._clock.now())
        scenario, settings = self._scenario, self._around.settings
        return Rig(
            [self._noted.flow],
            sounds,
            self._folder,
            clock=self._clock,
            watch=self._hear,
            kept=self._keep,
            visited=self._visit,
            courier=Silent(scenario.webhook, scenario.answer),
            earlier=self._noted.earlier,
            agreed=lambda *_: scenario.agent_agreed,
            host=settings.host,
            allow=settings.allow,
            instead=self._stand_in,
        )

    def _audible(self, sounds: Mapping[str, Sound]) -> dict[str, Sound]:
        """Return the audio; what cannot be played leads to no file."""
        known = dict(sounds)
        for name in unplayable(self._noted.flow, self._scenario):
            missing = str(self._folder / "none" / Path(name).name)
            known[name] = replace(known[name], path=missing)
        return known

    def _originate(self, rig: Rig) -> None:
        """Let the switch make the caller's leg, and hand it over as a dialplan does."""
        scenario, flow = self._scenario, self._noted.flow.name
        profile = {
            "caller_id_number": scenario.caller,
            "caller_id_name": scenario.caller_name,
            "destination_number": scenario.called or flow,
        }
        apps = ",".join(
            (
                *(f"set_profile_var:{name}={text}" for name, text in profile.items()),
                f"sched_hangup:+{LONGEST_S + 60:.0f} NORMAL_CLEARING",
                "set:socket_resume=true",
                f"socket:{self._around.address(rig)}/{flow} async full",
                f"set:{FALLBACK}=true",
                "sleep:1000",
                "hangup",
            )
        )
        variables = (
            f"{{origination_uuid={self._uuid},loopback_bowout=false,process_cdr=false,"
            "loopback_export=process_cdr}"
        )
        caller = f"loopback/app=endless_playback:{self._around.tone('caller')}"
        arg = f"{variables}{caller} '{apps}' inline"
        self._around.link.api(ApiCommand.ORIGINATE, arg)

    def _end(self) -> None:
        for leg in (self._uuid, *self._stand_in.legs):
            with suppress(CommandRefused, LinkLost):
                self._around.link.api(ApiCommand.UUID_KILL, leg)

    def _told(self, rig: Rig) -> Played:
        """Return what came of it, now that it is over."""
        noted, people = self._noted, self._people
        story, visited = tuple(noted.lines), frozenset(noted.visited)
        if people.skipped:
            return Played(Happened(), story, visited, people.skipped)
        if not noted.rows:
            problem = "the switch made the call, and it never came to eslflow"
            return Played(noted.happened(0, (), (), ()), story, visited, "", (problem,))
        spans = noted.spans()
        with rig.look() as ledger:
            files = held(ledger.call(self._uuid), noted.start, spans)
        problems = list(files.leaks)
        if people.is_late:
            problems.append(f"the call did not end within {LONGEST_S:g} s")
        is_fallback = people.is_fallback or noted.ending == "handed_back"
        whom = reached(noted.flow, spans, noted.met, is_fallback, self._moved)
        happened = noted.happened(files.files, files.heard, files.masked, whom)
        return Played(happened, story, visited, problems=tuple(problems))

    # What the controller tells.

    def _hear(self, _: str, now: int, what: Tell | Alarm) -> None:
        self._noted.hears(now, what, self._folder)

    def _keep(self, rows: Sequence[Row]) -> None:
        self._noted.rows += rows

    def _visit(self, _: str, step: str, ending: str) -> None:
        self._noted.visited.add((step, ending))
        if not ending:
            self._people.comes_to(step)

    def _moves(self, to: str) -> None:
        at_s = (self._clock.now() - self._noted.start) / 1e6
        self._moved.append(Moved(at_s, to))
