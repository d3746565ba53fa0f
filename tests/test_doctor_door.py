"""Whether the switch reaches us."""

from pathlib import Path

import pytest
from gevent import socket

from eslflow.doctor.door import reached
from eslflow.doctor.finding import Level
from eslflow.doctor.probe import Prober
from eslflow.settings import Settings
from tests.ward import Noon, Ward

UUID = "u-1"
SEEN = {f"uuid_getvar {UUID} eslflow_doctor": "true"}
CLOSED = {f"uuid_getvar {UUID} current_application": "park"}
SITE = Settings(Path("/site"), port=0)


def door(site=SITE, is_served=True, where=("127.0.0.1", 8084), **answers):
    prober = Prober(Ward(**answers), Noon(), lambda: UUID)
    return reached(prober, site, where, is_served)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def test_a_running_controller_that_is_reached_is_well():
    finding = door(**SEEN)
    assert finding.level is Level.OK
    assert finding.text.endswith("eslflow at 127.0.0.1:8084")
    assert "[::1]:8084" in door(where=("::1", 8084), **SEEN).text


def test_a_running_controller_that_is_not_reached_is_told():
    finding = door(**CLOSED)
    assert finding.level is Level.ERROR
    assert "allow:" in finding.means


def test_who_takes_the_call_and_says_nothing_is_told():
    finding = door()
    assert finding.level is Level.ERROR
    assert "said nothing" in finding.text


def knocking(port):
    """Return answers of a switch that connects when it is asked for a variable."""

    def knocks(_):
        with socket.create_connection(("127.0.0.1", port)) as sock:
            assert sock.recv(1) == b""
        return "_undef_"

    return {"uuid_getvar": knocks}


def test_without_a_controller_it_stands_at_the_door_itself():
    port = free_port()
    site = Settings(Path("/site"), port=port)
    finding = door(site, False, ("127.0.0.1", port), **knocking(port))
    assert finding.level is Level.OK
    assert finding.text.startswith(f"the switch reaches 127.0.0.1:{port}, where")


def test_a_switch_that_is_not_allowed_is_told_with_its_address():
    port = free_port()
    site = Settings(Path("/site"), port=port, allow=("10.0.0.9",))
    finding = door(site, False, ("127.0.0.1", port), **knocking(port))
    assert finding.level is Level.ERROR
    assert finding.mend == "allow: [10.0.0.9, 127.0.0.1] in eslflow.yaml"


@pytest.mark.parametrize("answers", [CLOSED, {}])
def test_a_switch_that_does_not_come_is_told(answers):
    finding = door(Settings(Path("/site"), port=free_port()), False, **answers)
    assert finding.level is Level.ERROR
    assert finding.text == "the switch cannot connect to 127.0.0.1:8084"


def test_where_nobody_of_us_can_stand_nothing_is_said_of_the_door():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert door(Settings(Path("/site"), port=port), False) is None


def test_a_switch_that_makes_no_calls_to_nobody_is_told():
    finding = door(originate="-ERR CHAN_NOT_IMPLEMENTED")
    assert finding.level is Level.WARNING
    assert "load mod_loopback" in finding.mend
