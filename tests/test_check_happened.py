"""What differs between what was expected and what happened."""

import pytest

from eslflow.call.records import Choice, State
from eslflow.check.happened import (
    Difference,
    Happened,
    became,
    compare,
    follows,
    why_not,
)
from eslflow.check.scenario import Expected, Scenario

CALL = Happened(
    choices={"training": "granted"},
    files=2,
    unrecorded=("outside",),
    purposes=("training", "training proof"),
    heard=("talk",),
    masked=("pay",),
    reached=("support@default", "support", "talk"),
    path=("ask", "pay", "talk"),
    ending="hung_up",
    alarms=("recording did not start: -ERR no",),
)


def differences(what, want, happened=CALL, **scenario):
    expected = Scenario("a", "a.yaml", 3, (Expected(what, want, 7),), **scenario)
    return compare(expected, happened)


@pytest.mark.parametrize(
    ("what", "want"),
    [
        ("choice training", "granted"),
        ("choice quality", "not_asked"),
        ("recorded", True),
        ("recorded", 2),
        ("purposes", ("training", "training proof")),
        ("unrecorded", ("outside",)),
        ("heard", ("talk",)),
        ("masked", ("pay",)),
        ("reaches", "support@default"),
        ("reaches", "support"),
        ("reaches", "talk"),
        ("path", ("ask", "...")),
        ("ends", "hung_up"),
        ("alarms", ("did not start",)),
    ],
)
def test_what_came_as_expected_is_no_difference(what, want):
    assert differences(what, want) == []


@pytest.mark.parametrize(
    ("what", "want", "expected", "happened"),
    [
        ("choice training", "refused", "refused", "granted"),
        ("recorded", False, "false", "true"),
        ("recorded", 1, "1", "2"),
        ("purposes", (), "[]", "[training, training proof]"),
        ("unrecorded", (), "[]", "[outside]"),
        ("heard", (), "[]", "[talk]"),
        ("masked", ("pay", "talk"), "[pay, talk]", "[pay]"),
        ("reaches", "nobody", "nobody", "support@default"),
        ("path", ("ask", "talk"), "[ask, talk]", "[ask, pay, talk]"),
        ("ends", "finished", "finished", "hung_up"),
        ("alarms", ("mask",), "[mask]", "[recording did not start: -ERR no]"),
        ("alarms", (), "[]", "[recording did not start: -ERR no]"),
    ],
)
def test_a_difference_shows_both_sides_and_the_line(what, want, expected, happened):
    assert differences(what, want) == [Difference(what, expected, happened, 7)]


def test_a_call_that_reached_nobody_says_so():
    assert differences("reaches", "nobody", Happened()) == []
    (found,) = differences("reaches", "talk", Happened())
    assert found.happened == "nobody"


def test_a_key_that_nobody_asked_for_is_a_difference():
    (found,) = differences("recorded", True, Happened(files=1, unpressed=("2",)))
    assert found == Difference("press", "2", "no question came for it", 3)


def test_a_caller_must_have_hung_up_where_it_is_said():
    assert differences("recorded", True, hang_up_at="talk") == []
    (found,) = differences("recorded", True, hang_up_at="ask")
    assert (found.what, found.happened) == ("hang_up_at", "the call ended at talk")
    (found,) = differences("recorded", False, Happened(), hang_up_at="ask")
    assert found.happened == "no call"


@pytest.mark.parametrize(
    ("want", "is_so"),
    [
        ("a b c", True),
        ("a b", False),
        ("b c", False),
        ("...", True),
        ("a ...", True),
        ("... c", True),
        ("a ... c", True),
        ("a b c ...", True),
        ("... a b c", True),
        ("a ... b ... c", True),
        ("... ... c", True),
        ("a ... d", False),
        ("a c ...", False),
        ("", False),
    ],
)
def test_a_path_may_leave_steps_out(want, is_so):
    assert follows(("a", "b", "c"), tuple(want.split())) is is_so


def test_a_path_may_come_to_a_step_again():
    assert follows(("a", "b", "a", "c"), ("...", "a", "c"))
    assert follows((), ("...",))
    assert follows((), ())


def test_of_each_who_was_asked_there_is_a_last_word():
    row = Choice("u", 1, State.GRANTED, "p", "consent", 0, "f", "", "s", "")
    other = row._replace(state=State.REFUSED, party="callee")
    told = {"p": "refused", "p caller": "granted", "p callee": "refused"}
    assert became([row._replace(state=State.REQUESTED), row, other]) == told


def test_why_it_is_not_recorded_is_told_in_order():
    row = Choice("u", 1, State.NOT_ASKED, "p", "consent", 0, "f", "", "s", "")
    notes = [row._replace(purpose="", reason=why) for why in ("outside", "private")]
    assert why_not([row, *notes]) == ("outside", "private")


def test_what_came_again_and_again_is_told_once():
    happened = Happened(alarms=("off", "round", "off"), path=("a", "b") * 500)
    scenario = Scenario(
        "x", "x.yaml", 1, (Expected("alarms", (), 2), Expected("path", ("a",), 3))
    )
    alarms, path = compare(scenario, happened)
    assert alarms.happened == "[off (2 times), round]"
    assert path.happened.endswith(", a, and 977 more]")
    assert path.happened.count(",") == 23
