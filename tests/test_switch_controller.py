"""The outbound server: whole calls over real sockets."""

import os
import signal
from dataclasses import replace

import gevent
import pytest

from eslflow.call.commands import Alarm
from eslflow.call.live import Site
from eslflow.clock import SystemClock
from eslflow.errors import AddressTaken
from eslflow.ledger.read import Reader
from eslflow.sim.script import HANG_UP, Agent, Script
from eslflow.switch.controller import (
    MOST_AT_ONCE,
    Controller,
    Wakeup,
    run_until_stopped,
)
from eslflow.switch.shelf import Shelf
from tests.peers import (
    OFFER,
    PATIENCE_S,
    SUPPORT,
    Peer,
    agrees,
    event,
    on_call,
    rig,
)
from tests.steps_of import flow


@pytest.fixture
def controller(tmp_path):
    with rig(tmp_path) as found:
        yield found


def outcomes(controller):
    """Return the last word of each call's question, after everything is written."""
    with controller.look() as ledger:
        return {
            line["call_uuid"]: (line["state"], line["reason"], line["recorded"])
            for line in ledger.consents()
        }


def test_a_call_in_progress_keeps_the_flow_it_began_with(controller):
    old = controller.controller
    peer = on_call(controller)
    site = replace(old.site, never_record=("*",))
    old.swap(Shelf({"test": flow("a: {queue: other}")}), site)
    other = Peer(old.address)
    other.hears(b"connect\n\n")
    other.says(OFFER % b"u-2")
    other.hears(b"execute-app-name: sleep")
    assert b"api uuid_record u-1 start" in agrees(peer, b"u-1")
    old.swap(Shelf({}), site)
    peer.says(event(b"u-1", b"CHANNEL_HANGUP", b"Hangup-Cause: NORMAL_CLEARING\n"))
    peer.close()
    other.close()
    controller.controller.settle()
    with controller.look() as ledger:
        begun = {line["uuid"]: line["flow_sha256"] for line in ledger.calls()}
    assert begun["u-1"] == SUPPORT.sha256
    assert begun["u-2"] not in ("", SUPPORT.sha256)


