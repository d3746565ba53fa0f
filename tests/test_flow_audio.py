"""Where audio lies."""

from eslflow.flow.audio import Audio, notice_path, prompt_path


def test_each_flow_language_and_version_has_its_own_file():
    assert prompt_path("support", "en", "welcome") == "support/en/welcome.wav"
    assert notice_path("support", "de", "rec", 3) == "support/de/rec.v3.wav"


def test_words_are_found_in_the_file_of_their_flow():
    def place(what):
        return Audio("a/en/x.wav", "en", "Hello.", what).place

    assert place("prompt welcome") == ("prompts", "welcome", "en")
    assert place("notice recording v3") == ("notices", "recording", "text", "en")
    assert place("prompt opening/closed") == ()
    assert place("receipt 3") == ()
