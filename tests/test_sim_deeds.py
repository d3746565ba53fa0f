"""What people, and the switch by itself, do in the middle of a call."""

import pytest

from eslflow.sim.deeds import (
    Api,
    Attended,
    FullDisk,
    HangUp,
    Hold,
    Records,
    ToQueue,
    Transfer,
    Unhold,
)
from eslflow.sim.legs import made_of
from tests.line import Line, names

AGENT, SECOND = (made_of("u-1", name) for name in ("agent", "agent 2"))
START = "api uuid_record u-1 start /r/a.wav 0 {RECORD_PRE_BUFFER_FRAMES=1}"


def played(deeds, *commands, **script):
    """Return a line on which a call with these deeds was queued, and its events."""
    line = Line(agent_after_s=1.0, talk_s=20.0, does=deeds, **script)
    line.says("event plain CHANNEL_EXECUTE CHANNEL_HOLD CHANNEL_UNHOLD")
    line.says("filter Other-Leg-Unique-ID u-1", "filter CC-Member-Session-UUID u-1")
    line.says(START, *commands)
    return line, line.runs("callcenter", "support")


def bridges(events):
    """Return who is joined with whom, and who is parted, in order."""
    return [
        (
            event.get("Event-Name")[8:].lower(),
            event.get("Bridge-A-Unique-ID"),
            event.get("Bridge-B-Unique-ID"),
            event.get("Unique-ID"),
            event.get("Other-Leg-Unique-ID"),
        )
        for event in events
        if event.get("Bridge-A-Unique-ID")
    ]


def test_an_attended_transfer_parts_and_joins_again():
    line, told = played({"bridged +5": Attended()})
    assert bridges(told) == [
        ("bridge", "u-1", AGENT, "u-1", AGENT),
        ("unbridge", "u-1", AGENT, "u-1", None),
        ("bridge", "u-1", SECOND, "u-1", SECOND),
        ("unbridge", "u-1", SECOND, "u-1", SECOND),
    ]
    (recording,) = line.channel.recordings
    assert recording.heard_s == pytest.approx(21.1, abs=0.1)
    actions = [event.get("CC-Action") for event in told if event.get("CC-Action")]
    assert actions.count("bridge-agent-end") == 1


def test_by_att_xfer_the_new_bridge_is_the_second_agents():
    _, told = played({"bridged +5": Attended("att_xfer")})
    assert bridges(told)[2:] == [
        ("bridge", SECOND, "u-1", SECOND, "u-1"),
        ("unbridge", SECOND, "u-1", SECOND, "u-1"),
    ]


def test_the_switch_says_of_the_second_agent_what_a_script_says():
    line, _ = played({"bridged +5": Attended(variables={"dialed_user": "1009"})})
    assert line.channel.legs.ever(SECOND).get("dialed_user") == "1009"


def test_nobody_is_handed_over_before_the_talk():
    line, _ = played({"answered": Attended(), "callcenter": Attended()})
    assert "handed over" not in line.happened


def test_a_blind_transfer_goes_on_in_another_extension():
    line, told = played({"bridged +5": Transfer("200")})
    assert [what for what in line.happened if "recording" not in what] == [
        "queue",
        "agent answers",
        "transferred",
        "agent answers",
        "answered",
        "hangup",
    ]
    assert bridges(told)[2][:3] == ("bridge", "u-1", SECOND)
    assert line.channel.recordings[0].heard_s > 25


def test_a_blind_transfer_may_end_with_nobody():
    line, told = played({"bridged +5": Transfer(is_answered=False, stays_s=7.0)})
    assert line.channel.heard[-1].at_s > 12
    apps = [event.get("Application") for event in told if event.get("Application")]
    assert apps[-3:] == ["answer", "playback", "playback"]


def test_after_a_transfer_the_call_may_come_back():
    deeds = {"bridged +5": Transfer("200")}
    park = "api uuid_setvar u-1 park_after_bridge true"
    line, told = played(deeds, park, agent_hangs_up=True)
    assert "CHANNEL_PARK" in names(told)
    assert line.channel.waits
    assert names(line.runs("playback", "/a.wav"))[-1] == "CHANNEL_EXECUTE_COMPLETE"


def test_an_agent_can_send_the_caller_back_to_a_queue():
    line, told = played({"bridged +5": ToQueue("sales")})
    queues = [e.get("CC-Queue") for e in told if e.get("CC-Action")]
    assert queues[0] == "support"
    assert queues[-1] == "sales"
    assert [h.text for h in line.channel.heard if h.what == "queue"] == [
        "support",
        "sales",
    ]
    assert len(bridges(told)) == 4


def test_the_call_is_held_and_taken_back():
    _, told = played({"bridged +2": Hold(), "bridged +4": Unhold()})
    held = [
        e for e in told if e.get("Event-Name") in ("CHANNEL_HOLD", "CHANNEL_UNHOLD")
    ]
    assert names(held) == ["CHANNEL_HOLD", "CHANNEL_UNHOLD"]
    assert held[0].get("Unique-ID") == AGENT


@pytest.mark.parametrize("who", ["agent", "caller"])
def test_somebody_hangs_up_early(who):
    line, _ = played({"bridged +2": HangUp(who)})
    assert line.happened.count("hangup") == 1
    end = "agent leaves" if who == "agent" else "hangup"
    assert next(h for h in line.channel.heard if h.what == end).at_s < 4


@pytest.mark.parametrize(("on", "uuid"), [("agent", AGENT), ("caller", "u-1")])
def test_somebody_else_records(on, uuid):
    line, told = played({"bridged +2": Records("/f/x.wav", on)})
    foreign = [e for e in told if e.get("Record-File-Path") == "/f/x.wav"]
    assert names(foreign) == ["RECORD_START", "RECORD_STOP"]
    assert {event.get("Unique-ID") for event in foreign} == {uuid}
    assert [found.path for found in line.channel.recordings] == ["/r/a.wav"]
    (found,) = [r for r in line.channel.recorders if r.is_foreign]
    assert found.leg == uuid
    assert found.heard_s == pytest.approx(18.0)


def test_nobody_records_a_leg_that_is_not_there():
    line, _ = played({"callcenter": Records()})
    assert [found.is_foreign for found in line.channel.recorders] == [False]


def test_somebody_else_gives_commands():
    line, _ = played({"bridged +2": Api("uuid_record {caller} stop all")})
    assert line.channel.recordings[0].stopped_s == pytest.approx(3.1, abs=0.1)


def test_a_full_disk_is_told_by_nothing_but_the_size():
    line, told = played({"bridged +2": FullDisk()})
    (recording,) = line.channel.recordings
    assert recording.cause == "success-silence"
    (stop,) = [e for e in told if e.get("Record-Completion-Cause")]
    ms = int(stop.variable("record_ms"))
    assert ms > 20_000
    assert int(stop.variable("record_file_size")) < 44 + 16 * ms
    assert len(recording.wav()) == int(stop.variable("record_file_size"))
