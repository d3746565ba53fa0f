"""The engine: what it starts, what it matches, how calls end."""

from dataclasses import replace

import pytest

from eslflow.call.commands import Alarm, Api, Close, Execute, Hangup, Keep, mark
from eslflow.call.engine import MOST_STEPS, Engine
from eslflow.call.events import (
    Bridged,
    Disconnected,
    Executed,
    Held,
    HungUp,
    Kept,
    KeyPressed,
    LegEnded,
    Offered,
    Parked,
    RecordStarted,
    RecordStopped,
    Replied,
    TimedOut,
    Told,
    Unbridged,
    Wished,
)
from eslflow.call.recording import Recording, Segment
from eslflow.call.records import (
    CallEnded,
    CallOffered,
    Choice,
    RecordingAction,
    RecordingEnded,
    State,
)
from eslflow.call.wishes import Want, Wish
from eslflow.flow.model import Record
from eslflow.wire.terms import ApiCommand, App, HangupCause, RecordAction
from tests.playbook import SOUNDS, START, Playbook, site_for
from tests.steps_of import flow, pressed
from tests.talking import meets
from tests.talking import talks as spoken
from tests.test_call_unrecorded import CAUSE, QUEUE, SORRY, breaks, talking, waiting
from tests.test_call_unrecorded import HEAD as DEMANDED

WELCOME = f"{SOUNDS}/test/en/welcome.wav"
ANNOUNCE = flow("hello: {announce: welcome}")
ASK = flow(
    """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
    bye: {announce: welcome}
    """
)


def test_a_call_is_kept_as_soon_as_it_comes():
    with Playbook(ANNOUNCE) as call:
        call.expects(Execute(App.ANSWER, waits=False), Execute(App.PLAYBACK, WELCOME))
    assert call.engine.in_short == ""
    (row,) = call.rows(CallOffered)
    assert (row.uuid, row.caller, row.flow) == ("4c1b-9", "+4930123", "test")
    assert row.flow_sha256 == ANNOUNCE.sha256
    assert row.offered_at == START


def test_a_flow_that_is_through_hangs_up():
    with Playbook(ANNOUNCE) as call:
        call.skips()
        call.when(Executed(mark(2)))
        call.expects(Hangup())
        call.when(HungUp("NORMAL_CLEARING"))
        call.when(Disconnected())
    (row,) = call.rows(CallEnded)
    assert (row.ending, row.cause, row.last_step) == (
        "finished",
        "NORMAL_CLEARING",
        "hello",
    )
    assert call.engine.is_over
    assert call.engine.in_short.startswith("flow test, finished (NORMAL_CLEARING), ")


def test_a_call_answered_before_is_not_answered_again():
    with Playbook(ANNOUNCE, Offered("4c1b-9", is_answered=True)) as call:
        call.expects(Execute(App.PLAYBACK, WELCOME))


def test_another_application_that_ends_is_not_taken_for_ours():
    with Playbook(ANNOUNCE) as call:
        call.skips()
        for other in ("", "eslflow-1", "eslflow-3", "other"):
            call.when(Executed(other))
            call.expects()


def test_an_answer_that_nobody_waits_for_changes_nothing():
    with Playbook(ANNOUNCE) as call:
        call.skips()
        for event in (Replied(2, True), Replied(1, False), Kept(True), TimedOut(1)):
            call.when(event)
            call.expects()
        call.when(Parked())
        call.expects()


def test_a_caller_who_hangs_up_ends_the_road_and_is_kept():
    with Playbook(ASK) as call:
        call.skips()
        call.when(HungUp("ORIGINATOR_CANCEL"))
        call.when(HungUp("again"))
        call.when(Executed(mark(4)))
    (row,) = call.rows(CallEnded)
    assert (row.ending, row.cause) == ("hung_up", "ORIGINATOR_CANCEL")
    states = [choice.state for choice in call.rows(Choice)]
    assert states == [State.REQUESTED, State.HUNG_UP]


