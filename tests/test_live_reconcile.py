"""On a real FreeSWITCH: a controller is killed while a recorded call is bridged.

What is said while nobody watches over the call, the switch masks; a new controller
takes the call over, with whoever's masks there were. See tests/live/README.md.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from eslflow.clock import SystemClock
from eslflow.errors import EslflowError
from eslflow.ledger.read import Reader
from eslflow.web.client import ask
from tests.live import decode
from tests.live.office import CALLER, Office

pytestmark = pytest.mark.live

ROOT = Path(__file__).parent.parent
PATIENCE = 300
"""Tenths of a second that are waited for something."""
SECOND = 1_000_000
FLOW = """\
flow: desk
purposes: {{duty: {{basis: legal_obligation}}}}
recording: {{dead_man: 5s, agent_keys: {{1: mask, 2: unmask}}{more}}}
steps:
  talk: {{queue: {queue}, record: on}}
"""


class Place:
    """A site that is served by processes, one after the other, and one call."""

    def __init__(self, host, folder):
        self.office, self.site = Office(host, folder), folder
        self.clock = SystemClock()
        (folder / "flows").mkdir()
        (folder / "recordings").mkdir(mode=0o777)
        (folder / "recordings").chmod(0o777)
        self.agent = self.office.agent()
        self.writes()
        (folder / "eslflow.yaml").write_text(
            f"listen: 127.0.0.1:0\nswitch: {{address: '{host}:8021'}}\n"
        )
        self.process = self.call = self.talk = None

    def writes(self, more=""):
        """Write the flow; `more` says what else holds for its recording."""
        text = FLOW.format(queue=self.office.queue.name, more=more)
        (self.site / "flows" / "desk.yaml").write_text(text)

    def serve(self):
        """Start a controller; return its port."""
        password = os.environ.get("ESLFLOW_FREESWITCH_PASSWORD", "ClueCon")
        with (self.site / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "eslflow", "--site", self.site, "serve", "-v"],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=ROOT,
                env={**os.environ, "ESLFLOW_SWITCH_PASSWORD": password},
            )
        return int(self.process.stdout.readline().rpartition(":")[2])

    def ends(self, number):
        self.process.send_signal(number)
        self.process.wait()
        self.process.stdout.close()

    def talks(self):
        """Let the caller talk with the agent, and be recorded."""
        self.call = self.office.caller.call(f"ctl-{self.serve()}-desk")
        self.call.until("up")
        self.talk = self.agent.rings()
        self.talk.until("up")
        self.until(lambda: self.recording() == "on")
        self.call.speaks(ms=1000)

    def recording(self):
        """Return what the recording of the call is; empty: nobody drives the call."""
        try:
            calls = ask(self.site, "GET", "/calls")["calls"]
        except EslflowError:
            return ""
        found = [call for call in calls if call["call"] == self.call.uuid]
        return found[0]["recording"] if found else ""

    def asks(self, want):
        wish = {"want": want}
        address = f"/calls/{self.call.uuid}/recording"
        return ask(self.site, "POST", address, wish)["recording"]

    def until(self, holds):
        for _ in range(PATIENCE):
            if holds():
                return
            self.call.speaks(ms=100)
        log = (self.site / "serve.log").read_text()
        raise AssertionError(f"it never held; {self.recording()!r}\n{log}")

    def kept(self):
        """Hang up; return what is kept of the call, and the recording."""
        said = self.call.said()
        self.call.hang_up()
        for _ in range(PATIENCE):
            # What is asked of the switch takes its time; nothing else is said any more.
            self.office.switch.api("msleep 100")
            with Reader(self.site / "eslflow.db") as ledger:
                kept = ledger.call(self.call.uuid)
            if kept["call"]["ended_at"] and not self.recording():
                break
        self.ends(signal.SIGTERM)
        with Reader(self.site / "eslflow.db") as ledger:
            kept = ledger.call(self.call.uuid)
        files = [decode.read(Path(row["path"])) for row in kept["recordings"]]
        heard = {number for file in files for number in file.of(CALLER)}
        return kept, {number: at for number, at in said.items() if number in heard}

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process is not None:
            self.process.stdout.close()
        self.office.close()


@pytest.fixture
def place(freeswitch, tmp_path):
    found = Place(freeswitch, tmp_path)
    yield found
    found.close()


def between(heard, begin, end):
    """Return what is in the file of what was said then."""
    return [number for number, at in heard.items() if begin < at < end]


def test_a_call_whose_controller_was_killed_is_taken_over(place):
    place.talks()
    killed = place.clock.now()
    place.ends(signal.SIGKILL)
    place.call.speaks(ms=8000)
    returned = place.clock.now()
    place.serve()
    place.until(lambda: place.recording() == "on")
    again = place.clock.now()
    place.call.speaks(ms=1000)
    assert place.asks("masked") == "masked"
    masked = place.clock.now()
    place.call.speaks(ms=1000)
    unmasking = place.clock.now()
    assert place.asks("on") == "on"
    on = place.clock.now()
    place.call.speaks(ms=1000)
    kept, heard = place.kept()
    # The switch goes on recording, then masks by itself, and nothing is audible since.
    assert between(heard, killed, killed + 2 * SECOND)
    assert not between(heard, killed + 6.1 * SECOND, returned)
    assert between(heard, again, again + SECOND)
    assert not between(heard, masked, unmasking - 0.06 * SECOND)
    assert between(heard, on, on + SECOND)
    actions = [(row["action"], row["reason"]) for row in kept["recording_actions"]]
    # The mask is that of all who sit at the machine; one of them takes it back.
    who, by = (kept["recording_actions"][number]["reason"] for number in (3, 4))
    assert by.startswith(who)
    assert actions == [
        ("start", "step"),
        ("mask", "dead man"),
        ("unmask", "step"),
        ("mask", who),
        ("unmask", by),
        ("stop", "hangup"),
    ]
    assert kept["call"]["ending"] == "hung_up"
    assert kept["recordings"][0]["state"] == "stopped"


def test_a_mask_outlives_the_controller_that_was_asked_for_it(place):
    place.talks()
    assert place.asks("masked") == "masked"
    masked = place.clock.now()
    # Its row is on disk within a moment.
    place.call.speaks(ms=1000)
    place.ends(signal.SIGKILL)
    place.call.speaks(ms=6000)
    place.serve()
    place.until(place.recording)
    assert place.recording() == "masked"
    place.call.speaks(ms=2000)
    unmasking = place.clock.now()
    assert place.asks("on") == "on"
    on = place.clock.now()
    place.call.speaks(ms=1000)
    kept, heard = place.kept()
    assert not between(heard, masked, unmasking - 0.06 * SECOND)
    assert between(heard, on, on + SECOND)
    assert kept["recordings"][0]["state"] == "stopped"


def test_a_call_that_ends_without_a_controller_gets_its_end(place):
    place.talks()
    place.ends(signal.SIGKILL)
    place.call.hang_up()
    place.serve()
    kept, _ = place.kept()
    assert kept["call"]["ending"] == "lost"
    assert kept["recordings"][0]["state"] == "lost"


def test_a_hold_that_outlives_the_controller_ends_and_another_masks(place):
    # Whom the agent may call meanwhile, may be somebody who is never recorded.
    place.writes(", never_record: [1999]")
    place.talks()
    place.talk.hold()
    place.until(lambda: place.recording() == "masked")
    held = place.clock.now()
    place.call.speaks(ms=1000)
    place.ends(signal.SIGKILL)
    place.call.speaks(ms=2000)
    place.serve()
    place.until(place.recording)
    place.call.speaks(ms=2000)
    resuming = place.clock.now()
    place.talk.resume()
    place.until(lambda: place.recording() == "on")
    on = place.clock.now()
    place.call.speaks(ms=1000)
    place.talk.hold()
    place.until(lambda: place.recording() == "masked")
    again = place.clock.now()
    place.call.speaks(ms=1000)
    resuming_again = place.clock.now()
    place.talk.resume()
    place.until(lambda: place.recording() == "on")
    on_again = place.clock.now()
    place.call.speaks(ms=1000)
    _, heard = place.kept()
    assert not between(heard, held, resuming - 0.06 * SECOND)
    assert between(heard, on, on + SECOND)
    assert not between(heard, again, resuming_again - 0.06 * SECOND)
    assert between(heard, on_again, on_again + SECOND)
