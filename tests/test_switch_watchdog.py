"""Telling systemd that the hub still turns."""

import logging

import pytest
from gevent import socket

from eslflow.sim.clock import SimulatedClock
from eslflow.switch.watchdog import Watchdog

PATIENCE_S = 30


@pytest.fixture
def systemd(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.settimeout(PATIENCE_S)
        sock.bind(str(tmp_path / "notify"))
        yield sock


def environment(sock, **more):
    return {"NOTIFY_SOCKET": sock.getsockname(), **more}


def test_it_reports_thrice_in_the_time_that_systemd_allows(systemd):
    clock = SimulatedClock()
    watchdog = Watchdog(environment(systemd, WATCHDOG_USEC="30000000"), clock)
    assert systemd.recv(99) == b"READY=1"
    assert systemd.recv(99) == b"WATCHDOG=1"
    clock.pass_s(10)
    assert systemd.recv(99) == b"WATCHDOG=1"
    watchdog.close()
    assert systemd.recv(99) == b"STOPPING=1"
    clock.pass_s(60)
    systemd.setblocking(False)
    with pytest.raises(BlockingIOError):
        systemd.recv(99)


@pytest.mark.parametrize("usec", ["", "soon", "9" * 30, "-1"])
def test_without_a_time_it_only_says_that_it_is_ready(systemd, usec):
    clock = SimulatedClock()
    watchdog = Watchdog(environment(systemd, WATCHDOG_USEC=usec), clock)
    clock.pass_s(60)
    watchdog.close()
    assert [systemd.recv(99), systemd.recv(99)] == [b"READY=1", b"STOPPING=1"]


def test_an_abstract_socket_is_found_by_its_name():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.settimeout(PATIENCE_S)
        sock.bind("\0eslflow-test-notify")
        Watchdog({"NOTIFY_SOCKET": "@eslflow-test-notify"}, SimulatedClock())
        assert sock.recv(99) == b"READY=1"


def test_without_systemd_nothing_is_said(caplog):
    with caplog.at_level(logging.WARNING):
        Watchdog({}, SimulatedClock()).close()
    assert caplog.text == ""


def test_a_systemd_that_is_not_there_costs_no_call(tmp_path, caplog):
    Watchdog({"NOTIFY_SOCKET": str(tmp_path / "gone")}, SimulatedClock()).close()
    assert "systemd was not told READY=1: No such file" in caplog.text
