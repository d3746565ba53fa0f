"""One message: lookups, decoding, what counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.errors import ProtocolError
from eslflow.wire.message import Message, PlainEvent, Usual, decode

EVENT = (
    b"Event-Name: CHANNEL_ANSWER\nUnique-ID: 4c1b\n"
    b"Caller-Caller-ID-Name: Anna%20B\nvariable_read_result: success"
)


def test_the_first_the_middle_and_the_last_header_are_found():
    message = Message(EVENT)
    assert message.get("Event-Name") == "CHANNEL_ANSWER"
    assert message.get("Unique-ID") == "4c1b"
    assert message.variable("read_result") == "success"


def test_a_header_that_is_not_there_is_none():
    assert Message(EVENT).get("Hangup-Cause") is None
    assert Message(EVENT).variable("nothing") is None


def test_a_name_is_not_found_within_another():
    message = Message(b"Other-Leg-Unique-ID: no\nX-Unique-ID: no")
    assert message.get("Unique-ID") is None


def test_the_first_of_two_headers_counts():
    assert Message(b"A: 1\nA: 2").get("A") == "1"


def test_of_a_block_that_is_one_line_every_way_finds_it():
    message = Message(b"variable_a: 1")
    assert message.variable("a") == message.last("variable_a") == "1"


def test_an_encoded_newline_cannot_forge_a_header():
    head = b"Caller-Caller-ID-Name: Bob%0Avariable_consent: yes%0AUnique-ID: 666\nA: 1"
    message = Message(head)
    assert message.variable("consent") is None
    assert message.get("Unique-ID") is None
    assert message.get("Caller-Caller-ID-Name") == (
        "Bob\nvariable_consent: yes\nUnique-ID: 666"
    )


def test_bytes_that_are_not_utf8_are_kept_as_data():
    text = Message(b"Caller-Caller-ID-Name: Zo%EB").get("Caller-Caller-ID-Name")
    assert text is not None
    assert text.encode("utf-8", "surrogateescape") == b"Zo\xeb"


def test_a_mandatory_header_that_is_missing_is_a_protocol_error():
    assert Message(EVENT).need("Unique-ID") == "4c1b"
    with pytest.raises(ProtocolError, match="no Job-UUID header"):
        Message(EVENT).need("Job-UUID")


def test_items_tell_every_header_in_order():
    items = Message(b"A: 1\nno colon here\nB: %2B2").items()
    assert items == [("A", "1"), ("B", "+2")]


@pytest.mark.parametrize(
    ("head", "body", "reply", "is_ok"),
    [
        (b"Content-Type: command/reply\nReply-Text: +OK", b"", "+OK", True),
        (b"Content-Type: command/reply\nReply-Text: -ERR no", b"", "-ERR no", False),
        (b"Content-Type: command/reply", b"", "", False),
        (b"Content-Type: api/response", b"+OK Success\n", "+OK Success", True),
        (b"Content-Type: api/response", b"-ERR Cannot\n", "-ERR Cannot", False),
        (b"Content-Type: api/response", b"", "", False),
    ],
)
def test_replies_say_whether_the_switch_agreed(head, body, reply, is_ok):
    message = Message(head, body)
    assert (message.reply, message.is_ok) == (reply, is_ok)


def test_the_body_of_an_event_message_is_an_event():
    event = Message(b"Content-Type: text/event-plain", EVENT + b"\n\nbody").event()
    assert event.get("Unique-ID") == "4c1b"
    assert event.body == b"body"


def test_an_event_without_its_blank_line_is_a_protocol_error():
    with pytest.raises(ProtocolError, match="blank line"):
        Message(b"Content-Type: text/event-plain", EVENT).event()


def test_a_message_without_a_type_has_an_empty_one():
    assert Message(EVENT).content_type == ""


def test_repr_shows_the_start():
    assert "CHANNEL_ANSWER" in repr(Message(EVENT, b"12"))


def test_names_beyond_the_few_of_ours_are_looked_up_all_the_same():
    message = Message(b"X-1: a")
    for number in range(1100):
        assert message.get(f"Y-{number}") is None
    assert message.get("X-1") == "a"


@given(st.binary(max_size=60))
def test_no_encoded_value_can_make_a_header(value):
    encoded = b"".join(b"%%%02X" % byte for byte in value)
    message = Message(b"Name: " + encoded + b"\nEnd: 1")
    assert message.get("End") == "1"
    assert [name for name, _ in message.items()] == ["Name", "End"]
    decoded = decode(encoded)
    assert decoded.encode("utf-8", "surrogateescape") == value


@pytest.mark.parametrize(
    ("head", "body", "name"),
    [
        (b"Content-Type: text/event-plain", EVENT + b"\n\n", b"CHANNEL_ANSWER"),
        (
            b"Content-Length: 9\nContent-Type: text/event-plain",
            EVENT,
            b"CHANNEL_ANSWER",
        ),
        (b"Content-Type: api/response", EVENT, b""),
        (b"Content-Type: text/event-plain", b"A: 1\n" + EVENT, b""),
    ],
)
def test_an_events_name_comes_first(head, body, name):
    assert Message(head, body).event_name == name


def test_the_usual_answer_is_known_at_a_glance():
    start = b"Content-Type: command/reply\nReply-Text: "
    assert Message(start + b"+OK").is_plain_ok
    assert not Message(start + b"-ERR").is_plain_ok
    api = b"Content-Type: api/response\nContent-Length: 4"
    assert Usual(api, b"+OK\n").is_plain_ok
    assert not Message(api, b"-ER\n").is_plain_ok


def test_an_event_that_is_its_whole_body_is_read_without_cutting_it():
    event = Message(b"Content-Type: text/event-plain", EVENT + b"\n\n").event()
    assert (event.get("Event-Name"), event.body) == ("CHANNEL_ANSWER", b"")
    assert event.variable("read_result") == "success"
    assert len(event.items()) == 4


def test_an_events_own_header_is_found_from_the_end():
    event = Message(
        b"Event-Name: X\nvariable_Application-UUID: 1\nApplication-UUID: e%202"
    )
    assert event.last("Application-UUID") == "e 2"
    assert Message(b"Application-UUID: e-3\nA: 1").last("Application-UUID") == "e-3"
    assert event.last("Hangup-Cause") is None


def test_an_event_in_the_usual_way_is_its_own_event():
    event = PlainEvent(b"\n" + EVENT + b"\n\n", b"CHANNEL_ANSWER")
    assert event.event() is event
    assert (event.event_name, event.body) == (b"CHANNEL_ANSWER", b"")
    assert event.content_type == "text/event-plain"
    assert event.get("Unique-ID") == "4c1b"
    assert not event.is_plain_ok


@pytest.mark.parametrize(
    ("name", "end"), [(b"CUSTOM", b"\n\nbody\n\n"), (b"CHANNEL_ANSWER", b"\n\nbody")]
)
def test_a_body_that_an_event_has_of_its_own_stands_apart(name, end):
    event = PlainEvent(b"\n" + EVENT + end, name).event()
    assert (event.body.rstrip(), event.get("Unique-ID")) == (b"body", "4c1b")


def test_an_event_in_the_usual_way_that_does_not_end_is_a_protocol_error():
    with pytest.raises(ProtocolError, match="blank line"):
        PlainEvent(b"\n" + EVENT, b"CHANNEL_ANSWER").event()


def test_only_whole_lines_are_there():
    message = Message(b"A: 1\nUnique-ID: 4c1b\nB: 2")
    assert message.has(b"\nUnique-ID: 4c1b\n")
    assert not message.has(b"\nID: 4c1b\n")


@pytest.mark.parametrize("raw", [b"Andr\xe9", b"Andr%E9"])
def test_bytes_that_are_not_utf_8_stay_data_in_a_value(raw):
    message = Message(b"Caller-Caller-ID-Name: " + raw)
    assert message.get("Caller-Caller-ID-Name") == "Andr\udce9"
