"""What people do in a call that is tried."""

from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from eslflow.cli.besides import Besides, besides
from eslflow.sim.acts import TALK_S
from eslflow.sim.script import Script
from eslflow.site import load_flows

FLOWS = Path(__file__).parent.parent / "flows"


def flow_of(name):
    (found,) = load_flows([FLOWS / f"{name}.yaml"]).values()
    return found


PRIVATE = flow_of("private")


def left(people):
    return list(people.unheeded([]))


class Line:
    """A channel whose legs note what is pressed on them."""

    def __init__(self, is_bridged=True):
        self.state = SimpleNamespace(is_bridged=is_bridged)
        self.due = []
        self.caller = SimpleNamespace(channel=self, is_up=False)
        self.agent = SimpleNamespace(channel=self, is_up=False)

    def later(self, seconds, action):
        self.due.append(seconds)
        action()


def test_words_stand_for_the_keys_that_the_flow_has_for_them():
    people = Besides(PRIVATE, agent="private, *0,hold", in_talk="private")
    script = people.added_to(Script(does={"bridged +1": "other"}))
    # The keypad's, and the channel of whoever waits.
    assert script.does.pop("bridged +1") == "other"
    assert script.does.pop("offered") is people
    assert list(script.does) == [f"bridged +{place}" for place in (3, 6, 9, 12)]
    done = [each.deed for each in script.does.values()]
    assert [getattr(deed, "keys", "") for deed in done] == ["*7", "*0", "", "*7"]
    assert [deed.who for deed in done] == ["agent", "agent", "agent", "caller"]
    assert script.talk_s == TALK_S + 12


def test_what_nothing_came_for_is_told():
    people = Besides(PRIVATE, agent="private,*0", in_queue="*7")
    script = people.added_to(Script())
    assert left(people) == [
        "No talk or queue came for: --agent private, --agent *0, --in-queue *7"
    ]
    script.does["bridged +3"].do(Line())
    # Once more, as of somebody who waits twice.
    script.does["bridged +3"].do(Line())
    script.does["bridged +6"].do(Line(is_bridged=False))
    assert left(people) == [
        "No talk or queue came for: --in-queue *7",
        "The talk was over before: --agent *0",
    ]


def test_who_stops_with_the_key_of_who_withdraws_withdraws_nothing():
    for word, told in (
        ("stop", []),
        ("withdraw", ["There was nothing to withdraw for: --agent withdraw"]),
    ):
        people = Besides(flow_of("two-party"), agent=word)
        people.added_to(Script()).does["bridged +3"].do(Line())
        assert left(people) == told


def test_keys_are_pressed_where_the_caller_begins_to_wait():
    people, told = Besides(PRIVATE, in_queue="private,*1"), []
    comes_to = people.watching(lambda *words: told.append(words))
    comes_to("u", "talk", "")
    line = Line(is_bridged=False)
    people.do(line)
    comes_to("u", "ask", "")
    comes_to("u", "talk", "answered")
    assert line.due == []
    comes_to("u", "talk", "")
    assert line.due[:2] == [0.5, 0]
    assert left(people) == [
        "The flow has no such key, so nothing came of: --in-queue *1"
    ]
    assert len(told) == 4


@pytest.mark.parametrize(
    ("flow", "given", "told"),
    [
        ("private", {"agent": "privat"}, "'privat' here. Did you mean 'private'?"),
        ("private", {"in_talk": "hold"}, "Takes: private, keys such as *0."),
        ("opening", {"in_queue": "x"}, "Takes: keys such as *0."),
        ("opening", {"agent": "x"}, "Takes: hold, unhold, pass_on, pass_outside, hang"),
    ],
)
def test_what_nobody_can_do_is_told_with_what_they_can(flow, given, told):
    with pytest.raises(click.BadParameter) as caught:
        Besides(flow_of(flow), **given)
    assert told in caught.value.message
    (name,) = given
    assert caught.value.param_hint == f"'--{name.replace('_', '-')}'"


def test_the_options_are_the_same_words_as_those_of_scenarios():
    @click.command
    @besides
    def command(**_):
        pass

    assert [option.name for option in command.params] == [
        "agent",
        "in_talk",
        "in_queue",
    ]
