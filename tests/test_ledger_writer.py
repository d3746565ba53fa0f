"""The writer: durable before it says so, whole or not at all, never in the way."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from contextlib import closing
from pathlib import Path
from queue import Queue

import pytest

from eslflow.call.records import (
    CallEnded,
    CallOffered,
    Choice,
    NoticePlayed,
    RecordingAction,
    RecordingBegun,
    RecordingEnded,
    State,
)
from eslflow.errors import StoreError
from eslflow.ledger import connect as connecting
from eslflow.ledger import writer
from eslflow.ledger.verify import verify
from eslflow.ledger.writer import Ledger, connect, write
from eslflow.wire.terms import RecordAction

ROOT = Path(__file__).parent.parent
PATIENCE_S = 60
NOTICE = NoticePlayed("support", "rec", 1, "en", "Press 1.", "5e", 900, "")


def offered(uuid="u1", name="Anna"):
    return CallOffered(uuid, "inbound", "+49301", name, "100", "support", "f0", "e", 1)


def choice(uuid="u1", state=State.GRANTED):
    return Choice(uuid, 2, state, "training", "consent", 0, "support", "f0", "ask", "e")


def keep(ledger, *rows):
    """Keep rows and wait for their commit; return what was said of it."""
    said, done = [], threading.Event()
    ledger.keep(rows, lambda problem: (said.append(problem), done.set()))
    assert done.wait(PATIENCE_S)
    return said[0]


def rows(path, sql):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def second(path):
    """Open the database beside the ledger, as another process would."""
    return closing(sqlite3.connect(path, isolation_level=None))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "eslflow.db"


def test_what_was_said_to_be_kept_is_there(path):
    with Ledger(path) as ledger:
        assert keep(ledger, offered(), NOTICE, choice()) == ""
        assert rows(path, "SELECT uuid, flow FROM calls") == [("u1", "support")]
        assert rows(path, "SELECT state FROM choices") == [("granted",)]
        assert rows(path, "SELECT text FROM notices") == [("Press 1.",)]
        assert ledger.health().problem == ""


def test_rows_that_nobody_waits_for_are_written_before_it_closes(path):
    with Ledger(path) as ledger:
        ledger.keep((offered(),))
        ledger.keep((CallEnded("u1", 9, "hung_up", "NORMAL_CLEARING", "ask"),))
    assert rows(path, "SELECT ending, cause, last_step FROM calls") == [
        ("hung_up", "NORMAL_CLEARING", "ask")
    ]


def test_a_recording_is_completed_by_its_end(path):
    action = RecordAction.START
    with Ledger(path) as ledger:
        ledger.keep(
            (RecordingBegun("u1-1", "u1", "u1", "/r/a.wav", "training", "q", 3),)
        )
        ledger.keep(
            (RecordingAction("u1-1", "u1", 3, action, "step", "q", "+OK", True),)
        )
        ledger.keep((RecordingEnded("u1-1", 4, 9, 5000, "success", "stopped"),))
    assert rows(path, "SELECT started_at, ms, state FROM recordings") == [
        (4, 5000, "stopped")
    ]
    assert rows(path, "SELECT action, verified FROM recording_actions") == [
        ("start", 1)
    ]


def test_a_call_handed_over_twice_keeps_what_was_known(path):
    with Ledger(path) as ledger:
        keep(ledger, offered(), CallEnded("u1", 5, "lost", "", "ask"))
        assert keep(ledger, offered()) == ""
    assert rows(path, "SELECT count(*), ending, offered_at FROM calls") == [
        (1, None, 1)
    ]


def test_choices_and_actions_cannot_be_changed_or_deleted(path):
    with Ledger(path) as ledger:
        keep(ledger, choice())
    with closing(sqlite3.connect(path)) as db:
        for sql in ("UPDATE choices SET state = 'refused'", "DELETE FROM choices"):
            with pytest.raises(sqlite3.IntegrityError, match="append only"):
                db.execute(sql)


def test_words_changed_without_a_new_version_permit_nothing(path):
    with Ledger(path) as ledger:
        assert keep(ledger, NOTICE, choice()) == ""
        other = NOTICE._replace(text="Press 1!")
        assert "give it a new version" in keep(ledger, other, choice("u2"))
        assert keep(ledger, NOTICE, choice("u3")) == ""
    assert rows(path, "SELECT call_uuid FROM choices") == [("u1",), ("u3",)]
    with Ledger(path) as again:
        assert "give it a new version" in keep(again, other)
    with pytest.raises(StoreError, match="give it a new version"):
        write(path, [other])


def test_a_notice_played_in_many_calls_is_kept_once(path):
    with Ledger(path) as ledger:
        assert keep(ledger, NOTICE, choice(), NOTICE, choice("u2")) == ""
        assert keep(ledger, NOTICE, choice("u3")) == ""
    write(path, [NOTICE, choice("u4")])
    with Ledger(path) as again:
        assert keep(again, NOTICE, choice("u5")) == ""
    assert rows(path, "SELECT count(*) FROM notices") == [(1,)]
    assert verify(path).head.place == 6


def test_two_wordings_of_a_new_notice_in_one_commit_do_not_stop_the_first(
    path, monkeypatch
):
    monkeypatch.setattr(writer, "PAUSE_S", 4 * PATIENCE_S)
    other = NOTICE._replace(text="Press 1!")
    with Ledger(path) as ledger:
        keep(ledger, offered())
        said = []
        ledger.keep((NOTICE, choice()), said.append)
        ledger.keep((other, choice("u2")), said.append)
    assert said[0] == ""
    assert "give it a new version" in said[1]
    assert rows(path, "SELECT text FROM notices") == [("Press 1.",)]
    assert verify(path).broken is None


def test_one_bad_group_does_not_take_the_others_with_it(path):
    with Ledger(path) as ledger:
        bad = choice("bad")._replace(state="nonsense")
        ledger.keep((offered("u1"),))
        ledger.keep((bad,))
        assert keep(ledger, choice("u2")) == ""
    assert rows(path, "SELECT call_uuid FROM choices") == [("u2",)]
    assert rows(path, "SELECT uuid FROM calls") == [("u1",)]
    assert verify(path).broken is None


def test_a_value_that_cannot_be_hashed_does_not_stop_the_writer(path):
    with Ledger(path) as ledger:
        ledger.keep((offered("u1"),))
        ledger.keep((choice("bad")._replace(party=["caller"]),))
        assert keep(ledger, choice("u2")) == ""
        assert "str" in keep(ledger, choice("bad")._replace(call_uuid=7))
    assert rows(path, "SELECT call_uuid FROM choices") == [("u2",)]
    assert verify(path).broken is None


def test_callers_bytes_are_stored_and_visible(path):
    with Ledger(path) as ledger:
        assert keep(ledger, offered("u1", "Zo\udceb"), offered("u2", "a\0b")) == ""
        assert keep(ledger, offered("u3", 'quote " \\ \u2603')) == ""
    assert rows(path, "SELECT caller_name FROM calls ORDER BY uuid") == [
        ("Zo\\xeb",),
        ("a\\x00b",),
        ('quote " \\ \u2603',),
    ]


def test_a_locked_database_is_a_refusal_and_written_later(path, monkeypatch):
    monkeypatch.setattr(connecting, "BUSY_MS", 10)
    with Ledger(path) as ledger:
        with second(path) as other:
            other.execute("BEGIN IMMEDIATE")
            assert "locked" in keep(ledger, choice())
            assert ledger.health().has_spilled
            other.execute("ROLLBACK")
        assert keep(ledger, offered()) == ""
    assert rows(path, "SELECT state, reason FROM choices") == [("granted", "kept_late")]
    assert not ledger.health().has_spilled


def test_what_waited_is_written_before_what_comes_after_it(path, monkeypatch):
    """Or a grant that came late would be the last word, after its withdrawal."""
    monkeypatch.setattr(connecting, "BUSY_MS", 10)
    with Ledger(path) as ledger:
        with second(path) as other:
            other.execute("BEGIN IMMEDIATE")
            assert "locked" in keep(ledger, choice())
            other.execute("ROLLBACK")
        assert keep(ledger, choice(state=State.WITHDRAWN)) == ""
    found = rows(path, "SELECT state FROM choices ORDER BY seq")
    assert found == [("granted",), ("withdrawn",)]


def test_that_it_is_written_again_is_seen_though_nothing_else_comes(
    path, monkeypatch, caplog
):
    monkeypatch.setattr(connecting, "BUSY_MS", 10)
    monkeypatch.setattr(writer, "RETRY_S", 0.01)
    answers = Queue()
    with Ledger(path) as ledger:
        with second(path) as other:
            other.execute("BEGIN IMMEDIATE")
            keep(ledger, choice())
            assert "locked" in ledger.health().problem
            other.execute("ROLLBACK")
        while ledger.health().problem:
            # Looking makes it go round once more.
            ledger.remember(("1", "t", 0), lambda *found: answers.put(found))
            answers.get(timeout=PATIENCE_S)
        assert not ledger.health().has_spilled
        assert len(rows(path, "SELECT * FROM choices")) == 1
    assert "ALARM: the ledger is not written, calls go on unrecorded" in caplog.text
    assert "the ledger is written again" in caplog.text


def test_what_the_spill_file_does_not_take_either_waits_in_memory(
    path, monkeypatch, caplog
):
    monkeypatch.setattr(connecting, "BUSY_MS", 10)
    in_the_way = path.with_name("eslflow.db.spill.jsonl")
    with Ledger(path) as ledger:
        with second(path) as other:
            other.execute("BEGIN IMMEDIATE")
            in_the_way.mkdir()
            assert "rows wait in memory" in keep(ledger, choice("u1"))
            assert ledger.health().has_spilled
            in_the_way.rmdir()
            assert "locked" in keep(ledger, choice("u2"))
            # There is room for a file again: that is safer than memory.
            assert len(in_the_way.read_bytes().splitlines()) == 2
            other.execute("ROLLBACK")
        assert keep(ledger, choice("u3")) == ""
        with second(path) as other:
            other.execute("BEGIN IMMEDIATE")
            in_the_way.mkdir()
            keep(ledger, choice("u4"))
            ledger.close()
    assert "1 groups of rows are lost" in caplog.text
    calls = rows(path, "SELECT call_uuid FROM choices ORDER BY seq")
    assert calls == [("u1",), ("u2",), ("u3",)]


def test_a_group_that_is_too_large_a_number_takes_no_other_with_it(path, monkeypatch):
    monkeypatch.setattr(writer, "PAUSE_S", 4 * PATIENCE_S)
    with Ledger(path) as ledger:
        said = []
        ledger.keep((choice("bad")._replace(tries=2**70),), said.append)
        ledger.keep((choice("good"),), said.append)
    assert ["large" in said[0], said[1]] == [True, ""]
    assert rows(path, "SELECT call_uuid FROM choices") == [("good",)]


def test_a_patient_ledger_begins_without_a_database_and_opens_it_later(path):
    path.mkdir()
    answers = Queue()
    with Ledger(path, is_patient=True) as ledger:
        assert "cannot open the ledger" in keep(ledger, choice("u1"))
        ledger.remember(("1", "t", 0), lambda *found: answers.put(found))
        found, problem = answers.get(timeout=PATIENCE_S)
        assert (found, "cannot open the ledger" in problem) == (None, True)
        path.rmdir()
        assert "is gone" in keep(ledger, choice("u2"))
        assert not path.exists()
        connect(path).close()
        assert keep(ledger, choice("u3")) == ""
    calls = rows(path, "SELECT call_uuid FROM choices ORDER BY seq")
    assert calls == [("u1",), ("u2",), ("u3",)]


def test_what_waits_is_not_written_into_a_damaged_database(path):
    with Ledger(path) as ledger:
        keep(ledger, choice("u1"))
        ledger.doubt("a page is damaged")
        told = keep(ledger, choice("u2"))
        assert told == (
            "a page is damaged. What to do then: docs/ledger.md, A damaged ledger"
        )
        assert ledger.health().has_spilled
        ledger.doubt("")
        assert keep(ledger, choice("u3")) == ""
        ledger.doubt("a page is damaged")
        keep(ledger, choice("u4"))
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT rootpage FROM sqlite_master WHERE name = 'looks'"
        (page,) = db.execute(sql).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    good = path.read_bytes()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    bad = path.read_bytes()
    with pytest.raises(StoreError, match="is damaged: "):
        Ledger(path)
    with Ledger(path, is_patient=True) as ledger:
        # It was never open: only another start may take it for sound.
        ledger.doubt("")
        assert "is damaged" in keep(ledger, choice("u5"))
    assert path.read_bytes() == bad
    path.write_bytes(good)
    Ledger(path).close()
    calls = rows(path, "SELECT call_uuid FROM choices ORDER BY seq")
    assert calls == [(f"u{number}",) for number in range(1, 6)]


def test_rows_that_the_ledger_refuses_for_ever_are_named_in_its_health(path):
    with Ledger(path) as ledger:
        assert "NOT NULL" in keep(ledger, choice()._replace(purpose=None))
        assert keep(ledger, choice("u2")) == ""
        refused = path.with_name("eslflow.db.refused.jsonl")
        assert ledger.health() == writer.Health("", 0, False, str(refused))
    assert b'"purpose": null' in refused.read_bytes()


def test_what_spilled_is_written_at_the_next_start(path, monkeypatch):
    monkeypatch.setattr(connecting, "BUSY_MS", 10)
    with Ledger(path) as ledger, second(path) as other:
        other.execute("BEGIN IMMEDIATE")
        keep(ledger, choice(state=State.REFUSED), offered())
        ledger.close()
        other.execute("ROLLBACK")
    Ledger(path).close()
    Ledger(path).close()
    assert rows(path, "SELECT state, reason FROM choices") == [("refused", "")]
    assert rows(path, "SELECT uuid FROM calls") == [("u1",)]


def test_what_spilled_is_chained_once_and_in_its_order(path, monkeypatch):
    monkeypatch.setattr(connecting, "BUSY_MS", 10)
    with Ledger(path) as ledger, second(path) as other:
        keep(ledger, choice("before"))
        other.execute("BEGIN IMMEDIATE")
        for number in range(5):
            keep(ledger, NOTICE, choice(f"u{number}", State.REFUSED))
        ledger.close()
        other.execute("ROLLBACK")
    left = path.with_name("eslflow.db.spill.jsonl").read_bytes()
    Ledger(path).close()
    chained = rows(path, "SELECT * FROM chain")
    # As if it had been killed before it could forget what was written.
    path.with_name("eslflow.db.spill.jsonl").write_bytes(left)
    Ledger(path).close()
    assert rows(path, "SELECT * FROM chain") == chained
    calls = rows(path, "SELECT call_uuid FROM choices ORDER BY seq")
    assert calls == [("before",), *[(f"u{number}",) for number in range(5)]]
    assert verify(path) == (verify(path).head, None)
    assert verify(path).head.place == 7


def test_a_commit_that_fails_after_its_rows_were_hashed_leaves_no_gap(
    path, monkeypatch
):
    with Ledger(path) as ledger:
        keep(ledger, choice("u1"))
        ledger._db.execute("PRAGMA max_page_count = 1")
        many = [choice(f"{n}" * 2000) for n in range(200)]
        assert "full" in keep(ledger, NOTICE, *many)
        ledger._db.execute("PRAGMA max_page_count = 10000")
        path.with_name("eslflow.db.spill.jsonl").unlink()
        assert keep(ledger, NOTICE, choice("u2")) == ""
    assert rows(path, "SELECT seq, call_uuid FROM choices") == [(1, "u1"), (2, "u2")]
    assert rows(path, "SELECT text FROM notices") == [("Press 1.",)]
    assert verify(path).broken is None


def test_a_spill_file_that_cannot_be_written_is_told(path, monkeypatch, tmp_path):
    monkeypatch.setattr(connecting, "BUSY_MS", 10)
    (tmp_path / "eslflow.db.spill.jsonl").mkdir()
    with Ledger(path) as ledger, second(path) as other:
        other.execute("BEGIN IMMEDIATE")
        keep(ledger, choice())
        assert "nor could the spill file be written" in ledger.health().problem
        other.execute("ROLLBACK")


def test_a_full_disk_is_a_refusal(path):
    with Ledger(path) as ledger:
        assert keep(ledger, offered()) == ""
        ledger._db.execute("PRAGMA max_page_count = 1")
        many = [offered(f"u{n}", "x" * 2000) for n in range(200)]
        assert "full" in keep(ledger, *many)
        assert rows(path, "SELECT count(*) FROM calls") == [(1,)]


def test_callbacks_wait_for_who_asked_to_be_woken(path):
    woken = threading.Event()
    said = []
    with Ledger(path, woken.set) as ledger:
        ledger.keep((choice(),), said.append)
        assert woken.wait(PATIENCE_S)
        assert said == []
        for done, problem in ledger.finished():
            done(problem)
        assert said == [""]
        assert ledger.finished() == []


@pytest.mark.parametrize("content", [b"not a database", b"\0" * 4096])
def test_a_file_that_is_no_ledger_is_told(path, content):
    path.write_bytes(content)
    with pytest.raises(StoreError, match="cannot open the ledger"):
        Ledger(path)


def test_a_command_writes_beside_the_controller(path):
    row = RecordingBegun("u-1-1", "u", "u", "/r/u-1-1.wav", "p", "q", 1)
    with Ledger(path):
        write(path, [row])
    assert rows(path, "SELECT id FROM recordings") == [("u-1-1",)]
    with pytest.raises(StoreError, match="cannot be written: NOT NULL"):
        write(path, [row._replace(id="u-1-2", path=None)])


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StoreError, match="Is the folder there"):
        Ledger(tmp_path / "none" / "eslflow.db")


COMMAND = """
    import sys
    from pathlib import Path
    from eslflow.ledger import connect as connecting
    from tests.test_ledger_writer import choice

    connecting.BUSY_MS = 60_000
    sys.stdin.readline()
    for number in range(60):
        connecting.write(Path(sys.argv[1]), [choice(f"command-{number}")])
