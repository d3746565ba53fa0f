"""Scenarios as they are played."""

import logging

import pytest

from eslflow.check.happened import compare
from eslflow.check.scenarios import read
from eslflow.rehearsal import Rehearsal
from tests.steps_of import flow

HEAD = """\
flow: test
purposes: {training: {basis: consent}}
notices: {recording: {version: 1, text: Press 1 to agree or 2 to refuse.}}
prompts: {welcome: Welcome., which: Which?}
hours: {office: {zone: Europe/Berlin, mon-fri: 08:00-17:00}}
recording: {agent_keys: {1: mask, 2: unmask, 0: stop}}
"""
FLOW = flow(
    """
when: {hours: office, open: hello, closed: bye}
bye: {hangup: NORMAL_CLEARING}
hello: {announce: welcome}
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
choose:
  menu: which
  keys: {1: talk, 2: pay}
  failure: talk
pay: {queue: payments, record: masked, answered: talk}
talk: {queue: support@default, record: on, from: answer, timeout: talk}
""",
    HEAD,
)


@pytest.fixture
def stage(tmp_path):
    logging.getLogger("eslflow.switch").setLevel(logging.ERROR)
    with Rehearsal([FLOW], tmp_path) as stage:
        yield stage
    logging.getLogger("eslflow.switch").setLevel(logging.NOTSET)


def play(stage, text):
    """Return what came of a scenario, and in what it differs."""
    head = 'at: "2026-11-24 10:00"\nscenarios:\n  a: {%s}'
    (scenario,) = read((head % text).encode(), "x.yaml", FLOW)
    played = stage.play(FLOW, scenario)
    return played, [
        f"{d.what} {d.happened}" for d in compare(scenario, played.happened)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "press: [1, 1], expect: {choice: {training: granted}, recorded: 1,"
        " heard: [talk], masked: [], reaches: support, ends: hung_up,"
        " path: [when, hello, ask, choose, talk]}",
        "press: [2, 1], expect: {choice: {training: refused}, recorded: false}",
        "press: {choose: 1}, expect: {choice: {training: unanswered}, reaches: talk}",
        "hang_up_at: when, expect: {path: [when, hello]}",
        "hang_up_at: hello, expect: {path: [when, hello], ends: hung_up}",
        "hang_up_at: ask, expect: {choice: {training: hung_up}, recorded: 0}",
        "hang_up_at: talk, press: [1, 1], expect: {recorded: false, reaches: nobody}",
        "press: [hangup], expect: {choice: {training: hung_up}}",
        "press: [1, 1], queue: {support: [timeout, answered]},"
        " expect: {path: [..., talk, talk], reaches: support, recorded: 1}",
        "press: [1, 1], queue: nobody, expect: {reaches: nobody, ends: hung_up}",
        "press: [1, 1], queue: failed, expect: {reaches: dialplan}",
        "press: [1, 1], agent: hang_up, expect: {ends: finished}",
        "press: [1, 1], agent: [mask, unmask], expect: {masked: [talk], recorded: 1}",
        "press: [1, 1], agent: [stop, hold, unhold], expect: {recorded: 1}",
        "press: [1, 2], agent: hang_up, expect: {path: [..., pay, talk],"
        " heard: [talk], reaches: support}",
        "press: [1, 1], switch: {refuse: record}, expect: {recorded: false,"
        " alarms: [did not start]}",
        "press: [1, 1], switch: {lie: record}, expect: {recorded: false}",
        "press: [1, 1], switch: {lose: record}, expect: {recorded: 1, alarms: []}",
        "press: [1, 1], agent: mask, switch: {late: mask},"
        " expect: {masked: [talk], alarms: [could not be masked]}",
        "press: [1, 1], agent: mask, switch: {refuse: mask},"
        " expect: {masked: [], heard: [talk], alarms: [could not be masked]}",
        "press: [1, 1], switch: {refuse: callcenter}, expect: {reaches: dialplan}",
        "switch: {cannot_play: recording}, press: {choose: 1},"
        " expect: {choice: {training: unanswered}, recorded: false}",
        'at: "2026-11-24 20:00", expect: {path: [when, bye], ends: finished}',
        'at: "2025-11-24 10:00", press: [1, 1], expect: {recorded: true}',
    ],
)
def test_what_is_played_is_what_comes_of_it(stage, text):
    differences = play(stage, text)[1]
    if "hang_up_at: when" in text:
        # It takes no time: the caller is in the next step when hanging up.
        assert differences == ["hang_up_at the call ended at hello"]
    else:
        assert differences == []


