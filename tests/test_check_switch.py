"""The switch of a proof."""

from eslflow.call.events import RecordStarted, RecordStopped
from eslflow.check.switch import Switch
from eslflow.wire.buglist import recorders


def test_it_does_what_a_recorder_is_asked_for():
    switch = Switch()
    assert switch.does("start", "/a.wav") == [RecordStarted("/a.wav")]
    assert switch.clear == ["/a.wav"]
    assert switch.does("mask", "/a.wav") == []
    assert switch.running == {"/a.wav": True}
    assert switch.does("unmask", "/other.wav") == []
    assert switch.clear == []
    switch.does("unmask", "/a.wav")
    assert switch.does("stop", "all") == [RecordStopped("/a.wav", 1000)]
    assert switch.running == {}


def test_it_lists_what_runs_as_the_real_one_does():
    switch = Switch()
    assert recorders(switch.lists()) == ()
    switch.does("start", "/a.wav")
    assert recorders(switch.lists()) == ("/a.wav",)


def test_a_copy_goes_its_own_way():
    switch = Switch()
    switch.does("start", "/a.wav")
    other = switch.copy()
    other.does("mask", "/a.wav")
    assert switch.running == {"/a.wav": False}
    assert other.running == {"/a.wav": True}
