"""The simulated switch against the bytes of a real one.

The controller's side of a recorded call is said to the simulated switch; it must answer
with the same kinds of replies and events, in the same order, with the headers we read.
What comes after the hang-up came in varying order from the real switch too (its threads
race), so there the set is compared. `api` bodies are compared without their line ends.
"""

import base64
import dataclasses
import gzip
import json
from pathlib import Path

import pytest

from eslflow.sim.channel import Channel
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.commands import CommandReader
from eslflow.sim.script import Agent, Script
from eslflow.wire.message import Message
from eslflow.wire.reader import Reader

FOLDER = Path(__file__).parent / "transcripts"
READ = {
    "CHANNEL_DATA",
    "CHANNEL_ANSWER",
    "CHANNEL_EXECUTE_COMPLETE",
    "CHANNEL_BRIDGE",
    "CHANNEL_UNBRIDGE",
    "CHANNEL_PARK",
    "CHANNEL_HANGUP",
    "RECORD_START",
    "RECORD_STOP",
}
HEADERS = (
    "Unique-ID",
    "Application",
    "Record-File-Path",
    "Record-Completion-Cause",
    "variable_read_result",
    "variable_consent_digit",
)


def transcript(name):
    """Return what the controller said, and what the switch answered, of one call."""
    (path,) = FOLDER.glob(f"{name}_*.jsonl.gz")
    said, answered = [], b""
    with gzip.open(path, "rt") as file:
        for line in file:
            entry = json.loads(line)
            data = base64.b64decode(entry["b64"])
            if entry["dir"] == "controller>switch":
                said.append(data)
            else:
                answered += data
    return said, answered


def told(data, marks):
    """Return replies and events in short, each in order: the headers we read."""
    replies, events = [], []
    for message in Reader().feed(data):
        kind = message.content_type
        if kind == "text/event-plain":
            event = message.event()
            # The `socket` application ends too, with a mark that nobody chose.
            if event.get("Event-Name") in READ and event.get("Application") != "socket":
                events.append(shortly(event, marks))
        elif message.get("Event-Name"):
            replies.append(("offer", message.get("Reply-Text"), message.get("Control")))
        elif kind == "text/disconnect-notice":
            events.append(("notice", message.get("Content-Disposition")))
        else:
            replies.append((kind, message.reply))
    return replies, events


def shortly(event: Message, marks):
    """Return what we read of an event."""
    values = [event.get("Event-Name"), *(event.get(name) for name in HEADERS)]
    if values[0] == "CHANNEL_HANGUP":
        values.append(event.get("Hangup-Cause"))
    if event.get("Application-UUID") in marks:
        values.append(event.get("Application-UUID"))
    if event.get("Application") == "callcenter":
        values += [event.variable("cc_cause"), event.variable("cc_cancel_reason")]
    return tuple(values)


def replay(name, script):
    """Return what the real and the simulated switch answered."""
    said, answered = transcript(name)
    commands = [sent for data in said for sent in CommandReader().feed(data)]
    marks = {sent.mark for sent in commands} - {""}
    uuid = Reader().feed(answered)[0].need("Unique-ID")
    script = dataclasses.replace(script, uuid=uuid)
    channel = Channel(script, SimulatedClock(), lambda path: 2000)
    out = b"".join(channel.receive(data) for data in said)
    return told(answered, marks), told(out, marks)


def until_hangup(events):
    """Split at the hang-up: what comes before in order, what comes after as a set."""
    for place, event in enumerate(events):
        if event[0] == "CHANNEL_HANGUP":
            return events[: place + 1], sorted(map(repr, events[place + 1 :]))
    return events, []


CALLS = {
    "23": Script(agent=Agent.NO_AGENTS),
    "24": Script(agent=Agent.TIMEOUT),
    "25": Script(agent=Agent.UNKNOWN),
    "31": Script(keys=("2",)),
    "32": Script(),
    "34": Script(hang_up_at="play_and_get_digits"),
    "36": Script(keys=("1",), agent=Agent.NOBODY),
    "39": Script(keys=("1",), agent_hangs_up=True),
    "51": Script(),
    "52": Script(keys=("1",), agent_hangs_up=True),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_simulated_switch_answers_like_the_real_one(name):
    (real_replies, real), (replies, simulated) = replay(name, CALLS[name])
    assert replies == real_replies
    before, after = until_hangup(simulated)
    real_before, real_after = until_hangup(real)
    if before and before[-1][0] != "CHANNEL_HANGUP":
        # The recorded caller hung up some time after the last command.
        real_before, real_after = real_before[: len(before)], []
    assert before == real_before
    assert after == real_after
