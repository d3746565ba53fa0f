"""Versions of flows, as they are looked up."""

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from eslflow.call.records import CallOffered, FlowServed, FlowVersion
from eslflow.errors import NotFound, StoreError
from eslflow.ledger.migrations import migrations
from eslflow.ledger.versions import Versions, inside
from eslflow.ledger.writer import write

INNER = FlowVersion("bbbb22", "opening", "opening.yaml", "flow: opening\n", "")
OUTER = FlowVersion("aaaa11", "a", "a.yaml", "flow: a\n", "opening bbbb22")
LATER = FlowVersion("aaaa33", "a", "a.yaml", "flow: a # 2\n", "opening bbbb22")


def served(at, version, state="served", note=""):
    return FlowServed(
        at, version.flow, version.sha256, state, "reload", "cli anna", note
    )


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "eslflow.db"
    rows = [INNER, OUTER, LATER, served(1, OUTER), served(1, INNER)]
    write(found, [*rows, served(2, LATER, note="shorter")])
    return found


def test_the_log_has_the_newest_first(path):
    with Versions(path) as versions:
        lines = versions.log()
        assert [(line["at"], line["flow"]) for line in lines] == [
            (2, "a"),
            (1, "opening"),
            (1, "a"),
        ]
        assert lines[0]["note"] == "shorter"
        assert [line["at"] for line in versions.log("a")] == [2, 1]
        assert [line["at"] for line in versions.log("a", 1)] == [2]


def test_what_is_served_is_what_was_served_last(path):
    write(path, [served(3, INNER, "removed"), served(4, OUTER, "kept")])
    with Versions(path) as versions:
        assert {n: v["flow_sha256"] for n, v in versions.served().items()} == {
            "a": "aaaa33"
        }


def test_the_version_before_is_another_one(path):
    write(path, [served(3, LATER), served(4, INNER, "kept")])
    with Versions(path) as versions:
        assert versions.before("a")["flow_sha256"] == "aaaa11"
        assert versions.before("opening") is None
    write(path, [served(5, LATER, "removed")])
    with Versions(path) as versions:
        assert versions.before("a")["flow_sha256"] == "aaaa33"


def test_a_flow_that_never_was_has_none_before(path):
    with (
        Versions(path) as versions,
        pytest.raises(NotFound, match="no flow 'b' was served"),
    ):
        versions.before("b")


def test_a_version_is_found_by_the_start_of_its_hash(path):
    with Versions(path) as versions:
        assert versions.version("bbbb")["text"] == "flow: opening\n"
        with pytest.raises(NotFound, match="several versions begin with aaaa: aaaa11"):
            versions.version("aaaa")
        with pytest.raises(NotFound, match=r"no version 'aaa' \(4 digits name one\)"):
            versions.version("aaa")
        with pytest.raises(NotFound, match="no version 'cccc': see eslflow flows log"):
            versions.version("cccc")


def test_a_version_is_told_whole_with_the_flows_inside(path):
    with Versions(path) as versions:
        found = versions.whole("aaaa33")
        assert [line["flow"] for line in found] == ["a", "opening"]
        assert inside(found[0]) == [("opening", "bbbb22")]
        assert inside(found[1]) == []
        assert versions.has("a", LATER.text)
        assert not versions.has("opening", LATER.text)


def test_the_version_that_a_call_ran_is_told(path):
    write(path, [CallOffered("u-1", "inbound", "", "", "", "a", "aaaa11", "e", 1)])
    with Versions(path) as versions:
        assert versions.run_by("u-1") == "aaaa11"
        with pytest.raises(NotFound, match="there is no call 'u-2'"):
            versions.run_by("u-2")


def test_the_same_text_is_kept_once_and_nothing_of_it_can_be_changed(path):
    write(path, [OUTER, served(3, OUTER)])
    with closing(sqlite3.connect(path)) as db:
        count = db.execute("SELECT count(*) FROM flow_versions").fetchone()
        assert count == (3,)
        for table in ("flow_versions", "flow_log"):
            for change in (f"DELETE FROM {table}", f"UPDATE {table} SET flow = 'x'"):
                with pytest.raises(sqlite3.IntegrityError, match="append only"):
                    db.execute(change)


def test_a_ledger_of_an_older_eslflow_has_none(tmp_path):
    path = tmp_path / "eslflow.db"
    with closing(sqlite3.connect(path)) as db:
        migrations.apply(Database(db), stop_before="versions_of_flows")
    with Versions(path) as versions:
        assert versions.log() == []
        assert versions.served() == {}
        assert not versions.has("a", "")
        with pytest.raises(NotFound):
            versions.version("aaaa")


def test_a_ledger_that_cannot_be_read_is_told(path):
    with Versions(path) as versions:
        with closing(sqlite3.connect(path)) as db:
            db.execute("DROP TABLE flow_log")
        with pytest.raises(StoreError, match="no such table: flow_log"):
            versions.log()
