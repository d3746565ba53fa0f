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

from sqlite_utils import Database, Migrations

from eslflow.ledger.chain import BEGIN, FORMS, Chain
from eslflow.ledger.personal import Places, apart, places
from eslflow.ledger.rows import held

log = logging.getLogger("eslflow")

migrations = Migrations("eslflow")

_STATES = (
    "'requested', 'granted', 'refused', 'unanswered', 'hung_up', 'withdrawn', "
    "'expired', 'verbal', 'not_asked'"
)
_TABLES = f"""
CREATE TABLE calls (
    uuid TEXT PRIMARY KEY,
    direction TEXT NOT NULL,
    caller TEXT NOT NULL,
    caller_digits TEXT NOT NULL,
    caller_name TEXT NOT NULL,
    called TEXT NOT NULL,
    called_digits TEXT NOT NULL,
    flow TEXT NOT NULL,
    flow_sha256 TEXT NOT NULL,
    engine TEXT NOT NULL,
    offered_at INTEGER NOT NULL,
    ended_at INTEGER,
    ending TEXT,
    cause TEXT,
    last_step TEXT
);;
CREATE INDEX calls_offered ON calls (offered_at);;
CREATE INDEX calls_caller ON calls (caller_digits, offered_at);;
CREATE INDEX calls_called ON calls (called_digits, offered_at);;
CREATE TABLE notices (
    flow TEXT NOT NULL,
    notice TEXT NOT NULL,
    version INTEGER NOT NULL,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    audio_sha256 TEXT NOT NULL,
    audio_ms INTEGER NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (flow, notice, version, language)
);;
CREATE TABLE choices (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    call_uuid TEXT NOT NULL,
    at INTEGER NOT NULL,
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
    heard_ms INTEGER NOT NULL,
    keys_offered TEXT NOT NULL,
    key TEXT NOT NULL,
    tries INTEGER NOT NULL
);;
CREATE INDEX choices_call ON choices (call_uuid);;
CREATE INDEX choices_at ON choices (at);;
CREATE INDEX choices_state ON choices (state, at);;
CREATE TABLE recordings (
    id TEXT PRIMARY KEY,
    call_uuid TEXT NOT NULL,
    leg_uuid TEXT NOT NULL,
    path TEXT NOT NULL,
    purposes TEXT NOT NULL,
    step TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    started_at INTEGER,
    stopped_at INTEGER,
    ms INTEGER,
    cause TEXT,
    state TEXT
);;
CREATE INDEX recordings_call ON recordings (call_uuid);;
CREATE TABLE recording_actions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    recording_id TEXT NOT NULL,
    call_uuid TEXT NOT NULL,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    step TEXT NOT NULL,
    reply TEXT NOT NULL,
    verified INTEGER NOT NULL
);;
CREATE INDEX recording_actions_call ON recording_actions (call_uuid);;
CREATE TABLE replayed (id TEXT PRIMARY KEY)
"""


def migrate(connection: Any) -> None:
    """Bring a database up to date."""
    migrations.apply(Database(connection))


@migrations()
def first_tables(db: Database) -> None:
    """Make calls, notices, choices, recordings and their actions."""
    _run(db, _TABLES)
    for table in ("choices", "recording_actions"):
        _make_append_only(db, table)


def _run(db: Database, statements: str) -> None:
    for statement in statements.split(";;"):
        db.execute(statement)


def _make_append_only(db: Database, table: str) -> None:
    for change in ("UPDATE", "DELETE"):
        _refuse(db, table, change)


def _refuse(db: Database, table: str, change: str) -> None:
    db.execute(
        f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} are proof: append only'); END"
    )


_SECOND = """
ALTER TABLE recordings ADD COLUMN audio_at INTEGER;;
ALTER TABLE recordings ADD COLUMN gaps TEXT;;
ALTER TABLE recordings ADD COLUMN checked_at INTEGER;;
ALTER TABLE recordings ADD COLUMN verdict TEXT;;
ALTER TABLE recordings ADD COLUMN sha256 TEXT;;
ALTER TABLE recordings ADD COLUMN bytes INTEGER;;
ALTER TABLE recordings ADD COLUMN file_ms INTEGER;;
ALTER TABLE recordings ADD COLUMN findings TEXT;;
CREATE INDEX recordings_path ON recordings (path);;
CREATE INDEX calls_unended ON calls (offered_at) WHERE ended_at IS NULL;;
CREATE INDEX recordings_unchecked ON recordings (asked_at) WHERE checked_at IS NULL;;
ALTER TABLE recording_actions ADD COLUMN asked_at INTEGER NOT NULL DEFAULT 0;;
ALTER TABLE recording_actions ADD COLUMN leg_uuid TEXT NOT NULL DEFAULT '';;
ALTER TABLE recording_actions ADD COLUMN path TEXT NOT NULL DEFAULT ''
"""


