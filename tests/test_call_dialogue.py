"""Messages to events, commands to text."""

import base64
import gzip
import json
from pathlib import Path

import pytest

from eslflow.call.commands import Api, Close, Execute, Hangup, Job, Keep, Tell
from eslflow.call.dialogue import MOST_SEGMENTS, Dialogue, offer
from eslflow.call.events import (
    Bridged,
    Disconnected,
    Executed,
    Held,
    HungUp,
    JobDone,
    KeyPressed,
    LegEnded,
    Parked,
    Queued,
    RecordStarted,
    RecordStopped,
    Replied,
    Unbridged,
)
from eslflow.errors import ProtocolError, UnsafeValue
from eslflow.wire.command import events
from eslflow.wire.message import Message
from eslflow.wire.reader import Reader
from eslflow.wire.terms import ApiCommand, App, EventName, Subclass

OFFER = (
    b"Event-Name: CHANNEL_DATA\nUnique-ID: 4c1b-9\nCall-Direction: inbound\n"
    b"Answer-State: ringing\nCaller-Caller-ID-Number: +4930\n"
    b"Caller-Caller-ID-Name: Anna\nCaller-Destination-Number: 100\n"
    b"variable_socket_path: support\nvariable_eslflow_segments: 2\n"
    b"Content-Type: command/reply\nReply-Text: %2BOK%0A"
)
OK = Message(b"Content-Type: command/reply\nReply-Text: +OK")
ERR = Message(b"Content-Type: command/reply\nReply-Text: -ERR no")
API_OK = Message(b"Content-Type: api/response", b"+OK Success\n")


def event(name, extra=b"", uuid=b"4c1b-9"):
    body = b"Event-Name: " + name + b"\nUnique-ID: " + uuid + b"\n" + extra + b"\n\n"
    return Message(b"Content-Type: text/event-plain", body)


def test_a_kind_of_message_in_no_known_alphabet_is_refused_too():
    with pytest.raises(ProtocolError, match="kind that no call has"):
        Dialogue("u-1").hear(Message(b"Content-Type: \xff"))


def test_an_offer_is_read_from_channel_data():
    offered = offer(Message(OFFER))
    assert offered._asdict() == {
        "uuid": "4c1b-9",
        "direction": "inbound",
        "caller": "+4930",
        "caller_name": "Anna",
        "called": "100",
        "flow_path": "support",
        "is_answered": False,
        "segments": 2,
        "may_linger": True,
        "assurance": "",
    }


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ("TN-Validation-Passed-A", "TN-Validation-Passed-A"),
        ("TN-Validation-Failed-C", "TN-Validation-Failed-C"),
        ("No-TN-Validation", "No-TN-Validation"),
        ("TN-Validation-Passed-%3Cb%3E", ""),
        ("TN-Validation-Passed-A%0A", ""),
        ("", ""),
    ],
)
def test_what_the_switch_found_of_a_signature_is_kept_in_its_words(found, kept):
    head = f"Unique-ID: 4c1b-9\nvariable_sip_verstat_detailed: {found}"
    assert offer(Message(head.encode())).assurance == kept


def test_an_offer_without_numbers_is_one_all_the_same():
    offered = offer(Message(b"Unique-ID: 4c1b-9\nAnswer-State: answered"))
    assert (offered.caller, offered.flow_path, offered.segments) == ("", "", 0)
    assert offered.is_answered


@pytest.mark.parametrize("segments", ["-1", "x", "9" * 40, "1.5", "%C2%B2"])
def test_a_number_that_is_none_counts_as_nothing(segments):
    head = f"Unique-ID: 4c1b-9\nvariable_eslflow_segments: {segments}"
    assert offer(Message(head.encode())).segments == 0


def test_a_number_that_is_too_large_is_cut():
    head = b"Unique-ID: 4c1b-9\nvariable_eslflow_segments: 999999999"
    assert offer(Message(head)).segments == MOST_SEGMENTS


