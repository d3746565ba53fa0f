"""The simulated switch against the bytes of a real one.

The controller's side of a recorded call is said to the simulated switch at the recorded
times; it must answer with the same replies, and with the same events, each in the same
order and with the headers that a controller reads.

Three things are not compared in order, for the real switch has no order there: replies
against events (two threads write to the socket), everything after the hang-up (the
session, the recorder and the queue race), and what follows CHANNEL_PARK (the queue
knows 60 to 80 ms later that the talk has ended, whatever the controller does).
Events of other calls, heard before a filter was set, are left out, and so is what only
`event plain ALL` hears.
"""

import base64
import dataclasses
import gzip
import json
import math
import re
from pathlib import Path

import pytest

from eslflow.sim.channel import Channel
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.commands import CommandReader
from eslflow.sim.deeds import Api, Keys, Transfer
from eslflow.sim.legs import made_of
from eslflow.sim.script import Agent, Script
from eslflow.wire.reader import Reader

FOLDER = Path(__file__).parent / "transcripts"
LENGTHS = {"consent.wav": 5312, "invalid.wav": 2104, "recorded.wav": 1479}
HEADERS = (
    "Event-Name",
    "Unique-ID",
    "Answer-State",
    "Hangup-Cause",
    "Application",
    "Application-Data",
    "Application-Response",
    "Record-File-Path",
    "Record-Completion-Cause",
    "Recording-Variable-RECORD_STEREO",
    "Recording-Variable-eslflow_call",
    "Event-Subclass",
    "CC-Action",
    "CC-Queue",
    "CC-Cause",
    "CC-Cancel-Reason",
    "CC-Hangup-Cause",
    "CC-Member-Session-UUID",
    "FIFO-Action",
    "FIFO-Name",
    "Job-UUID",
    "Job-Command",
    "eslflow-action",
    "variable_read_result",
    "variable_consent_digit",
    "variable_cc_cause",
    "variable_cc_cancel_reason",
    "variable_park_after_bridge",
    "variable_socket_resume",
    "variable_socket_path",
    "variable_current_application",
)
OWNERS = ("Unique-ID", "CC-Member-Session-UUID", "Other-Leg-Unique-ID")
OTHER_LEG = ("Other-Leg-Unique-ID", "Bridge-B-Unique-ID", "CC-Agent-UUID")
"""Only whether they are there: the real switch chose the agent's uuid."""
AGENT = re.compile(rb"\nCC-Agent-UUID: (\S+)\n")
RACES = ("CHANNEL_HANGUP", "CHANNEL_PARK")
UNHEARD = "CHANNEL_CALLSTATE"
"""What the simulated switch never says; no subscription of ours names it."""


def transcript(name):
    """Return what the controller said and when, and what the switch answered."""
    (path,) = FOLDER.glob(f"{name}_*.jsonl.gz")
    said, answered = [], b""
    with gzip.open(path, "rt") as file:
        for line in file:
            entry = json.loads(line)
            data = base64.b64decode(entry["b64"])
            if entry["dir"] == "controller>switch":
                said.append((entry["t"], data))
            else:
                answered += data
    return said, answered


def length_ms(path):
    return LENGTHS.get(path.rpartition("/")[2], 200)


def played(said, script, late_s=0.0):
    """Return what the simulated switch answers at the recorded times."""
    channel = Channel(script, SimulatedClock(), length_ms)
    out = b""
    for recorded_s, data in said:
        at_s = recorded_s + (late_s if recorded_s > AT_ONCE_S else 0.0)
        while channel.next_s <= at_s:
            out += channel.proceed()
        channel.pass_s(max(0.0, at_s - channel.now_s))
        out += channel.hear(data)
    while not (channel.waits or channel.is_over):
        out += channel.proceed()
    return out


