"""Digits that nobody may see."""

import copy
import json
import logging
import pickle
import traceback

import pytest

from eslflow.call.secret import MOST, Secret

CARD = "4111111111111111"


def test_it_counts_and_gives_its_digits_away_once_asked():
    secret = Secret("41")
    secret.add("7")
    assert (len(secret), secret.reveal(), secret.numbers()) == (3, "417", [4, 1, 7])


def shows(secret):
    yield str(secret)
    yield repr(secret)
    yield f"{secret}"
    yield f"{secret!r:>20} {secret:>20}"
    yield "%s %r" % (secret, secret)  # noqa: UP031  as logging does it
    yield str({"card": secret})
    yield str([secret])


def test_whatever_shows_it_shows_stars(caplog):
    secret = Secret(CARD)
    caplog.set_level(logging.DEBUG)
    logging.getLogger("x").debug("card %s %r", secret, {"card": secret})
    for text in [*shows(secret), caplog.text]:
        assert "***" in text
        assert CARD[:4] not in text


def test_a_traceback_with_its_locals_shows_stars():
    secret = Secret(CARD)
    try:
        raise ValueError(secret)
    except ValueError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert CARD not in "".join(told.format())
    assert "***" in "".join(told.format())


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps, json.dumps])
def test_it_cannot_be_copied(copied):
    with pytest.raises(TypeError):
        copied(Secret(CARD))


def test_wiped_it_is_empty_and_its_memory_overwritten():
    secret = Secret(CARD)
    held = secret._digits
    secret.wipe()
    assert (len(secret), secret.reveal()) == (0, "")
    assert held == bytes(MOST)


def test_more_digits_than_fit_are_refused():
    secret = Secret("1" * MOST)
    with pytest.raises(IndexError):
        secret.add("1")
