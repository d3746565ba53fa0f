"""Flows told in sentences."""

from pathlib import Path
from string import Formatter

import pytest

from eslflow.check.explain import SENTENCES, UNRECORDED, explain
from eslflow.check.wording import LANGUAGES
from eslflow.flow.model import AgentKey, Basis, CallerKey, OnWithdrawal
from eslflow.site import load_flows
from eslflow.steps import KINDS
from tests.steps_of import flow

SHIPPED = sorted((Path(__file__).parent.parent / "flows").glob("*.yaml"))
FLOWS = [path for path in SHIPPED if ".scenarios" not in path.name]
HEAD = """\
flow: test
languages: [en, de]
purposes:
  training: {basis: consent, retain: 90d}
  evidence: {basis: contract, retain: 36h}
notices:
  recording: {version: 1, text: {en: May we?, de: Dürfen wir?}}
  longer: {version: 1, text: {en: Because., de: Darum.}}
prompts:
  hello: {en: Hello., de: Hallo.}
  which: {en: Which one?, de: Welche?}
"""
ASK = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused, 9: more}
  more: longer
  timeout: 6s
talk: {queue: sales, record: on, from: answer}
"""


def told(steps, language="en", head=HEAD):
    """Return the paragraphs by the name that each begins with."""
    paragraphs = explain(flow(steps, head), language)
    return {text.partition(".")[0]: text for text in paragraphs}


def test_a_question_is_told_with_its_words_its_keys_and_its_ends():
    text = told(ASK)["ask"]
    assert "The caller is asked to agree to 'training': “May we?”" in text
    assert "Key 1: agrees. Key 2: refuses. Key 9: hears more, and is asked" in text
    assert "Whoever wants to hear more hears: “Because.”" in text
    assert "If the caller agrees, the call goes on with step talk." in text
    assert (
        "If the caller refuses, or if nobody presses such a key within 6 seconds, "
        "twice, the call goes on with step talk, and is not recorded for 'training'."
    ) in text


def test_words_without_a_full_stop_do_not_run_into_the_next_sentence():
    head = HEAD.replace("flow: test", "flow: test\ndescription: Ask first")
    text = told(ASK, head=head)["test"]
    assert text.startswith("test. Ask first. ")
    head = HEAD.replace("{en: Hello.,", "{en: Hello,")
    text = told(f"hi: {{announce: hello}}{ASK}", head=head)["hi"]
    assert text.startswith("hi. The caller hears: “Hello”. ")


def test_the_same_is_told_in_german():
    text = told(ASK, "de")["ask"]
    assert "wird um Einwilligung in „training“ gebeten: „Dürfen wir?“" in text
    assert (
        "Lehnt der Anrufer ab oder wird zweimal binnen 6 Sekunden keine solche Taste "
        "gedrückt, geht es weiter mit Schritt talk, und für „training“ wird nicht "
        "aufgezeichnet."
    ) in text


def test_what_is_recorded_is_told_with_its_condition():
    text = told(ASK)["talk"]
    assert (
        "From the moment somebody answers, the call is recorded for 'training' if the "
        "caller has agreed, and for 'evidence' in any case."
    ) in text
    assert "Nothing is recorded meanwhile." in told(ASK)["ask"]


def test_where_the_flow_ends_it_is_told_who_has_the_call():
    text = told(ASK)["talk"]
    assert "After the talk eslflow hangs up." in text
    assert "or if it fails, the dialplan takes the call on (after a talk," in text


def test_what_comes_after_a_prompt_is_told_once_if_it_comes_anyway():
    ends = "c: {queue: x}\nd: {queue: y}\n"
    steps = f"a: {{announce: hello}}\nb: {{announce: hello, error: d}}\n{ends}"
    text = told(steps)
    assert text["a"].endswith("goes on with step b, also if it cannot be played.")
    assert "goes on with step c. If it cannot be played, the call" in text["b"]
    german = told(steps, "de")["a"]
    assert german.endswith("Schritt b, auch wenn es nicht abgespielt werden kann.")


def test_the_whole_is_told_first():
    text = told(ASK)["test"]
    assert "Its words are there in English and German; callers hear English." in text
    assert "rest on consent and may be kept for 90 days." in text
    assert "rest on a contract and may be kept for 36 hours." in text
    assert text.endswith("A call begins with step ask.")


def test_a_flow_without_recording_says_so():
    one = "flow: test\nprompts: {hello: Hello.}\n"
    whole = told("hi: {announce: hello}", head=one)
    assert "Nothing is recorded in this flow." in whole["test"]
    assert "speaks" not in whole["test"]
    assert "recorded" not in whole["hi"]


def test_the_one_who_is_asked_is_the_one_who_has_agreed():
    asked = """
    call: {ring: {user: '1001'}, answered: ask}
    ask:
      consent: {notice: recording, purpose: training}
      ask: callee
      keys: {1: granted, 2: refused}
      tries: 1
      meanwhile: hello
    talk: {connect: callee, record: on, from: answer}
    """
    text = told(asked)
    assert "1001 is called, for 45 seconds at most" in text["call"]
    assert "The called party is asked to agree" in text["ask"]
    assert "The caller hears meanwhile: “Hello.”" in text["ask"]
    assert "within 6 seconds, the call goes on with step talk" in text["ask"]
    assert "for 'training' if the called party has agreed" in text["talk"]


def test_keys_and_cases_are_told_with_the_endings_that_lead_alike():
    chosen = """
    choose: {menu: which, keys: {1: left, 2: right}, tries: 4, failure: left}
    left: {branch: caller, cases: {+49*: right, anonymous: choose}, otherwise: right}
    right: {hangup: NORMAL_CLEARING}
    """
    text = told(chosen)
    assert (
        "If the caller presses 1, if no such key is pressed within 5 seconds, four "
        "times, or if the question cannot be played, the call goes on with step left."
    ) in text["choose"]
    assert "The way on depends on the caller's number." in text["left"]
    assert "If it begins with +49, the call goes on with step right." in text["left"]
    assert "Otherwise the call goes on with step right." in text["left"]


def test_what_became_of_a_question_may_decide():
    decided = ASK + "by: {branch: {consent: training}, cases: {granted: ask}}\n"
    assert "what became of the question for 'training'." in told(decided)["by"]


def test_an_objection_is_told_and_what_it_does():
    announced = """
    tell:
      objection: {notice: recording, purpose: evidence}
      keys: {3: objected, 1: unopposed}
    talk: {queue: sales, record: on, from: answer}
    """
    text = told(announced)
    assert "The recording for 'evidence' is announced: “May we?”" in text["tell"]
    assert "Key 3: objects. Key 1: does not object." in text["tell"]
    assert "If the caller objects, or if it cannot be told what" in text["tell"]
    assert "for 'evidence' unless the caller has objected" in text["talk"]


def test_digits_that_nobody_sees_are_told_to_be_so():
    collected = """
    card: {collect: which, digits: 12..19, into: card, secure: true}
    pin: {collect: which, digits: 4, into: pin}
    yes: {collect: which, digits: 1, into: yes}
    pay: {webhook: 'https://pay.example.com/', secrets: [card], timeout: 1s}
    talk: {queue: sales, record: on, from: answer}
    """
    text = told(collected)
    assert "asked for 12 to 19 digits" in text["card"]
    assert "Nobody sees the digits" in text["card"]
    assert "If a recording runs, it holds silence meanwhile" in text["card"]
    assert "asked for 4 digits: " in text["pin"]
    assert "asked for one digit: " in text["yes"]
    assert "Nobody" not in text["pin"]
    assert "The call waits 1 second at most." in text["pay"]


def test_who_speaks_no_other_language_hears_what_is_asked():
    chosen = """
    tongue: {language: which, keys: {1: en, 2: de}, tries: 1}
    note: {set: {dept: sales}}
    where: {transfer: {to: '1000', context: default}}
    """
    text = told(chosen)
    assert "From here on, 'dept' is “sales”." in text["note"]
    assert "chooses the language: “Which one? Welche?”" in text["tongue"]
    assert "It speaks English and German; English until another" in text["test"]
    assert "chosen, or if no such key is pressed, the call" in text["tongue"]
    assert "handed to extension 1000 of the dialplan" in text["where"]


def test_keys_of_a_talk_and_what_they_do_are_told():
    keys = "recording: {caller_keys: {0: withdraw}, withdrawn: hello}\n"
    head = HEAD.replace("retain: 90d", "retain: 90d, on_withdrawal: delete") + keys
    text = told(ASK.replace("  more", "  receipt: true\n  more"), head=head)
    assert "90 days; they are deleted when consent is withdrawn." in text["test"]
    assert "the caller can press *0 to withdraw the consent" in text["test"]
    assert "Whoever answers hears a receipt code." in text["ask"]


def test_what_an_agent_asks_is_told():
    spoken = """\
