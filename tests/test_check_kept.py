"""Calls that stand where more is to be tried."""

import gc

import pytest

from eslflow.check.kept import Call, Kept, uncollected
from eslflow.check.way import Way
from tests.proofs import call_of, choice_of, flow_of


def kept_call(*done):
    stage = call_of(flow_of("asked"), *done)
    return Call(stage, Way(stage.begin, None))


def test_a_call_that_is_kept_is_given_once():
    kept, call = Kept(), kept_call()
    assert kept.takes(call, 3, 1)
    assert kept.gives(4) is None
    assert kept.gives(3) is call
    assert kept.gives(3) is None


def test_a_call_that_goes_on_knows_its_way_from_the_last_step():
    call = kept_call("presses/2")
    played = choice_of(call.stage, "played")
    assert call.after(played).way.anchor is call.stage.pause is not None
    call.stage.pause = None
    assert call.after(played).way == call.way.then(played)


def test_no_more_are_kept_than_are_needed():
    kept = Kept()
    assert kept.takes(kept_call(), 3, 1)
    assert not kept.takes(kept_call(), 3, 1)


def test_no_more_are_kept_than_memory_is_to_hold(monkeypatch):
    monkeypatch.setattr("eslflow.check.kept.MOST", 1)
    kept = Kept()
    assert kept.takes(kept_call(), 3, 1)
    assert not kept.takes(kept_call(), 4, 1)
    kept.leaves(3)
    assert kept.takes(kept_call(), 4, 1)


def test_calls_that_nobody_needs_are_let_go():
    kept, call = Kept(), kept_call()
    kept.takes(call, 3, 1)
    kept.leaves(3)
    kept.leaves(3)
    assert not hasattr(call.stage, "engine")


@pytest.mark.parametrize("is_on", [True, False])
def test_the_garbage_collector_is_off_meanwhile_and_then_as_it_was(is_on):
    try:
        (gc.enable if is_on else gc.disable)()
        with uncollected():
            assert not gc.isenabled()
        assert gc.isenabled() is is_on
    finally:
        gc.enable()
