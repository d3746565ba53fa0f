"""A real switch on which scenarios are played, some at once.

In: a site's settings, flows, scenarios. Out: what came of each call, or why none can be
made, and what mends it. All that it makes is taken away again: the folder of ledgers
and recordings, the agents of queues for tests. Must not touch what is not its own.
"""

from __future__ import annotations

import fcntl
import math
import os
import shutil
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from gevent.pool import Pool
from gevent.queue import SimpleQueue

from eslflow.call.live import Sound
from eslflow.check.happened import Happened
from eslflow.check.scenario import Scenario
from eslflow.clock import SystemClock
from eslflow.doctor.finding import Finding, Level
from eslflow.doctor.probe import Answer, Prober
from eslflow.errors import CommandRefused, EslflowError, LinkLost, SettingsError
from eslflow.flow.model import Flow
from eslflow.noted import Played
from eslflow.onswitch.able import why_not
from eslflow.onswitch.call import Around, Call
from eslflow.onswitch.queues import PREFIX, TestQueue, found
from eslflow.prompts.wav import encode
from eslflow.rig import Rig
from eslflow.settings import Settings, Switch, demand_plain
from eslflow.site import find_sounds
from eslflow.steps.queue import Queue, QueueKind
from eslflow.switch.link import DirectLink
from eslflow.wire.terms import ApiCommand, Module

RATE = 8000
TONES_HZ = {"caller": 300, "agent": 700}
"""What those say who stand in, all the time."""
LOUD = 4000
MODULES = (Module.LOOPBACK, Module.DPTOOLS, Module.SNDFILE)
PASSES = 0o711
"""Who knows the name of a folder may go through it; nobody else finds it."""


@dataclass(frozen=True)
class Part:
    """A scenario to be played, and the folder of its flow's audio."""

    flow: Flow
    scenario: Scenario
    sounds: Path


class Stage:
    """Plays scenarios until it is closed."""

    def __init__(self, settings: Settings, parts: Sequence[Part]) -> None:
        """Look whether everything is there.

        Raises:
            SettingsError: they name no switch.
            LinkLost: there is no switch, or it does not want us.
            EslflowError: something that calls need is not as it must be.
        """
        if settings.switch is None:
            raise SettingsError(
                "eslflow.yaml names no switch to play on: switch: {address: "
                "127.0.0.1:8021, password_file: switch.password}"
            )
        self._parts = parts
        self._pool = Pool()
        self._sounds = _sounds(parts)
        self._queues: list[TestQueue] = []
        self._free: SimpleQueue[TestQueue] = SimpleQueue()
        with ExitStack() as made:
            folder = _folder(settings)
            made.callback(shutil.rmtree, folder, ignore_errors=True)
            made.callback(os.close, _alone(settings.switch))
            self._around = Around(DirectLink(settings.switch), settings, folder)
            made.callback(self._around.link.close)
            made.callback(self._give_back)
            self._look()
            self._take_queues()
            self._made = made.pop_all()

    @property
    def queues(self) -> Sequence[str]:
        """The names of the queues for tests."""
        return [queue.name for queue in self._queues]

    def play(self, at_once: int) -> Iterator[tuple[Part, Played]]:
        """Play all scenarios; yield each as it ends.

        Raises:
            LinkLost: the switch is gone.
            CommandRefused: it makes no calls.
        """
        self._pool = Pool(at_once)
        yield from self._pool.imap_unordered(self._played, self._parts)

    def close(self) -> None:
        """End all calls, and take everything away again, the last thing first."""
        self._made.close()

    def _give_back(self) -> None:
        self._pool.kill()
        for queue in self._queues:
            with suppress(LinkLost, CommandRefused):
                queue.closes()

    def __enter__(self) -> Stage:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _played(self, part: Part) -> tuple[Part, Played]:
        why = why_not(part.scenario)
        if why:
            return part, Played(Happened(), (), frozenset(), why)
        queue = self._free.get() if self._queues and _waits(part.flow) else None
        try:
            call = Call(self._around, part.flow, part.scenario, queue)
            return part, call.play(self._sounds[part.flow.name])
        finally:
            if queue is not None:
                self._free.put(queue)

    # Before the first call.

    def _look(self) -> None:
        around = self._around
        for module in MODULES:
            if around.link.api(ApiCommand.MODULE_EXISTS, module) != "true":
                raise EslflowError(
                    f"{module} is not loaded, and calls are played with it: fs_cli -x "
                    f"'load {module}', and <load module=\"{module}\"/> in "
                    "modules.conf.xml"
                )
        prober = Prober(around.link, SystemClock())
        for finding in prober.recordings(around.place("probe")):
            _demand(finding)
        for who, hz in TONES_HZ.items():
            path = Path(around.tone(who))
            path.write_bytes(encode(_tone(hz), RATE))
            path.chmod(0o644)
        _demand(prober.sounds([*map(around.tone, TONES_HZ), *self._paths()]))
        self._reach(prober)

    def _paths(self) -> list[str]:
        sounds = self._sounds.values()
        return sorted({sound.path for each in sounds for sound in each.values()})

    def _reach(self, prober: Prober) -> None:
        """Let the switch connect to a controller here, once."""
        around, flow = self._around, self._parts[0].flow
        settings = around.settings
        host, allow = settings.host, settings.allow
        with Rig([flow], {}, around.place("door"), host=host, allow=allow) as rig:
            where = around.address(rig)
            answer = prober.socket(where, lambda: ())
        if answer is not Answer.SEEN:
            raise EslflowError(
                f"the switch does not get through to {where}, where its calls are "
                "taken: listen: and allow: in eslflow.yaml must fit the way from the "
                "switch to here. See eslflow doctor"
            )

    def _take_queues(self) -> None:
        for queue in found(self._around.link):
            self._queues.append(queue)
            queue.opens()
            self._free.put(queue)


