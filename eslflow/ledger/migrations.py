"""The tables, and how older ledgers come to have them.

In: an open database. Out: the same with today's tables. Each step is applied once, in a
transaction of its own (sqlite-utils keeps which). Choices, the notices they rest on and
recording actions are proof: triggers refuse to change or delete them, and a chain of
hashes tells if it was done all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from heapq import merge
from operator import itemgetter
from typing import Any

from sqlite_utils import Database

from eslflow.ledger.chain import BEGIN, FORMS, Chain
from eslflow.ledger.first_migrations import (
    make_append_only,
    migrations,
    refuse,
    run,
)
from eslflow.ledger.personal import apart, places
from eslflow.ledger.rows import held

log = logging.getLogger("eslflow")


def migrate(connection: Any) -> None:
    """Bring a database up to date."""
    migrations.apply(Database(connection))


_CHAIN = """
ALTER TABLE notices RENAME TO old_notices;;
CREATE TABLE notices (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    flow TEXT NOT NULL,
    notice TEXT NOT NULL,
    version INTEGER NOT NULL,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    audio_sha256 TEXT NOT NULL,
    audio_ms INTEGER NOT NULL,
    url TEXT NOT NULL,
    UNIQUE (flow, notice, version, language)
);;
INSERT INTO notices (flow, notice, version, language, text, audio_sha256, audio_ms, url)
    SELECT flow, notice, version, language, text, audio_sha256, audio_ms, url
    FROM old_notices ORDER BY rowid;;
DROP TABLE old_notices;;
CREATE TABLE chain (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL
);;
CREATE TABLE personal (
    hash TEXT PRIMARY KEY,
    call_uuid TEXT NOT NULL,
    key BLOB NOT NULL,
    text TEXT NOT NULL
);;
CREATE INDEX personal_call ON personal (call_uuid)
"""


@migrations()
def chain_of_proof(db: Database) -> None:
    """Chain all proof there is, in order of time; what follows is chained as written.

    What was changed before can no longer be seen.
    """
    run(db, _CHAIN)
    _set_apart(db)
    chain = Chain(BEGIN, {})
    kept = merge(*[_kept(db, kind) for kind in FORMS], key=itemgetter(0))
    links = (chain.link(kind, seq, row, held)[1] for _, kind, seq, row in kept)
    db.conn.executemany("INSERT INTO chain VALUES (?, ?, ?, ?)", links)
    for table in ("notices", "chain"):
        make_append_only(db, table)
    refuse(db, "personal", "UPDATE")
    if count := db.execute("SELECT count(*) FROM chain").fetchone()[0]:
        log.warning(
            "%d rows of proof, older than the chain, are chained from now on: keep what"
            " eslflow consents head prints",
            count,
        )


def _set_apart(db: Database) -> None:
    """Move words that may name a person out of proof that is not chained yet."""
    for form in FORMS.values():
        columns = [line[1] for line in db.execute(f"PRAGMA table_info({form.table})")]
        found = places(form.table, columns)
        if found is None:
            continue
        db.execute(f"DROP TRIGGER {form.table}_no_update")
        rows = db.execute(f"SELECT * FROM {form.table} ORDER BY seq")
        for row in [row for row in rows if found.found(row)]:
            values, words = apart(row, found)
            for word in words:
                db.execute("INSERT INTO personal VALUES (?, ?, ?, ?)", word)
            sets = ", ".join(f"{columns[at]} = ?" for at in found.found(row))
            new = [values[at] for at in found.found(row)]
            sql = f"UPDATE {form.table} SET {sets} WHERE seq = ?"
            db.execute(sql, [*new, row[0]])
        refuse(db, form.table, "UPDATE")


def _kept(db: Database, kind: int) -> Iterator[tuple[int, int, int, list[Any]]]:
    """Yield a table's rows in their order, with their time, kind and seq."""
    form = FORMS[kind]
    there = {line[1] for line in db.execute(f"PRAGMA table_info({form.table})")}
    if not there:
        # A table that came after the chain.
        return
    columns = [
        name if name in there else f"{form.later[name]!r}" for name in form.columns
    ]
    at = "at" if "at" in there else "0"
    sql = f"SELECT {at}, seq, {', '.join(columns)} FROM {form.table} ORDER BY seq"
    for when, seq, *row in db.execute(sql):
        yield when, kind, seq, row