def test_a_key_that_comes_with_the_hangup_is_a_choice_and_nothing_more_is_asked():
    with Playbook(ASK) as call:
        call.skips()
        call.engine.foresee(HungUp("NORMAL_CLEARING"))
        assert not call.rows(CallEnded)
        call.when(pressed(1, "2"))
        call.when(HungUp("NORMAL_CLEARING"))
    states = [choice.state for choice in call.rows(Choice)]
    assert states == [State.REQUESTED, State.REFUSED]
    (row,) = call.rows(CallEnded)
    assert (row.ending, row.cause) == ("hung_up", "NORMAL_CLEARING")


def test_who_was_never_asked_is_kept_as_not_asked():
    two = flow(
        "hello: {announce: welcome}\n" + "ask: {consent: {notice: recording, "
        "purpose: training}, keys: {1: granted, 2: refused}}"
    )
    with Playbook(two) as call:
        call.skips()
        call.when(HungUp("NORMAL_CLEARING"))
    (choice,) = call.rows(Choice)
    assert (choice.state, choice.performed_by) == (State.NOT_ASKED, "system")


def test_a_socket_that_breaks_is_a_lost_call():
    with Playbook(ANNOUNCE) as call:
        call.skips()
        call.when(Disconnected("the socket broke"))
        call.expects(Alarm("the socket broke"))
        call.when(Executed(mark(2)))
    (row,) = call.rows(CallEnded)
    assert row.ending == "lost"


def test_a_hangup_while_the_grant_is_kept_waits_for_the_answer():
    with Playbook(ASK) as call:
        call.skips()
        answer = {"eslflow_digits_1": "1", "playback_last_offset_pos": "8000"}
        call.when(Executed(mark(4), variables=Told(answer)))
        (keep,) = call.skips()
        assert isinstance(keep, Keep)
        call.when(HungUp("NORMAL_CLEARING"))
        call.when(Disconnected())
        assert not call.engine.is_over
        assert call.rows(CallEnded) == []
        call.when(Kept(True))
    assert call.engine.is_over
    assert [c.state for c in call.rows(Choice)] == [State.REQUESTED, State.GRANTED]
    assert len(call.rows(CallEnded)) == 1


def test_a_step_that_fails_with_nowhere_to_go_gives_the_call_to_the_dialplan():
    silent = site_for(ANNOUNCE, missing=("test/en/welcome.wav",))
    with Playbook(ANNOUNCE, site=silent) as call:
        call.expects(
            Execute(App.ANSWER, waits=False),
            Alarm("prompt welcome has no audio: run eslflow prompts build"),
            Close(),
        )
        call.when(Disconnected())
    (row,) = call.rows(CallEnded)
    assert row.ending == "handed_back"


def test_a_call_that_goes_round_in_circles_is_given_to_the_dialplan():
    circle = flow(
        "a: {menu: which, keys: {1: b}, error: b}\n"
        "b: {menu: which, keys: {1: a}, error: a}"
    )
    silent = site_for(circle, missing=("test/en/which.wav",))
    engine = Engine(Offered("4c1b-9"), circle, silent, START)
    said = engine.begin()
    assert said[-1] == Close()
    circles = [c.text for c in said if isinstance(c, Alarm) and "circles" in c.text]
    assert len(circles) == 1
    assert len(said) > MOST_STEPS


def test_a_call_that_was_with_an_agent_is_hung_up_not_handed_back():
    back = flow(
        "q: {queue: support, answered: bye}\nbye: {announce: welcome}",
    )
    silent = site_for(back, missing=("test/en/welcome.wav",))
    with Playbook(back, site=silent) as call:
        call.skips()
        call.when(Executed(mark(3), variables=Told({"cc_cause": "answered"})))
        call.when(Parked())
        call.expects(
            Alarm("prompt welcome has no audio: run eslflow prompts build"), Hangup()
        )


def test_a_fault_of_ours_completes_the_rows():
    engine = Engine(Offered("4c1b-9"), ASK, site_for(ASK), START)
    engine.begin()
    rows = [r for c in engine.fail(START + 5) if isinstance(c, Keep) for r in c.rows]
    assert [type(row) for row in rows] == [Choice, CallEnded]
    assert rows[-1].ending == "failed"
    assert engine.is_over
    assert engine.handle(HungUp(), START + 6) == []


def test_a_refused_application_is_told_to_the_step():
    with Playbook(ANNOUNCE) as call:
        call.skips()
        call.when(Replied(2, False, "-ERR no"))
        call.expects(Alarm(f"prompt welcome was not played: {WELCOME}"), Close())


