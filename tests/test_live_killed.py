"""On a real FreeSWITCH: the controller killed or hung at each state of a recording.

`eslflow serve` as a process, a caller who waits or talks. Writes docs/killed.md when
ESLFLOW_LIVE_PAGE names it. See tests/live/README.md.
"""

import os
import shutil
import signal
from pathlib import Path
from textwrap import dedent
from time import gmtime, strftime

import gevent
import pytest

from eslflow.errors import EslflowError
from eslflow.flow.load import load
from eslflow.ledger.read import Reader
from eslflow.steps import KINDS
from tests.live import decode
from tests.live.account import audited, own_actions, said_by
from tests.live.doomed import Doomed, Trap
from tests.live.leaks import FOR_EVER, Span, judge
from tests.live.office import Office
from tests.live.phone import PATIENCE_S
from tests.live.voice import FIRST_AGENT

pytestmark = [pytest.mark.live, pytest.mark.kill, pytest.mark.timeout(180)]

FLOW = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d}
recording:
  dead_man: 5s
  agent_keys: {1: mask, 2: unmask}
notices:
  recording: {version: 1, text: Press 1 to agree or 2 to refuse.}
prompts:
  welcome: Welcome.
steps:
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
    timeout: 20s
"""
PLACES = {
    "waits": "  there: {menu: welcome, keys: {9: ask}, timeout: 60s, record: on}\n",
    "talks": "  there: {queue: %s, record: on}\n",
}
AGAIN = "masked, taken over"
MASKED = ("masked", AGAIN)
STATES = ("asked", "off", "starting", "on", *MASKED, "stopping", "failed")
"""Those of the recording's table, before them the question; once more masked, in a call
whose first controller was killed before."""
EVENTS = {"killed": signal.SIGKILL, "hangs": signal.SIGSTOP}
OUTLIVES_MS = 9000
"""How long it is looked at what goes on without a controller."""
RESTARTED_MS = 4000
SETTLES_US = 1_000_000
"""Until then a prompt may still be heard that was played when it died."""
LEDGER_S = int(os.environ.get("ESLFLOW_LIVE_LEDGER_S", "8"))
"""How long the ledger is waited for after a call's end."""

PAGE = os.environ.get("ESLFLOW_LIVE_PAGE", "")
"""The file that the table is written into; empty: it is printed only."""
HEAD = (
    "at state",
    "the controller",
    "the caller",
    "without it",
    "masked and audible",
    "meanwhile the caller",
    "when it is dead",
    "after the restart: ledger",
    "files",
)
INTRODUCTION = """\
# A controller that dies, at each state of a recording

Written by `tests/test_live_killed.py` from a run on a real FreeSWITCH. At each state of
the recording's table, and while the caller is asked, `eslflow serve` was killed (`kill
-9`) or hung (SIGSTOP) and was killed {hangs_s:g} s later, as its watchdog would do.
Once more it was the one that had taken the call over, its recording masked with `for:`.
The caller waits in a menu or talks with an agent; both speak all the time, each 20 ms
of it can be told from all others. `dead_man: 5s`. A second later another controller
comes.

- **without it**: whether the switch records on, and until when after the death anything
  that was said is audible in a file.
- **masked and audible**: packets of 20 ms that were said under a mask and can be heard
  in any file.
- **meanwhile the caller**: whom the caller heard until a hung controller was killed.
- **when it is dead**: whom the caller hears then.
- **ledger**: `agrees` when call and files have their ends {ledger_s} s later.
- **files**: what the audit finds in each; `none`: no recording is kept, or there is no
  file.

"""

rows = []


@pytest.fixture(scope="module", autouse=True)
def table():
    yield
    lines = [
        f"| {' | '.join(map(str, line))} |"
        for line in (HEAD, ("---",) * len(HEAD), *rows)
    ]
    text = INTRODUCTION.format(hangs_s=OUTLIVES_MS / 1000, ledger_s=LEDGER_S)
    page = text + "\n".join(lines) + "\n"
    print(f"\n{page}")
    if PAGE:
        Path(PAGE).write_text(page, encoding="utf-8")


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