"""


def test_a_controller_and_a_command_that_write_at_once_make_one_chain(
    path, monkeypatch
):
    monkeypatch.setattr(connecting, "BUSY_MS", 60_000)
    with Ledger(path) as ledger:
        command = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(COMMAND), str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
        )
        assert command.stdin is not None
        command.stdin.write(b"go\n")
        command.stdin.close()
        number = 0
        while command.poll() is None:
            number += 1
            assert keep(ledger, NOTICE, choice(f"serve-{number}")) == ""
    assert command.returncode == 0
    assert verify(path) == (verify(path).head, None)
    assert verify(path).head.place == 1 + 60 + number
    kept = [
        uuid for (uuid,) in rows(path, "SELECT call_uuid FROM choices ORDER BY seq")
    ]
    for who, many in (("serve", range(1, number + 1)), ("command", range(60))):
        told = [uuid for uuid in kept if uuid.startswith(who)]
        assert told == [f"{who}-{n}" for n in many]


WRITER = """
    import sys, threading
    from pathlib import Path
    from eslflow.ledger.writer import Ledger
    from tests.test_ledger_writer import NOTICE, choice, offered

    with Ledger(Path(sys.argv[1])) as ledger:
        for number in range(100000):
            done = threading.Event()
            uuid = f"{sys.argv[2]}-{number}"
            ledger.keep((offered(uuid),))
            ledger.keep((NOTICE, choice(uuid)), lambda problem: done.set())
            done.wait()
            print(uuid, flush=True)
