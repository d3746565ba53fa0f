"""Calls that must be recorded, and are not."""

from eslflow.call.commands import Alarm, Api, Close, Execute, Hangup, Keep
from eslflow.call.engine import Engine
from eslflow.call.events import (
    Bridged,
    Disconnected,
    HungUp,
    Kept,
    Offered,
    Parked,
    RecordStarted,
    RecordStopped,
    Unbridged,
    Wished,
)
from eslflow.call.live import Live
from eslflow.call.moves import LOOK_S, RUNS_WITHIN_S
from eslflow.call.recording import Recording, Segment
from eslflow.call.records import CallEnded, RecordingEnded
from eslflow.call.unrecorded import CAUSE
from eslflow.call.wishes import Want, Wish
from eslflow.flow.model import Record
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import RECORDINGS, SOUNDS, START, Playbook, site_for
from tests.steps_of import flow
from tests.test_call_moves import bugs

HEAD = """\
flow: test
purposes: {orders: {basis: legal_obligation}}
prompts: {welcome: Welcome., sorry: We cannot record.}
recording: {if_unrecorded: refuse, refusal: sorry, agent_keys: {1: mask, 2: unmask}}
"""
TALK = flow(
    "talk: {queue: support, record: on, answered: bye}\nbye: {announce: welcome}", HEAD
)
SORRY = Execute(App.PLAYBACK, f"{SOUNDS}/test/en/sorry.wav")
ANSWER = Execute(App.ANSWER, waits=False)
QUEUE = Execute(App.CALLCENTER, "support")
KILL = Api(ApiCommand.UUID_KILL, "b-1", waits=False)
END = Api(ApiCommand.UUID_KILL, f"4c1b-9 {CAUSE}", waits=False)
AGAIN = "the switch ends the recording again and again"


def path(number):
    return f"{RECORDINGS}/2026/11/23/4c1b-9-{number}.wav"


def starts(call, number):
    """Let the switch start the file with this number."""
    call.when(Kept(True))
    start = call.skips()[-1]
    assert f" start {path(number)} " in start.arg
    call.when(RecordStarted(path(number)))
    call.answers(start)


def waiting(call):
    """Go on until the caller waits in the queue, recorded."""
    call.skips()
    starts(call, 1)
    assert call.skips()[-1] == QUEUE


def talking(call):
    waiting(call)
    call.done(QUEUE, cc_cause="answered")
    call.when(Bridged("b-1", "1001"))
    answers(call)


def answers(call):
    """Let the switch answer whoever looks what runs."""
    number = call.engine.live.recorder.segments
    while new := call.skips():
        for command in new:
            if isinstance(command, Api) and command.waits:
                is_agents = command.arg == "b-1"
                call.answers(command, bugs() if is_agents else bugs(path(number)))


def breaks(call):
    """End file after file until no other is begun; return what is said then."""
    said = []
    for number in (1, 2, 3, 4):
        call.when(RecordStopped(path(number), 1000, ""))
        if number < 4:
            call.skips()
            starts(call, number + 1)
            answers(call)
        else:
            said = call.skips()
    return said


def ending(call):
    (row,) = call.rows(CallEnded)
    return row.ending, row.cause, row.last_step


def test_that_it_begins_is_on_disk_before_the_switch_is_asked():
    with Playbook(TALK) as call:
        (keep,) = call.skips()
        assert isinstance(keep, Keep)
        assert keep.is_durable
        starts(call, 1)
        assert call.skips()[-1] == QUEUE


def refused(call):
    """Expect the words, then the end."""
    call.expects(
        Alarm(f"not recorded, so the call is refused: {call.engine.live.recorder.why}"),
        ANSWER,
        SORRY,
    )
    call.done(SORRY)
    call.expects(Hangup(CAUSE))
    call.when(HungUp(str(CAUSE)))
    call.when(Disconnected())
    assert ending(call) == ("refused", "NORMAL_TEMPORARY_FAILURE", "talk")
    assert QUEUE not in call.said


def test_a_ledger_that_cannot_keep_it_refuses_the_call():
    with Playbook(TALK) as call:
        call.skips()
        call.when(Kept(False, "disk full"))
        said = call.skips()
        assert said[0] == Alarm("not recorded, for it could not be kept: disk full")
        assert said[1:] == [
            Alarm(
                "not recorded, so the call is refused: it could not be kept: disk full"
            ),
            ANSWER,
            SORRY,
        ]
        call.done(SORRY)
        call.expects(Hangup(CAUSE))
        call.when(HungUp(""))
    (row,) = call.rows(RecordingEnded)
    assert row.state == "failed"
    assert ending(call)[0] == "refused"


def test_who_hangs_up_while_it_is_kept_has_no_recording():
    with Playbook(TALK) as call:
        call.skips()
        call.when(HungUp("ORIGINATOR_CANCEL"))
        call.when(Kept(True))
        call.skips()
        call.when(Disconnected())
    assert ending(call)[0] == "hung_up"
    assert [row.state for row in call.rows(RecordingEnded)] == ["failed"]


def test_no_room_refuses_the_call():
    site = site_for(TALK)
    full = site.__class__(RECORDINGS, "e", site.sounds, room=lambda: "1 MB is free")
    with Playbook(TALK, site=full) as call:
        assert call.skips() == [
            Alarm("not recorded: 1 MB is free"),
            Alarm("not recorded, so the call is refused: 1 MB is free"),
            ANSWER,
            SORRY,
        ]
        call.done(SORRY)
        call.expects(Hangup(CAUSE))


