"""What is in a recorder's file."""

import wave
from array import array
from io import BytesIO

from eslflow.sim.sound import Span, file_of, repainted


def read(data):
    with wave.open(BytesIO(data)) as file:
        return file, array("h", file.readframes(file.getnframes()))


def test_masked_stretches_are_silent_on_every_track():
    spans = [Span(0.5, True, False), Span(0.5, True, True), Span(0.5, False, False)]
    file, sound = read(file_of(spans, 2))
    assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (
        2,
        8000,
        12_000,
    )
    caller, agent = sound[0::2], sound[1::2]
    assert all(caller[:4000])
    assert all(agent[:4000])
    assert not any(sound[8000:16000])
    assert all(caller[8000:])
    assert not any(agent[8000:])


def test_both_parties_are_on_the_track_of_a_mono_file():
    _, sound = read(file_of([Span(0.1, True, False)], 1))
    assert max(sound) == 3500


def test_many_short_stretches_are_as_long_as_one():
    data = file_of([Span(0.00011, True, False)] * 1000, 1)
    assert len(data) == 44 + 2 * 880


def test_a_full_disk_takes_no_more():
    data = file_of([Span(1.0, False, False)], 2, 4000)
    assert len(data) == 44 + 4 * 4000
    assert read(data)[0].getnframes() == 4000


def test_what_was_said_before_can_be_masked_and_let_through():
    spans = [Span(1.0, True, False, 0.0), Span(1.0, True, False, 1.0)]
    masked = repainted(spans, 1.5, True)
    assert [(s.at_s, s.end_s, s.is_masked) for s in masked] == [
        (0.0, 1.0, False),
        (1.0, 1.5, False),
        (1.5, 2.0, True),
    ]
    assert [s.is_masked for s in repainted(masked, 1.0, True)] == [False, True, True]
    assert repainted(spans, 2.0, True) == spans
