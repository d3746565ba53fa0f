"""What `eslflow serve` does while its ledger cannot be written, over real sockets.

The disk is full, another process holds the lock, the file system is read-only, the
files are damaged when it starts: calls go on unrecorded, that is told, and what was
kept meanwhile is in the ledger afterwards, in order and once.
"""

import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from eslflow.ledger.verify import verify
from eslflow.ledger.writer import Ledger, spill_of
from eslflow.rig import file_length_ms
from eslflow.sim.script import Script
from eslflow.sim.switch import SimulatedSwitch
from eslflow.web.client import SOCKET, _Connection
from tests.command import run
from tests.disk import mounted, remount

ROOT = Path(__file__).parent.parent
SETTINGS = "listen: 127.0.0.1:0\ndefault_flow: support\nledger: disk/eslflow.db\n"
MB = 1 << 20
LATE = "kept_late"


class Office:
    """A site that is served by a process, and a switch that calls it."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "disk" / "eslflow.db"
        self.recorded, self.unrecorded = [], []
        self.process = self.switch = None

    @contextmanager
    def serves(self, end=signal.SIGTERM):
        """Serve; it ends well, unless it is killed."""
        words = [sys.executable, "-m", "eslflow", "--site", str(self.folder), "serve"]
        with subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
        ) as self.process:
            try:
                host, _, port = (
                    self.process.stdout.readline().split()[-1].rpartition(":")
                )
                self.switch = SimulatedSwitch(host, int(port), length_ms=file_length_ms)
                yield
                self.process.send_signal(end)
                self.rest = self.process.stderr.read()
                assert self.process.wait() == (0 if end == signal.SIGTERM else -end)
            finally:
                self.process.kill()

    def tells(self, words):
        """Read its log up to the line that has these words."""
        for line in self.process.stderr:
            if words in line:
                return line
        raise AssertionError(f"it never told: {words}")

    def call(self):
        """Let somebody agree and ask for the queue; return whether it was recorded."""
        uuid = f"call-{len(self.recorded) + len(self.unrecorded)}"
        call = self.switch.call(Script(uuid=uuid, keys=("1", "2")))
        # Recorded or not, the caller reached the queue and hung up there.
        assert call.ending == "hung_up"
        assert any("callcenter" in str(said) for said in call.commands)
        (self.recorded if call.recordings else self.unrecorded).append(uuid)
        return bool(call.recordings)

    def health(self):
        """Return what health says of the ledger, and the status of the answer."""
        web = _Connection(self.folder / SOCKET)
        with closing(web):
            web.request("GET", "/health")
            answer = web.getresponse()
            return answer.status, json.load(answer)["ledger"]

    def is_red(self, *words):
        """Whether health is an alarm that says this."""
        status, found = self.health()
        assert status == 503
        assert not found["ok"]
        for word in words:
            assert word in found["problem"]

    def rows(self, sql):
        with closing(sqlite3.connect(self.path)) as db:
            return db.execute(sql).fetchall()

    def grants(self):
        """Return the grants that are kept, in the order in which they were written."""
        sql = "SELECT call_uuid, reason FROM choices WHERE state = 'granted'"
        return self.rows(f"{sql} ORDER BY seq")

    def has_kept_all(self):
        """Whether each call is kept once, in order, and its grant early if it was."""
        assert verify(self.path).broken is None
        calls = sorted([*self.recorded, *self.unrecorded])
        reasons = [LATE if uuid in self.unrecorded else "" for uuid in calls]
        assert self.grants() == list(zip(calls, reasons, strict=True))
        ended = "SELECT uuid FROM calls WHERE ending = 'hung_up' ORDER BY uuid"
        assert self.rows(ended) == [(uuid,) for uuid in calls]
        spill = spill_of(self.path)
        assert spill.is_empty
        assert not spill.refused.exists()


@pytest.fixture
def office(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    for flow in (tmp_path / "flows").glob("*.yaml"):
        if flow.name != "support.yaml":
            # The others would be read at each start.
            flow.unlink()
    (tmp_path / "eslflow.yaml").write_text(SETTINGS)
    (tmp_path / "disk").mkdir()
    return Office(tmp_path)


@pytest.fixture
def disk(office):
    """A file system of its own for the ledger, 4 MB large."""
    with mounted(office.path.parent) as folder:
        yield folder


def fill(disk):
    """Leave no byte; return what to remove so that there is room again."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        size = MB
        while size:
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                size //= 2
    return ballast


