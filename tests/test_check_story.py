"""What a proof found, told to a person."""

import pytest

from eslflow.check.choice import Choice
from eslflow.check.happens import _DOES
from eslflow.check.prove import Happening, prove
from eslflow.check.story import lines, merged, words
from tests.proofs import flow_of
from tests.steps_of import flow

ASK = "ask:\n  consent: {notice: recording, purpose: training}\n"
ASK += "  keys: {1: granted, 2: refused}\n  tries: 1\n"


def said(what, arg="", name="card", step="talk"):
    return words(flow_of(name), Happening(step, Choice(what, arg)))


@pytest.mark.parametrize(
    ("what", "arg", "told"),
    [
        ("hang up", "", "the caller hangs up"),
        ("queue", "TIMEOUT", "nobody answers in time"),
        ("queue", "", "there is no such queue"),
        ("dialled", "USER_BUSY", "the called party is busy"),
        ("the end", "finished", "the flow hangs up"),
        ("the end", "", "the call is over"),
        ("key", "masked", "the agent asks for a mask"),
        ("wish", "off", "a program stops the recording for the rest of the call"),
        ("presses", "1", "the caller presses 1"),
        ("presses wrongly", "7", "the caller presses 7: no such choice"),
        ("recorder", "start does", "the switch is asked to start to record, and does"),
        (
            "recorder",
            "mask refuses fails",
            "the switch is asked to mask the recording, and refuses; it refuses all "
            "that is tried then",
        ),
        (
            "recorder",
            "stop silent works",
            "the switch is asked to stop the recording, and does not answer",
        ),
        ("recorder again", "works", "the recorder tries again"),
        ("agent answers", "", "an agent answers"),
        ("agent answers", "listed", "an agent answers, who is never recorded"),
        (
            "other agent",
            "outside",
            "another agent has the call, who is not of the office",
        ),
        (
            "agent answers",
            "unwilling",
            "an agent answers, who has not agreed to being recorded",
        ),
        ("found", "refused", "the ledger remembers refused"),
        ("caller key", "withdraw", "the caller presses the key to withdraw"),
        (
            "caller key",
            "private",
            "the caller presses the key that makes the call private",
        ),
        ("key", "private", "the agent presses the key that makes the call private"),
        ("callee key", "withdraw", "the called party presses the key to withdraw"),
        ("key", "granted", "the agent presses the key for a yes of the caller"),
    ],
)
def test_what_happens_is_told_in_words(what, arg, told):
    assert said(what, arg) == told


def test_everything_that_can_happen_has_words():
    args = {"recorder": "start does", "dialled": "USER_BUSY", "key": "on", "wish": "on"}
    args |= {"called party": "NO_ANSWER", "presses": "1", "enters": "1#"}
    for what in _DOES:
        assert said(what, args.get(what, "")), what


def test_a_card_number_is_not_told():
    assert said("enters", "1234#", step="card") == "the caller enters 5 keys"
    open_ = flow("card: {collect: welcome, digits: 4, into: n}")
    happening = Happening("card", Choice("enters", "1234"))
    assert words(open_, happening) == "the caller enters 1234"


def test_an_answer_is_told_with_its_meaning():
    told = said("presses", "2", name="asked", step="ask")
    assert told == "the caller presses 2 (refused)"


def test_an_entry_is_told_once():
    enters = Happening("card", Choice("enters", "1234#"))
    played = Happening("card", Choice("played"))
    assert list(merged([enters, enters, played, played])) == [enters, played, played]


def test_a_violation_is_told_with_its_story():
    steps = ASK + "  refused: bye\nq: {queue: q}\nbye: {hangup: USER_BUSY}\n"
    found = flow(steps)
    (violation,) = prove(found).violations
    assert "\n".join(lines(found, violation)) == (
        "test.yaml: step 'ask': who agrees reaches a person, who refuses does not "
        "[refused]\n"
        "  It happens like this:\n"
        "    ask  the caller presses 2 (refused)\n"
        "    bye  the flow hangs up\n"
        "  An agreement that is needed to be served is none (GDPR Art. 7(4)). Let "
        "whoever\n"
        "  refuses, or withdraws, come to the same people."
    )


def test_a_circle_goes_on_and_on_with_what_was_looked_at():
    head = "flow: test\nprompts: {a: A.}\n"
    steps = "who: {branch: caller, cases: {anonymous: m}, otherwise: b}\n"
    steps += "m: {menu: a, keys: {1: b}, error: m}\nb: {announce: a}\n"
    found = flow(steps, head)
    (violation,) = prove(found).violations
    told = list(lines(found, violation))
    assert told[1] == "  It happens like this, with caller anonymous:"
    assert told[2:4] == [
        "    m  its prompt cannot be played",
        "       ... and so on",
    ]


def test_what_is_wrong_at_once_has_no_story(monkeypatch):
    def begins(engine):
        raise ValueError("wrong")

    monkeypatch.setattr("eslflow.call.engine.Engine.begin", begins)
    found = flow_of("asked")
    (violation,) = prove(found).violations
    first, second, *mend = lines(found, violation)
    assert first == "test.yaml: ValueError: wrong [fault]"
    assert second == "  As soon as a call comes in."
    assert " ".join(line.strip() for line in mend) == violation.rule.mend


@pytest.mark.parametrize(
    ("whom", "who"),
    [
        ("caller", "the caller"),
        ("callee", "the called party"),
        ("both", "who is asked"),
    ],
)
def test_who_is_asked_is_told(whom, who):
    asks = flow(f"call: {{ring: {{user: 1}}}}\n{ASK}  ask: {whom}\n")
    for what, arg, does in (
        ("presses", "1", "presses 1 (granted)"),
        ("presses wrongly", "7", "presses 7: no such choice"),
        ("presses at last", "1", "presses 1, and the caller hangs up"),
        ("presses nothing", "", "presses nothing"),
    ):
        happening = Happening("ask", Choice(what, arg))
        assert words(asks, happening) == f"{who} {does}"
