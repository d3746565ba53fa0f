"""Who watches a call from outside: what is wrong, whatever the engine believes."""

import pytest

from eslflow.call.commands import Alarm, Api, Close, Execute, Hangup, Job, Keep, Tell
from eslflow.call.events import (
    Bridged,
    HungUp,
    Kept,
    KeyPressed,
    Parked,
    Unbridged,
    Wished,
)
from eslflow.call.events import Found as Recalled
from eslflow.call.records import Choice, RecordingBegun, Remembered, State
from eslflow.call.wishes import Want, Wish
from eslflow.check.observer import (
    BARRED,
    FORGOTTEN,
    OUTSIDE,
    PRIVATE,
    UNAGREED,
    UNASKED,
    UNMASKED,
    UNPERMITTED,
    UNRECORDED,
    Observer,
)
from eslflow.check.switch import Switch
from eslflow.wire.terms import ApiCommand, App
from tests.proofs import flow_of

FILE = "/r/a-1.wav"
STEPS = """\
steps:
  talk: {announce: welcome, record: on}
  card: {announce: welcome, record: masked}
  quiet: {announce: welcome}
"""
LAW = "flow: test\npurposes: {duty: {basis: legal_obligation}}\n"
ASKED = "flow: test\npurposes: {training: {basis: consent}}\n"
WORDS = "prompts: {welcome: Welcome.}\n"
NOTICE = "notices: {recording: {version: 1, text: Press 1.}}\n"
ASK = "  ask: {consent: {notice: recording, purpose: training}, "
ASK += "keys: {1: granted, 2: refused}}\n"
TELL = "  tell: {objection: {notice: recording, purpose: duty}, keys: {3: objected}}\n"
SECURE = "  card: {collect: welcome, digits: 4, into: card, secure: true}\n"
SECURE += '  pay: {webhook: "https://pay.example.com/", secrets: [card]}\n'


def at(step: str, text: str = LAW + WORDS + STEPS) -> Observer:
    observer = Observer(flow_of(text), Switch())
    observer.step = step
    return observer


def says(observer: Observer, action: str, path: str = FILE) -> None:
    observer.sees(Api(ApiCommand.UUID_RECORD, f"a-leg {action} {path}"))


def row(state: str, purpose: str = "training", reason: str = "") -> Choice:
    basis = "consent" if purpose == "training" else "legitimate_interests"
    return Choice("u", 1, state, purpose, basis, 0, "f", "", "s", "", reason=reason)


def rules(observer: Observer) -> list[str]:
    return [found.rule.code for found in observer.wrong]


def test_a_start_that_is_permitted_and_wanted_is_fine():
    observer = at("talk")
    says(observer, "start")
    says(observer, "mask")
    says(observer, "unmask")
    observer.sees(Api(ApiCommand.UUID_SETVAR, "a-leg x"))
    observer.sees(Tell("it goes on"))
    observer.hears(HungUp(), 1)
    assert observer.wrong == []


@pytest.mark.parametrize(
    ("step", "rule"), [("card", UNMASKED), ("quiet", FORGOTTEN), ("", FORGOTTEN)]
)
def test_a_start_that_the_step_does_not_want_is_wrong(step, rule):
    observer = at(step)
    says(observer, "start")
    assert rules(observer) == [rule.code]


def test_a_start_needs_a_grant_that_is_on_disk():
    observer = at("talk", ASKED + WORDS + NOTICE + STEPS + ASK)
    says(observer, "start")
    assert rules(observer) == [UNPERMITTED.code]


def asked(pressed, state="granted", is_ok=True, text=ASKED, step="ask", reason=""):
    more = ASK if step == "ask" else TELL
    observer = at(step, text + WORDS + NOTICE + STEPS + more)
    observer.grants.pressed = pressed
    purpose = "training" if step == "ask" else "duty"
    observer.sees(Keep((row(state, purpose, reason),), is_durable=True))
    assert not observer.permits()
    observer.hears(Kept(is_ok), 1)
    return observer


def test_a_grant_counts_once_it_is_on_disk():
    observer = asked("1")
    assert observer.permits()
    assert observer.wrong == []
    observer.sees(Keep((row("requested"), row("refused", ""))))
    assert observer.permits()
    observer.sees(Keep((row("refused"),)))
    assert not observer.permits()


def test_a_grant_that_is_only_to_be_kept_counts_for_nothing():
    observer = at("ask", ASKED + WORDS + NOTICE + STEPS + ASK)
    observer.sees(Keep((row("granted"),)))
    observer.sees(Keep((row("unanswered", reason="not_objected"),)))
    assert not observer.permits()