def test_a_called_party_is_asked_and_reached(tmp_path):
    calls = flow(
        """
        call: {ring: {user: 1001}}
        ask:
          consent: {notice: recording, purpose: training}
          ask: callee
          keys: {1: granted, 2: refused}
        talk: {connect: callee, record: on, from: answer}
        """,
        HEAD,
    )
    text = """
scenarios:
  a: {press: 1, expect: {choice: {training: granted}, heard: [talk], reaches: talk}}
  b: {callee: busy, expect: {reaches: nobody, path: [call]}}
  c: {switch: {refuse: originate}, expect: {reaches: dialplan}}
  d: {press: 1, switch: {refuse: uuid_bridge}, expect: {recorded: false}}
"""
    with Rehearsal([calls], tmp_path) as stage:
        for scenario in read(text.encode(), "x.yaml", calls):
            happened = stage.play(calls, scenario).happened
            assert compare(scenario, happened) == []


def test_the_story_is_as_try_tells_it(stage):
    played, _ = play(stage, "press: [1, 1], expect: {recorded: true}")
    assert played.story[0] == "   0.0 s  call from +4930123456 to test"
    assert "   1.6 s  caller presses 1: granted, and kept" in played.story
    assert any("recording starts: recordings/" in line for line in played.story)
    assert ("choose", "1") in played.visited
    assert ("talk", "") in played.visited


def test_keys_that_nobody_asked_for_are_told(stage):
    text = "press: [1, 1, 5, ~], expect: {recorded: true}"
    assert play(stage, text)[1] == ["press no question came for it"]
    played, _ = play(stage, "press: {ask: [1, 2], talk: 3}, expect: {recorded: true}")
    assert played.happened.unpressed == ("2 at ask", "3 at talk")


def test_calls_do_not_know_of_each_other(stage):
    text = "press: [1, 1], expect: {recorded: 1, heard: [talk]}"
    first, again = play(stage, text)[0], play(stage, text)[0]
    assert first.happened == again.happened
    numbered = [line.replace("test-1", "test-2") for line in first.story]
    assert numbered == list(again.story)


def test_a_caller_is_reached_under_the_names_of_the_queue_and_its_step(stage):
    played, _ = play(stage, "press: [2, 1], expect: {reaches: support}")
    assert played.happened.reached == ("support@default", "support", "talk")


MEMORY = flow(
    """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  ask_again_after: 30d
  remember: true
talk: {queue: support, record: on}
""",
    HEAD,
)


@pytest.mark.parametrize(
    ("earlier", "press", "state", "files"),
    [
        ("refused", "", "refused", 0),
        ("withdrawn", "", "refused", 0),
        ("granted", "", "granted", 1),
        ("", "1", "granted", 1),
        ("", "2", "refused", 0),
    ],
)
def test_what_the_caller_chose_before_is_the_scenarios(
    tmp_path, earlier, press, state, files
):
    before = f"earlier: {{training: {earlier}}}, " if earlier else ""
    keys = f"press: [{press}], " if press else ""
    expect = f"expect: {{choice: {{training: {state}}}, recorded: {files}}}"
    text = f"scenarios: {{a: {{{before}{keys}{expect}}}}}"
    (scenario,) = read(text.encode(), "x.yaml", MEMORY)
    with Rehearsal([MEMORY], tmp_path) as stage:
        # What another scenario's caller chose is not remembered in this one.
        other = b"scenarios: {b: {press: [2], expect: {recorded: 0}}}"
        stage.play(MEMORY, read(other, "y.yaml", MEMORY)[0])
        played = stage.play(MEMORY, scenario)
    assert compare(scenario, played.happened) == []


@pytest.mark.parametrize(
    ("acts", "files", "reasons"),
    [
        ("pass_on", 2, "[]"),
        ("pass_outside", 1, "[outside]"),
        ("pass_outside, pass_on", 2, "[outside]"),
        ("pass_on, pass_outside", 2, "[outside]"),
    ],
)
def test_a_call_is_handed_over_inside_the_office_or_out_of_it(
    stage, acts, files, reasons
):
    expect = f"expect: {{recorded: {files}, unrecorded: {reasons}, reaches: talk}}"
    played, differs = play(stage, f"press: [1, 1], agent: [{acts}], {expect}")
    assert differs == []
    assert played.happened.heard == ("talk",)
