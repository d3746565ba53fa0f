"""`eslflow settings`."""

import json

from click.testing import CliRunner

from eslflow.cli.main import CONFIGURATION, main
from eslflow.settings import KEYS
from tests.command import run

SITE = """\
listen: 127.0.0.1:9000
allow: [192.0.2.1, 192.0.2.2]
numbers: {'100': support}
"""


def test_people_are_shown_value_and_origin(tmp_path):
    (tmp_path / "eslflow.yaml").write_text(SITE)
    done = run(tmp_path, "settings")
    assert done.exit_code == 0
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    assert lines[0] == ["setting", "from", "value"]
    assert lines[1] == ["site", "--site", str(tmp_path)]
    assert ["listen", "eslflow.yaml:1", "127.0.0.1:9000"] in lines
    assert ["allow", "eslflow.yaml:2", "192.0.2.1, 192.0.2.2"] in lines
    assert ["numbers", "eslflow.yaml:3", "100: support"] in lines
    assert ["most_calls", "default", "2000"] in lines
    assert ["switch", "default", "-"] in lines


def test_programs_are_told_the_same(tmp_path):
    (tmp_path / "eslflow.yaml").write_text(SITE)
    told = json.loads(run(tmp_path, "settings", "--json").stdout)
    assert [value["name"] for value in told] == ["site", *KEYS]
    assert told[1] == {
        "name": "listen",
        "value": "127.0.0.1:9000",
        "source": "file",
        "where": "eslflow.yaml:1",
    }


def site_of(arguments, **more):
    done = CliRunner().invoke(main, [*arguments, "settings", "--json"], **more)
    return json.loads(done.stdout)[0]


def test_where_the_site_itself_came_from_is_told(tmp_path, monkeypatch):
    (tmp_path / "eslflow.yaml").write_text(SITE)
    given = site_of(["--site", str(tmp_path)])
    assert (given["source"], given["where"]) == ("command line", "--site")
    found = site_of([], env={"ESLFLOW_SITE": str(tmp_path)})
    assert (found["source"], found["where"]) == ("environment", "ESLFLOW_SITE")
    monkeypatch.chdir(tmp_path)
    here = site_of([])
    assert (here["source"], here["value"]) == ("default", str(tmp_path))


def test_a_wrong_file_is_told_as_everywhere(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("lisen: x\n")
    done = run(tmp_path, "settings")
    assert done.exit_code == CONFIGURATION
    assert "Did you mean 'listen'?" in done.stderr


def test_a_folder_of_flows_that_is_named_and_not_there_is_told(tmp_path):
    text = "flows: /nosuch\ndefault_flow: support\n"
    (tmp_path / "eslflow.yaml").write_text(text)
    done = run(tmp_path, "settings")
    assert done.exit_code == CONFIGURATION
    assert ["flows", "eslflow.yaml:1", "/nosuch"] in map(
        str.split, done.stdout.splitlines()
    )
    assert "there is no folder /nosuch" in done.stderr


def test_emergency_numbers_that_are_left_out_are_told(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("emergency: []\n")
    done = run(tmp_path, "settings")
    assert done.exit_code == 0
    assert "warning: emergency: in eslflow.yaml leaves out 112." in done.stderr


def test_one_address_for_calls_and_control_is_told(tmp_path):
    text = "listen: 127.0.0.1:8084\ncontrol: {listen: 127.0.0.1:8084}\n"
    (tmp_path / "eslflow.yaml").write_text(text)
    done = run(tmp_path, "settings")
    assert done.exit_code == 0
    assert "warning: control: and listen: in eslflow.yaml are the same" in done.stderr


def test_flows_that_are_named_and_not_there_are_told_below_what_is_in_force(tmp_path):
    text = "default_flow: suport\nnumbers: {100: sales, 200: support}\n"
    (tmp_path / "eslflow.yaml").write_text(text)
    (tmp_path / "flows").mkdir()
    # They are still to come.
    assert run(tmp_path, "settings").exit_code == 0
    # What is wrong in it is for others to tell.
    (tmp_path / "flows" / "a.yaml").write_text("flow: support\nsteps: {]\n")
    done = run(tmp_path, "settings", "--json")
    assert done.exit_code == CONFIGURATION
    assert len(json.loads(done.stdout)) > 1
    assert "eslflow.yaml:1:15: there is no flow 'suport'. Did you mean 'support'?" in (
        done.stderr
    )
    assert "eslflow.yaml:2:16: there is no flow 'sales'" in done.stderr
    (tmp_path / "flows" / "a.yaml").write_text("")
    assert "There are: a" in run(tmp_path, "settings").stderr


def test_a_size_is_shown_as_the_file_spells_it(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("free_space: 1500MB\n")
    lines = run(tmp_path, "settings").stdout.splitlines()
    assert ["free_space", "eslflow.yaml:1", "1.5GB"] in [line.split() for line in lines]
    told = json.loads(run(tmp_path, "settings", "--json").stdout)
    assert 1_500_000_000 in [value["value"] for value in told]


def test_a_variable_that_sets_nothing_is_told(tmp_path, monkeypatch):
    (tmp_path / "eslflow.yaml").write_text("")
    monkeypatch.setenv("ESLFLOW_LISTEN", "127.0.0.1:1")
    done = run(tmp_path, "settings")
    assert done.exit_code == 0
    assert done.stderr.startswith(
        "warning: ESLFLOW_LISTEN in the environment sets nothing; ESLFLOW_SITE and "
    )
    monkeypatch.delenv("ESLFLOW_LISTEN")
    assert run(tmp_path, "settings").stderr == ""
