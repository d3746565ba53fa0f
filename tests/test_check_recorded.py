"""What is recorded while a step runs."""

import pytest

from eslflow.check.recorded import recorded
from eslflow.check.wording import LANGUAGES
from tests.steps_of import flow

HEAD = """\
flow: test
purposes:
  training: {basis: consent}
%s
notices:
  recording: {version: 1, text: May we?}
prompts:
  hello: Hello.
"""
EVIDENCE = "  evidence: {basis: consent}"
ASK = """
ask: {consent: {notice: recording, purpose: training}, keys: {1: granted, 2: refused}}
more: {consent: {notice: recording, purpose: evidence}, keys: {1: granted, 2: refused}}
"""
TALK = "talk: {queue: sales, record: on, from: answer}\n"


def told(steps, step="talk", language="en", head=HEAD % EVIDENCE):
    def say(sentence, /, **places):
        return LANGUAGES[language][sentence].format(**places)

    found = flow(steps, head)
    return " ".join(recorded(say, found, found.steps[step]))


def test_purposes_with_one_condition_are_told_together():
    assert told(ASK + TALK) == (
        "From the moment somebody answers, the call is recorded for 'training' and "
        "'evidence' as far as the caller has agreed."
    )
    assert told(ASK + TALK, language="de") == (
        "Sobald sich jemand meldet, läuft die Aufnahme für „training“ und „evidence“, "
        "soweit der Anrufer eingewilligt hat."
    )


def test_each_condition_is_told_with_its_purposes():
    more = "\n  quality: {basis: legitimate_interests}\n  deal: {basis: contract}"
    tell = "tell:\n  objection: {notice: recording, purpose: quality}\n"
    tell += "  keys: {3: objected}\n"
    assert told(ASK + tell + TALK, head=HEAD % (EVIDENCE + more)) == (
        "From the moment somebody answers, the call is recorded for 'training' and "
        "'evidence' as far as the caller has agreed, for 'quality' unless the caller "
        "has objected, and for 'deal' in any case."
    )
    assert told(ASK + tell + TALK, language="de", head=HEAD % (EVIDENCE + more)) == (
        "Sobald sich jemand meldet, läuft die Aufnahme für „training“ und „evidence“, "
        "soweit der Anrufer eingewilligt hat, für „quality“, wenn der Anrufer nicht "
        "widersprochen hat, und für „deal“ in jedem Fall."
    )


@pytest.mark.parametrize(
    ("whom", "who"),
    [
        ("caller", "the caller has"),
        ("callee", "the called party has"),
        ("both", "everybody who is asked has"),
    ],
)
def test_who_must_agree_is_told(whom, who):
    steps = f"""
    call: {{ring: {{user: 1001}}}}
    ask:
      consent: {{notice: recording, purpose: training}}
      ask: {whom}
      {"" if whom == "caller" else "meanwhile: hello"}
      keys: {{1: granted, 2: refused}}
    talk: {{connect: callee, record: on, from: answer}}
    """
    text = told(steps, head=HEAD % "")
    assert text.startswith("From the beginning of the talk, the call is recorded for")
    assert f"for 'training' if {who} agreed" in text


def test_both_must_agree_if_each_is_asked_in_a_step_of_their_own():
    steps = """
    mine: {consent: {notice: recording, purpose: training}, keys: {1: granted}}
    call: {ring: {user: 1001}}
    theirs:
      consent: {notice: recording, purpose: training}
      ask: callee
      keys: {1: granted}
    talk: {connect: callee, record: on, from: answer}
    """.replace("{1: granted}", "{1: granted, 2: refused}")
    assert "for 'training' if everybody who is asked has agreed" in told(
        steps, head=HEAD % ""
    )


def test_a_recording_may_begin_with_the_step():
    early = TALK.replace(", from: answer", "")
    assert told(ASK + early).startswith("From the beginning of this step, the call is")
    assert told(ASK + early, language="de").startswith("Von Beginn dieses Schritts an")


def test_where_nothing_is_recorded_it_is_said_if_it_could_be():
    steps = ASK + TALK + "hi: {announce: hello}\nend: {hangup: NORMAL_CLEARING}\n"
    assert told(steps, "ask") == "Nothing is recorded meanwhile."
    # Nobody would think of a recording there.
    assert told(steps, "hi") == told(steps, "end") == ""
    none = "flow: test\nprompts: {hello: Hello.}\n"
    assert told("ask: {menu: hello, keys: {1: ask}}", "ask", head=none) == ""


def test_what_is_masked_is_silent():
    steps = ASK + "pin: {collect: hello, digits: 4, into: pin, record: masked}\n" + TALK
    assert told(steps, "pin") == "If a recording runs, it holds silence meanwhile."
