"""The recording's table, and what is wanted of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.call import recording
from eslflow.call.recording import TABLE, Moved, Recording, advance
from eslflow.errors import IllegalTransition
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