CASES = {
    "agrees": (Script(keys=("1",)), ("granted", "", True)),
    "refuses": (Script(keys=("2",)), ("refused", "", False)),
    "says nothing": (Script(), ("unanswered", "timeout", False)),
    "presses another key": (Script(keys=("7",)), ("unanswered", "invalid", False)),
    "hangs up": (Script(keys=(HANG_UP,)), ("hung_up", "", False)),
    "types ahead": (Script(early={0: "1"}), ("unanswered", "timeout", False)),
    "hears no question": (
        Script(keys=("1",), missing=("recording.v3.wav",)),
        ("unanswered", "broken_prompt", False),
    ),
    "hangs up before": (Script(hang_up_at="playback"), ("not_asked", "", False)),
    "is not asked by the switch": (
        Script(keys=("1",), refuse={"play_and_get_digits": "-ERR no"}),
        ("unanswered", "refused_by_switch", False),
    ),
    "is not recorded by the switch": (
        Script(keys=("1",), refuse={"api uuid_record": "-ERR no"}),
        ("granted", "", False),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_call_ends_in_its_own_stored_state(controller, name):
    script, expected = CASES[name]
    call = controller.call(Script(**{**vars(script), "path": "test"}))
    assert outcomes(controller) == {call.uuid: expected}
    assert bool(call.recordings) is expected[2]
    assert call.breaches == []


def test_the_grant_is_on_disk_before_the_recording_is_asked_for(controller):
    kept = []
    original = controller.ledger.keep

    def keep(rows, done=None):
        def told(problem):
            kept.append("durable")
            done(problem)

        original(rows, told if done else None)

    controller.ledger.keep = keep
    call = controller.call(Script(keys=("1",), path="test"))
    assert kept == ["durable"]
    assert len(call.recordings) == 1


@pytest.mark.parametrize("agent", [Agent.TIMEOUT, Agent.NO_AGENTS, Agent.UNKNOWN])
def test_a_queue_that_fails_gives_the_call_to_the_dialplan(controller, agent):
    call = controller.call(Script(keys=("1",), agent=agent, path="test"))
    assert call.ending == "fallback"
    assert all(recording.stopped_s is not None for recording in call.recordings)


def test_an_agent_who_leaves_first_ends_the_call(controller):
    call = controller.call(Script(keys=("1",), agent_hangs_up=True, path="test"))
    assert call.ending == "hung_up"
    assert call.recordings[0].stopped_s is not None


def test_a_socket_that_breaks_in_mid_call_is_kept_as_lost(controller):
    call = controller.call(Script(drop_at="play_and_get_digits", path="test"))
    with controller.look() as ledger:
        assert ledger.call(call.uuid)["call"]["ending"] == "lost"


def test_calls_at_once_do_not_mind_each_other(controller):
    scripts = [Script(keys=(str(1 + n % 2),), path="test") for n in range(30)]
    jobs = [gevent.spawn(controller.switch.call, script) for script in scripts]
    gevent.joinall(jobs, timeout=PATIENCE_S, raise_error=True)
    controller.controller.settle()
    states = outcomes(controller)
    assert [states[s.uuid][0] for s in scripts] == ["granted", "refused"] * 15


def test_a_ledger_that_cannot_keep_the_grant_leaves_the_call_unrecorded(tmp_path):
    with rig(tmp_path) as found:

        def keep(rows, done=None):
            if done is not None:
                gevent.get_hub().loop.run_callback(done, "disk full")

        found.ledger.keep = keep
        call = found.call(Script(keys=("1",), path="test"))
    assert call.recordings == []
    assert "queue" in [heard.what for heard in call.heard]


def test_a_fault_of_ours_costs_one_call_only(controller, caplog):
    def broken(step, live):
        raise RuntimeError("a fault of ours")

    flow = SUPPORT
    step = flow.steps["hello"]
    kind = type("Broken", (type(step),), {"run": broken})
    object.__setattr__(step, "__class__", kind)
    try:
        bad = controller.call(Script(path="test"))
    finally:
        object.__setattr__(step, "__class__", kind.__mro__[1])
    assert bad.ending == "fallback"
    assert "a fault of ours" in caplog.text
    good = controller.call(Script(keys=("1",), path="test"))
    assert len(good.recordings) == 1


def test_alarms_reach_who_watches(tmp_path):
    told = []
    with rig(tmp_path, watch=lambda uuid, now, what: told.append(what)) as found:
        found.call(Script(path="none"))
    (alarm,) = told
    assert isinstance(alarm, Alarm)
    assert alarm.text == "there is no flow for 'none', there are: test"


def test_an_address_that_is_taken_is_told(controller, tmp_path):
    host, port = controller.controller.address
    second = Controller(
        Shelf({}), Site("/r"), controller.ledger, SystemClock(), port=port
    )
    with pytest.raises(AddressTaken, match=f"cannot listen on {host}:{port}"):
        second.start()


def test_draining_waits_for_running_calls_and_takes_no_new_ones(controller):
    peer = Peer(controller.controller.address)
    peer.hears(b"connect\n\n")
    peer.says(OFFER % b"u-1")
    peer.hears(b"playback")
    draining = gevent.spawn(controller.controller.drain, PATIENCE_S)
    gevent.sleep(0)
    with pytest.raises(ConnectionRefusedError):
        Peer(controller.controller.address)
    peer.close()
    assert draining.get(timeout=PATIENCE_S) == 0


def test_the_first_signal_drains_and_the_second_stops_at_once(controller):
    peer = Peer(controller.controller.address)
    peer.hears(b"connect\n\n")
    peer.says(OFFER % b"u-1")
    peer.hears(b"playback")
    running = gevent.spawn(
        run_until_stopped, controller.controller, [signal.SIGUSR1], PATIENCE_S
    )
    gevent.sleep(0)
    os.kill(os.getpid(), signal.SIGUSR1)
    gevent.idle()
    os.kill(os.getpid(), signal.SIGUSR1)
    assert running.get(timeout=PATIENCE_S) == 1
    peer.hears_the_end()


def test_stopping_closes_every_call(controller, tmp_path):
    peer = Peer(controller.controller.address)
    peer.hears(b"connect\n\n")
    peer.says(OFFER % b"u-1")
    peer.hears(b"playback")
    controller.close()
    peer.hears_the_end()
    with Reader(tmp_path / "eslflow.db") as ledger:
        assert ledger.call("u-1")["call"]["ending"] == "lost"


def test_a_callback_that_raises_costs_no_other_call_its_answer():
    heard = []

    class Kept:
        due = [(lambda _: 1 / 0, ""), (heard.append, "first"), (heard.append, "second")]

        def finished(self):
            due, self.due = self.due, []
            return due

    wakeup = Wakeup()
    wakeup.watch(Kept())
    with pytest.raises(ZeroDivisionError):
        wakeup._collect()
    wakeup._collect()
    assert heard == ["first", "second"]
    wakeup.close()


def test_a_burst_of_connections_is_served_whole(controller):
    peers = [Peer(controller.controller.address) for _ in range(300)]
    for peer in peers:
        assert peer.hears(b"connect\n\n") == b"connect\n\n"
        peer.close()


def test_a_wakeup_that_is_closed_stays_quiet():
    said = []
    wakeup = Wakeup()
    wakeup._due.append((said.append, "late"))
    wakeup._collect()
    wakeup.close()
    wakeup.close()
    assert said == []


def test_in_a_rush_some_connections_wait_for_the_next_breath(controller, monkeypatch):
    monkeypatch.setattr("eslflow.switch.controller.BREATH_S", 30.0)
    server = controller.controller._server
    peers = [Peer(controller.controller.address) for _ in range(MOST_AT_ONCE + 1)]
    for peer in peers[:-1]:
        peer.hears(b"connect\n\n")
    assert server._watcher is None
    assert peers[-1].heard == b""
    server._go_on()
    peers[-1].hears(b"connect\n\n")
    for peer in peers:
        peer.close()


def test_a_server_that_is_closed_takes_no_breath(controller):
    server = controller.controller._server
    server.close()
    server._go_on()
    assert server._watcher is None
