"""The switch's own words."""

import pytest

from eslflow.sim.events import Headers, api_reply, encode, envelope, notice, reply
from eslflow.wire.message import Message
from eslflow.wire.reader import Reader


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (b"Anna B", b"Anna%20B"),
        (b"100% sure", b"100%25%20sure"),
        (b"%0A", b"%0A"),
        (b"\xeb\n", b"%EB%0A"),
        (b"'(,)/$-_.~*!", b"'(,)/$-_.~*!"),
        (b"a=b;c", b"a%3Db%3Bc"),
    ],
)
def test_values_are_encoded_as_the_switch_does(value, encoded):
    assert encode(value) == encoded


def test_a_channels_headers_are_a_real_ones_with_its_own_values():
    headers = Headers({"Unique-ID": b"u-1", "variable_mine": b"a b"})
    block = headers.event("CHANNEL_PARK", {"key": b"1"}, {"Extra": "x y"})
    event = Message(block.rstrip(b"\n"))
    assert event.get("Event-Name") == "CHANNEL_PARK"
    assert (event.get("Unique-ID"), event.variable("mine")) == ("u-1", "a b")
    assert (event.variable("key"), event.get("Extra")) == ("1", "x y")
    assert len(block) > 3000
    assert len(headers.event("CUSTOM", {}, uuid=False)) < 100


def test_what_goes_over_the_socket_can_be_read():
    data = reply("+OK") + api_reply("yes\n") + envelope(b"Event-Name: X\n\n")
    data += notice("u", "linger", 5) + notice("u", "disconnect")
    kinds = [message.content_type for message in Reader().feed(data)]
    assert kinds == [
        "command/reply",
        "api/response",
        "text/event-plain",
        "text/disconnect-notice",
        "text/disconnect-notice",
    ]
