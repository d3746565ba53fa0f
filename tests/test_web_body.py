"""What a request asks for."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.call.receipt import receipt_of
from eslflow.call.wishes import Want, Wish
from eslflow.web.body import claim_of, wish_of
from eslflow.web.receipts import Claim
from eslflow.web.refusal import Refusal


def refused(body):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(Refusal) as caught:
        wish_of(data, "cli anna")
    assert caught.value.status == 400
    return str(caught.value)


def test_a_wish_names_who_asks():
    data = b'{"want": "masked", "for": "180s"}'
    assert wish_of(data, "token pay") == Wish(Want.MASKED, "token pay", 180.0)
    data = b'{"want": "on", "all": true}'
    assert wish_of(data, "a", "cli") == Wish(Want.ON, "a", None, "cli", True)
    assert wish_of(b'{"want": "off"}', "cli anna") == Wish(Want.OFF, "cli anna", None)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "the body is no JSON. Send {"),
        (b"{", "the body is no JSON"),
        (b"[" * 4000, "the body is no JSON"),
        (b"9" * 4500, "the body is no JSON"),
        (b"\xff", "the body is not UTF-8"),
        (b"[]", "the body is no JSON object"),
        (b'{"want": "on", "want": "off"}', "a key stands twice"),
        ({}, "'want' is missing"),
        (
            {"wnat": "on"},
            "'wnat' is no key. Did you mean 'want'? It takes: want, for",
        ),
        ({"want": "mask"}, "'mask' is not right here. Did you mean 'masked'?"),
        ({"want": "MASKED"}, "Takes one of on, masked, off."),
        ({"want": True}, "'true' is not right here"),
        ({"want": None}, "nothing stands where"),
        ({"want": ["on"]}, "a list stands where"),
        ({"want": "masked", "for": 180}, "'180' is no duration. Write 180s for sec"),
        ({"want": "masked", "for": 1.5}, "Write 1.5s for seconds."),
        ({"want": "masked", "for": "180"}, "'180' is no duration"),
        ({"want": "masked", "for": "0s"}, "'0s' is out of range. Takes 1s to 1d."),
        ({"want": "masked", "for": {}}, "a mapping stands where"),
        ({"want": "on", "for": "1s"}, "'for' means nothing with 'on'"),
        ({"want": "off", "all": True}, "'all' means nothing with 'off'"),
        ({"want": "on", "all": "yes"}, "all: true or false is wanted"),
        ({"want": "x" * 3000}, "xxx..."),
    ],
)
def test_what_is_no_wish_is_told(body, told):
    assert told in refused(body)


@given(st.binary(max_size=200) | st.recursive(st.text(), st.lists).map(
    lambda value: json.dumps({"want": value}).encode()
))  # fmt: skip
def test_whatever_is_sent_is_a_wish_or_refused(data):
    with suppress(Refusal):
        assert wish_of(data, "cli anna").want in Want


CODE = receipt_of("u-1")


@pytest.mark.parametrize("text", [CODE, f"{CODE[:4]} {CODE[4:]}"])
def test_a_claim_is_a_receipt_and_a_number(text):
    data = json.dumps({"receipt": text, "caller": "+4930"}).encode()
    assert claim_of(data) == Claim(CODE, "+4930")


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"receipt": CODE}, "'caller' is missing, or no text"),
        ({"receipt": 12345678, "caller": "1"}, "'receipt' is missing, or no text"),
        ({"receipt": CODE, "caller": "1", "callr": "2"}, "is no key"),
        ({"receipt": "1234", "caller": "1"}, "is no receipt"),
        ({"receipt": CODE[:7] + str((int(CODE[7]) + 1) % 10), "caller": "1"}, "is no"),
    ],
)
def test_what_is_no_claim_is_told(sent, error):
    with pytest.raises(Refusal, match=error) as caught:
        claim_of(json.dumps(sent).encode())
    assert caught.value.status == 400
    assert caught.value.hint
