"""`eslflow consents withdraw`."""

import json
from pathlib import Path

import pytest

from eslflow.call.receipt import receipt_of
from eslflow.call.records import (
    CallEnded,
    CallOffered,
    Choice,
    RecordingBegun,
    RecordingEnded,
    RecordingErased,
    State,
)
from eslflow.call.wishes import Want
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import Ledger, write
from tests.command import run
from tests.desks import ANNA, TableDesk
from tests.files import put
from tests.persons import ANNA as NUMBER
from tests.persons import SPELLINGS, Office
from tests.served import served

CODE = receipt_of("aaaa-1")
WHY = ("--reason", "letter of 3 May")


def choice(state=State.GRANTED, purpose="training", after="delete", **given):
    row = Choice(
        "aaaa-1", 5, state, purpose, "consent", 90, "f", "0", "ask", "e",
        notice="rec", notice_version=3, key="1", tries=1, heard_ms=900,
        keys_offered="1=granted", receipt=CODE, on_withdrawal=after,
    )  # fmt: skip
    return row._replace(**given)


class Kept:
    """A site with one call and its recordings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = folder / "eslflow.db"
        (folder / "eslflow.yaml").write_text("")
        Ledger(self.ledger).close()

    def has(self, *rows, uuid="aaaa-1", is_over=True):
        call = CallOffered(uuid, "inbound", "+4930", "", "100", "f", "0", "e", 1)
        over = [CallEnded(uuid, 9, "hung_up", "", "ask")] * is_over
        write(self.ledger, [call, *rows, *over])

    def records(self, purposes="training", number=1, is_over=True, **given):
        name = f"aaaa-1-{number}"
        path = put(self.folder / "recordings/2027/01/15" / f"{name}.wav", b"x")
        rows = [RecordingBegun(name, "aaaa-1", "aaaa-1", str(path), purposes, "q", 6)]
        if is_over:
            rows.append(RecordingEnded(name, 6, 8, 2000, "", "stopped"))
        write(self.ledger, rows)
        return path

    def last(self):
        with Reader(self.ledger) as ledger:
            return ledger.call("aaaa-1")["choices"][-1]

    def withdraws(self, *words):
        return run(self.folder, "consents", "withdraw", *words)


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setattr("eslflow.cli.withdraw.who", lambda: "anna")
    return Kept(tmp_path)


@pytest.mark.parametrize("name", ["aaaa-1", "aaaa", CODE, f"{CODE[:4]} {CODE[4:]}"])
def test_it_is_kept_with_who_and_why_and_the_file_goes(site, name):
    site.has(choice())
    path = site.records()
    done = site.withdraws(name, *WHY)
    assert done.exit_code == 0, done.output
    assert not path.exists()
    row = site.last()
    assert (row["state"], row["performed_by"], row["who"]) == (
        "withdrawn",
        "operator",
        "anna",
    )
    assert (row["remark"], row["reason"]) == ("letter of 3 May", "")
    assert (row["purpose"], row["on_withdrawal"]) == ("training", "delete")
    assert (row["notice"], row["notice_version"], row["receipt"]) == ("rec", 3, CODE)
    assert (row["key"], row["keys_offered"], row["tries"], row["heard_ms"]) == (
        "",
        "",
        0,
        0,
    )
    assert "recording aaaa-1-1 is deleted" in done.stdout
    assert "recording aaaa-1-1 was withdrawn: 1 file removed" in done.stdout
    assert done.stdout.endswith("The withdrawal is kept.\n")


def test_a_dry_run_says_it_all_and_does_nothing(site):
    site.has(choice())
    path = site.records()
    done = site.withdraws("aaaa", *WHY, "--dry-run")
    assert done.exit_code == 0
    assert "  training is withdrawn: it was granted 1970-01-01" in done.stdout
    assert f"  recording aaaa-1-1 is deleted: {path}" in done.stdout
    assert done.stdout.endswith("Nothing was done: this was a dry run.\n")
    assert path.exists()
    assert site.last()["state"] == "granted"


def test_programs_read_json_and_nothing_else(site):
    site.has(choice())
    path = site.records()
    plan = json.loads(site.withdraws("aaaa", *WHY, "--dry-run", "--json").stdout)
    assert plan["kept"] is False
    assert path.exists()
    done = site.withdraws("aaaa", *WHY, "--json")
    found = json.loads(done.stdout)
    assert found == {**plan, "kept": True}
    (call,) = found["calls"]
    assert (call["call"], call["held"]) == ("aaaa-1", False)
    (row,) = call["withdrawn"]
    assert (row["purpose"], row["state"]) == ("training", "granted")
    assert row["at"].startswith("1970-01-01T")
    assert call["recordings"] == [f"recording aaaa-1-1 is deleted: {path}"]
    assert "recording aaaa-1-1 was withdrawn: 1 file removed" in done.stderr
    assert not path.exists()


@pytest.mark.parametrize(
    ("after", "words"), [("keep", "says keep"), ("", "does not say delete")]
)
def test_a_file_stays_where_its_purpose_does_not_say_delete(site, after, words):
    site.has(choice(after=after))
    path = site.records()
    done = site.withdraws("aaaa", *WHY)
    assert f"recording aaaa-1-1 stays: training {words}\n" in done.stdout
    assert path.exists()
    assert site.last()["state"] == "withdrawn"


def test_a_file_for_something_else_besides_stays(site):
    site.has(choice(), choice(purpose="proof", basis="contract", state=State.NOT_ASKED))
    path = site.records("training proof")
    done = site.withdraws("aaaa", *WHY)
    assert "recording aaaa-1-1 stays: proof is not withdrawn" in done.stdout
    assert path.exists()


def test_one_purpose_may_be_withdrawn_and_the_other_not(site):
    site.has(choice(), choice(State.VERBAL, "quality"))
    one, both = site.records("training"), site.records("training quality", 2)
    done = site.withdraws("aaaa", *WHY, "--purpose", "training")
    assert done.exit_code == 0, done.output
    assert (one.exists(), both.exists()) == (False, True)
    done = site.withdraws("aaaa", *WHY, "--purpose", "training")
    assert (
        "training in call aaaa-1 was withdrawn already: see consents show"
        in done.stderr
    )
    assert "quality is withdrawn: it was verbal" in site.withdraws("aaaa", *WHY).stdout
    assert not both.exists()


@pytest.mark.parametrize("state", [State.REFUSED, State.UNANSWERED, State.NOT_ASKED])
def test_what_was_not_permitted_cannot_be_withdrawn(site, state):
    site.has(choice(state))
    done = site.withdraws("aaaa", *WHY)
    assert done.exit_code == 1
    assert "nothing was permitted for call aaaa-1" in done.stderr
    assert site.last()["state"] == state


def test_an_objection_that_comes_later_is_a_withdrawal(site):
    told = choice(State.UNANSWERED, basis="contract", reason="not_objected")
    site.has(told)
    assert site.withdraws("aaaa", *WHY).exit_code == 0
    assert site.last()["state"] == "withdrawn"


def test_what_is_gone_already_and_what_never_was_is_told(site):
    site.has(choice())
    assert (
        "  nothing was recorded\n" in site.withdraws("aaaa", *WHY, "--dry-run").stdout
    )
    site.records()
    write(site.ledger, [RecordingErased("aaaa-1-1", 7_000_000, "withdrawn")])
    told = site.withdraws("aaaa", *WHY, "--dry-run").stdout
    assert "recording aaaa-1-1 was deleted on 1970-01-01" in told


def test_a_call_that_may_go_on_without_us_is_told(site):
    site.has(choice(), is_over=False)
    site.records(is_over=False)
    done = site.withdraws("aaaa", *WHY)
    assert done.exit_code == 0
    assert "recording aaaa-1-1 may still run: it is stopped" in done.stdout
    assert "its recording is stopped when eslflow serve runs again" in done.stderr


def test_a_running_eslflow_stops_the_recording_of_a_live_call(site):
    site.has(choice(call_uuid=ANNA), uuid=ANNA, is_over=False)
    desk = TableDesk()
    with served(site.folder, desk):
        done = site.withdraws(ANNA, *WHY)
        assert done.exit_code == 0, done.output
        assert "The call goes on; its recording is off." in done.stdout
        ((uuid, wish),) = desk.asked
        assert (uuid, wish.want) == (ANNA, Want.OFF)


def test_a_running_eslflow_deletes_by_itself(site):
    site.has(choice())
    path = site.records()
    desk = TableDesk()
    with served(site.folder, desk):
        done = site.withdraws("aaaa", *WHY)
    assert "eslflow serve deletes once it was looked into" in done.stdout
    assert desk.asked == []
    assert path.exists()
    assert site.last()["state"] == "withdrawn"


def test_what_cannot_be_deleted_is_an_error_but_it_is_withdrawn(site):
    site.has(choice())
    path = site.records()
    path.unlink()
    path.mkdir()
    done = site.withdraws("aaaa", *WHY)
    assert done.exit_code == 1
    assert "the consent was withdrawn, and it cannot be deleted" in done.stderr
    assert site.last()["state"] == "withdrawn"


@pytest.mark.parametrize("reason", ["  ", "x" * 501])
def test_a_reason_is_demanded(site, reason):
    site.has(choice())
    assert site.withdraws("aaaa").exit_code == 2
    assert site.withdraws("aaaa", "--reason", reason).exit_code == 2
    assert site.last()["state"] == "granted"


def test_the_look_ups_tell_of_it(site):
    site.has(choice())
    site.records()
    site.withdraws(CODE, *WHY)
    folder = site.folder
    told = run(folder, "consents", "show", CODE).stdout
    assert "because   letter of 3 May" in told
    (line,) = json.loads(
        run(folder, "consents", "list", "--receipt", CODE, "--json").stdout
    )
    assert line["state"] == "withdrawn"
    assert " erased" in run(folder, "recordings", "list").stdout
    done = run(folder, "recordings", "verify", "--all")
    assert done.exit_code == 0
    assert done.stdout.startswith("erased    aaaa-1-1\n          on 20")
    assert "1 looked into, none to look after" in done.stderr


@pytest.fixture
def office(tmp_path, monkeypatch):
    monkeypatch.setattr("eslflow.cli.withdraw.who", lambda: "anna")
    return Office(tmp_path)


@pytest.mark.parametrize("number", SPELLINGS)
def test_a_number_stands_for_all_that_its_owner_has_permitted(office, number):
    first, third = office.talked()
    done = office.does("consents", "withdraw", number, *WHY)
    assert done.exit_code == 0, done.output
    assert "Call anna-1\n  training is withdrawn: it was granted" in done.stdout
    assert "Call anna-2\n  training is withdrawn: it was granted" in done.stdout
    assert "2 withdrawals are kept." in done.stdout
    # Where Anna was called, somebody else was asked.
    states = {
        uuid: office.call(uuid)["choices"][-1]["state"]
        for uuid in ("anna-1", "anna-2", "anna-3", "ben-1")
    }
    assert states == {
        "anna-1": "withdrawn",
        "anna-2": "withdrawn",
        "anna-3": "granted",
        "ben-1": "granted",
    }
    assert (first.exists(), third.exists()) == (False, True)


def test_who_was_called_and_asked_withdraws_by_number(office):
    office.ends("out-1", "100", NUMBER)
    asked = office.call("out-1")["choices"][0]
    row = choice(call_uuid="out-1", purpose="evidence", party="callee")
    write(office.ledger, [row])
    done = office.does("consents", "withdraw", NUMBER, *WHY)
    assert "evidence is withdrawn" in done.stdout
    assert "The withdrawal is kept." in done.stdout
    assert asked["state"] == "granted"
    assert [c["state"] for c in office.call("out-1")["choices"]] == [
        "granted",
        "granted",
        "withdrawn",
    ]


def test_a_number_that_nobody_has_or_that_permitted_nothing_is_told(office):
    office.talked()
    done = office.does("consents", "withdraw", "+4930999999", *WHY)
    assert "there is no call '+4930999999', nor one of that number" in done.stderr
    office.does("consents", "withdraw", NUMBER, *WHY)
    done = office.does("consents", "withdraw", NUMBER, *WHY)
    assert done.exit_code == 1
    assert "nothing to withdraw" in done.stderr or "withdrawn already" in done.stderr
    done = office.does("consents", "withdraw", "zzzz", *WHY)
    assert "there is no call 'zzzz'" in done.stderr


def test_of_a_number_too_only_one_purpose_may_be_withdrawn(office):
    office.talked()
    write(office.ledger, [choice(call_uuid="anna-2", purpose="evidence")])
    office.does("consents", "withdraw", NUMBER, *WHY, "--purpose", "evidence")
    states = [c["state"] for c in office.call("anna-2")["choices"]]
    assert states == ["granted", "granted", "withdrawn"]
    assert office.call("anna-1")["choices"][-1]["state"] == "granted"