def test_no_offer_without_a_uuid_or_with_one_that_could_forge():
    with pytest.raises(ProtocolError):
        offer(Message(b"Content-Type: text/html"))
    with pytest.raises(UnsafeValue):
        offer(Message(b"Unique-ID: a%0A%0Aapi"))


@pytest.mark.parametrize(
    ("name", "may_linger"),
    [
        (b"sofia/external/%2B4930%40example.com", True),
        (b"", True),
        (b"sofia/external/1%0A%0AContent-Type%3A%20x%40h", False),
        (b"sofia/external/1%0D%40h", False),
        (b"x" * 200, True),
        (b"x" * 201, False),
    ],
)
def test_a_caller_whose_name_could_forge_the_last_notice_gets_none(name, may_linger):
    found = offer(Message(b"Unique-ID: 4c1b-9\nChannel-Name: " + name))
    assert found.may_linger is may_linger
    opening = Dialogue("4c1b-9").open(b"", may_linger=found.may_linger)
    assert opening.startswith(b"linger") is may_linger
    assert b"filter Unique-ID 4c1b-9\n\n" in opening


def test_filters_come_before_the_subscription():
    text = Dialogue("4c1b-9").open(events([EventName.CHANNEL_HANGUP], [Subclass.FIFO]))
    assert text == (
        b"linger 5\n\nfilter Unique-ID 4c1b-9\n\n"
        b"event plain CHANNEL_HANGUP CUSTOM fifo::info\n\n"
    )


def test_what_is_not_for_the_switch_has_no_text():
    dialogue = Dialogue("4c1b-9")
    assert dialogue.say(Tell("hello")) == b""
    assert dialogue.say(Keep(())) == b""


def test_replies_are_matched_in_order():
    dialogue = Dialogue("4c1b-9")
    dialogue.open(b"")
    said = [
        dialogue.say(Execute(App.ANSWER, waits=False)),
        dialogue.say(Api(ApiCommand.UUID_FLUSH_DTMF, "4c1b-9", waits=False)),
        dialogue.say(Api(ApiCommand.UUID_EXISTS, "4c1b-9")),
        dialogue.say(Hangup()),
        dialogue.say(Close()),
    ]
    assert b"Event-UUID: eslflow-1\n" in said[0]
    assert said[1] == b"api uuid_flush_dtmf 4c1b-9\n\n"
    heard = [dialogue.hear(m) for m in (OK, OK, OK, OK, API_OK, API_OK, OK, OK)]
    assert heard == [None] * 5 + [Replied(3, True, "+OK Success"), None, None]


def test_of_many_messages_those_are_heard_that_are_events():
    dialogue = Dialogue("4c1b-9")
    dialogue.say(Execute(App.ANSWER, waits=False))
    others = event(b"CHANNEL_PARK", uuid=b"other")
    heard = dialogue.hears([OK, others, event(b"CHANNEL_PARK")])
    assert list(heard) == [Parked()]


def test_what_came_before_a_message_that_is_none_is_heard():
    dialogue = Dialogue("4c1b-9")
    dialogue.say(Execute(App.ANSWER, waits=False))
    heard = dialogue.hears([OK, event(b"CHANNEL_PARK"), OK, event(b"CHANNEL_PARK")])
    assert next(heard) == Parked()
    with pytest.raises(ProtocolError, match="nothing was asked for"):
        next(heard)


def test_a_refusal_is_told_even_when_nobody_waits():
    dialogue = Dialogue("4c1b-9")
    dialogue.say(Execute(App.ANSWER, waits=False))
    dialogue.say(Api(ApiCommand.UUID_FLUSH_DTMF, "4c1b-9", waits=False))
    assert dialogue.hear(ERR) == Replied(1, False, "-ERR no")
    assert dialogue.hear(ERR) == Replied(2, False, "-ERR no")


def test_a_reply_that_nothing_was_asked_for_is_a_protocol_error():
    with pytest.raises(ProtocolError, match="nothing was asked"):
        Dialogue("4c1b-9").hear(OK)


