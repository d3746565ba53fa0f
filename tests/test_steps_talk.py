"""What steps have in common in which the caller talks with somebody."""

from eslflow.call.commands import Await, Tell
from eslflow.call.events import Offered, Parked
from eslflow.call.live import Live, Site
from eslflow.steps.talk import TALKS, talk, talking
from eslflow.wire.terms import EventName
from tests.steps_of import flow


def test_a_talk_lasts_until_the_call_comes_back():
    live = Live(Offered("u"), flow("a: {announce: welcome}"), Site("/r"), 1)
    road = talk(live, "they talk", "they part")
    assert next(road) == Tell("they talk")
    assert next(road) == Await((Parked,))
    assert (live.was_bridged, live.is_answered) == (True, True)
    assert road.send(Parked()) == Tell("they part")


def test_the_talk_outlives_the_controller_and_the_caller_comes_back():
    assert talking().split(";")[:2] == ["socket_resume=false", "park_after_bridge=true"]
    assert EventName.CHANNEL_PARK in TALKS
