"""What of a recording must be silent, and what must be heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.recordings.spans import Kind, Timeline, place, spans
from eslflow.wire.terms import RecordAction
from tests.files import START, action, masked, recording

MASK, UNMASK = RecordAction.MASK, RecordAction.UNMASK


def told(row, actions):
    return [
        (str(span.kind), span.begins / 1e6, span.ends / 1e6)
        for span in spans(row, actions)
    ]


def test_a_file_that_nobody_masked_is_clear():
    assert told(recording(10), []) == [("clear", 0.0, 10.0)]
    assert told(recording(10), [action(RecordAction.START, 0)]) == [("clear", 0, 10.0)]


def test_a_mask_holds_from_its_answer_to_when_the_unmask_was_sent():
    assert told(recording(10), masked(2, 5)) == [
        ("clear", 0.0, 1.999),
        ("uncertain", 1.999, 2.0),
        ("masked", 2.0, 5.0),
        ("clear", 5.0, 10.0),
    ]
    old = [action(MASK, 2, asked_at=0), action(UNMASK, 5, asked_at=0)]
    assert told(recording(10), old) == [
        ("clear", 0.0, 2.0),
        ("masked", 2.0, 5.001),
        ("clear", 5.001, 10.0),
    ]


def test_a_mask_without_its_answer_promises_nothing():
    rows = [action(MASK, 2, verified=0), action(UNMASK, 5)]
    assert told(recording(10), rows)[1] == ("uncertain", 1.999, 5.0)
    rows = [action(MASK, 2), action(MASK, 3, verified=0), action(MASK, 4)]
    assert told(recording(10), rows)[-1] == ("masked", 2.0, 10.0)


def test_an_unmask_without_its_answer_promises_nothing_either():
    rows = [action(MASK, 2), action(UNMASK, 5, verified=0), action(MASK, 7)]
    assert told(recording(10), rows)[2:] == [
        ("masked", 2.0, 5.0),
        ("uncertain", 5.0, 7.0),
        ("masked", 7.0, 10.0),
    ]
    assert told(recording(10), [action(UNMASK, 5)]) == [("clear", 0.0, 10.0)]


def test_what_was_asked_of_another_recorder_does_not_count():
    rows = [action(MASK, 2, recording_id=""), action(MASK, 2, recording_id="u-1-2")]
    assert told(recording(10), rows) == [("clear", 0.0, 10.0)]


def test_time_begins_with_the_sound_and_stands_still_in_gaps():
    row = recording(
        20,
        audio_at=START + 4_000_000,
        gaps=f"{START + 8_000_000}-{START + 11_000_000}",
    )
    assert told(row, masked(6, 13)) == [
        ("clear", 0.0, 1.999),
        ("uncertain", 1.999, 2.0),
        ("masked", 2.0, 6.0),
        ("clear", 6.0, 13.0),
    ]
    assert [span.gaps for span in spans(row, masked(6, 13))] == [0, 0, 1, 1]
    timeline = Timeline(row)
    assert timeline.place(START + 9_000_000) == 4_000_000
    assert timeline.length == 13_000_000


def test_a_mask_within_a_gap_leaves_no_trace():
    row = recording(10, gaps=f"{START + 3_000_000}-{START + 7_000_000}")
    assert told(row, masked(4, 6)) == [("clear", 0.0, 6.0)]


def test_a_mask_from_before_the_sound_is_told_as_such():
    row = recording(10, audio_at=START + 5_000_000)
    assert told(row, masked(2, 7)) == [("masked", -3.0, 2.0), ("clear", 2.0, 5.0)]
    (first, _) = spans(row, masked(2, 7))
    assert first.length == 2_000_000


def test_a_file_without_the_new_columns_begins_when_it_started():
    row = recording(10)
    for name in ("audio_at", "gaps"):
        del row[name]
    rows = masked(2, 5)
    for found in rows:
        del found["asked_at"]
    assert told(row, rows)[1] == ("masked", 2.0, 5.001)


def test_what_runs_or_was_lost_ends_with_what_was_last_asked():
    running = recording(10, stopped_at=None, state=None, ms=None)
    assert told(running, []) == [("clear", 0.0, 0.0)]
    assert told(running, masked(2, 5))[-2:] == [
        ("masked", 2.0, 5.0),
        ("clear", 5.0, 5.001),
    ]
    lost = recording(10, state="lost", ms=0)
    assert told(lost, masked(2, 15))[-2:] == [
        ("masked", 2.0, 15.0),
        ("clear", 15.0, 15.001),
    ]


def test_the_last_span_is_told_however_short():
    assert told(recording(10), masked(2, 10))[-1] == ("clear", 10.0, 10.0)


@pytest.mark.parametrize(
    "gaps", ["", "nonsense", "5-", "9-3", f"{START + 2}-{START}", "1-2 x 3-4"]
)
def test_gaps_that_make_no_sense_are_none(gaps):
    assert Timeline(recording(10, gaps=gaps)).length == 10_000_000


def test_places_are_told_as_people_read_them():
    assert place(62_509_000) == "1:02.50"
    assert place(-5) == "0:00.00"


moments = st.integers(-2000, 12_000)


@given(
    st.lists(
        st.tuples(st.sampled_from([MASK, UNMASK]), moments, st.booleans()), max_size=8
    ),
    st.lists(st.tuples(moments, moments), max_size=3),
)
def test_spans_follow_each_other_to_the_end(asked, pairs):
    gaps = " ".join(f"{START + a * 1000}-{START + b * 1000}" for a, b in pairs)
    row = recording(10, gaps=gaps)
    rows = [action(what, at / 1000, verified=seen) for what, at, seen in asked]
    found = spans(row, rows)
    assert found[0].begins <= 0
    assert found[-1].ends == Timeline(row).length
    for one, next_ in zip(found, found[1:], strict=False):
        assert one.ends == next_.begins
        assert one.kind is not next_.kind
    assert all(isinstance(span.kind, Kind) for span in found)


def unwatched(begin_s, end_s, **given):
    """Return the row of a file over which nobody watched for a while."""
    gap = f"{START + round(begin_s * 1e6)}?{START + round(end_s * 1e6)}"
    return recording(20, **{"gaps": gap, **given})


def test_what_a_file_lacks_was_cut_out_while_nobody_watched():
    rows = [*masked(2, 3), *masked(6, 7), *masked(14, 15)]
    row = unwatched(5, 10)
    found = spans(row, rows, 17_000_000)
    assert [(s.begins, s.loose) for s in found if s.kind is Kind.MASKED] == [
        (2_000_000, 0),
        (6_000_000, 3_000_000),
        (11_000_000, 500_000),
    ]
    assert found[-1].ends == Timeline(row, us=17_000_000).length == 17_000_000
    # Where nobody has seen its end, that is no place to reckon from.
    found = spans(row | {"ms": 0}, rows, 17_000_000)
    assert [s.loose for s in found if s.kind is Kind.MASKED] == [0, 3e6, 3e6]


@pytest.mark.parametrize(("us", "lacks"), [(20_100_000, 0), (9_000_000, 5_000_000)])
def test_a_file_lacks_nothing_or_at_most_what_nobody_watched(us, lacks):
    assert Timeline(unwatched(5, 10), us=us).length == 20_000_000 - lacks
    assert Timeline(unwatched(5, 10, file_ms=us // 1000)).length == 20_000_000 - lacks


def test_until_the_file_is_opened_nothing_is_known_to_be_cut_out():
    assert Timeline(unwatched(5, 10)).length == 20_000_000
    assert Timeline(unwatched(10, 5), us=9_000_000).length == 20_000_000
