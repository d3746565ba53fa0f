"""On a real FreeSWITCH: a card number that is entered is nowhere but at the shop.

Everything that the switch says while a caller enters a card number and its code is
listened to: all events of all listeners, its log at debug level, dumps of the channel's
variables, what it would write into a CDR. So is everything that eslflow says and keeps.
"""

import logging
import re
import wave
from array import array
from pathlib import Path

import gevent
import pytest
from gevent import socket
from gevent.event import Event

from tests.live import decode
from tests.live.account import spans_of
from tests.live.leaks import judge
from tests.live.office import CALLER, GREETING, PATIENCE_S, Office, password
from tests.live.rtp import STILL_MS
from tests.live.shipped import presses, serve, states, talks
from tests.live.tones import TONE_MS, keys_in
from tests.live.voice import PCMU
from tests.shop import CARD, CODE, Shop, object_of, says
from tests.steps_of import flow

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

STEPS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
before: {menu: welcome, keys: {9: card}, timeout: 60s, record: on}
card: {collect: welcome, digits: 12..19, into: card, check: luhn, secure: true}
code: {collect: welcome, digits: 3..4, into: code, secure: true}
pay:
  webhook: %s
  sends: [call]
  secrets: [card, code]
  gets: {status: payment}
  record: masked
after: {menu: welcome, keys: {9: bye}, timeout: 60s, record: on}
bye: {hangup: NORMAL_CLEARING}
"""


class Tap:
    """Hears everything that a switch tells anybody: all events, its log at debug."""

    def __init__(self, host):
        self.heard = bytearray()
        self._news = Event()
        self._sock = socket.create_connection((host, 8021))
        self._sock.sendall(f"auth {password()}\n\n".encode())
        self._sock.sendall(b"event plain ALL\n\nlog 7\n\n")
        self._reader = gevent.spawn(self._read)
        self.until(b"+OK log level")

    def _read(self):
        while data := self._sock.recv(1 << 20):
            self.heard += data
            self._news.set()

    def until(self, words):
        with gevent.Timeout(PATIENCE_S, AssertionError(f"never heard: {words}")):
            while words not in self.heard:
                self._news.clear()
                self._news.wait()

    def blocks(self, uuid):
        """Return the events and log lines of one channel."""
        parts = re.split(rb"Content-Length: \d+\n", bytes(self.heard))
        return [part for part in parts if uuid.encode() in part]

    def close(self):
        self._reader.kill()
        self._sock.close()


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    found.tap = Tap(freeswitch)
    yield found
    found.close()
    found.tap.close()


def pays(office, shop, enters, prepare=lambda call: None):
    """Let a caller agree, and enter card and code; return the call and a dump."""
    served = flow(STEPS % shop.url, GREETING)
    office.serve(served, office.quiet(served, ms=400))
    call = office.call()
    office.switch.does(f"uuid_loglevel {call.uuid} debug")
    prepare(call)
    office.until("asks", call)
    enters(call, "1")
    office.until("recording starts", call)
    office.until("asks", call)
    enters(call, "9")
    office.until("asks", call)
    enters(call, CARD[:7])
    call.speaks(ms=500)
    dump = office.switch.api(f"uuid_dump {call.uuid}")
    enters(call, CARD[7:] + "#")
    office.until("card: entered", call)
    office.until("asks", call)
    enters(call, CODE)
    office.until("done, HTTP 200", call)
    office.until("asks", call)
    call.speaks(ms=500)
    call.hang_up()
    call.until("down")
    return call, dump


@pytest.fixture
def debug(caplog):
    """Let eslflow log all it can."""
    caplog.set_level(logging.DEBUG)
    return caplog


def nowhere(office, call, dump, log):
    """Look for the digits in all that was said and kept; return what is kept."""
    kept = office.kept(call)
    office.tap.until(b"CHANNEL_DESTROY")
    heard = bytes(office.tap.heard)
    for path in office.folder.rglob("*"):
        if path.is_file():
            assert CARD.encode() not in path.read_bytes(), path
    assert CARD not in log.text
    assert CARD not in dump
    assert CARD.encode() not in heard
    assert CARD[:7].encode() not in heard
    mine = office.tap.blocks(call.uuid)
    assert not [part for part in mine if b"Event-Name: DTMF" in part]
    # The keys that began the recording are X too; the CDR has nothing else.
    dialled = {
        digits
        for part in mine
        for digits in re.findall(rb"variable_digits_dialed: (\S+)", part)
    }
    assert not [
        digits for digits in dialled if digits.strip(b"X") not in (b"", b"none")
    ]
    # What is left: an event here and there holds the one key that ended it.
    keys = {
        key
        for part in mine
        for key in re.findall(rb"variable_eslflow_key: (\S+)", part)
    }
    assert keys <= {*(str(digit).encode() for digit in range(10)), b"%23"}
    return kept


def by_event(call, keys):
    call.press(keys)


def by_sound(call, keys):
    call.whistle(keys)


def detects_tones(office):
    """Return what makes the switch listen for keys in the sound of a call."""

    def prepare(call):
        office.switch.does(f"uuid_broadcast {call.uuid} start_dtmf:: aleg")
        office.tap.until(b"Setting BUG Codec")
        assert call.speaks(ms=300)

    return prepare


def heard_in(office, kept):
    """Return the keys that sound in the recording, on the caller's track."""
    (recording,) = kept["recordings"]
    path = office.folder / recording["path"]
    with wave.open(str(path)) as file:
        sound = array("h", file.readframes(file.getnframes()))
        return keys_in(sound[:: file.getnchannels()])


