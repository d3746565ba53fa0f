"""A site's settings: `eslflow.yaml`, read as strictly as a flow.

In: the site's folder. Out: `Settings` with absolute paths, or every problem of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from eslflow.e164 import is_country
from eslflow.errors import SettingsError, demand_file, no_site
from eslflow.flow import codes
from eslflow.flow.audio import Rate
from eslflow.flow.document import Document, Kind, Mark, Node
from eslflow.flow.numbers import Numbers
from eslflow.flow.options import Duration, OneOf, Size, Whole
from eslflow.flow.problems import Context, entries_of, named, scalar
from eslflow.office import Office, read_office
from eslflow.parts import AtRest as AtRest
from eslflow.parts import Control as Control
from eslflow.parts import Convert as Convert
from eslflow.parts import Reload as Reload
from eslflow.parts import Switch as Switch
from eslflow.password import PasswordError, password_in
from eslflow.shipped import SETTINGS

FILE = SETTINGS
PASSWORD = "ESLFLOW_SWITCH_PASSWORD"  # noqa: S105  the name of a variable
TOKENS = "tokens.yaml"
"""Who may use the control API, unless the settings name another file."""
KEYS = (
    "listen",
    "allow",
    "most_calls",
    "drain",
    "default_flow",
    "numbers",
    "emergency",
    "country",
    "office",
    "never_record",
    "extensions",
    "flows",
    "sounds",
    "sounds_rate",
    "recordings",
    "recording",
    "free_space",
    "ledger",
    "switch",
    "control",
    "reload",
)

RATE = Rate.TELEPHONE
_ADDRESS = re.compile(r"(.+):([0-9]{1,5})")
_DIALLED = re.compile(r"[+*#]?[A-Za-z0-9_.*#-]+")
_EMERGENCY = re.compile(r"\+?[0-9*#]{1,15}")
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
_IDENTITY = "AGE-SECRET-KEY-"
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9_./@+-]+")
_PLAIN_WORDS = "letters, digits and _ . / @ + - only"
_NOT_PLAIN = (
    "FreeSWITCH cannot use the path '{}': it splits arguments at blanks and expands $"
)


@dataclass(frozen=True)
class Settings:
    """One site."""

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8084
    allow: tuple[str, ...] = ("127.0.0.1", "::1")
    """Peers that may connect; every other is closed at once."""
    most_calls: int = 2000
    drain_s: float = 30.0
    """How long running calls may take after SIGTERM."""
    default_flow: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)
    emergency: frozenset[str] | None = None
    """Emergency numbers as they are dialled; None: the usual ones."""
    country: str = ""
    """Where numbers are from that do not say so, as DE; empty: nobody knows."""
    office: Office | None = None
    """Who answers for what is recorded, as exports name it."""
    never_record: tuple[str, ...] = ()
    """Extensions and numbers whose calls are never recorded, as patterns."""
    extensions: tuple[str, ...] = ()
    """The office's own: calls among them are never recorded."""
    flows: Path = Path("flows")
    sounds: Path = Path("sounds")
    sounds_rate: int = int(RATE.value)
    """Samples a second of what a machine speaks."""
    recordings: Path = Path("recordings")
    free_space: int = 10**9
    """Bytes that stay free on the disk of recordings: with less, none begins."""
    ledger: Path = Path("eslflow.db")
    switch: Switch | None = None
    control: Control | None = None
    """Without it, nothing listens for programs."""
    reload: Reload = Reload.ON_REQUEST
    recording: AtRest = AtRest()
    named: tuple[tuple[str, Mark], ...] = field(default=(), compare=False)
    """The flows that the file names, and where."""


def load_settings(site: Path) -> Settings:
    """Return the settings of a site that takes calls.

    Raises:
        SettingsError: there is no site here, or a path that the switch cannot use.
        FlowErrors: everything that is wrong with the file.
    """
    settings, loader, document = _read(site)
    loader.check_paths(settings)
    document.stop_if_broken()
    for name in ("sounds", "recordings"):
        demand_plain(
            getattr(settings, name), f"Move the site, or set {name}: to a folder"
        )
    return settings


def read_settings(site: Path) -> Settings:
    """Return the settings of a site whose files are only read.

    Raises:
        SettingsError: there is no site here.
        FlowErrors: everything that is wrong with the file.
    """
    settings, _, document = _read(site)
    document.stop_if_broken()
    return settings


def _read(site: Path) -> tuple[Settings, _Loader, Document]:
    """Return the settings of a site; what is wrong is noted in the document."""
    path = site / FILE
    try:
        demand_file(path)
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(no_site(path, error)) from error
    document = Document(data, str(path))
    loader = _Loader(document, site)
    return loader.settings(document.read()), loader, document


