"""`queue`: wait in a queue until an agent answers, and talk.

| option | takes | default |
|---|---|---|
| queue | a queue's name on the switch | |
| type | callcenter or fifo | callcenter |
"""

import pytest

from eslflow.call.commands import Api, Close, Execute, Hangup, mark
from eslflow.call.ending import ended_row
from eslflow.call.events import CallEnded, Executed, Parked, Queued, Replied, Told
from eslflow.call.recording import Recording
from eslflow.steps.queue import Queue
from eslflow.wire.terms import ApiCommand, App, EventName, Module, Subclass
from tests.playbook import SOUNDS, Playbook, site_for
from tests.steps_of import HEAD, flow

ANSWER = Execute(App.ANSWER, waits=False)
PREPARE = Api(
    ApiCommand.UUID_SETVAR_MULTI,
    "4c1b-9 socket_resume=false;park_after_bridge=true;park_timeout=60;"
    "cc_cause=;cc_cancel_reason=",
    waits=False,
)
RESUME = Api(ApiCommand.UUID_SETVAR, "4c1b-9 socket_resume true", waits=False)
WAIT = Execute(App.CALLCENTER, "support@default")
CALLCENTER = flow("q: {queue: support@default}")
FIFO = flow("q: {queue: support, type: fifo}")


def done(**variables):
    return Executed(mark(3), variables=Told(variables))


def test_a_dead_controller_must_not_cut_the_talk_so_resume_is_off_before_the_queue():
    with Playbook(CALLCENTER) as call:
        call.expects(ANSWER, PREPARE, WAIT)


def test_the_talk_goes_on_until_the_call_is_parked_again():
    with Playbook(CALLCENTER) as call:
        call.skips()
        call.when(done(cc_cause="answered"))
        call.passes(1.0)
        call.when(Queued("push"))
    assert call.engine.live.was_bridged


@pytest.mark.parametrize("kind", [CALLCENTER, FIFO])
def test_the_end_of_the_call_says_in_which_queue_it_has_waited(kind):
    with Playbook(kind) as call:
        call.skips()
        ended = ended_row(call.engine.live, CallEnded("hung_up", ""))
    assert ended.queue == kind.steps["q"].queue
    assert ended.queue.startswith("support")
    with Playbook(flow("a: {hangup: NORMAL_CLEARING}")) as call:
        call.skips()
    assert call.engine.live.queue == ""


def test_parked_after_the_talk_ends_the_flow():
    with Playbook(CALLCENTER) as call:
        call.skips()
        call.when(done(cc_cause="answered"))
        call.when(Parked())
        call.expects(Hangup())


@pytest.mark.parametrize(
    ("variables", "ending"),
    [
        ({"cc_cause": "cancel", "cc_cancel_reason": "TIMEOUT"}, "timeout"),
        ({"cc_cause": "cancel", "cc_cancel_reason": "NO_AGENT_TIMEOUT"}, "no agents"),
        ({"cc_cause": "cancel", "cc_cancel_reason": "BREAK_OUT"}, "failed"),
        ({}, "failed"),
    ],
)
def test_a_queue_that_gives_the_call_back_says_why(variables, ending):
    with Playbook(CALLCENTER) as call:
        call.skips()
        call.when(done(**variables))
        call.expects(RESUME, Close())
    assert f"queue support@default: {ending}" in call.told


def test_a_queue_the_switch_refuses_is_an_error():
    for refused in (CALLCENTER, FIFO):
        with Playbook(refused) as call:
            call.skips()
            call.when(Replied(3, False, "-ERR no"))
            call.expects(RESUME, Close())


def test_a_fifo_is_answered_when_a_consumer_takes_the_call():
    with Playbook(FIFO) as call:
        call.expects(ANSWER, PREPARE, Execute(App.FIFO, "support in"))
        call.when(done())
        call.when(Queued("push"))
        call.when(Queued("bridge-caller-start"))
        call.when(Parked())
        call.expects(Hangup())


