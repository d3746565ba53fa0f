"""`eslflow reload`."""

import json

import pytest

from eslflow.cli.reload import SHORT, tell
from eslflow.web import reloads
from tests.command import run
from tests.desks import TableDesk
from tests.served import served

SERVED = {
    "reload": 1,
    "state": "served",
    "code": 0,
    "told": "a.yaml: good\x1b[2J\n",
    "flows": [
        {"flow": "a", "sha256": "a" * 64, "before": "b" * 64},
        {"flow": "new", "sha256": "c" * 64, "before": ""},
        {"flow": "gone", "sha256": "", "before": "d" * 64},
    ],
    "restart": ["listen"],
}
REFUSED = {
    **SERVED,
    "state": "refused",
    "code": 78,
    "told": "a.yaml:1: bad\n",
    "flows": [],
    "restart": [],
}


class Slow:
    """What reloads, and is not through with it when it is asked for the first time."""

    problem = ""

    def __init__(self, found):
        self.found = found
        self.asked = []
        self.waited = []

    def ask(self, wanted):
        self.asked.append(wanted)
        return 1

    def wait(self, number, seconds):
        self.waited.append(seconds)
        is_over = len(self.waited) > 2
        return self.found if is_over else {**self.found, "state": "checking"}


@pytest.fixture
def site(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("")
    return tmp_path


def test_it_tells_what_was_said_and_what_is_served_now(site):
    slow = Slow(SERVED)
    with served(site, TableDesk(), slow):
        done = run(site, "reload", "--note", "shorter")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "a.yaml: good\ufffd[2J",
        f"a: new calls run {'a' * SHORT} (was {'b' * SHORT})",
        f"new: new calls run {'c' * SHORT} (it is new)",
        f"gone: new calls do not find it any more (was {'d' * SHORT})",
    ]
    assert "listen: has changed in eslflow.yaml, and takes a restart" in done.stderr
    ((how, who, note),) = slow.asked
    assert (how, note) == ("reload", "shorter")
    assert who.startswith("cli ")
    assert slow.waited == [0, reloads.PATIENCE_S, reloads.PATIENCE_S]


def test_a_refusal_is_told_with_its_exit_code(site):
    with served(site, TableDesk(), Slow(REFUSED)):
        done = run(site, "reload", "--quiet")
    assert done.exit_code == 78
    assert done.stdout == ""
    assert done.stderr == (
        "a.yaml:1: bad\nRefused: new calls run the flows as they were.\n"
    )


def test_quiet_tells_only_what_is_wrong(site):
    with served(site, TableDesk(), Slow(SERVED)):
        done = run(site, "reload", "-q")
    assert done.stdout == ""
    assert "takes a restart" in done.stderr


def test_programs_get_it_all(site):
    with served(site, TableDesk(), Slow(SERVED)):
        done = run(site, "reload", "--json")
    assert json.loads(done.stdout) == SERVED


def test_a_reload_that_changes_no_flow_says_so(capsys):
    tell({**SERVED, "told": "", "flows": [], "restart": []})
    told = capsys.readouterr().out
    assert told == "No flow has changed; audio and settings were read again.\n"


def test_emergency_numbers_that_are_others_are_told(site):
    told = {**SERVED, "told": "", "flows": [], "restart": []}
    told["emergency"] = {"now": [], "before": ["110", "112"]}
    told["warnings"] = ["112 is left out"]
    with served(site, TableDesk(), Slow(told)):
        done = run(site, "reload", "--note", "why")
    assert done.stdout == (
        "The emergency numbers have changed: now none; they were 110, 112.\n"
        "No flow has changed; audio and settings were read again.\n"
    )
    assert done.stderr == (
        "warning: 112 is left out\n"
        "The note is not kept, as no flow has changed: it is in the log of eslflow "
        "serve only.\n"
    )


def test_without_a_running_eslflow_there_is_nothing_to_reload(site):
    done = run(site, "reload")
    assert done.exit_code == 1
    assert f"no eslflow runs in {site}" in done.stderr


def test_a_note_that_is_too_long_is_cut(site):
    slow = Slow(SERVED)
    with served(site, TableDesk(), slow):
        assert run(site, "reload", "--note", "x" * 9999).exit_code == 0
    assert slow.asked[0].note == "x" * 500