def test_a_hangup_step_hangs_up_with_its_cause_and_waits():
    busy = flow("busy: {hangup: USER_BUSY}")
    with Playbook(busy) as call:
        call.expects(Hangup(HangupCause.USER_BUSY))
        call.when(TimedOut(1))
        call.when(HungUp("USER_BUSY"))
    (row,) = call.rows(CallEnded)
    assert (row.ending, row.cause) == ("finished", "USER_BUSY")


@pytest.mark.parametrize("event", [Executed("x"), Parked(), Kept(False, "full")])
def test_nothing_moves_a_call_that_is_over(event):
    with Playbook(ANNOUNCE) as call:
        call.skips()
        call.when(Disconnected())
        call.when(event)
    assert call.engine.is_over
    assert Api(ApiCommand.STATUS) not in call.skips()


RECORDED = flow(
    "a: {announce: welcome, record: on}",
    "flow: test\npurposes: {duty: {basis: contract}}\nprompts: {welcome: Hi.}\n",
)

RECORDED_AND_ON = flow(
    "a: {announce: welcome, record: on}\nb: {announce: welcome}",
    "flow: test\npurposes: {duty: {basis: contract}}\nprompts: {welcome: Hi.}\n",
)


@pytest.mark.parametrize(
    ("ends", "state"), [([RecordStopped], "stopped"), ([], "lost")]
)
def test_a_recordings_end_is_kept_whether_it_is_seen_or_not(ends, state):
    with Playbook(RECORDED) as call:
        path = call.skips()[-1].arg.split()[2]
        call.when(RecordStarted(path))
        call.when(Replied(2, True, "+OK"))
        call.skips()
        call.when(HungUp("NORMAL_CLEARING"))
        for end in ends:
            call.when(end(path, 1000))
        call.when(Disconnected())
    (ended,) = call.rows(RecordingEnded)
    assert ended.state == state


def test_it_is_told_when_sound_gets_into_a_file_and_when_no_more_does():
    talk = flow("q: {queue: q, record: on, from: answer}", KEYS)
    with Playbook(talk) as call:
        start = call.skips()[-1]
        path = start.arg.split(" ")[2]
        call.when(RecordStarted(path))
        call.answers(start)
        call.skips()
        assert not [line for line in call.told if line.startswith("the recording")]
        for event in (Bridged("b-1", "1001"), Unbridged(), Bridged("b-2", "1002")):
            call.when(event)
            call.skips()
        call.engine.foresee(HungUp("NORMAL_CLEARING"))
        for event in (Unbridged(), HungUp("NORMAL_CLEARING"), RecordStopped(path, 1)):
            call.when(event)
            call.skips()
    heard = [line for line in call.told if line.startswith("the recording")]
    told = ("runs", "pauses", "runs", "has ended")
    assert heard == [f"the recording {how}" for how in told]


def test_nobody_stops_the_recording_of_a_caller_who_is_gone():
    with Playbook(RECORDED_AND_ON) as call:
        path = call.skips()[-1].arg.split()[2]
        call.when(RecordStarted(path))
        call.when(Replied(2, True, "+OK"))
        call.skips()
        call.engine.foresee(HungUp("NORMAL_CLEARING"))
        call.done(Execute(App.PLAYBACK, WELCOME))
        call.when(RecordStopped(path, 1000))
        call.when(HungUp("NORMAL_CLEARING"))
    start, stop = call.rows(RecordingAction)
    assert start.action is RecordAction.START
    assert (stop.action, stop.reason, stop.verified) == ("stop", "hangup", True)


KEYS = """\
flow: test
purposes:
  duty: {basis: legal_obligation}
recording: {agent_keys: {1: mask, 2: unmask}}
"""


def talks(call):
    """Record from the start, and let an agent answer."""
    start = call.skips()[-1]
    call.when(RecordStarted(start.arg.split(" ")[2]))
    call.answers(start)
    call.done(call.skips()[-1], cc_cause="answered")
    call.when(Bridged("b-1", "1001"))
    call.skips()


