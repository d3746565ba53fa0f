"""`transfer`: hand the caller to an extension of the dialplan, for good.

| option | takes | default |
|---|---|---|
| transfer | {to: ..., context: ...} | |
"""

import pytest

from eslflow.call.commands import Api, Close, Execute
from eslflow.call.events import HungUp
from eslflow.call.records import CallEnded
from eslflow.errors import FlowErrors
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import Playbook
from tests.steps_of import flow

STEPS = flow("away: {transfer: {to: 1000, context: default}}")
ANSWER = Execute(App.ANSWER, waits=False)
STAY = Api(ApiCommand.UUID_SETVAR, "4c1b-9 socket_resume false", waits=False)
RESUME = Api(ApiCommand.UUID_SETVAR, "4c1b-9 socket_resume true", waits=False)
AWAY = Api(ApiCommand.UUID_TRANSFER, "4c1b-9 1000 XML default", timeout_s=5.0)


def test_the_dialplan_has_the_call_until_the_caller_hangs_up():
    with Playbook(STEPS) as call:
        call.expects(ANSWER, STAY, AWAY)
        call.answers(AWAY, "+OK")
        call.passes(60.0)
        call.when(HungUp("NORMAL_CLEARING"))
    (ended,) = call.rows(CallEnded)
    assert ended.ending == "transferred"


@pytest.mark.parametrize("answers", [True, False])
def test_a_switch_that_does_not_is_an_error(answers):
    with Playbook(STEPS) as call:
        call.skips()
        if answers:
            call.answers(AWAY, "-ERR No such channel!")
        else:
            call.passes(5.0)
        call.expects(RESUME, Close())
    assert call.engine.live.leaving == "handed_back"


@pytest.mark.parametrize(
    "where",
    ["{to: '1000 XML'}", "{to: '${x}', context: d}", "{to: 1, context: 'a b'}", "1000"],
)
def test_only_plain_words_of_the_file_name_where_it_goes(where):
    with pytest.raises(FlowErrors):
        flow(f"away: {{transfer: {where}}}")


def test_a_recording_goes_on_only_if_it_runs():
    head = """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
    away: {transfer: {to: 1, context: d}, record: on%s}
    """
    flow(head % "")
    with pytest.raises(FlowErrors, match="none that the switch tells us of"):
        flow(head % ", from: answer")