@migrations()
def no_index_of_paths(db: Database) -> None:
    """Drop what every recording had to be entered in: its file is named after it."""
    db.execute("DROP INDEX recordings_path")


@migrations()
def queues_of_calls(db: Database) -> None:
    """Keep in which queue a call has waited."""
    db.execute("ALTER TABLE calls ADD COLUMN queue TEXT NOT NULL DEFAULT ''")


_ERASURES = """
ALTER TABLE looks ADD COLUMN subject TEXT NOT NULL DEFAULT '';;
CREATE TABLE holds (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    subject TEXT NOT NULL
);;
CREATE TABLE erasures (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    subject TEXT NOT NULL,
    erasure INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    recordings INTEGER NOT NULL,
    words INTEGER NOT NULL
);;
CREATE TABLE erasing (
    call_uuid TEXT PRIMARY KEY,
    side TEXT NOT NULL,
    erasure INTEGER NOT NULL
)
"""


@migrations()
def erasures_and_holds(db: Database) -> None:
    """Keep what was erased and what must not be; and what is being erased."""
    run(db, _ERASURES)
    for table in ("holds", "erasures"):
        make_append_only(db, table)


_AGENTS = """
CREATE TABLE agents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    agent TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('agreed', 'withdrawn')),
    text TEXT NOT NULL,
    version INTEGER NOT NULL,
    text_sha256 TEXT NOT NULL,
    agreed_on TEXT NOT NULL,
    who TEXT NOT NULL
);;
CREATE INDEX agents_agent ON agents (agent, text)
"""


@migrations()
def register_of_agents(db: Database) -> None:
    """Keep which agents have agreed to being recorded, and to which words."""
    run(db, _AGENTS)
    make_append_only(db, "agents")


_STATES = (
    "'requested', 'granted', 'refused', 'unanswered', 'hung_up', 'withdrawn', "
    "'expired', 'verbal', 'not_asked'"
)
_LEAN = f"""
CREATE TABLE call_ids (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE
);;
CREATE TABLE choice_terms (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ({_STATES})),
    purpose TEXT NOT NULL,
    basis TEXT NOT NULL,
    retain_s INTEGER NOT NULL,
    flow TEXT NOT NULL,
    flow_sha256 TEXT NOT NULL,
    step TEXT NOT NULL,
    engine TEXT NOT NULL,
    performed_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    notice TEXT NOT NULL,
    notice_version INTEGER NOT NULL,
    language TEXT NOT NULL,
    audio_sha256 TEXT NOT NULL,
    keys_offered TEXT NOT NULL,
    key TEXT NOT NULL,
    tries INTEGER NOT NULL,
    party TEXT NOT NULL,
    on_withdrawal TEXT NOT NULL,
    who TEXT NOT NULL,
    UNIQUE (state, purpose, basis, retain_s, flow, flow_sha256, step, engine,
            performed_by, reason, notice, notice_version, language, audio_sha256,
            keys_offered, key, tries, party, on_withdrawal, who)
);;
CREATE TABLE choice_rows (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    call INTEGER NOT NULL,
    terms INTEGER NOT NULL,
    at INTEGER NOT NULL,
    heard_ms INTEGER NOT NULL,
    receipt TEXT NOT NULL,
    remark TEXT NOT NULL,
    rests_on TEXT NOT NULL
);;
CREATE TABLE action_terms (
    id INTEGER PRIMARY KEY,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    step TEXT NOT NULL,
    reply TEXT NOT NULL,
    verified INTEGER NOT NULL,
    UNIQUE (action, reason, step, reply, verified)
);;
CREATE TABLE action_rows (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    call INTEGER NOT NULL,
    terms INTEGER NOT NULL,
    recording_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    leg_uuid TEXT NOT NULL,
    path TEXT NOT NULL
);;
INSERT OR IGNORE INTO call_ids (uuid) SELECT call_uuid FROM choices ORDER BY seq;;
INSERT OR IGNORE INTO call_ids (uuid)
    SELECT call_uuid FROM recording_actions ORDER BY seq
"""
_VIEWS = """
CREATE VIEW choices AS
    SELECT r.seq, u.uuid AS call_uuid, r.at, t.state, t.purpose, t.basis, t.retain_s,
           t.flow, t.flow_sha256, t.step, t.engine, t.performed_by, t.reason, t.notice,
           t.notice_version, t.language, t.audio_sha256, r.heard_ms, t.keys_offered,
           t.key, t.tries, t.party, r.receipt, t.on_withdrawal, t.who, r.remark,
           r.rests_on
    FROM choice_rows r JOIN call_ids u ON u.id = r.call
         JOIN choice_terms t ON t.id = r.terms;;
CREATE VIEW recording_actions AS
    SELECT r.seq, r.recording_id, u.uuid AS call_uuid, r.at, t.action, t.reason,
           t.step, t.reply, t.verified, r.asked_at, r.leg_uuid, r.path
    FROM action_rows r JOIN call_ids u ON u.id = r.call
         JOIN action_terms t ON t.id = r.terms;;
CREATE INDEX choice_rows_call ON choice_rows (call);;
CREATE INDEX choice_rows_at ON choice_rows (at);;
CREATE INDEX choice_rows_terms ON choice_rows (terms);;
CREATE INDEX choice_rows_receipt ON choice_rows (receipt) WHERE receipt <> '';;
CREATE INDEX action_rows_call ON action_rows (call)
"""
_SPLIT = {
    "choices": ("choice_rows", "choice_terms"),
    "recording_actions": ("action_rows", "action_terms"),
}


