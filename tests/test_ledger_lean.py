"""What many rows of proof have in common is kept once, and rows are as they were."""

import sqlite3
from contextlib import closing

import pytest

from eslflow.call.records import CallOffered, Choice, RecordingAction, State
from eslflow.ledger import connect as connecting
from eslflow.ledger import due, excerpt, lean, memory, states, tally, verify
from eslflow.ledger.chain import FORMS
from eslflow.ledger.lean import COLUMNS, Lean
from eslflow.ledger.where import Where
from eslflow.ledger.writer import Ledger, append, connect, write
from eslflow.wire.terms import RecordAction
from tests.tampered import TERMS

ASKED = Choice("u", 1, State.REQUESTED, "p", "consent", 90, "f", "0", "ask", "e")
GRANTED = ASKED._replace(state=State.GRANTED, key="1", heard_ms=7, receipt="48213906")
START = RecordingAction("u-1", "u", 2, RecordAction.START, "step", "s", "+OK", True)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "eslflow.db"


def kept(path, table):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(f"SELECT * FROM {table}").fetchall()


def count(path, table):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_rows_are_read_as_they_were_written_and_their_terms_are_there_once(path):
    calls = [GRANTED._replace(call_uuid=f"u{n}", at=n, heard_ms=n) for n in range(9)]
    stop = START._replace(action=RecordAction.STOP, leg_uuid="b", asked_at=3)
    write(path, [*calls, START, stop, START])
    rows = [(seq, *row) for seq, row in enumerate(calls, 1)]
    assert kept(path, "choices") == rows
    rows = [(seq, *row) for seq, row in enumerate([START, stop, START], 1)]
    assert kept(path, "recording_actions") == rows
    numbers = [count(path, table) for table in ("call_ids", *TERMS.values())]
    assert numbers == [10, 1, 2]
    assert verify.verify(path).broken is None


def test_other_processes_and_later_ones_find_what_is_there(path):
    for row in (ASKED, GRANTED, ASKED):
        write(path, [row])
    assert count(path, "choice_terms") == 2
    assert count(path, "call_ids") == 1


def test_each_column_of_proof_is_in_the_row_or_in_its_terms_and_in_no_other(path):
    connect(path).close()
    with closing(sqlite3.connect(path)) as db:
        for form in FORMS.values():
            if form.table not in TERMS:
                continue
            named = {
                table: [line[1] for line in db.execute(f"PRAGMA table_info({table})")]
                for table in (form.table, form.rows, TERMS[form.table])
            }
            assert named[form.table] == ["seq", *form.columns]
            assert tuple(named[form.rows]) == COLUMNS[form.table]
            own, shared = named[form.rows][3:], named[TERMS[form.table]][1:]
            assert sorted([*own, *shared, "call_uuid"]) == sorted(form.columns)


def test_a_row_of_another_table_is_stored_as_it_is():
    assert Lean(None).stored("looks", [1, 2]) == [1, 2]


def test_only_so_many_numbers_are_known_and_others_are_looked_up(path, monkeypatch):
    monkeypatch.setattr(lean, "MOST_KNOWN", 2)
    calls = [GRANTED._replace(call_uuid=f"u{n % 5}", key=f"{n % 3}") for n in range(30)]
    with closing(connect(path)) as db:
        known = Lean(db)
        db.execute("BEGIN IMMEDIATE")
        append(db, calls, set(), known)
        db.execute("COMMIT")
        assert len(known._calls) <= 2
    assert count(path, "call_ids") == 5
    assert count(path, "choice_terms") == 3
    assert [row[1] for row in kept(path, "choices")] == [row.call_uuid for row in calls]


def test_calls_that_are_new_are_numbered_in_few_statements(path):
    calls = [f"u{n}" for n in range(lean.MOST_MET + 8)]
    write(path, [GRANTED._replace(call_uuid="there")])
    turns = []
    with closing(connect(path)) as db:
        known = Lean(db)
        for some in (calls[:-5], [*calls[10:], "there"], calls):
            rows = [row._replace(call_uuid=u) for u in some for row in (ASKED, START)]
            said = []
            db.execute("BEGIN IMMEDIATE")
            db.set_trace_callback(said.append)
            append(db, rows, set(), known)
            db.set_trace_callback(None)
            db.execute("COMMIT")
            turns.append([sql.split()[0] for sql in said if "call_ids" in sql])
    # One was there, so that in its turn each that was met with it is looked for.
    assert turns == [["INSERT"] * 2, ["INSERT", *["SELECT"] * 6], []]
    assert kept(path, "call_ids") == list(enumerate(["there", *calls], 1))
    written = [row[1] for row in kept(path, "choices")]
    assert written == ["there", *calls[:-5], *calls[10:], "there", *calls]
    assert verify.verify(path).broken is None


def test_numbers_that_were_rolled_back_are_known_no_more(path):
    told = []
    with Ledger(path) as ledger:
        bad = GRANTED._replace(call_uuid="other", heard_ms=2**70)
        ledger.keep([bad._replace(heard_ms=1), bad], told.append)
    assert told != [""]
    with Ledger(path) as ledger:
        lean_ = ledger._lean
        ledger._db.execute("BEGIN IMMEDIATE")
        append(ledger._db, [bad._replace(heard_ms=1)], set(), lean_)
        ledger._db.execute("ROLLBACK")
        lean_.forget()
        ledger.keep([ASKED, bad._replace(heard_ms=2)], told.append)
    assert told[-1] == ""
    assert [row[1] for row in kept(path, "choices")] == ["u", "other"]
    assert verify.verify(path).broken is None