recording:
  agent_keys: {1: granted, 2: refused}
  verbal: {notice: recording, purpose: training}
"""
    text = told("talk: {queue: sales, record: on}", head=HEAD + spoken)
    assert (
        "the agent can press *1 to note that the caller has agreed, or *2 to note that "
        "the caller has refused."
    ) in text["test"]
    assert "Once the recording runs, both hear: “May we?”" in text["test"]
    assert "for 'training' if the caller has agreed" in text["talk"]


def test_what_agents_must_agree_to_is_told():
    must = "recording: {agents: must_agree, agreement: {text: staff, version: 2}}\n"
    text = told(ASK, head=HEAD + must)
    words = "Agents are recorded only if they have agreed to “staff”, in version 2"
    assert words in text["test"]


def test_what_is_recorded_outside_is_told():
    text = told(ASK, head=f"{HEAD}recording: {{outside: record}}\n")
    assert "Whoever takes a call over outside the office is recorded" in text["test"]
    assert "outside" not in told(ASK)["test"]


def test_who_is_never_recorded_is_told():
    never = "recording: {never_record: [1001, 20*]}\n"
    text = told("hush: {private: key}" + ASK, head=HEAD + never)
    assert "Calls with 1001, 20* are never recorded." in text["test"]
    assert "From here on, nothing of the call is recorded" in text["hush"]
    assert "Then the call goes on with step ask." in text["hush"]


def test_who_is_refused_unrecorded_is_told_with_the_words():
    by_law = HEAD.replace("basis: contract", "basis: legal_obligation")
    rules = "recording: {if_unrecorded: refuse, refusal: hello}\n"
    text = told("talk: {queue: sales, record: on}", head=by_law + rules)
    assert "Whoever cannot be recorded hears “Hello.”, and the call" in text["test"]


@pytest.mark.parametrize(
    ("options", "words"), [("", "refused"), ("  remember: true\n", "refused or agreed")]
)
def test_who_is_not_asked_again_is_told(options, words):
    again = f"  ask_again_after: 30d\n{options}  more"
    text = told(ASK.replace("  more", again))["ask"]
    assert f"Whoever has {words} is not asked again for 30 days." in text


def test_durations_are_told_in_their_largest_whole_unit():
    head = HEAD.replace("90d", "1d").replace("36h", "1h")
    endless = HEAD.replace(", retain: 36h", "")
    assert "rest on a contract. A call" in told(ASK, head=endless)["test"]
    whole = told(ASK.replace("6s", "60s"), head=head)
    assert "kept for 1 day." in whole["test"]
    assert "kept for 1 hour." in whole["test"]
    assert "within 1 minute, twice" in whole["ask"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_every_flow_that_ships_is_told(path, language):
    (found,) = load_flows([path]).values()
    paragraphs = explain(found, language)
    assert len(paragraphs) == 1 + len(found.steps)
    for text, step in zip(paragraphs[1:], found.steps.values(), strict=True):
        assert text.startswith(f"{step.name}. ")
        for target in filter(None, step.ways().values()):
            assert f" {target}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_every_kind_ending_key_and_basis(language):
    words = LANGUAGES[language]
    assert set(SENTENCES) == set(KINDS)
    for kind in KINDS.values():
        for ending in kind.endings:
            assert f"{kind.kind}.{ending}" in words or f"*.{ending}" in words
    assert all(f"agent.{action}" in words for action in AgentKey)
    assert all(f"caller.{action}" in words for action in CallerKey)
    assert all(f"purpose.{what}" in words for what in OnWithdrawal)
    bases = set(map(str, Basis)) - {"consent"}
    assert bases | {"consent basis"} <= set(words)
    assert {e for kind in KINDS.values() for e in kind.endings} >= UNRECORDED


def test_each_sentence_has_the_same_places_in_every_language():
    def places(template):
        return {name for _, name, _, _ in Formatter().parse(template) if name}

    (first, *others) = LANGUAGES.values()
    for other in others:
        assert list(first) == list(other)
        assert {n: places(t) for n, t in first.items()} == {
            n: places(t) for n, t in other.items()
        }


BOTH = """
call: {ring: {user: 1001}}
ask:
  consent: {notice: recording, purpose: training}
  ask: both
  meanwhile: hello
  keys: {1: granted, 2: refused}
  tries: 1
