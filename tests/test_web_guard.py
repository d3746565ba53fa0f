"""Who asks."""

import pytest

from eslflow.web.guard import KNOWN, MOST_FAILURES, MOST_PEERS, Guard
from eslflow.web.refusal import Refusal
from eslflow.web.scopes import Scope, Who
from eslflow.web.token_file import add
from eslflow.web.tokens import Token, Tokens, digest, micros

SECRET = "eslflow_for-tests-only"
SOON = micros("2027-01-31")


class Clock:
    def __init__(self):
        self.at = micros("2026-11-24")

    def now(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def guard(tmp_path, clock):
    path = tmp_path / "tokens.yaml"
    add(path, Token("page", digest(SECRET), (Scope.MASK,), (), SOON))
    return Guard(Tokens(path), clock)


def shown(secret, peer="192.0.2.7"):
    return {"HTTP_AUTHORIZATION": secret, "REMOTE_ADDR": peer}


def refused(guard, environ):
    with pytest.raises(Refusal) as caught:
        guard.admit(environ)
    return caught.value


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER "])
def test_who_shows_a_token_is_let_in(guard, word):
    assert guard.admit(shown(f"{word} {SECRET}")).by == "token page"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer  ", SECRET, "Basic abc"])
def test_without_a_token_nobody_is_let_in(guard, header):
    refusal = refused(guard, shown(header))
    assert (refusal.status, refusal.error) == (401, "no token was shown")
    assert refusal.headers["WWW-Authenticate"] == 'Bearer realm="eslflow"'
    assert refused(guard, {}).status == 401


def test_a_token_that_has_expired_is_told_so(guard, clock, caplog):
    clock.at = SOON
    refusal = refused(guard, shown(f"Bearer {SECRET}"))
    assert refusal.error == "the token 'page' has expired"
    assert "the token page has expired" in caplog.text


def test_whoever_guesses_is_slowed_down_and_told_of(guard, clock, caplog):
    wrong = shown("Bearer guess")
    for _ in range(MOST_FAILURES):
        refusal = refused(guard, wrong)
        assert refusal.status == 401
        assert "invalid_token" in refusal.headers["WWW-Authenticate"]
    assert refused(guard, wrong).headers["Retry-After"] == "60"
    clock.at += 59_000_000
    refusal = refused(guard, wrong)
    assert (refusal.status, refusal.headers["Retry-After"]) == (429, "1")
    assert caplog.text.count("it has shown a wrong token") == MOST_FAILURES
    assert caplog.text.count("wrong tokens within a minute") == 1
    assert guard.failures == MOST_FAILURES + 2
    clock.at += 1_000_000
    assert refused(guard, wrong).status == 401


def test_a_good_token_passes_whoever_guesses_from_the_same_address(guard):
    for _ in range(MOST_FAILURES + 5):
        refused(guard, shown("Bearer guess"))
    assert guard.admit(shown(f"Bearer {SECRET}")).by == "token page"


def test_many_peers_take_no_memory(guard):
    for number in range(MOST_PEERS + 50):
        refused(guard, shown("Bearer guess", f"2001:db8::{number:x}"))
    assert len(guard._failed) == MOST_PEERS


def test_whoever_the_server_knows_needs_no_token(clock):
    guard = Guard(None, clock)
    anna = Who("cli anna")
    assert guard.admit({KNOWN: anna}) is anna
    assert refused(guard, shown(f"Bearer {SECRET}")).status == 401
    assert refused(guard, {"HTTP_" + KNOWN.upper(): "x"}).status == 401
