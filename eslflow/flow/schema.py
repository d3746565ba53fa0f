"""JSON Schema of a flow file, from the same definitions that the loader uses.

In: the kinds of step. Out: a schema for editors; `flow/schema.json` is its checked-in
copy (scripts/docs writes it, a test compares). Must not read or write files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from eslflow.flow import hours
from eslflow.flow.load import KEYS, NOTICE, PURPOSE
from eslflow.flow.options import (
    REQUIRED,
    Duration,
    Field,
    StepName,
    Takes,
    fields_of,
    span,
)
from eslflow.flow.problems import NAME
from eslflow.flow.rules import RECORDING
from eslflow.flow.steps import key_of
from eslflow.flow.words import LANGUAGE, VALUE_NAME

if TYPE_CHECKING:
    from eslflow.steps.step import Step

Schema = dict[str, Any]

# To the loader everything that is no mapping or list is text; to an editor 100 is not.
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_NAME: Schema = StepName().schema()
_LANGUAGE: Schema = {"type": "string", "pattern": f"^{LANGUAGE.pattern}$"}
_WORDS: Schema = {
    "anyOf": [
        _TEXT,
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": _LANGUAGE,
            "additionalProperties": _TEXT,
        },
    ]
}


_TEXTS: Schema = {
    **_WORDS,
    "description": "What is said, word by word; by language where there are several.",
}
_TOLD = {
    "basis": "The lawful basis (GDPR Art. 6(1)); only consent is asked for.",
    "retain": "How long recordings for it are kept, as 90d.",
    "on_withdrawal": "What becomes of recordings when a caller withdraws.",
    "version": "A new one for every change of the words: 1, 2 and so on.",
    "url": "Where it can be read; kept with each choice, never said.",
}
"""What an editor shows of the parts of purposes and notices."""


def schema(kinds: Mapping[str, type[Step]]) -> Schema:
    """Return the schema of a flow file."""
    properties: Schema = {
        "flow": {**_NAME, "description": "The flow's name; its file is NAME.yaml."},
        "description": {**_TEXT, "description": "What the flow is for."},
        "languages": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": _LANGUAGE,
            "description": "What it speaks, the default first, as in [en, de, pt-BR].",
        },
        "values": {
            **_named(_TEXT, VALUE_NAME),
            "description": "What {{ name }} in a text stands for.",
        },
        "purposes": {
            **_named(_parts(PURPOSE, ["basis"])),
            "description": "What calls are recorded for, and on which lawful basis.",
        },
        "notices": {
            **_named(_parts(NOTICE, ["version", "text"], {"text": _TEXTS})),
            "description": "What callers are told before they choose; a change of "
            "words needs a new version.",
        },
        "prompts": {**_named(_WORDS), "description": "What is played to callers."},
        "hours": {
            **_named(hours.schema()),
            "description": "When somebody is there, by name, for hours steps.",
        },
        "recording": _recording(),
        "start": {**_NAME, "description": "The first step, unless it stands on top."},
        "steps": {
            **_named(_step(kinds)),
            "minProperties": 1,
            "description": "What happens to a call, one step after the other.",
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A call flow of eslflow",
        "type": "object",
        "additionalProperties": False,
        "required": ["flow", "steps"],
        "properties": {key: properties[key] for key in KEYS},
        "$defs": {name: _kind(kind) for name, kind in kinds.items()},
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


def _parts(
    parts: Mapping[str, Takes], required: list[str], more: Schema | None = None
) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": {
            **{
                key: {**takes.schema(), "description": _TOLD[key]}
                for key, takes in parts.items()
            },
            **(more or {}),
        },
    }


def _recording() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "description": "How calls are recorded, whatever the step.",
        "properties": {
            key: {**takes.schema(), "description": told}
            for key, (takes, told) in RECORDING.items()
        },
    }


def _step(kinds: Mapping[str, type[Step]]) -> Schema:
    """Return the schema of any step; an editor complains of the kind that is meant."""
    return {
        "type": "object",
        "oneOf": [{"required": [name]} for name in kinds],
        "allOf": [
            {"if": {"required": [name]}, "then": {"$ref": f"#/$defs/{name}"}}
            for name in kinds
        ],
    }


def _kind(kind: type[Step]) -> Schema:
    options = fields_of(kind)
    endings = {
        key_of(ending, options): {**_NAME, "description": f"The step after {ending}."}
        for ending in kind.endings
    }
    after = {**_NAME, "description": "The step after every ending that names none."}
    return {
        "title": kind.kind,
        "description": (kind.__doc__ or "").splitlines()[0],
        "additionalProperties": False,
        "required": [
            key for key, (_, field) in options.items() if field.default is REQUIRED
        ],
        "properties": {
            **{key: _option(field) for key, (_, field) in options.items()},
            **endings,
            "next": after,
        },
    }


def _option(field: Field) -> Schema:
    told: Schema = {**field.takes.schema(), "description": field.help}
    is_off = isinstance(field.default, float) and not field.default
    if field.default is not REQUIRED and field.default not in ((), "") and not is_off:
        told["default"] = _written(field)
    return told


def _written(field: Field) -> Any:
    """Return a default as the file would spell it."""
    if isinstance(field.takes, Duration):
        return span(field.default)
    return field.default.value if isinstance(field.default, Enum) else field.default
