"""What is wrong with what is recorded, for what, and with whose leave."""

import pytest

from eslflow.check import permits
from eslflow.check.permits import RULES
from tests.codes import ASK, DUTY, EXAMPLES, TALK, whole
from tests.proofs import flow_of


def found(text, look):
    return list(look(flow_of(whole(text))))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_broken_by_its_bad_example_alone(rule):
    bad, good = EXAMPLES[rule.code]
    (finding,) = found(bad, RULES[rule])
    assert finding.rule == rule
    assert found(good, RULES[rule]) == []


def test_who_agrees_by_word_may_be_recorded_anywhere():
    text = (
        "recording:\n  verbal: {notice: recording, purpose: training}\n"
        "  agent_keys: {1: granted, 2: refused}\n"
        f"steps:\n{TALK}"
    )
    assert found(text, permits.too_early) == []
    assert found(text, permits.for_nothing) == []
    (finding,) = found(
        text.replace(", record: on, from: answer", ""), permits.for_nothing
    )
    assert finding.place == ("recording", "verbal")


def test_only_the_yes_leads_to_a_recording():
    text = f"steps:\n{ASK}    refused: talk\n    granted: bye\n{TALK}"
    text += "  bye: {hangup: USER_BUSY}\n"
    text = text.replace("refused: talk", "refused: talk\n    unanswered: talk")
    (early,) = found(text, permits.too_early)
    assert early.place == ("steps", "talk", "record")
    (nothing,) = found(text, permits.for_nothing)
    assert nothing.place == ("steps", "ask")


def test_an_announcement_tells_if_it_speaks_of_recording():
    told = f"{DUTY}prompts: {{p: This call is recorded.}}\nsteps:\n"
    told += f"  p: {{announce: p}}\n{TALK}"
    assert found(told, permits.untold) == []
    assert found(f"steps:\n{ASK}{TALK}", permits.untold) == []
    hello = told.replace("This call is recorded", "Hello")
    assert len(found(hello, permits.untold)) == 1


BOTH = (
    "purposes:\n  training: {basis: consent, retain: 90d}\n"
    "  orders: {basis: contract, retain: 1826d}\n"
)
TELL_ORDERS = "  tell: {inform: {notice: recording, purpose: orders}}\n"


def test_who_refuses_one_purpose_is_not_told_of_another():
    (finding,) = found(f"{BOTH}steps:\n{ASK}{TALK}", permits.untold)
    assert finding.place == ("steps", "talk", "record")
    assert finding.problem == (
        "step 'talk' records for 'orders', and callers come to it who have not agreed "
        "to be recorded, and expect that they are not"
    )
    assert finding.hint == (
        "Tell them that it is all the same, by inform or an announcement (GDPR 13), or "
        "give that purpose a flow of its own."
    )
    for told in f"{TELL_ORDERS}{ASK}{TALK}", f"{ASK}{TELL_ORDERS}{TALK}":
        assert found(f"{BOTH}steps:\n{told}", permits.untold) == []
    yes = f"{ASK}    granted: talk\n    next: bye\n{TALK}  bye: {{hangup: USER_BUSY}}\n"
    assert found(f"{BOTH}steps:\n{yes}", permits.untold) == []


def test_who_objects_to_one_purpose_is_not_told_of_another():
    text = BOTH.replace("consent", "legitimate_interests")
    tell = "  tell: {objection: {notice: recording, purpose: training}, "
    tell += "keys: {3: objected}"
    (finding,) = found(f"{text}steps:\n{tell}}}\n{TALK}", permits.untold)
    assert "expect that they are not" in finding.problem
    yes = f"{tell}, unopposed: talk, next: bye}}\n{TALK}  bye: {{hangup: USER_BUSY}}\n"
    assert found(f"{text}steps:\n{yes}", permits.untold) == []


def test_what_is_not_recorded_need_not_end():
    text = f"purposes: {{training: {{basis: consent}}}}\nsteps:\n{ASK}"
    assert found(text, permits.kept_forever) == []


def test_who_can_only_unmask_is_told_so():
    text = f"recording: {{agent_keys: {{2: unmask}}}}\nsteps:\n{ASK}{TALK}"
    (finding,) = found(text, permits.half_a_mask)
    assert finding.problem == "agents can unmask by key, and not mask"


def test_a_mask_that_ends_by_itself_needs_no_key():
    text = "recording: {agent_keys: {1: mask}, after_mask: unmask}\nsteps:\n"
    assert found(f"{text}{ASK}{TALK}", permits.half_a_mask) == []