def test_an_unsafe_argument_is_not_sent():
    with pytest.raises(UnsafeValue):
        Dialogue("4c1b-9").say(Execute(App.PLAYBACK, "${system(x)}"))


def test_a_finished_application_is_known_by_its_mark():
    extra = (
        b"Application: playback\nApplication-Response: FILE%20PLAYED\n"
        b"Application-UUID: eslflow-2\nvariable_eslflow_digits_1: 1"
    )
    heard = Dialogue("4c1b-9").hear(event(b"CHANNEL_EXECUTE_COMPLETE", extra))
    assert isinstance(heard, Executed)
    assert (heard.mark, heard.response) == ("eslflow-2", "FILE PLAYED")
    assert heard.variables.variable("eslflow_digits_1") == "1"


def test_an_application_of_another_has_no_mark():
    heard = Dialogue("4c1b-9").hear(event(b"CHANNEL_EXECUTE_COMPLETE"))
    assert isinstance(heard, Executed)
    assert (heard.mark, heard.response) == ("", "")


@pytest.mark.parametrize(
    ("name", "extra", "expected"),
    [
        (b"CHANNEL_PARK", b"A: 1", Parked()),
        (b"CHANNEL_HANGUP", b"Hangup-Cause: USER_BUSY", HungUp("USER_BUSY")),
        (b"CHANNEL_HANGUP", b"A: 1", HungUp("")),
        (b"RECORD_START", b"Record-File-Path: /r/a.wav", RecordStarted("/r/a.wav")),
        (b"RECORD_START", b"A: 1", RecordStarted("")),
        (
            b"RECORD_STOP",
            b"Record-File-Path: /r/a.wav\nvariable_record_ms: 1500\n"
            b"Record-Completion-Cause: success-silence",
            RecordStopped("/r/a.wav", 1500, "success-silence"),
        ),
        (b"RECORD_STOP", b"A: 1", RecordStopped("", 0, "")),
        (
            b"RECORD_START",
            b"Event-Date-Timestamp: 1795474026000001\nRecord-File-Path: /r/a.wav",
            RecordStarted("/r/a.wav", at=1_795_474_026_000_001),
        ),
        (
            b"RECORD_STOP",
            b"Event-Date-Timestamp: 1795474026000001\nRecord-File-Path: /r/a.wav",
            RecordStopped("/r/a.wav", at=1_795_474_026_000_001),
        ),
        (b"RECORD_STOP", b"Event-Date-Timestamp: soon", RecordStopped("")),
        (
            b"CUSTOM",
            b"Event-Subclass: fifo%3A%3Ainfo\nFIFO-Action: caller_pop",
            Queued("caller_pop"),
        ),
        (b"CUSTOM", b"Event-Subclass: fifo%3A%3Ainfo", Queued("")),
        (b"CUSTOM", b"Event-Subclass: other", None),
        (b"HEARTBEAT", b"A: 1", None),
    ],
)
def test_events_are_what_they_say(name, extra, expected):
    heard = Dialogue("4c1b-9").hear(event(name, extra))
    assert (type(heard), heard) == (type(expected), expected)


def test_an_event_without_a_name_is_nothing():
    message = Message(b"Content-Type: text/event-plain", b"Unique-ID: 4c1b-9\n\n")
    assert Dialogue("4c1b-9").hear(message) is None


def test_another_calls_event_is_not_heard():
    other = event(b"CHANNEL_HANGUP", uuid=b"666")
    assert Dialogue("4c1b-9").hear(other) is None


def test_lingering_is_not_the_end():
    kind = b"Content-Type: text/disconnect-notice\nContent-Disposition: "
    assert Dialogue("4c1b-9").hear(Message(kind + b"linger")) is None
    assert Dialogue("4c1b-9").hear(Message(kind + b"disconnect")) == Disconnected()


def test_a_message_that_no_call_has_is_a_protocol_error():
    with pytest.raises(ProtocolError, match="no call has"):
        Dialogue("4c1b-9").hear(Message(b"Content-Type: text/html"))


