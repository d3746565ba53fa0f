"""On a real FreeSWITCH: keys of caller and agent that change what may be recorded.

Every packet of the phones is marked, so that a sentence of 100 ms which is mixed into
them spoils them: where that is, somebody heard it, or it is in the file.
"""

from pathlib import Path

import pytest
from gevent import socket

from eslflow import settings
from eslflow.call.receipt import receipt_of
from eslflow.clock import SystemClock
from eslflow.recordings.erase import Eraser
from eslflow.switch.link import Link
from eslflow.web.server import Control
from tests.command import run
from tests.live import decode
from tests.live.office import CALLER, Office
from tests.live.voice import FIRST_AGENT
from tests.talking import talks

SENTENCE_MS, SLACK_MS = 100, 45
AGENTS_SIDE = 1
"""The right channel holds what the caller hears."""
LATE_US = 600_000
"""A key takes effect sooner: its event comes 211 ms after it is pressed (measured)."""

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

ASK = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  granted: talk
  refused: talk
  unanswered: talk
"""


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


def sentences(recording, channel=0):
    """Return when, in seconds, something as long as the sentence is heard."""
    return [
        rest.start / decode.RATE
        for rest in recording.rests
        if rest.channel == channel and abs(rest.ms - SENTENCE_MS) < SLACK_MS
    ]


def heard(call):
    return call.heard()[1]


def met(office, steps, agrees=True):
    """Let a caller reach an agent; return both ends."""
    agent = office.agent()
    office.serve(talks(steps % office.queue.name))
    call = office.call()
    if agrees:
        office.until("asks", call)
        call.press("1")
    talk = agent.rings()
    talk.until("up")
    office.until("an agent answers", call)
    return call, talk


def deletes(office, path):
    """Delete what is to go; return whether a file is gone, and nobody was alarmed."""
    alarms = []
    eraser = Eraser(
        office.rig.ledger.path,
        office.rig.ledger.keep,
        office.folder / "recordings",
        office.clock,
        alarms.append,
        lambda text: None,
        patience_us=0,
    )
    eraser.run_due()
    return not path.exists() and alarms == []


def last_words(recording, call):
    """Return when the last of what the caller says in a file had left the phone."""
    said = call.said()
    return max(said[number] for number in recording.of(CALLER))


def test_a_yes_to_the_agent_is_kept_then_recorded_and_confirmed_on_the_file(office):
    steps = "talk: {queue: %s, record: on, from: answer}"
    call, talk = met(office, steps, agrees=False)
    call.press("*1")
    call.speaks(ms=800)
    talk.press("*2")
    office.until("refused", call)
    talk.press("*1")
    office.until("granted, and that is kept", call)
    office.until("recording starts", call)
    call.speaks(ms=1500)
    both = [heard(leg) for leg in (call, talk)]
    call.hang_up()
    kept = office.kept(call)
    no, yes = kept["choices"]
    assert [no["state"], yes["state"]] == ["refused", "verbal"]
    # The queue knows the agent by the number that it has called.
    assert {yes["performed_by"], no["performed_by"]} == {"agent"}
    assert yes["who"] == no["who"] != ""
    (row,) = kept["recordings"]
    assert row["asked_at"] >= yes["at"]
    recording = decode.read(Path(row["path"]))
    (at,) = sentences(recording, AGENTS_SIDE)
    assert at < 0.5
    assert [len(sentences(leg)) for leg in both] == [1, 1]
    assert recording.of(FIRST_AGENT)
    assert all(call.said()[n] > yes["at"] - 60_000 for n in recording.of(CALLER))


def test_a_caller_withdraws_in_the_talk_and_the_file_is_deleted(office):
    call, talk = met(office, ASK + "talk: {queue: %s, record: on, from: answer}")
    call.speaks(ms=800)
    talk.press("*0")
    call.speaks(ms=800)
    call.press("*0")
    pressed_at = SystemClock().now()
    office.until("caller withdraws training", call)
    office.until("recording stops", call)
    call.speaks(ms=1000)
    both = [heard(leg) for leg in (call, talk)]
    call.hang_up()
    kept = office.kept(call)
    assert [c["state"] for c in kept["choices"]] == [
        "requested",
        "granted",
        "withdrawn",
    ]
    gone = kept["choices"][-1]
    assert (gone["performed_by"], gone["key"]) == ("subject", "*0")
    assert gone["on_withdrawal"] == "delete"
    (row,) = kept["recordings"]
    path = Path(row["path"])
    recording = decode.read(path)
    assert last_words(recording, call) < pressed_at + LATE_US
    # It is in no file, for that has ended; the caller's question was one, too.
    assert sentences(recording, AGENTS_SIDE) == []
    assert [len(sentences(leg)) for leg in both] == [2, 1]
    assert deletes(office, path)


@pytest.mark.parametrize("kind", ["callcenter", "fifo"])
def test_a_caller_withdraws_while_waiting(office, kind):
    made = talks(f"{ASK}talk: {{queue: {office.queue.name}, type: {kind}, record: on}}")
    office.serve(made)
    call = office.call()
    office.until("asks", call)
    call.press("1")
    office.until("recording starts", call)
    office.until("waits in queue", call)
    call.speaks(ms=500)
    call.press("*0")
    office.until("caller withdraws training", call)
    office.until("recording stops", call)
    call.speaks(ms=1000)
    listened = heard(call)
    call.hang_up()
    kept = office.kept(call)
    assert kept["choices"][-1]["state"] == "withdrawn"
    # The question; and that it has ended, but in a fifo nothing is mixed in meanwhile.
    assert len(sentences(listened)) == {"callcenter": 2, "fifo": 1}[kind]


def test_a_caller_withdraws_in_a_call_to_somebody_who_has_no_such_key(office):
    desk = office.desk(FIRST_AGENT)
    target = f'{{profile: internal, number: "4930", host: "127.0.0.1:{desk.port}"}}'
    made = talks(f"{ASK}talk: {{dial: {target}, record: on, from: answer}}")
    office.serve(made)
    call = office.call()
    office.until("asks", call)
    call.press("1")
    talk = desk.rings()
    talk.until("up")
    office.until("recording starts", call)
    talk.press("*0*2")
    call.speaks(ms=1200)
    call.press("*0")
    office.until("caller withdraws training", call)
    office.until("recording stops", call)
    call.speaks(ms=500)
    call.hang_up()
    kept = office.kept(call)
    states = [choice["state"] for choice in kept["choices"]]
    assert states == ["requested", "granted", "withdrawn"]
    assert kept["choices"][-1]["performed_by"] == "subject"


LATER = """
first: {menu: welcome, keys: {1: ask, 2: code}}
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  receipt: true
  record: on