def demand_plain(path: Path, way_out: str) -> None:
    """Refuse a folder that FreeSWITCH could not be told of.

    Raises:
        SettingsError: its path has characters that mean something to the switch.
    """
    if not _PLAIN_PATH.fullmatch(str(path)):
        raise SettingsError(
            f"{_NOT_PLAIN.format(path)}. {way_out} whose path has {_PLAIN_WORDS}"
        )


class _Loader:
    def __init__(self, document: Document, site: Path) -> None:
        self._document = document
        self._site = site.resolve()
        self._entries: dict[str, Node] = {}

    def settings(self, top: Node) -> Settings:
        if top.kind is Kind.NOTHING:
            top = Node(Kind.MAPPING, Mark(1, 1))
        context = Context(self._document, {}, FILE)
        self._entries = entries_of(top, context, KEYS, "settings") or {}
        host, port = self._address("listen", "127.0.0.1", 8084)
        country, office = self._country(), self._entries.get("office")
        return Settings(
            folder=self._site,
            host=host,
            port=port,
            allow=self._peers(("127.0.0.1", "::1")),
            most_calls=self._convert("most_calls", Whole(1, 100_000), 2000),
            drain_s=self._convert("drain", Duration(0, 86_400), 30.0),
            default_flow=self._text("default_flow", ""),
            numbers=self._numbers(),
            emergency=self._emergency(),
            country=country,
            office=read_office(office, self._context("office"), country),
            never_record=self._convert("never_record", Numbers(), ()),
            extensions=self._convert("extensions", Numbers(), ()),
            flows=self._path("flows", "flows"),
            sounds=self._path("sounds", "sounds"),
            sounds_rate=int(self._convert("sounds_rate", OneOf(Rate), RATE).value),
            recordings=self._path("recordings", "recordings"),
            free_space=self._convert("free_space", Size(), 10**9),
            ledger=self._path("ledger", "eslflow.db"),
            switch=self._switch(),
            control=self._control(),
            reload=self._convert("reload", OneOf(Reload), Reload.ON_REQUEST),
            recording=self._recording(),
            named=self._named(),
        )

    def check_paths(self, settings: Settings) -> None:
        """Note the folders that the file names, and FreeSWITCH could not be told of."""
        for name in ("sounds", "recordings"):
            path, node = getattr(settings, name), self._entries.get(name)
            if node is not None and not _PLAIN_PATH.fullmatch(str(path)):
                problem, hint = _NOT_PLAIN.format(path), f"Its path has {_PLAIN_WORDS}."
                self._context(name).problem(codes.UNSAFE, node, problem, hint)

    def _context(self, key: str) -> Context:
        return Context(self._document, {}, key)

    def _convert(self, key: str, takes: Any, default: Any) -> Any:
        node = self._entries.get(key)
        if node is None:
            return default
        value = takes.convert(node, self._context(key))
        return default if value is None else value

    def _text(self, key: str, default: str) -> str:
        node = self._entries.get(key)
        if node is None:
            return default
        return scalar(node, self._context(key), "text") or default

    def _peers(self, default: tuple[str, ...]) -> tuple[str, ...]:
        node = self._entries.get("allow")
        if node is None:
            return default
        context = self._context("allow")
        if node.kind is not Kind.LIST:
            problem = "allow is a list"
            context.problem(codes.WRONG_VALUE, node, problem, "Write [127.0.0.1].")
            return default
        return tuple(self._peer(item, context) for item in node.items)

    def _peer(self, node: Node, context: Context) -> str:
        """Return an address as the system writes it: names are not looked up."""
        text = scalar(node, context, "an address") or ""
        try:
            return str(ip_address(text))
        except ValueError:
            if text:
                hint = "Write one such as 192.0.2.10; names and networks are not taken."
                problem = f"'{text}' is no IP address"
                context.problem(codes.WRONG_VALUE, node, problem, hint)
            return text

    def _path(self, key: str, default: str) -> Path:
        return (self._site / Path(self._text(key, default)).expanduser()).resolve()

    def _address(self, key: str, host: str, port: int) -> tuple[str, int]:
        node = self._entries.get(key)
        if node is None:
            return host, port
        found = _ADDRESS.fullmatch(node.text) if node.is_scalar else None
        if found is None or int(found[2]) > 65535:
            hint = f"Write HOST:PORT, such as {host}:{port}."
            problem = "this is no address"
            self._context(key).problem(codes.WRONG_VALUE, node, problem, hint)
            return host, port
        return found[1].strip("[]"), int(found[2])

    def _numbers(self) -> dict[str, str]:
        context = self._context("numbers")
        return named(
            self._entries.get("numbers"),
            context,
            "number",
            lambda _, node: scalar(node, context, "the name of a flow"),
            _DIALLED,
            "what is dialled, such as 4930123456",
        )

    def _emergency(self) -> frozenset[str] | None:
        """Return emergency numbers; a list that holds anything else is noted."""
        node = self._entries.get("emergency")
        if node is None:
            return None
        context = self._context("emergency")
        if node.kind is not Kind.LIST:
            problem = "emergency is a list"
            context.problem(codes.WRONG_VALUE, node, problem, "Write [112, 110].")
            return None
        found = set()
        for item in node.items:
            text = scalar(item, context, "a number") or ""
            if text and not _EMERGENCY.fullmatch(text):
                hint = "Write what is dialled: digits, *, # and +."
                context.problem(codes.WRONG_VALUE, item, f"'{text}' is no number", hint)
            found.add(text)
        return frozenset(found - {""})

    def _country(self) -> str:
        code = self._text("country", "")
        if code and not is_country(code):
            hint = "Write its two letters, as DE or US."
            node = self._entries["country"]
            problem = f"'{code}' is no country"
            self._context("country").problem(codes.WRONG_VALUE, node, problem, hint)
        return code

    def _named(self) -> tuple[tuple[str, Mark], ...]:
        numbers, default = map(self._entries.get, ("numbers", "default_flow"))
        nodes = [] if numbers is None else [value for _, value in numbers.pairs]
        nodes += [] if default is None else [default]
        return tuple((node.text, node.mark) for node in nodes)

    def _inside(self, key: str, keys: Collection[str], words: str) -> bool:
        """Make the entries of a setting known as `key.inner`; false without it."""
        node = self._entries.get(key)
        if node is None:
            return False
        inner = entries_of(node, self._context(key), keys, words) or {}
        self._entries.update({f"{key}.{name}": v for name, v in inner.items()})
        return True

    def _control(self) -> Control | None:
        if not self._inside("control", ("listen", "tokens"), "{listen: ...}"):
            return None
        host, port = self._address("control.listen", "127.0.0.1", 8085)
        return Control(host, port, self._path("control.tokens", TOKENS))

    def _switch(self) -> Switch | None:
        if not self._inside("switch", ("address", "password_file"), "{address: ...}"):
            return None
        host, port = self._address("switch.address", "127.0.0.1", 8021)
        return Switch(host, port, self._password(self._context("switch")))

    def _recording(self) -> AtRest:
        keys = ("convert", "encrypt_to", "hook", "beep")
        if not self._inside("recording", keys, "{convert: ...}"):
            return AtRest()
        return AtRest(
            convert=self._convert("recording.convert", OneOf(Convert), None),
            encrypt_to=self._recipients(),
            hook=self._hook(),
            beep_s=self._convert("recording.beep", Duration(5, 600), 0.0),
        )

    def _items(self, key: str, example: str) -> tuple[Node, ...]:
        """Return the texts of a list."""
        node = self._entries.get(key)
        if node is None:
            return ()
        if node.kind is not Kind.LIST or not node.items:
            what = node.kind.value if node.kind is not Kind.LIST else "nothing"
            problem = f"{what} stands where a list is wanted"
            hint = f"Write a list such as {example}."
            self._context(key).problem(codes.WRONG_VALUE, node, problem, hint)
            return ()
        context = self._context(key)
        return tuple(item for item in node.items if scalar(item, context, "text"))

    def _recipients(self) -> tuple[str, ...]:
        key = "recording.encrypt_to"
        items = self._items(key, "[age1...]")
        for item in items:
            hint = "Make one with: eslflow recordings keygen FILE. It begins with age1."
            code, problem = codes.WRONG_VALUE, f"'{item.text}' is no recipient of age"
            if _IDENTITY in item.text.upper():
                code = codes.SECRET
                problem = "this is an identity, which decrypts: it must not be here"
                hint = "Take its recipient, which begins with age1. Make new ones both."
            if not _RECIPIENT.fullmatch(item.text):
                self._context(key).problem(code, item, problem, hint)
        return tuple(item.text for item in items)

    def _hook(self) -> tuple[str, ...]:
        key = "recording.hook"
        items = self._items(key, "[/usr/local/bin/upload, --quiet]")
        context = self._context(key)
        if items and not items[0].text.startswith("/"):
            hint = "Write its whole path, and each argument as an item of its own."
            problem = f"'{items[0].text}' is no whole path"
            context.problem(codes.WRONG_VALUE, items[0], problem, hint)
        return tuple(item.text for item in items)

    def _password(self, context: Context) -> str:
        password = os.environ.get(PASSWORD, "")
        node = self._entries.get("switch.password_file")
        if node is None or scalar(node, context, "the name of a file") is None:
            return password
        hint = f"Or give the password in the environment, as {PASSWORD}."
        try:
            return password_in(self._site / node.text, hint)
        except PasswordError as error:
            context.problem(codes.SECRET, node, str(error), error.hint)
            return ""
