"""What a leg's keys are bound to."""

import pytest

from eslflow.sim.keypad import Direction, Keypad

RECV, SEND = Direction.RECV, Direction.SEND


def pressed(keypad, keys, direction, step_s=0.2):
    """Return what the last key does."""
    for place, key in enumerate(keys):
        found = keypad.press(key, direction, place * step_s)
    return found


def bound(arg):
    keypad = Keypad()
    assert keypad.bind(arg)
    return keypad


def test_a_key_fires_for_the_direction_it_is_bound_to_only():
    keypad = bound("1 b s event::a=1, b=2")
    swallowed, binding = pressed(keypad, "*1", SEND)
    assert (swallowed, binding.app, binding.arg) == (True, "event", "a=1, b=2")
    assert pressed(keypad, "*1", RECV) == (False, None)


def test_both_directions_can_be_bound():
    keypad = bound("1 ab s hangup")
    assert pressed(keypad, "*1", SEND)[1].app == "hangup"
    assert pressed(keypad, "*1", RECV)[1].app == "hangup"


@pytest.mark.parametrize("keys", ["1", "**1", "*2", "*"])
def test_other_keys_set_nothing_off(keys):
    assert pressed(bound("1 b s event::x"), keys, SEND)[1] is None


def test_a_star_is_forgotten_after_five_seconds():
    assert pressed(bound("1 b s event::x"), "*1", SEND, 5.5) == (False, None)
    assert pressed(bound("1 b s event::x"), "*1", SEND, 4.5)[1] is not None


def test_a_binding_may_hold_once():
    keypad = bound("1 b s1 event::x")
    assert pressed(keypad, "*1", SEND)[1] is not None
    assert pressed(keypad, "*1", SEND)[1] is None


@pytest.mark.parametrize(
    ("flags", "recv", "send"),
    [
        ("s", False, True),
        ("o", True, False),
        ("a", False, False),
        ("b", True, True),
        ("i", False, False),
    ],
)
def test_who_runs_it_is_said_by_its_flags(flags, recv, send):
    _, binding = pressed(bound(f"1 b {flags} event::x"), "*1", SEND)
    assert binding.is_run_by_other(RECV) is recv
    assert binding.is_run_by_other(SEND) is send


def test_half_a_binding_is_none():
    assert not Keypad().bind("1 b s")
