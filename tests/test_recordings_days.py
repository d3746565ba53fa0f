"""The folders of the days."""

import os

from eslflow.recordings.days import make_days

EVE = 1_798_761_599_000_000
"""The last second of 2026."""


def test_today_and_tomorrow_get_folders_like_the_one_above(tmp_path):
    tmp_path.chmod(0o2770)
    make_days(tmp_path, EVE)
    days = [tmp_path / "2026/12/31", tmp_path / "2027/01/01"]
    for day in days:
        for place in (day, day.parent, day.parent.parent):
            assert place.stat().st_mode & 0o7777 == 0o2770
    days[0].chmod(0o700)
    make_days(tmp_path, EVE)
    assert days[0].stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    make_days(tmp_path / "none", EVE)
    assert not (tmp_path / "none").exists()


def test_what_cannot_be_made_is_left_to_the_switch(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise PermissionError

    monkeypatch.setattr(type(tmp_path), "mkdir", refused)
    make_days(tmp_path, EVE)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_the_switch_could_not_use_is_not_left_behind(
    tmp_path, monkeypatch
):
    tmp_path.chmod(0o2770)
    chmod = os.chmod
    monkeypatch.setattr("os.chmod", lambda place, mode: chmod(place, mode & 0o777))
    make_days(tmp_path, EVE)
    assert list(tmp_path.iterdir()) == []
