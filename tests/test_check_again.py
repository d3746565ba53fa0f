"""What a proof found as a scenario: it can be read, and says what happened."""

import pytest
from ruamel.yaml import YAML

from eslflow.check.again import scenario
from eslflow.check.choice import Choice
from eslflow.check.looked import Looks
from eslflow.check.observer import (
    BARRED,
    FORGOTTEN,
    PRIVATE,
    UNMASKED,
    UNPERMITTED,
    UNWILLING,
)
from eslflow.check.prove import REFUSED, Happening, Violation, prove
from eslflow.check.scenarios import read
from tests.mutants import FLOWS
from tests.steps_of import flow

HEAD = """\
flow: test
purposes:
  training: {basis: consent}
  duty: {basis: legitimate_interests}
notices:
  recording: {version: 1, text: Press 1.}
prompts: {a: A.}
hours:
  office: {zone: Europe/Berlin, mon-fri: 08:00-17:00}
recording: {agent_keys: {1: mask, 2: unmask, 0: stop}}
"""
STEPS = """\
now: {hours: office, closed: who}
who: {branch: caller, cases: {anonymous: ask}, otherwise: ask}
ask: {consent: {notice: recording, purpose: training}, keys: {1: granted, 2: refused}}
tell: {objection: {notice: recording, purpose: duty}, keys: {3: objected}}
card: {collect: a, digits: 4, into: n}
say: {announce: a}
sales: {queue: sales, record: on, answered: desk}
desk: {queue: desk, type: fifo, record: on, answered: call}
call: {dial: {user: 1001}, next: ring}
ring: {ring: {user: 1001}, next: talk}
talk: {connect: callee, next: pay}
pay: {webhook: "https://a.example/", gets: {state: state, note: note}, next: away}
away: {transfer: {to: 1000, context: default}}
"""
FLOW = flow(STEPS, HEAD)


def found(rule, *story, step="sales", reaches=""):
    callers = (each for each in Looks(FLOW).calls())
    begin = next(each for each in callers if each.offered.caller == "anonymous")
    happened = tuple(Happening(at, Choice(*what.split("/"))) for at, what in story)
    text = scenario(FLOW, Violation(rule, step, "", begin, happened, reaches))
    (one,) = read(text.encode(), "test.scenarios.yaml", FLOW)
    values = YAML(typ="safe").load(text)["scenarios"]
    return one, next(iter(values.values())), text


def test_all_that_can_be_said_is_said():
    one, said, _ = found(
        UNPERMITTED,
        ("ask", "found/nothing"),
        ("ask", "presses/1"),
        ("ask", "kept"),
        ("tell", "presses wrongly/7"),
        ("tell", "presses nothing"),
        ("card", "enters/1234"),
        ("card", "enters/1234"),
        ("say", "not played"),
        ("sales", "recorder/start refuses fails"),
        ("sales", "queue/TIMEOUT"),
        ("sales", "queue/NO_AGENT_TIMEOUT"),
        ("desk", "queue/"),
        ("sales", "agent answers"),
        ("sales", "key/masked"),
        ("sales", "recorder/mask does"),
        ("sales", "agent leaves"),
        ("call", "dialled/USER_BUSY"),
        ("pay", 'responds/{"state": "open", "note": "0 1"}'),
        ("pay", "responds/"),
        ("pay", "hang up"),
    )
    assert one.name == "recorded though nothing permits it at sales"
    assert said == {
        "caller": "anonymous",
        "at": "2026-11-22 13:00",
        "press": [1, 7, "-", 1234],
        "queue": {
            "sales": ["timeout", "no_agents", "answered"],
            "desk": ["failed"],
        },
        "callee": "busy",
        "answer": {"state": "open", "note": "0 1"},
        "agent": ["mask", "hang_up"],
        "switch": {"cannot_play": ["a"], "refuse": ["record", "stop"]},
        "hang_up_at": "pay",
        "expect": {"recorded": False},
    }


