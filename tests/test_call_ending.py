"""The rows that frame a call."""

from eslflow.call.ending import ended_row, in_short, not_asked_rows, offered_row
from eslflow.call.events import CallEnded, Offered
from eslflow.call.live import Live, Site
from eslflow.call.recording import Segment
from eslflow.call.records import State
from eslflow.e164 import normaliser
from tests.steps_of import flow


def test_a_call_is_framed_by_what_was_offered_and_how_it_ended():
    found = flow("a: {announce: welcome}")
    offered = Offered("u", "inbound", "+4930", "Anna", "100")
    live = Live(offered, found, Site("/r", "eslflow 1"), 7)
    row = offered_row(live)
    assert (row.caller, row.called, row.flow, row.engine, row.offered_at) == (
        "+4930",
        "100",
        "test",
        "eslflow 1",
        7,
    )
    live.step, live.queue, live.now = "a", "sales", 9
    ended = ended_row(live, CallEnded("hung_up", "USER_BUSY"))
    assert ended == ("u", 9, "hung_up", "USER_BUSY", "a", "sales")


def test_only_questions_that_were_not_asked_are_told_so():
    live = Live(Offered("u"), flow("a: {announce: welcome}"), Site("/r"), 7)
    (row,) = not_asked_rows(live)
    assert (row.state, row.purpose, row.basis) == (
        State.NOT_ASKED,
        "training",
        "consent",
    )
    live.consents.kept("training", State.REFUSED)
    assert list(not_asked_rows(live)) == []


def test_numbers_are_kept_in_one_spelling_too():
    offered = Offered("u", caller="030 123456", called="anonymous")
    site = Site("/r", normal=normaliser("DE"))
    row = offered_row(Live(offered, flow("a: {announce: welcome}"), site, 7))
    assert (row.caller, row.caller_key, row.called_key) == (
        *("030 123456", "+4930123456"),
        "",
    )


def test_how_sure_the_number_is_is_kept_with_the_call():
    offered = Offered("u", assurance="TN-Validation-Passed-B")
    live = Live(offered, flow("a: {announce: welcome}"), Site("/r"), 7)
    assert offered_row(live).assurance == "TN-Validation-Passed-B"


def test_a_call_in_short_tells_no_number_and_no_name():
    offered = Offered("u", "inbound", "+4930", "Anna", "100", segments=1)
    live = Live(offered, flow("a: {announce: welcome}"), Site("/r"), 7)
    ended = CallEnded("hung_up", "USER_BUSY")
    said = "flow test, hung up (USER_BUSY), training"
    assert in_short(live, ended) == f"{said} not asked, not recorded"
    live.consents.kept("training", State.HUNG_UP)
    live.recorder.segments += 1
    live.recorder.segment = Segment("u-2", "/r/u-2.wav")
    assert in_short(live, ended) == f"{said} hung up, not recorded"
    live.consents.kept("training", State.GRANTED)
    live.recorder.segment.started_at = 8
    assert in_short(live, ended) == f"{said} granted, recorded"
