"""JSON Schema of a flow file, from the same definitions that the loader uses.

In: the kinds of step. Out: a schema for editors; `flow/schema.json` is its checked-in
copy (scripts/docs writes it, a test compares). Must not read or write files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from eslflow.flow.load import KEYS, URL
from eslflow.flow.model import Basis
from eslflow.flow.options import (
    REQUIRED,
    Duration,
    OneOf,
    StepName,
    Whole,
    fields_of,
)
from eslflow.flow.problems import NAME
from eslflow.flow.steps import key_of
from eslflow.flow.words import LANGUAGE, VALUE_NAME

if TYPE_CHECKING:
    from eslflow.steps.step import Step

Schema = dict[str, Any]

_NAME: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$"}
_WORDS: Schema = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "propertyNames": {"pattern": f"^{LANGUAGE.pattern}$"},
            "additionalProperties": {"type": "string"},
        },
    ]
}


def schema(kinds: Mapping[str, type[Step]]) -> Schema:
    """Return the schema of a flow file."""
    properties: Schema = {
        "flow": {**_NAME, "description": "The flow's name, as the dialplan spells it."},
        "description": {"type": "string"},
        "languages": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string", "pattern": f"^{LANGUAGE.pattern}$"},
        },
        "values": _named({"type": ["string", "number", "boolean"]}, VALUE_NAME),
        "purposes": _named(_purpose()),
        "notices": _named(_notice()),
        "prompts": _named(_WORDS),
        "start": _NAME,
        "steps": {
            **_named({"oneOf": [_step(kind) for kind in kinds.values()]}),
            "minProperties": 1,
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A call flow of eslflow",
        "type": "object",
        "additionalProperties": False,
        "required": ["flow", "steps"],
        "properties": {key: properties[key] for key in KEYS},
    }


def text(kinds: Mapping[str, type[Step]]) -> str:
    """Return the schema as it is checked in."""
    return json.dumps(schema(kinds), indent=2, ensure_ascii=False) + "\n"


def _named(value: Schema, name: re.Pattern[str] = NAME) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^{name.pattern}$"},
        "additionalProperties": value,
    }


def _purpose() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["basis"],
        "properties": {
            "basis": OneOf(Basis).schema(),
            "retain": Duration(1, 1).schema(),
        },
    }


def _notice() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["version", "text"],
        "properties": {
            "version": Whole(1, 1_000_000).schema(),
            "url": {"type": "string", "pattern": f"^{URL.pattern}$"},
            "text": _WORDS,
        },
    }


def _step(kind: type[Step]) -> Schema:
    options = fields_of(kind)
    properties = {
        key: {**field.takes.schema(), "description": field.help}
        for key, (_, field) in options.items()
    }
    target = StepName().schema()
    properties |= {key_of(ending, options): target for ending in kind.endings}
    return {
        "type": "object",
        "title": kind.kind,
        "description": (kind.__doc__ or "").splitlines()[0],
        "additionalProperties": False,
        "required": [
            key for key, (_, field) in options.items() if field.default is REQUIRED
        ],
        "properties": {**properties, "next": target},
    }
