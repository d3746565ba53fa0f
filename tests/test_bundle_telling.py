"""How a report says things: times, words, tables."""

from dataclasses import replace

import pytest

from eslflow.bundle.facts import Zone, facts
from eslflow.bundle.telling import Telling
from tests.bundles import RECORDING, bundle, parts_of, site_with_proof


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    parts = parts_of(bundle(site_with_proof(tmp_path_factory.mktemp("site")), "en"))
    return facts(parts, {"recordings/1.wav"})


@pytest.fixture
def say(found):
    zones = (Zone(1_000_000_000_000_000, 7200, "CEST"), Zone(2 * 10**15, 3600, "CET"))
    return Telling(replace(found, made=found.made._replace(zone=zones)))


@pytest.mark.parametrize(
    ("micros", "told"),
    [
        (0, ""),
        (None, ""),
        (1_700_000_000_123_999, "2023-11-14 22:13:20.123 UTC"
         " (2023-11-15 00:13:20.123 CEST)"),
        (2_000_000_000_000_000, "2033-05-18 03:33:20.000 UTC (04:33:20.000 CET)"),
        (1_000_000, "1970-01-01 00:00:01.000 UTC"),
        (-1, "-1"),
        (2**63 - 1, str(2**63 - 1)),
    ],
)  # fmt: skip
def test_times_are_told_in_utc_and_as_on_site(say, micros, told):
    assert say.at(micros) == told


def test_a_time_in_a_table_has_both_too(say):
    html = say.time(2_000_000_000_000_000)
    assert "2033-05-18 03:33:20.000 UTC<small>04:33:20.000 CET</small>" in html
    assert say.time(0) == ""
    assert say.clock(2_000_000_000_000_000) == "03:33:20.000"
    assert say.clock(-5) == "-5"


def test_words_of_the_rows_are_told_in_its_language(say):
    assert say("yes") == "yes"
    assert say.word("hung_up", "ends") == "hung up"
    assert say.word("some_thing", "why") == "some thing"
    assert say.word(None) == ""
    assert say.state("refused") == "Refused"
    assert (say.language("fr"), say.language("xx")) == ("French", "xx")


@pytest.mark.parametrize(
    ("who", "party", "name", "told"),
    [
        ("subject", "caller", "", "the caller"),
        ("subject", "callee", "", "the called party"),
        ("agent", "caller", "1001", "agent 1001"),
        ("operator", "caller", "anna", "anna, at the command line"),
        ("system", "caller", "", "eslflow"),
    ],
)
def test_who_made_a_choice_is_told(say, who, party, name, told):
    assert say.by({"performed_by": who, "party": party, "who": name}) == told


def test_a_name_is_no_template(say):
    by = {"performed_by": "operator", "party": "caller", "who": "{who} {0}"}
    assert say.by(by) == "{who} {0}, at the command line"


def test_where_a_part_is_or_why_not(say, found):
    assert say.where("recordings/1.wav") == "In this bundle as recordings/1.wav."
    assert say.where("recordings/1.wav", "there") == "In this bundle as there."
    assert say.where("flow/none.yaml") == ""
    left_out = {"flow/none.yaml": "gone"}
    told = Telling(replace(found, made=found.made._replace(left_out=left_out)))
    assert "it is not on that machine any more" in told.where("flow/none.yaml")


def test_recordings_have_a_number(say):
    assert say.recording(RECORDING) == "Recording 1"
    assert say.recording("other") == "other"
    assert say.recording("") == ""


def test_keys_are_told_with_what_they_mean(say):
    assert say.offered("1=granted 2=refused *=odd") == [
        "1 = agrees", "2 = refuses", "* = odd",
    ]  # fmt: skip
    assert say.offered("") == []


def test_a_table_and_a_list_escape_what_they_hold(say):
    assert "<td>&lt;b&gt;</td>" in say.table(["at"], [["<b>"]])
    assert say.listed([("<", ">")], "two") == (
        '<dl class="two"><dt>&lt;</dt><dd>&gt;</dd></dl>'
    )
