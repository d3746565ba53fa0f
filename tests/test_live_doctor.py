"""On a real FreeSWITCH: what a doctor finds where something is broken on purpose.

See tests/live/README.md. The switch's modules and calls are as before, afterwards.
"""

import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from eslflow.call.records import CallOffered
from eslflow.clock import SystemClock
from eslflow.doctor.probe import Prober
from eslflow.ledger.writer import Ledger, write
from eslflow.settings import Switch as Settings
from eslflow.switch.link import DirectLink
from tests.command import run
from tests.live.office import Switch, password
from tests.peers import make_sounds
from tests.test_live_reconcile import Place

pytestmark = pytest.mark.live

PATIENCE = 50
ROOT = Path(__file__).parent.parent
FLOW = """\
flow: support
prompts: {hello: Hello.}
steps:
  hello: {announce: hello}
  talk: {queue: support}
"""
SETTINGS = """\
listen: 127.0.0.1:%d
free_space: 1KB
switch: {address: '%s:8021'}
"""


class Ward:
    """A site beside the switch."""

    def __init__(self, host, folder):
        self.host, self.folder, self.port = host, folder, 8088
        self.switch = Switch(host)
        (folder / "flows").mkdir()
        (folder / "recordings").mkdir(mode=0o770)
        self.flow = folder / "flows" / "support.yaml"
        self.flow.write_text(FLOW)
        make_sounds(folder / "sounds", flow_of(self.flow))
        Ledger(folder / "eslflow.db").close()
        self.settle()

    def settle(self, more=""):
        text = SETTINGS % (self.port, self.host) + more
        (self.folder / "eslflow.yaml").write_text(text)

    def findings(self, topic):
        told = json.loads(run(self.folder, "doctor", "--json").stdout)
        return [found for found in told["findings"] if found["topic"] == topic]

    def finding(self, topic):
        (found,) = self.findings(topic)
        return found["level"], found["text"]

    def shown(self, call, is_there=True):
        """Wait until the switch shows a call, or none: its list is a little old."""
        for _ in range(PATIENCE):
            if (call in self.switch.api("show channels as json")) is is_there:
                return
            self.switch.api("msleep 100")
        raise AssertionError(f"{call} {'is not shown' if is_there else 'stays'}")


def flow_of(path):
    from eslflow.check import load_flow

    return load_flow(path)


@pytest.fixture
def ward(freeswitch, tmp_path, monkeypatch):
    monkeypatch.setenv("ESLFLOW_SWITCH_PASSWORD", password())
    found = Ward(freeswitch, tmp_path)
    yield found
    found.shown("eslflow-doctor", is_there=False)
    found.switch.close()


def test_a_site_that_is_well_is_found_so_but_for_the_switch_of_the_tests(ward):
    told = json.loads(run(ward.folder, "doctor", "--json").stdout)
    levels = {}
    for found in told["findings"]:
        levels.setdefault(found["topic"], set()).add(found["level"])
    # What is wrong with the switch is meant to be.
    for topic in ("version", "event socket", "second recorders"):
        levels.pop(topic)
    assert levels.pop("service") == {"warning"}
    assert set.union(*levels.values()) == {"ok"}
    assert {"modules", "clock", "dialplan", "sounds", "recordings"} <= set(levels)
    assert list((ward.folder / "recordings").iterdir()) == []


def test_a_wrong_password_is_found(ward, monkeypatch):
    monkeypatch.setenv("ESLFLOW_SWITCH_PASSWORD", "wrong")
    level, text = ward.finding("event socket")
    assert level == "error"
    assert "refused the password" in text


def test_the_password_of_all_is_found(ward):
    said = [found["text"] for found in ward.findings("event socket")]
    assert any("every FreeSWITCH ships with" in text for text in said)


def test_a_module_that_is_not_loaded_is_found(ward):
    ward.flow.write_text(FLOW.replace("queue: support", "queue: x, type: fifo"))
    assert ward.finding("modules")[0] == "ok"
    ward.switch.does("unload mod_fifo")
    try:
        level, text = ward.finding("modules")
    finally:
        ward.switch.api("load mod_fifo")
    assert level == "error"
    assert "mod_fifo is not loaded" in text


def test_an_extension_that_lacks_everything_is_found(ward):
    ward.port = 8086
    ward.settle()
    said = [f["text"] for f in ward.findings("dialplan") if f["level"] != "ok"]
    name = "extension 'halved' of context 'default'"
    assert said == [
        f"{name} has a socket without async",
        f"{name} has a socket without full",
        f"{name} does not set socket_resume",
        f"{name} has no fallback behind the socket",
        f"{name} names the flow 'nope', which the site does not have",
    ]


