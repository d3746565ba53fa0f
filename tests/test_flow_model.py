"""A flow as the engine reads it."""

from eslflow.flow.model import Basis, From, Record
from tests.steps_of import flow


def test_a_flow_tells_all_audio_it_can_play():
    audio = list(flow("a: {announce: welcome}").audio())
    assert [(item.path, item.what) for item in audio] == [
        ("test/en/welcome.wav", "prompt welcome"),
        ("test/en/which.wav", "prompt which"),
        ("test/en/recording.v3.wav", "notice recording v3"),
    ]
    assert audio[0].text == "Welcome."


def test_words_read_as_the_file_spells_them():
    assert [str(word) for word in (Basis.PUBLIC_TASK, Record.OFF, From.ANSWER)] == [
        "public_task",
        "off",
        "answer",
    ]
