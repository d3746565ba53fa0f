"""The JSON Schema that editors use."""

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from eslflow.flow.schema import schema, text
from eslflow.steps import KINDS

ROOT = Path(__file__).parent.parent
GOOD = [*(ROOT / "flows").glob("*.yaml"), *(ROOT / "tests/flows/good").glob("*.yaml")]
# What a schema cannot see: names that lead nowhere, alias, template, a second key.
BAD = ("twelve", "kinds")


def load(path):
    data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return json.loads(json.dumps(data))


def test_the_checked_in_schema_is_current():
    path = ROOT / "eslflow" / "flow" / "schema.json"
    assert path.read_text(encoding="utf-8") == text(KINDS), "run scripts/docs"


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(schema(KINDS))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_flows_fit_the_schema(path):
    jsonschema.validate(load(path), schema(KINDS))


@pytest.mark.parametrize("name", BAD)
def test_bad_flows_do_not(name):
    data = load(ROOT / "tests" / "flows" / "bad" / f"{name}.yaml")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema(KINDS))


def test_every_option_is_explained():
    for step in schema(KINDS)["properties"]["steps"]["additionalProperties"]["oneOf"]:
        assert step["description"]
        endings = {"next", *KINDS[step["title"]].endings, "on_timeout"}
        for name, option in step["properties"].items():
            assert name in endings or option["description"]
