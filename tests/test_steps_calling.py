"""What steps that call somebody have in common."""

import pytest

from eslflow.call.commands import Api, Close, Execute, Hangup, mark
from eslflow.call.events import Bridged, Executed, Offered, Parked, Replied, Told
from eslflow.errors import FlowErrors
from eslflow.steps.calling import destination, ending_of
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import Playbook
from tests.steps_of import flow

DIAL = flow("call: {dial: {gateway: p, number: called}, shows: +4930, timeout: 20s}")
ASK = (
    "ask: {consent: {notice: recording, purpose: training}, "
    "keys: {1: granted, 2: refused}}"
)
PREPARE = Api(
    ApiCommand.UUID_SETVAR_MULTI,
    "4c1b-9 socket_resume=false;park_after_bridge=true;park_timeout=60;"
    "continue_on_fail=true;hangup_after_bridge=false",
    waits=False,
)
RESUME = Api(ApiCommand.UUID_SETVAR, "4c1b-9 socket_resume true", waits=False)
BRIDGE = Execute(
    App.BRIDGE,
    "{originate_timeout=20,origination_caller_id_number=+4930,"
    "origination_caller_id_name=+4930}sofia/gateway/p/0301234",
    sooner=(Bridged,),
)


def dialled(steps=DIAL, called="0301234"):
    return Playbook(steps, Offered("4c1b-9", called=called))


def ended(cause):
    return Executed(mark(2), variables=Told({"originate_disposition": cause}))


def test_the_switch_calls_and_joins_the_two_by_itself():
    with dialled() as call:
        call.expects(PREPARE, BRIDGE)
        assert not call.engine.live.was_bridged
        call.when(Bridged("b-1", "0301234"))
        live = call.engine.live
        assert (live.was_bridged, live.is_answered, live.leg) == (True, True, "b-1")
        call.skips()
        call.when(Executed(mark(2)))
        call.when(Parked())
        call.expects(Hangup())


CAUSES = {
    "USER_BUSY": "busy",
    "user_busy": "busy",
    "NO_ANSWER": "no_answer",
    "NO_USER_RESPONSE": "no_answer",
    "SUBSCRIBER_ABSENT": "no_answer",
    "CALL_REJECTED": "refused",
    "NORMAL_CIRCUIT_CONGESTION": "full",
    "UNALLOCATED_NUMBER": "invalid",
    "DESTINATION_OUT_OF_ORDER": "failed",
    "SUCCESS": "answered",
    "": "failed",
}


@pytest.mark.parametrize(("cause", "ending"), CAUSES.items())
def test_a_hangup_cause_is_an_ending(cause, ending):
    assert ending_of(cause) == ending


@pytest.mark.parametrize(
    ("cause", "then"), [("USER_BUSY", Hangup()), ("SWITCH_CONGESTION", Close())]
)
def test_who_does_not_answer_is_told_and_the_caller_is_ours_again(cause, then):
    with dialled() as call:
        call.skips()
        call.when(ended(cause))
        call.expects(RESUME, then)
    ending = ending_of(cause)
    assert f"sofia/gateway/p/0301234: {ending} ({cause})" in call.told


def test_a_switch_that_refuses_is_an_error():
    with dialled() as call:
        call.skips()
        call.when(Replied(2, False, "-ERR no"))
        call.expects(RESUME, Close())


def test_what_is_no_number_is_not_called():
    with dialled(called="x${y}") as call:
        call.expects(Hangup())


def test_a_recording_waits_for_the_answer():
    with pytest.raises(FlowErrors, match="while it rings"):
        flow(f"{ASK}\ncall: {{dial: {{user: 1}}, record: on}}")
    steps = flow(f"{ASK}\ncall: {{dial: {{user: 1}}, record: on, from: answer}}")
    live = dialled(DIAL).engine.live
    prepare, *_ = list(steps.steps["call"].at_once(live))[:1]
    assert prepare.arg.endswith(";ringback=%(1000,4000,425)")


def test_a_leg_of_its_own_is_told_who_calls_and_another_knows_by_itself():
    step = flow("call: {dial: {user: 1001}}").steps["call"]
    live = dialled(flow("call: {dial: {user: 1001}}")).engine.live
    assert step._their(live, is_own=False) == "originate_timeout=45"
    assert "caller_id_number=+4930123," not in step._their(live, is_own=True)
    caller = Offered("4c1b-9", caller="1001", called="1")
    live = Playbook(flow("call: {dial: {user: 1001}}"), caller).engine.live
    assert "caller_id_number=1001," in step._their(live, is_own=True)


def test_it_knows_whether_it_calls_whatever_was_dialled():
    assert DIAL.steps["call"].dials_called
    assert not flow("call: {dial: {user: called}}").steps["call"].dials_called


def test_who_is_called_is_an_option_of_the_name_of_its_kind():
    declared = destination("Who is called.", key="dial").metadata["option"]
    assert (declared.key, declared.help) == ("dial", "Who is called.")