def told(data, uuid, marks):
    """Return replies and events, each in order: what a controller reads of them."""
    replies, events = [], []
    for message in Reader().feed(data):
        kind = message.content_type
        if kind == "text/event-plain":
            event = message.event()
            if uuid in map(event.get, OWNERS):
                events.append(shortly(event, uuid, marks))
            elif event.get("Job-UUID"):
                events.append((*shortly(event, uuid, marks), event.body))
        elif kind == "text/disconnect-notice":
            where = message.get("Content-Disposition"), message.get("Linger-Time")
            events.append(("notice", where, message.body))
        elif message.get("Event-Name"):
            words = ("Reply-Text", "Socket-Mode", "Control", "variable_socket_path")
            replies.append([message.get(word) for word in words])
        else:
            replies.append((kind, message.get("Reply-Text"), message.body))
    return replies, events


def shortly(event, uuid, marks):
    """Return what is read of an event, without what is not there."""
    short = {name: event.get(name) for name in HEADERS if event.get(name) is not None}
    if short.get("Unique-ID") != uuid:
        short["Unique-ID"] = "another leg" if "Unique-ID" in short else "none"
        short.pop("variable_current_application", None)
    if event.get("CC-Action") == "member-queue-end":
        short.pop("variable_current_application", None)
    short |= {name: "there" for name in OTHER_LEG if event.get(name)}
    if short.get("Application") == "socket":
        del short["Application-Data"]  # another port
    if short.get("Application") == "uuid_bridge":
        short["Application-Data"] = "the other leg"
    if event.get("Application-UUID") in marks:
        short["Application-UUID"] = event.get("Application-UUID")
    return tuple(short.items())


def sections(events):
    """Cut at the points after which the real switch has no order of its own."""
    found = [[]]
    for event in events:
        if event[0] == "notice" or event[0][1] == "CHANNEL_HANGUP_COMPLETE":
            found.append(found.pop() if len(found) > 1 else [])
        found[-1].append(event)
        if event[0][1] in RACES:
            found.append([])
    return [found[0], *(sorted(map(repr, part)) for part in found[1:])]


AT_ONCE_S = 0.01
LATE_S = {"26": 0.03, "27": 0.03, "28": 0.03}
"""There the recorder was asked for while `answer` ran, and started as that ended: a
matter of microseconds. Here what follows `answer` is said that much later."""
AWAY = Transfer(is_answered=False, stays_s=3.2)
STOPPED = {"bridged +4.21": Api("uuid_record {caller} stop all")}
PRESSED_S = 0.64
"""When the agent of transcript 28 presses the first key, and then each 0.79 s one."""
PRESSED = {
    f"bridged +{PRESSED_S + 0.79 * n:.2f}": Keys("*2" if n % 2 else "*1")
    for n in range(24)
}
TALK_S = 22.0

CALLS = {
    "02c": Script(keys=("1",), agent_after_s=0.42, talk_s=1.6),
    "03": Script(hang_up_at="answered +1.235"),
    "09": Script(hang_up_at="answered +3.57"),
    "23": Script(agent=Agent.NO_AGENTS),
    "24": Script(agent=Agent.TIMEOUT),
    "25": Script(agent=Agent.UNKNOWN),
    "26": Script(agent_after_s=0.02, does={"bridged +1.02": AWAY, **STOPPED}),
    "27": Script(agent_after_s=0.02, does={"bridged +1.04": AWAY, **STOPPED}),
    "28": Script(agent_after_s=0.02, talk_s=TALK_S, does=PRESSED),
    "31": Script(keys=("2",), agent_after_s=0.42, talk_s=1.6),
    "32": Script(agent_after_s=0.42, talk_s=1.6),
    "34": Script(hang_up_at="play_and_get_digits +1.0"),
    "35": Script(keys=("1",), hang_up_at="callcenter +0.019"),
    "36": Script(keys=("1",), hang_up_at="callcenter +0.26"),
    "37": Script(keys=("1",), agent_after_s=0.42, talk_s=1.2),
    "39": Script(
        keys=("1",),
        agent_after_s=0.42,
        talk_s=0.5,
        agent_hangs_up=True,
        hang_up_at="parked +2.9",
    ),
    "40": Script(),
    "49": Script(agent_after_s=1.0, talk_s=6.0),
    "51": Script(),
    "52": Script(keys=("1",), agent_after_s=0.42, talk_s=2.5, agent_hangs_up=True),
    "53": Script(hang_up_at="recording 2 +0.61"),
    "54": Script(agent_after_s=0.42, talk_s=2.0, agent_hangs_up=True),
}