@pytest.mark.parametrize(
    ("step", "refused"),
    [
        ("ask", "play_and_get_digits"),
        ("say", "playback"),
        ("sales", "callcenter"),
        ("desk", "fifo"),
        ("call", "bridge"),
        ("ring", "originate"),
        ("talk", "uuid_bridge"),
        ("away", "uuid_transfer"),
    ],
)
def test_what_the_switch_refuses_is_named(step, refused):
    _, said, _ = found(UNMASKED, (step, "refused"), step=step)
    assert said["switch"] == {"refuse": [refused]}
    assert said["expect"] == {"masked": [step]}


@pytest.mark.parametrize(
    ("step", "sound"), [("ask", "recording"), ("tell", "recording")]
)
def test_what_cannot_be_played_is_named(step, sound):
    _, said, _ = found(FORGOTTEN, (step, "not played"))
    assert said["switch"] == {"cannot_play": [sound]}
    assert said["expect"] == {"alarms": []}


def test_a_step_without_a_prompt_cannot_play_anything():
    _, said, _ = found(FORGOTTEN, ("away", "not played"))
    assert said["switch"] == {"cannot_play": ["all"]}


@pytest.mark.parametrize(
    ("how", "fault"), [("lies works", "lie"), ("untold works", "lose"), ("does", "")]
)
def test_how_the_recorder_is_taken_is_said(how, fault):
    _, said, _ = found(FORGOTTEN, ("sales", f"recorder/stop {how}"))
    assert said.get("switch") == ({fault: ["stop"]} if fault else None)


def test_what_cannot_be_said_is_remarked():
    _, said, text = found(FORGOTTEN, ("sales", "dead man"), ("pay", "no response"))
    assert "# A scenario cannot say: the switch masks it by itself" in text
    assert said["webhook"] == "failed"


@pytest.mark.parametrize(
    ("story", "webhook"),
    [
        ("says no", "refused"),
        ("no response", "failed"),
        ("responds, responds", None),
        ("says no, says no", "refused"),
        ("says no, responds, no response", ["refused", "done", "failed"]),
    ],
)
def test_what_programs_answer_is_said_one_after_the_other(story, webhook):
    _, said, _ = found(FORGOTTEN, *(("pay", what) for what in story.split(", ")))
    assert said.get("webhook") == webhook


def test_programs_that_answer_in_two_ways_are_remarked():
    states = ('responds/{"state": "a"}', 'responds/{"state": "b"}')
    _, _, text = found(FORGOTTEN, *(("pay", state) for state in states))
    assert text.count("# A scenario cannot say: the program says yes") == 1


@pytest.mark.parametrize(
    ("story", "agent"),
    [
        ("agent passes on, other agent", ["pass_on"]),
        ("agent passes on, other agent/outside", ["pass_outside"]),
        ("agent passes on, parked", ["hang_up"]),
        ("agent passes on, other agent, agent leaves", ["pass_on", "hang_up"]),
    ],
)
def test_a_call_that_is_passed_on_is_said_so(story, agent):
    talk = ("agent answers", *story.split(", "))
    one, said, text = found(FORGOTTEN, *(("sales", what) for what in talk))
    assert said["agent"] == list(one.agent) == agent
    assert "cannot say" not in text


def test_a_call_that_is_passed_on_to_nobody_yet_is_a_remark():
    talk = ("agent answers", "agent passes on", "hang up")
    _, said, text = found(FORGOTTEN, *(("sales", what) for what in talk))
    assert "agent" not in said
    assert "# A scenario cannot say: the agent passes the call on" in text


def test_agents_who_have_not_agreed_are_said_where_none_has():
    unwilling, willing = ("sales", f"agent answers/{UNWILLING}"), ("sales", "joined")
    one, said, text = found(FORGOTTEN, unwilling, unwilling)
    assert (said["agent_agreed"], one.agent_agreed) == (False, False)
    assert "cannot say" not in text
    _, said, text = found(FORGOTTEN, unwilling, willing)
    assert "agent_agreed" not in said
    assert "cannot say: an agent answers, who has not agreed" in text