@pytest.fixture
def doomed(office, freeswitch, request):
    text = FLOW + PLACES[request.node.callspec.params["place"]].replace(
        "%s", office.queue.name
    )
    flow = load(dedent(text).encode(), "test.yaml", KINDS)
    office.quiet(flow, ms=200)
    found = Doomed(office.folder, freeswitch, text, flow)
    yield found
    found.end()


class Scene:
    """A call of a controller that will die."""

    def __init__(self, office, doomed, place, state):
        self.office, self.doomed = office, doomed
        self.place, self.state = place, state
        agent = office.agent(FIRST_AGENT) if place == "talks" else None
        self.call = office.caller.call(f"ctl-{doomed.port}-test")
        self.call.until("up")
        if state == "failed":
            self.obstruct()
        if state == "starting" and place == "waits":
            self.trap = self.dies_at("start")
        self.until(lambda about: about.get("step") == "ask")
        self.call.speaks(ms=600)
        self.talks = [self.call]
        if state != "asked":
            self.call.press("2" if state == "off" else "1")
        if agent is not None:
            self.talks.append(agent.rings())
            self.talks[1].until("up")
        self.call.speaks(ms=700)

    def obstruct(self):
        """Let no recording begin: a file stands where its folder is to be."""
        folder = self.office.folder / "recordings" / strftime("%Y/%m/%d", gmtime())
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.touch()

    def until(self, holds):
        """Wait until the controller says so of the call."""
        with gevent.Timeout(PATIENCE_S, AssertionError("not in time")):
            while not holds(self.doomed.about(self.call.uuid)):
                self.call.speaks(ms=50)

    def is_taken_over(self):
        """Let another controller come after the first, which is killed."""
        self.doomed.kill()
        self.doomed.start()
        self.until(lambda about: about.get("recording") == "on")
        self.call.speaks(ms=1000)

    def dies(self):
        self.doomed.says(self.signal)
        self.died_at = self.office.clock.now()

    def dies_at(self, action):
        """Let it die when the switch is asked for this."""
        words = f"uuid_record {self.call.uuid} {action}"
        return Trap(self.office.switch, words, self.dies)

    def recorders(self):
        """Return whether anything records the caller."""
        return "session_record" in self.office.switch.api(
            f"uuid_buglist {self.call.uuid}"
        )


def reach(scene):
    """Bring the recording to its state, and let the controller die there."""
    call, state = scene.call, scene.state
    if state == "starting":
        if scene.place == "talks":
            scene.trap = scene.dies_at("start")
            scene.office.switch.api(f"uuid_record {call.uuid} stop all")
        assert scene.trap.sprung.wait(PATIENCE_S)
        return
    if state == "asked":
        scene.dies()
        return
    wanted = {AGAIN: "masked", "stopping": "on"}.get(state, state)
    if state in MASKED:
        scene.until(lambda about: about.get("recording") == "on")
        if state == AGAIN:
            scene.is_taken_over()
        scene.doomed.wants(call.uuid, "masked", **{"for": "600s"})
        scene.ends_at = scene.doomed.about(call.uuid)["until"]
        assert scene.ends_at
        scene.span = Span(scene.office.clock.now(), FOR_EVER)
        call.speaks(ms=500)
    if state == "stopping":
        scene.until(lambda about: about.get("recording") == "on")
        trap = scene.dies_at("stop")
        gevent.spawn(asks_in_vain, scene)
        assert trap.sprung.wait(PATIENCE_S)
        return
    scene.until(lambda about: about.get("recording") == wanted)
    scene.dies()


def asks_in_vain(scene):
    try:
        scene.doomed.wants(scene.call.uuid, "off")
    except EslflowError as error:
        return str(error)
    return "was answered"


