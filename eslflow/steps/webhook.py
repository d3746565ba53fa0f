"""`webhook`: send what the call has found out to a program, and take its answer.

In: one address of the file, names of values and secrets. Out: the ending `done`,
`refused` (the program says no: 4xx) or `failed` (no answer, or none that can be used),
with fields of the answer as values. The call waits `timeout` at most, whatever happens.
Secrets go into this one request and are wiped with its end. Must not send anything
itself: the driver does.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from eslflow.call.commands import Alarm, Command, Recall, Request, Token
from eslflow.call.events import CallEnded, Event, Responded
from eslflow.call.secret import Secret
from eslflow.flow import codes
from eslflow.flow.entries import CALL, Answers, ValueNames
from eslflow.flow.options import Duration, Whole, option
from eslflow.flow.outside import HeaderName, ProgramUrl, TokenFile, Variable
from eslflow.flow.problems import Wrong
from eslflow.steps.step import Road, Step

if TYPE_CHECKING:
    from eslflow.call.live import Live
    from eslflow.flow.model import Purpose

MOST_VALUE = 200
"""Characters of a value; a longer one is none."""
TELLING = 8
"""Digits of a secret that an answer must not repeat; fewer are found in anything."""


@dataclass(frozen=True, kw_only=True)
class Webhook(Step):
    """Sends values to a program by HTTP, and takes its answer."""

    kind: ClassVar[str] = "webhook"
    endings: ClassVar[tuple[str, ...]] = ("done", "refused", "failed")
    fallbacks: ClassVar[frozenset[str]] = frozenset({"refused", "failed"})

    url: str = option(ProgramUrl(), help="Where it is sent.", key="webhook")
    sends: tuple[str, ...] = option(
        ValueNames(),
        (),
        "Values to send, caller and called among them; call: its uuid.",
    )
    secrets: tuple[str, ...] = option(
        ValueNames(), (), "What secure steps have collected; wiped afterwards."
    )
    gets: tuple[tuple[str, str], ...] = option(
        Answers(), (), "Fields of the answer that become values."
    )
    timeout: float = option(
        Duration(1, 30), 5.0, "How long the call waits at most, all tries together."
    )
    retries: int = option(
        Whole(0, 3), 1, "How often it is tried again where nothing has come of it."
    )
    token_env: str = option(
        Variable(), "", "The environment variable that holds its token."
    )
    token_file: str = option(TokenFile(), "", "The file that holds its token.")
    token_header: str = option(
        HeaderName(), "Authorization", "The header for the token."
    )

    def writes(self) -> tuple[str, ...]:
        """Return the values that its answer gives."""
        return tuple(name for _, name in self.gets)

    def refers_to(self) -> Iterator[tuple[str, str, str]]:
        """Yield the values that it sends."""
        for name in self.sends:
            if name != CALL:
                yield "sends", "value", name

    def carries(self) -> tuple[str, ...]:
        """Return the secrets that it sends."""
        return self.secrets

    def sets(self, ending: str) -> tuple[str, ...]:
        """Return the secrets, which are wiped; and the values, where it was asked."""
        return self.secrets if ending == "failed" else self.secrets + self.writes()

    def renamed(self, names: Mapping[str, str]) -> Step:
        """Return the same step with other names for its values and secrets."""
        return replace(
            self,
            sends=tuple(names.get(name, name) for name in self.sends),
            secrets=tuple(names.get(name, name) for name in self.secrets),
            gets=tuple((field, names.get(name, name)) for field, name in self.gets),
        )

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield what contradicts itself."""
        for name in sorted({*self.sends} & {*self.secrets}):
            problem = f"'{name}' is sent as a value and as a secret"
            yield codes.SECRET, "sends", problem, "Name it once."
        if self.token_env and self.token_file:
            problem = "there are two places for one token"
            hint = "Remove token_env or token_file."
            yield codes.NOT_TOGETHER, "token_file", problem, hint
        if self.token_header != Token().header and not self._token:
            problem = "a header for a token, and no token"
            hint = "Add token_env or token_file."
            yield codes.NOT_TOGETHER, "token_header", problem, hint

    @property
    def _token(self) -> Token | None:
        if not (self.token_env or self.token_file):
            return None
        return Token(self.token_file, self.token_env, self.token_header)

    @property
    def _where(self) -> str:
        """The program's host, for people; the rest of the address may be its secret."""
        return urlsplit(self.url).netloc

    def run(self, live: Live) -> Road:
        """Send, and wait for the answer; whatever comes of it, secrets are wiped."""
        try:
            lacking = [name for name in self.secrets if name not in live.secrets]
            if lacking:
                yield Alarm(f"nobody has asked the caller for {', '.join(lacking)}")
                return "failed"
            return (yield from self._ask(live))
        finally:
            live.forget(self.secrets)

    def _ask(self, live: Live) -> Road:
        ticket = live.new_request()
        fields = self._fields(live)
        began = live.now
        live.tell(f"webhook {self._where}: asks")
        try:
            answer = yield Request(
                ticket, self.url, fields, self._token, self.timeout, self.retries
            )
        except CallEnded:
            # What has left cannot be taken back; the driver tells what comes of it.
            live.tell(f"webhook {self._where}: the call has ended meanwhile")
            yield Recall(ticket)
            raise
        if not isinstance(answer, Responded):
            yield Recall(ticket)
            answer = Responded(ticket, problem=f"no answer within {self.timeout:g} s")
        ending, why = self._take(live, answer, fields)
        took = f"after {(live.now - began) / 1e6:.1f} s"
        yield from self._say(live, ending, f"{why} {took}", answer)
        return ending

    def _say(
        self, live: Live, ending: str, why: str, answer: Responded
    ) -> Generator[Command, Event | None, None]:
        told = f"webhook {self._where}: {ending}, {why}"
        if ending != "failed":
            live.tell(told)
            return
        doubt = "; it may have been done" if answer.is_sent else "; nothing was sent"
        yield Alarm(told + doubt)

    def _fields(self, live: Live) -> dict[str, str | Secret]:
        fields: dict[str, str | Secret] = {
            name: live.offered.uuid if name == CALL else live.value(name)
            for name in self.sends
        }
        fields.update((name, live.secrets[name]) for name in self.secrets)
        return fields

    def _take(
        self, live: Live, answer: Responded, fields: Mapping[str, str | Secret]
    ) -> tuple[str, str]:
        """Take the values of an answer; return the ending, and why."""
        for _, name in self.gets:
            live.values[name] = ""
        if not answer.status:
            return "failed", answer.problem
        found = _object(answer.body)
        is_done = 200 <= answer.status < 300
        if found is None:
            if is_done and self.gets:
                return "failed", f"HTTP {answer.status} without a JSON object"
        elif _repeats(answer.body, fields):
            return "failed", f"HTTP {answer.status} that repeats a secret"
        else:
            for field, name in self.gets:
                live.values[name] = _text(found.get(field))
        is_refused = 400 <= answer.status < 500
        ending = "done" if is_done else "refused" if is_refused else "failed"
        return ending, f"HTTP {answer.status}"


def _object(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object that an answer is; numbers stay as they are written."""
    try:
        found = json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _repeats(body: bytes, fields: Mapping[str, str | Secret]) -> bool:
    """Whether an answer holds what is to be nowhere after this."""
    said = "".join(filter(str.isdigit, body.decode("ascii", "replace")))
    secrets = [value for value in fields.values() if isinstance(value, Secret)]
    return any(secret.reveal() in said for secret in secrets if len(secret) >= TELLING)


def _text(value: object) -> str:
    """Return a scalar as text; anything else, and what is too long, is empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and len(value) <= MOST_VALUE:
        return value
    return ""


def fields_got(steps: Iterable[Step]) -> tuple[str, ...]:
    """Return the fields that webhooks among these steps get of their answers."""
    hooks = (step for step in steps if isinstance(step, Webhook))
    return tuple(dict.fromkeys(field for hook in hooks for field, _ in hook.gets))
