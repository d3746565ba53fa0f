"""On a real FreeSWITCH: what a check says it lacks; see tests/live/README.md.

Nothing is called: the switch is asked only.
"""

import os

import pytest

from tests.command import run

pytestmark = pytest.mark.live

FLOW = """\
flow: f
steps:
  there: {queue: support, next: queue}
  queue: {queue: suport, next: out}
  out: {dial: {profile: internal, number: 1, host: 127.0.0.1}, next: profile}
  profile: {dial: {profile: outside, number: 1, host: 127.0.0.1}, next: gateway}
  gateway: {dial: {gateway: nowhere, number: 1}, next: colleague}
  colleague: {dial: {user: 1001@default}, next: nobody}
  nobody: {dial: {user: 1009@default}, next: bye}
  bye: {hangup: NORMAL_CLEARING}
"""


def test_what_the_switch_has_is_told_from_what_it_has_not(
    freeswitch, tmp_path, monkeypatch
):
    password = os.environ.get("ESLFLOW_FREESWITCH_PASSWORD", "ClueCon")
    monkeypatch.setenv("ESLFLOW_SWITCH_PASSWORD", password)
    settings = f"switch: {{address: '{freeswitch}:8021'}}\n"
    (tmp_path / "eslflow.yaml").write_text(settings)
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "f.yaml").write_text(FLOW)
    done = run(tmp_path, "check")
    missing = [line for line in done.stderr.splitlines() if "[not-there]" in line]
    assert [line.split("'")[1] for line in missing] == [
        *("queue", "profile", "gateway", "nobody"),
    ]
    assert done.exit_code == 0
