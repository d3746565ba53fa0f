"""How a bundle was made: the part `bundle.json`, and what all parts of JSON share.

In: what a part holds. Out: `Made`. Must not believe it: what is not of its form, is
refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, NamedTuple

from eslflow.bundle.pack import AGAIN
from eslflow.errors import BadBundle
from eslflow.office import Office

Line = dict[str, Any]

FORMAT = 1
BUNDLE = "bundle.json"
LANGUAGES = ("en", "de")
"""What a report can be written in."""

_OFFICE = Office.__dataclass_fields__
_LISTS = ("recipients", "sensitive")


class Zone(NamedTuple):
    """What the clocks on the site's walls showed, from some moment on."""

    since: int
    offset_s: int
    name: str


class Made(NamedTuple):
    """How a bundle was made."""

    call: str
    engine: str
    language: str
    zone: tuple[Zone, ...]
    left_out: dict[str, str]
    """Parts that could not be put in or were not to be, each with why."""
    office: Office | None = None
    """Who answers for the recordings; None: the site does not say."""

    def said(self) -> Line:
        """Return it as `bundle.json` has it."""
        office = asdict(self.office) if self.office else None
        return {**self._asdict(), "office": office}


def demand(is_good: bool, name: str) -> None:
    """Refuse a part that is not of its form.

    Raises:
        BadBundle: it is not.
    """
    if not is_good:
        raise BadBundle(f"{name} is not of the form that eslflow gives it{AGAIN}")


def are(values: Iterable[Any], kind: type[Any]) -> bool:
    """Whether all values are of exactly this kind."""
    # A bool is an int, and none of ours.
    return all(type(value) is kind for value in values)


def made_of(said: Line) -> Made:
    """Return what a `bundle.json` says.

    Raises:
        BadBundle: it is of another form.
    """
    said = dict(said)
    version = said.pop("format", None)
    demand(type(version) is int, BUNDLE)
    if version > FORMAT:
        raise BadBundle("it was made by a newer eslflow: check it with one")
    demand(version == FORMAT and set(said) == set(Made._fields), BUNDLE)
    call, engine, language, zone, left_out, office = (
        said[name] for name in Made._fields
    )
    demand(are((call, engine, language), str) and language in LANGUAGES, BUNDLE)
    demand(isinstance(zone, list) and isinstance(left_out, dict), BUNDLE)
    demand(are(left_out.values(), str), BUNDLE)
    zones = tuple(map(_zone, zone))
    return Made(call, engine, language, zones, left_out, _office(office))


def _zone(said: Any) -> Zone:
    demand(isinstance(said, list) and len(said) == 3, BUNDLE)
    demand(are(said[:2], int) and type(said[2]) is str, BUNDLE)
    demand(abs(said[1]) < 86_400, BUNDLE)
    return Zone(*said)


def _office(said: Any) -> Office | None:
    if said is None:
        return None
    demand(isinstance(said, dict) and set(said) == set(_OFFICE), BUNDLE)
    for name, value in said.items():
        is_list = isinstance(value, list) and are(value, str)
        demand(is_list if name in _LISTS else type(value) is str, BUNDLE)
    lists = {name: tuple(said[name]) for name in _LISTS}
    return Office(**{**said, **lists})