def test_a_real_fifos_events_are_heard():
    """FreeSWITCH writes the subclass of a CUSTOM event before its name."""
    path = Path(__file__).parent / "transcripts" / "49_fifo_answered.jsonl.gz"
    with gzip.open(path, "rt") as file:
        lines = [json.loads(line) for line in file]
    said = (line["b64"] for line in lines if line["dir"] == "switch>controller")
    offered, *messages = Reader().feed(b"".join(base64.b64decode(b) for b in said))
    dialogue = Dialogue(offered.need("Unique-ID"))
    events = [
        dialogue.hear(message)
        for message in messages
        if message.content_type == "text/event-plain"
    ]
    assert [event.action for event in events if isinstance(event, Queued)] == [
        "push",
        "caller_pop",
        "bridge-caller-start",
        "bridge-caller-stop",
    ]


CONTROL = b"Event-Subclass: eslflow::control\neslflow-action: mask\n"
WITH_US = b"Other-Leg-Unique-ID: 4c1b-9\n"


def test_a_bridge_tells_the_other_leg_and_who_has_it():
    dialogue = Dialogue("4c1b-9")
    more = b"Other-Leg-Unique-ID: b-1\nOther-Leg-Destination-Number: 1001\n"
    assert dialogue.hear(event(b"CHANNEL_BRIDGE", more)) == Bridged("b-1", "1001")
    assert dialogue.hear(event(b"CHANNEL_UNBRIDGE", more)) == Unbridged()
    lean = event(b"CHANNEL_BRIDGE", b"Bridge-B-Unique-ID: b-1\n")
    assert dialogue.hear(lean) == Bridged("b-1", "")


def test_a_key_tells_whether_it_is_the_agents_or_the_callers():
    dialogue = Dialogue("4c1b-9")
    of_agent = event(b"CUSTOM", CONTROL + WITH_US, b"b-1")
    assert dialogue.hear(of_agent) == KeyPressed("mask")
    assert dialogue.hear(event(b"CUSTOM", CONTROL)) == KeyPressed("mask", True)
    nameless = CONTROL.replace(b"eslflow-action", b"other-action")
    assert dialogue.hear(event(b"CUSTOM", nameless)) == KeyPressed("", True)
    assert dialogue.hear(event(b"CUSTOM", CONTROL, b"b-1")) is None
    other = CONTROL.replace(b"eslflow::control", b"conference::maintenance")
    assert dialogue.hear(event(b"CUSTOM", other + WITH_US, b"b-1")) is None


def test_a_custom_event_of_the_other_leg_may_have_its_subclass_first():
    body = (
        b"Event-Subclass: eslflow::control\nEvent-Name: CUSTOM\nUnique-ID: b-1\n"
        + WITH_US
        + b"eslflow-action: unmask\n\n"
    )
    heard = Dialogue("4c1b-9").hear(Message(b"Content-Type: text/event-plain", body))
    assert heard == KeyPressed("unmask")


def test_a_recorder_on_the_other_leg_is_heard_with_its_leg():
    dialogue = Dialogue("4c1b-9")
    path = b"Record-File-Path: /x.wav\n"
    theirs = event(b"RECORD_START", path + WITH_US, b"b-1")
    assert dialogue.hear(theirs) == RecordStarted("/x.wav", "b-1")
    assert dialogue.hear(event(b"RECORD_STOP", path + WITH_US, b"b-1")) is None
    assert dialogue.hear(event(b"RECORD_START", path)) == RecordStarted("/x.wav")


def test_the_other_leg_is_heard_only_where_there_is_one():
    opened = Dialogue("4c1b-9").open(
        events([EventName.CHANNEL_PARK]), hears_others=True
    )
    lines = opened.decode().split("\n\n")
    assert lines[1:4] == [
        "filter Unique-ID 4c1b-9",
        "filter Other-Leg-Unique-ID 4c1b-9",
        "event plain CHANNEL_PARK",
    ]


