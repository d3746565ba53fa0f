"""`eslflow calls` of calls that go on."""

import json

import pytest

from eslflow.call.wishes import Answered, Want, Wish
from eslflow.user import who
from tests.command import run
from tests.desks import ANNA, BEN, WAITING, TableDesk
from tests.served import served


@pytest.fixture
def desk():
    return TableDesk()


@pytest.fixture
def site(tmp_path, desk, monkeypatch):
    monkeypatch.setenv("SUDO_USER", "anna")
    (tmp_path / "eslflow.yaml").write_text("")
    with served(tmp_path, desk):
        yield tmp_path


def test_calls_that_go_on_are_listed(site, desk):
    done = run(site, "calls", "live")
    assert done.exit_code == 0, done.output
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "call", ANNA, BEN, WAITING
    ]  # fmt: skip
    found = json.loads(run(site, "calls", "live", "--json").stdout)
    assert found[0]["agent"] == "1001"
    for uuid in (ANNA, BEN, WAITING):
        desk.end(uuid)
    assert run(site, "calls", "live").stderr == "No call goes on.\n"


def test_a_call_is_masked_unmasked_and_stopped(site, desk):
    done = run(site, "calls", "mask", WAITING[:8], "--for", "180s")
    assert done.exit_code == 0, done.output
    assert f"{WAITING}: recording is masked, to be renewed by 2026-11-2" in done.stdout
    assert "recording is on\n" in run(site, "calls", "unmask", ANNA).stdout
    run(site, "calls", "unmask", ANNA, "--all")
    done = run(site, "calls", "stop", "--agent", "1002", "--json")
    assert json.loads(done.stdout)["recording"] == "off"
    assert desk.asked == [
        (WAITING, Wish(Want.MASKED, f"cli {who()}", 180.0, "cli")),
        (ANNA, Wish(Want.ON, f"cli {who()}", None, "cli")),
        (ANNA, Wish(Want.ON, f"cli {who()}", None, "cli", is_master=True)),
        (BEN, Wish(Want.OFF, f"cli {who()}", None, "cli")),
    ]


def test_a_mask_without_an_end_is_one(site, desk):
    assert run(site, "calls", "mask", ANNA).stdout == f"{ANNA}: recording is masked\n"
    assert desk.asked[0][1].for_s is None


def test_all_calls_of_an_agent_are_told(site, desk):
    desk.put(desk.calls()[1]._replace(agent="1001"))
    done = run(site, "calls", "mask", "--agent", "1001")
    assert done.stdout.count("recording is masked") == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("mask", "zzzz zz?#"), "there is no live call 'zzzz zz?#'"),
        (("mask", "--agent", "a?b c"), "agent 'a?b c' talks on no call"),
        (("mask", ANNA, "--for", "180"), "Takes a duration such as 5s"),
    ],
)
def test_what_cannot_be_is_told(site, desk, words, told):
    done = run(site, "calls", *words)
    assert done.exit_code == 1
    assert told in done.stderr
    assert desk.asked == []


def test_a_wish_that_does_not_hold_is_a_failure(site, desk):
    desk.answer = lambda uuid, wish: Answered(uuid, "masked", False, "step is masked")
    done = run(site, "calls", "unmask", ANNA)
    assert done.exit_code == 1
    assert "step is masked" in done.stderr


@pytest.mark.parametrize("words", [(), (ANNA, "--agent", "1001")])
@pytest.mark.parametrize("verb", ["mask", "unmask", "stop"])
def test_either_a_call_or_an_agent_is_named(tmp_path, verb, words):
    done = run(tmp_path, "calls", verb, *words)
    assert done.exit_code == 2
    assert "Name either a CALL or an --agent." in done.stderr


def test_without_a_server_it_is_told(tmp_path):
    done = run(tmp_path, "calls", "live")
    assert done.exit_code == 1
    assert f"no eslflow runs in {tmp_path}" in done.stderr
