"""The recording's table, and what is known of one file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.call import recording
from eslflow.call.events import Bridged, Held, Parked, RecordStarted, Unbridged
from eslflow.call.recording import TABLE, Moved, Recording, Segment, advance
from eslflow.errors import IllegalTransition
from eslflow.flow.model import From
from tests.playbook import START


def test_the_picture_in_the_docstring_is_the_table():
    lines = (recording.__doc__ or "").split("state     | event")[1].splitlines()[1:]
    drawn = [
        (state.strip(), *(word.strip() for word in rest.split("->")))
        for state, bar, rest in (line.partition("|") for line in lines)
        if bar
    ]
    table = [
        (str(state), str(event), str(after))
        for state, moves in TABLE.items()
        for event, after in moves.items()
    ]
    assert drawn == table


@given(st.sampled_from(Recording), st.sampled_from(Moved))
def test_a_move_that_is_not_in_the_table_is_our_bug(state, event):
    if event in TABLE[state]:
        assert advance(state, event) is TABLE[state][event]
    else:
        with pytest.raises(IllegalTransition, match=str(state)):
            advance(state, event)


def test_the_path_has_the_day_in_utc():
    assert recording.file_path("/r", "u", 2, START) == "/r/2026/11/23/u-2.wav"


def segment_of(moment):
    return Segment("u-1", "/r/u-1.wav", moment)


def test_a_file_that_waits_for_an_agent_has_gaps_where_there_is_none():
    waiting = segment_of(From.ANSWER)
    waiting.parts(1)
    waiting.hears(10)
    waiting.hears(11)
    waiting.parts(20)
    waiting.parts(25)
    waiting.hears(30)
    assert (waiting.audio_at, waiting.gaps) == (10, ["20-30"])
    assert waiting.told_gaps(99) == "20-30"
    waiting.parts(40)
    assert waiting.told_gaps(99) == "20-30 40-99"


def test_a_file_that_waits_for_nobody_has_none():
    hearing = segment_of(From.STEP)
    hearing.hears(10)
    hearing.parts(20)
    hearing.hears(30)
    assert (hearing.audio_at, hearing.gaps) == (10, [])


def followed(moment, *told):
    """Return a file of which the switch has told this, and whether they had parted."""
    segment = segment_of(moment)
    for number, (event, has_parted) in enumerate(told, 1):
        segment.follow(event, number * 10, has_parted)
    return segment


TALKS, PARTS = (Bridged("a", ""), False), (Unbridged(), True)
HELD, BACK = (Held(True, True), False), (Held(False, True), False)


def test_what_the_switch_tells_says_when_sound_gets_into_it():
    segment = followed(From.ANSWER, TALKS, PARTS, TALKS, (Parked(), False))
    assert (segment.audio_at, segment.told_gaps(99)) == (10, "20-30 40-99")
    assert followed(From.STEP, TALKS, PARTS, TALKS).gaps == []
    other = followed(From.ANSWER, (RecordStarted("/r/u-1.wav"), False))
    assert other.audio_at == 0


def test_a_caller_on_hold_is_cut_out_of_it():
    assert followed(From.STEP, TALKS, HELD, BACK).gaps == ["20-30"]
    parted = followed(From.ANSWER, TALKS, HELD, (BACK[0], True))
    assert parted.told_gaps(99) == "20-99"
    assert followed(From.STEP, TALKS, HELD, (BACK[0], True)).gaps == ["20-30"]


def test_an_agent_on_hold_or_a_hold_without_sound_cuts_nothing_out():
    agents = (Held(True, False), False)
    assert followed(From.STEP, TALKS, agents, TALKS).gaps == []
    assert followed(From.STEP, HELD, BACK).audio_at == 0


def test_what_becomes_of_a_file_is_told_in_words():
    segment = segment_of(From.ANSWER)
    assert (recording.sound(None), recording.sound(segment)) == ("", "")
    segment.hears(START)
    assert recording.sound(segment) == "runs"
    segment.pauses(START + 1)
    assert recording.sound(segment) == recording.PAUSES
    segment.ended = True
    assert recording.sound(segment) == "has ended"


def test_a_start_that_is_not_seen_is_forgotten():
    segment = segment_of(From.STEP)
    segment.started_at = 5
    segment.hears(5)
    segment.forget_start()
    assert (segment.started_at, segment.audio_at) == (0, 0)


def test_the_words_are_those_of_the_record():
    assert [str(state) for state in Recording][:3] == ["off", "starting", "on"]


def test_a_file_may_go_on_if_it_is_for_the_same_and_waits_for_no_agent_in_vain():
    step = Segment("a", "/a.wav", From.STEP, ("training",))
    assert step.fits(From.STEP, ("training",))
    assert step.fits(From.ANSWER, ("training",))
    assert not step.fits(From.STEP, ("training", "evidence"))
    assert not step.fits(From.STEP, ())
    waits = Segment("a", "/a.wav", From.ANSWER, ("training",))
    assert waits.fits(From.ANSWER, ("training",))
    assert not waits.fits(From.STEP, ("training",))
    assert Segment("a", "/a.wav").fits(From.STEP, ("training",))


def test_a_file_that_begins_has_a_row_with_what_it_is_for():
    segment = Segment("u-1", "/r/u-1.wav", From.STEP, ("a", "b"))
    row = segment.begun("u", "talk", 7)
    assert (row.id, row.path, row.purposes) == ("u-1", "/r/u-1.wav", "a b")
    assert (row.call_uuid, row.leg_uuid, row.step, row.asked_at) == (
        "u",
        "u",
        "talk",
        7,
    )
    assert Segment("u-2", "/r/u-2.wav").begun("u", "talk", 7).purposes == ""


def test_a_file_ended_when_the_switch_says_so_however_late_that_is_heard():
    segment = Segment("u-1", "/r/u-1.wav", started_at=100, told_at=5000)
    assert segment.ended_at(5007, 900) == 107
    # No later than it was heard of, and not before it began.
    assert segment.ended_at(9999, 900) == 900
    assert segment.ended_at(4000, 900) == 100
    assert segment.ended_at(0, 900) == 900
    segment.forget_start()
    assert segment.ended_at(5007, 900) == 900
