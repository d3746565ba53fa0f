"""On a real FreeSWITCH: the instrument is right before anything is measured with it.

`uuid_record` is driven by the test itself here; what comes out are properties of the
switch, as they were measured before (a mask holds from its `+OK`, an unmask lets a few
packets through that were said before it). See tests/live/README.md.
"""

import random
from pathlib import Path

import pytest

from tests.live import decode
from tests.live.leaks import Span, judge
from tests.live.office import CALLER, GREETING, Office
from tests.live.voice import FIRST_AGENT
from tests.steps_of import flow

pytestmark = pytest.mark.live

LATE_MS = 60
"""How old what an unmask lets through may be: the guard of `eslflow.call.recording`."""
MASKS = 6
OPTIONS = "RECORD_MIN_SEC=0,RECORD_PRE_BUFFER_FRAMES=1"


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


def masked_at_random(office, call, path):
    """Mask and unmask while both speak; return the spans."""
    dice, spans = random.Random(), []
    for _ in range(MASKS):
        call.speaks(ms=dice.randrange(300, 600))
        start = office.switch.does(f"uuid_record {call.uuid} mask {path}")
        call.speaks(ms=dice.randrange(300, 600))
        spans.append(Span(start, office.clock.now()))
        office.switch.does(f"uuid_record {call.uuid} unmask {path}")
    call.speaks(ms=500)
    return spans


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("place", ["parked", "playing", "desk"])
def test_a_mask_holds_from_its_ok_and_an_unmask_lets_little_through(
    office, tmp_path, place, channels
):
    desk = office.desk(FIRST_AGENT)
    call = office.caller.call(f"desk-{desk.port}" if place == "desk" else place)
    talks = [call, *([desk.rings()] if place == "desk" else [])]
    for talk in talks:
        talk.until("up")
    path = tmp_path / f"{call.uuid}-1.wav"
    options = f"{OPTIONS},RECORD_STEREO={'true' if channels == 2 else 'false'}"
    since = office.switch.does(f"uuid_record {call.uuid} start {path} 0 {{{options}}}")
    spans = masked_at_random(office, call, path)
    until = office.clock.now()
    office.switch.does(f"uuid_record {call.uuid} stop {path}")
    call.speaks(ms=40)
    call.hang_up()
    recording = decode.read(path)
    said = {talk.phone.party: talk.said() for talk in talks}
    found = judge(recording, said, spans, since, until)
    assert recording.channels == channels
    assert [leak for leak in found.leaks if leak.before_unmask_ms > LATE_MS] == []
    assert found.strange == ()
    assert found.audible > 100
    # What neither side got was lost on the way, not in the file.
    assert len(found.missing) <= 3
    narrowed = [Span(span.start, span.end - LATE_MS * 1000) for span in spans]
    assert judge(recording, said, narrowed, since, until).leaks == ()


def test_the_controller_takes_a_caller_to_an_agent(office):
    agent = office.agent()
    steps = f"talk: {{queue: {office.queue.name}}}"
    office.serve(flow(steps, GREETING))
    call = office.call()
    talk = agent.rings()
    talk.until("up")
    office.until("an agent answers", call)
    call.speaks(ms=300)
    talk.hang_up()
    call.until("down")
    assert talk.heard()[1].of(CALLER)
    assert call.heard()[1].of(FIRST_AGENT)
    assert office.kept(call)["call"]["ending"] == "finished"


def test_who_agreed_is_in_the_file_packet_by_packet(office):
    agent = office.agent()
    steps = f"""
    ask:
      consent: {{notice: recording, purpose: training}}
      keys: {{1: granted, 2: refused}}
    talk: {{queue: {office.queue.name}, record: on, from: answer}}
    """
    office.serve(flow(steps, GREETING))
    call = office.call()
    office.until("asks", call)
    call.press("1")
    talk = agent.rings()
    since = talk.until("up")
    call.speaks(ms=1500)
    until = office.clock.now()
    call.hang_up()
    (kept,) = office.kept(call)["recordings"]
    recording = decode.read(Path(kept["path"]))
    said = {CALLER: call.said(), FIRST_AGENT: talk.said()}
    found = judge(recording, said, (), since + 200_000, until)
    assert recording.rests == ()
    assert len(found.missing) <= 3
    assert found.audible > 100
