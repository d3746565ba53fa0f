"""What has happened on a simulated call."""

from eslflow.sim.past import Past
from eslflow.sim.recordings import Recording


class At(Past):
    now_s = 1.23456


def test_what_happens_is_noted_with_its_time():
    past = At()
    past.tell("answered")
    past.tell("plays", "/a.wav")
    assert [(h.at_s, h.what, h.text) for h in past.heard] == [
        (1.235, "answered", ""),
        (1.235, "plays", "/a.wav"),
    ]


def test_recordings_are_the_controllers_own():
    past = At()
    ours, theirs = Recording("/a", 0.0), Recording("/b", 0.0, is_foreign=True)
    past.recorders += [ours, theirs]
    assert past.recordings == [ours]
