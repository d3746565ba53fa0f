"""Room for recordings."""

import os
from types import SimpleNamespace

import pytest

from eslflow.recordings.space import Space
from eslflow.sim.clock import SimulatedClock


@pytest.fixture
def disk(monkeypatch):
    found = SimpleNamespace(f_bavail=1000, f_frsize=1_000_000, f_files=9, f_favail=1)
    found.asked = 0

    def statvfs(_):
        found.asked += 1
        return found

    monkeypatch.setattr(os, "statvfs", statvfs)
    return found


def test_there_is_room_until_less_than_asked_for_is_free(tmp_path, disk):
    clock = SimulatedClock()
    space = Space(tmp_path, 500_000_000, clock)
    assert space.problem() == ""
    disk.f_bavail = 192
    assert space.problem() == ""
    assert disk.asked == 1
    clock.pass_s(1)
    assert space.problem() == (
        f"0.19 GB are free in {tmp_path}, room for 100 minutes of one call; "
        "free_space: asks for 0.5 GB"
    )
    disk.f_bavail = 500
    clock.pass_s(1)
    assert space.problem() == ""


def test_a_clock_that_is_set_back_does_not_keep_an_old_answer(tmp_path, disk):
    clock = SimulatedClock()
    space = Space(tmp_path, 1, clock)
    assert space.problem() == ""
    space._clock = SimulatedClock(clock.now() - 3_600_000_000)
    disk.f_bavail = 0
    assert space.problem() != ""


def test_a_disk_without_inodes_has_no_room(tmp_path, disk):
    disk.f_favail = 0
    assert "no inodes" in Space(tmp_path, 1, SimulatedClock()).problem()
    disk.f_files = 0
    assert Space(tmp_path, 1, SimulatedClock()).problem() == ""


def test_a_folder_that_is_not_there_has_no_room(tmp_path):
    problem = Space(tmp_path / "none", 1, SimulatedClock()).problem()
    assert (
        problem == f"the room in {tmp_path}/none is unknown: No such file or directory"
    )


def test_a_real_disk_is_asked(tmp_path):
    assert Space(tmp_path, 0, SimulatedClock()).problem() == ""
    assert "are free" in Space(tmp_path, 10**18, SimulatedClock()).problem()
