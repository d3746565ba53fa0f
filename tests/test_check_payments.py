"""What becomes of a payment that fails, and of a card that nobody has entered."""

import pytest

from eslflow import shipped
from eslflow.check import flow_files, load_flow
from eslflow.check.payments import RULES, not_entered, paid_anyway, unchosen
from tests.codes import EXAMPLES, whole
from tests.proofs import flow_of

CARD = (
    "  card: {collect: card, digits: 12..19, into: card, secure: true, failure: talk,"
    " error: talk}\n"
)
TALK = "  talk: {queue: support}\n"
PAID = "  paid: {announce: paid}\n"
PROMPTS = "prompts: {card: Please enter your card number., paid: It is paid.}\n"


def found(text, look):
    return list(look(flow_of(whole(text))))


def paying(options="", card=CARD, after=PAID, prompts=PROMPTS, hook="secrets: [card]"):
    """Return a flow that takes a card, and goes on."""
    pay = f"  pay: {{webhook: https://pay.example.com/, {hook}{options}}}\n"
    return f"{prompts}steps:\n{card}{pay}{after}{TALK}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_broken_by_its_bad_example(rule):
    bad, good = EXAMPLES[rule.code]
    assert {finding.rule for finding in found(bad, RULES[rule])} == {rule}
    assert found(good, RULES[rule]) == []


@pytest.mark.parametrize("path", flow_files(shipped.flows()), ids=lambda p: p.stem)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_flows_that_ship_tell_failed_payments_apart(path, rule):
    assert list(RULES[rule](load_flow(path))) == []


@pytest.mark.parametrize(
    ("options", "ended", "lead"),
    [
        ("", "refused or failed", "refused: STEP, failed: STEP"),
        (", refused: talk", "failed", "failed: STEP"),
        (", failed: talk", "refused", "refused: STEP"),
    ],
)
def test_a_payment_that_fails_must_not_go_on_as_paid(options, ended, lead):
    (finding,) = found(paying(options), paid_anyway)
    assert finding.place == ("steps", "pay")
    assert finding.problem == (
        "step 'pay' goes on to 'paid' when it is done, and also when it is " + ended
    )
    assert finding.hint.startswith(f"Add {lead}, which tells callers")


def test_whoever_can_tell_what_came_of_it_may_come_next():
    assert found(paying(after=""), paid_anyway) == []
    by_answer = "  by: {branch: state, cases: {ok: paid}, otherwise: talk}\n"
    gets = ", gets: {status: state}"
    assert found(paying(gets, after=by_answer + PAID), paid_anyway) == []
    by_other = by_answer.replace("state", "caller").replace("ok", "anonymous")
    assert found(paying(gets, after=by_other + PAID), paid_anyway)


def test_a_flow_that_ends_says_nothing_of_paid():
    text = f"{PROMPTS}steps:\n{CARD.replace('talk', 'paid')}{PAID}"
    text = text.replace("{announce: paid}", "{announce: paid, next: bye}")
    text += "  bye: {hangup: NORMAL_CLEARING}\n"
    hook = "{webhook: https://pay.example.com/, secrets: [card]}"
    text = text.replace("steps:\n", "start: card\nsteps:\n")
    text = text.replace("secure: true,", "secure: true, collected: pay,")
    assert found(f"{text}  pay: {hook}\n", paid_anyway) == []


def test_a_notice_of_a_call_may_go_on_whatever_comes_of_it():
    text = paying(card="", hook="sends: [caller]", prompts="prompts: {paid: Hello.}\n")
    assert found(text, paid_anyway) == []


@pytest.mark.parametrize(
    ("options", "ended", "lead"),
    [
        ("", "failure or error", "failure: STEP, error: STEP"),
        (", failure: talk", "error", "error: STEP"),
        (", error: talk", "failure", "failure: STEP"),
    ],
)
def test_nothing_entered_is_not_paid_with(options, ended, lead):
    card = CARD.replace(", failure: talk, error: talk", options)
    (finding,) = found(paying(card=card), not_entered)
    assert finding.place == ("steps", "card")
    assert finding.problem == (
        f"step 'card' goes on to 'pay' once it is collected, and also on {ended}: "
        "'pay' then fails for want of 'card'"
    )
    assert finding.hint == f"Add {lead}, which does without it."


def test_what_anybody_may_see_may_be_missing():
    card = "  card: {collect: card, digits: 4, into: card}\n"
    text = paying(card=card, hook="sends: [card]")
    assert found(text, not_entered) == []


@pytest.mark.parametrize(
    ("options", "ended"),
    [
        ("", "failure or error"),
        (", failure: talk", "error"),
        (", error: talk", "failure"),
    ],
)
def test_whoever_chose_nothing_is_asked_for_no_card(options, ended):
    bad = EXAMPLES["unchosen"][0].replace("2: card}}", f"2: card}}{options}}}")
    (finding,) = found(bad, unchosen)
    assert finding.place == ("steps", "which")
    assert finding.problem == (
        f"step 'which' leads to 'card' by key 2, and also on {ended}, when nobody has "
        "pressed it"
    )


def test_a_menu_with_nothing_to_choose_may_lead_to_a_card():
    text = EXAMPLES["unchosen"][0].replace("{1: talk, 2: card}", "{2: card}")
    assert found(text, unchosen) == []


def test_digits_that_anybody_may_see_need_no_choice():
    text = EXAMPLES["unchosen"][0].replace("secure: true", "secure: false")
    text = text.replace("secrets: [card]", "sends: [card]")
    assert found(text, unchosen) == []