def test_a_disk_that_is_full_grants_nothing():
    assert not asked("1", is_ok=False).permits()


@pytest.mark.parametrize("pressed", ["2", "7", "", None])
def test_a_grant_must_be_what_was_pressed(pressed):
    assert rules(asked(pressed)) == [UNPERMITTED.code]


LIKED = LAW.replace("legal_obligation", "legitimate_interests")


@pytest.mark.parametrize(("pressed", "is_said"), [("", True), ("3", False)])
def test_silence_permits_what_was_announced(pressed, is_said):
    found = asked(pressed, "unanswered", text=LIKED, step="tell", reason="not_objected")
    assert found.permits()
    assert (found.wrong == []) is is_said


def test_an_answer_outside_of_a_question_was_given_by_nobody():
    observer = asked("1")
    observer.step = "talk"
    observer.sees(Keep((row("granted"),), is_durable=True))
    observer.hears(Kept(True), 1)
    assert rules(observer) == [UNPERMITTED.code]


def test_a_stop_for_the_rest_of_the_call_holds():
    observer = at("talk")
    observer.hears(Wished(1, Wish(Want.OFF, "page")), 1)
    says(observer, "start")
    assert rules(observer) == [FORGOTTEN.code]


def test_a_mask_of_a_hand_holds_until_that_hand_takes_it_back():
    observer = at("talk")
    observer.hears(KeyPressed("mask"), 1)
    observer.hears(Wished(1, Wish(Want.ON, "page")), 1)
    says(observer, "unmask")
    assert rules(observer) == [UNASKED.code]
    observer.hears(KeyPressed("unmask"), 1)
    says(observer, "unmask")
    assert len(observer.wrong) == 1


@pytest.mark.parametrize(
    ("after", "hands", "is_forbidden"),
    [("stay", {"page"}, False), ("unmask", set(), False), ("stop", {"page"}, True)],
)
def test_a_mask_that_nobody_renews_ends_as_the_flow_says(after, hands, is_forbidden):
    text = LAW + WORDS + f"recording: {{after_mask: {after}}}\n" + STEPS
    observer = at("talk", text)
    observer.hears(Wished(1, Wish(Want.MASKED, "page", 2.0)), 1)
    assert observer.hands == {"page"}
    observer.hears(Kept(True), 3_000_000)
    assert observer.hands == hands
    assert observer.is_forbidden is is_forbidden


def test_nothing_is_asked_in_a_masked_step_while_sound_gets_into_a_file():
    observer = at("card")
    observer.switch.does("start", FILE)
    observer.sees(Execute(App.ANSWER, waits=False))
    assert observer.wrong == []
    observer.sees(Execute(App.PLAYBACK, "/a.wav"))
    assert rules(observer) == [UNMASKED.code]


def stuck(step: str, text: str) -> Observer:
    """Return an observer of a file that could not be stopped, and of the alarm."""
    observer = at(step, text)
    observer.switch.does("start", FILE)
    observer.refused("stop", FILE)
    observer.sees(Alarm("may still run"))
    assert observer.given_up == frozenset()
    observer.refused("stop", "all")
    observer.sees(Alarm("may still run"))
    assert observer.given_up == {FILE}
    return observer


def test_a_file_that_nobody_can_stop_is_no_fault_once_somebody_is_alarmed():
    observer = stuck("card", LAW + WORDS + STEPS)
    observer.sees(Execute(App.PLAYBACK, "/a.wav"))
    observer.looks(is_inside=True)
    observer.sees(Close())
    assert observer.wrong == []


def test_a_card_is_not_even_asked_for_then():
    text = LAW + WORDS + STEPS.replace("  card:", "  other:") + SECURE
    observer = stuck("card", text)
    observer.sees(Execute(App.PLAY_AND_GET_DIGITS, "x"))
    assert rules(observer) == [UNMASKED.code]


@pytest.mark.parametrize("command", [Close(), Hangup()])
def test_a_call_is_not_left_while_its_file_runs(command):
    observer = at("talk")
    observer.sees(command)
    assert observer.wrong == []
    observer.switch.does("start", FILE)
    observer.sees(command)
    assert rules(observer) == [FORGOTTEN.code]


@pytest.mark.parametrize(
    ("step", "rule"), [("talk", ""), ("card", UNMASKED), ("quiet", FORGOTTEN)]
)
def test_what_runs_is_held_against_the_step(step, rule):
    observer = at(step)
    observer.looks(is_inside=True)
    observer.switch.does("start", FILE)
    observer.looks(is_inside=False)
    assert observer.wrong == []
    observer.looks(is_inside=True)
    assert rules(observer) == ([rule.code] if rule else [])


