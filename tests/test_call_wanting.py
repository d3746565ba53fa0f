"""What steps and others want of the recording, and the rows that outlive us."""

from eslflow.call.records import RecordingAction, RecordingWished
from eslflow.call.wishes import Want, Wish
from eslflow.flow.model import From, Record
from tests.playbook import START, Playbook
from tests.test_call_moves import (
    ASK_STOP,
    HERS,
    MASK,
    PLAY,
    SECRET,
    TWO,
    answer,
    asks,
    masked,
    started,
)

PAGE = {"call_uuid": "4c1b-9", "hand": "token page", "who": "token page"}


def wishes(call):
    return [row._asdict() for row in call.rows(RecordingWished)]


def test_a_wish_is_kept_with_its_end_before_the_switch_is_asked():
    with Playbook(TWO) as call:
        started(call)
        asks(call, HERS._replace(for_s=180))
        call.expects(MASK)
        at = call.now
        assert wishes(call) == [
            {**PAGE, "at": at, "want": "masked", "ends_at": at + 180_000_000,
             "is_master": False, "step": "on"}
        ]  # fmt: skip
        call.answers(MASK)
        call.skips()
        asks(call, Wish(Want.ON, "cli anna", is_master=True), 2)
        call.passes(1)
        call.skips()
        last = wishes(call)[-1]
    assert (last["want"], last["hand"], last["ends_at"], last["is_master"]) == (
        "on",
        "cli anna",
        0,
        True,
    )


def test_what_a_step_wants_under_somebodys_mask_is_kept():
    with Playbook(SECRET) as call:
        started(call)
        asks(call, HERS)
        call.expects(MASK)
        call.answers(MASK)
        call.expects(answer("masked"))
        call.done(PLAY)
        call.expects(PLAY)
        hers, step = wishes(call)
        assert (step["hand"], step["want"], step["step"]) == ("step", "masked", "card")
        assert (step["who"], step["ends_at"], step["is_master"]) == ("", 0, False)
        assert step["at"] == call.now
    assert len(call.rows(RecordingAction)) == 2


def test_what_a_step_wants_shows_in_what_is_done_where_nobody_else_masks():
    with Playbook(SECRET) as call:
        masked(call)
        assert wishes(call) == []
        assert call.engine.live.offered_at == START


def test_the_next_step_begins_when_the_recording_is_as_it_wants():
    with Playbook(TWO) as call:
        started(call)
        call.done(PLAY)
        call.expects(ASK_STOP)
        recorder = call.engine.live.recorder
        assert (recorder.wanted, recorder.moment) == (Record.OFF, From.STEP)
        call.skips()
