"""On a real FreeSWITCH: calls that change hands, with a mask and without.

Held, passed on by agent, caller or switch, taken back by the queue, parked, sent to a
mailbox: a mask holds through each, an agreed recording goes on, a consultation is in no
file, and a recorder that is not ours is found at once. Whoever takes a call over is
recorded here, wherever they are (test_live_outside.py is about that). See
tests/live/README.md.
"""

import re
from pathlib import Path
from typing import NamedTuple

import gevent
import pytest

from eslflow.call.wishes import Want, Wish
from eslflow.switch.desk import LiveCall
from tests.live import decode
from tests.live.account import account, said_by
from tests.live.leaks import FOR_EVER
from tests.live.office import GREETING, Office
from tests.live.phone import PATIENCE_S
from tests.live.voice import FIRST_AGENT
from tests.steps_of import flow

pytestmark = pytest.mark.live

SECOND_US = 1_000_000
"""Within this another recorder is found."""
EDGE_US = 250_000
"""How long a hold, or the end of one, may take to be signalled."""
MOST_LOST = 12
"""Packets: the switch throws up to three away whenever media changes (measured)."""
MAILBOX = Path("/var/tmp/fs/rec")
"""Where the switch's mailbox puts what it records."""
LATE_US = 150_000
"""How much the controller's clock of a gap or a bridge may differ from the phones'."""
STEPS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
talk: {queue: %s, record: on, from: %s}
"""


class Private(NamedTuple):
    """What a party said that was not for the caller."""

    party: int
    since: int
    until: int

    def holds(self, party, at, slack_us=0):
        """Whether this was said meanwhile; with a slack, or about then."""
        within = self.since - slack_us < at < self.until + slack_us
        return party == self.party and within


class Scene(NamedTuple):
    """A caller in talk with an agent, and a second agent who is called sometimes."""

    office: Office
    call: object
    talk: object
    second: object
    private: list

    def keeps(self, since, *talks):
        """Note that these have not spoken with the caller from then until now."""
        now = self.office.clock.now()
        self.private.extend(Private(talk.phone.party, since, now) for talk in talks)

    def api(self, words):
        return self.office.switch.does(words)

    def ask(self, want):
        """Ask something of the recording; it must be granted."""
        desk = self.office.rig.controller.desk
        answer = desk.ask(self.call.uuid, Wish(Want(want), "test"))
        assert answer.is_done, answer

    def live(self):
        """Return what the controller knows of the call."""
        return LiveCall.of(
            self.office.rig.controller.desk.get(self.call.uuid)._engine.live
        )

    def until(self, holds):
        """Wait until the controller knows something."""
        with gevent.Timeout(PATIENCE_S, AssertionError(str(self.live()))):
            while not holds(self.live()):
                self.call.speaks(ms=20)

    def until_with(self, talk):
        """Wait until the controller knows that the caller talks on this leg."""
        talk.until("up")
        desk = self.office.rig.controller.desk
        engine = desk.get(self.call.uuid)._engine
        self.until(lambda _: engine.live.leg == talk.uuid)


def held_by_agent(scene):
    since = scene.office.clock.now()
    scene.talk.hold()
    scene.call.speaks(ms=800)
    scene.talk.resume()
    scene.call.speaks(ms=200)
    scene.keeps(since, scene.talk)  # nothing of who holds is passed on
    return []


def held_by_caller(scene):
    scene.call.hold()
    scene.talk.speaks(ms=800)
    scene.call.resume()
    return []


def agent_held_by_switch(scene):
    scene.api(f"uuid_hold {scene.talk.uuid}")
    scene.call.speaks(ms=800)
    scene.api(f"uuid_hold off {scene.talk.uuid}")
    return []


def caller_held_by_switch(scene):
    scene.api(f"uuid_hold {scene.call.uuid}")
    scene.talk.speaks(ms=800)
    scene.api(f"uuid_hold off {scene.call.uuid}")
    return []


def passed_on_by_switch(scene):
    scene.api(f"uuid_transfer {scene.call.uuid} desk-{scene.second.port}")
    return [scene.second.rings()]


def passed_on_by_agent(scene):
    scene.talk.refer(f"desk-{scene.second.port}")
    return [scene.second.rings()]


def passed_on_after_talk(scene):
    """Let the agent call the second one first, and put the two together (Replaces)."""
    since = scene.office.clock.now()
    scene.talk.hold()
    consultation = scene.talk.phone.call(f"desk-{scene.second.port}")
    other = scene.second.rings()
    other.until("up")
    scene.call.speaks(ms=500)
    scene.keeps(since, other)
    # The first one talks with the caller no more.
    scene.private.append(Private(scene.talk.phone.party, since, FOR_EVER))
    scene.talk.refer(f"desk-{scene.second.port}", replaces=consultation)
    return [consultation, other]


def passed_on_by_att_xfer(scene):
    """Let the switch call the second agent for the first one, who then leaves."""
    since = scene.office.clock.now()
    app = f"att_xfer::{scene.second.address}"
    scene.office.switch.api(f"uuid_broadcast {scene.talk.uuid} {app} aleg")
    other = scene.second.rings()
    other.until("up")
    scene.call.speaks(ms=700)
    scene.keeps(since, scene.talk, other)
    scene.talk.hang_up()
    return [other]


def back_to_queue(scene):
    queue = scene.office.queue
    first = f"{queue.name}-{scene.talk.phone.number}@default"
    scene.api(f"callcenter_config agent set status {first} 'On Break'")
    queue.add(scene.second)
    scene.api(f"uuid_transfer {scene.call.uuid} callcenter:{queue.name} inline")
    return [scene.second.rings()]


def parked_and_taken(scene):
    scene.api(f"uuid_transfer {scene.call.uuid} lot")
    slot = scene.office.slot()
    scene.call.speaks(ms=500)
    taker = scene.second.call(slot)
    return [taker]


HANDS = {
    "held by agent": held_by_agent,
    "held by caller": held_by_caller,
    "uuid_hold agent": agent_held_by_switch,
    "uuid_hold caller": caller_held_by_switch,
    "uuid_transfer": passed_on_by_switch,
    "REFER": passed_on_by_agent,
    "REFER with Replaces": passed_on_after_talk,
    "att_xfer": passed_on_by_att_xfer,
    "back to queue": back_to_queue,
    "valet park": parked_and_taken,
}


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


def opened(office, moment="answer", rules="recording: {outside: record}\n"):
    """Return a caller who has agreed, in talk with an agent."""
    agent, second = office.agent(), office.desk(FIRST_AGENT + 1)
    steps = STEPS % (office.queue.name, moment)
    served = flow(steps, GREETING + rules)
    office.serve(served, office.quiet(served, ms=200))
    call = office.call()
    office.until("asks", call)
    call.press("1")
    talk = agent.rings()
    scene = Scene(office, call, talk, second, [])
    scene.until_with(talk)
    call.speaks(ms=500)
    return scene


def gaps(row):
    """Return the stretches that are not in a file."""
    return [
        tuple(map(int, each)) for each in re.findall(r"(\d+)-(\d+)", row["gaps"] or "")
    ]


def is_excused(missing, row, private):
    """Whether a packet was not for the caller, or while nothing was written."""
    return any(
        begin - LATE_US < missing.at < end + LATE_US for begin, end in gaps(row)
    ) or any(one.holds(missing.party, missing.at, LATE_US) for one in private)


def overheard(found, private, said):
    """Return the packets that are in a file and were not for the caller."""
    return [
        heard.spoken
        for heard in found.file.heard
        for one in private
        if one.holds(
            heard.spoken.party,
            said[heard.spoken.party][heard.spoken.number],
            -EDGE_US,
        )
    ]


def judged(scene, kept, others):
    """Return what is wrong with the call's files, and how much each lacks."""
    wrong, told = [], []
    talks = [scene.call, scene.talk, *others]
    for row in kept["recordings"]:
        found = account(kept, row, talks)
        verdict = found.verdict
        missing = [m for m in verdict.missing if not is_excused(m, row, scene.private)]
        wrong += [*verdict.leaks, *verdict.strange]
        wrong += missing if len(missing) > MOST_LOST else []
        wrong += overheard(found, scene.private, said_by(talks))
        wrong += found.audited.words.splitlines()
        told.append(
            f"{found.file.ms:.0f} ms, {verdict.audible} heard, {verdict.blanked} "
            f"masked, {len(missing)} lost, {len(gaps(row))} gaps, {row['state']}, "
            f"{found.audited.verdict}"
        )
    return wrong, told


