"""One thread of a call: what it waits for, and what wakes it."""

from contextlib import suppress

import pytest

from eslflow.call.commands import (
    Alarm,
    Api,
    Await,
    Execute,
    Job,
    Keep,
    LookUp,
    Request,
    Timer,
    Until,
    mark,
)
from eslflow.call.events import (
    CallEnded,
    Executed,
    Found,
    HungUp,
    JobDone,
    Kept,
    LegEnded,
    Parked,
    Replied,
    Responded,
    TimedOut,
)
from eslflow.call.track import Numbers, Track
from eslflow.wire.terms import ApiCommand, App

STATUS = Api(ApiCommand.STATUS)
LATE = Api(ApiCommand.STATUS, timeout_s=1.5)
PLAY = Execute(App.PLAYBACK, "/a.wav")
POST = Request("k", "https://pay.example.com/", {})
LOOK = LookUp("l", "+4930123456", "training", 0, 0.5)
ROWS = Keep((), is_durable=True)
CALL = Job(ApiCommand.ORIGINATE, "user/1001 &park()", "b-1", timeout_s=9.0)
ASK = Execute(App.PLAY_AND_GET_DIGITS, "...", leg="b-1", sooner=(LegEnded,))


def going(*commands, numbers=None):
    """Return a track that says these, one after the other, and what it has said."""
    heard = []

    def road():
        try:
            for command in commands:
                heard.append((yield command))
        except CallEnded as ended:
            heard.append(str(ended))
            yield Alarm("over")
            heard.append((yield ROWS))
            yield STATUS

    track = Track(road(), numbers or Numbers())
    out = []
    track.advance(out)
    return track, out, heard


@pytest.mark.parametrize(
    ("command", "event", "others"),
    [
        (STATUS, Replied(1, False, "-ERR"), (Replied(2, True), Executed(mark(1)))),
        (PLAY, Executed(mark(1)), (Executed(mark(2)), Replied(1, True), Parked())),
        (PLAY, Replied(1, False), (Replied(2, False),)),
        (ASK, LegEnded("b-1"), (Replied(1, True), Executed(mark(2)), Parked())),
        (ASK, Executed(mark(1)), (LegEnded,)),
        (CALL, JobDone("b-1", True), (JobDone("b-2", True), Replied(1, True))),
        (CALL, Replied(1, False), (Replied(2, False), Executed(mark(1)))),
        (CALL, TimedOut(1), (TimedOut(2),)),
        (ROWS, Kept(True), (Replied(1, True), Parked())),
        (Await((Parked,)), Parked(), (HungUp(), TimedOut(1), Kept(True))),
        (LATE, TimedOut(1), (TimedOut(2),)),
        (POST, Responded("k"), (Responded("j"), Replied(1, True), TimedOut(2))),
    ],
)
def test_it_is_woken_by_what_it_waits_for_and_by_nothing_else(command, event, others):
    track, _, heard = going(command)
    assert not any(track.takes(other) for other in others)
    assert track.takes(event)
    track.advance([], event)
    assert heard == [event]
    assert track.is_over
    assert not track.takes(event)


def test_what_waits_with_a_timeout_has_a_timer_that_is_taken_back():
    track, out, _ = going(LATE, Await((Parked,), 2.0))
    assert out == [LATE, Timer(1, 1.5)]
    out.clear()
    track.advance(out, Replied(1, True))
    assert out == [Timer(1, None), Timer(2, 2.0)]
    assert not track.takes(TimedOut(1))


def test_what_need_not_be_waited_for_is_said_at_once():
    quick = (Alarm("!"), Api(ApiCommand.STATUS, waits=False), Keep(()))
    track, out, heard = going(*quick, PLAY)
    assert out == [*quick, PLAY]
    assert track.awaited is PLAY
    assert heard == [None, None, None]


def test_until_goes_on_when_it_holds_and_at_once_if_it_does_already():
    holds = [True]
    check = Until(lambda: holds[0])
    track, out, heard = going(check, check)
    assert track.is_over
    assert (out, heard) == ([], [None, None])
    holds[0] = False
    track, out, heard = going(check)
    assert not track.is_due()
    holds[0] = True
    assert track.is_due()


def test_what_holds_is_no_answer_to_a_command_that_was_refused():
    unasked = Api(ApiCommand.STATUS, waits=False)
    track, _, heard = going(unasked, Until(lambda: False))
    assert not track.takes(Replied(1, False, "-ERR no"))
    assert heard == [None]


def test_all_tracks_of_a_call_count_together():
    numbers = Numbers()
    going(STATUS, numbers=numbers)
    track, _, _ = going(PLAY, numbers=numbers)
    assert track.takes(Executed(mark(2)))
    assert not track.takes(Executed(mark(1)))


def test_once_the_call_has_ended_only_rows_are_waited_for():
    ended = CallEnded("hung_up", "NORMAL_CLEARING")
    track, out, heard = going(STATUS)
    out.clear()
    track.advance(out, error=ended, ended=ended)
    assert out == [Alarm("over"), ROWS]
    assert track.is_keeping
    with pytest.raises(CallEnded):
        track.advance(out, Kept(True), ended=ended)
    assert heard == ["hung up (NORMAL_CLEARING)", Kept(True)]


def test_a_channel_that_is_gone_gets_no_variables():
    def road():
        with suppress(CallEnded):
            yield STATUS
        yield Api(ApiCommand.UUID_SETVAR, "u-1 a 1", waits=False)
        yield Api(ApiCommand.UUID_SETVAR_MULTI, "u-1 a=1;b=2", waits=False)
        yield Api(ApiCommand.UUID_KILL, "b-1", waits=False)

    track, out = Track(road(), Numbers()), []
    track.advance(out)
    ended = CallEnded("hung_up")
    track.advance(out, error=ended, ended=ended)
    assert out == [STATUS, Api(ApiCommand.UUID_KILL, "b-1", waits=False)]


def test_a_track_that_drops_out_takes_nothing_any_more():
    track, _, _ = going(STATUS)
    track.drop_out()
    assert track.is_over
    assert not track.takes(Replied(1, True))


def test_what_was_looked_up_is_for_whoever_asked():
    track, out, heard = going(LOOK)
    assert out == [LOOK, Timer(1, 0.5)]
    assert not track.takes(Found("other"))
    assert not track.takes(Responded("l"))
    assert track.takes(Found("l"))
    assert track.takes(TimedOut(1))
    track.advance(out, Found("l"))
    assert heard == [Found("l")]
