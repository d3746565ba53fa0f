"""Consents as CSV."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.exports.table import COLUMNS, header, last_words, row
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


# The last word on each purpose, of one call.


def said(purpose, state, seq, **more):
    return {"purpose": purpose, "state": state, "reason": "", "seq": seq, **more}


def kept(*choices, recordings=(), actions=()):
    call = {"uuid": "u-1", "caller": "030", "caller_name": None}
    return {
        "call": call,
        "choices": list(choices),
        "recordings": list(recordings),
        "recording_actions": list(actions),
    }


def test_the_last_word_on_each_purpose_is_told_the_newest_first():
    found = last_words(
        kept(
            said("training", "requested", 1),
            said("proof", "refused", 2),
            said("training", "granted", 3),
            said("proof", "not_asked", 4),
        )
    )
    assert [(c["purpose"], c["state"]) for c in found] == [
        ("training", "granted"),
        ("proof", "refused"),
    ]
    assert (found[0]["caller"], found[0]["caller_name"]) == ("030", None)
    assert found[0]["called"] is None


def test_each_who_was_asked_has_a_line():
    first = said("training", "not_asked", 1, reason="other_first", party="callee")
    found = last_words(kept(first, said("training", "refused", 2, party="caller")))
    assert [(c["party"], c["state"]) for c in found] == [
        ("caller", "refused"),
        ("callee", "not_asked"),
    ]
    # A call that ends unasked, after it came back, has still its answer.
    answer = said("training", "granted", 1, party="callee")
    (only,) = last_words(kept(answer, said("training", "not_asked", 2, party="caller")))
    assert (only["party"], only["state"]) == ("callee", "granted")


@pytest.mark.parametrize(
    ("started_at", "action", "verified", "purposes", "recorded"),
    [
        (1, "stop", 1, "training", True),
        (0, "start", 1, "proof training", True),
        (None, "start", 0, "training", False),
        (None, "stop", 1, "training", False),
        (1, "start", 1, "training-2", False),
    ],
)
def test_it_is_told_whether_it_was_recorded(
    started_at, action, verified, purposes, recorded
):
    file = {"id": "r-1", "started_at": started_at, "purposes": purposes}
    asked = {"recording_id": "r-1", "action": action, "verified": verified}
    choice = said("training", "granted", 1)
    (found,) = last_words(kept(choice, recordings=[file], actions=[asked]))
    assert found["recorded"] is recorded
