"""What a token permits."""

import pytest

from eslflow.call.wishes import Want, Wish
from eslflow.switch.desk import LiveCall
from eslflow.web.refusal import Refusal
from eslflow.web.scopes import NEEDED, Scope, Who

PAGE = Who("token page", frozenset({Scope.MASK}), frozenset({"1001"}))


def call(agent):
    return LiveCall(f"uuid-{agent}", "", "", "support", "talk", agent, "on", 1)


def test_each_wish_takes_a_scope_of_its_own():
    assert set(NEEDED) == set(Want)
    assert len(set(NEEDED.values())) == len(Want)


def test_a_missing_scope_is_named():
    PAGE.demand(Scope.MASK)
    PAGE.demand(Scope.STOP, Scope.MASK)
    with pytest.raises(Refusal, match="takes the scope recording:stop") as caught:
        PAGE.demand(Scope.STOP)
    assert caught.value.status == 403
    assert "--scope recording:stop" in caught.value.hint


def test_other_peoples_masks_take_a_scope_of_their_own():
    who = Who("token page", frozenset({Scope.UNMASK}))
    who.demand_wish(Wish(Want.ON, who.by))
    with pytest.raises(Refusal, match="takes the scope recording:unmask-all"):
        who.demand_wish(Wish(Want.ON, who.by, is_master=True))
    Who("cli anna").demand_wish(Wish(Want.ON, "cli anna", is_master=True))


def test_a_token_for_one_agent_touches_no_other_ones_calls():
    PAGE.demand_agent("1001")
    with pytest.raises(Refusal, match="not for agent '1002'. It is for: 1001"):
        PAGE.demand_agent("1002")
    assert PAGE.seen([call("1001"), call("1002"), call("")]) == [call("1001")]
    PAGE.demand_agent("1001@default")
    assert PAGE.seen([call("1001@default"), call("@1001")]) == [call("1001@default")]


def test_without_a_limit_every_call_is_seen():
    anna = Who("cli anna")
    anna.demand(*Scope)
    anna.demand_agent("1002")
    assert anna.seen([call("1001"), call("")]) == [call("1001"), call("")]
