"""What notices promise, and the flow does not keep."""

import pytest

from eslflow import shipped
from eslflow.check import flow_files, load_flow
from eslflow.check.promises import RULES, kept_longer, withdrawal_key
from eslflow.flow.load import load
from eslflow.steps import KINDS
from tests.codes import ASK, EXAMPLES, TALK, whole
from tests.proofs import flow_of
from tests.steps_of import Texts
from tests.test_check_lasting import KEPT

KEYS = "recording: {caller_keys: {0: withdraw}}\n"


def found(text, look):
    return list(look(flow_of(whole(text))))


def asked(words, language="en", retain="90d", rules=""):
    """Return a question in these words."""
    return (
        f"languages: [{language}]\n"
        f"purposes: {{training: {{basis: consent, retain: {retain}, "
        "on_withdrawal: keep}}\n"
        f"notices: {{recording: {{version: 1, text: {{{language}: {words!r}}}}}}}\n"
        f"{rules}steps:\n{ASK}{TALK}"
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_broken_by_its_bad_example(rule):
    bad, good = EXAMPLES[rule.code]
    told = found(bad, RULES[rule])
    assert told
    assert {finding.rule for finding in told} == {rule}
    assert found(good, RULES[rule]) == []


@pytest.mark.parametrize("path", flow_files(shipped.flows()), ids=lambda p: p.stem)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_flows_that_ship_keep_their_promises(path, rule):
    assert list(RULES[rule](load_flow(path))) == []


STAR = [
    ("en", "To withdraw, press star zero at any time."),
    ("en", "You can withdraw at any time: press the star key and then 0."),
    ("en", "You can change your mind: *0."),
    ("en", "Withdraw by pressing * followed by 0."),
    ("de", "Sie können jederzeit widerrufen: mit Stern Null."),
    ("de", "Widerruf jederzeit mit der Sterntaste und danach der 0."),
    ("de", "Drücken Sie * und dann 0, um zu widerrufen."),
    ("fr", "Pour retirer votre accord, tapez étoile puis zéro."),
    ("es", "Para retirar su consentimiento, pulse asterisco y luego cero."),
    ("it", "Per revocare il consenso prema asterisco e poi zero."),
    ("nl", "U kunt dit intrekken met ster en dan nul."),
    ("en", "Change your mind? Press star zero during the call."),
    ("en", "Changed your mind? Star zero."),
    ("en", "You can withdraw at any time. Just press star zero."),
    ("de", "Anders überlegt? Dann drücken Sie Stern Null."),
    ("de", "Sie können jederzeit widerrufen. Drücken Sie dazu Stern Null."),
    ("fr", "Vous changez d'avis ? Tapez étoile zéro."),
    ("es", "¿Ha cambiado de opinión? Pulse asterisco cero."),
    ("it", "Ha cambiato idea? Prema asterisco zero."),
    ("nl", "Van gedachten veranderd? Druk op ster nul."),
]


@pytest.mark.parametrize(("language", "words"), STAR)
def test_the_key_that_a_notice_gives_must_withdraw(language, words):
    (finding,) = found(asked(words, language), withdrawal_key)
    assert finding.place == ("notices", "recording", "text", language)
    assert finding.problem == (
        f"notice 'recording' tells to press *0 to withdraw, in {language}, and no key "
        "of the caller does"
    )
    assert finding.hint.startswith("Add recording: {caller_keys: {0: withdraw}}, or ")
    assert found(asked(words, language, rules=KEYS), withdrawal_key) == []


def test_where_another_key_withdraws_it_is_named():
    words = "You can withdraw: press star zero."
    text = asked(words, rules=KEYS.replace("0", "7"))
    (finding,) = found(text, withdrawal_key)
    assert finding.problem.endswith("in en, and that is *7")
    assert finding.hint.startswith("Say *7 in the words, with a new version of ")


def test_keys_that_a_notice_gives_for_something_else_are_no_promise():
    for words in (
        "Press star seven to make it private. You can withdraw: write to us.",
        "You can withdraw at any time. Press 1 to agree, 2 to refuse.",
        "You can withdraw by pressing a key.",
        "You can withdraw. Press star seven to make it private.",
        "You can withdraw. Make it private with star seven.",
        "You can withdraw. Write to us. Press star seven.",
    ):
        assert found(asked(words), withdrawal_key) == []
    assert found(asked("Trekk tilbake med stjerne null.", "nb"), withdrawal_key) == []


def test_a_called_party_has_keys_of_its_own():
    words = "Press 1 to agree, 2 to refuse. Withdraw with star zero."
    text = asked(words).replace(ASK, f"  call: {{ring: {{user: 1001}}}}\n{ASK}ASKS")
    text = text.replace("{queue: support", "{connect: callee")
    callee = text.replace("ASKS", "    ask: callee\n")
    (finding,) = found(callee, withdrawal_key)
    assert finding.problem.endswith("and no key of the called party does")
    rules = "recording: {callee_keys: {0: withdraw}}\nsteps:\n"
    assert found(callee.replace("steps:\n", rules), withdrawal_key) == []
    both = text.replace("ASKS", "    ask: both\n")
    assert len(found(both, withdrawal_key)) == 2
    assert len(found(both.replace("steps:\n", rules), withdrawal_key)) == 1
    again = ASK.replace("ask:", "again:") + "    ask: callee\n"
    twice = text.replace("ASKS", again)
    assert len(found(twice, withdrawal_key)) == 2


def test_what_an_agent_asks_and_what_is_heard_on_demand_promise_too():
    words = "notices:\n  asked: {version: 1, text: Withdraw with star zero.}\n"
    verbal = (
        f"{words}recording:\n  verbal: {{notice: asked, purpose: training}}\n"
        "  agent_keys: {1: granted, 2: refused}\nsteps:\n"
    )
    assert len(found(f"{verbal}{TALK}", withdrawal_key)) == 1
    more = f"{words}  recording: {{version: 1, text: 1 yes. 2 no. 9 more.}}\nsteps:\n"
    ask = ASK.replace("2: refused", "2: refused, 9: more")
    more = f"{more}{ask}    more: asked\n{TALK}"
    (finding,) = found(more, withdrawal_key)
    assert finding.place == ("notices", "asked", "text", "en")


def test_of_a_flow_inside_the_step_is_told_that_runs_it():
    inner = "flow: inner\n" + asked("Withdraw with star zero.")
    outer = "flow: outer\n{}purposes:\n"
    outer += "  training: {{basis: consent, retain: 90d, on_withdrawal: keep}}\n"
    outer += "steps:\n  run: {{flow: inner}}\n  talk: {{queue: a, record: on}}\n"

    def run(rules):
        text = outer.format(rules).encode()
        return load(text, "outer.yaml", KINDS, Texts({"inner": inner}))

    (finding,) = withdrawal_key(run(""))
    assert finding.place == ("steps", "run")
    assert list(withdrawal_key(run(KEYS))) == []


@pytest.mark.parametrize(("language", "words", "quoted"), KEPT)
def test_what_a_notice_says_of_how_long_must_hold(language, words, quoted):
    (finding,) = found(asked(words, language), kept_longer)
    assert finding.place == ("notices", "recording", "text", language)
    assert finding.problem == (
        f"notice 'recording' says “{quoted}”, and purpose 'training' keeps recordings "
        "for 90 days"
    )
    assert found(asked(words, language, "28d"), kept_longer) == []


def test_the_mend_is_written_as_the_flow_takes_it():
    (finding,) = found(asked("The recording is deleted after 2 weeks."), kept_longer)
    assert finding.hint == (
        "Write retain: 14d, or say in the words what holds, with a new version of the "
        "notice."
    )
    text = asked("The recording is deleted after 2 weeks.").replace("retain: 90d, ", "")
    (finding,) = found(text, kept_longer)
    assert finding.problem.endswith("and purpose 'training' keeps recordings for ever")


def test_who_says_that_it_is_kept_longer_harms_nobody():
    for time in ("90 days", "three months", "a year"):
        words = f"We keep the recording for {time}."
        assert found(asked(words), kept_longer) == []


def test_a_year_may_be_a_leap_year():
    words = "Wir bewahren die Aufnahme fünf Jahre auf."
    assert found(asked(words, "de", "1826d"), kept_longer) == []
    assert len(found(asked(words, "de", "1900d"), kept_longer)) == 1
