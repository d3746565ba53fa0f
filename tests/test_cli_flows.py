"""`eslflow flows`: list, log, show and diff."""

import json
import sqlite3
from contextlib import closing

import pytest

from eslflow.call.records import CallOffered
from eslflow.cli import flows as module
from eslflow.cli.versions import changes, texts
from eslflow.ledger.versions import SHORT
from eslflow.ledger.writer import write
from eslflow.settings import load_settings
from eslflow.site import flow_files, load_flows
from eslflow.web.reloads import Wanted
from tests.command import run

SMALL = "flow: small\nsteps:\n  a: {queue: %s}\n"
OUTER = "flow: outer\nsteps:\n  in: {flow: small}\n  b: {queue: x}\n"
START = 1_795_564_800_000_000


class Site:
    """A site, and what a controller of it has kept."""

    def __init__(self, folder):
        self.folder = folder
        self.at = START
        self.served = {}
        self.flows = folder / "flows"
        self.flows.mkdir()
        (folder / "eslflow.yaml").write_text("")
        self.ledger = folder / "eslflow.db"

    def put(self, name, text):
        (self.flows / f"{name}.yaml").write_text(text)

    def serves(self, note="", how="reload"):
        """Serve what is on the disk, as a controller does; return the hashes."""
        self.at += 1_000_000
        found = load_flows(flow_files(load_settings(self.folder).flows))
        wanted = Wanted(how, "cli anna", note)
        rows = changes(self.served, found, self.at, wanted)
        write(self.ledger, [*texts(found.values()), *rows])
        self.served = {name: flow.sha256 for name, flow in found.items()}
        return self.served

    def run(self, *words):
        return run(self.folder, "flows", *words)


@pytest.fixture
def site(tmp_path):
    found = Site(tmp_path)
    found.put("small", SMALL % "first")
    found.put("outer", OUTER)
    found.serves(how="start")
    return found


def test_what_is_served_is_listed_with_what_is_on_the_disk(site):
    site.put("new", "flow: new\nsteps:\n  a: {queue: x}\n")
    site.put("small", SMALL % "second")
    site.put("bad", "flow: bad\n")
    (site.flows / "outer.yaml").unlink()
    lines = json.loads(site.run("list", "--json").stdout)
    assert {line["flow"]: line["disk"] for line in lines} == {
        "bad": "broken",
        "new": "new",
        "outer": "gone",
        "small": "changed",
    }
    assert lines[3] == {
        "flow": "small",
        "version": site.served["small"],
        "since": "2026-11-25T00:00:01.000000Z",
        "who": "cli anna",
        "disk": "changed",
        "file": str(site.flows / "small.yaml"),
    }
    assert (lines[1]["version"], lines[1]["since"]) == ("", None)


def test_the_table_shows_short_hashes(site):
    head, outer, small = site.run("list").stdout.splitlines()
    assert head.split() == [
        "flow",
        "version",
        "since",
        "who",
        "on",
        "the",
        "disk",
        "file",
    ]
    assert f"outer  {site.served['outer'][:SHORT]}  20" in outer
    assert "as served" in small


def test_a_change_inside_a_flow_changes_it_too(site):
    site.put("small", SMALL % "second")
    lines = json.loads(site.run("list", "--json").stdout)
    assert [line["disk"] for line in lines] == ["changed", "changed"]


def test_the_log_tells_who_and_why(site):
    site.put("small", SMALL % "second")
    site.serves("for the fair")
    done = site.run("log", "small")
    head, newest, first = done.stdout.splitlines()
    assert head.split() == ["when", "flow", "version", "state", "how", "who", "note"]
    assert newest.endswith("served  reload  cli anna  for the fair")
    assert f"small  {site.served['small'][:SHORT]}  served" in newest
    assert "start" in first
    lines = json.loads(site.run("log", "--limit", "1", "--json").stdout)
    assert lines[0]["at"] == "2026-11-25T00:00:02.000000Z"
    assert len(lines) == 1


def test_before_anything_was_served_there_is_no_log(tmp_path):
    site = Site(tmp_path)
    write(site.ledger, [])
    assert site.run("log").stderr == "Nothing was served yet.\n"
    site.put("small", SMALL % "first")
    done = site.run("log", "small")
    assert done.exit_code == 0
    assert done.stderr == "Flow small was never served: see eslflow flows list.\n"


