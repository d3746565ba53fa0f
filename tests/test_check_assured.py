"""What prompts assure callers of, and the flow does not do."""

import pytest

from eslflow import shipped
from eslflow.check import flow_files, load_flow
from eslflow.check.assured import RULES, said_deleted, said_unrecorded
from tests.codes import ASK, DUTY, EXAMPLES, TALK, whole
from tests.proofs import flow_of

UNREC = "  unrec: {announce: unrec}\n"
TO_TALK = "  unrec: {announce: unrec, next: talk}\n"
BYE = "  bye: {hangup: NORMAL_CLEARING}\n"


def found(text, look):
    return list(look(flow_of(whole(text))))


def said(steps, words="This call is not recorded.", language="en", more=""):
    """Return a flow in which an announcement of these words may be made."""
    return (
        f"languages: [{language}]\n"
        "notices: {recording: {version: 1, text: 1 or 2?}}\n"
        f"prompts: {{unrec: {words!r}, other: Hello., told: This call is recorded.}}\n"
        f"{more}steps:\n{steps}"
    )


def asked(**to):
    """Return a question whose answers lead somewhere."""
    return ASK + "".join(f"    {ending}: {step}\n" for ending, step in to.items())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_broken_by_its_bad_example(rule):
    bad, good = EXAMPLES[rule.code]
    assert {finding.rule for finding in found(bad, RULES[rule])} == {rule}
    assert found(good, RULES[rule]) == []


@pytest.mark.parametrize("path", flow_files(shipped.flows()), ids=lambda p: p.stem)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_flows_that_ship_do_what_they_say(path, rule):
    assert list(RULES[rule](load_flow(path))) == []


PLAIN = [
    ("en", "This call is not recorded."),
    ("en", "Thank you, your call will not be recorded!"),
    ("en", "From here on nothing is recorded."),
    ("en", "Please wait. We don’t record this call."),
    ("en-GB", "The conversation isn't recorded any more."),
    ("de", "Dieses Gespräch wird nicht aufgezeichnet."),
    ("de", "Vielen Dank. Ab jetzt wird nichts mehr aufgezeichnet."),
    ("de", "Wir zeichnen dieses Gespräch nicht auf."),
    ("fr", "Cet appel n'est pas enregistré."),
    ("fr", "Votre conversation ne sera pas enregistrée."),
    ("fr", "Rien n'est enregistré."),
    ("es", "Esta llamada no se graba."),
    ("es", "No se grabará la conversación."),
    ("es", "A partir de ahora, no se graba nada."),
]


@pytest.mark.parametrize(("language", "words"), PLAIN)
def test_who_is_told_of_no_recording_must_not_be_recorded(language, words):
    text = said(ASK + UNREC + TALK, words, language)
    (finding,) = found(text, said_unrecorded)
    assert finding.place == ("steps", "unrec")
    assert finding.problem.startswith("step 'unrec' says “")
    assert finding.problem.endswith(
        "”, and step 'talk' then records callers for 'training'"
    )
    assert finding.hint.endswith("or remove record from 'talk'.")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "This call is not recorded unless you agree."),
        ("en", "If you press 2, this call is not recorded."),
        ("en", "This part is not recorded."),
        ("en", "Your card number is not recorded."),
        ("en", "This call is not recorded yet."),
        ("en", "This call is recorded."),
        ("de", "Dieses Gespräch wird nicht aufgezeichnet, außer wenn Sie es wollen."),
        ("de", "Ihre Eingaben werden nicht aufgezeichnet."),
        ("fr", "Cet appel n'est pas enregistré sans votre accord."),
        ("es", "Esta llamada no se graba si no lo desea."),
        ("it", "Questa chiamata non è registrata."),
    ],
)
def test_what_is_said_less_plainly_is_no_promise(language, words):
    assert found(said(ASK + UNREC + TALK, words, language), said_unrecorded) == []


BY_CONSENT = (
    "  by: {branch: {consent: training}, cases: {granted: talk}, otherwise: unrec}\n"
)
AGAIN = ASK.replace("ask:", "again:") + "    granted: talk\n    unanswered: unrec\n"


@pytest.mark.parametrize(
    "steps",
    [
        asked(granted="talk") + UNREC + TALK,
        ASK + BY_CONSENT + UNREC + TALK,
        ASK + AGAIN + UNREC + TALK,
        ASK + UNREC + "  last: {queue: support}\n",
        ASK + UNREC + BYE,
        ASK + UNREC + "  tell: {announce: told}\n" + TALK,
        ASK + "  hush: {private: key}\n" + UNREC + TALK,
        ASK + "  first: {queue: first, record: on}\n" + UNREC + TALK,
        ASK + UNREC + ASK.replace("ask:", "again:") + TALK,
        asked(granted="unrec", next="talk")
        + "  unrec: {announce: unrec, error: talk, done: bye}\n"
        + BYE
        + TALK,
    ],
    ids=[
        "past",
        "branch",
        "asked-again",
        "unrecorded",
        "ends",
        "told",
        "private",
        "talked",
        "question",
        "elsewhere",
    ],
)
def test_who_is_not_recorded_may_hear_so(steps):
    assert found(said(steps), said_unrecorded) == []


