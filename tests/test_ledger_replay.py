"""What waited beside the ledger is written in order and once, wherever it is killed."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from eslflow.call.records import State
from eslflow.ledger import replay as module
from eslflow.ledger.replay import replay
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import connect, spill_of
from tests.test_ledger_writer import NOTICE, choice, offered

ROOT = Path(__file__).parent.parent
GROUPS = 7


def group(number):
    """Return the rows of one call."""
    uuid = f"u{number}"
    return [offered(uuid), NOTICE, choice(uuid), choice(uuid, State.WITHDRAWN)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "eslflow.db"


@pytest.fixture
def spill(path):
    spill = spill_of(path)
    spill.add([group(number) for number in range(GROUPS)])
    return spill


def written(path):
    sql = "SELECT call_uuid, state FROM choices ORDER BY seq"
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def wanted(numbers):
    states = ("granted", "withdrawn")
    return [(f"u{number}", state) for number in numbers for state in states]


@pytest.mark.parametrize("at_once", [1, 3, 500])
def test_it_is_written_in_order_and_forgotten(path, spill, monkeypatch, at_once):
    monkeypatch.setattr(module, "AT_ONCE", at_once)
    with closing(connect(path)) as db:
        commits = []
        db.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else 0)
        replay(db, spill)
        assert spill.is_empty
        replay(db, spill)
    assert len(commits) == -(-GROUPS // at_once)
    assert written(path) == wanted(range(GROUPS))
    assert verify(path) == (verify(path).head, None)


def test_what_the_ledger_never_takes_is_set_aside_and_told(path, caplog):
    spill = spill_of(path)
    spill.add([group(0), [choice("u9", "nonsense")], group(1)])
    other = NOTICE._replace(text="Press 1!")
    spill.add([[other, choice("u8")]])
    with spill.path.open("ab") as file:
        file.write(b'{"id": "7", "rows": [{"row": "Choice"\nnull\n{"rows": 7}\n')
    spill.add([[choice("u7", State.REFUSED)]])
    spill.add([group(2)])
    with closing(connect(path)) as db:
        replay(db, spill)
    kept = [*wanted([0, 1]), ("u7", "refused"), *wanted([2])]
    assert written(path) == kept
    assert spill.is_empty
    lines = spill.refused.read_bytes().splitlines()
    assert len(lines) == 5
    assert b"nonsense" in lines[0]
    assert b"Press 1!" in lines[1]
    assert (
        f"ALARM: 5 groups of rows that the ledger refuses are in {spill.refused}"
        in (caplog.text)
    )


def test_what_is_set_aside_is_there_once_though_it_was_killed_before_it_forgot(path):
    spill = spill_of(path)
    spill.add([[choice("u9", "nonsense")], group(0)])
    left = spill.path.read_bytes()
    for _ in range(2):
        spill.path.write_bytes(left)
        with closing(connect(path)) as db:
            replay(db, spill)
    assert len(spill.refused.read_bytes().splitlines()) == 1
    assert written(path) == wanted([0])


def test_a_notice_that_was_taken_back_with_its_group_is_written_with_the_next(path):
    spill = spill_of(path)
    spill.add([[NOTICE, choice("u9", "nonsense")], group(0)])
    with closing(connect(path)) as db:
        replay(db, spill)
        assert db.execute("SELECT text FROM notices").fetchall() == [("Press 1.",)]


def test_what_only_waits_for_the_disk_is_not_set_aside(path, spill):
    with closing(connect(path)) as db:
        db.execute("PRAGMA max_page_count = 1")
        spill.add([[choice("u" * 5000, State.REFUSED)] for _ in range(50)])
        with pytest.raises(sqlite3.OperationalError, match="full"):
            replay(db, spill)
        assert not db.in_transaction
        db.execute("PRAGMA max_page_count = 100000")
        assert written(path) == []
        replay(db, spill)
    assert written(path)[: 2 * GROUPS] == wanted(range(GROUPS))
    assert not spill.refused.exists()


DOOMED = """
import os, signal, sys
from contextlib import closing
from pathlib import Path
from eslflow.ledger import replay as module
from eslflow.ledger.writer import connect, spill_of

path, at = Path(sys.argv[1]), 0
module.AT_ONCE = 3
OURS = ("replay.py", "spill.py", "append.py", "rows.py", "pathlib.py")

def doomed(calls):
    left = calls
    def watch(frame, event, arg):
        nonlocal left
        if event == "c_call" and frame.f_code.co_filename.endswith(OURS):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    db, spill = connect(path), spill_of(path)
    sys.setprofile(watch)
    module.replay(db, spill)
    sys.setprofile(None)
    os._exit(0)

def child(work, *words):
    process = os.fork()
    if not process:
        work(*words)
    return os.waitpid(process, 0)[1]

def fresh():
    for name in ("", "-wal", "-shm", ".spill.jsonl"):
        Path(f"{path}{name}").unlink(missing_ok=True)
    Path(f"{path}.spill.jsonl").write_bytes(spilled)

spilled = Path(f"{path}.spill.jsonl").read_bytes()
calls, code = 0, 1
while code:
    fresh()
    code = child(doomed, calls)
    print(calls, flush=True)
    # The one who started us looks at what is there, and says go on.
    sys.stdin.readline()
    calls += int(sys.argv[2])
"""
STEP = 2
"""Every second call: 200 kills and more."""


@pytest.mark.kill
@pytest.mark.timeout(600)
def test_no_kill_while_it_is_written_loses_a_group_or_writes_it_twice(path, spill):
    """Killed just before its n-th call out of Python, for each second n there is."""
    states = set()
    with subprocess.Popen(
        [sys.executable, "-c", DOOMED, str(path), str(STEP)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        kills = 0
        for _ in process.stdout:
            kills += 1
            before = written(path)
            assert before == wanted(range(GROUPS))[: len(before)]
            assert verify(path).broken is None
            states.add((len(before) // 2, spill_of(path).is_empty))
            with closing(connect(path)) as db:
                replay(db, spill_of(path))
            assert written(path) == wanted(range(GROUPS))
            assert verify(path).broken is None
            process.stdin.write("\n")
            process.stdin.flush()
        assert process.wait() == 0
    assert kills > 200
    # Nothing written, each of the three commits, and the file gone.
    assert {many for many, _ in states} == {0, 3, 6, 7}
    assert (GROUPS, False) in states
    assert (GROUPS, True) in states