def test_a_switch_that_will_not_start_it_refuses_the_call():
    with Playbook(TALK) as call:
        call.skips()
        call.when(Kept(True))
        for _ in range(2):
            call.answers(call.skips()[-1], "-ERR no")
        said = call.skips()
        assert said[-2:] == [ANSWER, SORRY]
        assert "the call is refused: the switch did not start it" in said[-3].text


def test_no_record_start_refuses_the_call():
    with Playbook(TALK) as call:
        call.skips()
        call.when(Kept(True))
        for _ in range(2):
            call.answers(call.skips()[-1])
            call.passes(RUNS_WITHIN_S)
            look = call.skips()[-1]
            assert look == Api(ApiCommand.UUID_BUGLIST, "4c1b-9", timeout_s=LOOK_S)
            call.answers(look, "<media-bugs>\n</media-bugs>")
        assert call.skips()[-2:] == [ANSWER, SORRY]


def test_a_recording_that_fails_in_the_talk_ends_it_and_the_caller_hears_why():
    with Playbook(TALK) as call:
        talking(call)
        said = breaks(call)
        assert said == [
            Alarm(f"the recording failed, so the talk is ended: {AGAIN}"),
            KILL,
        ]
        call.when(Unbridged(), 0.01)
        call.when(Parked(), 0.03)
        assert call.skips() == [
            Alarm(f"not recorded, so the call is refused: {AGAIN}"),
            SORRY,
        ]
        call.done(SORRY)
        call.expects(Hangup(CAUSE))
        call.when(HungUp(str(CAUSE)))
    assert ending(call)[0] == "refused"


def test_one_that_fails_while_the_caller_waits_ends_the_call():
    with Playbook(TALK) as call:
        waiting(call)
        said = breaks(call)
        alarm = Alarm(f"the recording failed, so the call is ended: {AGAIN}")
        assert said == [alarm, END]
        call.when(HungUp(str(CAUSE)))
    assert ending(call) == ("refused", "NORMAL_TEMPORARY_FAILURE", "talk")


def test_one_that_can_be_begun_anew_changes_nothing():
    with Playbook(TALK) as call:
        talking(call)
        call.when(RecordStopped(path(1), 1000, ""))
        call.skips()
        starts(call, 2)
        answers(call)
        assert KILL not in call.said
        assert call.engine.live.recorder.state is Recording.ON


def test_a_talk_that_ends_as_it_should_is_not_refused():
    with Playbook(TALK) as call:
        talking(call)
        call.when(Unbridged(), 0.01)
        call.when(Parked(), 0.03)
        stop = call.skips()[-1]
        assert " stop " in stop.arg
        call.answers(stop)
        call.when(RecordStopped(path(1), 1000, ""))
        call.expects(Execute(App.PLAYBACK, f"{SOUNDS}/test/en/welcome.wav"))


def test_a_call_that_is_passed_on_is_recorded_again_with_whoever_has_it():
    with Playbook(TALK) as call:
        talking(call)
        call.passes(2)
        answers(call)
        call.when(Unbridged(), 0.01)
        call.passes(1)
        stop = call.skips()[-1]
        assert " stop " in stop.arg
        call.answers(stop)
        call.when(RecordStopped(path(1), 1000, ""))
        call.skips()
        call.when(Bridged("b-2", "1002"))
        call.skips()
        starts(call, 2)
        call.skips()
        assert END not in call.said
        assert call.engine.live.recorder.state is Recording.ON


def test_a_mask_is_no_failure():
    with Playbook(TALK) as call:
        talking(call)
        call.when(Wished(1, Wish(Want.MASKED, "key 1001")))
        mask = call.skips()[-1]
        call.answers(mask)
        call.skips()
        call.when(RecordStopped(path(1), 1000, ""))
        call.skips()
        # Nothing is begun in order to be masked.
        assert KILL not in call.said


def test_nobody_can_stop_it():
    with Playbook(TALK) as call:
        talking(call)
        call.when(Wished(7, Wish(Want.OFF, "token desk")))
        (answer,) = call.skips()
        assert (answer.ticket, answer.answered.is_done) == (7, False)
        assert answer.answered.why == "this call must be recorded"
        assert call.engine.live.recorder.state is Recording.ON


def test_an_emergency_call_is_put_through_all_the_same():
    out = flow(
        "hello: {announce: welcome}\n"
        "out: {dial: {gateway: g, number: called}, record: on, from: answer}",
        HEAD,
    )
    with Playbook(out, Offered("4c1b-9", called="112")) as call:
        bridge = call.skips()[-1]
        assert bridge.app is App.BRIDGE
        call.done(bridge, originate_disposition="NORMAL_TEMPORARY_FAILURE")
        assert call.skips()[-1] == Close()


def test_a_call_that_was_adopted_is_ended_at_once():
    live = Live(Offered("4c1b-9"), TALK, site_for(TALK), START)
    live.step, live.leg = "gone", "b-1"
    recorder = live.recorder
    recorder.segments, recorder.segment = 1, Segment("4c1b-9-1", path(1))
    recorder.state, recorder.wanted = Recording.ON, Record.ON
    engine = Engine(live.offered, TALK, live.site, START)
    engine.adopt(live)
    recorder.give_up_trying("it was lost")
    said = engine.handle(RecordStopped(path(1), 1000, ""), START + 1_000_000)
    alarm = Alarm("the recording failed, so the call is ended: it was lost")
    assert said[1:] == [alarm, END]


def test_a_call_that_was_handed_over_is_ended_at_once():
    away = flow("away: {transfer: {to: 1001, context: default}, record: on}", HEAD)
    with Playbook(away) as call:
        call.skips()
        starts(call, 1)
        transfer = call.skips()[-1]
        call.answers(transfer)
        call.when(Bridged("b-1", "1001"))
        call.skips()
        said = breaks(call)
        assert said[-1] == END
