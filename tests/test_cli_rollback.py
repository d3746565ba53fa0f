"""`eslflow flows rollback`."""

import json

import pytest

from eslflow.ledger.versions import SHORT, Versions
from tests.desks import TableDesk
from tests.served import served
from tests.test_cli_flows import OUTER, SMALL, Site
from tests.test_cli_reload import REFUSED, SERVED


class Serving:
    """What reloads: it reads the files, and serves or refuses them."""

    problem = ""

    def __init__(self, site, found=SERVED):
        self.site = site
        self.found = found
        self.wanted = []
        self.seen = []

    def ask(self, wanted):
        self.wanted.append(wanted)
        files = sorted(self.site.flows.glob("*.yaml"))
        self.seen.append({path.stem: path.read_text() for path in files})
        return 1

    def wait(self, number, seconds):
        return self.found


@pytest.fixture
def site(tmp_path):
    found = Site(tmp_path)
    found.put("small", SMALL % "first")
    found.put("outer", OUTER)
    found.first = dict(found.serves(how="start"))
    found.put("small", SMALL % "second")
    found.serves()
    return found


def text(site, name="small"):
    return (site.flows / f"{name}.yaml").read_text()


def test_the_version_before_comes_back_and_is_served(site):
    serving = Serving(site)
    with served(site.folder, TableDesk(), serving):
        done = site.run("rollback", "small", "--note", "too long")
    assert done.exit_code == 0
    assert text(site) == SMALL % "first"
    old = site.first["small"][:SHORT]
    assert f"small.yaml: as in {old}" in done.stdout
    assert "new calls run" in done.stdout
    assert serving.seen[0]["small"] == SMALL % "first"
    assert serving.wanted[0].note == f"back to {old}: too long"


def test_a_second_rollback_takes_the_first_one_back(site):
    with served(site.folder, TableDesk(), Serving(site)):
        site.run("rollback", "small")
        site.serves()
        site.run("rollback", "small")
    assert text(site) == SMALL % "second"


def test_a_named_version_comes_back_with_the_flows_inside(site):
    site.put("outer", OUTER.replace("x", "y"))
    site.serves()
    with served(site.folder, TableDesk(), Serving(site)):
        done = site.run("rollback", "outer", site.first["outer"][:8])
    assert done.exit_code == 0
    assert (text(site), text(site, "outer")) == (SMALL % "first", OUTER)


def test_changes_that_were_never_served_are_not_lost(site):
    site.put("small", SMALL % "third")
    serving = Serving(site)
    with served(site.folder, TableDesk(), serving):
        done = site.run("rollback", "small")
        assert done.exit_code == 1
        assert "has changes that were never served" in done.stderr
        assert text(site) == SMALL % "third"
        assert serving.wanted == []
        done = site.run("rollback", "small", "--force", "--note", "hurry")
    assert done.exit_code == 0
    assert text(site) == SMALL % "first"
    (line,) = [
        line
        for line in json.loads(site.run("log", "--json").stdout)
        if line["state"] == "kept"
    ]
    assert (line["how"], line["note"]) == ("rollback", "hurry")
    assert site.run("show", line["flow_sha256"]).stdout == SMALL % "third"
    with Versions(site.ledger) as versions:
        assert versions.served()["small"]["flow_sha256"] == site.served["small"]


@pytest.mark.parametrize("broken", ["flow: small\n", "not even: [yaml", "flow: x\n"])
def test_what_is_no_flow_yet_is_kept_too(site, broken):
    site.put("small", broken)
    with served(site.folder, TableDesk(), Serving(site)):
        done = site.run("rollback", "small", site.first["small"], "--force")
    assert done.exit_code == 0, done.output
    assert text(site) == SMALL % "first"
    kept = json.loads(site.run("log", "small", "--json").stdout)[0]
    assert kept["state"] == "kept"
    assert site.run("show", kept["flow_sha256"]).stdout == broken


@pytest.mark.parametrize("data", [b"\xff\xfe", b"flow: \0"])
def test_what_the_ledger_cannot_hold_is_not_overwritten(site, data):
    (site.flows / "small.yaml").write_bytes(data)
    done = site.run("rollback", "small", "--force")
    assert done.exit_code == 1
    assert "move it away first" in done.stderr
    assert (site.flows / "small.yaml").read_bytes() == data


def test_when_the_reload_is_refused_the_files_are_put_back(site):
    serving = Serving(site, REFUSED)
    with served(site.folder, TableDesk(), serving):
        done = site.run("rollback", "small")
    assert done.exit_code == 78
    assert serving.seen[0]["small"] == SMALL % "first"
    assert text(site) == SMALL % "second"
    assert "a.yaml:1: bad" in done.stderr
    assert done.stderr.endswith("The files are as they were before.\n")


def test_a_file_that_was_deleted_comes_back(site):
    (site.flows / "outer.yaml").unlink()
    site.serves()
    with served(site.folder, TableDesk(), Serving(site)):
        done = site.run("rollback", "outer")
    assert done.exit_code == 0
    assert text(site, "outer") == OUTER
    assert text(site) == SMALL % "second"


def test_a_file_that_is_gone_comes_back_as_it_is_served(site):
    (site.flows / "small.yaml").unlink()
    with served(site.folder, TableDesk(), Serving(site)):
        done = site.run("rollback", "small")
    assert done.exit_code == 0
    assert text(site) == SMALL % "second"


def test_a_file_that_came_back_goes_again_when_it_is_refused(site):
    (site.flows / "outer.yaml").unlink()
    site.serves()
    with served(site.folder, TableDesk(), Serving(site, REFUSED)):
        site.run("rollback", "outer")
    assert not (site.flows / "outer.yaml").exists()


def test_without_a_running_eslflow_the_file_alone_comes_back(site):
    done = site.run("rollback", "small")
    assert done.exit_code == 0
    assert text(site) == SMALL % "first"
    assert "it will be served when one starts" in done.stdout


def test_what_is_there_already_is_left_as_it_is(site):
    before = (site.flows / "small.yaml").stat()
    with served(site.folder, TableDesk(), Serving(site)):
        done = site.run("rollback", "small", site.served["small"])
    assert done.exit_code == 0
    assert "as in" not in done.stdout
    assert (site.flows / "small.yaml").stat().st_ino == before.st_ino


def test_a_version_of_another_flow_is_not_taken(site):
    done = site.run("rollback", "small", site.first["outer"])
    assert done.exit_code == 1
    assert "is a version of flow 'outer'" in done.stderr


def test_a_flow_with_one_version_cannot_go_back(site):
    site.put("new", "flow: new\nsteps:\n  a: {queue: x}\n")
    site.serves()
    done = site.run("rollback", "new")
    assert done.exit_code == 1
    assert "flow 'new' has had one version only" in done.stderr
    assert f"eslflow flows rollback new {site.served['new'][:SHORT]}" in done.stderr
    assert "no flow 'nothing' was served" in site.run("rollback", "nothing").stderr
