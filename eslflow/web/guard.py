"""Who asks: nobody gets past without a token, and nobody guesses one quietly.

In: a request's environment. Out: who it is, or a refusal. Must not decide what he may
do: `scopes` does.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from eslflow.clock import Clock
from eslflow.errors import on_one_line
from eslflow.web.refusal import Refusal
from eslflow.web.scopes import Who
from eslflow.web.tokens import Tokens, find

log = logging.getLogger("eslflow.control")

KNOWN = "eslflow.who"
"""Where the server says who is at the other end, if it knows: on the site's socket."""
MOST_FAILURES = 10
"""Of one peer in a minute."""
MINUTE = 60_000_000
MOST_PEERS = 1000
"""Peers whose failures are remembered."""
HINT = "Send the header: Authorization: Bearer TOKEN. eslflow tokens add makes one."


class Guard:
    """Lets in who has shown a token."""

    def __init__(self, tokens: Tokens | None, clock: Clock) -> None:
        self.tokens = tokens
        self.failures = 0
        """Wrong tokens so far."""
        self._clock = clock
        self._failed: OrderedDict[str, tuple[int, int]] = OrderedDict()
        """By peer: when its minute began, and how many wrong tokens since."""

    def admit(self, environ: Mapping[str, Any]) -> Who:
        """Return who asks.

        Raises:
            Refusal: 401 without a good token, 429 after too many wrong ones.
        """
        known = environ.get(KNOWN)
        if isinstance(known, Who):
            return known
        scheme, _, secret = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise _unknown("no token was shown")
        tokens = {} if self.tokens is None else self.tokens.now()
        token = find(tokens, secret.strip())
        peer = environ.get("REMOTE_ADDR", "")
        if token is None:
            raise self._failed_by(peer)
        if token.expires and token.expires <= self._clock.now():
            log.warning("refused %s: the token %s has expired", peer, token.name)
            raise _unknown(f"the token '{token.name}' has expired", 'error="expired"')
        return token.who

    def _failed_by(self, peer: str) -> Refusal:
        """Note a wrong token; return the refusal.

        Only wrong ones are slowed down: behind a proxy every peer has one address, and
        whoever guesses must not lock out the page that masks a card number.
        """
        self.failures += 1
        now = self._clock.now()
        since, count = self._failed.pop(peer, (now, 0))
        if not 0 <= now - since < MINUTE:
            since, count = now, 0
        self._failed[peer] = (since, count + 1)
        if len(self._failed) > MOST_PEERS:
            self._failed.popitem(last=False)
        if count < MOST_FAILURES:
            log.warning("refused %s: it has shown a wrong token", on_one_line(peer))
            return _unknown("this token is not known", 'error="invalid_token"')
        if count == MOST_FAILURES:
            log.error(
                "refused %s: %d wrong tokens within a minute, more are not told",
                on_one_line(peer),
                count,
            )
        wait = -((now - since - MINUTE) // 1_000_000)
        headers = {"Retry-After": str(wait)}
        return Refusal(429, "too many wrong tokens", "Wait a minute.", headers=headers)


def _unknown(error: str, more: str = "") -> Refusal:
    told = ", ".join(filter(None, ['Bearer realm="eslflow"', more]))
    return Refusal(401, error, HINT, headers={"WWW-Authenticate": told})
