"""scripts/setup on machines that lack something; no network, no real Python asked.

`python3` is a few lines of shell here that answer what scripts/setup asks of a Python.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("sh", "cat", "chmod", "cksum", "dirname", "grep", "mkdir", "rm", "tail")

FAKE = """\
#!/bin/sh
# What scripts/setup asks: a version, a module, a new environment, an installation.
case "$*" in
    --version) echo "Python {version}" ;;
    *version_info*'(3, 10)'*) exit {too_old} ;;
    *'import venv, ensurepip'*) exit {no_venv} ;;
    *'print('*) echo 3.12 ;;
    '-m venv '*)
        shift 2
        mkdir -p "$1/bin"
        cat "$0" >"$1/bin/python"
        chmod +x "$1/bin/python"
        ;;
    '-m pip install '*)
        echo "$*" >>"{log}"
        echo "{says}"
        exit {pip}
        ;;
    *) exit 99 ;;
esac
"""


class Machine:
    """A checkout in a folder whose name has a blank, and a PATH with almost nothing."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a checkout"
        (self.root / "scripts").mkdir(parents=True)
        for name in ("scripts/setup", "setup.cfg", "pyproject.toml"):
            shutil.copy(ROOT / name, self.root / name)
        self.bin = folder / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found, f"this machine has no {tool}"
            (self.bin / tool).symlink_to(found)
        self.log = folder / "installed.txt"
        self.log.touch()

    def python(
        self,
        name: str = "python3",
        version: str = "3.12.1",
        *,
        too_old: bool = False,
        no_venv: bool = False,
        pip: int = 0,
        says: str = "",
    ) -> None:
        """Put a Python on the PATH."""
        text = FAKE.format(
            version=version,
            too_old=int(too_old),
            no_venv=int(no_venv),
            log=self.log,
            pip=pip,
            says=says,
        )
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def setup(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run scripts/setup from some other folder."""
        return subprocess.run(
            [self.root / "scripts" / "setup", *arguments],
            cwd="/",
            env={"PATH": str(self.bin), **env},
            capture_output=True,
            text=True,
            check=False,
        )

    def installed(self) -> list[str]:
        """Return what pip was asked for since the last time, one target each."""
        lines = self.log.read_text().splitlines()
        self.log.write_text("")
        return [line.split("--editable ")[1] for line in lines if "--editable" in line]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_machine_without_python_is_told_what_it_needs(machine: Machine) -> None:
    done = machine.setup()
    assert done.returncode == 1
    assert "needs Python 3.10 or newer; found here: none" in done.stderr


def test_an_old_python_is_named(machine: Machine) -> None:
    machine.python(version="3.8.18", too_old=True)
    done = machine.setup()
    assert done.returncode == 1
    assert "found here: Python 3.8.18" in done.stderr
    assert "PYTHON=" in done.stderr


def test_a_newer_python_beside_an_old_one_is_found(machine: Machine) -> None:
    machine.python(version="3.8.18", too_old=True)
    machine.python("python3.11", version="3.11.7")
    done = machine.setup()
    assert done.returncode == 0
    assert "making .venv with Python 3.11.7" in done.stderr


def test_a_python_that_was_named_is_the_only_one_tried(machine: Machine) -> None:
    machine.python()
    done = machine.setup(PYTHON="/nowhere/python3")
    assert done.returncode == 1
    assert "found here: none" in done.stderr


def test_a_missing_venv_module_is_named_with_its_package(machine: Machine) -> None:
    machine.python(no_venv=True)
    done = machine.setup()
    assert done.returncode == 1
    assert "apt install python3.12-venv" in done.stderr


def test_being_offline_is_said_so(machine: Machine) -> None:
    machine.python(pip=1, says="Temporary failure in name resolution")
    done = machine.setup()
    assert done.returncode == 1
    assert "is this machine online?" in done.stderr


def test_another_failure_of_pip_is_shown(machine: Machine) -> None:
    machine.python(pip=1, says="error: the wheel is square")
    done = machine.setup()
    assert done.returncode == 1
    assert "the wheel is square" in done.stderr
    assert "online" not in done.stderr


def test_a_failed_installation_is_tried_again(machine: Machine) -> None:
    machine.python(pip=1)
    machine.setup()
    machine.python()
    shutil.copy(machine.bin / "python3", machine.root / ".venv" / "bin" / "python")
    assert machine.setup().returncode == 0
    assert machine.installed()[-1] == str(machine.root)


def test_what_is_installed_is_left_alone(machine: Machine) -> None:
    machine.python()
    machine.setup()
    assert machine.installed() == [str(machine.root)]
    done = machine.setup()
    assert (done.returncode, done.stderr, machine.installed()) == (0, "", [])


def test_tests_take_more_than_running_and_have_all_of_it(machine: Machine) -> None:
    machine.python()
    machine.setup()
    machine.setup("test")
    assert machine.installed() == [str(machine.root), f"{machine.root}[test]"]
    (machine.root / ".venv" / ".eslflow-run").unlink()
    machine.setup()
    assert machine.installed() == []


def test_a_changed_setup_cfg_is_installed_anew(machine: Machine) -> None:
    machine.python()
    machine.setup("test")
    machine.installed()
    with (machine.root / "setup.cfg").open("a") as file:
        file.write("# one more library\n")
    machine.setup("test")
    assert machine.installed() == [f"{machine.root}[test]"]


def test_an_environment_whose_python_is_gone_is_made_anew(machine: Machine) -> None:
    machine.python()
    machine.setup()
    (machine.root / ".venv" / "bin" / "python").unlink()
    assert "making .venv" in machine.setup().stderr
    assert (machine.root / ".venv" / "bin" / "python").exists()


def test_a_word_it_does_not_know_is_refused(machine: Machine) -> None:
    done = machine.setup("everything")
    assert done.returncode == 1
    assert "'everything'" in done.stderr
