"""What a ledger holds of one call, as it was hashed."""

import json
import sqlite3
from contextlib import closing
from hashlib import sha256

import pytest

from eslflow.errors import StoreError
from eslflow.ledger.excerpt import excerpt, tree_head
from eslflow.ledger.personal import MARK, hashed
from eslflow.ledger.tree import TreeHead, root_from
from eslflow.ledger.verify import head
from eslflow.ledger.writer import connect, write
from tests.bundles import (
    CALL,
    LOOKED_AT,
    NAME,
    REASON,
    REMARK,
    granted,
    site_with_proof,
    withdrawn,
)


@pytest.fixture
def ledger(tmp_path):
    return site_with_proof(tmp_path, withdrawn())


def rows(ledger):
    with closing(sqlite3.connect(ledger)) as db:
        return dict(db.execute("SELECT place, hash FROM chain"))


def spoil(ledger, *statements):
    with closing(sqlite3.connect(ledger, isolation_level=None)) as db:
        for table in ("choices", "chain"):
            for what in ("update", "delete"):
                db.execute(f"DROP TRIGGER {table}_no_{what}")
        for sql in statements:
            assert db.execute(sql).rowcount


def test_each_row_has_the_hash_that_the_chain_has(ledger):
    found, kept = excerpt(ledger, CALL), rows(ledger)
    assert [link.place for link in found.links] == [2, 3, 4, 5, 6, 7, 8, 9, 11, 12]
    for link in found.links:
        assert link.hash == kept[link.place] == sha256(link.text.encode()).digest()
        assert json.loads(link.text)["previous"] == kept[link.place - 1].hex()


def test_all_rows_are_of_the_call_and_its_notice_comes_along(ledger):
    said = [json.loads(link.text) for link in excerpt(ledger, CALL).links]
    assert {row.get("call_uuid", CALL) for row in said} == {CALL}
    assert [row["table"] for row in said] == [
        "notices", "choices", "choices", *["recording_actions"] * 5, "looks", "choices",
    ]  # fmt: skip


def test_words_come_with_what_proves_that_they_are_those(ledger):
    found = excerpt(ledger, CALL)
    assert sorted(text for _, text in found.words.values()) == [REASON, REMARK]
    for mark, (key, text) in found.words.items():
        assert hashed(key, text) == mark
    with closing(connect(ledger)) as db:
        db.execute("DELETE FROM personal WHERE text = ?", (REMARK,))
    assert len(excerpt(ledger, CALL).words) == 1
    assert sum(MARK in link.text for link in excerpt(ledger, CALL).links) == 2


def test_call_and_recordings_are_told_as_they_stand(ledger):
    found = excerpt(ledger, CALL)
    assert found.call["caller_name"] == NAME
    assert [line["verdict"] for line in found.recordings] == ["intact"]
    nobody = excerpt(ledger, "before")
    assert (nobody.call, nobody.recordings) == ({"uuid": "before"}, ())


def test_every_row_leads_to_the_newest_head_and_to_one_kept_before(ledger):
    kept = tree_head(ledger, 8)
    found = excerpt(ledger, CALL, kept)
    newest = tree_head(ledger)
    assert newest.size == head(ledger).place == 13
    assert list(found.trees) == [newest, kept]
    for tree, ways in found.trees.items():
        hashes = {link.place: link.hash for link in found.links}
        assert sorted(ways) == [at for at in hashes if at <= tree.size]
        for at, way in ways.items():
            assert root_from(hashes[at], at, tree.size, way) == tree.root


@pytest.mark.parametrize("kept", [TreeHead(8, bytes(32)), TreeHead(99, bytes(32))])
def test_a_head_of_another_ledger_is_told(ledger, kept):
    with pytest.raises(StoreError, match="this ledger has not grown out of"):
        excerpt(ledger, CALL, kept)


def test_a_head_from_before_all_rows_of_the_call_is_told(ledger):
    early = tree_head(ledger, 1)
    with pytest.raises(StoreError, match="no row of the call had been written when 1:"):
        excerpt(ledger, CALL, early)


def test_what_came_after_a_look_is_left_out(ledger):
    write(ledger, [granted()])
    assert excerpt(ledger, CALL).links[-1].place == 14
    assert excerpt(ledger, CALL, None, LOOKED_AT).links[-1].place == 11
    assert excerpt(ledger, CALL, None, 1).links[-1].place == 14


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE choices SET key = '2' WHERE key = '1'", "is not as it was written"),
        ("UPDATE choices SET key = 12.5 WHERE seq = 3", "is not as it was written"),
        ("UPDATE choices SET tries = 'x' WHERE seq = 3", "is not as it was written"),
        ("UPDATE chain SET hash = 'x' WHERE place = 4", "is not as it was written"),
        ("DELETE FROM chain WHERE place = 4", "choices 3 has no place in the chain"),
        ("DELETE FROM chain WHERE place = 1", "place 1 is gone from the chain"),
        (
            "UPDATE choices SET key = CAST(x'ff' AS TEXT) WHERE seq = 3",
            "cannot be read",
        ),
    ],
)
def test_a_row_that_is_not_as_written_is_not_handed_out(ledger, statement, told):
    spoil(ledger, statement)
    with pytest.raises(StoreError, match=told):
        excerpt(ledger, CALL)


def test_a_ledger_that_cannot_be_read_is_told(ledger, tmp_path):
    with pytest.raises(StoreError, match="there is no ledger"):
        excerpt(tmp_path / "none.db", CALL)
    with pytest.raises(StoreError, match="there is no ledger"):
        tree_head(tmp_path / "none.db")
    with closing(connect(ledger)) as db:
        db.execute("DROP TABLE chain")
    for asks in (lambda: excerpt(ledger, CALL), lambda: tree_head(ledger)):
        with pytest.raises(StoreError, match="cannot be read: no such table"):
            asks()


def test_a_rare_table_is_found_among_many_rows(tmp_path):
    path = site_with_proof(tmp_path)
    write(path, [granted(call=f"more-{n}") for n in range(300)])
    write(path, [granted()])
    found = excerpt(path, CALL)
    kept = rows(path)
    assert found.links[-1].place == len(kept) == 313
    assert all(kept[link.place] == link.hash for link in found.links)
