"""What the look-up commands share."""

import json
import os

import click
import pytest
from click.testing import CliRunner

from eslflow.call.receipt import receipt_of
from eslflow.call.records import Choice, FlowServed, State
from eslflow.cli.lookups import (
    as_json,
    call_named,
    public,
    reader,
    times,
    with_service,
)
from eslflow.clock import SystemClock
from eslflow.errors import NotFound, SettingsError, StoreError
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import Ledger, write
from tests import older
from tests.command import run, site_with_calls


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


@pytest.mark.parametrize(
    "words",
    [
        ("calls", "list", "--limit"),
        ("consents", "export", "--format", "csv", "--reason", "x", "--limit"),
        ("retention", "certificate"),
    ],
)
@pytest.mark.parametrize("number", [0, 2**63])
def test_a_number_that_nothing_can_count_is_a_wrong_use(tmp_path, words, number):
    assert run(tmp_path, *words, str(number)).exit_code == 2


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
    with pytest.raises(SettingsError, match="there is no site"):
        reader(tmp_path / "sub")
    (tmp_path / "sub" / "eslflow.yaml").mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        reader(tmp_path / "sub")
    (tmp_path / "sub" / "eslflow.yaml").rmdir()
    os.mkfifo(tmp_path / "sub" / "eslflow.yaml")
    with pytest.raises(SettingsError, match="Not a regular file, but a pipe"):
        reader(tmp_path / "sub")


def test_a_site_whose_path_the_switch_could_not_use_can_still_be_read(tmp_path):
    site = tmp_path / "with blank"
    site.mkdir()
    (site / "eslflow.yaml").write_text("ledger: x.db\n")
    Ledger(site / "x.db").close()
    with reader(site) as ledger:
        assert ledger.calls() == []


def test_a_call_is_named_by_its_uuid_the_start_of_it_or_its_receipt(tmp_path):
    path = tmp_path / "x.db"
    Ledger(path).close()
    code = receipt_of("aaaa-1")
    other = Choice("u", 1, State.GRANTED, "p", "consent", 0, "f", "0", "s", "e")
    begins = "12345678-9abc"
    write(path, [other._replace(call_uuid="aaaa-1", receipt=code)])
    write(path, [other._replace(call_uuid=begins)])
    with Reader(path) as ledger:
        for text in ("aaaa-1", "aaaa", code, f"{code[:4]} {code[4:]}"):
            assert call_named(ledger, text) == "aaaa-1"
        assert call_named(ledger, "12345678") == begins
        with pytest.raises(NotFound, match="there is no call 'bbbb'"):
            call_named(ledger, "bbbb")
        wrong = code[:7] + str((int(code[7]) + 1) % 10)
        with pytest.raises(NotFound, match="last digit says that it is mistyped"):
            call_named(ledger, wrong)
        unknown = receipt_of("another call")
        with pytest.raises(NotFound, match=f"^no call has the receipt {unknown}$"):
            call_named(ledger, unknown)
    write(path, [other._replace(call_uuid="bbbb-2", receipt=code)])
    with Reader(path) as ledger, pytest.raises(NotFound, match="aaaa-1, bbbb-2"):
        call_named(ledger, code)


def test_a_span_may_have_a_beginning_of_its_own():
    seen = []

    @click.command()
    @times(since="30d")
    def command(since, until):
        seen.append((since, until))

    day = 86_400 * 1_000_000
    before = SystemClock().now() - 30 * day
    assert CliRunner().invoke(command, []).exit_code == 0
    assert before <= seen[0][0] <= before + day
    assert seen[0][1] == 0
    CliRunner().invoke(command, ["--since", ""])
    assert seen[1] == (0, 0)
    assert "[default: 30d]" in CliRunner().invoke(command, ["--help"]).output


def test_a_number_is_looked_up_in_the_sites_country(tmp_path):
    site_with_calls(tmp_path)
    number = ("calls", "list", "--number", "0049 30 111111", "--json")
    path = tmp_path / "eslflow.yaml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{text}\ncountry: DE  # where we are\n", encoding="utf-8")
    done = run(tmp_path, *number)
    assert done.exit_code == 0
    assert "aaaa-1" in done.stdout


def test_a_call_is_told_with_since_when_its_flow_was_served(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("")
    served = FlowServed(5, "support", "5e", "served", "start", "root", "")
    write(tmp_path / "eslflow.db", [served])
    call = {"flow_sha256": "5e", "offered_at": 6}
    kept = {"call": call, "choices": []}
    line = {"seq": 1, **served._asdict()}
    assert with_service(tmp_path, kept) == {**kept, "served": line}
    assert with_service(tmp_path, {"call": {"uuid": "x"}})["served"] is None


LOOKS = (
    "calls list",
    "calls show aaaa-1",
    "consents list",
    "consents list --number 030111111",
    "consents show aaaa-1",
    "consents stats",
    "looks",
    "recordings list",
    "recordings show aaaa-1",
    "retention holds",
    "retention list",
    "retention run --dry-run --even-so",
    "subject +4930111111 show",
    "subject +4930111111 erase --reason x --dry-run",
)


@pytest.mark.parametrize("stage", older.stages())
def test_an_older_ledger_is_shown_or_said_to_be_older(tmp_path, stage):
    ledger = tmp_path / "eslflow.db"
    (tmp_path / "eslflow.yaml").write_text("country: DE\n")
    older.first(ledger, stage)
    content = ledger.read_bytes()
    for look in LOOKS:
        done = run(tmp_path, *look.split())
        is_told = "older than" in done.stderr or "was ever erased" in done.stderr
        assert (done.exit_code == 0) is not (done.exit_code == 1 and is_told), look
        assert "no such" not in done.output
        ledger.write_bytes(content)
