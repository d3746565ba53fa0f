"""What steps and others want of the recording, and the rows that outlive us."""

from eslflow.call.events import Held, Unbridged
from eslflow.call.records import RecordingAction, RecordingWished
from eslflow.call.wishes import Want, Wish
from eslflow.flow.model import From, Record
from tests.playbook import START, Playbook
from tests.steps_of import flow
from tests.test_call_moves import (
    ASK_STOP,
    HERS,
    LAW,
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


def test_a_hold_that_masks_is_kept_and_so_is_its_end():
    rules = "recording: {never_record: [1]}\n"
    steps = "on: {announce: welcome, record: on}\ncard: {announce: welcome}"
    with Playbook(flow(steps, LAW + rules)) as call:
        started(call)
        call.when(Held(True, is_callers=True))
        assert wishes(call) == []
        for event in (
            Held(True, is_callers=False),
            Held(True, is_callers=False),
            Held(False, is_callers=False),
        ):
            call.when(event)
            call.skips()
        found = [(row["hand"], row["want"], row["who"]) for row in wishes(call)]
        assert found == [("hold", "masked", ""), ("hold", "on", "")]
        call.when(Held(True, is_callers=False))
        call.when(Unbridged())
        assert [row["want"] for row in wishes(call)[2:]] == ["masked", "on"]
        call.skips()


def test_a_hold_where_nothing_is_recorded_is_not_kept():
    rules = "recording: {never_record: [1]}\n"
    steps = "off: {announce: welcome}\non: {announce: welcome, record: on}"
    with Playbook(flow(steps, LAW + rules)) as call:
        call.skips()
        call.when(Held(True, is_callers=False))
        assert wishes(call) == []


def test_what_a_step_wants_under_a_hold_is_kept():
    rules = "recording: {never_record: [1]}\n"
    steps = (
        "on: {announce: welcome, record: on}\ncard: {announce: welcome, record: masked}"
    )
    with Playbook(flow(steps, LAW + rules)) as call:
        started(call)
        call.when(Held(True, is_callers=False))
        call.expects(MASK)
        call.answers(MASK)
        call.done(PLAY)
        call.skips()
        hold, step = wishes(call)
        assert (hold["hand"], step["hand"], step["want"]) == ("hold", "step", "masked")
