"""Where audio lies."""

from eslflow.flow.audio import notice_path, prompt_path


def test_each_flow_language_and_version_has_its_own_file():
    assert prompt_path("support", "en", "welcome") == "support/en/welcome.wav"
    assert notice_path("support", "de", "rec", 3) == "support/de/rec.v3.wav"
