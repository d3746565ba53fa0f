"""`eslflow doctor`, against a switch of a few answers."""

import json
import re
from contextlib import contextmanager

import pytest
from gevent import socket
from gevent.server import StreamServer

from eslflow.cli import doctor
from eslflow.cli.main import CONFIGURATION
from eslflow.errors import CommandRefused, EslflowError, LinkLost
from eslflow.ledger.writer import Ledger
from eslflow.switch.link import Link
from tests.command import run
from tests.desks import TableDesk
from tests.peers import make_sounds
from tests.served import served
from tests.ward import GOOD, Ward, dialplan

FLOW = """\
flow: test
steps:
  talk: {queue: support}
"""
MODULES = ("mod_dptools", "mod_sndfile", "mod_tone_stream", "mod_callcenter")


class Switch:
    """An event socket behind which a ward answers."""

    def __init__(self):
        self.ward = Ward(show='{"row_count":0}')
        self.server = StreamServer(("127.0.0.1", 0), self._serve)
        self.server.start()

    def _serve(self, sock, _):
        sock.sendall(b"Content-Type: auth/request\n\n")
        lines = sock.makefile("rb")
        while words := lines.readline().decode().strip():
            lines.readline()
            if words.startswith("auth"):
                sock.sendall(
                    b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
                )
                continue
            try:
                body = self._answer(*words.removeprefix("api ").partition(" ")[::2])
            except LinkLost:
                break
            head = f"Content-Type: api/response\nContent-Length: {len(body)}\n\n"
            sock.sendall(head.encode() + body.encode())
        sock.shutdown(socket.SHUT_RDWR)

    def _answer(self, command, arg):
        try:
            return self.ward.api(command, arg)
        except CommandRefused as refused:
            return refused.reply


@pytest.fixture
def switch():
    made = Switch()
    yield made
    made.server.stop()


@pytest.fixture
def port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.fixture
def site(tmp_path, switch, port, monkeypatch):
    address = f"127.0.0.1:{switch.server.server_port}"
    (tmp_path / "eslflow.yaml").write_text(
        f"listen: 127.0.0.1:{port}\nfree_space: 1KB\nswitch: {{address: '{address}'}}\n"
    )
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "test.yaml").write_text(FLOW)
    (tmp_path / "recordings").mkdir(mode=0o770)
    Ledger(tmp_path / "eslflow.db").close()
    plan = dialplan(GOOD.replace("8084", str(port)))
    switch.ward.answers["xml_locate dialplan"] = plan
    switch.ward.answers["uuid_getvar"] = knocks(port)
    switch.ward.answers["originate"] = records
    switch.ward.answers["strmicroepoch"] = now
    return tmp_path


def now(_):
    from eslflow.clock import SystemClock

    return str(SystemClock().now())


def knocks(port):
    """Return what connects to the door, as a switch does, when it is asked."""

    def ask(_):
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.recv(1)
        return "_undef_"

    return ask


def records(words):
    found = re.search(r"&record\((\S+) 5\)", words)
    if found:
        with open(found[1], "wb"):
            pass
    return "+OK"


@contextmanager
def taken(port):
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", port))
        sock.listen()
        yield


def topics(done):
    lines = re.findall(r"^(ok|warning|error) +(.+?)  ", done.stdout, re.MULTILINE)
    return {topic: level for level, topic in lines}


def test_where_all_is_well_each_part_says_so_once(site, switch, port, monkeypatch):
    # The one that is served here has no link of its own to the switch.
    monkeypatch.setattr(Link, "problem", "")
    with served(site, TableDesk()), taken(port):
        # A controller runs: the switch must have been seen by it.
        switch.ward.answers["uuid_getvar"] = "true"
        done = run(site, "doctor")
    assert done.exit_code == 0, done.stdout
    assert topics(done) == dict.fromkeys(
        (
            "flows", "service", "listen", "version", "modules", "clock", "event socket",
            "dialplan", "second recorders", "socket", "recordings",
            "recorders at work", "rights", "disk", "ledger",
        ),
        "ok",
    )  # fmt: skip
    assert done.stderr == "15 findings: no errors, no warnings\n"


def test_a_warning_is_no_failure_and_tells_what_mends(site):
    done = run(site, "doctor")
    assert done.exit_code == 0
    assert topics(done)["service"] == "warning"
    assert topics(done)["socket"] == "ok"
    assert "no eslflow serve runs" in done.stdout
    assert f"Mend: eslflow --site {site} serve" in done.stdout
    assert done.stderr == "15 findings: no errors, 1 warning\n"


def test_emergency_numbers_that_are_left_out_are_told(site):
    with (site / "eslflow.yaml").open("a") as file:
        file.write("emergency: []\n")
    done = run(site, "doctor")
    assert topics(done)["emergency"] == "warning"
    assert "Mend: emergency: [112] in eslflow.yaml" in done.stdout


def test_another_program_at_our_address_is_told_once(site, port):
    with taken(port):
        done = run(site, "doctor")
    assert topics(done)["service"] == "error"
    assert "socket" not in topics(done)
    assert done.stdout.count("another program listens") == 1


