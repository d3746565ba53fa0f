"""`eslflow serve`, as a process."""

import json
import logging
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace

import pytest

from eslflow.call.records import (
    CallEnded,
    CallOffered,
    Choice,
    RecordingAction,
    RecordingBegun,
    RecordingEnded,
    State,
)
from eslflow.cli.lock import LOCK
from eslflow.cli.main import CONFIGURATION
from eslflow.cli.serve import (
    NO_SWITCH,
    SQLITE,
    _reloading,
    allow_sockets,
    demand_ledger,
    quick_log,
)
from eslflow.cli.watch import Watch
from eslflow.clock import SystemClock
from eslflow.errors import SettingsError
from eslflow.ledger.read import Reader
from eslflow.ledger.tombstone import erasure, erasures
from eslflow.ledger.verify import verify
from eslflow.ledger.versions import Versions
from eslflow.ledger.writer import Ledger, write
from eslflow.rig import file_length_ms
from eslflow.settings import load_settings
from eslflow.sim.script import Script
from eslflow.sim.switch import SimulatedSwitch
from eslflow.web.client import SOCKET
from eslflow.wire.terms import RecordAction
from tests.command import run
from tests.files import put, talk, wav
from tests.peers import OFFER, executed
from tests.rest import TO

START = 1_700_000_000_000_000
ROOT = Path(__file__).parent.parent


