"""What a script has in mind for the points of a call."""

from eslflow.sim.deeds import HangUp, Hold, Unhold
from eslflow.sim.plans import HANG_UP_S, Plans
from eslflow.sim.script import Script


def hang_up():
    return "hang up"


def drop():
    return "drop"


def test_a_point_is_met_at_its_run_only():
    plans = Plans(Script(hang_up_at="playback 2"), hang_up, drop, repr)
    first, second = (plans.runs("playback", "", "m") for _ in range(2))
    assert list(plans.of(first)) == []
    assert list(plans.of(second)) == [(HANG_UP_S, hang_up)]
    assert (first.leaves, second.leaves) == (False, True)


def test_points_that_are_no_application_are_met_at_once_or_later():
    script = Script(hang_up_at="bridged", drop_at="bridged +3", at={"bridged +1": drop})
    plans = Plans(script, hang_up, drop, repr)
    assert sorted(seconds for seconds, _ in plans.at("bridged")) == [0.0, 1.0, 3.0]
    assert list(plans.at("bridged")) == []


def test_deeds_are_done_at_their_points_several_of_them_in_order():
    done = []
    script = Script(does={"bridged": (Hold(), Unhold()), "parked": HangUp()})
    plans = Plans(script, hang_up, drop, done.append)
    for point in ("bridged", "parked"):
        for _, action in plans.at(point):
            action()
    assert done == [Hold(), Unhold(), HangUp()]
