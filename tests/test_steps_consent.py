"""`consent`: who is asked, in which order, and what makes no question.

| option | takes | default |
|---|---|---|
| consent | {notice: ..., purpose: ...} | |
| keys | granted, refused or more, by key | |
| more | a notice | |
| tries | 1 to 5 | 2 |
| timeout | 1s to 60s | 6s |
| ask | caller, callee or both | caller |
| receipt | true or false | false |
| meanwhile | a prompt | |
| ask_again_after | up to 3653d | 0s |
| remember | true or false | false |
"""

from dataclasses import replace

import pytest

from eslflow.call.commands import Api, Execute
from eslflow.call.events import (
    Bridged,
    Found,
    HungUp,
    JobDone,
    Kept,
    LegEnded,
    RecordStarted,
)
from eslflow.call.records import Choice, Remembered, State
from eslflow.errors import FlowErrors
from eslflow.flow.model import Basis, Party, Purpose
from eslflow.steps.question import Meaning
from eslflow.wire.terms import App
from tests.playbook import SOUNDS, Playbook
from tests.steps_of import HEAD, flow

ANSWER = Execute(App.ANSWER, waits=False)
ASK = flow(
    """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
      granted: talk
      refused: talk
      unanswered: talk
    talk: {announce: welcome, record: on}
    """
)
LONGER = HEAD.replace(
    "prompts:", "  longer: {version: 2, text: All of it., url: https://e.x/}\nprompts:"
)


def test_a_question_that_cannot_be_refused_is_none():
    (step,) = [s for s in ASK.steps.values() if s.kind == "consent"]
    assert list(step.problems(ASK.purposes)) == []
    yes = replace(step, keys={"1": Meaning.GRANTED})
    duty = {"training": Purpose("training", Basis.LEGAL_OBLIGATION)}
    said = [problem for _, _, problem, _ in yes.problems(duty)]
    assert said == [
        "purpose 'training' rests on legal_obligation, not on consent",
        "no key means refused",
    ]
    assert step.asks_for() == ("training",)
    assert [problem for _, _, problem, _ in step.problems({})] == []


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (
            "keys: {1: granted, 2: refused, 9: more}",
            "a key means more, but more of what?",
        ),
        ("keys: {1: granted, 2: refused}, more: longer", "no key means more"),
        ("keys: {1: granted, 9: more}, more: longer", "no key means refused"),
    ],
)
def test_more_takes_a_key_and_a_notice(step, problem):
    with pytest.raises(FlowErrors) as caught:
        flow(
            f"a: {{consent: {{notice: recording, purpose: training}}, {step}}}", LONGER
        )
    assert [p.problem for p in caught.value.problems] == [problem]


@pytest.mark.parametrize(
    ("means", "why"),
    [("granted", "Who cannot refuse"), ("refused", "Nobody could agree")],
)
def test_why_a_key_is_missed_is_said(means, why):
    step = "a: {consent: {notice: recording, purpose: training}, keys: {1: %s}}"
    with pytest.raises(FlowErrors) as caught:
        flow(step % means)
    assert [p.hint[: len(why)] for p in caught.value.problems] == [why]


def test_a_caller_who_is_asked_hears_nothing_else():
    with pytest.raises(FlowErrors, match="cannot hear another prompt"):
        flow(
            "ask: {consent: {notice: recording, purpose: training}, "
            "keys: {1: granted, 2: refused}, meanwhile: welcome}"
        )


def test_a_question_says_whom_it_asks_and_by_which_keys():
    step = ASK.steps["ask"]
    assert list(step.takes_keys) == ["1", "2"]
    assert step.asks_whom == (Party.CALLER,)
    assert BOTH.steps["ask"].asks_whom == (Party.CALLER, Party.CALLEE)


def test_where_nothing_is_recorded_nobody_is_asked():
    quiet = flow(
        """
        hush: {private: key}
        ask:
          consent: {notice: recording, purpose: training}
          keys: {1: granted, 2: refused}
          granted: bye
        hello: {announce: welcome}
        bye: {hangup: NORMAL_CLEARING}
        """
    )
    with Playbook(quiet) as call:
        call.expects(ANSWER, Execute(App.PLAYBACK, f"{SOUNDS}/test/en/welcome.wav"))
    assert "not asked: nothing of this call is recorded" in call.told
    assert [row.reason for row in call.rows(Choice)] == ["private"]


