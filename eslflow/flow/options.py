"""What the options of a step take: declared once, for loading, schema and reference.

In: nodes with positions. Out: values, or problems noted in the document. Must not know
any kind of step; a step declares its options with `option(...)`.
"""

from __future__ import annotations

import dataclasses
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from eslflow.flow import codes
from eslflow.flow.document import Kind, Node
from eslflow.flow.model import From, Record
from eslflow.flow.problems import (
    NAME,
    Context,
    either,
    entries_of,
    listed,
    near,
    scalar,
)

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_UNIT_NAMES = {"s": "seconds", "d": "days"}
_LIKELY = {"s": "5s", "d": "90d"}
_DURATION = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)")
_SIZES = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(KB|MB|GB|TB)")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f$]|%24|%25", re.IGNORECASE)
Rename = Callable[[str, str], str]
"""Takes what a name is of and the name; returns the new one."""


class Takes(ABC):
    """A kind of value."""

    words: str = ""
    """As people read it: `a duration such as 5s`."""

    @abstractmethod
    def convert(self, node: Node, context: Context) -> Any:
        """Return the value; a wrong one is noted and returned as None."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of what may stand in the file."""

    def described(self) -> dict[str, Any]:
        """Return the schema with what an editor shows of it."""
        words = f"{self.words[:1].upper()}{self.words[1:]}."
        return {**self.schema(), "description": words}

    def told(self) -> dict[str, str]:
        """Return what an editor says of any other value, if it asks a server."""
        words = f"Takes {self.words}."
        return {"errorMessage": words, "patternErrorMessage": words}

    def renamed(self, value: Any, rename: Rename) -> Any:
        """Return a converted value whose names of declared things are other ones."""
        return value


@dataclass(frozen=True)
class Field:
    """One option of a step."""

    takes: Takes
    default: Any
    help: str
    key: str | None = None
    """Its name in the file, when it is not the attribute's."""


REQUIRED: Any = dataclasses.MISSING


def option(
    takes: Takes, default: Any = REQUIRED, help: str = "", key: str | None = None
) -> Any:
    """Declare an option as a field of a step's dataclass."""
    metadata = {"option": Field(takes, default, help, key)}
    return dataclasses.field(default=default, metadata=metadata)


def fields_of(kind: type[Any]) -> dict[str, tuple[str, Field]]:
    """Return a step's options: by their name in the file, attribute and field."""
    found: dict[str, tuple[str, Field]] = {}
    shared = {"record", "record_from"}
    fields = dataclasses.fields(kind)
    for field in sorted(fields, key=lambda field: field.name in shared):
        declared = field.metadata.get("option")
        if declared is not None:
            found[declared.key or field.name] = (field.name, declared)
    return found