def test_recorders_in_queue_and_dialplan_are_found(ward):
    said = " ".join(found["text"] for found in ward.findings("second recorders"))
    assert "queue 'taped' in callcenter.conf.xml has record-template" in said
    assert "extension 'taped' of context 'default' has record_session" in said


def test_sounds_that_the_switch_cannot_open_are_found(ward):
    assert ward.finding("sounds")[0] == "ok"
    (sound,) = map(str, (ward.folder / "sounds").rglob("*.wav"))
    # The switch of the tests may be root, who reads everything that is there.
    link = DirectLink(Settings(ward.host, 8021, password()))
    found = Prober(link, SystemClock()).sounds([sound, "/nope/hello.wav", str(ROOT)])
    link.close()
    assert found.level == "error"
    assert found.text == f"the switch cannot open /nope/hello.wav, {ROOT}"


def test_a_folder_that_the_switch_cannot_write_is_found(ward):
    ward.settle("recordings: /proc/eslflow\n")
    level, text = ward.finding("recordings")
    assert (level, text) == ("error", "the switch cannot write into /proc/eslflow")


def test_a_door_that_others_hold_or_that_is_shut_to_the_switch_is_found(ward):
    ward.settle("allow: [192.0.2.1]\n")
    level, text = ward.finding("socket")
    assert (level, "connects from 127.0.0.1" in text) == ("error", True)
    ward.port = 8021
    ward.settle()
    assert "another program listens" in ward.finding("service")[1]


@pytest.mark.parametrize(
    ("more", "level"), [("", "ok"), ("allow: [192.0.2.1]\n", "error")]
)
def test_a_running_controller_is_reached_or_not(ward, more, level):
    ward.settle(more)
    with subprocess.Popen(
        [sys.executable, "-m", "eslflow", "--site", ward.folder, "serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            assert process.stdout.readline().startswith("listening")
            found = ward.finding("socket")
        finally:
            process.terminate()
    assert found[0] == level
    calls = run(ward.folder, "calls", "list", "--json").stdout
    assert json.loads(calls) == []


def test_recorders_at_work_are_found_and_left_alone(ward):
    call, now = str(uuid.uuid4()), SystemClock().now()
    offered = CallOffered(call, "inbound", "", "", "100", "support", "", "", now)
    write(ward.folder / "eslflow.db", [offered])
    strange, unpermitted = (
        ward.folder / "x.wav",
        f"{ward.folder}/recordings/{call}-1.wav",
    )
    variables = f"origination_uuid={call},park_timeout=300"
    ward.switch.does(f"originate {{{variables}}}null/test &park()")
    try:
        ward.shown(call)
        assert ward.finding("recorders at work")[0] == "ok"
        for path in (strange, unpermitted):
            ward.switch.does(f"uuid_record {call} start {path}")
        found = ward.findings("recorders at work")
        bugs = ward.switch.api(f"uuid_buglist {call}")
    finally:
        ward.switch.api(f"uuid_kill {call}")
    assert [one["level"] for one in found] == ["error", "warning"]
    assert f"another recorder writes {strange}" in found[0]["text"]
    assert f"unpermitted {call} {unpermitted}" in found[1]["text"]
    assert bugs.count("session_record") == 2


@pytest.fixture
def place(freeswitch, tmp_path, monkeypatch):
    monkeypatch.setenv("ESLFLOW_SWITCH_PASSWORD", password())
    found = Place(freeswitch, tmp_path)
    settings = tmp_path / "eslflow.yaml"
    text = settings.read_text().replace("127.0.0.1:0", "127.0.0.1:8088")
    settings.write_text(f"{text}free_space: 1KB\n")
    yield found
    found.close()


def test_a_recorded_call_goes_on_while_the_doctor_looks(place):
    place.talks()
    told = json.loads(run(place.site, "doctor", "--json").stdout)
    found = {one["topic"]: (one["level"], one["text"]) for one in told["findings"]}
    text = "no recorder but eslflow's on 2 legs of its calls"
    assert found["recorders at work"] == ("ok", text)
    assert found["socket"][0] == "ok"
    assert found["recordings"][0] == "ok"
    place.call.speaks(ms=1000)
    assert place.recording() == "on"
    kept, heard = place.kept()
    assert kept["recordings"][0]["state"] == "stopped"
    assert len(heard) > 50
    actions = [row["action"] for row in kept["recording_actions"]]
    assert actions == ["start", "stop"]
