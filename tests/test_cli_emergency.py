"""What is said of a site's emergency numbers."""

from dataclasses import replace
from pathlib import Path

import pytest

from eslflow.cli.emergency import changed, in_a_line, left_out
from eslflow.doctor.finding import Level
from eslflow.settings import Settings, load_settings


def found(folder, text):
    (folder / "eslflow.yaml").write_text(text)
    return left_out(load_settings(folder))


@pytest.mark.parametrize(
    ("text", "missing", "mend"),
    [
        ("emergency: []\n", "112", "emergency: [112] "),
        ("emergency: [110]\ncountry: DE\n", "112", "emergency: [110, 112] "),
        ("emergency: [112]\ncountry: DE\n", "110", "emergency: [110, 112] "),
        ("emergency: [112, '*9']\ncountry: AU\n", "000", '["*9", "000", '),
    ],
)
def test_numbers_that_everybody_must_reach_are_missed(tmp_path, text, missing, mend):
    told = found(tmp_path, text)
    assert told.level is Level.WARNING
    assert told.text.startswith("emergency: in eslflow.yaml leaves out ")
    assert missing in told.text
    assert "any other number" in told.means
    assert mend in told.mend


@pytest.mark.parametrize(
    "text",
    ["", "country: DE\n", "emergency: [112]\n", "emergency: [112, 110]\ncountry: DE\n"],
)
def test_where_they_are_there_nothing_is_said(tmp_path, text):
    assert found(tmp_path, text) is None


def test_what_is_advised_is_well(tmp_path):
    told = found(tmp_path, "emergency: []\ncountry: AU\n")
    mended = told.mend.partition(" in eslflow.yaml")[0]
    assert found(tmp_path, f"{mended}\ncountry: AU\n") is None


def test_other_numbers_are_told_with_those_before():
    site = Path("/site")
    old, new = Settings(site, emergency=frozenset({"112", "110"})), Settings(site)
    none = replace(old, emergency=frozenset())
    found = changed(old, none)
    assert found == {"now": [], "before": ["110", "112"]}
    assert changed(new, new) == {}


def test_a_line_has_what_mends(tmp_path):
    line = in_a_line(found(tmp_path, "emergency: []\n"))
    assert line.startswith("emergency: in eslflow.yaml leaves out 112. Who calls")
    assert " Write emergency: [112] in eslflow.yaml" in line