@pytest.mark.parametrize("table", ["call_ids", *TERMS.values()])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_rows_share_cannot_be_changed_or_deleted(path, table, change):
    write(path, [GRANTED, START])
    with (
        closing(sqlite3.connect(path)) as db,
        pytest.raises(sqlite3.IntegrityError, match=f"{table} are proof: append only"),
    ):
        db.execute(change.format(table))


def test_a_state_that_is_none_is_refused_and_the_rest_is_kept(path):
    told = []
    with Ledger(path) as ledger:
        ledger.keep([ASKED._replace(state="maybe")], told.append)
        ledger.keep([ASKED], told.append)
    assert "CHECK constraint failed" in told[0]
    assert told[1] == ""
    assert verify.verify(path).broken is None


NUMBER = Where(0, 0, "")
NUMBER.number("+4930123456", "c.call_uuid", lambda number: number)
PLANS = {
    "a call": (
        f"{states.CONSENTS} AND c.call_uuid = 'x'",
        ["call_ids_1 (uuid=?)", "choice_rows_call (call=?)"],
    ),
    "calls": (
        f"{states.CONSENTS} AND c.call_uuid IN (SELECT uuid FROM calls "
        "WHERE offered_at < 5)",
        ["call_ids_1 (uuid=?)", "choice_rows_call (call=?)"],
    ),
    "a number": (
        f"{states.CONSENTS} {NUMBER.sql('AND')}".replace("?", "'1'"),
        ["calls_caller_key (caller_key=?)", "calls_called_key (called_key=?)"],
    ),
    "a day": (f"{states.CONSENTS} AND c.at >= 5 AND c.at < 9", ["choice_rows_at"]),
    "a state": (
        f"{states.CONSENTS} AND c.state = 'withdrawn'",
        ["choice_terms_1 (state=?)", "choice_rows_terms (terms=?)"],
    ),
    "a row": (f"{states.CONSENTS} AND c.seq = 5", ["r USING INTEGER PRIMARY KEY"]),
    "a receipt": (
        "SELECT call_uuid FROM choices WHERE receipt = '1' AND receipt <> ''",
        ["choice_rows_receipt"],
    ),
    "the start of a uuid": (
        "SELECT call_uuid FROM choices WHERE call_uuid >= 'a' AND call_uuid < 'b'",
        ["call_ids_1 (uuid>? AND uuid<?)", "choice_rows_call (call=?)"],
    ),
    "actions": (
        "SELECT * FROM recording_actions WHERE call_uuid = 'x'",
        ["call_ids_1 (uuid=?)", "action_rows_call (call=?)"],
    ),
    "a number's last choice": (
        memory._LAST.replace("?", "'1'"),
        ["calls_caller_key", "call_ids_1 (uuid=?)", "choice_rows_call (call=?)"],
    ),
    "notices": (
        f"SELECT * FROM notices {excerpt._NOTICES}".replace("?", "'u'"),
        ["call_ids_1 (uuid=?)", "choice_rows_call (call=?)"],
    ),
    "a part of the chain": (
        "SELECT * FROM choices WHERE seq BETWEEN 1 AND 5 ORDER BY seq",
        ["r USING INTEGER PRIMARY KEY", "t USING INTEGER PRIMARY KEY"],
    ),
    "what is over": (
        due._PAST.replace("?", "1"),
        ["call_ids_1 (uuid=?)", "choice_rows_call (call=?)"],
    ),
    "a tally": (
        tally._TALLY.format(queue="''", quarter=9, asked=tally._ASKED).replace(
            "?", "1"
        ),
        ["r USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"],
    ),
}


@pytest.mark.parametrize("what", PLANS)
def test_what_is_looked_for_is_found_by_an_index_through_the_views(path, what):
    sql, wanted = PLANS[what]
    connect(path).close()
    with closing(sqlite3.connect(path)) as db:
        plan = [line[3] for line in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    for part in wanted:
        assert any(part in line for line in plan), plan
    scans = [line for line in plan if line.startswith("SCAN")]
    # All recordings are walked through, to see which are to go.
    assert scans == (["SCAN r"] if what == "what is over" else []), plan


def test_the_newest_are_read_from_the_end_without_sorting(path):
    connect(path).close()
    sql = f"{states.CONSENTS} ORDER BY c.seq DESC LIMIT 9"
    with closing(sqlite3.connect(path)) as db:
        plan = [line[3] for line in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert plan[0] == "SCAN r"
    assert not any("TEMP B-TREE" in line for line in plan)


def test_a_call_that_was_never_offered_is_found_all_the_same(path):
    write(path, [GRANTED, START])
    write(path, [CallOffered("v", "inbound", "1", "", "2", "f", "0", "e", 1)])
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT key FROM choices WHERE call_uuid = 'u'"
        assert db.execute(sql).fetchall() == [("1",)]


def test_what_moves_tables_keeps_their_old_pages_in_a_file(path, monkeypatch):
    stores = []

    def migrate(db):
        stores.append(db.execute("PRAGMA temp_store").fetchone()[0])

    with monkeypatch.context() as patched:
        patched.setattr(connecting, "migrate", migrate)
        with closing(connect(path)) as db:
            stores.append(db.execute("PRAGMA temp_store").fetchone()[0])
    in_a_file, in_memory = 0, 2
    assert stores == [in_a_file, in_memory]
