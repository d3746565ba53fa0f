"""One HTTP request."""

import pytest

from eslflow.errors import Unanswered, Unreached
from eslflow.switch.post import post
from tests.shop import Shop, says, unused_port


def test_it_is_told_when_its_first_byte_leaves():
    told = []
    with Shop() as shop:
        status, body = post(
            shop.url, {"A": "b"}, bytearray(b"{}"), lambda: told.append(1)
        )
        assert (status, body) == (200, b'{"status": "paid"}')
        assert "A: b" in shop.asked[0][0]
    with pytest.raises(Unreached, match="Connection refused"):
        post(
            f"http://127.0.0.1:{unused_port()}", {}, bytearray(), lambda: told.append(2)
        )
    assert told == [1]


def test_an_address_without_a_path_means_its_root():
    with Shop() as shop:
        post(shop.url.partition("/pay")[0], {}, bytearray(), lambda: None)
        assert shop.asked[0][0].startswith("POST / HTTP/1.1")


def test_what_is_cut_off_is_no_answer():
    with Shop(says("200 OK", b"{}")[:-1]) as shop, pytest.raises(Unanswered):
        post(shop.url, {}, bytearray(), lambda: None)


def test_a_name_that_cannot_be_looked_up_is_not_reached():
    with pytest.raises(Unreached):
        post(f"https://{'x' * 70}.invalid/", {}, bytearray(), lambda: None)