def test_what_runs_is_held_against_what_people_want():
    observer = at("talk")
    observer.switch.does("start", FILE)
    observer.hears(KeyPressed("mask"), 1)
    observer.looks(is_inside=True)
    observer.hears(KeyPressed("stop"), 1)
    observer.looks(is_inside=True)
    assert rules(observer) == [UNASKED.code, FORGOTTEN.code]


def test_what_runs_is_held_against_what_is_on_disk():
    observer = at("talk", ASKED + WORDS + NOTICE + STEPS + ASK)
    observer.switch.does("start", FILE)
    observer.looks(is_inside=True)
    assert rules(observer) == [UNPERMITTED.code]


def test_a_copy_has_the_same_books():
    observer = asked("1")
    observer.hears(KeyPressed("mask"), 1)
    other = observer.copy(observer.switch.copy())
    assert other.permits()
    assert (other.step, other.hands) == ("ask", {"agent"})
    other.sees(Keep((row("refused"),)))
    assert observer.permits()


PRIVATE_STEP = STEPS + "  hush: {private: key}\n"


def test_a_private_call_is_recorded_no_more():
    observer = at("talk", LAW + WORDS + PRIVATE_STEP)
    observer.switch.does("start", FILE)
    observer.is_private = True
    says(observer, "start")
    observer.looks(is_inside=False)
    assert rules(observer) == [PRIVATE.code] * 2


def test_who_calls_for_help_is_not_recorded():
    observer = at("talk")
    observer.is_emergency = True
    says(observer, "start")
    (found,) = observer.wrong
    assert (found.rule, found.detail) == (
        PRIVATE,
        "a recording is started though the call is for help",
    )


@pytest.mark.parametrize("is_barred", [True, False])
def test_who_is_never_recorded_is_not(is_barred):
    observer = at("talk")
    observer.is_barred = is_barred
    observer.meets("" if is_barred else "listed", is_moving=False)
    observer.hears(Bridged("b", "1999"), 1)
    says(observer, "start")
    observer.hears(Parked(), 1)
    says(observer, "start")
    assert rules(observer) == [BARRED.code] * (1 + is_barred)


LISTED = LAW + WORDS + "recording: {never_record: [1999]}\n" + STEPS


@pytest.mark.parametrize(
    ("text", "is_moving", "found"),
    [
        (LISTED, False, [BARRED.code]),
        (LISTED, True, []),
        (LAW + WORDS + STEPS, False, []),
    ],
)
def test_nobody_is_met_by_a_file_where_some_are_never_recorded(text, is_moving, found):
    observer = at("talk", text)
    observer.meets("", is_moving)
    assert observer.wrong == []
    observer.switch.does("start", FILE)
    observer.meets("", is_moving)
    assert rules(observer) == found


def test_who_takes_a_call_over_outside_is_not_recorded():
    observer = at("talk")
    observer.meets("outside", is_moving=False, is_passed_on=True)
    observer.hears(Bridged("c", "x"), 1)
    says(observer, "start")
    assert rules(observer) == [OUTSIDE.code]
    observer.hears(Unbridged(), 1)
    assert observer.who == ""


AGREE = "recording: {agents: must_agree, agreement: {text: staff, version: 1}}\n"


def test_an_agent_who_has_not_agreed_is_not_recorded():
    observer = at("talk", LAW + WORDS + AGREE + STEPS)
    observer.meets("unwilling", is_moving=False)
    observer.hears(Bridged("b", "1001"), 1)
    says(observer, "start")
    observer.switch.does("start", FILE)
    observer.meets("", is_moving=False)
    assert rules(observer) == [UNAGREED.code] * 2


OPEN = LAW + WORDS + "recording: {outside: record}\n" + STEPS


@pytest.mark.parametrize(
    ("text", "is_passed_on", "found"),
    [
        (LAW + WORDS + STEPS, True, [OUTSIDE.code]),
        (LAW + WORDS + STEPS, False, []),
        (OPEN, True, []),
    ],
)
def test_nobody_takes_a_call_over_while_a_file_runs(text, is_passed_on, found):
    observer = at("talk", text)
    observer.meets("", False, is_passed_on)
    observer.switch.does("start", FILE)
    observer.meets("", False, is_passed_on)
    assert rules(observer) == found


MUST = LAW + WORDS + "recording: {if_unrecorded: refuse, refusal: welcome}\n" + STEPS


