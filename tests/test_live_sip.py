import pytest

from tests.live import sip
from tests.live.sip import Message

INVITE = (
    b"INVITE sip:agent@127.0.0.1:26000 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKone\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.1:5080;branch=z9hG4bKtwo\r\n"
    b'From: "Alice" <sip:1@127.0.0.1>;tag=abc\r\n'
    b"Content-Length: 8\r\n\r\n"
    b"v=0\r\nm=\n"
)


def test_a_request_is_read():
    found = sip.parse(INVITE)
    assert (found.method, found.status) == ("INVITE", 0)
    assert found.get("from") == '"Alice" <sip:1@127.0.0.1>;tag=abc'
    assert len(found.all("Via")) == 2
    assert found.get("To") == ""
    assert found.body == "v=0\r\nm=\n"


def test_what_is_read_is_written_alike():
    assert sip.parse(sip.parse(INVITE).encode()) == sip.parse(INVITE)


def test_a_response_has_a_status_and_no_method():
    found = sip.parse(b"SIP/2.0 486 Busy Here\r\n\r\n")
    assert (found.method, found.status) == ("", 486)


@pytest.mark.parametrize(
    ("message", "place"),
    [
        (Message("BYE sip:x@127.0.0.1:5070;transport=udp SIP/2.0", ()), 5070),
        (Message("BYE sip:x@127.0.0.1 SIP/2.0", ()), 5060),
        (Message("SIP/2.0 200 OK", (("Via", "SIP/2.0/UDP 127.0.0.1:5071"),)), 5071),
        (Message("SIP/2.0 200 OK", (("Via", "SIP/2.0/UDP 127.0.0.1;x"),)), 5060),
    ],
)
def test_a_message_goes_to_its_target_or_back_to_who_asked(message, place):
    assert message.destination == ("127.0.0.1", place)


def test_a_message_to_nobody_is_refused():
    with pytest.raises(ValueError, match="nowhere"):
        _ = Message("BYE sip:example.com SIP/2.0", ()).destination


def test_an_offer_says_where_and_which_way():
    body = sip.offer(4000, "sendonly")
    assert sip.media(body) == ("127.0.0.1", 4000)
    assert "a=sendonly\r\n" in body
    assert sip.direction(body) == "sendonly"
    assert sip.media("v=0") is None
    assert sip.direction("v=0") == "sendrecv"


def test_addresses_and_tags_are_found():
    assert sip.uri('"A" <sip:a@b:1;x=y>;tag=c') == "sip:a@b:1;x=y"
    assert sip.uri("sip:a@b;tag=c") == "sip:a@b"
    assert sip.tag("<sip:a@b>;tag=c;x") == "c"
    assert sip.tag("<sip:a@b>") == ""