@pytest.fixture
def site(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    (tmp_path / "eslflow.yaml").write_text(
        "listen: 127.0.0.1:0\nswitch: {address: '127.0.0.1:1'}\n"
    )
    return tmp_path


def start(site, *words):
    return subprocess.Popen(
        [sys.executable, "-m", "eslflow", "--site", str(site), "serve", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_it_serves_until_it_is_told_to_stop(site):
    with start(site, "-v") as process:
        host, _, port = process.stdout.readline().split()[-1].rpartition(":")
        call = SimulatedSwitch(host, int(port), length_ms=file_length_ms).call(
            Script(keys=("1", "2"))
        )
        process.send_signal(signal.SIGTERM)
        told = process.stderr.read()
        assert process.wait() == 0
    assert len(call.recordings) == 1
    assert "caller presses 1: granted, and kept" in told
    assert "control link: no control link to the switch" in told
    assert "stopped" in told
    with Reader(site / "eslflow.db") as ledger:
        assert ledger.call(call.uuid)["call"]["ending"] == "hung_up"


def test_a_site_that_cannot_ask_the_switch_is_warned(site):
    for text, told in (("", 1), ("switch: {address: '127.0.0.1:1'}\n", 0)):
        (site / "eslflow.yaml").write_text(f"listen: 127.0.0.1:0\n{text}")
        with start(site) as process:
            process.stdout.readline()
            process.terminate()
            assert process.stderr.read().count(NO_SWITCH) == told


def test_emergency_numbers_that_are_left_out_are_in_the_log(site):
    (site / "eslflow.yaml").write_text("listen: 127.0.0.1:0\nemergency: [110]\n")
    with start(site) as process:
        process.stdout.readline()
        process.terminate()
        assert "eslflow.yaml leaves out 112. Who calls" in process.stderr.read()


def test_one_address_for_calls_and_control_is_told_as_our_own(site):
    text = "listen: 127.0.0.1:8084\ncontrol: {listen: 127.0.0.1:8084}\n"
    (site / "eslflow.yaml").write_text(text)
    done = run(site, "serve")
    assert done.exit_code == CONFIGURATION
    assert "control: and listen: in eslflow.yaml are the same address" in done.stderr


def test_each_call_is_told_in_a_line_that_names_nobody(site):
    with start(site) as process:
        host, _, port = process.stdout.readline().split()[-1].rpartition(":")
        script = Script(keys=("1", "2"), caller="+4930987654", caller_name="Eve")
        switch = SimulatedSwitch(host, int(port), length_ms=file_length_ms)
        call = switch.call(script)
        process.terminate()
        told = process.stderr.read()
    (line,) = [line for line in told.splitlines() if call.uuid in line]
    assert line.endswith(
        f"INFO call {call.uuid}: flow support, hung up (NORMAL_CLEARING), "
        "training granted, recorded"
    )
    assert "4930987654" not in told
    assert "Eve" not in told


def test_a_second_serve_of_a_site_is_refused(site):
    with start(site) as process:
        process.stdout.readline()
        (site / "eslflow.yaml").write_text("listen: 127.0.0.1:0\n")
        done = run(site, "serve")
        assert done.exit_code == 1
        assert f"process {process.pid} holds {site / LOCK}" in done.stderr
        assert run(site, "calls", "live").stderr == "No call goes on.\n"
        process.terminate()
        process.communicate()
        assert process.returncode == 0


def test_recordings_are_checked_while_it_serves(site):
    name = site / "recordings/2027/01/15/u-1-1.wav"
    put(name, wav(talk(10)))
    masked = RecordingAction(
        "u-1-1", "u-1", START, RecordAction.MASK, "step", "q", "+OK", True, START
    )
    Ledger(site / "eslflow.db").close()
    write(
        site / "eslflow.db",
        [
            RecordingBegun("u-1-1", "u-1", "u-1", str(name), "training", "q", 1),
            masked,
            RecordingEnded("u-1-1", START, START + 10_000_000, 10_000, "", "stopped"),
        ],
    )
    with start(site) as process:
        told = [*until("u-1-1", process.stderr)][-1]
        process.terminate()
        process.communicate()
        assert process.returncode == 0
    assert "WARNING recording u-1-1 is leaked: masked from 0:00.00 to 0:10.00" in told
    with Reader(site / "eslflow.db") as ledger:
        (line,) = ledger.recordings_named("u-1-1")
    assert line["verdict"] == "leaked"
    assert Path(line["path"]).parent == site / "recordings/quarantine/2027/01/15"


SMALL = "flow: small\nsteps:\n  a: {queue: %s}\n"


@pytest.fixture
def small(tmp_path):
    """A site with a flow that is soon proved."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/small.yaml").write_text(SMALL % "first")
    (tmp_path / "eslflow.yaml").write_text("listen: 127.0.0.1:0\n")
    return tmp_path


def queue_of(address, uuid):
    """Offer a call; return the queue that it is sent to."""
    with socket.create_connection(address) as switch:
        switch.sendall(OFFER.replace(b"path: test", b"path: small") % uuid)
        heard = b""
        while b"execute-app-arg: 0\n\n" not in heard:
            heard += switch.recv(4096)
        # The call has been parked: it has rested.
        switch.sendall(executed(uuid, heard))
        while b"execute-app-name: callcenter" not in heard or heard[-2:] != b"\n\n":
            heard += switch.recv(4096)
    return heard.rpartition(b"execute-app-arg: ")[2].split()[0].decode()


def address_of(process):
    host, _, port = process.stdout.readline().split()[-1].rpartition(":")
    return host, int(port)


def test_flows_are_reloaded_on_request_and_by_signal_while_it_serves(small):
    path = small / "flows/small.yaml"
    with start(small) as process:
        address = address_of(process)
        assert queue_of(address, b"u-1") == "first"
        path.write_text(SMALL % "second")
        assert queue_of(address, b"u-2") == "first"
        done = run(small, "reload", "--note", "for the fair")
        assert done.exit_code == 0, done.output
        assert queue_of(address, b"u-3") == "second"
        path.write_text("flow: small\n")
        done = run(small, "reload")
        assert done.exit_code == CONFIGURATION
        assert "'steps:' is missing" in done.stderr
        assert queue_of(address, b"u-4") == "second"
        path.write_text(SMALL % "third")
        process.send_signal(signal.SIGHUP)
        [*until("SIGHUP wants", process.stderr)]
        [*until("flow small: now", process.stderr)]
        assert queue_of(address, b"u-5") == "third"
        process.terminate()
        process.communicate()
        assert process.returncode == 0
    with Versions(small / "eslflow.db") as versions:
        lines = versions.log()
        assert [(line["how"], line["note"]) for line in lines] == [
            ("signal", ""),
            ("reload", "for the fair"),
            ("start", ""),
        ]
        ran = [versions.run_by(f"u-{number}") for number in (1, 2, 3, 4, 5)]
    third, second, first = (line["flow_sha256"] for line in lines)
    assert ran == [first, first, second, second, third]


def test_flows_are_reloaded_when_a_file_changes_if_the_site_wants_that(small):
    (small / "eslflow.yaml").write_text("listen: 127.0.0.1:0\nreload: on_change\n")
    with start(small) as process:
        address = address_of(process)
        assert queue_of(address, b"u-1") == "first"
        (small / "flows/small.yaml").write_text("flow: small\n")
        [*until("the flows stay as they were", process.stderr)]
        (small / "flows/small.yaml").write_text(SMALL % "second")
        [*until("flow small: now", process.stderr)]
        assert queue_of(address, b"u-2") == "second"
        process.terminate()
        process.communicate()
        assert process.returncode == 0


def test_what_is_reloaded_on_request_is_no_change_to_reload_for(small):
    (small / "eslflow.yaml").write_text("reload: on_change\n")
    reloader = SimpleNamespace(close=lambda: None)
    with _reloading(load_settings(small), reloader):
        assert isinstance(reloader.looked.__self__, Watch)


def test_a_reload_that_goes_on_does_not_keep_it_from_stopping(small):
    with start(small) as process:
        address_of(process)
        process.send_signal(signal.SIGHUP)
        [*until("SIGHUP wants the flows to be reloaded", process.stderr)]
        process.terminate()
        told = process.communicate()[1]
        assert process.returncode == 0
    assert "stopped" in told
    assert "Traceback" not in told


def serve_once(site):
    """Serve until the first call is answered."""
    with start(site) as process:
        host, _, port = process.stdout.readline().split()[-1].rpartition(":")
        with socket.create_connection((host, int(port))) as peer:
            assert peer.recv(100) == b"connect\n\n"
        process.terminate()
        process.communicate()
        assert process.returncode == 0


def test_what_it_serves_is_kept_once_however_often_it_starts(site):
    serve_once(site)
    serve_once(site)
    with Versions(site / "eslflow.db") as versions:
        (line,) = versions.log("support")
        assert (line["state"], line["how"]) == ("served", "start")
        (text,) = versions.whole(line["flow_sha256"])
    data = (site / "flows/support.yaml").read_bytes()
    assert text["text"].encode() == data
    assert text["sha256"] == sha256(data).hexdigest()
    (site / "flows/support.yaml").rename(site / "flows/other.yaml")
    (site / "flows/other.yaml").write_bytes(data.replace(b": support", b": other", 1))
    serve_once(site)
    with Versions(site / "eslflow.db") as versions:
        newest = versions.log()[:2]
        assert [(line["flow"], line["state"]) for line in newest] == [
            ("support", "removed"),
            ("other", "served"),
        ]


def recorded(site, **wanted):
    """Let a recording have ended at a site that wants something of it."""
    name = put(site / "recordings/2027/01/15/u-1-1.wav", wav(talk(10)))
    settings = json.dumps({"listen": "127.0.0.1:0", "recording": wanted})
    (site / "eslflow.yaml").write_text(settings)
    Ledger(site / "eslflow.db").close()
    ended = ("u-1-1", START, START + 10_000_000, 10_000, "", "stopped")
    begun = RecordingBegun("u-1-1", "u-1", "u-1", str(name), "training", "q", 1)
    write(site / "eslflow.db", [begun, RecordingEnded(*ended)])


def test_recordings_come_to_rest_while_it_serves(site):
    hook = site / "hook"
    hook.write_text("#!/bin/sh\necho got $ESLFLOW_RECORDING_PATH\n")
    hook.chmod(0o700)
    recorded(site, convert="flac", encrypt_to=list(TO), hook=[str(hook)])
    with start(site) as process:
        told = [*until("is done", process.stderr)][-1]
        process.terminate()
        process.communicate()
        assert process.returncode == 0
    stored = site / "recordings/2027/01/15/u-1-1.flac.age"
    assert f"INFO recording u-1-1: {hook} is done; it said: got {stored}" in told
    assert list(stored.parent.iterdir()) == [stored]


def test_what_was_withdrawn_is_deleted_while_it_serves(site):
    recorded(site)
    file = site / "recordings/2027/01/15/u-1-1.wav"
    gone = Choice(
        "u-1", 2, State.WITHDRAWN, "training", "consent", 0, "f", "0", "s", "e"
    )
    write(site / "eslflow.db", [gone._replace(on_withdrawal="delete")])
    with start(site) as process:
        told = [*until("file removed", process.stderr)][-1]
        process.terminate()
        process.communicate()
        assert process.returncode == 0
    assert "INFO recording u-1-1 was withdrawn: 1 file removed" in told
    assert not file.exists()
    with Reader(site / "eslflow.db") as ledger:
        (line,) = ledger.recordings_named("u-1-1")
    assert line["erased_for"] == "withdrawn"


def test_that_suddenly_nobody_agrees_is_told_while_it_serves(site):
    states = [State.GRANTED, State.REFUSED] * 50 + [State.UNANSWERED] * 30
    rows = [
        Choice(f"u-{n}", n, state, "training", "consent", 0, "f", "0", "s", "e")
        for n, state in enumerate(states)
    ]
    write(site / "eslflow.db", rows)
    with start(site) as process:
        told = [*until("people agreed", process.stderr)][-1]
        process.terminate()
        process.communicate()
        assert process.returncode == 0
    assert "WARNING f, notice : none of the last 31 people agreed" in told


def test_what_was_kept_long_enough_is_deleted_while_it_serves(site):
    recorded(site)
    said = Choice(
        "u-1", 2, State.GRANTED, "training", "consent", 60, "f", "0", "s", "e"
    )
    write(site / "eslflow.db", [said])
    with start(site) as process:
        told = [*until("file removed", process.stderr)][-1]
        process.terminate()
        process.communicate()
        assert process.returncode == 0
    assert "INFO recording u-1-1 was expired: 1 file removed" in told
    assert not (site / "recordings/2027/01/15/u-1-1.wav").exists()
    (row,) = erasures(site / "eslflow.db")
    assert (row["kind"], row["who"], row["recordings"]) == ("retention", "", 1)


def test_a_clock_that_no_call_agrees_with_is_told_and_deletes_nothing(site):
    recorded(site)
    call = CallOffered("u-1", "inbound", "", "", "", "f", "0", "e", 2)
    said = Choice(
        "u-1", 2, State.GRANTED, "training", "consent", 60, "f", "0", "s", "e"
    )
    write(site / "eslflow.db", [call, said])
    with start(site) as process:
        told = [*until("eslflow retention run --even-so", process.stderr)][-1]
        process.terminate()
        process.communicate()
        assert process.returncode == 0
    assert "WARNING no recording is deleted for its age" in told
    assert (site / "recordings/2027/01/15/u-1-1.wav").exists()


def test_a_caller_is_erased_while_it_serves_and_calls_go_on(site):
    number = "+4930987654"
    with start(site, "-v") as process:
        host, _, port = process.stdout.readline().split()[-1].rpartition(":")
        switch = SimulatedSwitch(host, int(port), length_ms=file_length_ms)
        script = Script(keys=("1", "2"), caller=number, caller_name="Zoe Quist")
        call = switch.call(script)
        while not has_ended(site, call.uuid):
            pass  # its last rows are on their way
        # Another call of the same person goes on, as far as the ledger knows.
        now = SystemClock().now()
        on = CallOffered("on", "inbound", number, "", "100", "f", "0", "e", now, number)
        write(site / "eslflow.db", [on])
        done = run(site, "subject", number, "erase", "--reason", "file 17")
        assert done.exit_code == 0, done.output
        assert f"call {call.uuid}: caller is erased\n" in done.stdout
        assert "to do     1 call:" in done.stdout
        with Reader(site / "eslflow.db") as ledger:
            assert ledger.call(call.uuid)["call"]["caller"] == ""
            assert ledger.call("on")["call"]["caller"] == number
        assert switch.call(Script()).recordings is not None
        write(site / "eslflow.db", [CallEnded("on", now, "hung_up", "", "s")])
        log = [*until("erasure 1: 1 calls name the person no more", process.stderr)]
        # In the next round its traces are gone, too.
        process.send_signal(signal.SIGTERM)
        log += process.stderr
        assert process.wait() == 0
    assert erasure(site / "eslflow.db", 1)["left"] == 0
    for path in site.rglob("*"):
        if path.is_file():
            for text in ("30987654", "45678903", "Zoe Quist"):
                assert text.encode() not in path.read_bytes(), path
    assert not any("30987654" in line for line in log)
    assert verify(site / "eslflow.db").broken is None


def test_a_command_that_hangs_does_not_keep_it_from_stopping(site):
    hook = site / "hook"
    hook.write_text("#!/bin/sh\necho begun >$0.begun\nexec sleep 3600\n")
    hook.chmod(0o700)
    os.mkfifo(f"{hook}.begun")
    recorded(site, hook=[str(hook)])
    with start(site) as process:
        Path(f"{hook}.begun").read_text()
        process.terminate()
        process.communicate()
        assert process.returncode == 0
    with Reader(site / "eslflow.db") as ledger:
        (line,) = ledger.recordings_named("u-1-1")
    assert line["hook_tries"] is None


def test_a_hook_that_is_not_there_is_bad_configuration(site):
    recorded(site, hook=["/none/up"])
    done = run(site, "serve")
    assert done.exit_code == CONFIGURATION
    assert "recording: hook: /none/up cannot be run: No such file" in done.stderr


def test_a_port_that_is_taken_may_be_free_when_systemd_tries_again(site):
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        (site / "eslflow.yaml").write_text(f"listen: {address}\n")
        done = run(site, "serve")
    assert done.exit_code == 1
    assert f"cannot listen on {address}: Address already in use" in done.stderr


def test_a_broken_flow_stops_it_before_a_call_finds_out(site):
    (site / "flows" / "bad.yaml").write_text("flow: bad\n")
    done = run(site, "serve")
    assert done.exit_code == CONFIGURATION
    assert "bad.yaml:1:1: 'steps:' is missing" in done.stderr


def test_a_second_signal_stops_it_at_once(site):
    with start(site) as process:
        host, _, port = process.stdout.readline().split()[-1].rpartition(":")
        with socket.create_connection((host, int(port))) as peer:
            assert peer.recv(100) == b"connect\n\n"
            process.send_signal(signal.SIGINT)
            assert "no new calls" in [*until("stopping", process.stderr)][-1]
            process.send_signal(signal.SIGINT)
            assert peer.recv(100) == b""
        assert process.wait() == 0
        assert "stopped" in process.stderr.read()


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="needs IPv6")
def test_an_ipv4_switch_may_call_on_an_ipv6_socket(site):
    (site / "eslflow.yaml").write_text("listen: '[::]:0'\nallow: [127.0.0.1]\n")
    with start(site) as process:
        address = process.stdout.readline().split()[-1]
        host, _, port = address.rpartition(":")
        assert host == "[::]"
        with socket.create_connection(("127.0.0.1", int(port))) as peer:
            assert peer.recv(100) == b"connect\n\n"
        with socket.create_connection(("::1", int(port))) as peer:
            assert peer.recv(100) == b""
        process.terminate()
        assert "refused ::1: not in allow: of eslflow.yaml" in process.stderr.read()


def test_live_calls_can_be_seen_and_masked_while_it_drains(site):
    (site / "eslflow.yaml").write_text(
        "listen: 127.0.0.1:0\ncontrol: {listen: 127.0.0.1:0}\n"
    )
    done = run(site, "tokens", "add", "watch", "--scope", "health:read")
    with start(site) as process:
        host, _, port = process.stdout.readline().split()[-1].rpartition(":")
        address = [*until("control API on", process.stderr)][-1].split()[-1]
        with socket.create_connection((host, int(port))) as switch:
            assert switch.recv(100) == b"connect\n\n"
            offer = OFFER.replace(b"path: test", b"path: support")
            switch.sendall(offer % b"0a6f5a54-live")
            assert b"filter" in switch.recv(100)
            assert "0a6f5a54-live" in run(site, "calls", "live").stdout
            process.send_signal(signal.SIGTERM)
            [*until("no new calls", process.stderr)]
            web = HTTPConnection(address)
            shown = {"Authorization": f"Bearer {done.stdout.strip()}"}
            web.request("GET", "/health", headers=shown)
            health = json.load(web.getresponse())
            masked = run(site, "calls", "mask", "0a6f5a54")
        assert process.wait() == 0
    assert (health["calls"], health["takes_calls"]) == (1, False)
    assert masked.stdout == "0a6f5a54-live: recording is off\n"
    assert not (site / SOCKET).exists()


def has_ended(site, uuid):
    with Reader(site / "eslflow.db") as ledger:
        return ledger.call(uuid)["call"].get("ended_at") is not None


def until(word, lines):
    for line in lines:
        yield line
        if word in line:
            return


def test_a_folder_for_recordings_that_cannot_be_made_is_told(site):
    (site / "eslflow.yaml").write_text("recordings: eslflow.yaml/sub\n")
    done = run(site, "serve")
    assert done.exit_code == CONFIGURATION
    assert "cannot make the folder" in done.stderr
    assert "See recordings:" in done.stderr


def test_nobody_else_gets_into_a_folder_for_recordings_that_it_makes(small):
    with (small / "eslflow.yaml").open("a") as file:
        file.write("recordings: new/place\n")
    with start(small) as process:
        process.stdout.readline()
        assert (small / "new" / "place").stat().st_mode & stat.S_IRWXO == 0
        process.terminate()


def test_what_can_never_be_a_ledger_is_bad_configuration(site):
    (site / "eslflow.yaml").write_text("listen: 127.0.0.1:0\nledger: x/y.db\n")
    path = site / "x" / "y.db"

    def told():
        done = run(site, "serve")
        assert done.exit_code == CONFIGURATION
        assert "See ledger: in eslflow.yaml" in done.stderr
        return done.stderr

    assert "there is no such folder" in told()
    path.mkdir(parents=True)
    assert "it is a folder" in told()
    path.rmdir()
    path.write_text("a list of purchases")
    assert "it is another kind of file" in told()
    for start in (b"", SQLITE):
        path.write_bytes(start)
        demand_ledger(path)


def test_a_ledger_that_cannot_be_opened_is_told_and_calls_are_taken(small):
    (small / "eslflow.db").write_bytes(SQLITE + b"and no more")
    with start(small) as process:
        told = [*until("ALARM", process.stderr)]
        assert queue_of(address_of(process), b"u-1") == "first"
        process.terminate()
        process.communicate()
        assert process.returncode == 0
    for words in (
        "nobody knows whether notices are what they were: ",
        "ALARM: the ledger is not written, calls go on unrecorded: cannot open",
    ):
        assert any(words in line for line in told)


@pytest.mark.parametrize(
    "start", [bytes(4096), bytes(21) + b"\x40\x20\x20" + bytes(200)]
)
def test_a_ledger_whose_beginning_is_damaged_is_no_bad_configuration(tmp_path, start):
    path = tmp_path / "eslflow.db"
    path.write_bytes(start)
    demand_ledger(path)
    path.write_bytes(b"x" + bytes(len(start) - 1))
    with pytest.raises(SettingsError, match="another kind of file"):
        demand_ledger(path)


@pytest.mark.parametrize(
    ("soft", "hard", "allowed", "warns"),
    [
        (256, 4096, 1100, False),
        (256, -1, 1100, False),
        (256, 512, 512, True),
        (4096, 4096, None, False),
    ],
)
def test_there_is_room_for_the_calls_sockets(
    monkeypatch, caplog, soft, hard, allowed, warns
):
    asked = []
    monkeypatch.setattr(resource, "getrlimit", lambda what: (soft, hard))
    monkeypatch.setattr(
        resource, "setrlimit", lambda what, limits: asked.append(limits)
    )
    allow_sockets(1000)
    assert asked == ([] if allowed is None else [(allowed, hard)])
    assert ("raise LimitNOFILE" in caplog.text) is warns


def test_nothing_is_found_out_for_a_line_of_the_log_that_is_not_in_it(
    monkeypatch, caplog
):
    for name in ("_srcfile", "logThreads", "logProcesses", "logMultiprocessing"):
        monkeypatch.setattr(logging, name, getattr(logging, name))
    quick_log(verbose=False)
    with caplog.at_level(logging.INFO):
        logging.getLogger("eslflow").info("a line")
    (record,) = caplog.records
    found = record.lineno, record.thread, record.process, record.processName
    assert found == (0, None, None, None)