def test_a_bridge_that_the_other_leg_has_made_is_ours_only_if_it_is_with_us():
    dialogue = Dialogue("4c1b-9")
    number = b"Caller-Destination-Number: 1002\n"
    ours = b"Other-Leg-Unique-ID: 4c1b-9\nBridge-B-Unique-ID: 4c1b-9\n" + number
    made = event(b"CHANNEL_BRIDGE", ours, b"b-2")
    assert dialogue.hear(made) == Bridged("b-2", "1002")
    assert dialogue.hear(event(b"CHANNEL_UNBRIDGE", ours, b"b-2")) == Unbridged()
    other = WITH_US + b"Bridge-B-Unique-ID: c-3\n"
    assert dialogue.hear(event(b"CHANNEL_BRIDGE", other, b"b-2")) is None


@pytest.mark.parametrize(("uuid", "is_callers"), [(b"4c1b-9", True), (b"b-1", False)])
def test_a_hold_is_heard_of_either_leg(uuid, is_callers):
    dialogue = Dialogue("4c1b-9")
    assert dialogue.hear(event(b"CHANNEL_HOLD", WITH_US, uuid)) == Held(
        True, is_callers
    )
    assert dialogue.hear(event(b"CHANNEL_UNHOLD", WITH_US, uuid)) == Held(
        False, is_callers
    )


def called():
    """Return a dialogue in which somebody is called in the background."""
    dialogue = Dialogue("4c1b-9")
    job = Job(ApiCommand.ORIGINATE, "user/1001 &park()", "b-1")
    return dialogue, dialogue.say(job)


def test_a_job_is_heard_of_and_the_leg_that_it_makes():
    dialogue, said = called()
    assert said == (
        b"filter Unique-ID b-1\n\nfilter Job-UUID b-1\n\n"
        b"bgapi originate user/1001 &park()\nJob-UUID: b-1\n\n"
    )
    for _ in range(2):
        assert dialogue.hear(OK) is None
    started = b"Content-Type: command/reply\nReply-Text: +OK Job-UUID: b-1"
    assert dialogue.hear(Message(started)) is None


def test_a_job_that_is_refused_is_told():
    dialogue, _ = called()
    assert [dialogue.hear(reply) for reply in (OK, OK, ERR)][-1] == Replied(
        1, False, "-ERR no"
    )


@pytest.mark.parametrize("words", ["+OK b-1", "-ERR USER_BUSY"])
def test_what_became_of_a_job_is_in_the_body_of_its_event(words):
    dialogue, _ = called()
    head = f"Event-Name: BACKGROUND_JOB\nJob-UUID: b-1\nContent-Length: {len(words)}"
    body = f"{head}\n\n{words}\n".encode()
    told = dialogue.hear(Message(b"Content-Type: text/event-plain", body))
    assert told == JobDone("b-1", words.startswith("+"), words)


def test_a_leg_that_was_called_is_heard_of_and_no_other():
    dialogue, _ = called()
    gone = event(b"CHANNEL_HANGUP", b"Hangup-Cause: NORMAL_CLEARING\n", b"b-1")
    assert dialogue.hear(gone) == LegEnded("b-1", "NORMAL_CLEARING")
    done = b"Application-UUID: eslflow-1\n"
    found = dialogue.hear(event(b"CHANNEL_EXECUTE_COMPLETE", done, b"b-1"))
    assert isinstance(found, Executed)
    assert found.mark == "eslflow-1"
    assert dialogue.hear(event(b"CHANNEL_PARK", b"", b"b-1")) is None
    assert dialogue.hear(event(b"CHANNEL_HANGUP", b"", b"b-2")) is None


def test_an_application_is_run_on_another_leg():
    said = Dialogue("4c1b-9").say(Execute(App.PLAYBACK, "/a.wav", leg="b-1"))
    assert said.startswith(b"sendmsg b-1\ncall-command: execute\n")
