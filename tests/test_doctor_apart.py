"""Two addresses for what eslflow listens on."""

from pathlib import Path

import pytest

from eslflow.doctor.apart import same_address
from eslflow.doctor.finding import Level
from eslflow.settings import Control, Settings


def found(host, control_host, port=8084, control_port=8084):
    control = Control(control_host, control_port, Path())
    return same_address(Settings(Path("/site"), host=host, port=port, control=control))


@pytest.mark.parametrize(
    ("host", "control_host"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("0.0.0.0", "10.0.0.5"),
        ("::1", "::"),
    ],
)
def test_one_address_for_both_is_told_with_another(host, control_host):
    finding = found(host, control_host)
    assert finding.level is Level.ERROR
    assert "control: and listen: in eslflow.yaml are the same" in finding.text
    assert finding.mend == "control: {listen: 127.0.0.1:8085} in eslflow.yaml"


def test_the_advice_is_another_port():
    assert ":8086}" in found("::1", "::1", 8085, 8085).mend


@pytest.mark.parametrize(
    ("host", "control_host", "port", "control_port"),
    [
        ("127.0.0.1", "127.0.0.1", 8084, 8085),
        ("127.0.0.1", "10.0.0.5", 8084, 8084),
        ("0.0.0.0", "::1", 8084, 8084),
        ("127.0.0.1", "127.0.0.1", 0, 0),
        ("127.0.0.1", "pbx", 8084, 8084),
    ],
)
def test_two_addresses_are_well(host, control_host, port, control_port):
    assert found(host, control_host, port, control_port) is None


def test_without_a_control_api_there_is_one_only():
    assert same_address(Settings(Path("/site"))) is None
