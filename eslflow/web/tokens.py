"""The site's tokens: who may use the control API, read as strictly as a flow.

In: `tokens.yaml`, a token that somebody shows. Out: what it permits. The file holds no
token, only SHA-256 of each: 256 random bits cannot be guessed, so a slow hash would
only make each request slow. Must not be readable by others all the same.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from eslflow.errors import (
    FlowErrors,
    SettingsError,
    demand_file,
    on_one_line,
    unreadable,
)
from eslflow.flow import codes
from eslflow.flow.document import Document, Kind, Mark, Node
from eslflow.flow.options import OneOf
from eslflow.flow.problems import Context, entries_of, named, scalar
from eslflow.web.scopes import Scope, Who

log = logging.getLogger("eslflow.control")

KEYS = ("sha256", "scopes", "agents", "expires")
PREFIX = "eslflow_"
"""Lets people and scanners of secrets see what it is."""
EXTENSION = re.compile(r"[A-Za-z0-9_.+*#@-]{1,40}")
EXTENSION_WORDS = "an agent's extension such as 1001"

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Token:
    """One token, without its secret."""

    name: str
    sha256: str
    scopes: tuple[Scope, ...]
    agents: tuple[str, ...] = ()
    """The agents whose calls it may touch; none: every call."""
    expires: int = 0
    """In microseconds since 1970; 0: never."""

    @property
    def who(self) -> Who:
        """Who shows it."""
        name = f"token {self.name}"
        return Who(name, frozenset(self.scopes), frozenset(self.agents))


def new_secret() -> str:
    """Return a token nobody has had before."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def find(tokens: Mapping[str, Token], secret: str) -> Token | None:
    """Return the token that was shown; how long it takes says nothing of it."""
    shown = digest(secret)
    found = None
    for token in tokens.values():
        if hmac.compare_digest(token.sha256, shown):
            found = token
    return found


def read_tokens(path: Path) -> dict[str, Token]:
    """Return the tokens by name; without a file there are none.

    Raises:
        SettingsError: the file cannot be read, or can be by others.
        FlowErrors: everything that is wrong with it.
    """
    try:
        demand_file(path)
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read()
    except FileNotFoundError:
        return {}
    except OSError as error:
        hint = "The tokens of the control API stand in a file"
        raise SettingsError(
            f"{unreadable(path, error)} {hint}: control: {{tokens: tokens.yaml}}"
        ) from error
    if mode & 0o077:
        raise SettingsError(
            f"others may read or write {path}, which says who may use the control "
            f"API. Run: chmod 600 {path}"
        )
    return parse(data, str(path))


def parse(data: bytes, file: str) -> dict[str, Token]:
    """Return the tokens of a file's text.

    Raises:
        FlowErrors: everything that is wrong with it.
    """
    document = Document(data, file)
    top = document.read()
    if top.kind is Kind.NOTHING:
        top = Node(Kind.MAPPING, Mark(1, 1))
    context = Context(document, {}, "tokens")
    if top.kind is not Kind.MAPPING:
        problem = f"{top.kind.value} stands where tokens are"
        hint = (
            "Make one with: eslflow tokens add NAME. Each stands at the line's begin."
        )
        context.problem(codes.WRONG_VALUE, top, problem, hint)
        document.stop_if_broken()
    found = named(top, context, "token", lambda name, n: _token(name, n, context))
    document.stop_if_broken()
    return found


def _token(name: str, node: Node, context: Context) -> Token | None:
    context = context.inside(name)
    entries = entries_of(node, context, KEYS, "{sha256: ..., scopes: [...]}")
    if entries is None:
        return None
    for key in ("sha256", "scopes"):
        if key not in entries:
            hint = f"Make it anew: eslflow tokens add {name}"
            context.problem(codes.MISSING, node, f"'{key}' is missing", hint)
    return Token(
        name,
        _read(entries, "sha256", context, _sha256, ""),
        _read(entries, "scopes", context, _scopes, ()),
        _read(entries, "agents", context, _agents, ()),
        _read(entries, "expires", context, _expires, 0),
    )


def _read(
    entries: Mapping[str, Node],
    key: str,
    context: Context,
    convert: Callable[[Node, Context], Any],
    default: Any,
) -> Any:
    return convert(entries[key], context.inside(key)) if key in entries else default


def _sha256(node: Node, context: Context) -> str:
    text = scalar(node, context, "a SHA-256") or ""
    if text and not _SHA256.fullmatch(text):
        problem = "this is no SHA-256"
        context.problem(codes.WRONG_VALUE, node, problem, "64 of 0 to 9 and a to f.")
    return text


def _scopes(node: Node, context: Context) -> tuple[Scope, ...]:
    takes = OneOf(Scope)
    items = _items(node, context, "[recording:mask]")
    return tuple(takes.convert(item, context) for item in items)  # type: ignore[misc]


def _agents(node: Node, context: Context) -> tuple[str, ...]:
    found = []
    for item in _items(node, context, '["1001"]'):
        text = scalar(item, context, EXTENSION_WORDS) or ""
        if text and not EXTENSION.fullmatch(text):
            problem = f"'{text}' is no extension"
            hint = f"Takes {EXTENSION_WORDS}."
            context.problem(codes.WRONG_VALUE, item, problem, hint)
        found.append(text)
    return tuple(found)


def _items(node: Node, context: Context, example: str) -> list[Node]:
    """Return a list's items; an empty one would mean the contrary of what it says."""
    if node.kind is not Kind.LIST or not node.items:
        problem = f"a list such as {example} is wanted"
        context.problem(codes.WRONG_VALUE, node, problem, "Name one or more.")
        return []
    return node.items


def _expires(node: Node, context: Context) -> int:
    text = scalar(node, context, "a date") or ""
    try:
        return micros(text)
    except ValueError:
        if text:
            hint = "Write 2027-01-31, or 2027-01-31T18:00:00Z."
            context.problem(codes.WRONG_VALUE, node, f"'{text}' is no date", hint)
        return 0


def micros(text: str) -> int:
    """Return a date, of UTC if it does not say, in microseconds since 1970.

    Raises:
        ValueError: it is no date.
    """
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return int(at.timestamp()) * 1_000_000


class Tokens:
    """The tokens as they are now: the file is looked at before each request.

    A file that has become wrong does not lock out the page that masks a card number:
    the tokens it last held stay, and health says what is wrong with it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        """What is wrong with the file now."""
        self._seen = _stamp(path)
        self._tokens = read_tokens(path)

    def now(self) -> dict[str, Token]:
        """Return the tokens by name."""
        stamp = _stamp(self.path)
        if stamp != self._seen:
            self._seen = stamp
            self._read_again()
        return self._tokens

    def _read_again(self) -> None:
        try:
            self._tokens = read_tokens(self.path)
            self.problem = ""
            log.info("read %s again: %d tokens", self.path, len(self._tokens))
        except (FlowErrors, SettingsError) as error:
            self.problem = str(error)
            log.error("the tokens stay as they were: %s", on_one_line(self.problem))


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what changes when a file does; its mode is looked at too."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode)
