"""On a real FreeSWITCH: what eslflow masks is silent, packet by packet.

Every call is masked at random moments: over the control API, by the agent's keys, by
steps; parked and bridged, mono and stereo. Spans are taken from the ledger alone. How
many calls of each kind: ESLFLOW_LIVE_CALLS (17 are 204 in all); ESLFLOW_LIVE_SEED
repeats a run. See tests/live/README.md.
"""

import os
import random
from functools import partial
from itertools import filterfalse

import gevent
import pytest

from eslflow.call.recorder import ALONE_S, GUARD_S
from eslflow.call.wishes import Want, Wish
from tests.live import decode
from tests.live.account import account, audited, own_actions, spans_of
from tests.live.office import GREETING, Office
from tests.live.voice import FIRST_AGENT
from tests.steps_of import flow

CALLS = int(os.environ.get("ESLFLOW_LIVE_CALLS", "3"))
SEED = os.environ.get("ESLFLOW_LIVE_SEED") or str(random.SystemRandom().getrandbits(32))
AT_ONCE = 3
"""Offices that work at the same time."""
MASKS = 3
PATIENCE_S = 60
KEY_US = 500_000
"""A key masks sooner: 211 ms after it is pressed (measured)."""
CALL_S = 25
"""More than any of these calls lasts."""

pytestmark = [pytest.mark.live, pytest.mark.timeout(120 + CALLS * CALL_S)]

HEAD = """
recording:
  channels: %s
  second_recorders: ignore
  agent_keys: {1: mask, 2: unmask}
"""
CONSENT = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
"""
PLACES = {
    "silent": CONSENT + "wait: {menu: welcome, keys: {9: bye}, timeout: 60s, "
    "record: on}\nbye: {hangup: NORMAL_CLEARING}\n",
    "waiting": CONSENT + "talk: {queue: %s, record: on}\n",
    "talk": CONSENT + "talk: {queue: %s, record: on, from: answer}\n",
    "steps": CONSENT
    + """
one: {announce: welcome, record: on}
two: {announce: welcome, record: masked}
three: {menu: welcome, keys: {9: four}, timeout: 60s, record: on}
four: {menu: welcome, keys: {9: five}, timeout: 60s, record: masked}
five: {announce: welcome, record: on}
six: {queue: %s, record: masked, answered: seven}
seven: {announce: welcome, record: on}
eight: {queue: %s, record: on, answered: nine}
nine: {announce: welcome, record: masked}
ten: {announce: welcome, record: on}
""",
}


def speaks(call, dice, least=300):
    assert call.speaks(ms=dice.randrange(least, least + 500))


def up(office, place, call, agent):
    """Wait until the call is where it will be masked; return who talks there."""
    office.until("asks", call)
    call.press("1")
    if place == "silent":
        office.until("recording starts", call)
        return [call]
    if place == "waiting":
        office.until("waits in queue", call)  # it is recorded by then
        return [call]
    talk = agent.rings()
    talk.until("up")
    office.until("an agent answers", call)
    return [call, talk]


def bear_witness(office, call):
    """Start another recorder, which nobody masks.

    What it has not got, the network or the switch itself has thrown away.
    """
    path = office.folder / f"{call.uuid}-witness.wav"
    stereo = str(office.rig.controller.shelf.flows["test"].recording.is_stereo).lower()
    options = f"RECORD_STEREO={stereo},RECORD_PRE_BUFFER_FRAMES=1"
    office.switch.does(f"uuid_record {call.uuid} start {path} 0 {{{options}}}")


def asked_of_the_desk(office, talks, want):
    answer = office.rig.controller.desk.ask(talks[0].uuid, Wish(Want(want), "test"))
    assert answer.is_done, answer


def asked_over_http(office, talks, want):
    assert office.program.wants(talks[0], want)["recording"] == want


def asked_by_key(office, talks, want):
    """Let the agent press; the caller's keys change nothing."""
    words = {"masked": "is masked", "on": "goes on unmasked"}[want]
    talks[0].press("*2" if want == "masked" else "*1")
    talks[1].press("*1" if want == "masked" else "*2")
    office.until(words, talks[0])


def masked_at_random(asks, place, office, dice, agent):
    """Make a call that somebody masks and unmasks; return who talked."""
    call = office.call()
    talks = up(office, place, call, agent)
    bear_witness(office, call)
    for _ in range(MASKS):
        speaks(call, dice)
        asks(office, talks, "masked")
        speaks(call, dice)
        asks(office, talks, "on")
    speaks(call, dice, least=1300)
    call.hang_up()
    return talks


def masked_by_steps(office, dice, agent):
    """Make a call whose flow masks by itself; return who talked."""
    call = office.call()
    office.until("asks", call)
    call.press("1")
    office.until("recording starts", call)
    bear_witness(office, call)
    for _ in range(2):
        office.until("asks", call)
        speaks(call, dice)
        call.press("9")
    talks = [call]
    for _ in range(2):
        talk = agent.rings()
        talk.until("up")
        office.until("an agent answers", call)
        speaks(call, dice, least=1300)
        talk.hang_up()
        talks.append(talk)
    call.until("down")
    return talks


@pytest.fixture
def offices(freeswitch, tmp_path):
    found = []
    for number in range(min(AT_ONCE, CALLS)):
        folder = tmp_path / str(number)
        folder.mkdir()
        found.append(Office(freeswitch, folder))
    yield found
    for office in found:
        office.close()


