"""FreeSWITCH's configuration, as the switch shows it (`xml_locate`).

In: XML. Out: what of it concerns eslflow: its own extension, recorders beside it, who
may use the event socket. Must not show a password, nor judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

# What is read is the configuration of a switch that could do anything to us anyway.
from xml.etree.ElementTree import Element, ParseError, fromstring

_RECORDS = re.compile(r"(?<!stop_)\b(record_session|uuid_record)\b")
_KEYS = ("bind_meta_app", "bind_digit_action")
_LIKE_LOOPBACK = {"localhost": "127.0.0.1", "[::1]": "::1"}


class Handover(NamedTuple):
    """An extension that gives calls to a controller."""

    context: str
    extension: str
    hosts: tuple[str, ...]
    """HOST:PORT of each controller that is tried."""
    path: str
    """The flow it names; may hold `$1`."""
    options: frozenset[str]
    resumes: bool
    """Whether `socket_resume` is set before."""
    after: tuple[str, ...]
    """The applications behind it."""

    @property
    def name(self) -> str:
        """The extension, as a person finds it."""
        return f"extension {self.extension!r} of context {self.context!r}"

    def reaches(self, host: str, port: int) -> bool:
        """Whether one of its hosts is this one; `$1` may be anything."""
        return any(_is_same(tried, host, port) for tried in self.hosts)


class Recorder(NamedTuple):
    """Something that may record calls beside eslflow."""

    where: str
    what: str
    """The words in which it is configured."""
    on_demand: bool = False
    """Whether somebody has to press or send something."""


def parsed(text: str) -> Element | None:
    """Return a part of the configuration; None: it cannot be read."""
    try:
        return fromstring(text)  # noqa: S314
    except ParseError:
        return None


def params(node: Element) -> dict[str, str]:
    """Return the parameters under a node."""
    found = node.iter("param")
    return {param.get("name", ""): param.get("value", "") for param in found}


def every(node: Element, name: str) -> list[str]:
    """Return all values of a parameter that may be there more than once."""
    found = node.iter("param")
    return [param.get("value", "") for param in found if param.get("name") == name]


def handovers(dialplan: Element) -> Iterator[Handover]:
    """Yield the extensions that give calls to a controller."""
    for context, extension, actions in _extensions(dialplan):
        for place, (app, data) in enumerate(actions):
            if app == "socket" and data.split():
                where, *options = data.split()
                hosts = [host.partition("/") for host in where.split("|")]
                yield Handover(
                    context,
                    extension,
                    tuple(host for host, _, _ in hosts),
                    max(path for _, _, path in hosts),
                    frozenset(option.lower() for option in options),
                    _resumes(actions[:place]),
                    tuple(app for app, _ in actions[place + 1 :]),
                )


def in_dialplan(dialplan: Element) -> Iterator[Recorder]:
    """Yield what records in the dialplan."""
    for context, extension, actions in _extensions(dialplan):
        where = f"extension {extension!r} of context {context!r}"
        for app, data in actions:
            words = f"{app} {data}".strip()
            if _RECORDS.search(words):
                yield Recorder(where, words, app in _KEYS)


def in_settings(name: str, node: Element) -> Iterator[Recorder]:
    """Yield what records by a parameter: of a queue, a conference, a SIP profile."""
    wanted, each, is_asked = _BY_PARAMETER[name]
    for part in node.iter(each):
        value = params(part).get(wanted, "")
        if value and value.lower() not in ("false", "no"):
            where = f"{each} {part.get('name', '')!r} in {name}.xml"
            yield Recorder(where, f"{wanted} = {value}", is_asked)


_BY_PARAMETER: Mapping[str, tuple[str, str, bool]] = {
    "callcenter.conf": ("record-template", "queue", False),
    "conference.conf": ("auto-record", "profile", False),
    # sofia.c: a telephone sends INFO with `Record: on`.
    "sofia.conf": ("record-template", "profile", True),
}
FILES = tuple(_BY_PARAMETER)
"""The files in which a parameter lets the switch record."""


def _extensions(
    dialplan: Element,
) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    for context in dialplan.iter("context"):
        for extension in context.iter("extension"):
            actions = [
                (node.get("application", ""), node.get("data") or (node.text or ""))
                for node in extension.iter()
                if node.tag in ("action", "anti-action")
            ]
            yield context.get("name", ""), extension.get("name", ""), actions


def _resumes(before: list[tuple[str, str]]) -> bool:
    """Whether the last word on `socket_resume` is true."""
    said = ""
    for app, data in before:
        name, _, value = data.partition("=")
        if app in ("set", "export") and name.strip() == "socket_resume":
            said = value.strip().lower()
    return said in ("true", "yes", "on", "1")


def _is_same(tried: str, host: str, port: int) -> bool:
    there, _, number = tried.rpartition(":")
    there = _LIKE_LOOPBACK.get(there, there)
    return there in (host, f"[{host}]") and (number == str(port) or "$" in number)
