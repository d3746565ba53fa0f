"""What recordings hold, step by step."""

from array import array

from eslflow.check.scenario import Span
from eslflow.onswitch.files import held
from eslflow.prompts.wav import encode

RATE = 8000
START = 1_000_000_000
STEPS = [Span("talk", 0.0, 4.0), Span("bye", 4.0, float("inf"))]


def file(path, *parts):
    """Write seconds of sound (True) or silence."""
    samples = []
    for is_loud, seconds in parts:
        samples += [1000 * is_loud] * round(seconds * RATE)
    path.write_bytes(encode(array("h", samples), RATE))
    return str(path)


def kept(path, seconds, *actions):
    row = {
        **{"id": "r", "path": path, "state": "stopped", "gaps": ""},
        **{"audio_at": START, "started_at": START},
        "stopped_at": START + round(seconds * 1e6),
    }
    found = [
        {
            **{"recording_id": "r", "action": action, "verified": 1, "seq": number},
            **{"at": START + round(at * 1e6), "asked_at": START + round(at * 1e6)},
        }
        for number, (action, at) in enumerate(actions)
    ]
    return {"recordings": [row], "recording_actions": found}


def test_a_step_is_heard_and_the_next_too_if_there_is_sound(tmp_path):
    path = file(tmp_path / "a.wav", (True, 6.0))
    found = held(kept(path, 6.0), START, STEPS)
    assert found == (1, ("talk", "bye"), (), ())


def test_silence_is_not_heard(tmp_path):
    path = file(tmp_path / "a.wav", (True, 4.0), (False, 2.0))
    assert held(kept(path, 6.0), START, STEPS).heard == ("talk",)
    path = file(tmp_path / "a.wav", (False, 6.0))
    assert held(kept(path, 6.0), START, STEPS) == (0, (), (), ())


def test_a_mask_is_silence_and_what_is_around_it_is_heard(tmp_path):
    path = file(tmp_path / "a.wav", (True, 1.0), (False, 2.0), (True, 1.0))
    masks = ("mask", 1.0), ("unmask", 3.0)
    found = held(kept(path, 4.0, *masks), START, STEPS)
    assert found == (1, ("talk",), ("talk",), ())


def test_a_mask_that_holds_sound_is_a_leak_and_no_mask(tmp_path):
    path = file(tmp_path / "a.wav", (True, 4.0))
    masks = ("mask", 1.0), ("unmask", 3.0)
    found = held(kept(path, 4.0, *masks), START, STEPS)
    assert (found.masked, found.leaks) == ((), ("a.wav holds sound in talk",))


def test_a_moment_of_the_next_step_does_not_count(tmp_path):
    path = file(tmp_path / "a.wav", (True, 4.4))
    assert held(kept(path, 4.4), START, STEPS).heard == ("talk",)


def test_a_file_that_the_switch_has_not_kept_is_none(tmp_path):
    assert held(kept(str(tmp_path / "no.wav"), 4.0), START, STEPS).files == 0
