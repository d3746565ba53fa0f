"""Messages out of bytes, in any split."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.errors import ProtocolError
from eslflow.wire.message import PlainEvent, Usual
from eslflow.wire.reader import Reader

REPLY = b"Content-Type: command/reply\nReply-Text: +OK\n\n"
API = b"Content-Type: api/response\nContent-Length: 12\n\n+OK Success\n"
EVENT = b"Content-Length: 16\nContent-Type: text/event-plain\n\nEvent-Name: X\n\nb"
STREAM = REPLY + API + b"\n\n" + EVENT + REPLY
ODD = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"


def shape(messages):
    return [
        (m.content_type, m.event_name, m.event().body if m.event_name else m.body)
        for m in messages
    ]


WHOLE = [
    ("command/reply", b"", b""),
    ("api/response", b"", b"+OK Success\n"),
    ("text/event-plain", b"X", b"b"),
    ("command/reply", b"", b""),
]


def test_messages_glued_together_come_apart():
    assert shape(Reader().feed(STREAM)) == WHOLE


def test_messages_byte_by_byte_come_out_the_same():
    reader = Reader()
    messages = [m for byte in STREAM for m in reader.feed(bytes([byte]))]
    assert shape(messages) == WHOLE
    assert reader.pending == 0


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_any_split_gives_the_same_messages(cuts):
    reader, messages, last = Reader(), [], 0
    for cut in [*sorted(cuts), len(STREAM)]:
        messages += reader.feed(STREAM[last:cut])
        last = cut
    assert shape(messages) == WHOLE


def test_what_is_not_whole_waits():
    reader = Reader()
    assert reader.feed(API[:-1]) == []
    assert reader.pending == len(API) - 1
    assert shape(reader.feed(API[-1:])) == [("api/response", b"", b"+OK Success\n")]


@pytest.mark.parametrize(
    "length", [b"-1", b"99999999999", b"1e3", b"", b"0x10", b"12 12", b"9999999"]
)
def test_a_length_that_is_none_is_a_protocol_error(length):
    with pytest.raises(ProtocolError, match="Content-Length"):
        Reader(most_body=1000).feed(b"A: 1\nContent-Length: " + length + b"\n\n")


def test_a_length_at_the_very_start_counts():
    (message,) = Reader().feed(b"Content-Length: 2\n\nok")
    assert message.body == b"ok"


def test_a_length_inside_another_header_is_none():
    (message,) = Reader().feed(b"A: 1\nX-Content-Length: 5\n\n")
    assert message.body == b""


def test_a_length_after_its_look_alike_still_counts():
    data = b"X-Content-Length: 5\nContent-Length: 2\n\nok"
    (message,) = Reader().feed(data)
    assert message.body == b"ok"


def test_the_first_of_two_lengths_counts():
    messages = Reader().feed(b"Content-Length: 2\nContent-Length: 9\n\nok")
    assert messages[0].body == b"ok"


def test_a_header_block_that_does_not_end_is_a_protocol_error():
    reader = Reader(most_head=100)
    reader.feed(b"A: " + b"x" * 90)
    with pytest.raises(ProtocolError, match="does not end"):
        reader.feed(b"y" * 20)


def test_a_whole_header_block_that_is_too_long_is_one_too():
    with pytest.raises(ProtocolError, match="does not end"):
        Reader(most_head=100).feed(b"A: " + b"x" * 200 + b"\n\n")


@given(st.binary(max_size=300))
def test_garbage_raises_nothing_but_protocol_errors(data):
    reader = Reader(most_head=100, most_body=100)
    with suppress(ProtocolError):
        for message in reader.feed(data):
            message.items()
            assert len(message.body) <= 100


def test_the_usual_answers_are_made_once():
    first, second, api = Reader().feed(REPLY + REPLY + API)
    assert first is second
    assert (type(first), type(api)) == (Usual, Usual)
    assert (api.reply, api.is_ok) == ("+OK Success", True)


@pytest.mark.parametrize("many", [1, 8, 9, 30])
def test_usual_answers_in_a_row_are_as_many_as_came(many):
    row = (API + REPLY) * many
    found = Reader().feed(row + ODD)
    usual, api = Reader().feed(REPLY + API)
    assert found[:-1] == [api, usual] * many
    assert found[-1].reply == "+OK accepted"


def test_a_length_that_is_only_spoken_of_is_none():
    spoken = b"Content-Type: command/reply\nReply-Text: +OK Content-Length: 9\n\n"
    found = shape(Reader().feed(spoken + ODD + REPLY))
    assert found == [("command/reply", b"", b"")] * 3


def plain(event):
    head = b"Content-Length: %d\nContent-Type: text/event-plain\n\n" % len(event)
    return head + event


def test_an_event_comes_without_its_envelope():
    data = plain(b"Event-Name: CHANNEL_PARK\nUnique-ID: 4c1b\n\n")
    (event,) = Reader().feed(data)
    assert type(event) is PlainEvent
    assert (event.event(), event.event_name) == (event, b"CHANNEL_PARK")
    assert event.items() == [("Event-Name", "CHANNEL_PARK"), ("Unique-ID", "4c1b")]
    assert event.content_type == "text/event-plain"


def test_an_event_has_the_name_that_is_in_it_and_none_of_what_follows():
    for size in (0, 5, 14):
        head = b"Content-Length: %d\nContent-Type: text/event-plain\n\n" % size
        event, *_ = Reader().feed(head + b"Event-Name: X\n\n")
        assert event.event_name == (b"X" if size == 14 else b"")


def test_an_event_whose_name_is_not_first_has_an_envelope():
    (event,) = Reader().feed(plain(b"Event-Subclass: a\nEvent-Name: CUSTOM\n\n"))
    assert event.event_name == b""
    assert event.event().get("Event-Name") == "CUSTOM"


@pytest.mark.parametrize("name", [b"CUSTOM", b"BACKGROUND_JOB"])
def test_an_events_own_body_is_no_header_of_it(name):
    body = b"Unique-ID: 4c1b\n\n"
    (message,) = Reader().feed(plain(b"Event-Name: " + name + b"\nA: 1\n\n" + body))
    event = message.event()
    assert event.has(b"\nA: 1\n")
    assert (event.get("Unique-ID"), event.body) == (None, body)
    assert not event.has(b"\nUnique-ID: 4c1b\n")


def test_an_event_that_is_too_long_is_refused_before_it_is_there():
    reader = Reader(most_body=100)
    begin = plain(b"Event-Name: X\n" + b"x" * 100)[:75]
    with pytest.raises(ProtocolError, match="Content-Length that is none"):
        reader.feed(begin)
