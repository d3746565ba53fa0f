"""On a real FreeSWITCH: the agent knows whether the call is recorded, nobody else.

A word is whispered to the agent before the talk, here the sound of a key, and a tag
stands before the caller's name on the agent's telephone. See tests/live/README.md.
"""

from array import array
from pathlib import Path

import pytest
import soundfile

from eslflow.prompts.wav import encode
from tests.live.office import CALLER, GREETING, Office
from tests.live.tones import keys_in, packets
from tests.live.voice import FIRST_AGENT, PCMU, RATE
from tests.steps_of import flow

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

HEAD = f"""{GREETING}  recorded: Recorded.
  masked: Masked now.
  unrecorded: Not recorded.
recording:
  agent_tag: {{recorded: "[REC] ", masked: "[PAY] ", unrecorded: "[-] "}}
  whisper: {{recorded: recorded, masked: masked, unrecorded: unrecorded}}
"""
STEPS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
first: {announce: welcome, record: on}
talk: {queue: %s, record: %s}
"""
WHISPERS = {"Recorded.": "1", "Masked now.": "5", "Not recorded.": "9"}
QUIET_MS = 300


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


def whispering(office, served):
    """Return a folder of sounds that say nothing, but for what is whispered."""
    folder = office.quiet(served, QUIET_MS)
    for audio in served.audio():
        if audio.text in WHISPERS:
            sound = b"".join(packets(WHISPERS[audio.text]) * 3)
            samples = array("h", map(PCMU.__getitem__, sound))
            (folder / audio.path).write_bytes(encode(samples, RATE))
    return folder


def keys_heard(leg):
    """Return the keys that sound in what a phone heard."""
    return keys_in([PCMU[byte] for _, packet in leg.came() for byte in packet])


@pytest.mark.parametrize(
    ("key", "record", "whisper", "tag"),
    [
        ("1", "on", "1", "[REC] "),
        ("1", "masked", "5", "[PAY] "),
        ("2", "on", "9", "[-] "),
    ],
)
def test_the_agent_alone_is_told(office, key, record, whisper, tag):
    agent = office.agent()
    served = flow(STEPS % (office.queue.name, record), HEAD)
    office.serve(served, whispering(office, served))
    call = office.call()
    office.until("asks", call)
    call.press(key)
    talk = agent.rings()
    talk.until("up")
    office.until("an agent answers", call)
    call.speaks(ms=1500)
    ringing = next(why for _, what, why in talk.told if what == "ringing")
    # They are heard, first the whisper, then each other.
    assert set(keys_heard(talk)) == {whisper}
    assert keys_heard(call) == ""
    assert CALLER in {one.spoken.party for one in talk.heard()[1].heard}
    assert FIRST_AGENT in {one.spoken.party for one in call.heard()[1].heard}
    call.hang_up()
    files = [Path(row["path"]) for row in office.kept(call)["recordings"]]
    assert bool(files) is (key == "1")
    assert [file for file in files if keys_in(samples_of(file))] == []
    assert f'"{tag}' in ringing


def samples_of(file):
    """Return what sounds on either track of a file, one behind the other."""
    sound, _ = soundfile.read(file, dtype="int16", always_2d=True)
    return sound.T.ravel().tolist()
