"""The JSON Schema that editors use."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

import jsonschema
import pytest
from ruamel.yaml import YAML

from eslflow.check import flow_files
from eslflow.flow.options import Duration, PromptName, Whole, option
from eslflow.flow.schema import schema, text
from eslflow.steps import KINDS
from eslflow.steps.step import Step

ROOT = Path(__file__).parent.parent
FLOWS = ROOT / "tests" / "flows"
GOOD = [*flow_files(ROOT / "flows"), *(FLOWS / "good").glob("*.yaml")]
TINY = {"flow": "t", "steps": {"a": {"announce": "hi"}}}


def load(path):
    """Return what an editor sees of a flow."""
    data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return json.loads(json.dumps(spelt(data)))


def spelt(data):
    """Return it with the keys as they are written: a date is one to YAML, not here."""
    if not isinstance(data, dict):
        return data
    return {
        str(key) if isinstance(key, date) else key: spelt(held)
        for key, held in data.items()
    }


def complaints(data):
    return list(jsonschema.Draft202012Validator(schema(KINDS)).iter_errors(data))


def test_the_checked_in_schema_is_current():
    path = ROOT / "eslflow" / "flow" / "schema.json"
    assert path.read_text(encoding="utf-8") == text(KINDS), "run scripts/docs"


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(schema(KINDS))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_flows_fit_the_schema(path):
    assert complaints(load(path)) == []


# What it cannot see: names that lead nowhere, languages that lack a text, templates.
@pytest.mark.parametrize("name", ["empty", "kinds", "long_line", "twelve", "escapes"])
def test_bad_flows_do_not(name):
    assert complaints(load(FLOWS / "bad" / f"{name}.yaml"))


@pytest.mark.parametrize(
    ("step", "place"),
    [
        ({"announce": "hi", "nxt": "a"}, []),
        ({"anounce": "hi"}, []),
        ({"announce": "hi", "queue": "x"}, []),
        ({"announce": "hi", "record": True}, ["record"]),
        ({"menu": "hi", "keys": {"1": "a"}, "timeout": 6}, ["timeout"]),
        ({"menu": "hi", "keys": {"12": "a"}}, ["keys"]),
        ({"menu": "hi", "keys": {}}, ["keys"]),
        ({"menu": "hi"}, []),
        ({"consent": {"notice": "x"}, "keys": {"1": "granted"}}, ["consent"]),
        ({"queue": "a b"}, ["queue"]),
    ],
)
def test_an_editor_complains_where_the_mistake_is(step, place):
    found = complaints({"flow": "t", "steps": {"a": step}})
    assert ["steps", "a", *place] in [list(error.absolute_path) for error in found]


def test_numbers_where_text_is_are_text():
    data = {
        **TINY,
        "values": {"year": 2026},
        "prompts": {"hi": 1, "ok": {"en": 2.5}},
        "steps": {"a": {"queue": 100}},
    }
    assert complaints(data) == []


def test_a_value_has_a_name_that_a_text_can_spell():
    assert complaints({**TINY, "values": {"my-company": "x"}})


def test_every_option_is_explained_and_tells_its_default():
    kinds = schema(KINDS)["$defs"]
    assert list(kinds) == list(KINDS)
    for kind in kinds.values():
        assert kind["description"]
        assert all(option["description"] for option in kind["properties"].values())
    menu = kinds["menu"]
    assert menu["required"] == ["menu", "keys"]
    assert menu["properties"]["timeout"]["default"] == "5s"
    assert menu["properties"]["tries"]["default"] == 3
    assert menu["properties"]["record"]["default"] == "off"
    assert "default" not in menu["properties"]["menu"]


def test_it_knows_no_kind_by_name():
    @dataclass(frozen=True, kw_only=True)
    class Sing(Step):
        """Sings."""

        kind: ClassVar[str] = "sing"
        endings: ClassVar[tuple[str, ...]] = ("done", "verses")
        song: str = option(PromptName(), help="What.", key="sing")
        verses: int = option(Whole(1, 9), 2, "How many.")
        pause: float = option(Duration(0, 1), 0.5, "In between.")

    found = schema({"sing": Sing})["$defs"]["sing"]
    assert set(found["properties"]) == {
        *("sing", "verses", "pause", "record", "from"),
        *("done", "on_verses", "next"),
    }
    assert found["properties"]["pause"]["default"] == "500ms"


def places_without_words(node, way=()):
    """Yield every property of the schema that an editor could not explain."""
    if isinstance(node, dict):
        for name, inner in node.get("properties", {}).items():
            if isinstance(inner, dict) and "description" not in inner:
                yield ".".join((*way, name))
        for name, inner in node.items():
            yield from places_without_words(inner, (*way, name))
    elif isinstance(node, list):
        for inner in node:
            yield from places_without_words(inner, way)


def test_every_field_is_explained_however_deep_it_stands():
    found = schema(KINDS)
    assert list(places_without_words(found)) == []
    retain = found["properties"]["purposes"]["additionalProperties"]["properties"]
    assert retain["retain"]["description"].startswith("How long recordings")
    inside = found["$defs"]["consent"]["properties"]["consent"]["properties"]
    assert inside["notice"]["description"] == "The name of a notice."
