"""`eslflow subject NUMBER hold` and `release`."""

import json

import pytest

from eslflow.ledger.subject import held_of
from tests.persons import ANNA, WHY, Office


@pytest.fixture
def office(tmp_path, monkeypatch):
    monkeypatch.setattr("eslflow.cli.holding.who", lambda: "dpo")
    return Office(tmp_path)


def test_what_is_held_is_not_erased_until_it_is_released(office):
    office.talked()
    assert office.does("subject", ANNA, "hold", "--reason", "court").exit_code == 0
    for words in (["--dry-run"], []):
        done = office.does("subject", ANNA, "erase", *WHY, *words)
        assert done.exit_code == 1
        assert "is under a legal hold since 20" in done.stderr
        assert "by dpo: court" in done.stderr
    again = office.does("subject", "030 123456", "hold", "--reason", "more")
    assert (again.exit_code, "held already" in again.stderr) == (1, True)
    assert "held      since 20" in office.does("subject", ANNA, "show").stdout
    assert office.does("subject", ANNA, "release", "--reason", "over").exit_code == 0
    done = office.does("subject", ANNA, "release", "--reason", "over")
    assert (done.exit_code, "under no hold" in done.stderr) == (1, True)
    assert office.does("subject", ANNA, "erase", *WHY).exit_code == 0
    assert office.traces("court") == []
    assert office.is_whole()


@pytest.mark.parametrize("held", ["030123456", "004930123456", ANNA])
@pytest.mark.parametrize("named", ["030 123456", "0049 30 123456", ANNA])
def test_a_hold_holds_in_every_spelling_where_no_country_is_known(office, held, named):
    (office.folder / "eslflow.yaml").write_text("")
    paths = office.talked()
    office.does("subject", held, "hold", "--reason", "court")
    done = office.does("subject", named, "erase", *WHY)
    assert (done.exit_code, "is under a legal hold" in done.stderr) == (1, True)
    assert f"eslflow subject {held} release" in done.stderr
    assert all(path.exists() for path in paths)
    assert "held      since" in office.does("subject", named, "show").stdout
    done = office.does("subject", named, "release", "--reason", "over")
    if held != named.replace(" ", ""):
        assert done.exit_code == 1
        assert f"{held} is, which may be the same person" in done.stderr
        assert office.does("subject", held, "release", "--reason", "x").exit_code == 0
    assert office.does("subject", named, "erase", *WHY).exit_code == 0


def test_a_hold_from_before_a_country_was_known_can_be_released(office):
    (office.folder / "eslflow.yaml").write_text("")
    office.talked()
    office.does("subject", "030123456", "hold", "--reason", "court")
    (office.folder / "eslflow.yaml").write_text("country: DE\n")
    done = office.does("subject", "030 123456", "erase", *WHY)
    assert (done.exit_code, ", as 030123456, since" in done.stderr) == (1, True)
    assert office.does("subject", ANNA, "release", "--reason", "x").exit_code == 0
    assert office.does("subject", ANNA, "erase", *WHY).exit_code == 0


def test_programs_read_what_was_kept(office):
    office.talked()
    done = office.does("subject", "030 123456", "hold", "--reason", "court", "--json")
    (held,) = json.loads(done.stdout)
    assert (held["state"], held["subject"], held["reason"]) == ("held", ANNA, "court")
    assert held["at"].endswith("Z")
    assert [(hold.key, hold.who) for hold in held_of(office.ledger)] == [(ANNA, "dpo")]
    done = office.does("subject", ANNA, "release", "--reason", "over", "--json")
    assert [row["state"] for row in json.loads(done.stdout)] == ["released"]
    assert held_of(office.ledger) == []