"""


@pytest.mark.kill
@pytest.mark.timeout(3600)
def test_nothing_said_to_be_kept_is_lost_when_the_process_is_killed(path):
    """200 kills, each after another number of grants has been acknowledged."""
    acknowledged = set()
    for kill in range(200):
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER), str(path), f"k{kill}"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        for _ in range(1 + kill % 7):
            acknowledged.add(process.stdout.readline().strip())
        os.kill(process.pid, signal.SIGKILL)
        acknowledged |= {line.strip() for line in process.stdout if line.endswith("\n")}
        process.stdout.close()
        process.wait()
        if kill % 10 == 0:
            # What was killed in the middle is rolled back by who reads next.
            assert verify(path).broken is None
    kept = {uuid for (uuid,) in rows(path, "SELECT call_uuid FROM choices")}
    assert acknowledged - {""} <= kept
    assert verify(path).broken is None
    assert len(acknowledged) > 200


@pytest.mark.parametrize(
    ("action", "is_verified"), [(RecordAction.MASK, True), (RecordAction.STOP, False)]
)
def test_silence_that_is_to_be_is_written_at_once_though_nobody_waits_for_it(
    tmp_path, monkeypatch, action, is_verified
):
    monkeypatch.setattr(writer, "GATHER_S", 4 * PATIENCE_S)
    # A stop that was seen, at the end of each call, is in no hurry.
    actions = [
        RecordingAction("u1-1", "u1", 0, RecordAction.STOP, "hangup", "q", "", True),
        RecordingAction("u1-1", "u1", 1, action, "token x", "q", "+OK", is_verified),
    ]
    path, written = tmp_path / "eslflow.db", threading.Event()
    with Ledger(path) as ledger:
        ledger._db.set_trace_callback(
            lambda sql: written.set() if sql == "COMMIT" else None
        )
        ledger.keep(actions[:1])
        assert not written.is_set()
        ledger.keep(actions[1:])
        assert written.wait(PATIENCE_S)
    assert rows(path, "SELECT count(*) FROM recording_actions") == [(2,)]


def test_what_a_caller_chose_before_is_looked_up_after_what_was_kept(path):
    answers = Queue()
    with Ledger(path) as ledger:
        asked = ("+4930123456", "training", 0)
        ledger.keep([offered("u-1")._replace(caller_key="+4930123456")])
        ledger.keep([choice("u-1", State.REFUSED)])
        ledger.remember(asked, lambda *found: answers.put(found))
        found, problem = answers.get(timeout=10)
        assert (found.call_uuid, found.state, problem) == ("u-1", State.REFUSED, "")
        ledger.remember(("1", "training", 0), lambda *found: answers.put(found))
        assert answers.get(timeout=10) == (None, "")


def test_a_question_during_a_commit_sees_what_was_kept_before_it(path):
    answers, begun = Queue(), []
    with Ledger(path) as ledger:

        def traced(sql):
            if sql == "COMMIT" and not begun:
                begun.append(sql)
                ledger.keep([offered("u-1")._replace(caller_key="+49")])
                ledger.keep([choice("u-1", State.REFUSED)])
                asked = ("+49", "training", 0)
                ledger.remember(asked, lambda *found: answers.put(found))

        ledger._db.set_trace_callback(traced)
        assert keep(ledger, offered("first")) == ""
        found, _ = answers.get(timeout=PATIENCE_S)
    assert found.call_uuid == "u-1"


def test_what_was_looked_up_waits_for_the_hub(path):
    woken, found = threading.Event(), []
    with Ledger(path, woken.set) as ledger:
        ledger.remember(("1", "training", 0), lambda *answer: found.append(answer))
        assert woken.wait(10)
        ((done, problem),) = ledger.finished()
        assert found == []
        done(problem)
    assert found == [(None, "")]


def test_a_question_is_answered_before_the_ledger_closes(path):
    found = []
    ledger = Ledger(path)
    ledger.remember(("1", "training", 0), lambda *answer: found.append(answer))
    ledger.close()
    assert found == [(None, "")]


def test_a_ledger_that_cannot_look_says_why(path):
    answers = Queue()
    with Ledger(path) as ledger:
        with closing(sqlite3.connect(path)) as db:
            db.execute("ALTER TABLE calls RENAME COLUMN caller_key TO gone")
        ledger.remember(("1", "t", 0), lambda *found: answers.put(found))
        found, problem = answers.get(timeout=10)
    assert found is None
    assert "caller_key" in problem


def test_what_comes_during_and_after_a_commit_gathers_for_the_next_one(
    path, monkeypatch
):
    monkeypatch.setattr(writer, "PAUSE_S", 4 * PATIENCE_S)
    monkeypatch.setattr(writer, "BUSY", 1)
    commits = []
    with Ledger(path) as ledger:

        def traced(sql):
            if sql == "COMMIT":
                commits.append(sql)
                if len(commits) < 3:
                    during = offered(f"during-{len(commits)}")
                    ledger.keep([during], lambda _: None)

        ledger._db.set_trace_callback(traced)
        assert keep(ledger, offered("first")) == ""
        for number in range(20):
            ledger.keep([offered(f"later-{number}")], lambda _: None)
    # The last one comes during the second commit, and closing waits for no pause.
    assert len(commits) == 3
    assert rows(path, "SELECT count(*) FROM calls") == [(23,)]


def test_when_enough_wait_they_are_written_without_a_pause(path, monkeypatch):
    monkeypatch.setattr(writer, "PAUSE_S", 4 * PATIENCE_S)
    monkeypatch.setattr(writer, "BUSY", 1)
    monkeypatch.setattr(writer, "ENOUGH", 5)
    with Ledger(path) as ledger:
        assert keep(ledger, offered("first")) == ""
        written = threading.Event()
        for number in range(4):
            ledger.keep([offered(f"more-{number}")], lambda _: written.set())
        assert keep(ledger, offered("last")) == ""
        assert written.is_set()


def test_where_calls_are_few_nobody_waits_for_others(path, monkeypatch):
    monkeypatch.setattr(writer, "PAUSE_S", 4 * PATIENCE_S)
    with Ledger(path) as ledger:
        for number in range(writer.BUSY - 2):
            ledger.keep([offered(f"gathers-{number}")])
        assert keep(ledger, offered("first")) == ""
        assert keep(ledger, offered("second")) == ""
