"""scripts/fill: a ledger with many calls, as the writer would have made it."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from eslflow.ledger.verify import verify
from tests.command import run

ROOT = Path(__file__).parent.parent
CALLS = 40


def test_it_makes_calls_that_can_be_looked_up_and_verified(tmp_path):
    site = tmp_path / "many"
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "tests/load/fill.py", str(site), "--calls", str(CALLS)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith(f"{CALLS} calls in ")
        (site / "eslflow.yaml").write_text("# still mine\n")
    assert (site / "eslflow.yaml").read_text() == "# still mine\n"
    with closing(sqlite3.connect(site / "eslflow.db")) as db:
        (choices,) = db.execute("SELECT count(*) FROM choices").fetchone()
        states = db.execute("SELECT state FROM choices GROUP BY state").fetchall()
        (calls,) = db.execute("SELECT count(*) FROM calls").fetchone()
    assert (calls, choices) == (2 * CALLS, 4 * CALLS)
    assert len(states) == 4
    assert verify(site / "eslflow.db").broken is None
    done = run(site, "consents", "list", "--state", "granted")
    assert "recording v3 en" in done.stdout
    with closing(sqlite3.connect(site / "eslflow.db")) as db:
        sql = "SELECT receipt, call_uuid FROM choices WHERE state = 'granted' LIMIT 1"
        code, uuid = db.execute(sql).fetchone()
    assert uuid in run(site, "consents", "list", "--receipt", code).stdout
