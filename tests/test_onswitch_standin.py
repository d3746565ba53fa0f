"""Who stands in for everybody outside."""

import pytest

from eslflow.call.commands import Api, Execute, Hangup, Job
from eslflow.onswitch.standin import HARMLESS, WITHIN, StandIn
from eslflow.wire.terms import ApiCommand, App


class Stage:
    def __init__(self, cause="", queue="eslflow-test-1"):
        self.told = []
        self.put = StandIn(
            cause=cause,
            queue=lambda name: self.note("queue", name) or queue,
            asked=lambda leg: self.note("asked", leg),
            moved=lambda to: self.note("moved", to),
            cannot=lambda why: self.note("cannot", why),
        )

    def note(self, what, text):
        self.told.append((what, text))


def test_a_queue_is_one_for_tests():
    stage = Stage()
    found = stage.put(Execute(App.CALLCENTER, "support@default"))
    assert found == Execute(App.CALLCENTER, "eslflow-test-1")
    assert stage.told == [("queue", "support@default")]


def test_without_one_the_caller_is_hung_up_on():
    found = Stage(queue="").put(Execute(App.CALLCENTER, "support"))
    assert found == Execute(App.HANGUP)


@pytest.mark.parametrize(
    "address",
    [
        "sofia/gateway/provider/+4930123456",
        "sofia/gateway/provider/112",
        "user/1001@default",
        "sofia/internal/112@192.0.2.1",
        "loopback/112/default/xml",
    ],
)
def test_whoever_is_called_is_nobody_outside(address):
    stage = Stage()
    found = stage.put(Execute(App.BRIDGE, f"{{originate_timeout=45}}{address}"))
    assert found.arg == "{originate_timeout=45}null/eslflow-test"
    found = stage.put(Job(ApiCommand.ORIGINATE, f"{{a=b}}{address} &park()", "leg-1"))
    assert found.arg == "{a=b}null/eslflow-test &park()"
    assert stage.put.legs == ["leg-1"]
    assert stage.told == []


def test_who_does_not_answer_has_the_cause():
    found = Stage("USER_BUSY").put(Execute(App.BRIDGE, "{a=b}user/1001"))
    assert found.arg == "{a=b}error/USER_BUSY"
    found = Stage("NO_ANSWER").put(Job(ApiCommand.ORIGINATE, "user/1 &park()", "x"))
    assert found.arg == "{}error/NO_ANSWER &park()"


@pytest.mark.parametrize(
    "arg", ["{a=b}user/1,sofia/gateway/x/112 &bridge(y)", "{a={b}}user/1 user/2", ""]
)
def test_whom_it_cannot_read_nobody_calls(arg):
    stage = Stage()
    assert stage.put(Execute(App.BRIDGE, arg)).arg == "error/CALL_REJECTED"
    assert stage.told == [("cannot", "whom it calls cannot be read")]


def test_an_extension_is_no_place():
    stage = Stage()
    found = stage.put(Api(ApiCommand.UUID_TRANSFER, "aaaa-1 1000 XML default"))
    assert found.arg == "aaaa-1 sleep:1000,hangup inline"
    assert stage.told == [("moved", "1000")]


def test_questions_are_told_with_the_leg_that_is_asked():
    stage = Stage()
    asks = Execute(App.PLAY_AND_GET_DIGITS, "1 1 1 x", leg="bbbb-2")
    assert stage.put(asks) is asks
    assert stage.told == [("asked", "bbbb-2")]


def test_waiting_for_the_rest_of_the_keys_is_no_question():
    stage = Stage()
    stage.put(Execute(App.PLAY_AND_GET_DIGITS, "1 1 1 3000 none silence  eslflow_key"))
    assert stage.told == []


@pytest.mark.parametrize("app", sorted(set(App) - HARMLESS))
def test_no_other_application_reaches_the_switch_as_it_is(app):
    before = Execute(app, "{a=b}sofia/gateway/provider/112")
    assert Stage().put(before) != before


@pytest.mark.parametrize(
    "command", sorted(set(ApiCommand) - WITHIN - {ApiCommand.UUID_TRANSFER})
)
def test_no_other_command_reaches_the_switch(command):
    stage = Stage()
    found = stage.put(Api(command, "one two three four"))
    assert found == Api(ApiCommand.STATUS)
    assert stage.told == [("cannot", f"{command} is not played on a real switch")]


def test_only_what_is_for_the_calls_own_legs_stands_on_the_agenda():
    mask = Api(ApiCommand.SCHED_API, "+30 eslflow-u-1 uuid_record u mask /x.wav")
    assert Stage().put(mask) is mask
    stage = Stage()
    moves = Api(ApiCommand.SCHED_API, "+30 g uuid_transfer u 112 XML default")
    assert stage.put(moves).command is ApiCommand.STATUS
    assert stage.told


def test_a_queue_of_mod_fifo_is_told_not_to_be_played():
    stage = Stage()
    assert stage.put(Execute(App.FIFO, "support in")).app is App.HANGUP
    assert stage.told == [("cannot", "fifo is not played on a real switch")]


def test_what_ends_a_call_ends_it():
    assert Stage().put(Hangup()) == Hangup()
