"""Whoever changes a row of proof in the file is found, and the row is named.

Attackers here have the file: they drop the triggers first, and some write links too.
"""

import shutil
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from eslflow.call.records import (
    AgentAgreed,
    Choice,
    Erasure,
    LegalHold,
    Look,
    NoticePlayed,
    RecordingAction,
    State,
)
from eslflow.errors import StoreError
from eslflow.ledger import verify as module
from eslflow.ledger.chain import BEGIN, FORMS, KINDS, Chain, Head
from eslflow.ledger.migrations import migrations
from eslflow.ledger.rows import held
from eslflow.ledger.verify import head, verify
from eslflow.ledger.writer import connect, write
from eslflow.wire.terms import RecordAction
from tests.tampered import let_in

TABLES = sorted(KINDS)
CALLS = 9
ROWS = {
    "notices": 3, "choices": 18, "recording_actions": 18, "looks": 3,
    "holds": 3, "erasures": 3,
}  # fmt: skip
WORDS = ROWS["looks"] + 2 * ROWS["holds"] + ROWS["erasures"]
"""Texts that are set apart: reasons, and whom a hold is about."""

many = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
some = settings(many, max_examples=60)


def proof(number):
    """Return the proof rows of one call; every third call has more."""
    uuid, at = f"call-{number}", 1_764_000_000_000_000 + number * 1_000_000
    asked = Choice(
        uuid, at, State.REQUESTED, "training", "consent", 90, "sales", "f0", "ask", "e"
    )
    asked = asked._replace(notice="rec", notice_version=1 + number // 3, language="en")
    granted = asked._replace(state=State.GRANTED, key="1", heard_ms=number, tries=1)
    start = RecordingAction(
        f"{uuid}-1", uuid, at, RecordAction.START, "step", "talk", "+OK", True
    )
    stop = start._replace(action=RecordAction.STOP, reason="hangup", asked_at=at)
    rows = [asked, granted, start, stop]
    if number % 3 == 0:
        words = f"Bitte drücken: die 1, {number}."
        notice = NoticePlayed("sales", "rec", 1 + number // 3, "en", words, "5e", 9, "")
        rest = [
            Look(at, "anne", "decrypt", uuid, f"{uuid}-1", "asked"),
            LegalHold(at, "held", "anne", "court", "+4930123456"),
            Erasure(
                at, "subject", "begun", "anne", "letter", "5f", number, 3, number, 2
            ),
        ]
        rows = [notice, *rest, *rows]
    return rows


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp("ledger") / "good.db"
    for number in range(CALLS):
        write(path, proof(number))
    assert verify(path).broken is None
    return path


class Attacker:
    """Somebody with the file, and SQLite."""

    def __init__(self, db):
        self.db = db
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA ignore_check_constraints = ON")
        for table in [*TABLES, "chain"]:
            for change in ("update", "delete"):
                db.execute(f"DROP TRIGGER {table}_no_{change}")
        let_in(db)

    def one(self, sql, *values):
        return self.db.execute(sql, values).fetchone()

    def place(self, table, seq):
        sql = "SELECT place FROM chain WHERE kind = ? AND seq = ?"
        return self.one(sql, KINDS[table], seq)[0]

    def call(self, table, seq):
        if table in ("notices", "holds", "erasures"):
            return ""
        return self.one(f"SELECT call_uuid FROM {table} WHERE seq = ?", seq)[0]

    def flip(self, table, key, row, column, byte, mask):
        """Flip bits of one byte of a value; return whether it has any."""
        value = self.one(f"SELECT {column} FROM {table} WHERE {key} = ?", row)[0]
        if isinstance(value, int):
            raw = bytearray(value.to_bytes(8, "big", signed=True))
        else:
            raw = bytearray(value.encode() if isinstance(value, str) else value)
        if not raw:
            return False
        raw[byte % len(raw)] ^= mask
        new, how = bytes(raw), "?"
        if isinstance(value, int):
            new = int.from_bytes(raw, "big", signed=True)
        elif isinstance(value, str):
            how = "CAST(? AS TEXT)"
        self.db.execute(
            f"UPDATE OR REPLACE {table} SET {column} = {how} WHERE {key} = ?",
            (new, row),
        )
        return True

    def write_anew(self):
        """Chain what is there, as the writer would have done."""
        chain, links = Chain(BEGIN, {}), []
        for kind, seq in self.db.execute("SELECT kind, seq FROM chain ORDER BY place"):
            form = FORMS[kind]
            columns = ", ".join(form.columns)
            row = self.one(f"SELECT {columns} FROM {form.table} WHERE seq = ?", seq)
            links.append(chain.link(kind, seq, row, held)[1])
        self.db.execute("DELETE FROM chain")
        self.db.executemany("INSERT INTO chain VALUES (?, ?, ?, ?)", links)


@pytest.fixture
def attack(good, tmp_path):
    """Return what starts an attack on a fresh copy of the good ledger."""
    path = tmp_path / "eslflow.db"

    def begin():
        for name in (f"{path}-wal", f"{path}-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        shutil.copy(good, path)
        return closing(sqlite3.connect(path, isolation_level=None))

    begin.path = path
    return begin


def where():
    """Return any row of any table."""
    return st.sampled_from(sorted(ROWS)).flatmap(
        lambda table: st.tuples(st.just(table), st.integers(1, ROWS[table]))
    )


def found(path, since=None):
    broken = verify(path, since).broken
    assert broken is not None
    assert str(broken)
    return broken


@many
@given(where(), st.data(), st.integers(0, 99), st.integers(1, 255))
def test_any_byte_flipped_in_any_row_of_proof_is_found(attack, row, data, byte, mask):
    table, seq = row
    column = data.draw(st.sampled_from(FORMS[KINDS[table]].columns))
    with attack() as db:
        attacker = Attacker(db)
        place, call = attacker.place(*row), attacker.call(*row)
        assume(attacker.flip(table, "seq", seq, column, byte, mask))
    broken = found(attack.path)
    assert (broken.place, broken.table, broken.seq) == (place, table, seq)
    assert "was changed. Its hash should be" in broken.problem
    if column != "call_uuid":
        assert broken.call == call


@some
@given(where(), st.integers(0, 7), st.integers(1, 255))
def test_any_byte_flipped_in_the_number_of_a_row_is_found(attack, row, byte, mask):
    table, seq = row
    with attack() as db:
        Attacker(db).flip(table, "seq", seq, "seq", byte, mask)
    assert found(attack.path).table == table


@many
@given(
    st.integers(1, sum(ROWS.values())),
    st.sampled_from(["place", "kind", "seq", "hash"]),
    st.integers(0, 31),
    st.integers(1, 255),
)
def test_any_byte_flipped_in_the_chain_is_found(attack, place, column, byte, mask):
    with attack() as db:
        attacker = Attacker(db)
        kind, seq = attacker.one("SELECT kind, seq FROM chain WHERE place = ?", place)
        attacker.flip("chain", "place", place, column, byte, mask)
    broken = found(attack.path)
    if column == "hash":
        assert (broken.place, broken.seq) == (place, seq)
        assert broken.table == FORMS[kind].table
        is_last = place == sum(ROWS.values())
        assert ("has another hash in the chain" in broken.problem) is not is_last


SHARED = {
    "call_ids": "call",
    "choice_terms": "terms",
    "action_terms": "terms",
}
"""Each with the column of rows that names its own."""


def first_with(attacker, shared, number):
    """Return the place, table and seq of the first row that rests on a shared one."""
    tables = ["choice_rows", "action_rows"]
    if shared != "call_ids":
        tables = [shared.replace("terms", "rows")]
    found = []
    for form in FORMS.values():
        if form.rows in tables:
            sql = f"SELECT min(seq) FROM {form.rows} WHERE {SHARED[shared]} = ?"
            if seq := attacker.one(sql, number)[0]:
                found.append((attacker.place(form.table, seq), form.table, seq))
    return min(found)


@many
@given(st.sampled_from(sorted(SHARED)), st.data(), st.integers(1, 255))
def test_any_byte_flipped_in_what_rows_share_is_found(attack, shared, data, mask):
    with attack() as db:
        attacker = Attacker(db)
        columns = [line[1] for line in db.execute(f"PRAGMA table_info({shared})")][1:]
        (count,) = attacker.one(f"SELECT count(*) FROM {shared}")
        number = data.draw(st.integers(1, count))
        column = data.draw(st.sampled_from(columns))
        first = first_with(attacker, shared, number)
        byte = data.draw(st.integers(0, 31))
        sql = f"SELECT CAST({column} AS BLOB) FROM {shared} WHERE id = ?"
        before = attacker.one(sql, number)
        assume(attacker.flip(shared, "id", number, column, byte, mask))
        assume(attacker.one(sql, number) != before)
        assume(attacker.one(f"SELECT count(*) FROM {shared}")[0] == count)
    broken = found(attack.path)
    assert broken[:3] == first
    assert broken.problem.startswith("was changed")


@some
@given(st.sampled_from(sorted(SHARED)), st.data())
def test_what_rows_share_is_missed_when_it_is_removed(attack, shared, data):
    with attack() as db:
        attacker = Attacker(db)
        (count,) = attacker.one(f"SELECT count(*) FROM {shared}")
        number = data.draw(st.integers(1, count))
        first = first_with(attacker, shared, number)
        db.execute(f"DELETE FROM {shared} WHERE id = ?", (number,))
    broken = found(attack.path)
    assert broken[:3] == first
    assert broken.problem.startswith("is gone. Its hash was")


@some
@given(st.sampled_from(["call", "terms"]), where(), st.integers(0, 20))
def test_a_row_that_is_made_to_rest_on_others_is_found(attack, column, row, number):
    table, seq = row
    form = FORMS[KINDS[table]]
    assume(form.rows != table)
    with attack() as db:
        attacker = Attacker(db)
        place = attacker.place(*row)
        sql = f"SELECT {column} FROM {form.rows} WHERE seq = ?"
        assume(attacker.one(sql, seq)[0] != number)
        db.execute(f"UPDATE {form.rows} SET {column} = ? WHERE seq = ?", (number, seq))
    assert found(attack.path)[:3] == (place, table, seq)


@pytest.mark.parametrize("table", ["choices", "recording_actions"])
def test_a_row_inserted_that_rests_on_nothing_is_found(attack, table):
    form = FORMS[KINDS[table]]
    with attack() as db:
        Attacker(db)
        columns = [line[1] for line in db.execute(f"PRAGMA table_info({form.rows})")]
        rest = ", ".join(columns[2:])
        db.execute(
            f"INSERT INTO {form.rows} SELECT 99, 999, {rest} FROM {form.rows} LIMIT 1"
        )
    broken = found(attack.path)
    assert (broken.table, broken.seq) == (table, 99)
    assert broken.problem.startswith("is not in the chain")


@some
@given(where(), st.booleans(), st.booleans())
def test_a_row_removed_is_found(attack, row, removes_row, removes_link):
    assume(removes_row or removes_link)
    table, seq = row
    with attack() as db:
        place = Attacker(db).place(*row)
        if removes_row:
            db.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))
        if removes_link:
            db.execute("DELETE FROM chain WHERE place = ?", (place,))
    broken = found(attack.path)
    assert (broken.table, broken.seq) == row
    assert "gone" in broken.problem or "not in the chain" in broken.problem


@some
@given(where(), st.sampled_from(["before all", "between", "after all"]))
def test_a_row_inserted_is_found(attack, row, how):
    table, seq = row
    new = {"before all": 0, "between": seq, "after all": ROWS[table] + 1}[how]
    with attack() as db:
        attacker = Attacker(db)
        copied = ", ".join(FORMS[KINDS[table]].columns)
        values = (
            copied.replace("version", "version + 50") if table == "notices" else copied
        )
        db.execute(f"CREATE TEMP TABLE new AS SELECT {values} FROM {table} LIMIT 1")
        if how == "between":
            db.execute(f"UPDATE {table} SET seq = -seq WHERE seq >= ?", (seq,))
            db.execute(f"UPDATE {table} SET seq = 1 - seq WHERE seq < 0")
        sql = f"INSERT INTO {table} (seq, {copied}) SELECT {new}, * FROM new"
        attacker.db.execute(sql)
    broken = found(attack.path)
    assert broken.table == table
    # Between two rows, the same one twice: the second is one too many.
    assert broken.seq in ((new, new + 1) if how == "between" else (new,))
    if how != "between":
        assert broken.problem.startswith("is not in the chain")


@some
@given(st.sampled_from(sorted(ROWS)), st.data())
def test_rows_swapped_are_found(attack, table, data):
    numbers = st.integers(1, ROWS[table])
    one, other = sorted(data.draw(st.tuples(numbers, numbers)))
    assume(one != other)
    with attack() as db:
        attacker = Attacker(db)
        place = attacker.place(table, one)
        for old, new in ((one, -1), (other, one), (-1, other)):
            db.execute(f"UPDATE {table} SET seq = ? WHERE seq = ?", (new, old))
    broken = found(attack.path)
    assert (broken.place, broken.table, broken.seq) == (place, table, one)


@some
@given(st.data())
def test_places_swapped_are_found(attack, data):
    numbers = st.integers(1, sum(ROWS.values()))
    one, other = sorted(data.draw(st.tuples(numbers, numbers)))
    assume(one != other)
    with attack() as db:
        Attacker(db)
        for old, new in ((one, -1), (other, one), (-1, other)):
            db.execute("UPDATE chain SET place = ? WHERE place = ?", (new, old))
    assert found(attack.path).place == one


def test_a_row_between_two_others_that_is_in_no_place_is_named(attack):
    with attack() as db:
        attacker = Attacker(db)
        # A gap, chained: as if a row had been removed before there was a chain.
        db.execute("UPDATE choices SET seq = seq + 100 WHERE seq > 4")
        db.execute("UPDATE chain SET seq = seq + 100 WHERE kind = 2 AND seq > 4")
        attacker.write_anew()
        columns = ", ".join(FORMS[2].columns)
        assert verify(attack.path).broken is None
        sql = f"INSERT INTO choices (seq, {columns}) SELECT 50, {columns} FROM choices"
        db.execute(f"{sql} WHERE seq = 1")
    broken = found(attack.path)
    assert (broken.place, broken.table, broken.seq) == (0, "choices", 50)
    assert broken.call == "call-0"


@some
@given(where(), st.integers(0, sum(ROWS.values())))
def test_a_chain_written_anew_is_found_by_a_head_that_was_kept(good, attack, row, at):
    with closing(sqlite3.connect(good)) as db:
        sql = "SELECT place, hash FROM chain WHERE place = ?"
        kept = Head(*(db.execute(sql, (at,)).fetchone() or BEGIN))
    table, seq = row
    with attack() as db:
        attacker = Attacker(db)
        place = attacker.place(*row)
        columns = {"notices": "text", "holds": "who", "erasures": "who"}
        column = columns.get(table, "call_uuid")
        db.execute(f"UPDATE {table} SET {column} = 'other' WHERE seq = ?", (seq,))
        attacker.write_anew()
    assert verify(attack.path).broken is None
    assert verify(attack.path, head(attack.path)).broken is None
    if place > at:
        assert verify(attack.path, kept).broken is None
    else:
        broken = found(attack.path, kept)
        assert broken.place == at
        assert kept.hash.hex() in broken.problem


@pytest.mark.parametrize("keeps_count", [True, False])
def test_the_last_rows_removed_are_found_by_the_count_or_by_a_head(attack, keeps_count):
    with attack() as db:
        kept = head(attack.path)
        Attacker(db)
        db.execute("DELETE FROM choices WHERE seq = 18")
        db.execute("DELETE FROM recording_actions WHERE seq > 16")
        db.execute("DELETE FROM chain WHERE place > 45")
        if not keeps_count:
            db.execute("UPDATE sqlite_sequence SET seq = 45 WHERE name = 'chain'")
            sql = "UPDATE sqlite_sequence SET seq = (SELECT max(seq) FROM {0}) "
            for form in FORMS.values():
                db.execute(f"{sql.format(form.rows)} WHERE name = '{form.rows}'")
    broken = verify(attack.path).broken
    if keeps_count:
        assert (broken.place, broken.table, broken.seq) == (46, "choices", 18)
        assert broken.problem == "is gone, and the end of the chain with it"
    else:
        assert broken is None
    broken = found(attack.path, kept)
    assert broken.place == (46 if keeps_count else 48)


def test_places_that_were_given_and_are_gone_are_told(attack):
    with attack() as db:
        db.execute("UPDATE sqlite_sequence SET seq = 50 WHERE name = 'chain'")
    broken = found(attack.path)
    assert (broken.place, broken.problem) == (49, "is gone: 50 were written")


def dump(path):
    """Return all proof as SQLite reads it."""
    with closing(sqlite3.connect(path)) as db:
        tables = [*TABLES, "chain"]
        return [db.execute(f"SELECT * FROM {table}").fetchall() for table in tables]


@many
@given(st.data(), st.integers(1, 255))
def test_any_byte_flipped_in_the_file_is_found_or_changes_no_proof(
    good, attack, data, mask
):
    attack().thing.close()
    content = bytearray(good.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= mask
    attack.path.write_bytes(content)
    try:
        broken = verify(attack.path).broken
    except StoreError:
        return
    if broken is None:
        assert dump(attack.path) == dump(good)


def number_at(data, at):
    """Return a number of SQLite's (seven bits a byte), and where it ends."""
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    return value << 8 | data[at + 8], at + 9


def cells(path, table):
    """Return where each row of a table is in the file: its length, its values, its end.

    As SQLite's file format has it: a page of kind 5 names others, one of kind 13 has
    rows.
    """
    data, found = path.read_bytes(), {}
    with closing(sqlite3.connect(path)) as db:
        (size,) = db.execute("PRAGMA page_size").fetchone()
        sql = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        pages = [*db.execute(sql, (table,)).fetchone()]
    while pages:
        base = (pages.pop() - 1) * size
        kind, many = data[base], int.from_bytes(data[base + 3 : base + 5], "big")
        first = base + {13: 8, 5: 12}[kind]
        places = [
            base + int.from_bytes(data[at : at + 2], "big")
            for at in range(first, first + 2 * many, 2)
        ]
        if kind == 5:
            children = [*places, base + 8]
            pages += [int.from_bytes(data[at : at + 4], "big") for at in children]
            continue
        for at in places:
            length, after = number_at(data, at)
            row, begin = number_at(data, after)
            found[row] = (at, begin, begin + length)
    return found


@pytest.fixture(scope="module")
def rows_in_file(good):
    stored = {form.table: form.rows for form in FORMS.values()}
    tables = [*ROWS, "chain"]
    found = {table: cells(good, stored.get(table, table)) for table in tables}
    assert {table: len(found[table]) for table in ROWS} == ROWS
    assert len(found["chain"]) == sum(ROWS.values())
    return found


@many
@given(where(), st.data(), st.integers(1, 255))
def test_any_byte_flipped_in_the_file_where_a_row_of_proof_is_names_that_row(
    good, attack, rows_in_file, row, data, mask
):
    """Its length, its number, the kinds of its values and the values themselves."""
    table, seq = row
    at, _, end = rows_in_file[table][seq]
    attack().thing.close()
    content = bytearray(good.read_bytes())
    content[data.draw(st.integers(at, end - 1))] ^= mask
    attack.path.write_bytes(content)
    broken = verify(attack.path).broken
    if broken is None:
        # The kind of a number is not read: it is that of its row.
        assert dump(attack.path) == dump(good)
    else:
        assert str(broken)
        assert (broken.table, broken.seq) == (table, seq)


@many
@given(st.integers(1, sum(ROWS.values())), st.data(), st.integers(1, 255))
def test_any_byte_flipped_in_the_file_where_a_link_is_is_found(
    good, attack, rows_in_file, place, data, mask
):
    at, begin, end = rows_in_file["chain"][place]
    flipped = data.draw(st.integers(at, end - 1))
    attack().thing.close()
    content = bytearray(good.read_bytes())
    content[flipped] ^= mask
    attack.path.write_bytes(content)
    try:
        broken = verify(attack.path).broken
    except StoreError:
        # Where the chain ends cannot be read, and that is told.
        assert place == sum(ROWS.values())
        return
    if broken is None:
        # The kind of a place is not read: it is the number of its row.
        assert dump(attack.path) == dump(good)
    elif flipped >= begin:
        assert broken.place == place


@some
@given(
    st.integers(1, WORDS),
    st.sampled_from(["hash", "key", "text"]),
    st.integers(0, 99),
    st.integers(1, 255),
)
def test_words_set_apart_that_were_changed_are_found(attack, row, column, byte, mask):
    with attack() as db:
        db.execute("DROP TRIGGER personal_no_update")
        attacker = Attacker(db)
        (call,) = attacker.one("SELECT call_uuid FROM personal WHERE rowid = ?", row)
        attacker.flip("personal", "rowid", row, column, byte, mask)
    broken = found(attack.path)
    assert (broken.table, broken.seq, broken.call) == ("personal", row, call)


@pytest.mark.parametrize(("column", "value"), [("key", "text"), ("text", b"blob")])
def test_words_set_apart_that_are_none_any_more_are_found(attack, column, value):
    with attack() as db:
        db.execute("DROP TRIGGER personal_no_update")
        db.execute(f"UPDATE personal SET {column} = ? WHERE rowid = 2", (value,))
    assert (found(attack.path).table, found(attack.path).seq) == ("personal", 2)


def test_words_set_apart_may_be_erased(attack):
    with attack() as db:
        assert db.execute("DELETE FROM personal").rowcount == WORDS
    assert verify(attack.path).broken is None


@pytest.mark.parametrize("value", [b"blob", 1.5, "text", None])
def test_a_value_that_is_not_of_its_kind_is_found(attack, value):
    with attack() as db:
        Attacker(db)
        sql = "UPDATE choices SET tries = ? WHERE seq = 3"
        try:
            db.execute(sql, (value,))
        except sqlite3.IntegrityError:
            assert value is None
            return
    broken = found(attack.path)
    assert (broken.table, broken.seq, broken.call) == ("choices", 3, "call-1")
    assert "a value is not of its kind" in broken.problem


def test_a_long_chain_is_walked_in_parts_by_several_processes(attack, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 10)
    monkeypatch.setattr(module, "FEW", 1)
    monkeypatch.setattr(module.os, "cpu_count", lambda: 2)
    pools = []

    class Pool(ProcessPoolExecutor):
        def __init__(self, *words):
            pools.append(words)
            super().__init__(*words)

    monkeypatch.setattr(module, "ProcessPoolExecutor", Pool)
    with attack() as db:
        assert verify(attack.path).broken is None
        assert [cpus for cpus, _ in pools] == [2]
        Attacker(db).flip("looks", "seq", 3, "reason", 0, 1)
    assert found(attack.path).table == "looks"


def test_what_is_broken_is_found_in_whichever_part_it_is(attack, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 5)
    for place in range(1, sum(ROWS.values()) + 1):
        with attack() as db:
            attacker = Attacker(db)
            kind, seq = attacker.one("SELECT kind, seq FROM chain WHERE place=?", place)
            table = FORMS[kind].table
            columns = {"notices": "text", "holds": "who", "erasures": "who"}
            column = columns.get(table, "call_uuid")
            attacker.flip(table, "seq", seq, column, 0, 1)
        assert found(attack.path)[:3] == (place, table, seq)


@pytest.mark.parametrize("odd", [b"short", "text", b""])
def test_calls_are_kept_whatever_was_made_of_the_last_hash_and_it_is_told(attack, odd):
    with attack() as db:
        Attacker(db)
        db.execute("UPDATE chain SET hash = ? WHERE place = 48", (odd,))
    write(attack.path, proof(10))
    broken = found(attack.path)
    assert broken.place == 48
    assert verify(attack.path).head.place == 52


def test_a_place_that_is_far_away_takes_no_time_to_be_found(attack):
    with attack() as db:
        Attacker(db)
        db.execute("UPDATE chain SET place = ? WHERE place = 42", (2**62,))
    assert found(attack.path).place == 42


def test_a_part_whose_beginning_is_gone_is_told(attack, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 5)
    with attack() as db:
        Attacker(db)
        db.execute("DELETE FROM chain WHERE place IN (9, 10)")
    assert found(attack.path).place == 9


def test_an_empty_ledger_holds(tmp_path):
    connect(tmp_path / "eslflow.db").close()
    assert verify(tmp_path / "eslflow.db") == (BEGIN, None)
    assert verify(tmp_path / "eslflow.db", BEGIN) == (BEGIN, None)


def test_an_older_ledger_is_told_what_chains_it(tmp_path):
    path = tmp_path / "eslflow.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.apply(Database(db), stop_before="chain_of_proof")
    for look in (verify, head):
        with pytest.raises(StoreError, match="older than the chain: eslflow serve"):
            look(path)


def test_proof_is_verified_while_more_is_written(attack, monkeypatch):
    """What comes after the walk has begun is for the next one."""
    attack().thing.close()
    walk = module._walk

    def slowly(path, last):
        write(path, proof(9))
        return walk(path, last)

    monkeypatch.setattr(module, "_walk", slowly)
    before = head(attack.path)
    assert verify(attack.path, before) == (before, None)
    assert verify(attack.path, before).head.place > before.place


@pytest.mark.parametrize("look", [verify, head])
def test_a_ledger_that_is_damaged_is_told(attack, look):
    with attack() as db:
        pages = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'chain'")
        (page,) = pages.fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with attack.path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(StoreError, match="cannot be read: .*malformed"):
        look(attack.path)


def test_a_ledger_whose_tables_are_damaged_is_told_whatever_sqlite_quotes(attack):
    with attack() as db:
        db.execute("PRAGMA writable_schema = ON")
        odd = "replace(sql, 'TABLE', CAST(x'ce22' AS TEXT))"
        db.execute(f"UPDATE sqlite_master SET sql = {odd}")
    with pytest.raises(StoreError, match="cannot be read as a ledger"):
        verify(attack.path)


def test_what_holds_by_itself_is_not_called_broken(attack):
    attack().thing.close()
    with pytest.raises(StoreError, match="changes while it is read: try again"):
        module._first_of(attack.path, 0, sum(ROWS.values()))


def test_a_change_in_the_register_of_agents_is_found(tmp_path):
    path = tmp_path / "eslflow.db"
    row = AgentAgreed(7, "1001", "withdrawn", "staff", 2, "5e", "2026-11-23", "anne")
    write(path, [row._replace(state="agreed"), row])
    assert verify(path).broken is None
    with closing(connect(path)) as db:
        Attacker(db)
        db.execute("UPDATE agents SET state = 'agreed' WHERE seq = 2")
    broken = verify(path).broken
    assert (broken.place, broken.table, broken.seq) == (2, "agents", 2)


def test_a_ledger_from_before_the_register_has_to_be_brought_up_to_date(tmp_path):
    path = tmp_path / "eslflow.db"
    with closing(connect(path)) as db:
        db.execute("DROP TABLE agents")
    with pytest.raises(StoreError, match="older than this eslflow: eslflow serve"):
        verify(path)
