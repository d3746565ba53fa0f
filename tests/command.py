"""The command line as a person uses it: words in, text and an exit code out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner, Result

from eslflow.cli.main import main
from eslflow.rig import Rig
from eslflow.sim.script import Script
from tests.peers import SUPPORT, make_sounds


def run(site: Path, *words: str, typed: str | None = None) -> Result:
    """Run a command on a site."""
    arguments = ["--site", str(site), *words]
    return CliRunner().invoke(main, arguments, input=typed, catch_exceptions=False)


def site_with_calls(folder: Path) -> dict[str, str]:
    """Make a site whose ledger holds real calls; return uuids by what was done."""
    scripts = {
        "granted": Script(uuid="aaaa-1", keys=("1",), caller="+4930111111"),
        "refused": Script(uuid="bbbb-2", keys=("2",), caller="+4930222222"),
        "silent": Script(
            uuid="cccc-3",
            caller="anonymous",
            caller_name="Eve\x1b[2J",
        ),
        "not_asked": Script(uuid="dddd-4", hang_up_at="playback"),
    }
    (folder / "eslflow.yaml").write_text("# a site\n")
    with Rig([SUPPORT], make_sounds(folder / "sounds"), folder) as rig:
        for script in scripts.values():
            rig.call(replace(script, path="test"))
    return {name: script.uuid for name, script in scripts.items()}