def test_nobody_talks_unrecorded_where_the_law_demands_it():
    observer = at("talk", MUST)
    observer.looks(is_inside=True)
    observer.hears(Bridged("b", "1001"), 1)
    observer.switch.does("start", FILE)
    observer.switch.does("mask", FILE)
    observer.looks(is_inside=True)
    assert observer.wrong == []
    observer.switch.does("stop", FILE)
    observer.looks(is_inside=True)
    assert rules(observer) == [UNRECORDED.code]
    observer.hears(Unbridged(), 1)
    observer.looks(is_inside=True)
    assert len(observer.wrong) == 1


def test_the_dialplan_gets_no_call_that_must_be_recorded():
    observer = at("quiet", MUST)
    observer.sees(Hangup())
    assert observer.wrong == []
    observer.sees(Close())
    assert rules(observer) == [UNRECORDED.code]
    observer = at("quiet", MUST)
    observer.is_emergency = True
    observer.sees(Close())
    assert observer.wrong == []


def test_nobody_stops_what_the_law_demands():
    observer = at("talk", MUST)
    observer.hears(Wished(1, Wish(Want.OFF, "page")), 1)
    assert not observer.is_forbidden


def test_a_file_is_for_what_is_permitted_while_it_runs():
    observer = at("talk")
    begun = RecordingBegun("i", "u", "u", FILE, "duty", "talk", 1)
    observer.sees(Keep((begun,)))
    says(observer, "start")
    observer.switch.does("start", FILE)
    observer.looks(is_inside=True)
    assert observer.wrong == []
    observer.begun[FILE] = frozenset({"duty", "training"})
    observer.looks(is_inside=True)
    assert rules(observer) == [UNPERMITTED.code]


def test_keys_of_agent_and_caller_are_told_apart():
    observer = Observer(flow_of("verbal"), Switch())
    observer.hears(KeyPressed("granted", is_callers=True), 1)
    assert not observer.grants.is_verbal
    observer.hears(KeyPressed("granted"), 1)
    assert observer.grants.is_verbal
    observer.hears(KeyPressed("withdraw", is_callers=True), 1)
    assert not observer.grants.is_verbal


def test_what_the_ledger_remembers_is_noted():
    observer = at("talk")
    choice = Remembered("earlier", 1, State.GRANTED, "test", "recording", 1)
    observer.hears(Recalled("k", choice), 1)
    assert observer.grants.remembered is choice


@pytest.mark.parametrize(("name", "has_keys"), [("verbal", True), ("talk", False)])
def test_keys_that_say_something_are_noted_once_they_are_bound(name, has_keys):
    observer = Observer(flow_of(name), Switch())
    observer.step = "talk"
    observer.sees(Execute(App.ANSWER, waits=False))
    assert not observer.has_keys
    observer.sees(Execute(App.BIND_META_APP, "x", waits=False))
    assert observer.has_keys is has_keys


@pytest.mark.parametrize(
    ("event", "is_private"),
    [
        (KeyPressed("private"), True),
        (KeyPressed("private", is_callers=True), True),
        (KeyPressed("mask"), False),
    ],
)
def test_a_key_makes_the_call_private(event, is_private):
    observer = Observer(flow_of("hushed"), Switch())
    observer.hears(event, 1)
    assert observer.is_private is is_private


def test_a_key_that_the_flow_does_not_give_the_caller_makes_nothing_private():
    observer = Observer(flow_of("verbal"), Switch())
    observer.hears(KeyPressed("private", is_callers=True), 1)
    assert not observer.is_private


def test_a_called_party_withdraws_by_key():
    observer = Observer(flow_of("called"), Switch())
    grants = observer.grants
    for party, leg in (("caller", ""), ("callee", "b-leg")):
        grants.presses("1", leg)
        row = Choice("u", 1, State.GRANTED, "training", "consent", 0, "f", "", "", "")
        row = row._replace(party=party)
        observer.sees(Keep((row,), is_durable=True))
        observer.comes_to("ask")
        observer.hears(Kept(True), 1)
    assert observer.step == "ask"
    assert observer.permits()
    observer.hears(KeyPressed("withdraw"), 1)
    assert not observer.permits()


def test_who_is_called_instead_has_agreed_to_nothing():
    observer = Observer(flow_of("called"), Switch())
    for leg in ("", "b-leg"):
        observer.grants.presses("1", leg)
        row = Choice("u", 1, State.GRANTED, "training", "consent", 0, "f", "", "", "")
        party = "callee" if leg else "caller"
        observer.sees(Keep((row._replace(party=party),), is_durable=True))
        observer.hears(Kept(True), 1)
    assert observer.permits()
    observer.sees(Job(ApiCommand.ORIGINATE, "", "c-leg", 1.0))
    assert not observer.permits()
