"""Consents as CSV."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.exports.table import COLUMNS, header, row
from tests.forms import NOON

FORMULA = ("=", "+", "-", "@", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def line(**fields):
    plain = dict.fromkeys(COLUMNS, "")
    return {**plain, "at": NOON, "tries": 1, "recorded": True, **fields}


def read(*lines):
    text = header() + "".join(map(row, lines))
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_row_is_read_again_as_it_was():
    (found,) = read(line(call_uuid="u-1", flow='a "b", c', recorded=False))
    assert found["call_uuid"] == "u-1"
    assert found["at"] == "2026-11-23T12:00:00.000000Z"
    assert found["flow"] == 'a "b", c'
    assert (found["tries"], found["recorded"]) == ("1", "no")
    assert row(line()).endswith("\r\n")


@pytest.mark.parametrize("begin", FORMULA)
@pytest.mark.parametrize("blanks", ["", " ", "\u00a0"])
def test_nothing_a_caller_sends_is_a_formula(begin, blanks):
    (found,) = read(line(caller_name=f"{blanks}{begin}cmd|'/C calc'!A0"))
    assert found["caller_name"][0] == "'"


def test_a_number_stays_a_text():
    (found,) = read(line(caller="+4930123456"))
    assert found["caller"] == "'+4930123456"


@given(st.text())
def test_whatever_it_is_it_stays_in_its_cell_and_begins_no_formula(text):
    (found,) = read(line(caller_name=text, flow="last"))
    assert found["flow"] == "last"
    assert not found["caller_name"].strip().startswith(FORMULA)


def test_what_cannot_be_printed_is_not():
    assert read(line(caller_name="\t=1"))[0]["caller_name"] == "' =1"
    (found,) = read(line(caller_name="Eve\x1b[2J"))
    assert found["caller_name"] == "Eve\ufffd[2J"


def test_who_is_no_longer_kept_is_said_to_be_erased():
    (found,) = read(line(caller=None, called=None, caller_name=None))
    assert {found[n] for n in ("caller", "called", "caller_name")} == {"(erased)"}
    assert read(line(caller=""))[0]["caller"] == ""
