"""Whose the legs are that callers talk with."""

import pytest
from gevent.event import Event

from eslflow.errors import CommandRefused, LinkLost
from eslflow.switch import whose as module
from eslflow.switch.link import Link
from eslflow.switch.whose import Whose

AGENT = {"cc_agent": "1001@default", "direction": "outbound"}
USER = {"dialed_user": "1002", "direction": "outbound"}
LEGS = {
    "b-1": AGENT,
    "b-2": USER,
    "b-3": {**AGENT, **USER},
    "b-4": {"direction": "outbound"},
    "a-9": {"cc_agent": "1001@default", "direction": "inbound"},
}


class Told(Link):
    """A link to a switch that has these legs."""

    def __init__(self):
        self.asked = []
        self.is_down = self.is_slow = False

    def api(self, command, arg=""):
        self.asked.append(arg)
        if self.is_down:
            raise LinkLost("down")
        if self.is_slow:
            Event().wait()
        leg, variable = arg.split(" ")
        if leg not in LEGS:
            raise CommandRefused(arg, "-ERR No such channel!")
        return LEGS[leg].get(variable, "_undef_")


@pytest.fixture
def link():
    return Told()


@pytest.mark.parametrize(
    ("leg", "name"),
    [
        ("b-1", "1001"),
        ("b-2", "1002"),
        ("b-3", "1001"),
        ("b-4", ""),
        ("a-9", ""),
        ("gone", ""),
    ],
)
def test_a_leg_is_its_agents_or_its_users(link, leg, name):
    assert Whose(link)([leg]) == {leg: name}


def test_each_leg_is_asked_once_and_forgotten_some_day(link, monkeypatch):
    whose = Whose(link)
    for _ in range(2):
        assert whose(["b-1", "b-4"]) == {"b-1": "1001", "b-4": ""}
    assert len(link.asked) == 5
    monkeypatch.setattr(module, "MOST", 1)
    assert whose(["b-4"]) == {"b-4": ""}
    assert len(link.asked) == 7


def test_a_link_that_is_down_names_nobody_and_is_asked_again(link):
    whose = Whose(link)
    link.is_down = True
    assert whose(["b-1", "b-2"]) == {}
    link.is_down = False
    assert whose(["b-1"]) == {"b-1": "1001"}
    assert Whose(Link())(["b-1"]) == {}


def test_a_switch_that_is_slow_holds_nobody_up(link):
    link.is_slow = True
    whose = Whose(link)
    assert whose(["b-1"]) == {}
    link.is_slow = False
    assert whose(["b-1"]) == {"b-1": "1001"}