def test_an_agents_key_masks_and_the_record_says_whose():
    with Playbook(flow("q: {queue: support, record: on}", KEYS)) as call:
        talks(call)
        assert call.engine.live.agent == "1001"
        call.when(KeyPressed("mask"))
        (mask,) = call.skips()
        assert " mask " in mask.arg
        call.answers(mask)
        assert call.skips()[-1].ticket == 0
        call.when(KeyPressed("something else"))
        call.expects()
        call.when(Parked())
        call.skips()
        assert call.engine.live.agent == ""
    assert call.rows(RecordingAction)[1].reason == "agent"
    assert "agent 1001 asks for a mask" in call.told


def test_a_wish_for_a_call_that_is_over_is_answered():
    with Playbook(ANNOUNCE) as call:
        call.skips()
        call.when(Disconnected())
        call.when(Wished(9, Wish(Want.MASKED, "page")))
        (answer,) = call.skips()
    assert (answer.ticket, answer.answered.why) == (9, "the call is over")


def test_a_wish_is_answered_where_nothing_is_recorded_too():
    with Playbook(ANNOUNCE) as call:
        call.skips()
        call.when(Wished(3, Wish(Want.MASKED, "page")))
        (answer,) = call.skips()
    assert (answer.ticket, answer.answered.recording) == (3, "off")
    assert answer.answered.is_done


def test_what_nobody_waits_for_does_not_hold_up_a_call_that_fails():
    with Playbook(flow("q: {queue: support, record: on}", KEYS)) as call:
        call.skips()
        assert call.engine.fail(call.now)
        assert call.engine.is_over


def test_an_adopted_call_waits_for_its_end_and_is_watched():
    on = flow("q: {queue: support, record: on}", KEYS)
    engine = Engine(Offered("4c1b-9", is_answered=True), on, site_for(on), START)
    recorder = engine.live.recorder
    recorder.segment = Segment("4c1b-9-1", "/r/4c1b-9-1.wav", started_at=START)
    recorder.state, recorder.wanted = Recording.ON, Record.ON
    first = engine.adopt(engine.live)
    assert [c.command for c in first if isinstance(c, Api)] == [ApiCommand.SCHED_API]
    asked = engine.handle(Wished(1, Wish(Want.MASKED, "page")), START)
    assert any(" mask " in c.arg for c in asked if isinstance(c, Api))
    engine.handle(HungUp("NORMAL_CLEARING"), START + 1)
    said = engine.handle(Disconnected(), START + 2)
    assert engine.is_over
    assert [row.state for c in said if isinstance(c, Keep) for row in c.rows] == [
        "lost"
    ]


def test_whoever_watches_is_told_of_each_step_and_how_it_ended():
    told = []
    site = replace(site_for(ANNOUNCE), visited=lambda *words: told.append(words))
    with Playbook(ANNOUNCE, site=site) as call:
        call.expects(Execute(App.ANSWER, waits=False), Execute(App.PLAYBACK, WELCOME))
        assert told == [("4c1b-9", "hello", "")]
        call.when(Executed(mark(2)))
        call.expects(Hangup())
    assert told[1:] == [("4c1b-9", "hello", "done")]


HELP = flow(
    """
    hello: {announce: welcome}
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
    call: {ring: {gateway: p, number: called}, answered: talk}
    talk: {connect: callee, record: on, from: answer}
    """
)


@pytest.mark.parametrize("answers", [True, False])
def test_an_emergency_call_is_put_through_before_anything_else(answers):
    with Playbook(HELP, Offered("4c1b-9", called="112")) as call:
        variables, bridge = call.skips()
        assert variables.command is ApiCommand.UUID_SETVAR_MULTI
        assert bridge.app is App.BRIDGE
        assert bridge.arg.endswith("}sofia/gateway/p/112")
        assert call.engine.live.recorder.is_forbidden
        if answers:
            call.when(Bridged("b-1", "112"))
            call.skips()
            call.when(Parked())
            call.expects(Hangup())
        else:
            # Busy or not: the dialplan may have another way.
            told = Told({"originate_disposition": "USER_BUSY"})
            call.when(Executed(mark(2), variables=told))
            assert call.skips()[-1] == Close()


@pytest.mark.parametrize("called", ["1120", "0112", "support"])
def test_what_is_no_emergency_number_goes_through_the_flow(called):
    with Playbook(HELP, Offered("4c1b-9", called=called)) as call:
        assert call.skips()[-1] == Execute(App.PLAYBACK, WELCOME)


