"""Recordings that were kept as long as their purposes say."""

from functools import partial

import pytest

from eslflow.call.records import LegalHold
from eslflow.errors import ClockDoubted
from eslflow.ledger.due import gap
from eslflow.ledger.subject import HELD
from eslflow.ledger.tombstone import erasure, erasures
from eslflow.ledger.writer import write
from eslflow.recordings.erase import Eraser
from eslflow.recordings.retention import DAY_US, Retention
from eslflow.sim.clock import SimulatedClock
from tests.cut import killed_at
from tests.persons import ANNA, Office


class Kept(Office):
    """An office that deletes what is due."""

    def __init__(self, folder):
        super().__init__(folder)
        self.clock = SimulatedClock(self.now)
        self.alarms, self.told = [], []

    def old(self, days, uuid="a"):
        at = self.now - days * DAY_US
        self.ends(uuid, at=at)
        return self.records(uuid, at=at)

    def writes(self, rows):
        write(self.ledger, rows)

    def retention(self):
        folder = self.folder / "recordings"
        told = self.alarms.append, self.told.append
        eraser = Eraser(self.ledger, self.writes, folder, self.clock, *told)
        return Retention(self.ledger, self.writes, eraser, self.clock, told[0])


@pytest.fixture
def office(tmp_path):
    return Kept(tmp_path)


def test_the_file_goes_and_the_proof_stays(office):
    gone, stays = office.old(31), office.old(29, "b")
    assert office.retention().run("dpo") == 1
    assert (gone.exists(), stays.exists()) == (False, True)
    kept = office.call("a")
    assert kept["call"]["caller"] == "030123456"
    assert kept["choices"][0]["state"] == "granted"
    assert kept["recordings"][0]["erased_for"] == "expired"
    assert office.told == ["recording a-1 was expired: 1 file removed"]
    found = erasure(office.ledger, 1)
    assert (found["kind"], found["who"]) == ("retention", "dpo")
    assert [file["recording_id"] for file in found["files"]] == ["a-1"]
    assert office.is_whole()


def test_when_nothing_is_due_nothing_is_kept(office):
    office.old(29)
    assert office.retention().run("") == 0
    assert erasures(office.ledger) == []


def test_what_is_held_stays(office):
    path = office.old(31)
    write(office.ledger, [LegalHold(1, HELD, "x", "court", ANNA)])
    assert office.retention().run("") == 0
    assert path.exists()


def test_it_runs_once_a_day(office):
    retention, first = office.retention(), office.old(31)
    retention.run_daily()
    retention.run_daily()
    assert not first.exists()
    second = office.old(31, "b")
    office.clock.restart(office.now + DAY_US - 1)
    retention.run_daily()
    assert second.exists()
    office.clock.restart(office.now + DAY_US)
    retention.run_daily()
    assert not second.exists()


YEARS_US = 5 * 365 * DAY_US


def test_a_clock_that_was_set_years_ahead_deletes_nothing_and_is_told_once(office):
    path = office.old(1)
    retention = office.retention()
    office.clock.restart(office.now + YEARS_US)
    for _ in range(3):
        retention.run_daily()
    # Calls that are kept by that clock say nothing for it.
    office.ends("new", at=office.clock.now())
    retention.run_daily()
    assert path.exists()
    (alarm,) = office.alarms
    assert "no recording is deleted for its age: the clock says 20" in alarm
    assert alarm.endswith("say so: eslflow retention run --even-so")
    # Put right, it deletes what is due by then, at once.
    office.clock.restart(office.now + 30 * DAY_US)
    retention.run_daily()
    assert not path.exists()
    office.old(31, "b")
    office.clock.restart(office.now + YEARS_US)
    retention.run_daily()
    assert len(office.alarms) == 2


def test_who_says_that_the_clock_is_right_is_believed(office):
    path = office.old(90)
    with pytest.raises(ClockDoubted, match="over 30 days"):
        office.retention().run("dpo")
    assert path.exists()
    assert office.retention().run("dpo", even_so=True) == 1
    assert not path.exists()


@pytest.mark.parametrize(("days", "is_doubted"), [(36, False), (38, True)])
def test_a_month_without_a_call_until_a_week_ago_is_too_much(office, days, is_doubted):
    office.old(days)
    office.ends("new", at=office.now - 6 * DAY_US)
    assert bool(gap(office.ledger, office.now)) is is_doubted
    office.ends("before", at=office.now - 8 * DAY_US)
    assert gap(office.ledger, office.now) == 0


def test_while_nothing_is_due_no_clock_is_doubted(office):
    office.ends("a", at=office.now - 90 * DAY_US)
    held = office.old(80, "b")
    write(office.ledger, [LegalHold(1, HELD, "x", "court", ANNA)])
    assert office.retention().run("") == 0
    assert held.exists()


def test_a_clock_that_was_put_back_does_not_stop_it(office):
    retention = office.retention()
    office.clock.restart(office.now + YEARS_US)
    retention.run_daily()
    path = office.old(31)
    office.clock.restart(office.now)
    retention.run_daily()
    assert not path.exists()


def test_while_rows_are_on_their_way_nothing_is_deleted_again(office):
    office.old(31)
    kept = []
    office.writes = kept.append
    retention = office.retention()
    retention.run_daily()
    retention.run_daily()
    assert len(kept) == 2


def test_very_much_goes_in_parts_and_what_cannot_go_keeps_no_other(office, monkeypatch):
    monkeypatch.setattr("eslflow.recordings.retention.MOST_AT_ONCE", 2)
    stuck = office.old(40, "stuck")
    stuck.unlink()
    stuck.mkdir()
    files = [office.old(31 + number, f"a{number}") for number in range(5)]
    retention = office.retention()
    for left in (3, 1, 0):
        retention.run_daily()
        assert sum(path.exists() for path in files) == left
    assert [row["recordings"] for row in erasures(office.ledger)] == [1, 2, 2]


def test_what_cannot_be_deleted_is_told_and_not_counted(office):
    path = office.old(31)
    path.unlink()
    path.mkdir()
    assert office.retention().run("") == 0
    (alarm,) = office.alarms
    assert "it was kept as long as its purposes say, and it cannot be" in alarm
    assert office.call("a")["recordings"][0]["erased_at"] is None


def test_cut_off_anywhere_the_next_run_deletes_the_rest(tmp_path):
    calls, was_killed = 0, True
    while was_killed:
        folder = tmp_path / str(calls)
        folder.mkdir()
        office = Kept(folder)
        files = [office.old(31), office.old(32, "b")]
        was_killed = killed_at(calls, partial(office.retention().run, ""))
        for path, uuid in zip(files, "ab", strict=True):
            row = office.call(uuid)["recordings"][0]
            assert row["erased_at"] is None or not path.exists()
        office.retention().run("")
        assert not any(path.exists() for path in files)
        assert all(office.call(uuid)["recordings"][0]["erased_at"] for uuid in "ab")
        assert office.is_whole()
        calls += 3
    assert calls > 20
