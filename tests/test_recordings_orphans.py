"""Files that nobody knows."""

import os

import pytest

from eslflow.recordings.orphans import QUIET_S, strays
from tests.files import put

NOW_S = 1_800_000_000
"""2027-01-15."""
NOW = NOW_S * 1_000_000
TODAY, YESTERDAY, LONG_AGO = "2027/01/15", "2027/01/14", "2026/11/24"


def nobody(_):
    return False


def lay(folder, name, age_s=QUIET_S + 1):
    path = put(folder / name, b"RIFF")
    os.utime(path, (NOW_S - age_s, NOW_S - age_s))
    return path


def found(folder, is_known=nobody, is_quick=False):
    return [
        str(path.relative_to(folder))
        for path in strays(folder, is_known, NOW, is_quick)
    ]


def test_what_is_known_is_no_stray(tmp_path):
    for name in ("u-1-1", "u-1-2"):
        lay(tmp_path, f"{TODAY}/{name}.wav")
    assert found(tmp_path, "u-1-1".__eq__) == [f"{TODAY}/u-1-2.wav"]


@pytest.mark.parametrize("form", ["wav", "flac", "opus", "wav.age", "opus.age"])
def test_a_file_in_any_form_is_known_by_its_recording(tmp_path, form):
    lay(tmp_path, f"{TODAY}/u-1-1.{form}")
    assert found(tmp_path, "u-1-1".__eq__) == []
    assert found(tmp_path) == [f"{TODAY}/u-1-1.{form}"]


def test_a_quick_look_is_at_today_and_yesterday(tmp_path):
    names = [f"{day}/u-1-1.wav" for day in (LONG_AGO, YESTERDAY, TODAY)]
    for name in names:
        lay(tmp_path, name)
    assert found(tmp_path) == names
    assert found(tmp_path, is_quick=True) == names[1:]


def test_a_file_that_may_still_be_written_to_is_left_alone(tmp_path):
    lay(tmp_path, f"{TODAY}/u-1-1.wav", age_s=QUIET_S - 1)
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    "name",
    [
        f"{TODAY}/notes.txt",
        f"{TODAY}/u-1.wav.part",
        f"{TODAY}/-1.wav",
        f"{TODAY}/a b-1.wav",
        "u-1-1.wav",
        "2027/u-1-1.wav",
        "quarantine/2027/01/15/u-1-1.wav",
        "2027/01/more/u-1-1.wav",
    ],
)
def test_what_is_not_named_like_a_recording_is_not_ours(tmp_path, name):
    lay(tmp_path, name)
    assert found(tmp_path) == []


def test_links_are_not_followed(tmp_path):
    outside, folder = tmp_path / "outside", tmp_path / "recordings"
    lay(outside, "01/15/u-1-1.wav")
    (folder / TODAY).mkdir(parents=True)
    (folder / "2028").symlink_to(outside)
    (folder / TODAY / "u-2-1.wav").symlink_to(outside / "01/15/u-1-1.wav")
    (folder / TODAY / "u-3-1.wav").mkdir()
    assert found(folder) == []


def test_a_folder_that_is_not_there_has_no_strays(tmp_path):
    assert found(tmp_path / "none") == found(tmp_path, is_quick=True) == []


def test_a_file_that_goes_meanwhile_is_none(tmp_path):
    first = lay(tmp_path, f"{TODAY}/u-1-1.wav")
    second = lay(tmp_path, f"{TODAY}/u-1-2.wav")

    def is_known(_):
        second.unlink(missing_ok=True)
        return False

    assert [str(path) for path in strays(tmp_path, is_known, NOW)] == [str(first)]
