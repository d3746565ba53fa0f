"""Whether callers can tell what they are asked, and are not asked too much."""

import pytest

from eslflow.check.questions import RULES, many_questions, shared_notice
from tests.codes import EXAMPLES, whole
from tests.proofs import flow_of

THREE = """\
purposes:
  training: {basis: consent, retain: 90d}
  quality: {basis: consent, retain: 90d}
  proof: {basis: consent, retain: 90d}
notices:
  a: {version: 1, text: Training? Press 1 to agree or 2 to refuse. Withdraw any time.}
  b: {version: 1, text: Quality? Press 1 to agree or 2 to refuse.}
  c: {version: 1, text: Proof? Press 1 to agree or 2 to refuse.}
steps:
  first: {consent: {notice: a, purpose: training}, keys: {1: granted, 2: refused}}
  second: {consent: {notice: b, purpose: quality}, keys: {1: granted, 2: refused}}
  third: {consent: {notice: c, purpose: proof}, keys: {1: granted, 2: refused}}
  talk: {queue: support, record: on, from: answer}
"""


def found(text, look):
    return list(look(flow_of(whole(text))))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_broken_by_its_bad_example(rule):
    bad, good = EXAMPLES[rule.code]
    told = found(bad, RULES[rule])
    assert told
    assert {finding.rule for finding in told} == {rule}
    assert found(good, RULES[rule]) == []


def test_a_notice_for_two_purposes_is_told_where_the_second_asks():
    text = THREE.replace("notice: b", "notice: a")
    (finding,) = found(text, shared_notice)
    assert finding.place == ("steps", "second", "consent", "notice")
    assert finding.problem == (
        "step 'second' asks for 'quality' in the words of notice 'a', which step "
        "'first' asks for 'training' with"
    )
    assert len(found(text.replace("notice: c", "notice: a"), shared_notice)) == 2


def test_a_notice_may_be_played_twice_for_one_purpose():
    text = THREE.replace("notice: b, purpose: quality", "notice: a, purpose: training")
    assert found(text, shared_notice) == []


def test_objections_and_what_agents_ask_have_words_too():
    announced = THREE.replace(
        "quality: {basis: consent", "quality: {basis: public_task"
    )
    text = announced.replace(
        "consent: {notice: b, purpose: quality}, keys: {1: granted, 2: refused}",
        "objection: {notice: a, purpose: quality}, keys: {1: unopposed, 2: objected}",
    )
    (finding,) = found(text, shared_notice)
    assert finding.place == ("steps", "second", "objection", "notice")
    verbal = (
        "recording:\n  verbal: {notice: a, purpose: quality}\n"
        "  agent_keys: {1: granted, 2: refused}\nsteps:\n"
    )
    (finding,) = found(THREE.replace("steps:\n", verbal), shared_notice)
    assert finding.place == ("recording", "verbal", "notice")
    assert finding.problem.startswith("the agent asks for 'quality' in the words of")


def test_the_third_question_in_a_row_is_told():
    (finding,) = found(THREE, many_questions)
    assert finding.place == ("steps", "third")
    assert finding.problem == (
        "step 'third' asks the third question in a row, after 'first' and 'second', "
        "before the caller reaches anybody"
    )


def test_questions_of_which_a_caller_hears_two_are_few():
    first, *_ = [line for line in THREE.splitlines() if "first:" in line]
    apart = f"{first[:-1]}, granted: second, refused: third, unanswered: talk}}"
    text = THREE.replace(first, apart).replace(
        "  third:", "  back: {queue: a}\n  third:"
    )
    assert found(text, many_questions) == []
    assert len(found(text.replace("  back: {queue: a}\n", ""), many_questions)) == 1


def test_other_steps_between_are_no_rest():
    text = THREE.replace("steps:\n", "prompts: {hi: Hi.}\nsteps:\n")
    text = text.replace("  third:", "  hi: {announce: hi}\n  third:")
    assert len(found(text, many_questions)) == 1


def test_one_question_that_is_asked_again_is_one():
    _, second, third = [line for line in THREE.splitlines() if "{consent:" in line]
    text = THREE.replace(f"{third}\n", "")
    text = text.replace(second, f"{second[:-1]}, granted: first}}")
    assert found(text, many_questions) == []


def test_what_the_called_party_is_asked_is_none_of_the_callers():
    ring = "  call: {ring: {user: 1001}}\n"
    text = THREE.replace("steps:\n", f"steps:\n{ring}")
    text = text.replace("refused}}\n  third", "refused}, ask: callee}\n  third")
    text = text.replace("{queue: support", "{connect: callee")
    assert found(text, many_questions) == []
