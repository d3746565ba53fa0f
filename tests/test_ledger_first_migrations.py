"""The tables as they came to be until the chain of proof."""

import sqlite3
from contextlib import closing

from sqlite_utils import Database

from eslflow.ledger.first_migrations import migrations

FIRST = (
    "first_tables",
    "what_the_file_holds",
    "notices_are_proof_too",
    "who_was_asked",
    "forms_and_looks",
    "receipts_and_withdrawals",
    "numbers_in_one_spelling",
    "versions_of_flows",
)


def test_what_older_ledgers_have_been_through_stays_as_it_was():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        pending = [step.name for step in migrations.pending(Database(db))]
    assert tuple(pending[: len(FIRST)]) == FIRST
