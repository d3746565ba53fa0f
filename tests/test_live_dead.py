"""On a real FreeSWITCH: a controller that is killed, or hangs, while a call goes on.

A real `eslflow serve` is sent SIGKILL or SIGSTOP in each state of the recording's
table, with an agent in talk and without. Nothing masked may become audible, nothing
without a grant be recorded for longer than 10 s, and the caller must reach an agent.
Prints a Markdown table of it all. See tests/live/README.md.
"""

import signal
from typing import NamedTuple

import gevent
import pytest

from tests.live import decode
from tests.live.leaks import FOR_EVER, Span, judge
from tests.live.phone import PATIENCE_S
from tests.load.live import ASK, HEAD, Bench

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

DEAD_MAN_MS = 5000
LATE_MS = 1000
"""How much later than its time the dead-man may be: the switch's agenda has seconds."""
UNGRANTED_MS = 10_000
RULES = "{second_recorders: ignore, dead_man: 5s, agent_keys: {1: mask, 2: unmask}}"
FLOW = HEAD.replace("{second_recorders: ignore}", RULES) % ("dead", "consent")
FLOWS = {"dead": FLOW + ASK + "  talk: {queue: QUEUE, record: on}\n"}
EVENTS = {"kill -9": signal.SIGKILL, "hung": signal.SIGSTOP}
FALLBACK = "the dialplan"


class Scene(NamedTuple):
    """A call whose controller is about to die."""

    bench: Bench
    call: object
    talks: list

    def wants(self, want):
        """Ask for something over HTTP; return when it held."""
        self.bench.ask("POST", f"/calls/{self.call.uuid}/recording", want=want)
        return self.bench.clock.now()

    def recorders(self):
        """Return what the switch says of recorders on the caller's leg."""
        return self.bench.switch.api(f"uuid_buglist {self.call.uuid}")

    def is_at_dialplan(self):
        """Whether the dialplan has taken the call on."""
        words = f"uuid_getvar {self.call.uuid} destination_number"
        last = self.bench.switch.api(
            f"eval uuid:{self.call.uuid} ${{destination_number}}"
        )
        return "fallback" in (last, self.bench.switch.api(words))


def asked(scene):
    """Die while the question is being asked."""


def refused(scene):
    scene.call.press("2")
    waits(scene)


def on(scene):
    scene.call.press("1")
    scene.bench.recorded.began(scene.call.uuid)
    waits(scene)


def masked(scene):
    on(scene)
    scene.call.speaks(ms=600)
    return scene.wants("masked")


def unmasked(scene):
    masked(scene)
    scene.call.speaks(ms=300)
    scene.wants("on")


def starting(scene):
    """Die when the switch has begun, and eslflow may not have heard of it."""
    scene.call.press("1")
    scene.bench.recorded.began(scene.call.uuid)


def stopping(scene):
    """Die when the switch has stopped, and eslflow may not have heard of it."""
    on(scene)
    wish = gevent.spawn(scene.wants, "off")
    scene.bench.recorded.file(scene.call.uuid)
    wish.kill()


def failed(scene):
    """Let the switch be unable to write."""
    for folder in (scene.bench.folder / "recordings").rglob("*"):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder.touch()
    scene.call.press("1")
    waits(scene)


def waits(scene):
    """Wait until the caller is in the queue."""
    words = f"callcenter_config queue list members {scene.bench.queue.name}"
    with gevent.Timeout(PATIENCE_S):
        while scene.call.uuid not in scene.bench.switch.api(words):
            scene.call.speaks(ms=20)


STATES = {
    "off, asked": asked,
    "off, refused": refused,
    "starting": starting,
    "on": on,
    "on after a mask": unmasked,
    "masked": masked,
    "stopping": stopping,
    "failed": failed,
}
GRANTED = {"starting", "on", "on after a mask", "masked"}
BRIDGED = set(STATES) - {"off, asked", "starting"}
STUCK = pytest.mark.xfail(
    strict=True, reason="nothing on the switch ends a question that a hung process asks"
)
CASES = [
    pytest.param(
        state,
        is_bridged,
        event,
        marks=STUCK if (state, event) == ("off, asked", "hung") else (),
    )
    for state in STATES
    for is_bridged in (False, True)
    for event in EVENTS
    if state in BRIDGED or not is_bridged
]
TABLE = ["| state | talk | event | recording | caller |", "|---|---|---|---|---|"]


@pytest.fixture
def bench(freeswitch, tmp_path):
    tmp_path.chmod(0o777)
    found = Bench(freeswitch, tmp_path, FLOWS)
    yield found
    found.serve.kill()
    found.serve.wait()
    found.close()


@pytest.fixture(scope="module", autouse=True)
def table():
    yield
    print("\n".join(["", *TABLE]))


def in_talk(scene):
    """Let the agent take the call, and both talk."""
    scene.bench.queue.add(scene.bench.agent)
    talk = scene.bench.agent.rings()
    talk.until("up")
    scene.call.speaks(ms=600)
    scene.talks.append(talk)


def outcome_of_recording(scene, state, masked_at, dead_at):
    """Return what became of the recording in words, once it must not go on."""
    if state not in GRANTED:
        is_recorded = "session_record" in scene.recorders()
        return "goes on without a grant" if is_recorded else "none"
    scene.call.speaks(ms=DEAD_MAN_MS + LATE_MS + 1500)
    scene.call.hang_up()
    recording = decode.read(scene.bench.recorded.file(scene.call.uuid))
    said = {each.phone.party: each.said() for each in (scene.call, *scene.talks)}
    start = masked_at or dead_at + (DEAD_MAN_MS + LATE_MS) * 1000
    found = judge(recording, said, [Span(start, FOR_EVER)], dead_at, dead_at)
    if found.leaks or found.strange or not found.audible:
        return f"{len(found.leaks)} packets leaked, {found.audible} heard"
    return (
        f"stays masked, {found.blanked} packets silent"
        if masked_at
        else (f"the switch masks it, {found.blanked} packets silent")
    )


def outcome_for_caller(scene, is_bridged):
    """Return whom the caller has reached in words."""
    if is_bridged:
        return "talks on" if "down" not in str(scene.call.told) else "was cut off"
    scene.bench.queue.add(scene.bench.agent)
    rings = gevent.spawn(scene.bench.agent.rings)
    with gevent.Timeout(PATIENCE_S + 10, False):
        while not rings.ready():
            if scene.is_at_dialplan():
                rings.kill()
                return FALLBACK
            scene.call.speaks(ms=100)
        if rings.successful():
            scene.talks.append(rings.value)
            return "an agent"
    return "nobody"


@pytest.mark.parametrize(("state", "is_bridged", "event"), CASES)
def test_a_controller_that_dies_leaves_nothing_open(bench, state, is_bridged, event):
    call = bench.caller.call(f"ctl-{bench.port}-dead")
    call.until("up")
    call.speaks(ms=800)
    scene = Scene(bench, call, [])
    masked_at = STATES[state](scene)
    if is_bridged:
        in_talk(scene)
    bench.serve.send_signal(EVENTS[event])
    dead_at = bench.clock.now()
    caller = outcome_for_caller(scene, is_bridged)
    recording = outcome_of_recording(scene, state, masked_at, dead_at)
    talk = "bridged" if is_bridged else "none"
    TABLE.append(f"| {state} | {talk} | {event} | {recording} | {caller} |")
    assert caller in {"an agent", "talks on", FALLBACK}
    assert "leaked" not in recording
    assert "without" not in recording