talk: {connect: callee, record: on, from: answer}
"""


EACH = """
mine: {consent: {notice: recording, purpose: training}, keys: {1: granted, 2: refused}}
call: {ring: {user: 1001}}
theirs:
  consent: {notice: recording, purpose: training}
  ask: callee
  keys: {1: granted, 2: refused}
talk: {connect: callee, record: on, from: answer}
"""


def test_a_question_to_both_is_told_as_one():
    text = told(BOTH)["ask"]
    assert "First the caller, then the called party is asked to agree" in text
    assert "Whoever is not being asked hears meanwhile: “Hello.”" in text
    assert "If both agree," in text
    assert (
        "if one of them refuses, or if one of them presses no such key" in text.lower()
    )
    everybody = "for 'training' if everybody who is asked has agreed"
    assert everybody in told(BOTH)["talk"]
    assert everybody in told(EACH)["talk"]
    assert "Willigen beide ein" in told(BOTH, "de")["ask"]


def test_what_a_key_for_a_private_call_does_is_told():
    head = HEAD + "recording:\n  agent_keys: {7: private}\n  caller_keys: "
    head += "{8: private}\n  before_private: %s\n"
    text = told(ASK, head=head % "delete")["test"]
    assert "the agent can press *7 to make the call private" in text
    assert "the caller can press *8 to make the call private" in text
    assert "before a call became private is deleted" in text
    text = told(ASK, "de", head % "keep")["test"]
    assert "privat wurde, bleibt" in text


def test_a_called_partys_key_is_told():
    head = HEAD.replace("retain: 90d", "retain: 90d, on_withdrawal: keep")
    head += "recording: {callee_keys: {0: withdraw}}\n"
    text = told(BOTH, head=head)["test"]
    assert "a called party who was asked can press *0 to withdraw" in text


@pytest.mark.parametrize("receipt", [True, False])
def test_a_receipt_after_a_yes_to_the_agent_is_told(receipt):
    more = ", receipt: true" * receipt
    head = HEAD + "recording:\n  agent_keys: {1: granted, 2: refused}\n"
    head += f"  verbal: {{notice: longer, purpose: training{more}}}\n"
    text = told("talk: {queue: sales, record: on}", head=head)["test"]
    assert ("a receipt code is read out" in text) is receipt


def test_hours_are_told_once_where_they_are_looked_at_first():
    open_at = "hours:\n  office:\n    zone: Europe/Berlin\n    mon-fri: 09:00-17:00\n"
    head = f"{HEAD}{open_at}    holidays: {{12-25: Christmas}}\n"
    steps = "a: {hours: office, open: c}\nb: {hours: office}\nc: {queue: x}\n"
    text = told(steps, head=head)
    assert (
        "The opening hours 'office' are looked at: Monday to Friday from 9:00 to 17:00 "
        "(Europe/Berlin). Holidays: 25 December (Christmas). If it is open,"
    ) in text["a"]
    assert "The opening hours 'office' are looked at. If" in text["b"]
    assert "If it is closed, or if it is a holiday, the call goes on" in text["a"]
    assert "(Europe/Berlin). If it is open" in told(steps, head=HEAD + open_at)["a"]
    german = told(steps, "de", head)["a"]
    assert "an: Montag bis Freitag von 9:00 bis 17:00 Uhr (Europe/Berlin)." in german
    assert "Feiertage: 25. Dezember (Christmas). Ist geöffnet," in german


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("a: {set: {language: de}}\nb: {queue: x}\n", "It speaks English and German; "),
        ("a: {set: {line: de}}\nb: {queue: x}\n", "Its words are there in English and"),
    ],
)
def test_languages_that_nobody_can_choose_are_not_said_to_be_spoken(steps, words):
    assert words in told(steps)["test"]


def test_a_language_without_a_name_is_told_by_its_code():
    head = "flow: test\nlanguages: [en, pl]\nprompts: {hello: {en: Hi., pl: Hej.}}\n"
    assert "in English and pl; " in told("hi: {announce: hello}", head=head)["test"]


def test_what_is_set_is_told():
    steps = "a: {set: {line: '{{ caller }} of sales', language: de}}\nb: {queue: x}\n"
    words = (
        "From here on, 'line' is “{{ caller }} of sales” and the language is German."
    )
    assert words in told(steps)["a"]
    words = "gilt: „line“ ist „{{ caller }} of sales“ und die Sprache ist Deutsch."
    assert words in told(steps, "de")["a"]


def test_what_a_program_is_sent_and_what_it_decides_is_told():
    asked = """
    pin: {collect: which, digits: 4, into: pin, secure: true}
    pay:
      webhook: https://pay.example.com/
      sends: [call, caller]
      secrets: [pin]
      gets: {status: payment}
    bare: {webhook: https://pay.example.com/}
    """
    text = told(asked)
    words = "/. It is sent 'call', 'caller' and 'pin'. Its answer sets 'payment'. The"
    assert words in text["pay"]
    assert "at most. Once it has answered" in text["bare"]
    assert "Seine Antwort bestimmt „payment“." in told(asked, "de")["pay"]


def test_emergency_calls_are_told():
    dials = "out: {dial: {gateway: provider, number: called}}\n"
    words = "Emergency numbers are put through at once by step out, unasked and"
    assert words in told(dials)["test"]
    assert "Emergency" not in told("q: {queue: q}\n")["test"]
