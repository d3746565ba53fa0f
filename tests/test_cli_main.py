"""The command `eslflow`: its commands, its exit codes, what it imports."""

import subprocess
import sys
from pathlib import Path

import pytest

from eslflow.call.records import CallOffered
from eslflow.cli.main import COMMANDS, CONFIGURATION
from eslflow.ledger.writer import Ledger
from tests.command import run, site_with_calls

SLOW = ("gevent", "jinja2", "ruamel", "sqlite_utils", "greenswitch", "flask")


def test_help_names_every_command_but_the_hidden_ones(tmp_path):
    done = run(tmp_path, "--help")
    assert done.exit_code == 0
    named = [
        line.split()[0]
        for line in done.stdout.partition("Commands:")[2].splitlines()[1:]
    ]
    assert set(named) == set(COMMANDS) - {"demo"}
    assert "..." not in done.stdout.partition("Commands:")[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(tmp_path, command):
    done = run(tmp_path, command, "--help")
    assert done.exit_code == 0
    assert done.stdout.startswith("Usage:")


@pytest.mark.parametrize("group", ["flows", "consents", "retention", "prompts"])
def test_what_a_command_does_is_told_in_a_whole_sentence(tmp_path, group):
    told = run(tmp_path, group, "--help").stdout.partition("Commands:\n")[2]
    assert told
    assert "..." not in told


def test_an_unknown_command_is_a_mistake_in_usage(tmp_path):
    done = run(tmp_path, "cosnents")
    assert done.exit_code == 2
    assert "No such command 'cosnents'. Did you mean consents?" in done.stderr
    assert "Did you mean" not in run(tmp_path, "zzz").stderr


def test_the_version_is_told(tmp_path):
    assert run(tmp_path, "--version").stdout.startswith("eslflow, version ")


def test_a_folder_that_is_no_site_is_bad_configuration(tmp_path):
    for words in (("check",), ("serve",), ("dialplan",), ("consents", "list")):
        done = run(tmp_path, *words)
        assert done.exit_code == CONFIGURATION
        assert "there is no site in" in done.stderr


def test_a_site_without_a_ledger_says_what_to_do(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("")
    done = run(tmp_path, "consents", "list")
    assert done.exit_code == 1
    assert "has eslflow serve run" in done.stderr


def test_what_a_caller_named_cannot_move_the_cursor(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("")
    with Ledger(tmp_path / "eslflow.db") as ledger:
        ledger.keep([CallOffered("eve-\x1b[2J", "in", "", "", "", "a", "", "", 1)])
    done = run(tmp_path, "calls", "show", "eve-x")
    assert done.exit_code == 1
    assert "Did you mean eve-" in done.stderr
    assert "\x1b" not in done.stderr


def test_a_reader_that_leaves_is_no_error(tmp_path):
    site_with_calls(tmp_path)
    words = [sys.executable, "-m", "eslflow", "--site", str(tmp_path), "calls", "list"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [("consents", "list"), ("--help",)])
def test_output_that_cannot_be_written_is_told_in_a_line(tmp_path, words):
    site_with_calls(tmp_path)
    command = [sys.executable, "-m", "eslflow", "--site", str(tmp_path), *words]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.stderr == "Error: cannot write: No space left on device\n"
    assert done.returncode == 1


def test_what_this_user_may_not_do_is_told_with_a_way_out(tmp_path, monkeypatch):
    def denied(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", denied)
    done = run(tmp_path, "graph", "support")
    assert done.exit_code == 1
    assert done.stderr == (
        f"Error: {tmp_path}/eslflow.yaml: Permission denied\n"
        "  Let this user do that, or run eslflow as the user who serves.\n"
    )


def test_a_look_up_imports_nothing_slow(tmp_path):
    site_with_calls(tmp_path)
    code = (
        "import sys; from eslflow.cli.main import main; "
        f"words = ['--site', {str(tmp_path)!r}, 'consents', 'list'];"
        "main(words, standalone_mode=False);"
        f"print([m for m in {SLOW!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_mask_waits_for_nothing_slow():
    code = (
        "import sys, eslflow.cli.main, eslflow.cli.calls, eslflow.web.client; "
        f"print([m for m in {SLOW!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_python_m_eslflow_is_the_same(tmp_path):
    words = [sys.executable, "-m", "eslflow", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("eslflow, version ")


def test_output_that_cannot_be_written_is_told_in_one_line(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    command = [sys.executable, "-m", "eslflow", "--site", str(tmp_path), "--help"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "No space left" in done.stderr
