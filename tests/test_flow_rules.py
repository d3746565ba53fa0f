"""How the calls of a flow are recorded, whatever the step."""

import re

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.model import (
    AgentKey,
    Agents,
    Agreement,
    CalleeKey,
    CallerKey,
    OnWithdrawal,
    RecordingRules,
    Verbal,
)
from tests.steps_of import flow
from tests.talking import HEAD, STEPS, talks

KEYS = "  caller_keys: {0: withdraw}\n"
ASKS = "  verbal: {notice: confirmed, purpose: training}\n"
AGENT = "  agent_keys: {1: granted, 2: refused, 3: mask}\n"


def problems(head, steps=STEPS):
    with pytest.raises(FlowErrors) as caught:
        talks(steps, head)
    return [(p.problem, p.hint) for p in caught.value.problems]


def test_what_keys_do_and_what_is_said():
    rules = talks().recording
    assert rules.caller_keys == {"0": CallerKey.WITHDRAW}
    assert rules.withdrawn == "ended"
    assert rules.verbal == Verbal("confirmed", "training")
    assert rules.agent_keys["1"] is AgentKey.GRANTED


def test_a_flow_that_says_nothing_has_no_keys():
    rules = flow("a: {announce: welcome}").recording
    assert rules == RecordingRules()
    assert (rules.caller_keys, rules.withdrawn, rules.verbal) == ({}, "", None)


def test_how_long_the_switch_waits_is_read_in_seconds():
    assert talks(head=f"{HEAD}  dead_man: 10s\n").recording.dead_man_s == 10.0


def test_a_step_can_record_for_what_only_an_agent_asks_for():
    assert talks().records
    ((problem, _),) = problems(
        HEAD.replace(ASKS, "").replace("1: granted, 2: refused, ", "")
    )
    assert problem == "step 'talk' can never record: nobody is ever asked"


def test_a_key_with_an_answer_needs_a_question():
    head = HEAD.replace(ASKS, "")
    assert (
        "a key means granted, but of what?",
        "Add verbal: {notice: ..., purpose: ...}.",
    ) in problems(head)


@pytest.mark.parametrize("missing", ["granted", "refused"])
def test_a_question_needs_both_answers(missing):
    other = {"granted": "{2: refused}", "refused": "{1: granted}"}[missing]
    head = HEAD.replace(AGENT, f"  agent_keys: {other}\n")
    ((problem, hint),) = problems(head)
    assert problem == f"no key of the agent means {missing}"
    assert "who cannot refuse has not agreed" in hint


def test_a_question_without_any_keys_has_two_problems():
    assert len(problems(HEAD.replace(AGENT, ""))) == 2


def test_an_agent_asks_only_for_what_rests_on_consent():
    ((problem, _),) = problems(HEAD.replace("basis: consent", "basis: contract"))
    assert problem == "purpose 'training' rests on contract, not on consent"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("notice: confirmed,", "notice: confrmed,", "there is no notice 'confrmed'"),
        ("purpose: training}", "purpose: trainin}", "there is no purpose 'trainin'"),
        ("notice: confirmed, ", "", "'notice' is missing"),
        ("withdrawn: ended", "withdrawn: endet", "there is no prompt 'endet'"),
        ("{0: withdraw}", "{0: withdrawn}", "'withdrawn' is not right here"),
        (
            "{0: withdraw}",
            "{star: withdraw}",
            "a caller cannot press a star and then *",
        ),
        ("{1: granted,", "{star: granted,", "an agent cannot press a star and then *"),
    ],
)
def test_what_is_misspelt_is_told_once(old, new, problem):
    found = [words for words, _ in problems(HEAD.replace(old, new))]
    assert len(found) == 1
    assert problem in found[0]


def test_what_is_said_after_a_withdrawal_needs_a_key_for_it():
    ((problem, hint),) = problems(HEAD.replace(KEYS, ""))
    assert problem == "no key of the caller withdraws anything"
    assert hint == "Add caller_keys: {0: withdraw}."


def test_a_purpose_says_what_becomes_of_recordings():
    ((problem, hint),) = problems(HEAD.replace(", on_withdrawal: delete", ""))
    assert "'training' does not say what becomes of recordings" in problem
    assert "on_withdrawal: delete" in hint
    wrong = HEAD.replace("on_withdrawal: delete", "on_withdrawal: loeschen")
    assert [words for words, _ in problems(wrong)] == ["'loeschen' is not right here"]
    duty = HEAD.replace("notices:", "  duty: {basis: contract}\nnotices:")
    assert talks(head=duty).purposes["duty"].on_withdrawal is None


def test_nobody_withdraws_for_somebody_else():
    steps = (
        "call: {ring: {user: 1001}, answered: ask}\n"
        "ask:\n"
        "  consent: {notice: recording, purpose: training}\n"
        "  ask: callee\n"
        "  keys: {1: granted, 2: refused}\n"
        "talk: {connect: callee, record: on, from: answer}\n"
    )
    ((problem, _),) = problems(HEAD, steps)
    assert problem == "step 'ask' asks the called party, not the caller"


@pytest.mark.parametrize(
    "step",
    [
        "menu: welcome\n  keys: {star: talk}",
        "language: welcome\n  keys: {star: en}",
        "consent: {notice: recording, purpose: training}\n"
        "  keys: {star: granted, 2: refused}",
        "collect: welcome\n  digits: 4\n  into: pin\n  terminator: star",
    ],
)
def test_the_star_is_for_these_keys_alone(step):
    ((problem, _),) = problems(HEAD, f"a:\n  {step}\n{STEPS}")
    assert problem == "step 'a' takes the star key, which begins these"


