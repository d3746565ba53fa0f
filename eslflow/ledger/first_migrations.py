"""The tables as they came to be until the chain of proof; `migrations` goes on.

In: an open database. Out: the same with one table or column more. What is here is for
ever: it makes of every older ledger what the chain begins with.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

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


@migrations()
def first_tables(db: Database) -> None:
    """Make calls, notices, choices, recordings and their actions."""
    run(db, _TABLES)
    for table in ("choices", "recording_actions"):
        make_append_only(db, table)


def run(db: Database, statements: str) -> None:
    for statement in statements.split(";;"):
        db.execute(statement)


def make_append_only(db: Database, table: str) -> None:
    for change in ("UPDATE", "DELETE"):
        refuse(db, table, change)


def refuse(db: Database, table: str, change: str) -> None:
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
    run(db, _SECOND)


@migrations()
def notices_are_proof_too(db: Database) -> None:
    """Refuse to change the words that choices rest on."""
    make_append_only(db, "notices")


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
    run(db, _AT_REST)
    make_append_only(db, "looks")


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
    run(db, _WITHDRAWALS)


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
    run(db, _MEMORY)


_FLOWS = """
CREATE TABLE flow_versions (
    sha256 TEXT PRIMARY KEY,
    flow TEXT NOT NULL,
    file TEXT NOT NULL,
    text TEXT NOT NULL,
    inside TEXT NOT NULL
);;
CREATE TABLE flow_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    flow TEXT NOT NULL,
    flow_sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('served', 'removed', 'kept')),
    how TEXT NOT NULL,
    who TEXT NOT NULL,
    note TEXT NOT NULL
);;
CREATE INDEX flow_log_flow ON flow_log (flow)
"""


@migrations()
def versions_of_flows(db: Database) -> None:
    """Keep the text of each flow that calls ran, and when it was served."""
    run(db, _FLOWS)
    for table in ("flow_versions", "flow_log"):
        make_append_only(db, table)
