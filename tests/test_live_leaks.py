import pytest

from tests.live.decode import Heard, Recording, Rest
from tests.live.leaks import FOR_EVER, Leak, Span, judge
from tests.live.voice import SAMPLES, Spoken

MS = 1000
CALLER = 1
SAID = {CALLER: {n: n * 20 * MS for n in range(100)}}
"""100 packets, one each 20 ms, the first at 0."""


def recording(numbers, rests=()):
    heard = tuple(Heard(Spoken(CALLER, n), n * SAMPLES, 0) for n in numbers)
    return Recording(1, 100 * SAMPLES, heard, tuple(rests))


def verdict(numbers, *spans, rests=()):
    return judge(recording(numbers, rests), SAID, spans, 0, 2000 * MS)


def without(start, end):
    return [n for n in range(100) if not start <= n < end]


def test_a_file_that_holds_all_and_no_more_is_clean():
    found = verdict(without(50, 75), Span(1000 * MS, 1500 * MS))
    assert found.is_clean
    assert (found.audible, found.blanked) == (75, 24)


def test_a_packet_that_left_inside_a_span_is_a_leak():
    found = verdict(without(51, 75), Span(990 * MS, 1500 * MS))
    assert found.leaks == (Leak(CALLER, 50, 10.0, 500.0),)
    assert not found.is_clean


def test_a_packet_that_left_before_the_mask_or_after_the_unmask_is_none():
    found = verdict(range(100), Span(1001 * MS, 1019 * MS))
    assert found.leaks == ()


def test_a_mask_that_never_ends_blanks_the_rest():
    assert verdict(range(50), Span(1000 * MS)).is_clean
    (leak,) = verdict([*range(50), 99], Span(1000 * MS)).leaks
    assert leak.before_unmask_ms > FOR_EVER / 2000


@pytest.mark.parametrize(("first", "count"), [(47, 0), (46, 1), (40, 7)])
def test_what_is_blanked_beside_a_span_is_missing_beyond_the_guard(first, count):
    found = verdict(without(first, 75), Span(990 * MS, 1499 * MS))
    assert len(found.missing) == count


def test_what_is_missing_says_where_it_was():
    (missing,) = verdict(without(20, 21)).missing
    assert (missing.number, missing.after_start_ms) == (20, 400.0)
    assert missing.before_end_ms == 1600.0


def test_while_it_is_unsure_nothing_need_be_heard():
    unsure = [Span(400 * MS, 440 * MS)]
    for numbers in (without(20, 22), range(100)):
        found = judge(recording(numbers), SAID, (), 0, 2000 * MS, unsure=unsure)
        assert (found.missing, found.leaks) == ((), ())


def test_what_nobody_got_was_lost_on_the_way():
    heard = recording(without(20, 22))
    found = judge(heard, SAID, (), 0, 2000 * MS, reached={CALLER: {20}})
    assert [each.number for each in found.missing] == [20]
    assert found.lost == 1
    other = judge(heard, SAID, (), 0, 2000 * MS, reached={CALLER + 1: ()})
    assert (len(other.missing), other.lost) == (2, 0)


def test_the_ends_of_a_file_have_a_guard_too():
    assert verdict(range(3, 98)).missing == ()
    assert [each.number for each in verdict(range(5, 96)).missing] == [4, 96]


def test_what_was_said_before_or_after_the_recording_is_not_missed():
    found = judge(recording(range(53, 72)), SAID, (), 1000 * MS, 1480 * MS)
    assert found.is_clean


@pytest.mark.parametrize(("at", "count"), [(49.5, 0), (50.5, 1), (74, 1), (76, 0)])
def test_other_sound_counts_inside_a_span(at, count):
    rest = Rest(0, int(at * SAMPLES), int(at * SAMPLES) + 8)
    found = verdict(without(50, 75), Span(1000 * MS, 1500 * MS), rests=[rest])
    assert len(found.strange) == count


def test_other_sound_in_a_file_without_packets_is_always_strange():
    found = verdict([], Span(0), rests=[Rest(0, 10, 20)])
    assert found.strange == (Rest(0, 10, 20),)


def test_a_silent_file_is_not_clean():
    found = verdict([], Span(-1))
    assert (found.leaks, found.missing) == ((), ())
    assert not found.is_clean