def test_a_flow_that_is_not_there_has_no_log(site):
    site.put("smallish", "flow: [\n")
    for more in ((), ("--json",)):
        done = site.run("log", "smaller", *more)
        assert done.exit_code == 1
        assert done.stdout == ""
        told = "Error: there is no flow 'smaller'. Did you mean 'small'? There are: "
        assert done.stderr == f"{told}outer, small, smallish\n"
    # One that was served once has one, whatever has become of its file.
    (site.flows / "outer.yaml").unlink()
    (site.flows / "smallish.yaml").unlink()
    site.serves()
    assert site.run("log", "outer").stdout.count("outer") == 2
    assert "There are: outer, small\n" in site.run("log", "other").stderr
    assert "Did you mean" not in site.run("log", "xyz").stderr
    assert site.run("list").exit_code == 0


def test_a_version_is_shown_whole(site):
    old = site.served["outer"]
    site.put("small", SMALL % "second")
    new = site.serves()
    assert site.run("show", "small").stdout == SMALL % "second"
    shown = site.run("show", old[:6]).stdout
    assert shown.startswith(f"{OUTER}\n# --- inside: small ")
    assert shown.endswith(SMALL % "first")
    assert site.run("show", "outer").stdout.endswith(SMALL % "second")
    assert new["outer"] != old


def test_the_version_that_a_call_ran_is_shown(site):
    old = site.served["small"]
    offered = ("inbound", "", "", "", "small", old, "e", 1)
    write(site.ledger, [CallOffered("0a6f5a54-1", *offered)])
    site.put("small", SMALL % "second")
    site.serves()
    done = site.run("show", "--call", "0a6f")
    assert done.stdout == SMALL % "first"
    assert done.stderr == f"# small {old[:12]}\n"
    late = CallOffered("0a6f5a54-2", *offered)._replace(offered_at=site.at)
    write(site.ledger, [late])
    line = site.run("show", "--call", "0a6f5a54-2").stderr
    assert line.startswith(f"# small {old[:12]}, served since 2026-")
    assert line.endswith(" by cli anna (start)\n")


def test_one_thing_is_named_to_be_shown(site):
    assert site.run("show").exit_code == 2
    assert site.run("show", "small", "--call", "x").exit_code == 2
    done = site.run("show", "nothing")
    assert done.exit_code == 1
    assert "there is no version 'nothing': see eslflow flows log" in done.stderr


def test_a_text_that_somebody_has_changed_is_not_shown(site):
    with closing(sqlite3.connect(site.ledger)) as db:
        db.execute("DROP TRIGGER flow_versions_no_update")
        db.execute("UPDATE flow_versions SET text = 'flow: forged'")
        db.commit()
    done = site.run("show", "small")
    assert done.exit_code == 1
    assert "is not what its hash says" in done.stderr


def test_nothing_in_a_text_moves_a_terminal(site, monkeypatch, capsysbinary):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    module._print("a\x1b[2J\nb\n")
    assert capsysbinary.readouterr().out == "a\ufffd[2J\nb\n".encode()


def test_the_disk_is_compared_with_what_is_served(site):
    site.put("small", SMALL % "second")
    done = site.run("diff", "small")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"--- small {site.served['small'][:SHORT]}",
        "+++ small on the disk",
        "@@ -1,3 +1,3 @@",
        " flow: small",
        " steps:",
        "-  a: {queue: first}",
        "+  a: {queue: second}",
    ]
    assert site.run("diff").stdout == done.stdout
    assert site.run("diff", "outer").stdout == done.stdout


def test_flows_that_are_new_or_gone_are_compared_with_nothing(site):
    site.put("new", "flow: new\n")
    (site.flows / "outer.yaml").unlink()
    lines = site.run("diff").stdout.splitlines()
    assert lines[:2] == ["--- none", "+++ new on the disk"]
    assert f"--- outer {site.served['outer'][:SHORT]}" in lines
    assert "+++ none" in lines


def test_two_versions_are_compared_with_the_flows_inside(site):
    old = site.served["outer"]
    site.put("small", SMALL % "second")
    site.put("outer", OUTER.replace("x", "y"))
    new = site.serves()["outer"]
    site.put("outer", "flow: outer\n")
    told = site.run("diff", "outer", old[:8], new[:8]).stdout
    assert "-  b: {queue: x}\n+  b: {queue: y}" in told
    assert "-  a: {queue: first}\n+  a: {queue: second}" in told
    told = site.run("diff", "outer", old[:8]).stdout
    assert "+++ outer on the disk" in told
    assert "-  a: {queue: first}\n+  a: {queue: second}" in told


def test_what_is_the_same_has_no_difference(site):
    done = site.run("diff")
    assert (done.stdout, done.stderr) == ("", "There is no difference.\n")


def test_a_flow_that_never_was_is_not_compared(site):
    done = site.run("diff", "smallest")
    assert done.exit_code == 1
    assert "there is no flow 'smallest'. Did you mean 'small'?" in done.stderr
