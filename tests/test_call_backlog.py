"""Sound that is still on its way after a hold."""

from eslflow.call.backlog import Backlog
from eslflow.call.events import Held

S = 1_000_000


def held(*holds):
    """Return the backlog after holds: from when to when, and whose."""
    backlog = Backlog()
    for began, ended, is_callers in holds:
        backlog.note(Held(True, is_callers), began * S)
        backlog.note(Held(False, is_callers), ended * S)
    return backlog


def test_what_piles_up_is_as_long_as_the_hold_and_is_caught_up_with_slowly():
    backlog = held((10, 14, False))
    assert backlog.since == 14 * S
    assert [backlog.left(at * S) for at in (14, 19, 34, 99)] == [4 * S, 3 * S, 0, 0]


def test_of_two_holds_the_worse_counts():
    assert held((10, 14, True), (15, 16, True)).left(16 * S) == 4 * S - 400_000
    assert held((10, 12, False), (11, 15, True)).left(15 * S) == 4 * S


def test_the_end_of_a_hold_that_nobody_saw_begin_piles_up_nothing():
    backlog = Backlog()
    backlog.note(Held(False, True), 5 * S)
    assert backlog.left(5 * S) == 0
    assert Backlog().left(1) == 0
