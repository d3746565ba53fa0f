"""Whole calls that pay at a shop on loopback, and where the card is not."""

import logging

import pytest

from eslflow.rig import Rig
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.script import HANG_UP, Script
from tests.peers import make_sounds
from tests.shop import CARD, CODE, Shop, object_of, says, unused_port
from tests.steps_of import flow

STEPS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
before: {announce: welcome, record: on}
card: {collect: which, digits: 12..19, into: card, check: luhn, secure: true}
code: {collect: which, digits: 4, into: code, secure: true}
pay:
  webhook: %s
  sends: [call, caller]
  secrets: [card, code]
  gets: {status: payment}
  timeout: 1s
  retries: 0
  done: paid
  refused: declined
  failed: unsure
paid: {announce: welcome, next: talk}
declined: {announce: welcome, next: talk}
unsure: {announce: welcome, next: talk}
talk: {queue: support, record: on}
"""
KEYS = ("1", f"{CARD}#", CODE)


class Office:
    """A controller with one flow, and what it has told."""

    def __init__(self, folder, url):
        self.folder = folder
        self.steps = []
        self.told = []
        served = flow(STEPS % url)
        self.rig = Rig(
            [served],
            make_sounds(folder / "sounds", served),
            folder,
            clock=SimulatedClock(),
            watch=self.hears,
        )

    def hears(self, uuid, now, what):
        self.told.append(what.text)
        for found in self.rig.controller._open:
            self.steps.append(found.step)
            live = found._engine.live
            parts = [
                live.values,
                live.secrets,
                found.about(),
                found._engine._tracks,
                [track.awaited for track in found._engine._tracks],
            ]
            self.told.append(repr(parts))

    def call(self, keys=KEYS, **script):
        return self.rig.call(Script(keys=keys, path="test", uuid="u-1", **script))


@pytest.fixture
def office(tmp_path):
    made = []

    def make(url):
        made.append(Office(tmp_path, url))
        return made[-1]

    yield make
    for each in made:
        each.rig.close()


def written(folder):
    return b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


def test_a_card_is_nowhere_but_at_the_shop(office, tmp_path, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    with Shop() as shop:
        found = office(shop.url)
        call = found.call()
        (sent,) = shop.fields
    assert sent == {"call": "u-1", "caller": "+4930123456", "card": CARD, "code": CODE}
    found.rig.close()
    said = "".join(found.told) + caplog.text + "".join(capsys.readouterr())
    assert "paid" in found.steps
    data = written(tmp_path) + said.encode()
    for at in range(len(CARD) - 5):
        assert CARD[at : at + 6].encode() not in data
    # Nor on the wire to the switch and back, but for one key at a time.
    wire = b"".join(part.data for part in call.transcript)
    assert CARD[:7].encode() not in wire


def test_a_recording_is_masked_while_digits_are_entered_and_keys_are_secret(office):
    with Shop() as shop:
        found = office(shop.url)
        call = found.call()
    said = b"".join(part.data for part in call.transcript if not part.is_switch)
    words = (b"sensitive_dtmf=true", b" mask ", b" eslflow_key", b"sensitive_dtmf=\n")
    places = [said.index(word) for word in words]
    assert places == sorted(places)
    assert call.breaches == []


@pytest.mark.parametrize(
    ("answer", "step", "words"),
    [
        (object_of(status="paid"), "paid", "done, HTTP 200"),
        (says("402 No", b'{"status": "declined"}'), "declined", "refused, HTTP 402"),
        (says("302 Found", b"", b"Location: http://127.0.0.1:1/\r\n"), "unsure", "302"),
        (says("503 Busy"), "unsure", "failed, HTTP 503"),
        (says("200 OK", b"x" * 1_000_000), "unsure", "more than 65536 bytes"),
        (says("200 OK", b"garbage"), "unsure", "without a JSON object"),
        (says("200 OK", b"{}" * 9)[:-3], "unsure", "cut off"),
        (b"\x00\xff\x00\r\n\r\n", "unsure", "BadStatusLine"),
        ("hangs", "unsure", "no answer"),
        ("drips", "unsure", "no answer"),
        (object_of(status=CARD), "unsure", "repeats a secret"),
    ],
)
def test_whatever_the_shop_answers_the_caller_goes_on(
    office, answer, step, words, caplog
):
    with Shop() as shop:
        shop._answers = [getattr(shop, answer) if isinstance(answer, str) else answer]
        found = office(shop.url)
        call = found.call()
        assert len(shop.asked) == 1
    assert step in found.steps
    assert any(words in text for text in found.told), found.told
    assert "talk" in found.steps
    assert call.ending == "hung_up"
    assert CARD not in caplog.text + "".join(found.told)


def test_a_shop_that_is_not_there_is_told_apart(office):
    found = office(f"http://127.0.0.1:{unused_port()}/")
    found.call()
    (told,) = [text for text in found.told if "failed" in text and "webhook" in text]
    assert "Connection refused" in told
    assert told.endswith("nothing was sent")


def test_who_hangs_up_while_entering_leaves_nothing_and_pays_nothing(office, tmp_path):
    with Shop() as shop:
        found = office(shop.url)
        found.call(keys=("1", f"{CARD}#", HANG_UP))
        assert shop.asked == []
    found.rig.close()
    assert CARD[:6].encode() not in written(tmp_path)


def test_who_hangs_up_while_the_shop_thinks_has_it_told(office, caplog):
    with Shop() as shop:
        found = office(shop.url)

        def late(sock):
            found.rig.controller.courier.left(next(iter(found.rig.controller._open)))
            sock.sendall(says("200 OK", b"{}"))

        shop._answers = [late]
        found.call()
        assert len(shop.asked) == 1
    assert "was sent, and the call did not wait for its end: HTTP 200" in caplog.text
