"""The switch's own words."""

import pytest

from eslflow.sim.events import Headers, api_reply, encode, goodbye, lingers, reply
from eslflow.sim.state import State
from eslflow.wire.reader import Reader

WORDS = {
    "UUID": "u-1",
    "AGENT": "a-1",
    "MEMBER": "m-1",
    "NUMBER": "+49 1",
    "NAME": "Anna B",
    "CALLED": "100",
    "PATH": "support",
}


def read(data):
    return Reader().feed(data)[0].event()


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
    headers = Headers(WORDS, {"variable_mine": b"a b", "Caller-ANI": b"9"})
    data = headers.event("CHANNEL_PARK", 5, State().headers(), {"Extra": "x y"})
    event = read(data)
    assert event.get("Event-Name") == "CHANNEL_PARK"
    assert (event.get("Unique-ID"), event.get("Caller-ANI")) == ("u-1", "9")
    assert event.get("Caller-Caller-ID-Name") == "Anna B"
    assert event.variable("sip_full_from").startswith('"Anna B" <sip:+49 1@')
    assert (event.variable("mine"), event.get("Extra")) == ("a b", "x y")
    assert event.get("Event-Date-Timestamp") == "5"
    assert b"@" not in data.split(b"\n\n")[1]


def test_events_are_numbered():
    headers = Headers(WORDS, {})
    first, second = (
        int(read(headers.event("X", 1, None, {})).get("Event-Sequence"))
        for _ in range(2)
    )
    assert second > first


def test_a_variable_that_is_set_again_stands_there_once():
    headers = Headers(WORDS, {})
    headers.set("socket_resume", "false")
    headers.set("key", "1")
    headers.set("key", "")
    data = headers.event("X", 1, State().headers(), {})
    assert data.count(b"variable_socket_resume: ") == 1
    assert (headers.variable("socket_resume"), headers.variable("key")) == (
        "false",
        None,
    )


def test_an_event_of_no_channel_is_short_and_may_have_a_body():
    headers = Headers(WORDS, {})
    event = read(headers.event("BACKGROUND_JOB", 1, None, {"Job-UUID": "j"}, b"+OK\n"))
    assert event.get("Unique-ID") is None
    assert (event.get("Content-Length"), event.body) == ("4", b"+OK\n")


def test_the_agents_leg_has_headers_of_its_own():
    headers = Headers(WORDS, {})
    extra = {"Answer-State": "hangup"}
    event = read(headers.agent_event("CUSTOM", 1, "a-2", extra, {"mine": "a b"}))
    assert event.get("Unique-ID") == "a-2"
    assert event.variable("mine") == "a b"
    assert event.get("Answer-State") == "hangup"
    assert event.get("variable_cc_member_session_uuid") == "u-1"


def test_a_channel_names_the_leg_it_is_joined_with():
    headers = Headers(WORDS, {})
    headers.join("a-2")
    event = read(headers.event("X", 1, State().headers(), {}))
    assert event.get("Other-Leg-Unique-ID") == "a-2"
    assert event.variable("bridge_uuid") == "a-2"
    headers.part()
    event = read(headers.event("X", 1, State().headers(), {}))
    assert event.get("Other-Leg-Unique-ID") is None


def test_raw_lines_stand_at_the_end_of_each_block():
    headers = Headers(WORDS, {}, b"variable_forged: yes\nUnique-ID: other\n")
    event = read(headers.event("X", 1, State().headers(), {}))
    assert (event.variable("forged"), event.get("Unique-ID")) == ("yes", "u-1")


def test_what_goes_over_the_socket_can_be_read():
    data = reply("+OK") + api_reply("yes\n") + lingers("u", "sofia/x", 5) + goodbye("u")
    messages = Reader().feed(data)
    assert [message.content_type for message in messages] == [
        "command/reply",
        "api/response",
        "text/disconnect-notice",
        "text/disconnect-notice",
    ]
    assert messages[2].get("Linger-Time") == "5"
    assert messages[3].body.startswith(b"Disconnected, goodbye.")
