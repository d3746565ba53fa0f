"""The exports of a bundle: made of its facts, or why they cannot be."""

import json
from dataclasses import replace

import pytest

from eslflow.bundle.exported import EXPORTS, NO_OFFICE, NOBODY, ODD, as_json, left_out
from eslflow.bundle.facts import facts
from eslflow.exports import iso27560, kantara, table, vcon
from eslflow.ledger.read import Reader
from tests.bundles import CALL, bundle, parts_of, site_with_proof
from tests.forms import OFFICE

NAMED = ("exports/iso27560.json", "exports/kantara.json", "exports/vcon.json")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    return site_with_proof(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def found(ledger):
    return facts(parts_of(bundle(ledger)), ())


def test_each_is_what_the_ledger_itself_would_export(ledger, found):
    with Reader(ledger) as reader:
        kept, lines = reader.call(CALL), reader.consents(call=CALL)
    wanted = [iso27560.records(kept, OFFICE), kantara.receipts(kept, OFFICE)]
    wanted.append(vcon.vcon(kept, OFFICE))
    assert [json.loads(EXPORTS[name](found)) for name in NAMED] == wanted
    text = table.header() + "".join(map(table.row, lines))
    assert EXPORTS["exports/consents.csv"](found).decode() == text
    assert left_out(found) == {}


def test_without_an_office_there_is_what_needs_none(found):
    without = replace(found, made=found.made._replace(office=None))
    assert left_out(without) == dict.fromkeys(NAMED, NO_OFFICE)


def test_of_what_nobody_agreed_to_there_is_no_receipt(found):
    rows = tuple(row for row in found.proof if row.table != "choices")
    nobody = replace(found, proof=rows)
    assert left_out(nobody) == dict.fromkeys(NAMED[:2], NOBODY)


def test_a_value_that_a_form_cannot_say_is_told_and_the_rest_stands(found):
    def late(row):
        is_choice = row.table == "choices"
        return row._replace(line={**row.line, "at": 2**62}) if is_choice else row

    odd = replace(found, proof=tuple(map(late, found.proof)))
    # A receipt has only seconds, and any number of them.
    assert left_out(odd) == dict.fromkeys({*EXPORTS} - {"exports/kantara.json"}, ODD)


def test_json_is_the_same_whenever_its_value_is():
    assert as_json({"b": 1, "a": "ü"}) == b'{\n "b": 1,\n "a": "\xc3\xbc"\n}\n'