@migrations()
def shared_terms(db: Database) -> None:
    """Keep once what many rows of proof have in common; views give them as they were.

    SQLite moves the rows, so that this takes no memory. What a damaged row cannot be
    made of is left out, and `verify` says so: calls are to be kept all the same.
    """
    if count := db.execute("SELECT count(*) FROM chain").fetchone()[0]:
        log.warning(
            "%d rows of proof are stored anew, in less room and with the same hashes: "
            "this may take some minutes",
            count,
        )
    run(db, _LEAN)
    for table, (rows, terms) in _SPLIT.items():
        _move(db, table, rows, terms)
    run(db, _VIEWS)
    for table in _SPLIT:
        for change in ("UPDATE", "DELETE"):
            refuse(db, table, change, "INSTEAD OF")
    for table in ("call_ids", *[name for pair in _SPLIT.values() for name in pair]):
        make_append_only(db, table)


_WISHES = """
CREATE TABLE wishes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    call_uuid TEXT NOT NULL,
    at INTEGER NOT NULL,
    want TEXT NOT NULL CHECK (want IN ('on', 'masked', 'off')),
    hand TEXT NOT NULL,
    who TEXT NOT NULL,
    ends_at INTEGER NOT NULL,
    is_master INTEGER NOT NULL,
    step TEXT NOT NULL
);;
CREATE INDEX wishes_call ON wishes (call_uuid)
"""


@migrations()
def wishes_of_calls(db: Database) -> None:
    """Keep who wants what of a recording, for whoever takes the call over."""
    run(db, _WISHES)


def _move(db: Database, table: str, rows: str, terms: str) -> None:
    """Move the rows of a table into two, and drop it."""
    shared = [line[1] for line in db.execute(f"PRAGMA table_info({terms})")][1:]
    own = [line[1] for line in db.execute(f"PRAGMA table_info({rows})")][3:]
    names = ", ".join(shared)
    db.execute(
        f"INSERT OR IGNORE INTO {terms} ({names}) SELECT DISTINCT {names} FROM {table}"
    )
    same = " AND ".join(f"t.{name} = o.{name}" for name in shared)
    db.execute(
        f"INSERT OR IGNORE INTO {rows} (seq, call, terms, {', '.join(own)}) "
        f"SELECT o.seq, u.id, t.id, {', '.join(f'o.{name}' for name in own)} "
        f"FROM {table} o CROSS JOIN call_ids u ON u.uuid = o.call_uuid "
        f"CROSS JOIN {terms} t ON {same} ORDER BY o.seq"
    )
    # How many were written shows whether the last ones are gone.
    db.execute(f"DELETE FROM sqlite_sequence WHERE name = '{rows}'")
    db.execute(
        "INSERT INTO sqlite_sequence (name, seq) "
        f"SELECT '{rows}', seq FROM sqlite_sequence WHERE name = '{table}'"
    )
    db.execute(f"DROP TABLE {table}")


@migrations()
def assurance_of_numbers(db: Database) -> None:
    """Keep what the switch found of the signature of a caller's number."""
    db.execute("ALTER TABLE calls ADD COLUMN assurance TEXT NOT NULL DEFAULT ''")