def worked(office, makes, place, channels, dice, calls):
    """Make some calls, one after the other; return each with who talked in it."""
    steps = PLACES[place].replace("%s", office.queue.name)
    agent = office.desk(FIRST_AGENT) if place == "waiting" else office.agent()
    served = flow(steps, GREETING.replace("purposes", HEAD % channels + "purposes", 1))
    office.serve(served, office.quiet(served, ms=dice.randrange(300, 900)))
    made = []
    for _ in range(calls):
        made.append(makes(office, dice, agent))
        office.until("call ends", made[-1][0])
    assert office.rig.controller.settle(PATIENCE_S) == 0
    with office.rig.look() as ledger:
        return [(office.folder, talks, ledger.call(talks[0].uuid)) for talks in made]


def clear(kept):
    """Yield each stretch that was not masked: how long, which file, from when."""
    for row in kept["recordings"]:
        since = row["audio_at"]
        for span in spans_of(own_actions(kept, row), early_us=0):
            yield span.start - since, row, since
            since = span.end
        yield row["stopped_at"] - since, row, since


def audit_says_of_a_mask_that_was_none(kept):
    """Tell the audit that the longest clear stretch was masked."""
    length, row, since = max(clear(kept), key=lambda found: found[0])
    actions = own_actions(kept, row)
    false = {**actions[0], "verified": True, "reply": "+OK"}
    begins, ends = since + 250_000, since + length - 150_000
    masked = {**false, "action": "mask", "at": begins, "asked_at": begins}
    unmasked = {**false, "action": "unmask", "at": ends, "asked_at": ends}
    return str(audited(row, [*actions, masked, unmasked]).verdict)


def is_asked_for(talks, spans, missing):
    """Whether somebody had pressed the key that masks by then.

    What an agent says just after the key is 100 ms late, and blanked (measured).
    """
    presses = [at for talk in talks[1:] for key, at in list(talk.keys()) if key == "1"]
    return any(
        at < missing.at < span.start < at + KEY_US for at in presses for span in spans
    )


def judged(folder, talks, kept, early_us):
    """Return what is wrong with the call's files; nothing, if all is well."""
    wrong, numbers = [], [0] * 5
    path = folder / f"{talks[0].uuid}-witness.wav"
    witness = decode.read(path)
    for row in kept["recordings"]:
        found = account(kept, row, talks, witness=witness, early_us=early_us)
        verdict = found.verdict
        wrong += [*verdict.leaks, *verdict.strange]
        wrong += filterfalse(partial(is_asked_for, talks, found.spans), verdict.missing)
        wrong += found.audited.words.splitlines()
        masked_ms = sum(span.end - span.start for span in found.spans) // 1000
        counts = (len(found.spans), masked_ms, verdict.blanked)
        numbers[:3] = counts
        numbers[3] += verdict.audible
        numbers[4] += verdict.lost
    said = audit_says_of_a_mask_that_was_none(kept)
    if said != "leaked":
        wrong.append(f"told of a mask that was none, the audit says {said}")
    if numbers[0] < MASKS or not numbers[2] or not numbers[3]:
        wrong.append(f"nothing was to be seen: {numbers}")
    return [(talks[0].uuid, each) for each in wrong], numbers


def works(offices, makes, place, channels, name):
    """Let all offices work; fail with everything that is wrong."""
    print(f"ESLFLOW_LIVE_SEED={SEED} {name}")
    pool = []
    for number, office in enumerate(offices):
        share = len(range(number, CALLS, len(offices)))
        dice = random.Random(f"{SEED} {name} {number}")
        job = (office, makes, place, channels, dice, share)
        pool.append(gevent.spawn(worked, *job))
    gevent.joinall(pool, raise_error=True)
    guard_us = round((GUARD_S if place == "talk" else ALONE_S) * 1e6)
    results = [judged(*made, guard_us) for greenlet in pool for made in greenlet.value]
    assert len(results) == CALLS
    spans, ms, blanked, audible, lost = (
        sum(numbers[place] for _, numbers in results) for place in range(5)
    )
    print(
        f"{name}: {CALLS} calls, {spans} masks, {ms} ms masked, {blanked} packets in "
        f"them silent, {audible} outside heard, {lost} that nobody got"
    )
    wrong = [each for found, _ in results for each in found]
    if wrong:
        pytest.fail("\n".join(map(str, wrong)), pytrace=False)


ASKED = {
    "desk": asked_of_the_desk,
    "http": asked_over_http,
    "keys": asked_by_key,
}


@pytest.mark.parametrize("channels", ["mono", "stereo"])
@pytest.mark.parametrize(
    ("how", "place"),
    [
        ("desk", "silent"),
        ("desk", "waiting"),
        ("http", "waiting"),
        ("http", "talk"),
        ("keys", "talk"),
    ],
)
def test_what_somebody_masks_is_silent_and_the_rest_is_there(
    offices, how, place, channels
):
    makes = partial(masked_at_random, ASKED[how], place)
    works(offices, makes, place, channels, f"{how} {place} {channels}")


@pytest.mark.parametrize("channels", ["mono", "stereo"])
def test_what_steps_mask_is_silent_and_the_rest_is_there(offices, channels):
    works(offices, masked_by_steps, "steps", channels, f"steps {channels}")
