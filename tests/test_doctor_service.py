"""Whether eslflow serves, and who gets at it."""

from pathlib import Path

import pytest
from gevent import socket

from eslflow.doctor.finding import Level
from eslflow.doctor.service import doors, looked_at
from eslflow.errors import EslflowError
from eslflow.settings import Control, Settings

WELL = {"ok": True, "calls": 2, "takes_calls": True, "ledger": {"ok": True}}


@pytest.fixture
def port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.fixture
def taken():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        yield sock.getsockname()[1]


def at(port, **more):
    return Settings(Path("/site"), port=port, **more)


def never():
    raise AssertionError("nobody is there to be asked")


def test_an_eslflow_that_runs_is_told_with_its_calls(taken):
    finding = looked_at(at(taken), True, lambda: WELL)
    assert finding.level is Level.OK
    assert finding.text == f"an eslflow serves at 127.0.0.1:{taken}: live calls 2"


def test_what_is_not_well_with_one_that_runs_is_told(taken):
    ill = {"ledger": {"ok": False, "problem": "no room"}, "disk": None}
    finding = looked_at(at(taken), True, lambda: WELL | ill)
    assert finding.level is Level.WARNING
    assert finding.text.endswith("is not well: ledger: no room")


def test_one_that_cannot_be_asked_is_told(taken):
    def refuse():
        raise EslflowError("eslflow.sock is for the user that runs eslflow serve")

    finding = looked_at(at(taken), True, refuse)
    assert finding.level is Level.WARNING
    assert "cannot be asked how it is: eslflow.sock is for" in finding.text


def test_one_that_listens_elsewhere_than_the_settings_say_is_told(port):
    finding = looked_at(at(port), True, never)
    assert finding.level is Level.ERROR
    assert f"nothing listens at 127.0.0.1:{port}" in finding.text
    assert "Restart" in finding.mend


def test_one_that_took_any_port_is_where_the_settings_say():
    assert looked_at(at(0), True, lambda: WELL).level is Level.OK


def test_where_none_runs_it_says_so_and_how_to_start_it(port):
    finding = looked_at(at(port), False, never)
    assert finding.level is Level.WARNING
    assert finding.text == "no eslflow serve runs for this site"
    assert finding.mend.startswith("eslflow --site /site serve")


def test_another_program_at_our_address_is_told(taken):
    finding = looked_at(at(taken), False, never)
    assert finding.level is Level.ERROR
    assert "another program listens" in finding.text
    assert f"sport = :{taken}" in finding.mend


def test_an_address_of_another_machine_is_told():
    finding = looked_at(at(8084, host="192.0.2.77"), False, never)
    assert finding.level is Level.ERROR
    assert "this machine cannot listen at 192.0.2.77:8084" in finding.text
    finding = looked_at(at(8084, host="2001:db8::7"), False, never)
    assert "cannot listen at [2001:db8::7]:8084" in finding.text


def test_a_socket_on_loopback_or_for_named_peers_is_well():
    for site in (
        at(8084),
        at(8084, host="localhost", control=Control("localhost", 8085, Path())),
        at(8084, host="0.0.0.0", allow=("10.0.0.5",)),
        at(8084, control=Control("::1", 8085, Path())),
    ):
        (finding,) = doors(site)
        assert finding.level is Level.OK
        assert finding.text.endswith(f":8084, for {', '.join(site.allow)}")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_that_nobody_may_connect_is_an_error(host):
    (finding,) = doors(at(8084, host=host, allow=()))
    assert finding.level is Level.ERROR
    assert f"is empty: nobody can connect to {host}:8084" in finding.text
    assert finding.mend.startswith("allow: [127.0.0.1] in eslflow.yaml")


def test_one_address_for_calls_and_control_is_told():
    (finding,) = doors(at(8084, control=Control("127.0.0.1", 8084, Path())))
    assert finding.level is Level.ERROR
    assert "are the same address" in finding.text


@pytest.mark.parametrize(
    ("host", "mend"), [("0.0.0.0", "127.0.0.1:8084"), ("::", "[::1]:8084")]
)
def test_every_address_for_nobody_but_this_machine_is_told(host, mend):
    (finding,) = doors(at(8084, host=host))
    assert finding.level is Level.WARNING
    assert "is every address of this machine" in finding.text
    assert finding.mend == f"listen: {mend} in eslflow.yaml"


@pytest.mark.parametrize("peer", ["0.0.0.0", "::"])
def test_a_peer_that_is_meant_to_be_everybody_and_is_nobody_is_told(peer):
    (finding,) = doors(at(8084, allow=("127.0.0.1", peer)))
    assert finding.level is Level.WARNING
    assert finding.text.startswith(f"{peer} in allow: is no address that anybody")


def test_a_switch_beyond_the_internet_is_told():
    (finding,) = doors(at(8084, allow=("8.8.8.8",)))
    assert finding.level is Level.WARNING
    assert finding.text == "8.8.8.8 in allow: is an address of the internet"


def test_a_control_api_that_others_can_listen_to_is_told():
    (finding,) = doors(at(8084, control=Control("0.0.0.0", 8085, Path())))
    assert finding.level is Level.WARNING
    assert "listens at 0.0.0.0:8085, in plain HTTP" in finding.text
    assert "control: {listen: 127.0.0.1:8085}" in finding.mend
