"""On a real FreeSWITCH: what becomes of a file after its call, and of no room for one.

The file is looked into by the controller itself, as a process: what the switch wrote
comes to rest converted and encrypted, a program is told, and who decrypts it is kept.
One that was cut is found damaged and put away. See tests/live/README.md.
"""

import hashlib
import io
import json
import stat
from array import array
from functools import partial
from pathlib import Path
from textwrap import indent
from typing import Any, NamedTuple

import gevent
import pytest
import soundfile
from gevent import socket

from eslflow.ledger.read import Reader
from eslflow.ledger.writer import write
from eslflow.recordings.audit import LESS_COUNTED_US
from eslflow.recordings.auditor import MOMENT_US, Auditor
from eslflow.web.client import SOCKET
from tests.command import run
from tests.live import decode
from tests.live.doomed import Doomed
from tests.live.office import CALLER, GREETING, Office
from tests.live.phone import PATIENCE_S
from tests.live.voice import FIRST_AGENT
from tests.steps_of import flow

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

SECOND = 1_000_000
GUARD_US = 60_000
HEAD = GREETING + "recording: {channels: %s, agent_keys: {1: mask}}\n"
STEPS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
talk: {queue: %s, record: on, from: answer}
"""
FORMS = [("mono", "flac"), ("stereo", "flac"), ("stereo", "opus")]
LOUD, SILENT = 0.05, 0.01
"""Of full scale; Opus rings a little where there is nothing."""


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


class Site:
    """A site that is served by a process, and its calls."""

    def __init__(self, office, host, settings, channels="stereo"):
        self.office, self.folder = office, office.folder
        self.agent = office.agent()
        steps, head = STEPS % office.queue.name, HEAD % channels
        served = flow(steps, head)
        office.quiet(served, ms=200)
        text = f"{head}steps:\n{indent(steps, '  ')}"
        self.serve = Doomed(office.folder, host, text, served, settings)

    def talks(self):
        """Let a caller agree and talk with the agent; return both legs."""
        call = self.office.caller.call(f"ctl-{self.serve.port}-test")
        call.until("up")
        self.until(lambda: self.serve.about(call.uuid).get("step") == "ask")
        call.speaks(ms=300)
        call.press("1")
        talk = self.agent.rings()
        talk.until("up")
        return call, talk

    def until(self, holds):
        """Wait until something holds, and return it."""
        with gevent.Timeout(PATIENCE_S, AssertionError(self.log())):
            while not (found := holds()):
                self.office.switch.api("msleep 100")
        return found

    def log(self):
        return (self.folder / "serve.log").read_text()

    def row(self, call, name):
        """Return the recording of a call once it has this; nothing before."""
        with Reader(self.folder / "eslflow.db") as ledger:
            rows = ledger.call(call.uuid)["recordings"]
        return next((row for row in rows if row[name] is not None), None)


@pytest.fixture
def serves(office, freeswitch):
    """Return what serves a site with some settings, until the test is over."""
    sites = []

    def serve(settings, channels="stereo"):
        sites.append(Site(office, freeswitch, settings, channels))
        return sites[-1]

    yield serve
    for site in sites:
        site.serve.end()


def program(folder):
    """Return a program that notes what it is told."""
    path = folder / "upload"
    path.write_text(f'#!/bin/sh\nenv | grep ESLFLOW_RECORDING >"{folder}/noted"\n')
    path.chmod(0o700)
    return str(path)


def samples_of(data):
    """Return the samples of each channel of a file."""
    sound, _ = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)
    return [array("h", channel.tobytes()) for channel in sound.T.copy()]


class Talk(NamedTuple):
    """A talk that was masked in the middle, and when who said what."""

    row: dict[str, Any]
    said: dict[int, dict[int, int]]
    masked: int
    unmasking: int
    on: int


def masked_talk(site):
    """Let two talk; return that once the file is at rest, and a program was told."""
    call, talk = site.talks()
    clock = site.office.clock
    site.until(lambda: site.serve.about(call.uuid).get("recording") == "on")
    call.speaks(ms=2000)
    assert site.serve.wants(call.uuid, "masked")["recording"] == "masked"
    masked = clock.now()
    call.speaks(ms=2000)
    unmasking = clock.now()
    assert site.serve.wants(call.uuid, "on")["recording"] == "on"
    on = clock.now()
    call.speaks(ms=2000)
    said = {CALLER: call.said(), FIRST_AGENT: talk.said()}
    call.hang_up()
    row = site.until(lambda: site.row(call, "hook_at"))
    return Talk(row, said, masked, unmasking, on)


def is_silent_where_masked(talk, channels):
    """Whether what was said under the mask is missing, packet by packet, alone."""
    heard = decode.decode(channels)
    for party, leg in talk.said.items():
        at = [leg[number] for number in heard.of(party)]
        under = [when for when in at if talk.masked < when < talk.unmasking - GUARD_US]
        if under or min(at) > talk.masked or max(at) < talk.on:
            return False
    return True


def is_quiet_where_masked(talk, channels):
    """The same of Opus, which rings: half a second from both ends of the mask."""
    rate = len(channels[0]) * 1000 // talk.row["file_ms"]
    times = talk.masked, talk.unmasking
    begin, end = ((at - talk.row["audio_at"]) * rate // SECOND for at in times)
    for channel in channels:
        level = [abs(sample) / 32768 for sample in channel]
        middle = level[begin + rate // 2 : end - rate // 2]
        sounds = max(level[:begin]) > LOUD < max(level[end + rate // 2 :])
        if not sounds or max(middle) > SILENT:
            return False
    return True


@pytest.mark.parametrize(("channels", "form"), FORMS)
def test_a_file_comes_to_rest_and_is_opened_again(serves, tmp_path, channels, form):
    key, plain = tmp_path / "key", tmp_path / f"plain.{form}"
    recipient = run(tmp_path, "recordings", "keygen", str(key)).stdout.split()[0]
    rest = f"convert: {form}, encrypt_to: [{recipient}], hook: [{program(tmp_path)}]"
    talk = masked_talk(serves(f"recording: {{{rest}}}\n", channels))
    row = talk.row
    assert (row["verdict"], row["findings"]) == ("intact", "")
    assert abs(row["file_ms"] - row["ms"]) < LESS_COUNTED_US // 1000
    (file,) = (path for path in (tmp_path / "recordings").rglob("*") if path.is_file())
    assert file.name == f"{row['id']}.{form}.age"
    assert file.read_bytes().startswith(b"age-encryption.org/v1")
    told = dict(line.split("=", 1) for line in (tmp_path / "noted").read_text().split())
    assert told["ESLFLOW_RECORDING_PATH"] == str(file)
    assert told["ESLFLOW_RECORDING_FORM"] == f"{form}.age"
    words = ("--identity", str(key), "--reason", "a complaint", "-o", str(plain))
    done = run(tmp_path, "recordings", "decrypt", row["id"], *words)
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(plain.stat().st_mode) == 0o600
    assert hashlib.sha256(plain.read_bytes()).hexdigest() == row["plain_sha256"]
    shown = run(tmp_path, "recordings", "show", row["id"], "--json").output
    assert "a complaint" in [look["reason"] for look in json.loads(shown)[0]["looks"]]
    kept = samples_of(plain.read_bytes())
    assert len(kept) == (1 if channels == "mono" else 2)
    holds = is_silent_where_masked if form == "flac" else is_quiet_where_masked
    assert holds(talk, kept)
    verify = ("recordings", "verify", row["id"], "--identity", str(key))
    assert run(tmp_path, *verify).exit_code == 0


@pytest.mark.parametrize("channels", ["mono", "stereo"])
@pytest.mark.parametrize("is_cut", [False, True])
def test_a_file_that_was_cut_is_damaged_and_put_away(office, channels, is_cut):
    agent = office.agent()
    served = flow(STEPS % office.queue.name, HEAD % channels)
    office.serve(served, office.quiet(served, ms=200))
    call = office.call()
    office.until("asks", call)
    call.press("1")
    agent.rings().until("up")
    office.until("recording starts", call)
    call.speaks(ms=5000)
    call.hang_up()
    (row,) = office.kept(call)["recordings"]
    office.rig.close()
    file = Path(row["path"])
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    if is_cut:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    ledger, alarms = office.folder / "eslflow.db", []
    auditor = Auditor(
        ledger,
        lambda rows: write(ledger, rows),
        office.folder / "recordings",
        Later(office.clock),
        alarms.append,
    )
    (found,) = auditor.run_due()
    if not is_cut:
        assert (found.verdict, found.sha256, alarms) == ("intact", sha256, [])
        assert found.path == str(file)
        return
    assert found.verdict == "damaged"
    assert "the switch counted" in found.findings
    assert len(alarms) == 1
    assert not file.exists()
    away = Path(found.path)
    assert away.is_file()
    assert "quarantine" in away.parts
    assert stat.S_IMODE(away.parent.stat().st_mode) & 0o077 == 0


class Later:
    """A clock by which the call has been over for a while."""

    def __init__(self, clock):
        self._clock = clock

    def now(self):
        return self._clock.now() + MOMENT_US


def health(folder):
    """Return what the controller says of itself: the status, and all in all."""
    with socket.socket(socket.AF_UNIX) as asked:
        asked.connect(str(folder / SOCKET))
        asked.sendall(b"GET /health HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(partial(asked.recv, 65536), b"")).decode()
    return answer.partition("\r\n")[0], answer


def test_without_room_nothing_is_recorded_and_the_call_goes_on(serves):
    site = serves("free_space: 900000TB\n")
    office = site.office
    call, talk = site.talks()
    call.speaks(ms=1500)
    assert "session_record" not in office.switch.api(f"uuid_buglist {call.uuid}")
    heard = {one.spoken.party for one in call.heard()[1].heard}
    assert FIRST_AGENT in heard
    status, why = health(site.folder)
    assert " 503 " in status
    assert "free_space: asks for" in why
    call.hang_up()
    talk.until("down")
    site.until(lambda: "not recorded" in site.log())
    with Reader(site.folder / "eslflow.db") as ledger:
        kept = ledger.call(call.uuid)
    assert kept["recordings"] == []
    assert [row["state"] for row in kept["choices"]] == ["requested", "granted"]
    assert not list((site.folder / "recordings").rglob("*.wav"))