def test_a_card_entered_by_key_is_told_to_nobody_but_the_shop(office, debug):
    with Shop(object_of(status="paid")) as shop:
        call, dump = pays(office, shop, by_event)
        (sent,) = shop.fields
    assert sent == {"call": call.uuid, "card": CARD, "code": CODE}
    kept = nowhere(office, call, dump, debug)
    assert b"DTMF" not in b"".join(office.tap.blocks(call.uuid))
    assert heard_in(office, kept) == ""


def test_a_card_entered_by_sound_is_in_no_recording(office, debug):
    with Shop(object_of(status="paid")) as shop:
        call, dump = pays(office, shop, by_sound, detects_tones(office))
        (sent,) = shop.fields
    assert (sent["card"], sent["code"]) == (CARD, CODE)
    kept = nowhere(office, call, dump, debug)
    assert heard_in(office, kept) == "9"
    # At debug level the detector itself logs each key; at any other nothing does.
    mine = b"".join(office.tap.blocks(call.uuid))
    told = re.findall(rb"\[DEBUG\][^\n]*DTMF DETECTED: \[(.)\]", mine)
    assert b"".join(told) == f"19{CARD}#{CODE}".encode()
    assert b"RECV DTMF" not in mine


# The shipped flow.

TOKEN = "tok-4711-secret"
DECLINED = says("402 Payment Required")


def through_payment(office, shop, monkeypatch, *keys):
    """Let a caller agree, and press keys; return the call and the agent's phone."""
    monkeypatch.setenv("PAYMENT_TOKEN", TOKEN)
    changes = {
        "https://pay.example.com/calls": shop.url,
        "queue: payments": f"queue: {office.queue.name}",
    }
    serve(office, "payment", changes=changes)
    phone = office.agent()
    call = office.call()
    office.switch.does(f"uuid_loglevel {call.uuid} debug")
    for key in keys:
        presses(office, call, key)
    return call, phone


def tones(call):
    """Return the keys that a phone has heard."""
    return keys_in([PCMU[byte] for _, packet in call.came() for byte in packet])


def test_payment_by_key_is_told_to_the_shop_and_then_an_agent_is_met(
    office, debug, monkeypatch
):
    with Shop(DECLINED) as shop:
        call, phone = through_payment(office, shop, monkeypatch, "1", "1")
        presses(office, call, CARD[:7])
        call.speaks(ms=500)
        dump = office.switch.api(f"uuid_dump {call.uuid}")
        call.press(CARD[7:] + "#")
        office.until("card: entered", call)
        presses(office, call, "0930")
        office.until("expiry: entered", call)
        presses(office, call, CODE)
        talk = phone.rings()
        office.until("recording starts", call)
        talks(call, talk, 1500)
        call.hang_up()
        call.until("down")
        (sent,) = shop.fields
        ((head, _),) = shop.asked
    assert (sent["card"], sent["expiry"], sent["code"]) == (CARD, "0930", CODE)
    assert f"Bearer {TOKEN}" in head
    kept = nowhere(office, call, dump, debug)
    assert states(kept) == ["requested", "granted"]
    assert heard_in(office, kept) == ""
    assert decode.read(Path(kept["recordings"][0]["path"])).of(CALLER)
    assert tones(talk) == ""
    for path in office.folder.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path
    assert TOKEN not in debug.text


def test_payment_by_voice_is_masked_while_the_agent_says_so(office, debug, monkeypatch):
    with Shop(DECLINED) as shop:
        call, phone = through_payment(office, shop, monkeypatch, "1", "2")
        talk = phone.rings()
        office.until("recording starts", call)
        talks(call, talk)
        talk.press("*1")
        office.until("is masked", call)
        # What a caller reads out, as the one thing that can be told from speech.
        call.whistle(CARD)
        call.speaks(ms=len(CARD) * (TONE_MS + 2 * STILL_MS) + 500)
        talk.press("*2")
        office.until("goes on unmasked", call)
        talks(call, talk)
        call.hang_up()
        call.until("down")
    assert shop.asked == []
    # The agent heard it, but for what the network may have lost.
    assert len(tones(talk)) > len(CARD) // 2
    kept = office.kept(call)
    assert heard_in(office, kept) == ""
    (row,) = kept["recordings"]
    spans = spans_of(kept["recording_actions"])
    said = {leg.phone.party: leg.said() for leg in (call, talk)}
    found = judge(decode.read(Path(row["path"])), said, spans, row["stopped_at"], 0)
    assert (found.leaks, found.blanked > 100, found.audible > 50) == ((), True, True)