@migrations()
def what_the_file_holds(db: Database) -> None:
    """Keep what a recording was found to hold, and when each command was sent."""
    _run(db, _SECOND)


@migrations()
def notices_are_proof_too(db: Database) -> None:
    """Refuse to change the words that choices rest on."""
    _make_append_only(db, "notices")


@migrations()
def who_was_asked(db: Database) -> None:
    """Keep whether the caller or the called party was asked."""
    db.execute("ALTER TABLE choices ADD COLUMN party TEXT NOT NULL DEFAULT 'caller'")


_AT_REST = """
ALTER TABLE recordings ADD COLUMN stored_at INTEGER;;
ALTER TABLE recordings ADD COLUMN form TEXT;;
ALTER TABLE recordings ADD COLUMN plain_sha256 TEXT;;
ALTER TABLE recordings ADD COLUMN stored_sha256 TEXT;;
ALTER TABLE recordings ADD COLUMN stored_bytes INTEGER;;
ALTER TABLE recordings ADD COLUMN source TEXT;;
ALTER TABLE recordings ADD COLUMN hook_at INTEGER;;
ALTER TABLE recordings ADD COLUMN hook_tries INTEGER;;
ALTER TABLE recordings ADD COLUMN hook_result TEXT;;
CREATE INDEX recordings_forms ON recordings (form) WHERE verdict = 'intact';;
CREATE INDEX recordings_unsettled ON recordings (id) WHERE source <> '';;
CREATE INDEX recordings_unhooked ON recordings (checked_at)
    WHERE verdict = 'intact' AND hook_result IS NOT 'done';;
CREATE TABLE looks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    call_uuid TEXT NOT NULL,
    recording_id TEXT NOT NULL,
    reason TEXT NOT NULL
);;
CREATE INDEX looks_call ON looks (call_uuid)
"""


@migrations()
def forms_and_looks(db: Database) -> None:
    """Keep in which form a recording is stored, and who looked at it."""
    _run(db, _AT_REST)
    _make_append_only(db, "looks")


_WITHDRAWALS = """
ALTER TABLE choices ADD COLUMN receipt TEXT NOT NULL DEFAULT '';;
ALTER TABLE choices ADD COLUMN on_withdrawal TEXT NOT NULL DEFAULT '';;
ALTER TABLE choices ADD COLUMN who TEXT NOT NULL DEFAULT '';;
ALTER TABLE choices ADD COLUMN remark TEXT NOT NULL DEFAULT '';;
CREATE INDEX choices_receipt ON choices (receipt) WHERE receipt <> '';;
ALTER TABLE recordings ADD COLUMN erased_at INTEGER;;
ALTER TABLE recordings ADD COLUMN erased_for TEXT
"""


@migrations()
def receipts_and_withdrawals(db: Database) -> None:
    """Keep the code that a caller was told, who withdrew, and what was erased."""
    _run(db, _WITHDRAWALS)


_MEMORY = """
ALTER TABLE calls ADD COLUMN caller_key TEXT NOT NULL DEFAULT '';;
ALTER TABLE calls ADD COLUMN called_key TEXT NOT NULL DEFAULT '';;
ALTER TABLE choices ADD COLUMN rests_on TEXT NOT NULL DEFAULT '';;
CREATE INDEX calls_caller_key ON calls (caller_key) WHERE caller_key <> '';;
CREATE INDEX calls_called_key ON calls (called_key) WHERE called_key <> ''
"""


@migrations()
def numbers_in_one_spelling(db: Database) -> None:
    """Keep numbers in one spelling, and on which earlier choice one rests."""
    _run(db, _MEMORY)


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
    _run(db, _CHAIN)
    _set_apart(db)
    chain = Chain(BEGIN, {})
    kept = merge(*[_kept(db, kind) for kind in FORMS], key=itemgetter(0))
    links = (chain.link(kind, seq, row, held)[1] for _, kind, seq, row in kept)
    db.conn.executemany("INSERT INTO chain VALUES (?, ?, ?, ?)", links)
    for table in ("notices", "chain"):
        _make_append_only(db, table)
    _refuse(db, "personal", "UPDATE")
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
        for at in found.words:
            name = columns[at]
            sql = f"SELECT * FROM {form.table} WHERE {name} <> '' ORDER BY seq"
            for row in db.execute(sql).fetchall():
                values, (word,) = apart(row, Places((at,), found.call))
                db.execute("INSERT INTO personal VALUES (?, ?, ?, ?)", word)
                sql = f"UPDATE {form.table} SET {name} = ? WHERE seq = ?"
                db.execute(sql, (values[at], row[0]))
        _refuse(db, form.table, "UPDATE")


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
    _run(db, _AGENTS)
    _make_append_only(db, "agents")
