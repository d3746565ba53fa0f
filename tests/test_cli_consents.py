"""`eslflow consents`."""

import json

import pytest

from eslflow.call.records import Choice, State
from eslflow.ledger.writer import write
from tests.command import run, site_with_calls


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site_with_calls(folder)
    return folder


def listed(site, *words):
    done = run(site, "consents", "list", "--json", *words)
    assert done.exit_code == 0
    return [line["call_uuid"] for line in json.loads(done.stdout)]


def test_a_table_for_people(site):
    done = run(site, "consents", "list")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    columns = "call at caller called purpose state key notice recorded"
    assert lines[0].split() == columns.split()
    (granted,) = [line for line in lines if "aaaa-1" in line]
    assert "granted" in granted
    assert granted.endswith("yes")
    assert "unanswered (timeout)" in done.stdout


def test_json_for_programs_has_utc(site):
    done = run(site, "consents", "list", "--json", "--call", "aaaa")
    (line,) = json.loads(done.stdout)
    assert line["state"] == "granted"
    assert line["recorded"] is True
    assert line["at"].endswith("Z")


def test_consents_are_found_by_what_is_known(site):
    assert listed(site, "--number", "030 111111") == ["aaaa-1"]
    assert listed(site, "--state", "refused") == ["bbbb-2"]
    for spelling in ("not_asked", "not-asked", "not asked"):
        assert listed(site, "--state", spelling) == ["dddd-4"]
    assert listed(site, "--purpose", "training", "--limit", "1") == ["dddd-4"]
    assert listed(site, "--since", "2000-01-01", "--until", "2001-01-01T10:00") == []
    assert len(listed(site, "--since", "2026-01-01")) == 4


def test_nothing_found_is_said_and_no_error(site):
    done = run(site, "consents", "list", "--number", "999999")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "No consent fits.\n"
    assert listed(site, "--number", "999999") == []


@pytest.mark.parametrize("kind", ["consents", "calls", "recordings"])
def test_a_number_that_looks_like_a_slip_is_told(site, kind):
    done = run(site, kind, "list", "--number", "abc")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "'abc' has fewer than 4 digits" in done.stderr
    assert listed(site, "--number", "anonymous") == ["cccc-3"]


def test_everything_of_a_call_is_shown(site):
    done = run(site, "consents", "show", "aaaa")
    assert done.exit_code == 0
    for words in (
        "training: granted",
        '"Press 1 to agree or 2 to refuse."',
        "1=granted 2=refused",
        "recording v3 en",
        "the switch said: +OK Success",
    ):
        assert words in done.stdout
    kept = json.loads(run(site, "consents", "show", "aaaa", "--json").stdout)
    assert [c["state"] for c in kept["choices"]] == ["requested", "granted"]
    assert kept["call"]["offered_at"].endswith("Z")


def test_what_a_caller_wrote_never_reaches_the_terminal_raw(site):
    done = run(site, "consents", "show", "cccc")
    assert "Eve" in done.stdout
    assert "\x1b" not in done.stdout
    assert "Nothing was recorded." in done.stdout


def test_an_unknown_call_and_a_wrong_time_are_told(site):
    done = run(site, "consents", "show", "aaab-1")
    assert done.exit_code == 1
    assert "there is no call 'aaab-1'. Did you mean aaaa-1?" in done.stderr
    done = run(site, "consents", "list", "--since", "yesterday")
    assert done.exit_code == 2
    assert "'yesterday' is no time" in done.stderr
    assert run(site, "consents", "list", "--state", "maybe").exit_code == 2


def test_a_receipt_finds_its_call(site):
    from eslflow.call.receipt import receipt_of

    code = receipt_of("aaaa-1")
    assert listed(site, "--receipt", code) == []
    for word, why in (
        ("1234", "it has 8 digits"),
        (code[:7] + str((int(code[7]) + 1) % 10), "mistyped"),
    ):
        done = run(site, "consents", "list", "--receipt", word)
        assert done.exit_code == 2
        assert why in done.stderr


def test_each_who_was_asked_has_a_line(tmp_path):
    site_with_calls(tmp_path)
    row = Choice("eeee-5", 1, State.GRANTED, "p", "consent", 0, "f", "0", "ask", "e")
    called = row._replace(state=State.REFUSED, party="callee")
    write(tmp_path / "eslflow.db", [row, called])
    done = run(tmp_path, "consents", "list", "--call", "eeee")
    told = [line for line in done.stdout.splitlines() if "eeee-5" in line]
    assert ["refused, by the called party" in line for line in told] == [True, False]