REMEMBERS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  ask_again_after: 30d
%s
"""


def test_a_caller_who_has_refused_before_is_not_asked():
    with Playbook(flow(REMEMBERS % "bye: {announce: welcome}")) as call:
        (look,) = call.skips()
        before = Remembered("earlier", 1, State.REFUSED, "test", "recording", 3)
        call.when(Found(look.key, before))
        call.expects(ANSWER, Execute(App.PLAYBACK, f"{SOUNDS}/test/en/welcome.wav"))


def test_a_grant_is_remembered_only_with_a_warning():
    (ask,) = flow(REMEMBERS % "").steps.values()
    assert list(ask.warns()) == []
    (ask,) = flow(REMEMBERS % "  remember: true").steps.values()
    (warning,) = ask.warns()
    assert "which can be forged" in warning


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("remember: true", "a grant is remembered, but for how long?"),
        ("ask: callee, ask_again_after: 30d", "only callers are remembered"),
        ("ask: both, ask_again_after: 30d", "only callers are remembered"),
        ("ask_again_after: 30", "'30' is no duration"),
    ],
)
def test_what_cannot_be_remembered_is_told(options, problem):
    with pytest.raises(FlowErrors) as caught:
        flow(
            "ask: {consent: {notice: recording, purpose: training}, "
            f"keys: {{1: granted, 2: refused}}, {options}}}"
        )
    assert [p.problem for p in caught.value.problems] == [problem]


BOTH = flow(
    """
    call: {ring: {user: 1001}}
    ask:
      consent: {notice: recording, purpose: training}
      ask: both
      meanwhile: which
      keys: {1: granted, 2: refused}
      tries: 1
      granted: talk
      refused: talk
      unanswered: talk
    talk: {connect: callee, record: on, from: answer}
    """
)


def rung(steps=BOTH):
    """Return a call whose called party has answered, and what is asked then."""
    call = Playbook(steps)
    *_, job = call.skips()
    call.when(JobDone(job.leg, True))
    return call, job.leg, call.skips()


def answers(call, asks, key):
    """Let whoever is asked press a key, and the disk take it; return what follows."""
    variable = asks.arg.split()[7]
    call.done(asks, **{variable: key, "playback_last_offset_pos": "8000"})
    said = call.skips()
    if any(getattr(command, "is_durable", False) for command in said):
        call.when(Kept(True))
        said += call.skips()
    return said


def states(call):
    return [(str(row.party), str(row.state)) for row in call.rows(Choice)]


def records(said):
    return [c for c in said if isinstance(c, Api) and c.command == "uuid_record"]


def both_agree(call, leg, said):
    """Let both agree and talk; return what is said then."""
    (*_, asks_callee) = answers(call, said[-1], "1")
    assert asks_callee.leg == leg
    said = answers(call, asks_callee, "1")
    (start,) = records(said)
    call.answers(start)
    call.when(RecordStarted(start.arg.split()[2]))
    (*_, bridge) = (c for c in call.skips() if isinstance(c, Api))
    call.answers(bridge)
    call.skips()
    call.when(Bridged(leg, "1001"))
    call.skips()
    return start


def test_both_are_asked_the_caller_first_while_the_other_one_hears_why():
    call, leg, said = rung()
    _, meanwhile, *_, asks_caller = said
    assert (meanwhile.app, meanwhile.leg) == (App.PLAYBACK, leg)
    assert (asks_caller.app, asks_caller.leg) == (App.PLAY_AND_GET_DIGITS, "")
    said = answers(call, asks_caller, "1")
    meanwhile, asks_callee = (c for c in said if isinstance(c, Execute))
    assert (meanwhile.app, meanwhile.leg) == (App.PLAYBACK, "")
    assert (asks_callee.app, asks_callee.leg) == (App.PLAY_AND_GET_DIGITS, leg)
    assert records(call.said) == []


def test_a_call_is_recorded_once_both_have_agreed_each_with_a_row():
    call, leg, said = rung()
    assert both_agree(call, leg, said).arg.startswith("4c1b-9 start")
    assert states(call) == [
        ("callee", "not_asked"),
        ("caller", "requested"),
        ("caller", "granted"),
        ("callee", "requested"),
        ("callee", "granted"),
    ]
    assert call.rows(Choice)[0].reason == "other_first"


@pytest.mark.parametrize(
    ("key", "state"), [("2", "refused"), ("", "unanswered"), ("7", "unanswered")]
)
def test_where_the_caller_does_not_agree_the_other_one_is_not_asked(key, state):
    call, _, said = rung()
    said = answers(call, said[-1], key)
    assert not any(isinstance(c, Execute) and c.leg for c in said)
    assert states(call)[-1] == ("caller", state)
    assert call.engine.live.step == "talk"
    assert call.engine.live.consents.permitting() == ()
    assert str(call.engine.live.consents.state("training")) == state


@pytest.mark.parametrize(("key", "state"), [("2", "refused"), ("", "unanswered")])
def test_where_the_called_party_does_not_agree_the_callers_yes_permits_nothing(
    key, state
):
    call, _, said = rung()
    *_, asks_callee = answers(call, said[-1], "1")
    answers(call, asks_callee, key)
    assert states(call)[-1] == ("callee", state)
    assert call.engine.live.consents.permitting() == ()
    assert records(call.said) == []


def test_a_called_party_who_hangs_up_while_the_caller_is_asked_has_not_agreed():
    call, leg, said = rung()
    call.when(LegEnded(leg))
    call.skips()
    answers(call, said[-1], "1")
    assert states(call)[-1] == ("callee", "unanswered")
    assert call.rows(Choice)[-1].reason == "nobody"
    assert call.engine.live.consents.permitting() == ()


def test_a_caller_who_hangs_up_in_the_question_leaves_the_other_one_unasked():
    call, _, _ = rung()
    call.when(HungUp())
    call.skips()
    assert states(call) == [
        ("callee", "not_asked"),
        ("caller", "requested"),
        ("caller", "hung_up"),
    ]


def test_where_there_is_no_other_one_nobody_is_asked():
    alone = "ask: {consent: {notice: recording, purpose: training}, ask: both, "
    with Playbook(flow(alone + "keys: {1: granted, 2: refused}}")) as call:
        call.skips()
    assert states(call) == [("callee", "unanswered")]
    assert call.rows(Choice)[-1].reason == "nobody"


def test_whoever_takes_the_call_over_has_not_agreed():
    call, leg, said = rung()
    both_agree(call, leg, said)
    assert call.engine.live.consents.permitting() == ("training",)
    call.when(Bridged("another-leg", "1002"))
    call.skips()
    assert states(call)[-1] == ("callee", "expired")
    assert call.rows(Choice)[-1].reason == "taken_over"
    assert call.engine.live.consents.permitting() == ()


def test_two_questions_to_one_each_are_as_strict_as_one_to_both():
    apart = flow(
        """
        own: {consent: {notice: recording, purpose: training},
              keys: {1: granted, 2: refused}, tries: 1}
        call: {ring: {user: 1001}}
        other: {consent: {notice: recording, purpose: training}, ask: callee,
                keys: {1: granted, 2: refused}, tries: 1}
        talk: {connect: callee, record: on, from: answer}
        """
    )
    call = Playbook(apart)
    *_, asks_caller = call.skips()
    answers(call, asks_caller, "2")
    (job,) = (c for c in call.said if getattr(c, "command", "") == "originate")
    call.when(JobDone(job.leg, True))
    *_, asks_callee = call.skips()
    answers(call, asks_callee, "1")
    assert states(call)[-1] == ("callee", "granted")
    assert call.engine.live.consents.permitting() == ()
    assert call.engine.live.consents.state("training") is State.REFUSED


@pytest.mark.parametrize(
    ("basis", "instead"),
    [
        ("legitimate_interests", "Let them object: objection:"),
        ("public_task", "Let them object: objection:"),
        ("legal_obligation", "There is nothing to choose. Tell of it: inform:"),
        ("contract", "There is nothing to choose. Tell of it: inform:"),
    ],
)
def test_what_is_not_asked_for_is_told_of_as_its_basis_wants(basis, instead):
    with pytest.raises(FlowErrors) as caught:
        flow(
            "a: {consent: {notice: recording, purpose: training}, "
            "keys: {1: granted, 2: refused}}",
            HEAD.replace("consent", basis),
        )
    (problem,) = caught.value.problems
    assert problem.hint == f"{instead} {{notice: ..., purpose: ...}}."
    step = instead.split()[-1].strip(":")
    keys = ", keys: {3: objected}" if step == "objection" else ""
    tell = f"a: {{{step}: {{notice: recording, purpose: training}}{keys}}}"
    assert flow(tell, HEAD.replace("consent", basis)).steps


def test_its_keys_are_told_with_what_they_mean():
    step = ASK.steps["ask"]
    assert step.keys_to("granted") == ("1 granted",)
    assert step.keys_to("unanswered") == ()