bye: {hangup: NORMAL_CLEARING}
code: {collect: welcome, digits: 8, into: receipt, terminator: none}
find:
  webhook: http://127.0.0.1:%d/receipts
  sends: [receipt, caller]
  gets: {state: state}
  token_env: RECEIPT_TOKEN
  refused: bye
sort: {branch: state, cases: {permitted: take}, otherwise: bye}
take:
  webhook: http://127.0.0.1:%d/receipts/withdrawal
  sends: [receipt, caller]
  token_env: RECEIPT_TOKEN
  next: bye
"""


@pytest.fixture
def port():
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def opened(office, port):
    """Open the control API of an office; return it, and a token for receipts."""
    folder = office.folder
    (folder / settings.FILE).touch()
    scopes = ("--scope", "consents:read", "--scope", "consents:withdraw")
    told = run(folder, "tokens", "add", "phone", *scopes).output.split()
    wanted = settings.Settings(
        folder=folder,
        ledger=office.rig.ledger.path,
        control=settings.Control("127.0.0.1", port, folder / settings.TOKENS),
    )
    rig = office.rig
    control = Control(wanted, rig.controller, rig.ledger, Link(), SystemClock())
    return control, next(word for word in told if word.startswith("eslflow_"))


def test_a_caller_calls_again_and_withdraws_with_the_receipt(office, port, monkeypatch):
    office.serve(talks(LATER % (port, port)))
    control, token = opened(office, port)
    monkeypatch.setenv("RECEIPT_TOKEN", token)
    call = office.call()
    for _ in range(2):
        office.until("asks", call)
        call.press("1")
    told = office.until("reads out the receipt", call)
    call.until("down")
    code = told.split()[-1]
    again = office.call()
    office.until("asks", again)
    again.press("2")
    office.until("asks", again)
    again.press(code)
    office.until("HTTP 200", again)
    again.until("down")
    office.until("call ends", again)
    control.stop()
    assert code == receipt_of(call.uuid)
    with office.rig.look() as ledger:
        last = ledger.call(call.uuid)["choices"][-1]
    assert (last["state"], last["performed_by"]) == ("withdrawn", "subject")
    assert (last["who"], last["receipt"]) == ("token phone", code)


PRIVATE = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d}
notices:
  recording: {version: 3, text: Press 1 to agree or 2 to refuse.}
prompts:
  hushed: This call is private now.
recording:
  agent_keys: {7: private, 1: mask, 2: unmask}
  caller_keys: {8: private}
  before_private: delete
  made_private: hushed
"""


def hushed(office, who):
    """Let one of two who talk make the call private; return both, and when."""
    agent = office.agent()
    steps = ASK + f"talk: {{queue: {office.queue.name}, record: on, from: answer}}"
    office.serve(talks(steps, PRIVATE))
    call = office.call()
    office.until("asks", call)
    call.press("1")
    talk = agent.rings()
    talk.until("up")
    office.until("recording starts", call)
    call.speaks(ms=1000)
    own, others = KEYS[who]
    leg = talk if who == "agent" else call
    # The key of the other one means nothing here.
    leg.press(others)
    call.speaks(ms=600)
    leg.press(own)
    pressed_at = SystemClock().now()
    office.until("makes the call private", call)
    office.until("recording stops", call)
    return call, talk, pressed_at


KEYS = {"agent": ("*7", "*8"), "caller": ("*8", "*7")}


@pytest.mark.parametrize(("who", "by"), [("agent", "agent"), ("caller", "subject")])
def test_a_key_makes_the_call_private_and_nothing_records_again(office, who, by):
    call, talk, pressed_at = hushed(office, who)
    talk.press("*2")
    office.until("takes a mask back", call)
    call.speaks(ms=1500)
    both = [heard(leg) for leg in (call, talk)]
    call.hang_up()
    kept = office.kept(call)
    note = kept["choices"][-1]
    assert (note["state"], note["reason"]) == ("not_asked", "private")
    assert (note["purpose"], note["key"]) == ("", KEYS[who][0])
    assert note["performed_by"] == by
    (row,) = kept["recordings"]
    path = Path(row["path"])
    recording = decode.read(path)
    assert recording.of(CALLER)
    assert last_words(recording, call) < pressed_at + LATE_US
    assert [len(sentences(leg)) >= 1 for leg in both] == [True, True]
    assert deletes(office, path)
