"""The flow in a file."""

import os
from pathlib import Path

import pytest

from eslflow.check import flow_files, load_flow
from eslflow.check.load import (
    draft_findings,
    findings,
    flow_of,
    load_scenarios,
    lonely_scenarios,
    named_alike,
    place_of,
    scenarios_of,
)
from eslflow.errors import FlowErrors, SettingsError

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("path", flow_files(ROOT / "flows"))
def test_every_flow_that_ships_is_good(path):
    assert load_flow(path).name == path.stem


def test_scenarios_are_no_flow_and_lie_beside_theirs(tmp_path):
    for name in ("b.yaml", "a.yaml", "a.scenarios.yaml", "notes.txt"):
        (tmp_path / name).write_text("scenarios: {x: {expect: {ends: finished}}}")
    assert flow_files(tmp_path) == [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    found = scenarios_of(tmp_path / "a.yaml")
    assert flow_of(found) == tmp_path / "a.yaml"
    assert found == tmp_path / "a.scenarios.yaml"
    flow = load_flow(ROOT / "flows" / "opening.yaml")
    (scenario,) = load_scenarios(found, flow)
    assert (scenario.name, scenario.file) == ("x", str(found))


def test_scenarios_beside_which_no_flow_lies_are_lonely(tmp_path):
    for name in ("b.yaml", "b.scenarios.yaml", "a.scenarios.yaml", ".#c.yaml"):
        (tmp_path / name).touch()
    assert lonely_scenarios(tmp_path) == [tmp_path / "a.scenarios.yaml"]


def test_a_file_of_any_size_is_too_large(tmp_path):
    path = tmp_path / "large.yaml"
    path.touch()
    os.truncate(path, 2**40)
    with pytest.raises(FlowErrors, match="larger than"):
        load_flow(path)


def test_nobody_waits_for_a_pipe(tmp_path):
    os.mkfifo(pipe := tmp_path / "pipe.yaml")
    flow = load_flow(ROOT / "flows" / "opening.yaml")
    told = r"Not a regular file, but a pipe.*\[unreadable\]\n.*Remove it"
    with pytest.raises(FlowErrors, match=told):
        load_flow(pipe)
    with pytest.raises(FlowErrors, match=told):
        load_scenarios(pipe, flow)
    with pytest.raises(FlowErrors, match=told):
        load_flow(Path("/dev/zero"))


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    for path, why in (
        (tmp_path / "none.yaml", "No such file .*\n.*gone, or a link"),
        (tmp_path, r"Is a directory \[unreadable\]\n.*name the file of a flow in it"),
        (Path("/dev/zero/a.yaml"), "Not a directory .*\n.*take a copy"),
    ):
        with pytest.raises(FlowErrors, match=f"cannot be read: {why}"):
            load_flow(path)


def test_a_file_that_nobody_lets_us_read_is_told_so(tmp_path, monkeypatch):
    def denied(path, mode):
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "a.yaml").touch()
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(FlowErrors, match="denied .unreadable.\n.*Let this user read"):
        load_flow(tmp_path / "a.yaml")


