"""`eslflow init`."""

import json
import re
import stat
from pathlib import Path

import pytest

from eslflow import shipped
from eslflow.check import flow_files
from eslflow.cli.main import CONFIGURATION
from eslflow.settings import load_settings
from tests.command import run

pytestmark = pytest.mark.usefixtures("quick_proofs")


def test_a_new_site_is_good_as_it_is(tmp_path):
    site = tmp_path / "site"
    done = run(tmp_path, "init", str(site))
    assert done.exit_code == 0
    assert f"eslflow --site {site} serve" in done.stdout
    assert load_settings(site).default_flow == "support"
    assert run(site, "check").exit_code == 0


def test_nobody_else_gets_into_the_recordings_of_a_new_site(tmp_path):
    run(tmp_path, "init", str(tmp_path / "site"))
    mode = (tmp_path / "site" / "recordings").stat().st_mode
    assert mode & stat.S_IRWXO == 0


def test_a_new_site_has_a_flow_and_no_more(tmp_path):
    site = tmp_path / "site"
    run(tmp_path, "init", str(site))
    assert sorted(path.name for path in (site / "flows").iterdir()) == [
        "README.md",
        "support.scenarios.yaml",
        "support.yaml",
    ]
    assert sorted(path.name for path in (site / "sounds").iterdir()) == [
        "generated.json",
        "support",
    ]
    made = json.loads((site / "sounds" / "generated.json").read_text())
    assert made
    assert all((site / "sounds" / name).exists() for name in made)


def test_other_flows_come_with_what_they_run_and_play(tmp_path):
    site = tmp_path / "site"
    done = run(tmp_path, "init", str(site), "--flows", "office-hours,withdraw")
    assert "with office-hours, withdraw, opening. Next:" in done.stdout
    assert {path.stem for path in flow_files(site / "flows")} == {
        "office-hours",
        "opening",
        "withdraw",
    }
    assert (site / "sounds" / "_receipt").is_dir()
    assert load_settings(site).default_flow == "office-hours"
    checked = run(site, "check")
    assert checked.exit_code == 0, checked.output
    assert "no audio" not in checked.output


def test_all_of_them_can_be_had(tmp_path):
    site = tmp_path / "site"
    assert run(tmp_path, "init", str(site), "--flows", "all").exit_code == 0
    for name in ("flows", "sounds"):
        there = {p.relative_to(site / name) for p in (site / name).rglob("*")}
        ships = shipped.folder(name)
        assert there == {p.relative_to(ships) for p in ships.rglob("*")}


def test_a_flow_that_does_not_ship_is_told(tmp_path):
    done = run(tmp_path, "init", str(tmp_path / "site"), "--flows", "suport")
    assert done.exit_code == 1
    assert "There are: " in done.stderr
    assert "support" in done.stderr
    assert not (tmp_path / "site").exists()


def test_what_comes_next_can_be_typed(tmp_path, monkeypatch):
    site = tmp_path / "site"
    done = run(tmp_path, "init", str(site))
    lines = [line.partition("  #")[0].split() for line in done.stdout.splitlines()[1:]]
    words = [line[3] for line in lines if line[0] == "eslflow"]
    assert words == ["prompts", "check", "try", "dialplan", "serve"]
    assert Path(lines[0][1]).is_file()
    for line in lines[1:-1]:
        assert run(tmp_path, *line[1:]).exit_code == 0, line


def test_the_reference_has_no_link_that_leads_nowhere(tmp_path):
    site = tmp_path / "site"
    run(tmp_path, "init", str(site))
    text = (site / "flows" / "README.md").read_text()
    links = re.findall(r"\]\(([^#)]+)", text)
    assert [link for link in links if "://" not in link] == ["support.yaml"]
    assert "every path (docs/proof.md of eslflow)" in text
    assert "| opt-in.yaml of eslflow |" in text
    assert "docs/payment.md of eslflow." in text


def test_every_setting_in_the_template_is_one(tmp_path):
    run(tmp_path, "init", str(tmp_path / "site"))
    path = tmp_path / "site" / "eslflow.yaml"
    text = path.read_text().replace("# switch:", "# switch_:")
    lines = [
        line.removeprefix("# ") if ": " in line else line for line in text.splitlines()
    ]
    keys = ("listen", "allow", "most_calls", "drain", "numbers", "flows", "sounds",
            "recordings", "ledger", "default_flow")  # fmt: skip
    path.write_text("\n".join(line for line in lines if line.startswith(keys)))
    settings = load_settings(tmp_path / "site")
    assert settings == load_settings(tmp_path / "site")
    assert settings.numbers == {"4930123456": "support"}


def test_a_folder_that_is_a_site_already_is_left_alone(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    (tmp_path / "eslflow.yaml").write_text("# mine")
    done = run(tmp_path, "init", str(tmp_path))
    assert done.exit_code == 1
    assert "is a site already" in done.stderr
    assert (tmp_path / "eslflow.yaml").read_text() == "# mine"


def test_a_file_that_is_there_already_stays(tmp_path):
    mine = tmp_path / "flows" / "support.yaml"
    mine.parent.mkdir()
    mine.write_text("# mine")
    assert run(tmp_path, "init", str(tmp_path)).exit_code == 0
    assert mine.read_text() == "# mine"
    assert (tmp_path / "sounds" / "support" / "en" / "welcome.wav").exists()


@pytest.mark.parametrize("name", ["my site", "site$1"])
def test_a_path_that_the_switch_cannot_use_is_refused_at_once(tmp_path, name):
    done = run(tmp_path, "init", str(tmp_path / name))
    assert done.exit_code == CONFIGURATION
    assert "FreeSWITCH cannot use the path" in done.stderr
    assert "Choose a folder whose path has letters" in done.stderr
    assert not (tmp_path / name).exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    done = run(tmp_path, "init", str(tmp_path / "file" / "site"))
    assert done.exit_code == 1
    assert "cannot make a site" in done.stderr


def test_editors_find_the_schema_from_a_site(tmp_path):
    site = tmp_path / "site"
    run(tmp_path, "init", str(site))
    line = (site / "flows" / "support.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert Path(line.partition("$schema=")[2]).is_file()