def test_who_was_called_is_not_forgotten_while_another_leg_comes_and_goes():
    ring = flow("call: {ring: {user: 1001}}\nhi: {announce: welcome}")
    with Playbook(ring) as call:
        leg = call.skips()[-1].leg
        live = call.engine.live
        for event in (Bridged("b-9"), LegEnded("b-9")):
            call.when(event)
            call.skips()
            assert live.callee == leg
        call.when(Bridged(leg))
        call.skips()
        assert live.callee == ""
        live.callee = leg
        call.when(LegEnded(leg))
        call.skips()
        assert live.callee == ""


def test_a_flow_that_calls_nobody_outside_knows_no_emergency():
    with Playbook(ANNOUNCE, Offered("4c1b-9", called="112")) as call:
        assert call.skips()[-1] == Execute(App.PLAYBACK, WELCOME)


MUST = flow("talk: {queue: support, record: on}", DEMANDED)


def ends_refused(call):
    """Let the words be played; the call ends then."""
    assert SORRY in call.skips()
    call.done(SORRY)
    call.expects(Hangup(CAUSE))
    call.when(HungUp(str(CAUSE)))
    (row,) = call.rows(CallEnded)
    assert row.ending == "refused"


def test_what_must_be_recorded_and_cannot_be_reaches_nobody():
    with Playbook(MUST) as call:
        call.skips()
        call.when(Kept(False, "disk full"))
        ends_refused(call)
    assert QUEUE not in call.said


def test_what_must_be_recorded_ends_when_it_is_no_more():
    with Playbook(MUST) as call:
        talking(call)
        breaks(call)
        call.when(Parked())
        ends_refused(call)


def test_what_must_be_recorded_is_not_handed_back_to_the_dialplan():
    with Playbook(MUST) as call:
        waiting(call)
        call.done(QUEUE)
        stop = [c for c in call.said if " stop " in c.arg][-1]
        call.skips()
        call.answers(stop)
        call.when(RecordStopped(call.engine.live.recorder.segment.path, 1000, ""))
        ends_refused(call)
    assert Close() not in call.said


BARRED = """\
flow: test
purposes: {duty: {basis: legal_obligation}}
prompts: {welcome: Welcome.}
recording: {never_record: [1999]}
"""
QUIET = flow("talk: {queue: support, record: on}", BARRED)


def test_who_calls_and_is_never_recorded_is_noted_as_such():
    with Playbook(QUIET, Offered("4c1b-9", caller="1999")) as call:
        call.skips()
        assert call.engine.live.recorder.is_forbidden
    assert [row.reason for row in call.rows(Choice)] == ["never_recorded"]


def test_a_hold_by_the_agent_is_taken_in_where_somebody_is_never_recorded():
    for found, is_held in ((QUIET, True), (MUST, False)):
        with Playbook(found) as call:
            call.skips()
            for is_callers, held in ((True, False), (False, is_held)):
                call.when(Held(True, is_callers))
                assert call.engine.live.screen.is_held is held
            call.when(Unbridged())
            assert not call.engine.live.screen.is_held
            call.skips()


def test_a_private_emergency_call_is_put_through_without_its_prefix():
    out = flow(
        'hush: {private: prefix, prefix: "*67"}\n'
        "out: {dial: {gateway: g, number: called}}",
        BARRED.replace("1999", "112"),
    )
    for called in ("*67112", "112"):
        with Playbook(out, Offered("4c1b-9", called=called)) as call:
            assert call.skips()[-1].arg.endswith("sofia/gateway/g/112")
        assert call.rows(Choice) == []


def test_rows_become_durable_in_the_order_in_which_they_were_kept():
    with Playbook(spoken()) as call:
        meets(call)
        yes, no = KeyPressed("granted"), KeyPressed("withdraw", is_callers=True)
        for key in (yes, no, yes):
            call.when(key)
            call.skips()
        consents = call.engine.live.consents
        for _ in range(2):
            call.when(Kept(True))
            call.skips()
            assert consents.permitting() == ()
        call.when(Kept(True))
        assert consents.permitting() == ("training",)
        call.skips()
