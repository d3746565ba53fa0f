"""What a report says of the flow, the office and the exports."""

from dataclasses import replace

import pytest

from eslflow.bundle.facts import facts
from eslflow.bundle.ran import Ran
from eslflow.bundle.run_by import run_by
from eslflow.bundle.telling import Telling
from tests.bundles import INNER, VERSION, bundle, parts_of, sha, site_with_proof


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    ledger = site_with_proof(tmp_path_factory.mktemp("site"))
    parts = parts_of(bundle(ledger, language="en"))
    return facts(parts, {name for name in parts if name.startswith("flow/")})


def told(found):
    return str(run_by(Telling(found)))


def test_the_version_that_ran_is_named_with_since_when_and_by_whom(found):
    said = told(found)
    assert "support. Served since 2026-11-25 07:46:40.000 UTC, by anna (reload)" in said
    assert f"In this bundle as flow/.<code>sha256 {VERSION}</code>" in said
    inside = f"Inside it: pay. In this bundle as flow/.<code>sha256 {sha(INNER)}</code>"
    assert inside in said


def test_what_was_not_kept_of_it_is_said(found):
    made = found.made._replace(left_out={f"flow/{VERSION}.yaml": "no text"})
    said = told(replace(found, ran=Ran(), held=frozenset(), made=made))
    assert "support. Since when it was served, was not kept." in said
    assert "Not in this bundle: neither the ledger nor a file on that machine" in said
    assert "Inside it" not in said


def test_a_call_that_no_flow_ran_has_none(found):
    none = replace(found, call={"uuid": "x"}, proof=found.proof[-1:])
    assert "Flow" not in told(none)
    assert "Run by" not in told(none)


def test_who_answers_for_it_and_which_exports_there_are(found):
    said = told(found)
    assert "Example Ltd, 1 Example Street, 12345 Example Town" in said
    assert "<div>In this bundle under exports/.</div></dd>" in said
    without = {"exports/vcon.json": "odd"}
    some = replace(found, made=found.made._replace(left_out=without, office=None))
    assert "Example Ltd" not in told(some)
    assert (
        "<div>In this bundle under exports/.</div><div>exports/vcon.json: Not in this "
        "bundle: the rows hold a value that this form cannot say.</div>"
    ) in told(some)