def test_an_objection_takes_keys_too():
    head = HEAD.replace("notices:", "  told: {basis: contract}\nnotices:")
    step = (
        "a:\n  objection: {notice: recording, purpose: told}\n  keys: {star: objected}"
    )
    ((problem, _),) = problems(head, f"{step}\n{STEPS}")
    assert problem == "step 'a' takes the star key, which begins these"


AGREE = "agents: must_agree, agreement: {text: staff, version: 2}"


def test_agents_must_agree_to_a_version_of_a_text():
    found = flow(
        "a: {hangup: NORMAL_CLEARING}", f"flow: test\nrecording: {{{AGREE}}}\n"
    ).recording
    assert found.agents is Agents.MUST_AGREE
    assert found.agreement == Agreement("staff", 2)


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ("agents: must_agree", "agents must agree, but to what?"),
        ("agreement: {text: staff, version: 2}", "nobody must agree to it"),
        ("agents: all, agreement: {text: s, version: 2}", "nobody must agree to it"),
        ("agents: must_agree, agreement: {text: staff}", "'version' is missing"),
        ("agents: must_agree, agreement: {text: s, version: 0}", "0 is too small"),
    ],
)
def test_what_agents_must_agree_to_is_whole(rules, problem):
    with pytest.raises(FlowErrors, match=re.escape(problem)):
        flow("a: {hangup: NORMAL_CLEARING}", f"flow: test\nrecording: {{{rules}}}\n")


PRIVATE = HEAD.replace("{0: withdraw}", "{0: withdraw, 7: private}")
BEFORE = "  before_private: delete\n  made_private: ended\n"


def test_a_key_that_makes_calls_private_says_what_becomes_of_the_rest():
    rules = talks(head=PRIVATE + BEFORE).recording
    assert rules.caller_keys["7"] is CallerKey.PRIVATE
    assert rules.before_private is OnWithdrawal.DELETE
    assert rules.made_private == "ended"
    ((problem, hint),) = problems(PRIVATE)
    assert "what becomes of what was recorded before" in problem
    assert "before_private: delete" in hint
    agents = HEAD.replace("3: mask", "7: private")
    ((problem, _),) = problems(agents)
    assert "what becomes of what was recorded before" in problem
    assert talks(head=agents + "  before_private: keep\n").recording.before_private


def test_without_such_a_key_nothing_is_said_of_it():
    found = problems(HEAD + BEFORE)
    assert [problem for problem, _ in found] == ["no key makes a call private"] * 2


def test_nobody_makes_a_call_private_that_the_law_demands():
    duty = """\
flow: test
purposes: {duty: {basis: legal_obligation, retain: 90d}}
prompts: {ended: It is not recorded.}
recording:
  caller_keys: {7: private}
  before_private: %s
"""
    refuse = "  if_unrecorded: refuse\n  refusal: ended\n"
    ((problem, _),) = problems(duty % "keep" + refuse)
    assert problem == "a key makes calls private that the law demands to be recorded"
    ((problem, hint),) = problems(duty % "delete")
    assert "a key would delete what is recorded for it" in problem
    assert hint == "Write before_private: keep."
    assert talks(head=duty % "keep").recording.before_private is OnWithdrawal.KEEP


def test_a_step_that_takes_the_star_key_is_in_the_way_of_any_key_of_the_caller():
    steps = "which: {menu: ended, keys: {star: talk, 2: talk}}\n" + STEPS
    head = PRIVATE.replace("{0: withdraw, 7: private}", "{7: private}").replace(
        "  withdrawn: ended\n", ""
    )
    ((problem, _),) = problems(head + "  before_private: keep\n", steps)
    assert problem == "step 'which' takes the star key, which begins these"


CALLEE = HEAD.replace("caller_keys", "callee_keys").replace(ASKS, "").replace(AGENT, "")
RING = """
call: {ring: {user: 1001}}
ask:
  consent: {notice: recording, purpose: training}
  ask: %s
  keys: {1: granted, 2: refused}
talk: {connect: callee, record: on, from: answer}
"""


def test_a_called_party_who_is_asked_may_have_a_key_to_withdraw():
    for whom in ("callee", "both"):
        rules = talks(RING % whom, CALLEE).recording
        assert rules.callee_keys == {"0": CalleeKey.WITHDRAW}
        assert rules.withdrawn == "ended"
    ((problem, _),) = problems(CALLEE, RING % "caller")
    assert problem == "no step asks the called party for anything"
    unsaid = CALLEE.replace(", on_withdrawal: delete", "")
    ((problem, hint),) = problems(unsaid, RING % "callee")
    assert "does not say what becomes of recordings" in problem
    assert "on_withdrawal: delete" in hint


def test_a_called_partys_key_is_a_digit():
    ((problem, _),) = problems(
        CALLEE.replace("{0: withdraw}", "{hash: withdraw}"), RING % "callee"
    )
    assert problem == "a called party cannot press a star and then #"


def test_an_agent_may_let_a_receipt_be_read_out():
    receipt = HEAD.replace("purpose: training}", "purpose: training, receipt: true}")
    made = talks(head=receipt)
    assert made.recording.verbal == Verbal("confirmed", "training", receipt=True)
    assert made.says_receipts
    assert not talks().says_receipts
    dutch = receipt.replace("flow: test\n", "flow: test\nlanguages: [nl]\n")
    ((problem, _),) = problems(dutch)
    assert problem == "an agent's key cannot read out a receipt in nl"