def ended(scene, others):
    """End the call; return what was kept, when its files are as they should be."""
    scene.call.speaks(ms=700)
    scene.call.hang_up()
    kept = scene.office.kept(scene.call)
    wrong, told = judged(scene, kept, others)
    print("; ".join(told))
    if wrong:
        pytest.fail("\n".join(map(str, wrong)), pytrace=False)
    return kept


@pytest.mark.parametrize("is_masked", [False, True], ids=["on", "masked"])
@pytest.mark.parametrize("hands", HANDS)
def test_a_recording_is_what_it_was_through_a_hand_over(office, hands, is_masked):
    passes(office, hands, is_masked, "answer")


@pytest.mark.parametrize("is_masked", [False, True], ids=["on", "masked"])
@pytest.mark.parametrize("hands", ["held by agent", "uuid_transfer", "att_xfer"])
def test_so_it_is_when_it_began_before_the_talk(office, hands, is_masked):
    passes(office, hands, is_masked, "step")


def passes(office, hands, is_masked, moment):
    scene = opened(office, moment)
    if is_masked:
        scene.ask("masked")
    scene.call.speaks(ms=500)
    others = HANDS[hands](scene)
    if others:
        scene.until_with(others[-1])
    scene.call.speaks(ms=1200)
    state = scene.live().recording
    if is_masked:
        scene.ask("on")
        scene.call.speaks(ms=700)
    kept = ended(scene, others)
    print(f"{hands}, {moment}: {len(kept['recordings'])} files, then {state}")
    # A file that was begun before the talk ends when agents part, and nobody else comes
    # at once; none is begun masked.
    may_end = moment == "step" and others
    masked = ("masked", "off") if may_end else ("masked",)
    assert state in (masked if is_masked else ("on",))