class Name(Takes):
    """The name of something that the flow declares elsewhere."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.words = f"the name of a {what}"

    def convert(self, node: Node, context: Context) -> str | None:
        """Return the name if the flow has it."""
        text = scalar(node, context, self.words)
        known = context.names[self.what]
        if text in known:
            return text
        context.missed.add(self.what)
        if text is None:
            return None
        problem = f"there is no {self.what} '{text}'{near(text, known)}"
        where = f"{plural(self.what)}:"
        hint = f"{where} {listed(known)}" if known else f"Declare it under {where}"
        context.problem(codes.UNKNOWN_NAME, node, problem, hint)
        return None

    def renamed(self, value: Any, rename: Rename) -> Any:
        """Return the new name; no name stays none."""
        return rename(self.what, value) if value else value

    def schema(self) -> dict[str, Any]:
        """Return the schema of a name."""
        # Editors take an unquoted 100 for a number; the loader does not.
        return {"type": ["string", "integer"], "pattern": f"^{NAME.pattern}$"}


def plural(what: str) -> str:
    """Return `steps`; hours are many as they are."""
    return what if what.endswith("s") else f"{what}s"


def PromptName() -> Takes:  # noqa: N802  reads as a kind of value
    """Take the name of a prompt."""
    return Name("prompt")


def NoticeName() -> Takes:  # noqa: N802
    """Take the name of a notice."""
    return Name("notice")


def PurposeName() -> Takes:  # noqa: N802
    """Take the name of a purpose."""
    return Name("purpose")


def StepName() -> Takes:  # noqa: N802
    """Take the name of a step."""
    return Name("step")


class Duration(Takes):
    """A time span with its unit, in seconds."""

    def __init__(self, least_s: float, most_s: float, unit: str = "s") -> None:
        self.least_s, self.most_s = least_s, most_s
        self.unit = unit
        """What a bare number most likely means."""
        self.words = f"a duration such as {_LIKELY[unit]} (ms, s, m, h, d)"

    def convert(self, node: Node, context: Context) -> float | None:
        """Return seconds."""
        text = scalar(node, context, self.words)
        if text is None:
            return None
        found = _DURATION.fullmatch(text)
        if found is None:
            bare = node.kind in (Kind.INT, Kind.DECIMAL)
            unit = f"{self.unit} for {_UNIT_NAMES[self.unit]}"
            hint = f"Write {text}{unit}." if bare else f"Takes {self.words}."
            context.problem(codes.WRONG_VALUE, node, f"'{text}' is no duration", hint)
            return None
        seconds = float(found[1]) * _UNITS[found[2]]
        if self.least_s <= seconds <= self.most_s:
            return seconds
        hint = f"Takes {span(self.least_s)} to {span(self.most_s)}."
        context.problem(codes.WRONG_VALUE, node, f"'{text}' is out of range", hint)
        return None

    def schema(self) -> dict[str, Any]:
        """Return the schema of a duration."""
        return {"type": "string", "pattern": f"^{_DURATION.pattern}$", **self.told()}


def span(seconds: float) -> str:
    """Return a duration as a file spells it."""
    for unit in ("d", "h", "m", "s"):
        if seconds >= _UNITS[unit] and seconds % _UNITS[unit] == 0:
            return f"{seconds / _UNITS[unit]:g}{unit}"
    return f"{seconds * 1000:g}ms"


class Size(Takes):
    """An amount of data with its unit, in bytes."""

    words = "a size such as 1GB (KB, MB, GB, TB)"

    def convert(self, node: Node, context: Context) -> int | None:
        """Return bytes."""
        text = scalar(node, context, self.words)
        if text is None:
            return None
        found = _SIZE.fullmatch(text)
        if found is not None:
            return round(float(found[1]) * _SIZES[found[2]])
        problem = f"'{text}' is no size"
        context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
        return None

    def schema(self) -> dict[str, Any]:
        """Return the schema of a size."""
        return {"type": "string", "pattern": f"^{_SIZE.pattern}$", **self.told()}


def amount(size: int) -> str:
    """Return a size as a file spells it."""
    for unit, one in sorted(_SIZES.items(), key=lambda each: each[1], reverse=True):
        if size >= one and size % (one // 10 or 1) == 0:
            return f"{size / one:g}{unit}"
    return str(size)


class Whole(Takes):
    """A whole number in a range."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most
        self.words = f"a whole number from {least} to {most}"

    def convert(self, node: Node, context: Context) -> int | None:
        """Return the number."""
        text = scalar(node, context, self.words)
        if text is None:
            return None
        if node.kind is Kind.INT and self.least <= int(text) <= self.most:
            return int(text)
        problem = f"'{text}' is no whole number"
        if node.kind is Kind.INT:
            wrong = "large" if int(text) > self.most else "small"
            problem = f"{text} is too {wrong} ({self.least} to {self.most})"
        name = context.name or context.path
        place = f"{name}: " if name else ""
        hint = f"Takes {self.words}."
        context.problem(codes.WRONG_VALUE, node, place + problem, hint)
        return None

    def schema(self) -> dict[str, Any]:
        """Return the schema of the number."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class OneOf(Takes):
    """A word of an enum."""

    def __init__(self, members: type[Enum]) -> None:
        self._members = {str(member.value): member for member in members}
        self.words = either(self._members)

    def convert(self, node: Node, context: Context) -> Enum | None:
        """Return the enum's member."""
        text = scalar(node, context, self.words)
        if text is None:
            return None
        member = self._members.get(text)
        if member is None:
            problem = f"'{text}' is not right here{near(text, self._members)}"
            context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
        return member

    def schema(self) -> dict[str, Any]:
        """Return the schema of the words."""
        return {"enum": list(self._members)}


