"""`eslflow init`."""

from pathlib import Path

import pytest

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