@pytest.mark.parametrize(
    ("moment", "is_masked"), [("answer", False), ("answer", True), ("step", True)]
)
def test_what_a_caller_leaves_in_a_mailbox_is_in_no_file_of_ours(
    office, moment, is_masked
):
    scene = opened(office, moment)
    if is_masked:
        scene.ask("masked")
    scene.call.speaks(ms=500)
    since = scene.api(f"uuid_transfer {scene.call.uuid} mailbox")
    scene.private.append(Private(scene.call.phone.party, since, FOR_EVER))
    scene.call.speaks(ms=2000)
    kept = ended(scene, [])
    # Its own recorder is no recorder of the call, and has heard the caller.
    message = decode.read(MAILBOX / f"{scene.call.uuid}-mailbox.wav")
    assert len(message.heard) > 50
    assert {heard.spoken.party for heard in message.heard} == {scene.call.phone.party}
    assert not [row for row in kept["recording_actions"] if row["path"]]


@pytest.mark.parametrize("want", ["", "masked"], ids=["on", "masked"])
@pytest.mark.parametrize("hands", ["", "uuid_transfer", "att_xfer", "held by agent"])
@pytest.mark.parametrize("leg", ["caller", "agent"])
def test_a_second_recorder_is_found_within_a_second(office, leg, hands, want):
    scene = opened(office)
    others = HANDS[hands](scene) if hands else []
    if others:
        scene.until_with(others[-1])
    if want:
        scene.ask(want)
    scene.call.speaks(ms=1000)
    uuid = scene.call.uuid if leg == "caller" else (others or [scene.talk])[-1].uuid
    path = office.folder / "second.wav"
    begun = scene.api(f"uuid_record {uuid} start {path}")
    office.until("another recorder", scene.call)
    runs = str(path) in office.switch.api(f"uuid_buglist {uuid}")
    kept = ended(scene, others)
    rows = [row for row in kept["recording_actions"] if row["path"] == str(path)]
    assert [row["action"] for row in rows] == ["start", "stop"][: 1 + bool(want)]
    assert all(row["leg_uuid"] == uuid and row["verified"] for row in rows)
    print(f"found {(rows[-1]['at'] - begun) / 1000:.1f} ms after it had begun")
    assert rows[-1]["at"] - begun < SECOND_US
    assert runs is not bool(want)


@pytest.mark.parametrize("leg", ["caller", "agent"])
def test_a_second_recorder_that_was_let_be_hears_nothing_under_a_mask(office, leg):
    scene = opened(office)
    uuid = scene.call.uuid if leg == "caller" else scene.talk.uuid
    path = office.folder / "second.wav"
    scene.api(f"uuid_record {uuid} start {path}")
    office.until("another recorder", scene.call)
    scene.call.speaks(ms=1000)
    scene.ask("masked")
    masked_at = office.clock.now()
    office.until("another recorder", scene.call)
    scene.call.speaks(ms=1000)
    scene.ask("on")
    scene.call.speaks(ms=400)
    said = scene.call.said()
    kept = ended(scene, [])
    rows = [row for row in kept["recording_actions"] if row["path"] == str(path)]
    assert [row["action"] for row in rows] == ["start", "stop"]
    heard = decode.read(path).of(scene.call.phone.party)
    assert heard
    assert max(said[number] for number in heard) < masked_at + LATE_US