class Text(Takes):
    """Text that may go to the switch, if it matches."""

    def __init__(self, pattern: str, words: str) -> None:
        self._pattern = re.compile(pattern)
        self.words = words

    def convert(self, node: Node, context: Context) -> str | None:
        """Return the text; what FreeSWITCH would expand is refused whatever matches."""
        text = scalar(node, context, self.words)
        if text is None:
            return None
        if _UNSAFE.search(text):
            hint = "Write it without $, %24 and control characters: they would be run."
            problem = f"{text!r} must not go to the switch"
            context.problem(codes.UNSAFE, node, problem, hint)
            return None
        if not self._pattern.fullmatch(text):
            problem = f"'{text}' is not right here"
            context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
            return None
        return text

    def schema(self) -> dict[str, Any]:
        """Return the schema of the text."""
        return {"type": ["string", "integer"], "pattern": f"^{self._pattern.pattern}$"}


class Url(Takes):
    """A web address; it is kept and shown, never sent to the switch."""

    words = "a web address that begins with https:// and has no blanks"
    _pattern = re.compile(r"https?://[^\s\x00-\x1f\x7f]{1,500}")

    def convert(self, node: Node, context: Context) -> str | None:
        """Return the address."""
        text = scalar(node, context, self.words)
        if text is None or self._pattern.fullmatch(text):
            return text
        problem = f"'{text}' is no web address"
        context.problem(codes.WRONG_VALUE, node, problem, f"Takes {self.words}.")
        return None

    def schema(self) -> dict[str, Any]:
        """Return the schema of the address."""
        return {"type": "string", "pattern": f"^{self._pattern.pattern}$"}


def QueueName() -> Takes:  # noqa: N802
    """Take the name of a queue on the switch."""
    pattern = r"[A-Za-z0-9_.-]{1,60}(@[A-Za-z0-9_.-]{1,60})?"
    return Text(pattern, "a queue's name such as support or support@default")


def Tag() -> Takes:  # noqa: N802
    """Take what stands before a caller's name; `;` would end the variable it is in."""
    pattern = r"[A-Za-z0-9 _.:!+()\[\]-]{1,20}"
    return Text(pattern, 'up to 20 letters, digits, blanks and _.:!+-()[] as "[REC] "')


class Table(Takes):
    """A mapping with fixed names; all of them are wanted, unless any will do.

    Those in `more` can be left out.
    """

    def __init__(
        self,
        fields: Mapping[str, Takes],
        any_will_do: bool = False,
        more: Mapping[str, Takes] = MappingProxyType({}),
    ) -> None:
        self._fields = {**fields, **more}
        self._required = () if any_will_do else tuple(fields)
        inside = ", ".join(f"{name}: ..." for name in fields)
        self.words = f"{{{inside}}}"

    def convert(self, node: Node, context: Context) -> dict[str, Any] | None:
        """Return the values by name."""
        entries = entries_of(node, context, self._fields, self.words)
        if entries is None:
            return None
        for name in self._required:
            if name not in entries:
                problem = f"'{name}' is missing"
                context.problem(codes.MISSING, node, problem, f"Takes {self.words}.")
        return {
            name: self._fields[name].convert(value, context.inside(name))
            for name, value in entries.items()
        }

    def schema(self) -> dict[str, Any]:
        """Return the schema of the mapping."""
        return {
            "type": "object",
            "additionalProperties": False,
            "required": list(self._required),
            "properties": {n: takes.described() for n, takes in self._fields.items()},
        }

    def renamed(self, value: Any, rename: Rename) -> Any:
        """Return the same with other names."""
        return {
            name: self._fields[name].renamed(held, rename)
            for name, held in value.items()
        }


RECORD_WANTED = OneOf(Record)
RECORD_FROM = OneOf(From)
