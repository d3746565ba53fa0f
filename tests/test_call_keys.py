"""Keys of agent and caller: how they are bound, and what they set off."""

from dataclasses import replace

import pytest

from eslflow.call import keys
from eslflow.call.commands import Execute
from eslflow.call.events import KeyPressed, Offered
from eslflow.call.live import Live, Site
from eslflow.flow.model import AgentKey, CalleeKey, CallerKey, RecordingRules
from eslflow.wire.terms import App
from tests.playbook import Playbook
from tests.steps_of import flow
from tests.talking import HEAD, talks

EVENT = "event::Event-Name=CUSTOM,Event-Subclass=eslflow::control,eslflow-action="


def bound(key, listen, action):
    return Execute(App.BIND_META_APP, f"{key} {listen} s {EVENT}{action}", waits=False)


def binds(command):
    return isinstance(command, Execute) and command.app is App.BIND_META_APP


def test_in_a_queue_both_have_their_keys_and_each_only_ones_own():
    with Playbook(talks()) as call:
        assert [command for command in call.skips() if binds(command)] == [
            bound(1, "b", "granted"),
            bound(2, "b", "refused"),
            bound(3, "b", "mask"),
            bound(0, "a", "withdraw"),
        ]


def test_whom_a_flow_calls_is_no_agent_and_has_no_keys():
    with Playbook(
        talks("talk: {dial: {user: 1001}, record: on, from: answer}")
    ) as call:
        said = [command for command in call.skips() if binds(command)]
        assert said == [bound(0, "a", "withdraw")]


@pytest.mark.parametrize(
    "event",
    [
        KeyPressed("withdraw"),
        KeyPressed("mask", is_callers=True),
        KeyPressed("granted", is_callers=True),
        KeyPressed("something", is_callers=True),
        KeyPressed("something"),
    ],
)
def test_a_key_of_the_other_does_nothing(event):
    live = Live(Offered("u-1"), talks(), Site("/r"), 7)
    assert keys.pressed(live, event) is None


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (KeyPressed("refused"), "key: refused"),
        (KeyPressed("mask"), "agent asks for a mask"),
        (KeyPressed("withdraw", is_callers=True), ""),
    ],
)
def test_each_sets_off_what_it_is_bound_to(event, told):
    with Playbook(talks()) as call:
        call.skips()
        call.when(event)
        call.skips()
        assert [text for text in call.told if text.startswith(("key", "agent"))] == [
            told
        ][: bool(told)]
    assert keys.pressed(call.engine.live, event) is not None


def test_an_answer_that_no_flow_asks_for_does_nothing():
    head = HEAD[: HEAD.index("recording:\n")] + "recording: {agent_keys: {1: mask}}\n"
    live = Live(Offered("u-1"), flow("a: {announce: welcome}", head), Site("/r"), 7)
    assert keys.pressed(live, KeyPressed("granted")) is None
    assert keys.pressed(live, KeyPressed("withdraw", is_callers=True)) is None
    assert keys.pressed(live, KeyPressed("mask")) is not None


@pytest.mark.parametrize(
    ("event", "known"),
    [
        (KeyPressed("private"), True),
        (KeyPressed("private", is_callers=True), False),
        (KeyPressed("withdraw", is_callers=True), False),
    ],
)
def test_who_may_make_a_call_private_the_flow_says(event, known):
    head = HEAD[: HEAD.index("recording:\n")]
    head += "recording: {agent_keys: {7: private}, before_private: keep}\n"
    live = Live(Offered("u-1"), flow("a: {announce: welcome}", head), Site("/r"), 7)
    assert (keys.pressed(live, event) is not None) is known


def test_an_agent_without_the_key_makes_no_call_private():
    live = Live(Offered("u-1"), talks(), Site("/r"), 7)
    assert keys.pressed(live, KeyPressed("private")) is None


@pytest.mark.parametrize(
    ("other", "listens"),
    [
        (keys.Other.AGENT, ["1 b", "0 a"]),
        (keys.Other.CALLEE, ["5 b", "0 a"]),
        (keys.Other.NOBODY, ["0 a"]),
    ],
)
def test_who_is_there_decides_which_keys_are_bound(other, listens):
    made = replace(
        talks(),
        recording=RecordingRules(
            agent_keys={"1": AgentKey.MASK},
            callee_keys={"5": CalleeKey.WITHDRAW},
            caller_keys={"0": CallerKey.WITHDRAW},
        ),
    )
    live = Live(Offered("u-1"), made, Site("/r"), 7)
    assert [command.arg[:3] for command in keys.bind(live, other)] == listens


def test_a_called_partys_key_does_what_the_flow_says():
    made = replace(
        talks(), recording=RecordingRules(callee_keys={"5": CalleeKey.WITHDRAW})
    )
    live = Live(Offered("u-1"), made, Site("/r"), 7)
    assert keys.pressed(live, KeyPressed("withdraw")) is not None
