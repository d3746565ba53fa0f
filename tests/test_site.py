"""A site ready to take calls."""

import shutil
from pathlib import Path

import pytest

from eslflow import shipped
from eslflow.check import flow_files
from eslflow.errors import FlowErrors, SettingsError
from eslflow.settings import load_settings
from eslflow.site import demand_folder, demand_known, open_site


@pytest.fixture
def site(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("default_flow: support\n")
    for name in ("flows", "sounds"):
        shutil.copytree(shipped.folder(name), tmp_path / name)
    return tmp_path


def test_what_ships_is_ready(site):
    loaded = open_site(load_settings(site))
    assert loaded.faults == ()
    assert set(loaded.shelf.flows) == {
        path.stem for path in flow_files(shipped.flows())
    }
    sound = loaded.site.sounds["support/en/welcome.wav"]
    assert sound.path == str(site / "sounds/support/en/welcome.wav")
    assert len(sound.sha256) == 64
    assert loaded.site.recordings == str(site / "recordings")


def test_calls_know_who_is_never_recorded(site):
    lists = "never_record: [1001]\nextensions: ['10*']\ncountry: DE\n"
    (site / "eslflow.yaml").write_text(f"default_flow: support\n{lists}")
    loaded = open_site(load_settings(site)).site
    assert (loaded.never_record, loaded.extensions) == (("1001",), ("10*",))
    assert loaded.normal("030 123456") == "+4930123456"


def test_calls_know_the_numbers_for_help_of_their_country(site):
    (site / "eslflow.yaml").write_text("default_flow: support\ncountry: FR\n")
    assert open_site(load_settings(site)).site.emergency >= {"15", "17", "18", "911"}


def test_audio_that_is_missing_or_broken_is_named(site):
    (site / "sounds/support/en/welcome.wav").unlink()
    (site / "sounds/support/de/which.wav").write_bytes(b"no sound")
    missing, broken = open_site(load_settings(site)).faults
    assert missing.text.startswith("prompt welcome (en) has no audio")
    assert "is no WAV file" in str(broken)
    assert broken.is_ours


def test_a_persons_broken_file_is_not_the_machines_to_mend(site):
    (site / "sounds/generated.json").unlink()
    (site / "sounds/support/de/which.wav").write_bytes(b"no sound")
    (fault,) = open_site(load_settings(site)).faults
    assert (fault.is_silent, fault.is_ours) == (True, False)


def change(site, old, new):
    path = site / "flows/support.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_notice_with_new_words_is_not_played_by_the_machines_old_voice(site):
    change(site, "To train our", "Please note: To train our")
    loaded = open_site(load_settings(site))
    (fault,) = loaded.faults
    path = "support/en/recording.v2.wav"
    assert str(site / "sounds" / path) in fault.text
    assert "new words" in fault.text
    assert (fault.is_silent, fault.is_ours) == (True, True)
    assert path not in loaded.site.sounds


def test_a_prompt_with_new_words_is_played_as_it_was_and_told(site):
    change(site, "en: Thank you", "en: Many thanks")
    loaded = open_site(load_settings(site))
    (fault,) = loaded.faults
    assert "prompt welcome (en) has new words" in fault.text
    assert not fault.is_silent
    assert "support/en/welcome.wav" in loaded.site.sounds


def test_a_person_may_have_recorded_other_words(site):
    change(site, "To train our", "Please note: To train our")
    sounds = site / "sounds/support/en"
    shutil.copy(sounds / "welcome.wav", sounds / "recording.v2.wav")
    assert open_site(load_settings(site)).faults == ()


def test_a_file_that_is_not_for_this_user_is_not_to_be_made_anew(site, monkeypatch):
    path = site / "sounds/support/de/which.wav"
    read = Path.read_bytes

    def denied(asked):
        if asked == path:
            raise PermissionError(13, "Permission denied", str(path))
        return read(asked)

    monkeypatch.setattr(Path, "read_bytes", denied)
    (fault,) = open_site(load_settings(site)).faults
    assert (fault.is_silent, fault.is_ours) == (True, None)
    assert fault.text.endswith(
        "Let this user read it, or run eslflow as the user who serves."
    )


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


def test_each_setting_that_names_no_flow_is_told_with_its_place(site):
    text = "# ours\ndefault_flow: suport\nnumbers: {1: support, 2: zzz}\n"
    (site / "eslflow.yaml").write_text(text)
    with pytest.raises(FlowErrors) as told:
        open_site(load_settings(site))
    first, second = told.value.problems
    assert (first.line, first.column, second.line, second.column) == (2, 15, 3, 26)
    assert first.problem == "there is no flow 'suport'. Did you mean 'support'?"
    assert first.source == "default_flow: suport"
    assert "support" in first.hint
    assert second.problem == "there is no flow 'zzz'"


def test_a_file_that_has_gone_meanwhile_has_no_line_to_show(site):
    (site / "eslflow.yaml").write_text("default_flow: suport\n")
    settings = load_settings(site)
    (site / "eslflow.yaml").unlink()
    with pytest.raises(FlowErrors) as told:
        demand_known(settings, ["support"])
    assert told.value.problems[0].source == ""


def test_a_folder_of_flows_that_is_not_there_is_refused(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("flows: gone\n")
    settings = load_settings(tmp_path)
    with pytest.raises(SettingsError, match="there is no folder .*gone"):
        demand_folder(settings)
    settings.flows.mkdir()
    demand_folder(settings)
