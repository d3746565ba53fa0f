"""On a real FreeSWITCH: both parties hear that they are recorded, and no file does.

Every packet of the phones is marked, so that a tone which is mixed into them spoils
them: what a phone heard spoilt is what the switch added.
"""

from pathlib import Path

import pytest

from tests.live import decode
from tests.live.office import GREETING, Office
from tests.steps_of import flow

EVERY_S = 5
TONE_MS, SLACK_MS = 200, 25
STEPS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
talk: {queue: %s, record: on, from: answer}
"""

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]


def tones(recording):
    """Return when, in seconds, what was said is spoilt as long as a tone is."""
    spoilt = [rest for rest in recording.rests if abs(rest.ms - TONE_MS) < SLACK_MS]
    return [rest.start / decode.RATE for rest in spoilt]


def test_both_hear_the_tone_and_it_is_in_no_file(freeswitch, tmp_path):
    office = Office(freeswitch, tmp_path)
    agent = office.agent()
    served = flow(STEPS.replace("%s", office.queue.name), GREETING)
    office.serve(served, office.quiet(served, ms=500), beep_s=EVERY_S)
    call = office.call()
    office.until("asks", call)
    call.press("1")
    talk = agent.rings()
    talk.until("up")
    office.until("an agent answers", call)
    assert call.speaks(ms=13_000)
    heard = {who: leg.heard()[1] for who, leg in (("caller", call), ("agent", talk))}
    call.hang_up()
    office.until("call ends", call)
    with office.rig.look() as ledger:
        (row,) = ledger.call(call.uuid)["recordings"]
    kept = decode.read(Path(row["path"]))
    office.close()
    for legs in heard.values():
        first, *others = tones(legs)
        assert first < EVERY_S
        assert [round(at - first) for at in others] == [EVERY_S, 2 * EVERY_S]
    assert len(kept.heard) > 1000
    assert kept.rests == ()
