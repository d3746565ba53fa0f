"""A sentence of ours, mixed into the talk."""

from eslflow.call.aside import end, say
from eslflow.call.commands import Alarm, Api
from eslflow.call.events import Offered, Replied, TimedOut
from eslflow.call.live import Live, Site, Sound
from eslflow.wire.terms import ApiCommand
from tests.steps_of import flow

SOUND = Sound("/s/a.wav", "5e" * 32, 4900)
FLOW = flow("a: {announce: welcome}")


def talking(leg="b-1"):
    live = Live(Offered("u-1"), FLOW, Site("/r"), 7)
    live.leg = leg
    return live


def said(answer, leg="b-1", sound=SOUND, live=None, **how):
    live = live or talking(leg)
    road, found, value = say(live, sound, "prompt x", **how), [], None
    while True:
        try:
            command = road.send(value)
        except StopIteration:
            return found
        found.append(command)
        value = answer if getattr(command, "waits", False) else None


def displace(leg, flags, waits):
    arg = f"{leg} start /s/a.wav 6 {flags}"
    more = {"timeout_s": 2.0} if waits else {}
    return Api(ApiCommand.UUID_DISPLACE, arg, waits=waits, **more)


def test_both_hear_it_and_no_file_does():
    both = [displace("b-1", "mux", False), displace("u-1", "mux", True)]
    assert said(Replied(2, True, "+OK Success")) == both


def test_what_is_to_be_in_the_file_comes_before_its_recorder():
    both = [displace("b-1", "mux", False), displace("u-1", "mf", True)]
    assert said(Replied(2, True, "+OK Success"), in_file=True) == both


def test_who_talks_with_nobody_hears_it_alone():
    assert said(Replied(1, True), leg="") == [displace("u-1", "mux", True)]


def test_what_was_not_played_is_told():
    for answer in (Replied(2, False, "-ERR Cannot displace session!"), TimedOut(1)):
        assert said(answer)[-1] == Alarm("prompt x was not played: /s/a.wav")
    (alarm,) = said(None, sound=None)
    assert alarm == Alarm("prompt x has no audio: run eslflow prompts build")


STOPS = [
    Api(ApiCommand.UUID_DISPLACE, f"{leg} stop /s/a.wav", waits=False)
    for leg in ("b-1", "u-1")
]


def test_another_sentence_breaks_off_the_one_that_is_being_said():
    live, ok = talking(), Replied(2, True)
    assert len(said(ok, live=live)) == 2
    live.now += 4_899_000
    assert said(ok, live=live)[:2] == STOPS
    live.now += 4_900_000
    assert len(said(ok, live=live)) == 2


def test_a_sentence_is_broken_off_once():
    live = talking()
    assert list(end(live)) == []
    said(Replied(2, True), live=live)
    assert list(end(live)) == STOPS
    assert list(end(live)) == []