def test_an_error_exits_with_1_and_programs_read_it(site, switch):
    switch.ward.answers["module_exists mod_callcenter"] = "false"
    done = run(site, "doctor", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["ok"] is False
    (finding,) = [f for f in told["findings"] if f["level"] == "error"]
    assert finding["topic"] == "modules"
    assert "mod_callcenter is not loaded" in finding["text"]
    assert "load mod_callcenter" in finding["mend"]
    assert set(finding) == {"level", "topic", "text", "means", "mend"}


def test_sounds_of_the_flows_are_tried(site, switch):
    text = FLOW.replace("steps:", "prompts: {hi: Hello.}\nsteps:\n  hi: {announce: hi}")
    (site / "flows" / "test.yaml").write_text(text)
    done = run(site, "doctor")
    assert topics(done)["flows"] == "warning"
    assert "sounds" not in topics(done)
    from eslflow.check import load_flow

    make_sounds(site / "sounds", load_flow(site / "flows" / "test.yaml"))
    switch.ward.answers["uuid_displace"] = "-ERR Cannot displace session!"
    done = run(site, "doctor")
    assert topics(done)["sounds"] == "error"


def test_flows_that_do_not_load_are_told_and_the_rest_is_looked_at(site):
    (site / "flows" / "test.yaml").write_text("flow: test\nstep: {}\n")
    done = run(site, "doctor")
    assert done.exit_code == 1
    assert topics(done)["flows"] == "error"
    assert topics(done)["ledger"] == "ok"
    assert f"eslflow --site {site} check" in done.stdout
    assert f"2 problems in {site / 'flows' / 'test.yaml'}\n" in done.stdout
    (site / "flows" / "other.yaml").write_text("flow: other\nstep: {}\n")
    assert f"4 problems in {site / 'flows'}\n" in run(site, "doctor").stdout


def test_settings_that_name_no_flow_are_told_as_theirs(site):
    with (site / "eslflow.yaml").open("a") as file:
        file.write("\ndefault_flow: tset\n")
    told = " ".join(run(site, "doctor").stdout.split())
    assert f"{site / 'eslflow.yaml'}:" in told
    assert "there is no flow 'tset'. Did you mean 'test'?" in told


def test_a_site_without_flows_is_told_in_its_words(site):
    (site / "flows" / "test.yaml").unlink()
    done = run(site, "doctor")
    assert "there are no flows (*.yaml)" in done.stdout


def test_without_a_switch_it_looks_at_the_rest_and_says_so(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("free_space: 1KB\n")
    done = run(tmp_path, "doctor")
    assert topics(done)["switch"] == "warning"
    assert "nothing of FreeSWITCH was looked at" in done.stdout
    assert topics(done)["disk"] == "ok"
    assert topics(done)["ledger"] == "warning"


def test_a_switch_that_is_not_there_is_an_error(site, switch):
    switch.server.stop()
    done = run(site, "doctor")
    assert done.exit_code == 1
    assert topics(done)["event socket"] == "error"
    assert "no control link to the switch" in done.stdout
    assert topics(done)["ledger"] == "ok"


def test_a_ledger_that_is_not_there_yet_is_not_compared(site):
    for path in site.glob("eslflow.db*"):
        path.unlink()
    done = run(site, "doctor")
    assert topics(done)["ledger"] == "warning"
    assert "recorders at work" not in topics(done)


def test_an_answer_that_cannot_be_read_is_told(site, switch):
    switch.ward.answers["show channels"] = "no list"
    done = run(site, "doctor")
    assert topics(done)["recorders at work"] == "warning"


def test_a_bad_configuration_is_told_as_everywhere(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("lisen: 127.0.0.1:8084\n")
    done = run(tmp_path, "doctor")
    assert done.exit_code == CONFIGURATION
    assert "Did you mean 'listen'?" in done.stderr


def test_long_words_are_wrapped_for_a_terminal_but_not_what_is_copied(
    site, monkeypatch
):
    monkeypatch.setattr(doctor, "room", lambda: 70)
    done = run(site, "doctor")
    told = [line for line in done.stdout.splitlines() if "Mend: " not in line]
    assert max(map(len, told)) <= 70
    assert f"Mend: eslflow --site {site} serve (docs/eslflow.service)" in done.stdout


def test_what_the_switch_says_cannot_move_the_cursor(site, switch):
    switch.ward.answers["version"] = "\x1b[2J"
    done = run(site, "doctor")
    assert "\x1b" not in done.stdout


def test_a_switch_that_refuses_to_answer_costs_only_its_own_part(site, switch):
    switch.ward.answers["version"] = "-ERR version Command not found!"
    done = run(site, "doctor")
    assert done.exit_code == 1
    assert topics(done)["modules"] == "error"
    assert "load mod_commands" in done.stdout
    assert topics(done)["ledger"] == "ok"


def test_a_controller_that_does_not_answer_costs_only_its_own_part(
    site, switch, monkeypatch
):
    switch.ward.answers["uuid_getvar"] = "true"

    def refuse(*_):
        raise EslflowError("eslflow does not answer")

    monkeypatch.setattr("eslflow.web.client.is_running", lambda _: True)
    monkeypatch.setattr("eslflow.web.client.ask", refuse)
    done = run(site, "doctor")
    assert topics(done)["recorders at work"] == "warning"
    assert "eslflow does not answer" in done.stdout
    assert topics(done)["ledger"] == "ok"


def test_a_switch_that_goes_away_meanwhile_is_told(site, switch):
    def gone(_):
        raise LinkLost("gone")

    switch.ward.answers["show"] = gone
    done = run(site, "doctor")
    assert topics(done)["event socket"] == "error"
    assert topics(done)["ledger"] == "ok"
