"""What is in force at a site, and where each value came from.

In: a site. Out: values by the names that `eslflow.yaml` has for them, each with its
line there, the variable of the environment, or nothing: the default. Of a secret it is
said only that there is one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from eslflow.flow.document import Document, Node
from eslflow.settings import FILE, KEYS, PASSWORD, Settings, load_settings
from eslflow.site import emergency_of


class Source(str, Enum):
    """Where a value came from."""

    FILE = "file"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"
    DEFAULT = "default"


class Value(NamedTuple):
    """One value in force."""

    name: str
    """As in `eslflow.yaml`; of a setting that holds others, `switch.address`."""
    value: Any
    source: Source
    where: str = ""
    """`eslflow.yaml:12`, or the name of a variable."""


def in_force(site: Path) -> list[Value]:
    """Return all values.

    Raises:
        SettingsError: there is no site here, or a path that the switch cannot use.
        FlowErrors: everything that is wrong with the file.
    """
    settings = load_settings(site)
    document = Document((site / FILE).read_bytes(), FILE)
    nodes = _nodes(document.read())
    return [value for key in KEYS for value in _values(key, settings, nodes)]


def password_file(site: Path) -> Path | None:
    """Return the file in which the password of the event socket stands, if it does."""
    nodes = _nodes(Document((site / FILE).read_bytes(), FILE).read())
    node = nodes.get("switch.password_file")
    return site.resolve() / node.text if node else None


def _nodes(top: Node) -> dict[str, Node]:
    """Return what stands in the file, by dotted name."""
    found = {}
    for key, node in top.pairs:
        found[key.text] = node
        found.update({f"{key.text}.{inner.text}": n for inner, n in node.pairs})
    return found


def _values(key: str, settings: Settings, nodes: Mapping[str, Node]) -> Iterator[Value]:
    view = _VIEWS.get(key)
    value = view(settings) if view else _plain(getattr(settings, key))
    if not isinstance(value, dict) or key not in nodes or key not in _SECTIONS:
        yield Value(key, value, *_origin(key, nodes))
        return
    for name, inner in value.items():
        dotted = f"{key}.{name}"
        if dotted == "switch.password":
            yield Value(dotted, inner, *_of_password(nodes))
        else:
            yield Value(dotted, inner, *_origin(dotted, nodes))


def _origin(name: str, nodes: Mapping[str, Node]) -> tuple[Source, str]:
    node = nodes.get(name)
    if node is None:
        return Source.DEFAULT, ""
    return Source.FILE, f"{FILE}:{node.mark.line}"


def _of_password(nodes: Mapping[str, Node]) -> tuple[Source, str]:
    source, where = _origin("switch.password_file", nodes)
    if source is Source.DEFAULT and os.environ.get(PASSWORD):
        return Source.ENVIRONMENT, PASSWORD
    return source, where


# What is shown of a setting, where that is not the field of its name.


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _switch(settings: Settings) -> dict[str, Any] | None:
    switch = settings.switch
    if switch is None:
        return None
    said = "(set, not shown)" if switch.password else "(empty)"
    return {"address": _address(switch.host, switch.port), "password": said}


def _control(settings: Settings) -> dict[str, Any] | None:
    control = settings.control
    if control is None:
        return None
    address = _address(control.host, control.port)
    return {"listen": address, "tokens": str(control.tokens)}


def _recording(settings: Settings) -> dict[str, Any]:
    wanted = settings.recording
    program, *arguments = wanted.hook or ("",)
    # An argument may be a token.
    more = f" and {len(arguments)} arguments, not shown" if arguments else ""
    return {
        "convert": _plain(wanted.convert),
        "encrypt_to": list(wanted.encrypt_to),
        "hook": f"{program}{more}" or None,
        "beep": f"{wanted.beep_s:g}s",
    }


_VIEWS: Mapping[str, Callable[[Settings], Any]] = {
    "listen": lambda settings: _address(settings.host, settings.port),
    "drain": lambda settings: f"{settings.drain_s:g}s",
    "emergency": lambda settings: sorted(emergency_of(settings)),
    "switch": _switch,
    "control": _control,
    "recording": _recording,
}
_SECTIONS = ("switch", "control", "recording")


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; what must not be shown is left out."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, (tuple, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if is_dataclass(value):
        shown = [field.name for field in fields(value) if field.repr]
        return {name: _plain(getattr(value, name)) for name in shown}
    return value