def test_a_fifo_that_nobody_serves_has_failed():
    with Playbook(FIFO) as call:
        call.skips()
        call.when(done())
        call.passes(1.0)
        call.expects(RESUME, Close())


def test_it_hears_what_it_reads_and_no_more():
    step = FIFO.steps["q"]
    assert step.hears == {
        EventName.CHANNEL_PARK,
        EventName.CHANNEL_BRIDGE,
        EventName.CHANNEL_UNBRIDGE,
        EventName.CHANNEL_HOLD,
        EventName.CHANNEL_UNHOLD,
    }
    assert step.hears_custom == {Subclass.FIFO}
    assert CALLCENTER.steps["q"].hears_custom == frozenset()


def test_it_needs_the_module_that_holds_its_queue():
    assert FIFO.steps["q"].needs == {Module.FIFO}
    assert CALLCENTER.steps["q"].needs == {Module.CALLCENTER}


def test_its_type_reads_as_the_file_spells_it():
    assert str(FIFO.steps["q"].type) == "fifo"


def test_the_agents_keys_are_bound_before_the_agent_is_there():
    keys = f"{HEAD}recording: {{agent_keys: {{1: mask, 2: unmask, 3: stop}}}}\n"
    with Playbook(flow("q: {queue: support@default}", keys)) as call:
        answer, prepare, *bound, wait = call.skips()
    assert (answer, prepare, wait) == (ANSWER, PREPARE, WAIT)
    event = "event::Event-Name=CUSTOM,Event-Subclass=eslflow::control,eslflow-action"
    assert bound == [
        Execute(App.BIND_META_APP, f"{digit} b s {event}={action}", waits=False)
        for digit, action in ((1, "mask"), (2, "unmask"), (3, "stop"))
    ]


def told(rules, state):
    """Return what the queue is told of a call in this state, besides the usual."""
    head = f"{HEAD}recording:\n{rules}"
    with Playbook(flow("q: {queue: support@default}", head)) as call:
        call.skips()
        live = call.engine.live
        live.recorder.state = state
        (prepare,) = [
            command
            for command in Queue(name="q", queue="x").run(live)
            if getattr(command, "command", None) is ApiCommand.UUID_SETVAR_MULTI
        ]
        return prepare.arg.partition("cc_cancel_reason=")[2]


TAGS = "  agent_tag: {recorded: '[REC] ', masked: '[PAY] ', unrecorded: '[-] '}\n"
WHISPER = "  whisper: {recorded: welcome}\n"


def test_the_agents_telephone_shows_what_is_recorded():
    name = ";cc_outbound_cid_name_prefix"
    assert told(TAGS, Recording.ON) == f"{name}='[REC] '"
    assert told(TAGS, Recording.MASKED) == f"{name}='[PAY] '"
    assert told(TAGS, Recording.OFF) == f"{name}='[-] '"
    assert told(TAGS, Recording.FAILED) == f"{name}='[-] '"
    assert told("  agent_tag: {recorded: R}\n", Recording.OFF) == ""


def test_the_agent_hears_what_is_recorded():
    path = f"{SOUNDS}/test/en/welcome.wav"
    assert told(WHISPER, Recording.ON) == f";cc_outbound_announce={path}"
    assert told(WHISPER, Recording.OFF) == ""


def test_a_whisper_without_audio_is_left_out():
    head = f"{HEAD}recording:\n  whisper: {{unrecorded: which}}\n"
    quiet = flow("q: {queue: support@default}", head)
    site = site_for(quiet, missing=("test/en/which.wav",))
    with Playbook(quiet, site=site) as call:
        call.expects(ANSWER, PREPARE, WAIT)


def test_who_may_be_recorded_once_answering_is_told_so_before():
    law = HEAD.replace("consent", "contract") + f"recording:\n{TAGS}"
    law += "  never_record: [1999]\n"
    for step, tag in (("record: on", "[REC] "), ("record: off", "[-] ")):
        with Playbook(flow(f"q: {{queue: support@default, {step}}}", law)) as call:
            prepare = call.skips()[1]
            assert prepare.arg.endswith(f"cc_outbound_cid_name_prefix='{tag}'")