def test_a_folder_that_nobody_may_look_into_is_not_an_empty_one(tmp_path, monkeypatch):
    assert flow_files(tmp_path / "none") == []

    def denied(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(Path, "iterdir", denied)
    with pytest.raises(SettingsError, match=r"Permission denied\. Let this user read"):
        flow_files(tmp_path)


def test_a_flow_with_the_name_of_another_is_pointed_at_where_it_says_so():
    flow = load_flow(ROOT / "flows" / "support.yaml")
    problem = named_alike(flow, load_flow(ROOT / "flows" / "opening.yaml"))
    assert (problem.code, problem.path, problem.source) == (
        "twice",
        "flow",
        "flow: support",
    )
    assert "opening.yaml, too" in problem.problem


OUTER = "flow: outer\nsteps:\n  a: {flow: inner}\n  b: {flow: inner}\n  c: {queue: x}\n"
INNER = "flow: inner\nprompts: {hi: Hi.}\nsteps:\n  a: {announce: hi}\n"


def test_flows_beside_a_file_can_be_named(tmp_path):
    (tmp_path / "outer.yaml").write_text(OUTER)
    (tmp_path / "inner.yaml").write_text(INNER)
    found = load_flow(tmp_path / "outer.yaml")
    assert list(found.steps) == ["a", "a/a", "b", "b/a", "c"]
    assert [item.path for item in found.audio()] == ["inner/en/hi.wav"]


def test_a_file_that_several_of_them_name_is_read_once(tmp_path):
    (tmp_path / "outer.yaml").write_text(OUTER)
    (tmp_path / "inner.yaml").write_text(INNER)
    both = "flow: both\nsteps:\n  a: {flow: inner}\n  b: {flow: outer}\n"
    (tmp_path / "both.yaml").write_text(both)
    assert "b/b/a" in load_flow(tmp_path / "both.yaml").steps


def test_what_a_check_finds_is_found_in_the_flows_own_file(tmp_path):
    (tmp_path / "outer.yaml").write_text(OUTER)
    lone = "flow: inner\nsteps:\n  a: {dial: {user: 1}}\n"
    (tmp_path / "inner.yaml").write_text(lone)
    assert findings(load_flow(tmp_path / "outer.yaml")) == ()
    (told,) = findings(load_flow(tmp_path / "inner.yaml"))
    assert (told.rule.code, told.error.line) == ("dropped", 3)


def test_what_a_flow_does_is_judged_in_the_flow_that_runs_it(tmp_path):
    purpose = "purposes: {training: {basis: consent, retain: 90d}}\n"
    asks = f"flow: asks\n{purpose}notices: {{n: {{version: 1, text: '1 or 2?'}}}}\n"
    asks += "steps:\n  ask: {consent: {notice: n, purpose: training}, "
    asks += "keys: {1: granted, 2: refused}}\n"
    talks = f"flow: talks\n{purpose}steps:\n  w: {{queue: w, record: on}}\n"
    outer = f"flow: outer\n{purpose}steps:\n  a: {{flow: asks}}\n  b: {{flow: talks}}\n"
    (tmp_path / "asks.yaml").write_text(asks)
    (tmp_path / "talks.yaml").write_text(talks)
    (tmp_path / "torn.yaml").write_text("steps: [")
    assert "for-nothing" in codes(tmp_path / "asks.yaml")
    (tmp_path / "outer.yaml").write_text(outer.replace("asks", "talks"))
    with pytest.raises(FlowErrors, match="nobody is ever asked"):
        load_flow(tmp_path / "talks.yaml")
    (tmp_path / "outer.yaml").write_text(outer)
    assert "for-nothing" not in codes(tmp_path / "asks.yaml")
    assert not {"too-early", "unused"} & {*codes(tmp_path / "talks.yaml")}
    assert "too-early" not in codes(tmp_path / "outer.yaml")
    swapped = outer.replace("asks", "-").replace("talks", "asks").replace("-", "talks")
    (tmp_path / "outer.yaml").write_text(swapped)
    assert "too-early" in codes(tmp_path / "outer.yaml")


def test_keys_that_a_notice_gives_are_those_of_the_flow_that_runs_it(tmp_path):
    purpose = "purposes: {training: {basis: consent, retain: 90d, "
    purpose += "on_withdrawal: keep}}\n"
    asks = f"flow: asks\n{purpose}notices:\n"
    asks += "  n: {version: 1, text: '1 yes, 2 no. Withdraw with star zero.'}\n"
    asks += "steps:\n  ask: {consent: {notice: n, purpose: training}, "
    asks += "keys: {1: granted, 2: refused}}\n"
    (tmp_path / "asks.yaml").write_text(asks)
    assert "withdrawal-key" in codes(tmp_path / "asks.yaml")
    steps = "steps:\n  a: {flow: asks}\n  b: {queue: w, record: on}\n"
    (tmp_path / "outer.yaml").write_text(f"flow: outer\n{purpose}{steps}")
    assert "withdrawal-key" not in codes(tmp_path / "asks.yaml")
    assert "withdrawal-key" in codes(tmp_path / "outer.yaml")


def codes(path):
    """Return what a check finds in a file."""
    return [told.rule.code for told in findings(load_flow(path))]


def test_a_site_says_which_numbers_are_for_help(tmp_path):
    text = "flow: a\nprompts: {hi: Hi.}\nsteps:\n  hi: {announce: hi}\n"
    text += "  n: {dial: {user: 144}, next: end}\n  end: {hangup: USER_BUSY}\n"
    (tmp_path / "a.yaml").write_text(text)
    flow = load_flow(tmp_path / "a.yaml")
    assert findings(flow) == ()
    (told,) = findings(flow, emergency=["144"])
    assert told.rule.code == "emergency-behind-prompt"


def test_what_is_over_is_told_where_the_time_is_known(tmp_path):
    text = "flow: a\nhours:\n  o: {zone: UTC, mon: 08:00-09:00,\n"
    text += "    holidays: {2026-04-03: Good Friday}}\n"
    text += "steps:\n  a: {hours: o, open: b, closed: b}\n  b: {queue: b}\n"
    (tmp_path / "a.yaml").write_text(text)
    flow = load_flow(tmp_path / "a.yaml")
    assert findings(flow) == ()
    (told,) = findings(flow, now=1_795_000_000_000_000)
    assert (told.rule.code, told.error.line) == ("past-holidays", 4)


def test_of_a_flow_that_does_not_load_is_found_what_can_be_read(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("flow: a\nprompts: {left: Over.}\nsteps: {a: {}}\n")
    draft, are_words_right, told = draft_findings(path)
    assert (draft.name, are_words_right, told) == ("a", True, ())
    for text in ("flow: [", "flow: a\npromts: {}\nsteps: {a: {}}\n"):
        path.write_text(text)
        assert draft_findings(path) is None


def test_a_step_is_named_with_its_line(tmp_path):
    path = tmp_path / "outer.yaml"
    path.write_text(OUTER)
    (tmp_path / "inner.yaml").write_text(INNER)
    flow = load_flow(path)
    assert place_of(flow, "c") == f"{path}:5:3"
    assert place_of(flow, "b/a") == f"{path}:4:3"
    assert place_of(flow, "") == str(path)
    path.unlink()
    assert place_of(flow, "c") == str(path)


def test_a_mistake_is_told_in_the_file_where_it_is_once(tmp_path):
    (tmp_path / "outer.yaml").write_text(OUTER)
    (tmp_path / "inner.yaml").write_text(INNER.replace("announce: hi", "announce: ho"))
    with pytest.raises(FlowErrors) as caught:
        load_flow(tmp_path / "outer.yaml")
    (problem,) = caught.value.problems
    assert problem.file == str(tmp_path / "inner.yaml")


def test_flows_that_run_each_other_are_told(tmp_path):
    (tmp_path / "outer.yaml").write_text(OUTER)
    (tmp_path / "inner.yaml").write_text("flow: inner\nsteps:\n  a: {flow: outer}\n")
    with pytest.raises(
        FlowErrors, match="the flows lead into each other: outer, inner"
    ):
        load_flow(tmp_path / "outer.yaml")
