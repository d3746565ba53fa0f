"""What the look-up commands share."""

import json

import pytest

from eslflow.cli.lookups import as_json, public, reader
from eslflow.errors import SettingsError, StoreError
from eslflow.ledger.writer import Ledger


def test_times_are_utc_for_programs_wherever_they_stand():
    rows = [{"at": 1_000_000, "ended_at": None, "ms": 5, "inner": [{"at": 0}]}]
    assert public(rows) == [
        {
            "at": "1970-01-01T00:00:01.000000Z",
            "ended_at": None,
            "ms": 5,
            "inner": [{"at": None}],
        }
    ]
    assert json.loads(as_json("é\x1b")) == "é\x1b"
    assert "\x1b" not in as_json("é\x1b")


def test_the_ledger_is_where_the_settings_say(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("ledger: sub/x.db # here\n")
    (tmp_path / "sub").mkdir()
    Ledger(tmp_path / "sub" / "x.db").close()
    with reader(tmp_path) as ledger:
        assert ledger.calls() == []
    (tmp_path / "eslflow.yaml").write_text("{'ledger': sub/x.db}")
    with reader(tmp_path) as ledger:
        assert ledger.calls() == []
    (tmp_path / "eslflow.yaml").write_text("# ledger: sub/x.db")
    with pytest.raises(StoreError):
        reader(tmp_path)
    (tmp_path / "eslflow.yaml").write_bytes(b"# Zo\xeb")
    with pytest.raises(StoreError):
        reader(tmp_path)
    with pytest.raises(SettingsError):
        reader(tmp_path / "sub")


def test_a_site_whose_path_the_switch_could_not_use_can_still_be_read(tmp_path):
    site = tmp_path / "with blank"
    site.mkdir()
    (site / "eslflow.yaml").write_text("ledger: x.db\n")
    Ledger(site / "x.db").close()
    with reader(site) as ledger:
        assert ledger.calls() == []