def _alone(switch: Switch) -> int:
    """Return a lock, so that two do not share the queues for tests; it ends with us.

    Raises:
        EslflowError: another one plays there.
    """
    name = f"{PREFIX}-{os.getuid()}-{switch.host}-{switch.port}.lock"
    path = os.path.join(tempfile.gettempdir(), name)
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        os.close(lock)
        raise EslflowError(
            f"another eslflow test --live plays on {switch.host}:{switch.port}: wait "
            "until it has ended"
        ) from problem
    return lock


def _sounds(parts: Sequence[Part]) -> dict[str, dict[str, Sound]]:
    """Return the audio of each flow.

    Raises:
        EslflowError: a real switch plays files, and there is none.
    """
    known: dict[str, dict[str, Sound]] = {}
    for part in parts:
        if part.flow.name in known:
            continue
        sounds, faults = find_sounds(part.flow.audio(), part.sounds.resolve())
        silent = [fault.text for fault in faults if fault.is_silent]
        if silent:
            more = f", and {len(silent) - 1} more" if len(silent) > 1 else ""
            raise EslflowError(
                f"a real switch plays files, and {silent[0]}{more}: eslflow prompts "
                "build"
            )
        known[part.flow.name] = sounds
    return known


def _folder(settings: Settings) -> Path:
    """Return a folder for the calls, where the switch finds it too.

    Beside the site's recordings if that can be, where the switch's user gets to; never
    within, where a running eslflow would stop recorders that it does not know.
    """
    for above in (settings.recordings.parent, Path(tempfile.gettempdir())):
        try:
            demand_plain(above, "Calls are named by their paths.")
            folder = Path(tempfile.mkdtemp(prefix=".eslflow-test-", dir=above))
        except (OSError, SettingsError):
            continue
        folder.chmod(PASSES)
        return folder
    raise EslflowError(
        f"there is no room for the recordings of calls beside {settings.recordings}, "
        "nor where TMPDIR says, in a path of letters, digits and ._@+-"
    )


def _demand(finding: Finding) -> None:
    """Refuse to play where something is amiss that a call would stumble over."""
    if finding.level is not Level.OK:
        raise EslflowError(f"{finding.text}. {finding.means} Mend: {finding.mend}")


def _waits(flow: Flow) -> bool:
    """Whether its callers come to a queue that an agent of ours could serve."""
    return any(
        isinstance(step, Queue) and step.type is QueueKind.CALLCENTER
        for step in flow.steps.values()
    )


def _tone(hz: int) -> array[int]:
    """Return two seconds of a tone, which can be played again and again."""
    turn = 2 * math.pi * hz / RATE
    return array("h", [round(LOUD * math.sin(turn * at)) for at in range(2 * RATE)])
