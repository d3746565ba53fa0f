"""The tables."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from eslflow.call.records import (
    AgentAgreed,
    CallOffered,
    Choice,
    Erasure,
    FlowServed,
    FlowVersion,
    LegalHold,
    Look,
    NoticePlayed,
    RecordingAction,
    RecordingBegun,
    RecordingChecked,
    RecordingEnded,
    RecordingErased,
    RecordingHooked,
    RecordingSettled,
    RecordingStored,
    RecordingWished,
    State,
)
from eslflow.errors import StoreError
from eslflow.ledger import migrations as module
from eslflow.ledger.chain import FORMS, head_of
from eslflow.ledger.migrations import migrate, migrations
from eslflow.ledger.read import Reader
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import write
from tests import older


@pytest.fixture
def db():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        yield db


def test_migrating_twice_changes_nothing_and_every_column_is_there(db):
    migrate(db)
    before = db.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    migrate(db)
    assert (
        before == db.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    )
    for table, row in (
        ("calls", CallOffered),
        ("choices", Choice),
        ("recordings", RecordingBegun),
        ("recordings", RecordingEnded),
        ("recordings", RecordingChecked),
        ("recordings", RecordingStored),
        ("recordings", RecordingSettled),
        ("recordings", RecordingHooked),
        ("recordings", RecordingErased),
        ("recording_actions", RecordingAction),
        ("wishes", RecordingWished),
        ("looks", Look),
        ("flow_versions", FlowVersion),
        ("flow_log", FlowServed),
        ("holds", LegalHold),
        ("erasures", Erasure),
        ("agents", AgentAgreed),
    ):
        columns = {line[1] for line in db.execute(f"PRAGMA table_info({table})")}
        assert set(row._fields) <= columns


def test_every_state_can_be_stored_and_no_other(db):
    migrate(db)
    found = db.execute("SELECT sql FROM sqlite_master WHERE name = 'choice_terms'")
    (sql,) = found.fetchone()
    allowed = sql.partition("IN (")[2].partition(")")[0].replace("'", "").split(", ")
    assert allowed == [state.value for state in State]


def test_an_older_ledger_keeps_its_proof_and_gets_the_new_columns(db):
    migrations.apply(Database(db), stop_before="what_the_file_holds")
    db.execute(
        "INSERT INTO recording_actions (recording_id, call_uuid, at, action, reason, "
        "step, reply, verified) VALUES ('u-1', 'u', 5, 'start', 'step', 's', '+OK', 1)"
    )
    migrate(db)
    sql = "SELECT recording_id, at, asked_at, leg_uuid, path FROM recording_actions"
    assert db.execute(sql).fetchall() == [("u-1", 5, 0, "", "")]


@pytest.mark.parametrize(
    "change", ["UPDATE notices SET text = 'x'", "DELETE FROM notices"]
)
def test_the_words_that_choices_rest_on_stay_in_an_older_ledger_too(db, change):
    migrations.apply(Database(db), stop_before="notices_are_proof_too")
    db.execute("INSERT INTO notices VALUES ('f', 'n', 1, 'en', 'Press 1.', '', 1, '')")
    migrate(db)
    with pytest.raises(sqlite3.IntegrityError, match="notices are proof: append only"):
        db.execute(change)
    assert db.execute("SELECT text FROM notices").fetchall() == [("Press 1.",)]


@pytest.mark.parametrize("change", ["UPDATE looks SET who = 'x'", "DELETE FROM looks"])
def test_an_older_ledger_keeps_who_looked_from_now_on(db, change):
    migrations.apply(Database(db), stop_before="forms_and_looks")
    db.execute(
        "INSERT INTO recordings (id, call_uuid, leg_uuid, path, purposes, step, "
        "asked_at, verdict) VALUES ('u-1', 'u', 'u', '/r', 'p', 's', 1, 'intact')"
    )
    migrate(db)
    sql = "SELECT form, source, hook_result FROM recordings"
    assert db.execute(sql).fetchall() == [(None, None, None)]
    db.execute(
        "INSERT INTO looks (at, who, what, call_uuid, recording_id, reason) "
        "VALUES (1, 'anne', 'decrypt', 'u', 'u-1', 'a complaint')"
    )
    with pytest.raises(sqlite3.IntegrityError, match="looks are proof: append only"):
        db.execute(change)


def test_choices_of_an_older_ledger_have_no_receipt_and_say_nothing_of_files(db):
    migrations.apply(Database(db), stop_before="receipts_and_withdrawals")
    old = Choice("u", 1, State.GRANTED, "p", "consent", 0, "f", "0", "s", "e")
    new = ("receipt", "on_withdrawal", "who", "remark")
    later = (*new, "rests_on")
    names = [name for name in Choice._fields if name not in later]
    values = [str(getattr(old, name)) for name in names]
    marks = ", ".join("?" * len(names))
    db.execute(f"INSERT INTO choices ({', '.join(names)}) VALUES ({marks})", values)
    migrate(db)
    found = db.execute(f"SELECT {', '.join(new)} FROM choices").fetchall()
    assert found == [("", "", "", "")]


def test_calls_of_an_older_ledger_have_waited_in_no_queue_that_is_known(db):
    migrations.apply(Database(db), stop_before="queues_of_calls")
    call = CallOffered("u", "inbound", "1", "", "2", "f", "0", "e", 1)._asdict()
    del call["assurance"]
    call |= {"caller_digits": "1", "called_digits": "2"}
    marks = ", ".join("?" * len(call))
    sql = f"INSERT INTO calls ({', '.join(call)}) VALUES ({marks})"
    db.execute(sql, (*call.values(),))
    migrate(db)
    # Nor is it known how sure their number was.
    assert db.execute("SELECT queue, assurance FROM calls").fetchall() == [("", "")]


def test_receipts_are_found_by_an_index(db):
    migrate(db)
    where = "receipt = '12345674' AND receipt <> ''"
    plan = db.execute(f"EXPLAIN QUERY PLAN SELECT call_uuid FROM choices WHERE {where}")
    assert "choice_rows_receipt" in plan.fetchall()[0][3]


REFUSE_UPDATES = (
    "CREATE TRIGGER recording_actions_no_update BEFORE UPDATE ON recording_actions "
    "BEGIN SELECT RAISE(ABORT, 'recording_actions are proof: append only'); END"
)
NOTICES = [
    ("f", "n", 2, "en", "Press 2.", "", 1, ""),
    ("f", "n", 1, "en", "\u2460", "", 1, ""),
]


def old_ledger(db, before="chain_of_proof"):
    """Fill a ledger that has no chain yet; return its proof, in order of time."""
    migrations.apply(Database(db), stop_before=before)
    marks = ", ".join("?" * 8)
    db.executemany(f"INSERT INTO notices VALUES ({marks})", NOTICES)
    for at in (5, 20, 3):
        choice = Choice(f"u{at}", at, "granted", "p", "consent", 0, "f", "0", "s", "e")
        there = {line[1] for line in db.execute("PRAGMA table_info(choices)")}
        old = [name for name in Choice._fields if name in there]
        marks = ", ".join("?" * len(old))
        db.execute(
            f"INSERT INTO choices ({', '.join(old)}) VALUES ({marks})",
            [getattr(choice, name) for name in old],
        )
    for at in (4, 30):
        db.execute(
            "INSERT INTO recording_actions (recording_id, call_uuid, at, action, "
            f"reason, step, reply, verified) VALUES ('a', 'u', {at}, 'start', '', '', "
            "'+OK', 1)"
        )
    return [(1, 1), (1, 2), (3, 1), (2, 1), (2, 2), (2, 3), (3, 2)]


@pytest.mark.parametrize(
    "version", ["who_was_asked", "notices_are_proof_too", "chain_of_proof"]
)
def test_the_proof_of_an_older_ledger_is_chained_in_order_of_time(
    tmp_path, caplog, version
):
    path = tmp_path / "eslflow.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        order = old_ledger(db, version)
        in_order = "SELECT seq, at FROM choices ORDER BY seq"
        before = db.execute(in_order).fetchall()
        migrate(db)
        assert "7 rows of proof, older than the chain" in caplog.text
        sql = "SELECT kind, seq FROM chain ORDER BY place"
        assert db.execute(sql).fetchall() == order
        # A row keeps its place among those of its table.
        assert db.execute(in_order).fetchall() == before
        columns = ", ".join(NoticePlayed._fields)
        kept = db.execute(f"SELECT {columns} FROM notices ORDER BY seq").fetchall()
        assert kept == NOTICES
    assert verify(path).broken is None
    write(path, [Look(1, "anne", "decrypt", "u", "u-1", "asked")])
    assert verify(path).broken is None
    assert verify(path).head.place == 8


def test_words_of_an_older_ledger_that_may_name_a_person_are_set_apart(tmp_path):
    path = tmp_path / "eslflow.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        old_ledger(db)
        sql = "INSERT INTO looks VALUES (?, 1, 'anne', 'decrypt', 'u', 'u-1', ?)"
        db.execute(sql, (1, "ask +49 30 1234"))
        db.execute(sql, (2, ""))
        migrate(db)
        (reason,), (empty,) = db.execute("SELECT reason FROM looks").fetchall()
        assert reason.startswith("personal:")
        assert empty == ""
        kept = db.execute("SELECT hash, call_uuid, text FROM personal").fetchall()
        assert kept == [(reason, "u", "ask +49 30 1234")]
        with pytest.raises(sqlite3.IntegrityError, match="proof: append only"):
            db.execute("UPDATE looks SET reason = ''")
    assert verify(path).broken is None


def test_numbers_outside_in_older_proof_are_set_apart_and_extensions_are_not(tmp_path):
    path = tmp_path / "eslflow.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        old_ledger(db)
        sql = "SELECT reason, reply FROM recording_actions ORDER BY seq"
        before = db.execute(sql).fetchall()
        db.execute("DROP TRIGGER recording_actions_no_update")
        change = "UPDATE recording_actions SET reason = ? WHERE seq = ?"
        db.execute(change, ("key 1001", 1))
        db.execute(change, ("key +49301234567", 2))
        db.execute(REFUSE_UPDATES)
        migrate(db)
        (inside, _), (outside, reply), *_ = db.execute(sql).fetchall()
        assert inside == "key 1001"
        assert outside.startswith("personal:")
        assert reply == before[1][1]
        assert db.execute("SELECT text FROM personal").fetchall() == [
            ("key +49301234567",)
        ]
    assert verify(path).broken is None


def test_a_new_ledger_says_nothing_of_older_proof(db, caplog):
    migrate(db)
    assert caplog.text == ""


@pytest.mark.parametrize("table", [*(form.table for form in FORMS.values()), "chain"])
def test_what_is_chained_cannot_be_changed_or_deleted(db, table):
    old_ledger(db)
    migrate(db)
    write = "INSERT INTO looks VALUES (1, 1, 'anne', 'decrypt', 'u', 'u-1', 'x', '')"
    db.execute(write)
    db.execute("INSERT INTO holds VALUES (1, 1, 'held', 'anne', 'x', 'y')")
    db.execute("INSERT INTO erasures VALUES (1, 1, 's', 'd', 'a', 'r', '', 0, 0, 0, 0)")
    db.execute("INSERT INTO agents VALUES (1, 1, '1', 'agreed', 's', 2, '', 'd', 'a')")
    column = db.execute(f"PRAGMA table_info({table})").fetchall()[1][1]
    before = db.execute(f"SELECT * FROM {table}").fetchall()
    assert before
    for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match="proof: append only"):
            db.execute(change)
    assert db.execute(f"SELECT * FROM {table}").fetchall() == before


@pytest.mark.parametrize(
    "change", ["UPDATE agents SET version = 9", "DELETE FROM agents"]
)
def test_an_older_ledger_gets_a_register_in_which_nothing_is_changed(db, change):
    migrations.apply(Database(db), stop_before="register_of_agents")
    migrate(db)
    db.execute(
        "INSERT INTO agents VALUES (1, 1, '1001', 'agreed', 'staff', 2, '', 'day', 'a')"
    )
    with pytest.raises(sqlite3.IntegrityError, match="agents are proof: append only"):
        db.execute(change)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        db.execute(
            "INSERT INTO agents VALUES (2, 1, '1001', 'maybe', 's', 2, '', 'day', 'a')"
        )


# Ledgers as they once were.


def shape(db):
    """Return the names of everything in a database, and the columns of its tables."""
    found = db.execute("SELECT type, name, tbl_name FROM sqlite_master").fetchall()
    return {
        (kind, name, *(line[1:] for line in db.execute(f"PRAGMA table_info({name})")))
        for kind, name, _ in found
    }


@pytest.fixture
def first(tmp_path):
    """A ledger of the first schema."""
    return older.first(tmp_path / "eslflow.db")


@pytest.mark.parametrize("stage", older.stages())
def test_a_stored_ledger_comes_forward_from_every_schema_there_was(tmp_path, stage, db):
    first = older.first(tmp_path / "eslflow.db", stage)
    call = CallOffered("d-4", "inbound", "", "", "1", "support", "", "", 1)
    new = Choice("d-4", 1, State.GRANTED, "p", "consent", 0, "support", "0", "s", "e")
    write(first, [call, new])
    migrate(db)
    with closing(sqlite3.connect(first)) as today:
        assert shape(today) == shape(db)
    assert verify(first).broken is None
    with Reader(first) as ledger:
        last = ledger.consents()
        agreed = ledger.call("aaaa-1")
        assert ledger.consents(number="030 222222")[0]["call_uuid"] == "bbbb-2"
    states = {line["call_uuid"]: (line["state"], line["key"]) for line in last}
    assert states == {
        "aaaa-1": ("granted", "1"),
        "bbbb-2": ("refused", "2"),
        "cccc-3": ("unanswered", ""),
        "d-4": ("granted", ""),
    }
    assert agreed["call"]["caller_name"] == "Zoë"
    assert agreed["choices"][1]["notice_text"].startswith("Press 1 to agree")
    assert agreed["choices"][1]["heard_ms"] == 5200
    assert agreed["recordings"][0]["ms"] == 53_800
    actions = [(line["action"], line["reply"]) for line in agreed["recording_actions"]]
    assert actions == [("start", "+OK Success"), ("stop", "+OK Success")]


def test_the_stored_ledger_is_of_the_first_schema(first):
    with closing(sqlite3.connect(first)) as db:
        done = db.execute("SELECT name FROM _sqlite_migrations").fetchall()
        assert done == [("first_tables",)]
        assert db.execute("SELECT count(*) FROM choices").fetchone() == (6,)


OLD = Path(__file__).parent / "ledgers" / "before_shared_terms.sql"
"""A ledger as it was before rows shared their terms."""
OLD_HEAD = "43:d44781ebca4a4fbdf02b23daca13a34de5f8cc2a5bfb672b8de8f4fe70fb2361"


def all_proof(path):
    """Return each row of proof as it is read: by table, in order."""
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        return {
            form.table: [
                dict(row)
                for row in db.execute(f"SELECT * FROM {form.table} ORDER BY seq")
            ]
            for form in FORMS.values()
            if form.table != "agents"
        }


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "eslflow.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(OLD.read_text())
    return path


def test_rows_that_come_to_share_their_terms_are_read_as_before(old, caplog):
    with closing(sqlite3.connect(old)) as db:
        migrations.apply(Database(db), stop_before="shared_terms")
    before = all_proof(old)
    assert len(before["choices"]) == 17
    write(old, [])
    assert all_proof(old) == before
    assert "43 rows of proof are stored anew" in caplog.text
    assert verify(old, head_of(OLD_HEAD)) == (head_of(OLD_HEAD), None)
    with closing(sqlite3.connect(old)) as db:
        (terms,) = db.execute("SELECT count(*) FROM choice_terms").fetchone()
        assert terms < len(before["choices"])
        sql = "SELECT uuid FROM calls EXCEPT SELECT uuid FROM call_ids"
        assert db.execute(sql).fetchall() == []
    write(old, [Choice("new", 1, State.GRANTED, "p", "consent", 0, "f", "0", "s", "e")])
    assert all_proof(old)["choices"][-1]["seq"] == 18
    assert verify(old, head_of(OLD_HEAD)).broken is None


def test_a_row_that_was_changed_before_is_found_after_as_well(old):
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        db.execute("DROP TRIGGER choices_no_update")
        db.execute("UPDATE choices SET key = '2' WHERE seq = 2")
    write(old, [])
    broken = verify(old).broken
    assert (broken.table, broken.seq) == ("choices", 2)
    assert "was changed" in broken.problem


def test_a_row_that_cannot_be_any_is_left_out_and_told_and_calls_are_kept(old):
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("DROP TRIGGER choices_no_update")
        db.execute("UPDATE choices SET state = 'maybe' WHERE seq = 2")
    write(old, [Look(1, "anne", "decrypt", "u", "u-1", "asked")])
    broken = verify(old).broken
    assert (broken.table, broken.seq) == ("choices", 2)
    assert "is gone. Its hash was" in broken.problem


def test_the_last_rows_that_were_removed_before_are_still_missed(old):
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        db.execute("DROP TRIGGER choices_no_delete")
        db.execute("DROP TRIGGER chain_no_delete")
        (seq,) = db.execute("SELECT max(seq) FROM choices").fetchone()
        (place,) = db.execute("SELECT max(place) FROM chain").fetchone()
        db.execute("DELETE FROM choices WHERE seq = ?", (seq,))
        db.execute("DELETE FROM chain WHERE place = ?", (place,))
    write(old, [])
    broken = verify(old).broken
    assert (broken.table, broken.seq) == ("choices", 17)
    assert broken.problem == "is gone, and the end of the chain with it"


def test_moving_rows_is_done_whole_or_not_at_all(old, monkeypatch):
    before = all_proof(old)
    moved = module._move

    def breaks(db, table, rows, terms):
        moved(db, table, rows, terms)
        if table == "recording_actions":
            raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(module, "_move", breaks)
        with pytest.raises(StoreError, match="disk I/O error"):
            write(old, [])
    assert all_proof(old) == before
    write(old, [])
    assert verify(old, head_of(OLD_HEAD)).broken is None
