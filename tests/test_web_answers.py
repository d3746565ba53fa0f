"""What is answered about live calls."""

import pytest

from eslflow.call.wishes import Answered, Want, Wish
from eslflow.errors import LinkLost
from eslflow.web.answers import (
    ask,
    demand_one,
    named,
    of_agent,
    several,
    state,
    utc,
    whole,
)
from eslflow.web.refusal import Refusal
from eslflow.web.scopes import Who
from tests.desks import ANNA, BEN, NOW, WAITING, TableDesk

EVERYBODY = Who("cli anna")
MASK = Wish(Want.MASKED, "cli anna", 180.0)


@pytest.fixture
def desk():
    return TableDesk()


def refused(function, *arguments):
    with pytest.raises(Refusal) as caught:
        function(*arguments)
    return caught.value


def test_times_are_utc():
    assert utc(0) is None
    assert utc(NOW + 1500) == "2026-11-25T00:00:00.001Z"


def test_a_call_is_told_whole_or_its_recording_only(desk):
    call = desk.calls()[0]
    assert whole(call)["offered_at"] == "2026-11-25T00:00:00.000Z"
    assert state(call) == {"call": ANNA, "recording": "on", "until": None}
    assert state(call).items() <= whole(call).items()


def test_a_call_is_named_by_its_uuid_or_the_start_of_it(desk):
    assert named(desk, EVERYBODY, ANNA).uuid == ANNA
    assert named(desk, EVERYBODY, WAITING[:8]).uuid == WAITING


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (WAITING[:7], "'7777777' is too short to name a call. Give 8"),
        (ANNA[:8], "'0a6f5a54' begins 2 live calls. Give more"),
        ("99999999", "there is no live call '99999999'. GET /calls"),
        ("", "'' is too short"),
    ],
)
def test_a_name_that_names_no_call_is_told(desk, name, told):
    refusal = refused(named, desk, EVERYBODY, name)
    assert refusal.status == 404
    assert told in str(refusal)


def test_a_token_for_one_agent_does_not_learn_of_other_calls(desk):
    who = Who("token page", agents=frozenset({"1001"}))
    assert named(desk, who, ANNA[:8]).uuid == ANNA
    assert refused(named, desk, who, BEN).error.startswith("there is no live call")
    assert refused(of_agent, desk, who, "1002").status == 403


def test_an_agents_call_is_the_one_he_talks_on(desk):
    assert [call.uuid for call in of_agent(desk, EVERYBODY, "1001")] == [ANNA]
    assert refused(of_agent, desk, EVERYBODY, "1003").status == 404


def test_several_calls_of_an_agent_are_masked_but_not_unmasked(desk):
    calls = desk.calls()
    for want in (Want.MASKED, Want.OFF):
        demand_one(calls, want)
    demand_one(calls[:1], Want.ON)
    refusal = refused(demand_one, calls, Want.ON)
    assert refusal.status == 409
    assert BEN in refusal.hint
    assert several([{"call": "a"}]) == {"call": "a"}
    assert several([{"call": "a"}, {"call": "b"}]) == {
        "call": "a",
        "others": [{"call": "b"}],
    }


def test_a_wish_that_holds_is_answered_with_the_state(desk):
    assert ask(desk, ANNA, MASK) == {
        "call": ANNA,
        "recording": "masked",
        "until": "2026-11-25T00:03:00.000Z",
    }
    assert desk.asked == [(ANNA, MASK)]


@pytest.mark.parametrize("is_refused", [False, True])
@pytest.mark.parametrize("why", ["", "the step is masked"])
@pytest.mark.parametrize("recording", ["on", "masked", "off", "failed"])
@pytest.mark.parametrize("want", Want)
def test_a_wish_that_does_not_hold_says_whether_to_try_again(
    desk, want, recording, why, is_refused
):
    answered = Answered(ANNA, recording, False, why, is_refused=is_refused)
    desk.answer = lambda *_: answered
    refusal = refused(ask, desk, ANNA, Wish(want, "cli anna"))
    assert refusal.status == (409 if is_refused else 503)
    assert refusal.body()["recording"] == recording
    assert why in refusal.error
    assert ("Ask again" in refusal.hint) is not is_refused


def test_a_call_that_has_ended_is_told(desk):
    desk.end(ANNA)
    assert refused(ask, desk, ANNA, MASK).status == 404


def test_a_switch_that_cannot_be_reached_is_told(desk):
    def lose(uuid, wish):
        raise LinkLost("the control link is down")

    desk.answer = lose
    refusal = refused(ask, desk, ANNA, MASK)
    assert (refusal.status, refusal.error) == (503, "the control link is down")
