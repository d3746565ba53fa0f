"""What a simulated channel is at a moment."""

from eslflow.sim.state import State


def test_a_channel_rings_is_answered_and_hangs_up():
    state = State()
    assert state.headers()["Answer-State"] == b"ringing"
    state.is_answered = True
    assert state.headers()["Channel-Call-State"] == b"ACTIVE"
    assert "Hangup-Cause" not in state.headers()
    state.is_up, state.cause = False, "USER_BUSY"
    assert state.headers()["Answer-State"] == b"hangup"
    assert state.headers()["Hangup-Cause"] == b"USER_BUSY"


def test_a_caller_who_holds_is_held():
    assert State(is_answered=True, is_held=True).headers()["Channel-Call-State"] == (
        b"HELD"
    )
