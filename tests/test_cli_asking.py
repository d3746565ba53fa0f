"""The switch that a check may ask."""

import pytest

from tests.answering import Switch
from tests.command import run

FLOW = "flow: f\nsteps:\n  q: {queue: suport}\n"


@pytest.fixture
def switch():
    made = Switch()
    yield made
    made.server.stop()


def site_of(folder, address):
    (folder / "eslflow.yaml").write_text(f"switch: {{address: '{address}'}}\n")
    (folder / "flows").mkdir()
    (folder / "flows" / "f.yaml").write_text(FLOW)
    return folder


def test_a_check_asks_the_switch_that_the_settings_name(tmp_path, switch):
    switch.answers["callcenter_config"] = "name|strategy\nsupport|ring-all\n+OK\n"
    site = site_of(tmp_path, f"127.0.0.1:{switch.server.server_port}")
    done = run(site, "check")
    assert "f.yaml:3:7: warning: step 'q': the switch has no queue" in done.stderr
    assert "Did you mean 'support'? [not-there]" in done.stderr
    assert done.exit_code == 0
    assert switch.heard == ["callcenter_config queue list"]


def test_a_command_that_the_switch_does_not_know_has_nothing(tmp_path, switch):
    switch.answers["callcenter_config"] = "-ERR callcenter_config Command not found!\n"
    site = site_of(tmp_path, f"127.0.0.1:{switch.server.server_port}")
    assert "It has: none yet." in run(site, "check").stderr


def test_a_switch_that_is_away_keeps_nobody_from_checking(tmp_path, switch):
    port = switch.server.server_port
    switch.server.stop()
    done = run(site_of(tmp_path, f"127.0.0.1:{port}"), "check")
    assert "warning: queues, users and gateways were not looked for" in done.stderr
    assert done.exit_code == 0


def test_without_settings_nobody_is_asked(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_text(FLOW)
    assert run(tmp_path, "check", str(path)).stderr == ""