DIALLED = {
    "45": Script(
        agent_after_s=0.5, callee_keys=("1",), talk_s=1.2, agent_hangs_up=True
    ),
    "47": Script(agent_after_s=0.5, talk_s=1.2, agent_hangs_up=True),
    "48": Script(agent_after_s=0.001, callee="USER_BUSY", hang_up_at="connect +4"),
}
"""Somebody is called in the background."""
TALK_IS_OVER = "CHANNEL_UNBRIDGE"


def replay(name):
    """Return replies and events of the real and of the simulated switch."""
    said, answered = transcript(name)
    commands = [s for _, data in said for s in CommandReader().feed(data)]
    marks = {sent.mark for sent in commands} - {""}
    uuid = Reader().feed(answered)[0].need("Unique-ID")
    script = dataclasses.replace(
        (CALLS | DIALLED)[name], uuid=uuid, caller="5551000", press_after_s=1.1
    )
    theirs = AGENT.search(answered)
    if theirs:
        ours = made_of(uuid, "agent").encode()
        said = [(at_s, data.replace(theirs[1], ours)) for at_s, data in said]
    simulated = played(said, script, LATE_S.get(name, 0.0))
    return told(answered, uuid, marks), told(simulated, uuid, marks)


@pytest.mark.parametrize("name", CALLS)
def test_the_simulated_switch_answers_like_the_real_one(name):
    (real_replies, real), (replies, events) = replay(name)
    assert replies == real_replies
    if name == "40":
        # The thread parked just after `event plain ALL`: a matter of microseconds.
        assert [event[0][1] for event in real[:1]] == ["CHANNEL_PARK"]
        real = [event for event in real[1:] if event[0][1] != UNHEARD]
    if real[-1][0] != "notice" or real[-1][1][0] == "linger":
        # The recorded controller closed first.
        events = events[: len(real)]
    assert sections(events) == sections(real)


def leg_by_leg(data, uuid):
    """Return what is told of the caller's leg, of the other, of jobs: each in order.

    The two legs have a thread each, and the real switch knows no order between them.
    After the talk, the dialplan's own fallback is not compared.
    """
    found = {"caller": [], "callee": [], "job": []}
    for message in Reader().feed(data):
        if message.content_type != "text/event-plain":
            continue
        event = message.event()
        whose = "job" if event.get("Job-UUID") else "callee"
        whose = "caller" if event.get("Unique-ID") == uuid else whose
        is_over = TALK_IS_OVER in (told[0][1] for told in found["caller"])
        if whose != "caller" or not is_over:
            found[whose].append((*shortly(event, uuid, ()), event.body))
    return found


@pytest.mark.parametrize("name", DIALLED)
def test_each_leg_of_a_dialled_call_is_told_of_as_by_the_real_one(name):
    said, answered = transcript(name)
    uuid = Reader().feed(answered)[0].need("Unique-ID")
    script = dataclasses.replace(
        DIALLED[name], uuid=uuid, caller="5551000", press_after_s=1.1
    )
    # As in LATE_S: what follows `answer` is said that much later.
    at_s = next((at for at, data in said if b"app-name: answer" in data), math.inf)
    said = [(at + 0.03 if at > at_s else at, data) for at, data in said]
    real, simulated = leg_by_leg(answered, uuid), leg_by_leg(played(said, script), uuid)
    for leg in real:
        assert simulated[leg][: len(real[leg])] == real[leg]
        assert real[leg]


def test_what_a_real_switch_says_is_about_as_long():
    said, answered = transcript("52")
    uuid = Reader().feed(answered)[0].need("Unique-ID")
    script = dataclasses.replace(CALLS["52"], uuid=uuid, press_after_s=1.1)
    assert 0.9 < len(played(said, script)) / len(answered) < 1.1