def test_a_full_disk(office, disk):
    Ledger(office.path).close()
    with office.serves():
        assert office.call()
        assert office.health() == (200, {"ok": True, "problem": "", "waiting": 0})
        ballast = fill(disk)
        for _ in range(3):
            assert not office.call()
        assert "disk is full" in office.tells("ALARM: the ledger is not written")
        office.is_red("disk is full", "No space left on device", "wait in memory")
        # A command that has to write says so, and has not done it.
        words = ("consents", "withdraw", office.recorded[0], "--reason", "letter")
        told = run(office.folder, *words)
        assert (told.exit_code, "disk is full" in told.stderr) == (1, True)
        ballast.unlink()
        office.tells("the ledger is written again")
        assert office.health()[0] == 200
        assert office.call()
    office.has_kept_all()


def test_room_that_comes_back_for_a_call_is_used_in_order(office, disk):
    Ledger(office.path).close()
    with office.serves():
        ballast = fill(disk)
        assert not office.call()
        assert not office.call()
        ballast.unlink()
        # What has waited is written before the row of the call that comes now.
        assert office.call()
    office.has_kept_all()


def test_a_disk_that_stays_full_to_the_end_is_told(office, disk):
    Ledger(office.path).close()
    with office.serves():
        assert office.call()
        fill(disk)
        assert not office.call()
    assert "groups of rows are lost" in office.rest
    (disk / "ballast").unlink()
    # Whoever was told that a row is kept, finds it.
    assert verify(office.path).broken is None
    assert office.grants() == [("call-0", "")]


@contextmanager
def limited(process, size):
    """Let a process write no file further than this: a quota, for who is not root."""
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, hard))
    yield
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))


def test_a_file_that_may_not_grow(office):
    Ledger(office.path).close()
    with office.serves():
        assert office.call()
        with limited(office.process, 1):
            assert not office.call()
            assert not office.call()
            office.tells("ALARM: the ledger is not written")
            office.is_red("File too large")
        assert office.call()
    office.has_kept_all()


HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    "calls",
    # Each waits at least twice for two seconds: eight of them, for half a minute.
    [pytest.param(2, id="soon"), pytest.param(8, id="30 s", marks=pytest.mark.kill)],
)
def test_a_database_that_another_process_locks(office, calls):
    Ledger(office.path).close()
    with office.serves():
        assert office.call()
        with subprocess.Popen(
            [sys.executable, "-c", HOLD, str(office.path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as other:  # fmt: skip
            assert other.stdout.readline() == "held\n"
            for _ in range(calls):
                assert not office.call()
            office.tells("ALARM: the ledger is not written")
            office.is_red("database is locked")
            assert not spill_of(office.path).is_empty
            number = "+4930123456"
            told = run(office.folder, "subject", number, "erase", "--reason", "x")
            assert told.exit_code == 1
            assert "rows wait in" in told.stderr
            other.stdin.close()
        office.tells("the ledger is written again")
        assert office.health()[0] == 200
        assert office.call()
    office.has_kept_all()


def test_a_read_only_file_system_at_the_start(office, disk):
    Ledger(office.path).close()
    remount(disk, "ro")
    with office.serves():
        office.tells("ALARM: the ledger is not written")
        assert not office.call()
        assert not office.call()
        office.is_red("Read-only file system", "wait in memory")
        told = run(office.folder, "consents", "verify")
        assert (told.exit_code, "0 rows" in told.output) == (0, True), told.output
        remount(disk, "rw")
        office.tells("the ledger is written again")
        assert office.call()
    office.has_kept_all()


def flip(path, at, many):
    """Change bytes of a file."""
    with path.open("r+b") as file:
        file.seek(at)
        data = file.read(many)
        assert len(data) == many
        file.seek(at)
        file.write(bytes(byte ^ 0xFF for byte in data))


def page_of(path, name):
    """Return where the root page of a table is in the file, and its size."""
    with closing(sqlite3.connect(path)) as db:
        (size,) = db.execute("PRAGMA page_size").fetchone()
        sql = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        return (db.execute(sql, (name,)).fetchone()[0] - 1) * size, size


def no_header(path):
    flip(path, 0, 16)


def no_first_page(path):
    with path.open("r+b") as file:
        file.write(bytes(4096))


def truncated(path):
    os.truncate(path, path.stat().st_size // 2)


def damaged_page(path):
    flip(path, *page_of(path, "choice_rows"))


def served_before(office):
    """Let a call be recorded, and return a copy of the ledger as it was then."""
    with office.serves():
        assert office.call()
    copy = office.folder / "backup.db"
    shutil.copy(office.path, copy)
    return copy


def put_back(office, copy):
    """Mend it as docs/ledger.md says: what is damaged away, what was saved in place."""
    away = office.folder / "damaged"
    away.mkdir()
    for name in ("", "-wal", "-shm"):
        path = office.path.with_name(office.path.name + name)
        if path.exists():
            path.rename(away / path.name)
    copy.rename(office.path)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (no_header, "file is not a database"),
        (no_first_page, "file is not a database"),
        (truncated, "malformed"),
        (damaged_page, "is damaged"),
    ],
)
def test_a_file_that_is_damaged_at_the_start(office, damage, told):
    copy = served_before(office)
    damage(office.path)
    data = office.path.read_bytes()
    with office.serves():
        assert told in office.tells("ALARM: the ledger is not written")
        for _ in range(2):
            assert not office.call()
        office.is_red(told)
        assert not spill_of(office.path).is_empty
    # Nobody has written into what somebody may save rows from.
    assert office.path.read_bytes() == data
    # Started again, it is no better, and what waits goes on waiting.
    with office.serves():
        office.tells("ALARM: the ledger is not written")
        assert not office.call()
    assert office.path.read_bytes() == data
    put_back(office, copy)
    with office.serves():
        assert office.health()[0] == 200
        assert office.call()
    office.has_kept_all()


def test_a_damaged_file_that_is_replaced_while_it_serves(office):
    copy = served_before(office)
    no_header(office.path)
    with office.serves():
        assert not office.call()
        copy.rename(office.path)
        office.tells("the ledger is written again")
        assert office.call()
    office.has_kept_all()


def test_a_ledger_that_is_taken_away_is_not_begun_anew_while_it_serves(office):
    copy = served_before(office)
    no_header(office.path)
    with office.serves():
        office.path.unlink()
        assert not office.call()
        office.tells("is gone")
        assert not office.path.exists()
        copy.rename(office.path)
        office.tells("the ledger is written again")
    office.has_kept_all()


def test_a_log_that_is_damaged_at_the_start(office):
    Ledger(office.path).close()
    with office.serves(end=signal.SIGKILL):
        for _ in range(3):
            assert office.call()
    log = office.path.with_name("eslflow.db-wal")
    copies = {path: path.read_bytes() for path in (office.path, log)}
    flip(log, 5000, 1)
    with office.serves():
        assert "-wal is damaged" in office.tells("ALARM: the ledger is not written")
        assert not office.call()
        office.is_red("-wal is damaged")
    assert office.path.read_bytes() == copies[office.path]
    assert len(log.read_bytes()) == len(copies[log])
    for path, data in copies.items():
        path.write_bytes(data)
    with office.serves():
        assert office.call()
    assert verify(office.path).broken is None
    calls = [*office.recorded[:3], *office.unrecorded, office.recorded[3]]
    assert office.grants() == [
        (uuid, LATE if uuid in office.unrecorded else "") for uuid in calls
    ]
