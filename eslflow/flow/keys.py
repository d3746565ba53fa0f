"""The keys of a telephone that an option takes.

In: nodes with positions. Out: what each key means, or problems noted in the document.
A to D are tones of their own that few telephones have: they are taken, and never enough
where every caller must be able to choose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from eslflow.flow import codes
from eslflow.flow.document import Kind, Node
from eslflow.flow.options import Rename, Takes
from eslflow.flow.problems import Context

KEYS = "0 to 9, star, hash"
"""The keys of every telephone, as messages name them."""
EVERY = "0123456789*#"
"""The same, as the switch tells them."""
CALLED = {
    "en": "zero one two three four five six seven eight nine star hash|pound|square",
    "de": "null eins zwei|zwo drei vier fünf sechs sieben acht neun stern|sterntaste "
    "raute|rautetaste|rautentaste",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf étoile dièse",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve asterisco|estrella "
    "almohadilla|numeral",
    "it": "zero uno due tre quattro cinque sei sette otto nove asterisco cancelletto",
    "nl": "nul een|één|eén twee drie vier vijf zes zeven acht negen ster hekje",
}
"""What keys are called, by language, in the order of `EVERY`."""
_NAMES = {"star": "*", "hash": "#"}
_WRITTEN = {key: name for name, key in _NAMES.items()}
_MEANT = {
    name: _WRITTEN.get(key, key)
    for called in CALLED.values()
    for key, names in zip(EVERY, called.split(), strict=True)
    for name in names.split("|")
}
"""How a key is written, by what people call it."""
_KEY = re.compile(r"[0-9*#A-D]")


class Keys(Takes):
    """A mapping from keys of the telephone to something."""

    def __init__(self, values: Takes) -> None:
        self._values = values
        self.words = f"keys of the telephone ({KEYS}), each with {values.words}"

    def convert(self, node: Node, context: Context) -> dict[str, Any] | None:
        """Return the values by key, `*` and `#` as such."""
        if node.kind is not Kind.MAPPING or not node.pairs:
            code, problem = codes.MISSING, "there are no keys"
            if node.kind not in (Kind.MAPPING, Kind.NOTHING):
                code = codes.WRONG_VALUE
                problem = f"{node.kind.value} stands where keys are wanted"
            context.problem(code, node, problem, f"Takes {self.words}.")
            return None
        found: dict[str, Any] = {}
        for key_node, value_node in node.pairs:
            key = _NAMES.get(key_node.text, key_node.text)
            if not key_node.is_scalar or not _KEY.fullmatch(key):
                problem = f"'{key}' is no key of a telephone"
                context.problem(codes.WRONG_VALUE, key_node, problem, _mended(key))
                continue
            if key in found:
                problem = f"the key {key_node.text} stands twice"
                context.problem(codes.TWICE, key_node, problem, "Remove one of them.")
            inside = context.inside(key_node.text)
            found[key] = self._values.convert(value_node, inside)
        return found

    def schema(self) -> dict[str, Any]:
        """Return the schema of the mapping."""
        return {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^([0-9*#A-D]|star|hash)$"},
            "additionalProperties": self._values.schema(),
        }

    def renamed(self, value: Any, rename: Rename) -> Any:
        """Return the same keys with other names."""
        return {key: self._values.renamed(to, rename) for key, to in value.items()}


def _mended(key: str) -> str:
    """Return how a key is written that is none, as far as it shows."""
    bare, colon, value = key.partition(":")
    if colon and _KEY.fullmatch(_NAMES.get(bare, bare)):
        return f"Write {bare}: {value}, with a blank after the colon."
    if key.lower() in _MEANT:
        return f"Write {_MEANT[key.lower()]}."
    return f"Keys are {KEYS}; and A to D, which few telephones have."


def unmeant(meaning: object, keys: Mapping[str, object]) -> str:
    """Return the problem that not every caller can press what means this; or none."""
    having = [key for key, what in keys.items() if what is meaning]
    if not having:
        return f"no key means {meaning}"
    if all(key.isalpha() for key in having):
        return f"no key of an ordinary telephone means {meaning}"
    return ""


def keys_for(keys: Mapping[str, str], what: str) -> tuple[str, ...]:
    """Return the keys that mean something, each with that: `1 granted`."""
    return tuple(f"{key} {means}" for key, means in keys.items() if means == what)