def test_a_way_between_changes_nothing():
    between = "  hello: {announce: other}\n"
    (finding,) = found(said(ASK + UNREC + between + TALK), said_unrecorded)
    assert "step 'talk' then records" in finding.problem


def test_every_way_must_lead_to_a_recording():
    menu = "  choose: {menu: other, keys: {1: talk, 2: last}, failure: talk}\n"
    last = "  last: {queue: last%s}\n"
    assert not found(said(ASK + UNREC + menu + TALK + last % ""), said_unrecorded)
    assert found(
        said(ASK + UNREC + menu + TALK + last % ", record: on"), said_unrecorded
    )


OPPOSED = """\
  ask:
    objection: {notice: recording, purpose: quality}
    keys: {1: unopposed, 2: objected}
"""


def test_who_has_not_objected_is_recorded():
    more = "purposes: {quality: {basis: legitimate_interests, retain: 30d}}\n"
    right = OPPOSED + "    unopposed: talk\n    undecided: talk\n"
    assert found(said(right + TO_TALK + TALK, more=more), said_unrecorded) == []
    wrong = right.replace("undecided: talk", "undecided: unrec")
    assert found(said(wrong + TO_TALK + TALK, more=more), said_unrecorded)


def test_what_is_recorded_unasked_is_recorded_of_who_refuses_too():
    (finding,) = found(said(UNREC + TALK, more=DUTY), said_unrecorded)
    assert finding.problem.endswith("then records callers for 'duty'")


def kept(words, language="en", after="keep"):
    """Return a flow that says these words after a withdrawal."""
    return (
        f"languages: [{language}]\n"
        "purposes: {training: {basis: consent, retain: 90d, "
        f"on_withdrawal: {after}}}}}\n"
        "notices: {recording: {version: 1, text: 1 or 2?}}\n"
        f"prompts: {{ended: {words!r}}}\n"
        "recording: {caller_keys: {0: withdraw}, withdrawn: ended}\n"
        f"steps:\n{ASK}{TALK}"
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "This call is not recorded any more. What was recorded is deleted."),
        ("en", "It is not recorded any more, and all of it will be deleted."),
        ("en", "Thank you. We will delete the recording."),
        ("de", "Die Aufzeichnung ist beendet und wird gelöscht."),
        ("de", "Was aufgezeichnet wurde, wird gelöscht."),
        ("fr", "Ce qui a été enregistré sera supprimé."),
        ("fr", "L’enregistrement est effacé."),
        ("es", "Lo que se ha grabado se borrará."),
        ("es", "La grabación será eliminada."),
    ],
)
def test_what_is_said_to_be_deleted_must_not_be_kept(language, words):
    (finding,) = found(kept(words, language), said_deleted)
    assert finding.place == ("recording", "withdrawn")
    assert finding.problem.endswith("”, and purpose 'training' has on_withdrawal: keep")
    assert found(kept(words, language, "delete"), said_deleted) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "What was recorded is not deleted."),
        ("en", "On request it is deleted."),
        ("en", "What was recorded is deleted after 90 days."),
        ("en", "It is deleted or kept, as we have told you."),
        ("en", "This call is not recorded any more."),
        ("de", "Was aufgezeichnet wurde, wird nicht gelöscht."),
        ("de", "Auf Wunsch wird es gelöscht."),
        ("fr", "Rien ne sera supprimé."),
        ("es", "No se borrará nada."),
        ("it", "La registrazione sarà cancellata."),
    ],
)
def test_words_that_promise_nothing_may_be_said_of_what_is_kept(language, words):
    assert found(kept(words, language), said_deleted) == []


def test_a_call_made_private_is_promised_as_much():
    text = kept("What was recorded is deleted.").replace(
        "{caller_keys: {0: withdraw}, withdrawn: ended}",
        "{caller_keys: {7: private}, before_private: keep, made_private: ended}",
    )
    (finding,) = found(text, said_deleted)
    assert finding.place == ("recording", "made_private")
    assert finding.problem.endswith("”, and recording has before_private: keep")
    text = text.replace("before_private: keep", "before_private: delete")
    assert found(text, said_deleted) == []