def reaches(scene, since, until=0):
    """Return whom the caller hears since then."""
    at, heard = scene.call.heard()
    first = next((i for i, when in enumerate(at) if when > since), len(at)) * 160
    past = next((i for i, when in enumerate(at) if 0 < until < when), len(at)) * 160
    if any(first <= one.at < past for one in heard.heard):
        return "talks with the agent"
    tones = [rest for rest in heard.rests if first <= rest.start < past]
    return "hears the fallback" if tones else "hears nothing"


def settled(scene):
    """Return what is kept, once it is whole, or will not come to be so."""
    end = scene.office.clock.now() + LEDGER_S * 1_000_000
    while True:
        with Reader(scene.office.folder / "eslflow.db") as ledger:
            kept = ledger.call(scene.call.uuid)
        is_open = any(row["state"] is None for row in kept["recordings"])
        is_whole = kept["call"]["ended_at"] and not is_open
        if is_whole or scene.office.clock.now() > end:
            return kept, "agrees" if is_whole else "is open"
        scene.office.switch.api("msleep 200")


def outlives(scene):
    """Return for how long after its death anything is audible, until it is back."""
    said, last = said_by(scene.talks), 0
    for path in (scene.office.folder / "recordings").rglob("*.wav"):
        for heard in decode.read(path).heard:
            at = said[heard.spoken.party][heard.spoken.number]
            last = max(last, at if at < scene.restarted_at else 0)
    after = (last - scene.died_at) / 1e6
    return f"audible for {after:.1f} s" if after > 0 else "silent"


def judged(scene, kept):
    """Return how many masked packets are audible, and what the audit says."""
    leaks, verdicts = 0, []
    spans = [scene.span] if scene.state in MASKED else []
    for row in kept["recordings"]:
        try:
            file = decode.read(scene.office.folder / row["path"])
        except (FileNotFoundError, NotADirectoryError):
            verdicts.append("none")
            continue
        found = judge(file, said_by(scene.talks), spans, 0, 0)
        leaks += len(found.leaks) + len(found.strange) * bool(spans)
        is_open = row["state"] is None
        words = (
            "not closed" if is_open else audited(row, own_actions(kept, row)).verdict
        )
        verdicts.append(str(words))
    return leaks, ", ".join(verdicts) or "none"


@pytest.mark.parametrize(
    ("state", "event", "place"),
    [
        (state, event, place)
        for state in STATES
        for event in EVENTS
        for place in PLACES
        if (state, place) != ("asked", "talks")  # nobody talks while being asked
    ],
)
def test_a_controller_dies(office, doomed, state, event, place, monkeypatch):
    monkeypatch.setattr(Scene, "signal", EVENTS[event], raising=False)
    scene = Scene(office, doomed, place, state)
    reach(scene)
    scene.call.speaks(ms=OUTLIVES_MS)
    runs = scene.recorders()
    if event == "hangs":
        doomed.says(signal.SIGKILL)  # as its watchdog would
    else:
        doomed.process.wait()
    since = office.clock.now()
    meanwhile = reaches(scene, scene.died_at + SETTLES_US, since)
    doomed.kill()
    scene.call.speaks(ms=1000)
    who = reaches(scene, since)
    scene.restarted_at = office.clock.now()
    doomed.start()
    scene.call.speaks(ms=RESTARTED_MS)
    if state in MASKED:
        # Whoever took the call over knows until when.
        scene.until(lambda about: about.get("until") == scene.ends_at)
    scene.call.hang_up()
    scene.call.until("down")
    kept, ledger = settled(scene)
    leaks, files = judged(scene, kept)
    without = f"recorder runs, {outlives(scene)}" if runs else "no recorder"
    rows.append((state, event, place, without, leaks, meanwhile, who, ledger, files))
    assert leaks == 0
    # FreeSWITCH never notices one that hangs: who is asked waits for the watchdog. Who
    # was left before hears the fallback all the time.
    is_left = place == "waits" and event == "hangs" and state != AGAIN
    assert meanwhile == ("hears nothing" if is_left else who)
    assert not (runs and state in ("asked", "off", "stopping", "failed"))
    assert who == ("hears the fallback" if place == "waits" else "talks with the agent")
