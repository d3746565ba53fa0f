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
