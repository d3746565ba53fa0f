"""What a recorded file holds, held against what the ledger says."""

import os
from array import array
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eslflow.recordings import audit as audits
from eslflow.recordings.audit import Verdict, audit, without_file
from eslflow.wire.terms import RecordAction
from tests.files import (
    MS,
    START,
    action,
    masked,
    put,
    recording,
    silence,
    talk,
    wav,
)

RATE = 8000
SLOW = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def blanked(sound, *spans_s, channels=2):
    """Return the sound with stretches of exact zeros."""
    out = array("h", sound)
    for begin, end in spans_s:
        a, b = (max(0, round(s * RATE)) * channels for s in (begin, end))
        out[a:b] = array("h", bytes(2 * (min(b, len(out)) - a)))
    return out


@contextmanager
def opened(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        yield fd
    finally:
        os.close(fd)


def audited(folder, sound, row=None, rows=(), **given):
    data = sound if isinstance(sound, bytes) else wav(sound, **given)
    with opened(put(folder / "x.wav", data)) as fd:
        return audit(fd, row or recording(10), rows)


def test_a_talk_that_nobody_masked_is_intact(tmp_path):
    found = audited(tmp_path, talk(10))
    assert (found.verdict, found.words) == (Verdict.INTACT, "")
    assert (found.ms, found.bytes) == (10_000, 320_044)
    assert len(found.sha256) == 64


@pytest.mark.parametrize("channels", [1, 2])
def test_a_mask_that_is_silent_is_intact(tmp_path, channels):
    sound = blanked(talk(10, channels=channels), (3.96, 6.97), channels=channels)
    found = audited(tmp_path, sound, None, masked(4, 7), channels=channels)
    assert (found.verdict, found.words) == (Verdict.INTACT, "")


def test_sound_where_a_mask_was_is_told_with_its_place(tmp_path):
    sound = blanked(talk(10), (3.96, 5.0), (5.1, 6.97))
    found = audited(tmp_path, sound, None, masked(4, 7))
    assert found.verdict is Verdict.LEAKED
    assert found.words == (
        "masked from 0:04.00 to 0:07.00, but there is sound from 0:05.00 to 0:05.09"
    )


@pytest.mark.parametrize("channel", [0, 1])
def test_one_channel_is_enough_to_leak(tmp_path, channel):
    sound = blanked(talk(10), (3.96, 6.97))
    sound[2 * 5 * RATE + channel] = 1
    found = audited(tmp_path, sound, None, masked(4, 7))
    assert found.verdict is Verdict.LEAKED


def test_a_channel_that_is_always_silent_hides_nothing(tmp_path):
    sound = talk(10)
    sound[0::2] = array("h", bytes(2 * len(sound[0::2])))
    assert audited(tmp_path, sound).verdict is Verdict.INTACT
    assert audited(tmp_path, sound, None, masked(4, 7)).verdict is Verdict.LEAKED


def test_a_silence_that_is_too_short_for_the_mask_leaks(tmp_path):
    sound = blanked(talk(10), (3.96, 6.87))
    found = audited(tmp_path, sound, None, masked(4, 7))
    assert found.verdict is Verdict.LEAKED
    assert "(3.00 s), but only 2.91 s around there are silent" in found.words


def test_half_a_second_before_the_unmask_is_too_much(tmp_path):
    # As a leg without sound of its own leaks, when its recorder waits for frames.
    sound = blanked(talk(10), (3.474, 6.483))
    assert audited(tmp_path, sound, None, masked(4, 7)).verdict is Verdict.LEAKED


def test_a_mask_too_short_to_have_a_middle_is_looked_for(tmp_path):
    rows = masked(4, 4.2)
    assert audited(tmp_path, blanked(talk(10), (3.95, 4.1)), None, rows).words == ""
    found = audited(tmp_path, blanked(talk(10), (3.95, 4.05)), None, rows)
    assert found.verdict is Verdict.LEAKED
    # Nothing can be said of one that is as short as the error of its place.
    assert audited(tmp_path, talk(10), None, masked(4, 4.07)).words == ""


def test_a_mask_that_nobody_lifted_lasts_to_the_end(tmp_path):
    rows = masked(6)
    assert audited(tmp_path, blanked(talk(10), (5.95, 10)), None, rows).words == ""
    found = audited(tmp_path, blanked(talk(10), (5.95, 9.99)), None, rows)
    assert "masked from 0:06.00 to 0:10.00, but there is sound from" in found.words
    longer = blanked(talk(10.4), (5.95, 10.1))
    assert audited(tmp_path, longer, None, rows).verdict is Verdict.LEAKED


def test_a_mask_lifted_at_the_very_end_does_not_last(tmp_path):
    rows = masked(6, 9.99)
    assert audited(tmp_path, blanked(talk(10), (5.95, 9.94)), None, rows).words == ""


def test_a_mask_from_before_the_file_begins_with_it(tmp_path):
    row = recording(10, audio_at=START + 5000 * MS, ms=5000)
    rows = masked(2, 7)
    assert audited(tmp_path, blanked(talk(5), (0, 1.97)), row, rows).words == ""
    found = audited(tmp_path, blanked(talk(5), (0.02, 1.97)), row, rows)
    assert found.verdict is Verdict.LEAKED


def test_a_mask_that_the_switch_did_not_confirm_demands_nothing(tmp_path):
    rows = [action(RecordAction.MASK, 4, verified=0), action(RecordAction.UNMASK, 7)]
    assert audited(tmp_path, talk(10), None, rows).words == ""
    assert audited(tmp_path, blanked(talk(10), (4, 7)), None, rows).words == ""


def test_what_was_agreed_must_be_there(tmp_path):
    rows = [*masked(2, 4), *masked(6, 8)]
    sound = blanked(talk(10), (1.95, 7.97))
    found = audited(tmp_path, sound, None, rows)
    assert found.verdict is Verdict.DAMAGED
    assert "not masked from 0:04.00 to 0:05.99, but there is no sound" in found.words
    # A stretch below a second may be silent.
    rows = [*masked(2, 4), *masked(4.9, 8)]
    assert audited(tmp_path, sound, None, rows).words == ""


def test_a_switch_that_does_not_unmask_is_found_out(tmp_path):
    sound = blanked(talk(20), (1.95, 20))
    found = audited(tmp_path, sound, recording(20), masked(2, 4))
    assert found.verdict is Verdict.DAMAGED


def test_silence_at_the_ends_of_a_file_does_not_matter(tmp_path):
    sound = blanked(talk(10), (0, 4.9))
    assert audited(tmp_path, sound).words == ""
    assert audited(tmp_path, silence(10), None, masked(4, 6)).words == ""
    assert audited(tmp_path, silence(3), recording(3)).words == ""
    assert audited(tmp_path, silence(10)).verdict is Verdict.DAMAGED


def test_a_file_that_is_short_is_damaged(tmp_path):
    found = audited(tmp_path, talk(8.7), recording(10))
    assert found.verdict is Verdict.DAMAGED
    assert found.words.splitlines() == [
        "it holds 8.7 s, but the switch counted 10.0 s: was the disk full?",
        "it holds 8.7 s, which is shorter than it ran: 10.0 s",
    ]
    # The switch itself counted too little.
    found = audited(tmp_path, talk(8.7), recording(10, ms=8700))
    assert "shorter than it ran" in found.words
    found = audited(tmp_path, talk(12), recording(10))
    assert "it holds 12.0 s, which is longer than it ran: 10.0 s" in found.words


def test_the_last_half_second_may_be_lost(tmp_path):
    assert audited(tmp_path, talk(9.3), recording(10, ms=9300)).words == ""


def test_gaps_are_not_missed(tmp_path):
    gaps = f"{START + 2000 * MS}-{START + 6000 * MS}"
    row = recording(10, gaps=gaps, ms=6000)
    assert audited(tmp_path, talk(6), row).words == ""
    assert audited(tmp_path, blanked(talk(6), (2.9, 5)), row, masked(7, 9)).words == ""


def test_without_a_time_of_its_sound_only_the_count_counts(tmp_path):
    row = recording(60, audio_at=0, ms=10_000)
    assert audited(tmp_path, talk(10), row).words == ""
    assert audited(tmp_path, talk(9), row).verdict is Verdict.DAMAGED
    lost = recording(60, state="lost", ms=0)
    assert audited(tmp_path, talk(70), lost).words == ""


def test_a_file_without_sound_is_damaged_if_there_was_any(tmp_path):
    assert audited(tmp_path, array("h")).words == "it holds no sound"
    assert audited(tmp_path, array("h"), recording(0.3, ms=0)).words == ""
    assert audited(tmp_path, b"").words == "it is empty"


def test_no_file_is_missing_if_there_was_any_sound():
    found = without_file(recording(10))
    assert (found.verdict, found.sha256) == (Verdict.MISSING, "")
    assert found.words == "there is no file, though 10.0 s were recorded"
    assert "10.0 s" in without_file(recording(10, state="lost", ms=0)).words
    for row in (
        recording(0.3, ms=0),
        recording(90, ms=0, audio_at=0),
        recording(10, ms=0, started_at=0, audio_at=0, state="failed"),
    ):
        assert without_file(row).verdict is Verdict.INTACT


def test_a_recording_that_nobody_saw_begin_holds_no_sound(tmp_path):
    failed = recording(10, state="failed", started_at=0, audio_at=0, ms=0)
    assert audited(tmp_path, silence(2), failed).verdict is Verdict.INTACT
    found = audited(tmp_path, blanked(talk(2), (0, 1)), failed)
    assert found.verdict is Verdict.DAMAGED
    assert "nobody saw it begin, and yet it holds sound from 0:01.00 on" in found.words


def test_a_header_of_a_dead_switch_does_not_hide_a_leak(tmp_path):
    sound = blanked(talk(10), (3.96, 5.0))
    found = audited(tmp_path, sound, None, masked(4, 7), claimed=0)
    assert found.verdict is Verdict.LEAKED
    assert "its header was not completed" in found.words


def test_on_a_long_call_the_clocks_may_drift(tmp_path, monkeypatch):
    monkeypatch.setattr(audits, "DRIFT", 100)
    row = recording(100)
    # Half a second late by then, and 1 % longer.
    sound = blanked(talk(100.5), (80.4, 90.45))
    assert audited(tmp_path, sound, row, masked(80, 90)).words == ""
    sound = blanked(talk(100.5), (82, 91.9))
    assert audited(tmp_path, sound, row, masked(80, 90)).verdict is Verdict.LEAKED


# The measured spread of where a mask begins and ends in a file, around its `+OK` and
# the sending of the unmask; and what else may lie between two clocks.
begins = st.integers(-55, -18)
ends = st.integers(-56, -18)
shifts = st.integers(-90, 100)
lengths = st.integers(100, 4000)


@SLOW
@given(lengths, begins, ends, shifts, st.sampled_from([1, 2]))
def test_any_correct_mask_passes(tmp_path, ms, begin, end, shift, channels):
    at = 3.0
    where = (at + (begin + shift) / 1000, at + (ms + end + shift) / 1000)
    sound = blanked(talk(10, channels=channels), where, channels=channels)
    rows = masked(at, at + ms / 1000)
    found = audited(tmp_path, sound, None, rows, channels=channels)
    assert (found.verdict, found.words) == (Verdict.INTACT, "")


@SLOW
@given(st.data(), shifts, st.integers(100, 2000))
def test_any_sound_in_a_mask_is_found(tmp_path, data, shift, leak_ms):
    ms = data.draw(st.integers(leak_ms + 400, 4500))
    at = data.draw(st.integers(200, ms - leak_ms - 200))
    silent = (3.0 + (shift - 40) / 1000, 3.0 + (ms + shift - 40) / 1000)
    sound = blanked(talk(10), silent)
    leak = [round((3.0 + (at + more) / 1000) * RATE) * 2 for more in (0, leak_ms)]
    sound[slice(*leak)] = talk(10)[slice(*leak)]
    found = audited(tmp_path, sound, None, masked(3.0, 3.0 + ms / 1000))
    assert found.verdict is Verdict.LEAKED


@SLOW
@given(st.integers(100, 2500), st.integers(0, 1))
def test_a_leak_at_either_end_of_a_mask_is_found(tmp_path, leak_ms, is_end):
    begin, end = 2.96, 5.97
    if is_end:
        end -= leak_ms / 1000
    else:
        begin += leak_ms / 1000
    found = audited(tmp_path, blanked(talk(10), (begin, end)), None, masked(3, 6))
    assert found.verdict is Verdict.LEAKED


CUT = wav(blanked(talk(3), (0.96, 1.97)))


@SLOW
@given(st.integers(0, len(CUT)))
def test_a_file_that_was_cut_anywhere_never_raises(tmp_path, size):
    found = audited(tmp_path, CUT[:size], recording(3), masked(1, 2))
    assert (found.verdict is Verdict.INTACT) is (size >= len(CUT))


def test_two_hours_are_looked_through_in_pieces(tmp_path):
    path = tmp_path / "x.wav"
    minute = talk(60).tobytes()
    with path.open("wb") as file:
        file.write(wav(array("h"), claimed=len(minute) * 120))
        for _ in range(120):
            file.write(minute)
    with opened(path) as fd:
        found = audit(fd, recording(7200), [])
        assert (found.verdict, found.ms) == (Verdict.INTACT, 7_200_000)
        found = audit(fd, recording(7200), masked(3000, 7000))
        assert found.verdict is Verdict.LEAKED


def unwatched(**given):
    """Return the row of a file over which nobody watched from 4 s to 10 s of 20."""
    gap = f"{START + 4_000_000}?{START + 10_000_000}"
    return recording(20, **{"gaps": gap, **given})


def test_a_hold_that_nobody_saw_is_no_damage_and_masks_are_found_behind_it(tmp_path):
    rows = [*masked(1, 3), *masked(12, 15)]
    # Of the twenty seconds four were cut out, somewhere between 4 and 10.
    sound = blanked(talk(16), (0.96, 2.97), (7.96, 10.97))
    found = audited(tmp_path, sound, unwatched(ms=16_000), rows)
    assert (found.verdict, found.words) == (Verdict.INTACT, "")
    for leaks in (talk(16), blanked(talk(16), (0.96, 2.97)), sound[: len(sound) // 2]):
        assert audited(tmp_path, leaks, unwatched(ms=16_000), rows).findings
    found = audited(tmp_path, sound, recording(20, ms=16_000), rows)
    assert found.verdict is Verdict.LEAKED


@pytest.mark.parametrize("hold_at_s", [4.5, 7.0])
def test_a_mask_that_began_and_ended_while_nobody_watched_may_lie_anywhere(
    tmp_path, hold_at_s
):
    begin = 5.96 - (2 if hold_at_s < 6 else 0)
    sound = blanked(talk(18), (begin, begin + 1))
    rows = masked(6, 7)
    found = audited(tmp_path, sound, unwatched(ms=18_000), rows)
    assert (found.verdict, found.words) == (Verdict.INTACT, "")


def test_a_mask_that_held_while_nobody_watched_may_be_cut_short(tmp_path):
    rows = masked(3, 12)
    sound = blanked(talk(18), (2.96, 9.97))
    found = audited(tmp_path, sound, unwatched(ms=18_000), rows)
    assert (found.verdict, found.words) == (Verdict.INTACT, "")
    leaks = blanked(talk(18), (2.96, 6), (6.5, 9.97))
    found = audited(tmp_path, leaks, unwatched(ms=18_000), rows)
    assert found.verdict is Verdict.LEAKED


def test_more_is_not_cut_out_than_nobody_watched(tmp_path):
    found = audited(tmp_path, talk(12), unwatched(ms=12_000))
    assert "which is shorter than it ran" in found.words


def test_sound_that_nobody_masked_may_lie_a_little_beside_its_place(tmp_path):
    # Masked by the switch itself when nobody watched, which is kept at 10 s.
    sound = blanked(talk(16), (0.96, 2.97), (5, 12))
    rows = [*masked(1, 3), *masked(10, 16)]
    found = audited(tmp_path, sound, unwatched(ms=16_000), rows)
    assert (found.verdict, found.words) == (Verdict.INTACT, "")
