"""`eslflow init`."""

from eslflow.settings import load_settings
from tests.command import run


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


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    done = run(tmp_path, "init", str(tmp_path / "file" / "site"))
    assert done.exit_code == 1
    assert "cannot make a site" in done.stderr
