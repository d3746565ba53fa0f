"""What a consent step does with what the caller has chosen before."""

from dataclasses import replace

import pytest

from eslflow.call.commands import Alarm, Execute, Keep, LookUp
from eslflow.call.events import Found, HungUp, Kept, Offered
from eslflow.call.live import Live
from eslflow.call.records import Choice, Remembered, State
from eslflow.e164 import normaliser
from eslflow.steps.memory import LOOK_S, is_for, told
from eslflow.wire.terms import App
from tests.playbook import START, Playbook, site_for
from tests.steps_of import flow

DAY = 86_400_000_000
ASK = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  ask_again_after: 30d%s
  granted: bye
  refused: bye
  unanswered: bye
bye: {announce: welcome}
"""
REFUSALS = flow(ASK % "")
BOTH = flow(ASK % "\n  remember: true")
BEFORE = START - 3 * DAY
LOOK = LookUp("4c1b-9-ask-1", "+4930123", "training", START - 30 * DAY, LOOK_S)


def chosen(state, **other):
    words = {"flow": "test", "notice": "recording", "notice_version": 3} | other
    return Remembered("earlier-1", BEFORE, state, **words)


def asks(call):
    """Whether the question is asked now."""
    return any(
        isinstance(command, Execute) and command.app is App.PLAY_AND_GET_DIGITS
        for command in call.skips()
    )


def found(call, choice, problem=""):
    call.expects(LOOK)
    call.when(Found(LOOK.key, choice, problem))


@pytest.mark.parametrize("state", [State.REFUSED, State.WITHDRAWN])
def test_who_has_refused_is_not_asked_again(state):
    with Playbook(REFUSALS) as call:
        found(call, chosen(state))
        assert not asks(call)
    (row,) = call.rows(Choice)
    assert (row.state, row.reason, row.rests_on) == (
        *("refused", "remembered"),
        "earlier-1",
    )
    assert (row.performed_by, row.notice, row.notice_version) == (
        *("system", "recording"),
        3,
    )
    assert (row.key, row.heard_ms, row.tries) == ("", 0, 0)
    assert call.engine.live.consents.state("training") is State.REFUSED
    assert f"not asked: {state} 3 days ago, in call earlier-1" in call.told


def test_who_has_chosen_nothing_is_asked():
    with Playbook(REFUSALS) as call:
        found(call, None)
        assert asks(call)


def test_who_has_agreed_is_asked_again_unless_the_flow_says_otherwise():
    with Playbook(REFUSALS) as call:
        found(call, chosen(State.GRANTED))
        assert asks(call)
    assert [row.state for row in call.rows(Choice)] == ["requested"]


def test_a_grant_that_is_remembered_permits_once_that_is_on_disk():
    with Playbook(BOTH) as call:
        found(call, chosen(State.GRANTED))
        (keep,) = call.skips()
        assert isinstance(keep, Keep)
        assert keep.is_durable
        live = call.engine.live
        assert live.consents.permitting() == ()
        call.when(Kept(True))
        assert not asks(call)
        assert live.consents.permitting() == ("training",)
    (row,) = call.rows(Choice)
    assert (row.state, row.reason, row.rests_on) == (
        *("granted", "remembered"),
        "earlier-1",
    )
    assert row.performed_by == "system"


@pytest.mark.parametrize("event", [Kept(False, "full"), HungUp("")])
def test_a_remembered_grant_that_cannot_be_kept_permits_nothing(event):
    with Playbook(BOTH) as call:
        found(call, chosen(State.GRANTED))
        call.skips()
        call.when(event)
        if isinstance(event, HungUp):
            call.when(Kept(False, "full"))
        assert asks(call) is isinstance(event, Kept)
        assert call.engine.live.consents.permitting() == ()


@pytest.mark.parametrize(
    "other", [{"flow": "x"}, {"notice": "x"}, {"notice_version": 2}]
)
def test_a_grant_to_other_words_is_none_to_these(other):
    with Playbook(BOTH) as call:
        found(call, chosen(State.GRANTED, **other))
        assert asks(call)
    # A refusal is one, whatever the words were.
    with Playbook(BOTH) as call:
        found(call, chosen(State.REFUSED, **other))
        assert not asks(call)


def test_a_choice_that_is_neither_is_asked_about():
    with Playbook(BOTH) as call:
        found(call, chosen(State.EXPIRED))
        assert asks(call)


def test_a_ledger_that_does_not_answer_in_time_costs_no_question():
    with Playbook(REFUSALS) as call:
        call.expects(LOOK)
        call.passes(LOOK_S)
        said = call.skips()
        assert "did not say within 0.5 s" in said[0].text
        assert said[-1].app is App.PLAY_AND_GET_DIGITS
        # What comes late is no answer to anything.
        call.when(Found(LOOK.key, chosen(State.REFUSED)))
        call.expects()
        assert call.engine.live.consents.state("training") is None


def test_a_ledger_that_cannot_look_costs_no_question():
    with Playbook(REFUSALS) as call:
        found(call, None, "disk I/O error")
        said = call.skips()
        why = "the ledger cannot say what was chosen before: disk I/O error"
        assert said[0] == Alarm(why)
        assert said[-1].app is App.PLAY_AND_GET_DIGITS


@pytest.mark.parametrize("caller", ["", "anonymous", "0000000000", "sip:anna@x"])
def test_who_withholds_the_number_is_always_asked(caller):
    with Playbook(REFUSALS, Offered("4c1b-9", caller=caller)) as call:
        assert asks(call)
    assert not any(isinstance(command, LookUp) for command in call.said)


def test_a_caller_is_known_in_each_spelling():
    site = replace(site_for(REFUSALS), normal=normaliser("DE"))
    offered = Offered("4c1b-9", caller="030 123456")
    with Playbook(REFUSALS, offered, site) as call:
        (look,) = call.skips()
        assert look.number == "+4930123456"


def test_a_caller_who_hangs_up_meanwhile_is_kept_as_not_asked():
    with Playbook(REFUSALS) as call:
        call.expects(LOOK)
        call.when(HungUp("ORIGINATOR_CANCEL"))
    assert [row.state for row in call.rows(Choice)] == ["not_asked"]


def test_it_is_told_of_when_the_choice_is():
    live = Live(Offered("u"), BOTH, site_for(BOTH), START)
    today = chosen(State.REFUSED)._replace(at=START)
    for days, when in (
        (-1, "today"),
        (0, "today"),
        (1, "a day ago"),
        (2, "2 days ago"),
    ):
        then = today._replace(at=START - days * 86_400_000_000)
        assert told(then, live) == f"not asked: refused {when}, in call earlier-1"
    assert is_for(today, live, BOTH.notices["recording"])
