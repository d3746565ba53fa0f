"""`eslflow recordings reconcile`, against a switch of a few answers."""

import json
import os

import pytest

from eslflow.call.records import CallOffered, RecordingBegun
from eslflow.cli.main import CONFIGURATION
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import Ledger, write
from tests.answering import Switch
from tests.command import run
from tests.desks import ANNA, TableDesk
from tests.files import put
from tests.served import served

AT = 1_795_474_026_000_000


@pytest.fixture
def switch():
    made = Switch()
    yield made
    made.server.stop()


@pytest.fixture
def site(tmp_path, switch):
    address = f"127.0.0.1:{switch.server.server_port}"
    (tmp_path / "eslflow.yaml").write_text(f"switch: {{address: '{address}'}}\n")
    Ledger(tmp_path / "eslflow.db").close()
    return tmp_path


def file_of(site, name):
    path = put(site / "recordings/2026/11/24" / f"{name}.wav", b"RIFF")
    os.utime(path, (0, 0))
    return path


def reconcile(site, *words):
    return run(site, "recordings", "reconcile", *words)


def test_where_all_is_well_nothing_is_found(site):
    done = reconcile(site)
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "0 found, none unpermitted\n"


def test_what_is_unpermitted_is_stopped_put_away_and_exits_with_1(site, switch):
    path, orphan = file_of(site, "u-1-1"), file_of(site, "gone-1")
    switch.records("u-1", path)
    tried = reconcile(site, "--dry-run", "--json")
    assert tried.exit_code == 1
    assert [found["what"] for found in json.loads(tried.stdout)] == [
        "unpermitted",
        "orphan",
    ]
    assert path.exists()
    assert orphan.exists()
    done = reconcile(site)
    assert done.exit_code == 1
    assert "unpermitted u-1\n" in done.stdout
    assert "orphan      gone\n" in done.stdout
    assert "2 found, 2 unpermitted" in done.stderr
    assert f"uuid_record u-1 stop {path}" in switch.heard
    assert not path.exists()
    assert not orphan.exists()
    assert reconcile(site).exit_code == 0


def test_calls_that_ended_without_a_controller_get_their_end(site):
    offered = CallOffered("u-1", "inbound", "", "", "100", "test", "", "", AT)
    write(site / "eslflow.db", [offered])
    done = reconcile(site)
    assert done.exit_code == 0
    assert "ended       u-1" in done.stdout
    with Reader(site / "eslflow.db") as ledger:
        assert ledger.call("u-1")["call"]["ending"] == "lost"


def test_a_call_that_goes_on_is_left_to_serve(site, switch):
    path = file_of(site, "u-1-1")
    write(
        site / "eslflow.db",
        [
            CallOffered("u-1", "inbound", "", "", "100", "test", "", "", AT),
            RecordingBegun("u-1-1", "u-1", "u-1", str(path), "proof", "q", AT),
        ],
    )
    switch.records("u-1", path)
    done = reconcile(site)
    assert done.exit_code == 0
    assert "start eslflow serve, which takes it over" in done.stdout
    assert not any("stop" in words for words in switch.heard)


def test_calls_that_a_running_serve_drives_are_left_alone(site, switch):
    path, other = file_of(site, f"{ANNA}-1"), "77777777-0000-4000-8000-00000000000f"
    switch.records(ANNA, path)
    write(
        site / "eslflow.db",
        [CallOffered(other, "inbound", "", "", "100", "test", "", "", AT)],
    )
    with served(site, TableDesk()):
        done = reconcile(site)
    assert (done.exit_code, done.stdout) == (0, "")
    assert not any("stop" in words for words in switch.heard)
    with Reader(site / "eslflow.db") as ledger:
        assert ledger.call(other)["call"]["ended_at"] is None


def test_a_site_without_a_switch_is_told_what_is_missing(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("# a site\n")
    done = reconcile(tmp_path)
    assert done.exit_code == CONFIGURATION
    assert "see switch: in eslflow.yaml" in done.stderr


def test_a_switch_that_is_not_there_is_told(site, switch):
    switch.server.stop()
    done = reconcile(site)
    assert done.exit_code == 1
    assert "no control link to the switch" in done.stderr
