"""A site ready to take calls."""

import shutil

import pytest

from eslflow import shipped
from eslflow.errors import FlowErrors, SettingsError
from eslflow.settings import load_settings
from eslflow.site import open_site


@pytest.fixture
def site(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("default_flow: support\n")
    for name in ("flows", "sounds"):
        shutil.copytree(shipped.folder(name), tmp_path / name)
    return tmp_path


def test_what_ships_is_ready(site):
    loaded = open_site(load_settings(site))
    assert loaded.silent == ()
    assert list(loaded.shelf.flows) == ["support"]
    sound = loaded.site.sounds["support/en/welcome.wav"]
    assert sound.path == str(site / "sounds/support/en/welcome.wav")
    assert len(sound.sha256) == 64
    assert loaded.site.recordings == str(site / "recordings")


def test_audio_that_is_missing_or_broken_is_named(site):
    (site / "sounds/support/en/welcome.wav").unlink()
    (site / "sounds/support/de/which.wav").write_bytes(b"no sound")
    silent = open_site(load_settings(site)).silent
    assert len(silent) == 2
    assert silent[0].startswith("prompt welcome (en) has no audio")
    assert "is no WAV file" in silent[1]


def test_every_problem_of_every_flow_is_told(site):
    for name in ("one", "two"):
        (site / "flows" / f"{name}.yaml").write_text(f"flow: {name}\nstps: {{}}\n")
    with pytest.raises(FlowErrors) as caught:
        open_site(load_settings(site))
    assert len({problem.file for problem in caught.value.problems}) == 2


def test_a_site_without_flows_is_told(site):
    shutil.rmtree(site / "flows")
    with pytest.raises(SettingsError, match="there are no flows"):
        open_site(load_settings(site))


def test_a_setting_that_names_no_flow_is_told(site):
    (site / "eslflow.yaml").write_text("default_flow: suport\n")
    with pytest.raises(SettingsError, match="a flow 'suport'; there are: support"):
        open_site(load_settings(site))


def test_a_notice_that_was_spoken_with_other_words_is_not_played(site):
    path = site / "flows" / "support.yaml"
    text = path.read_text(encoding="utf-8")
    changed = text.replace("Press 1 to agree", "Press 1 if you agree")
    changed = changed.replace("Thank you for calling", "Many thanks for calling")
    assert "Press 1 if" in changed
    assert "Many thanks" in changed
    path.write_text(changed, encoding="utf-8")
    loaded = open_site(load_settings(site))
    assert "support/en/recording.v1.wav" not in loaded.site.sounds
    assert "support/en/welcome.wav" in loaded.site.sounds
    assert [words.partition(" has other words now")[0] for words in loaded.silent] == [
        "prompt welcome (en)",
        "notice recording v1 (en)",
    ]
