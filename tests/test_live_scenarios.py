"""On a real FreeSWITCH: `eslflow test --live` plays the scenarios of flows that ship.

The switch runs with tests/live/freeswitch.xml, which has queues for tests. What is
looked at beside the verdicts: that nothing is left, and that nobody else is touched.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import gevent
import pytest

from eslflow.check.load import scenarios_of
from tests.live.office import Switch, password
from tests.live.phone import PATIENCE_S

pytestmark = pytest.mark.live

ROOT = Path(__file__).parent.parent
FLOWS = ROOT / "flows"
PLAYED = {
    "opt-in": (
        "agrees and is recorded with sales",
        "refuses and is served unrecorded",
        "hangs up while being asked",
        "withdraws in the talk",
        "nobody takes the call in time",
        "nobody is free",
        "the switch has no such queues",
        "nothing can be played",
    ),
    "verbal": (
        "says yes again after that",
        "says yes and withdraws by key",
        "hangs up before an agent answers",
    ),
    "payment": ("pays by key", "would rather tell an agent, who masks"),
    "outgoing": (
        "the called party agrees and is recorded",
        "the called party hangs up in the question",
        "the number is busy",
        "a colleague is called at once, unasked",
        "somebody calls for help",
    ),
    "two-party": (
        "both have agreed, the agent by the register",
        "the caller has agreed, and the agent has not",
        "the caller refuses",
        "both agree to a call that a user makes",
        "both agree, and the user has not by the register",
        "the user refuses, and the called party is not even asked",
        "the called party refuses",
        "the called party takes their own yes back in the talk",
    ),
    "withdraw": ("withdraws while waiting",),
    "two-queues": ("agreed, and the recording follows to the other queue",),
}
"""Scenarios of flows that ship, of each kind of thing that people do."""
FALSE = """\
scenarios:
  agrees, and is said not to be recorded:
    press: [1, 1]
    expect: {recorded: false, masked: [sales], reaches: support}
"""


class Site:
    """A site beside the switch, and the command as somebody runs it."""

    def __init__(self, folder: Path, host: str) -> None:
        self.folder = folder
        self._process: subprocess.Popen[str] | None = None
        folder.chmod(0o755)
        (folder / "flows").mkdir()
        (folder / "recordings").mkdir()
        (folder / "sounds").symlink_to(ROOT / "sounds")
        (folder / "switch.password").write_text(password())
        (folder / "switch.password").chmod(0o600)
        (folder / "eslflow.yaml").write_text(
            f"switch: {{address: {host}:8021, password_file: switch.password}}\n"
        )

    def plays(self, flow: str, text: str) -> None:
        """Put a flow there, with these scenarios."""
        shutil.copy(FLOWS / f"{flow}.yaml", self.folder / "flows")
        path = scenarios_of(self.folder / "flows" / f"{flow}.yaml")
        path.write_text(text, encoding="utf-8")

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start the command."""
        line = [sys.executable, "-m", "eslflow", "--site", str(self.folder), "test"]
        self._process = subprocess.Popen(
            [*line, "--live", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(self.folder)},
        )
        return self._process

    def close(self) -> None:
        """Stop it, if it still runs: a test has failed."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(PATIENCE_S)

    def test(self, *words: str) -> "tuple[int, str, str]":
        """Run the command; return its exit code, output and errors."""
        process = self.start(*words)
        pool = gevent.get_hub().threadpool
        out, err = pool.apply(process.communicate)
        return process.returncode, out, err


@pytest.fixture
def switch(freeswitch):
    found = Switch(freeswitch)
    yield found
    found.close()


@pytest.fixture
def site(tmp_path, freeswitch):
    found = Site(tmp_path, freeswitch)
    yield found
    found.close()


def only(flow, names):
    """Return the text of a flow's scenarios, cut down to those of these names."""
    lines = scenarios_of(FLOWS / f"{flow}.yaml").read_text("utf-8").splitlines()
    kept, is_kept = [], True
    for line in lines:
        if line.startswith("  ") and not line.startswith("   "):
            is_kept = line.strip().rstrip(":") in names
        if is_kept:
            kept.append(line)
    return "\n".join([*kept, ""])


def is_clean(switch, site):
    """Whether nothing of a run is left, on the switch and in the site."""
    agents = switch.api("callcenter_config agent list")
    left = [path.name for path in site.folder.iterdir() if path.name.startswith(".e")]
    recorded = list((site.folder / "recordings").iterdir())
    ledgers = list(site.folder.glob("*.db"))
    return ("eslflow-test" not in agents, left, recorded, ledgers) == (True, [], [], [])


def calls_of_tests(switch):
    shown = json.loads(switch.api("show channels as json")).get("rows", [])
    return [row for row in shown if "endless_playback" in row["name"]]


def all_are_gone(switch):
    """Whether no call of a test is left: a leg that hangs up takes its moment."""
    with gevent.Timeout(PATIENCE_S, False):
        while calls_of_tests(switch):
            pass
        return True
    return False


@pytest.mark.timeout(400)
@pytest.mark.parametrize("flow", PLAYED)
def test_flows_that_ship_do_on_a_real_switch_what_their_scenarios_say(
    site, switch, flow
):
    site.plays(flow, only(flow, PLAYED[flow]))
    code, out, err = site.test("--json")
    assert out, err
    (found,) = json.loads(out)["flows"]
    told = [
        (one["name"], one["skipped"], one["differences"], one["story"])
        for one in found["scenarios"]
        if not one["passed"]
    ]
    assert told == [], err
    assert code == 0
    assert len(found["scenarios"]) == len(PLAYED[flow])
    assert is_clean(switch, site)
    assert all_are_gone(switch)


def test_what_a_switch_does_otherwise_is_told_by_the_same_judge(site, switch):
    site.plays("opt-in", FALSE)
    code, out, _ = site.test()
    assert code == 1
    assert "recorded  false    | true" in out
    assert "masked    [sales]  | []" in out
    assert "reaches   support  | sales" in out
    assert is_clean(switch, site)


def test_ctrl_c_ends_the_calls_and_leaves_nothing(site, switch):
    site.plays("opt-in", only("opt-in", ("says nothing to any question",)))
    # Else a leg that another test has just left would be taken for the first call.
    assert all_are_gone(switch)
    process = site.start()
    with gevent.Timeout(30):
        while not calls_of_tests(switch):
            gevent.idle()
    process.send_signal(signal.SIGINT)
    out, _ = gevent.get_hub().threadpool.apply(process.communicate)
    assert process.returncode == 1
    assert "passed" not in out
    assert all_are_gone(switch)
    assert is_clean(switch, site)


def test_a_wrong_password_is_told_and_what_to_look_at(site):
    site.plays("opt-in", FALSE)
    (site.folder / "switch.password").write_text("not this one")
    code, _, err = site.test()
    assert code == 1
    assert "the switch refused the password" in err


def test_other_calls_are_left_alone(site, switch):
    uuid = "5a1e0000-0000-4000-8000-000000000001"
    switch.api(f"originate {{origination_uuid={uuid}}}null/somebody &park()")
    try:
        site.plays("opt-in", only("opt-in", ("agrees and is recorded with sales",)))
        code, out, _ = site.test()
        assert code == 0, out
        assert switch.api(f"uuid_exists {uuid}") == "true"
        assert "displace" not in switch.api(f"uuid_buglist {uuid}")
    finally:
        switch.api(f"uuid_kill {uuid}")