def test_a_caller_who_hangs_up_while_the_recorder_is_asked_is_said_to():
    _, said, _ = found(FORGOTTEN, ("sales", "recorder/start refuses hang up"))
    assert said["hang_up_at"] == "sales"


def test_a_queue_that_is_none_is_left_out():
    _, said, _ = found(FORGOTTEN, ("call", "agent answers"), step="")
    assert "queue" not in said


@pytest.mark.parametrize(
    ("reaches", "name"), [("sales", "sales"), ("call", "call"), ("", "dialplan")]
)
def test_whom_a_caller_should_reach_is_expected(reaches, name):
    _, said, _ = found(REFUSED, ("ask", "presses/2"), reaches=reaches)
    assert said["expect"] == {"reaches": name}


ASKED = """\
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  refused: bye
m: {menu: a, keys: {1: bye, 3: desk}, failure: bye, error: bye}
desk: {queue: desk, record: on}
bye: {hangup: USER_BUSY}
"""


def test_who_refuses_presses_what_who_agrees_does_on_the_way():
    asked = flow(ASKED, HEAD)
    (violation,) = prove(asked).violations
    (said,) = YAML(typ="safe").load(scenario(asked, violation))["scenarios"].values()
    assert said == {
        "at": said["at"],
        "press": [2, 3],
        "expect": {"reaches": "desk"},
    }


def test_without_hours_a_scenario_has_no_time():
    bare = flow("a: {announce: a}\n", "flow: test\nprompts: {a: A.}\n")
    begin = next(iter(Looks(bare).calls()))
    text = scenario(bare, Violation(FORGOTTEN, "a", "", begin, ()))
    assert text == (
        "scenarios:\n  recorded though it should not at a:\n    expect: {alarms: []}\n"
    )


PEOPLE = flow(
    """\
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  ask_again_after: 30d
talk: {queue: support, record: on}
""",
    FLOWS["verbal"].partition("steps:")[0],
)


def of_people(rule, *story):
    begin = next(iter(Looks(PEOPLE).calls()))
    happened = tuple(Happening(at, Choice(*what.split("/"))) for at, what in story)
    text = scenario(PEOPLE, Violation(rule, "talk", "", begin, happened))
    read(text.encode(), "test.scenarios.yaml", PEOPLE)
    (said,) = YAML(typ="safe").load(text)["scenarios"].values()
    return said, text


@pytest.mark.parametrize("rule", [UNPERMITTED, PRIVATE, BARRED])
def test_what_people_said_and_pressed_is_said(rule):
    said, _ = of_people(
        rule,
        ("ask", "found/refused"),
        ("talk", "caller key/withdraw"),
        ("talk", "agent answers"),
        ("talk", "key/granted"),
        ("talk", "caller key/granted"),
        ("talk", "caller key/withdraw"),
    )
    assert said == {
        "queue": {"support": ["answered"]},
        "agent": ["granted"],
        "in_queue": ["withdraw"],
        "in_talk": ["withdraw"],
        "earlier": {"training": "refused"},
        "expect": {"recorded": False},
    }


def test_what_no_scenario_can_say_of_people_is_a_remark():
    said, text = of_people(
        BARRED,
        ("ask", "found/granted to other words"),
        ("talk", "agent answers/listed"),
    )
    assert "earlier" not in said
    assert "# A scenario cannot say: the ledger remembers granted to other" in text
    assert "# A scenario cannot say: an agent answers, who is never recorded" in text
    said, text = of_people(BARRED, ("talk", "joined/unknown"))
    assert "# A scenario cannot say: the two talk, and nobody can say who" in text


def test_a_key_with_the_hang_up_is_said_as_both():
    said, _ = of_people(UNPERMITTED, ("ask", "presses at last/1"))
    assert said["press"] == [1, "hangup"]
