import pytest

from tests.live.account import GUARD_US, lost, own_actions, spans_of, unsure_of
from tests.live.leaks import FOR_EVER, Span


def action(name, at, verified=True, asked_at=0):
    return {
        "recording_id": "u-1",
        "action": name,
        "at": at,
        "verified": verified,
        "asked_at": asked_at or at,
    }


def test_a_span_begins_with_the_ok_and_ends_when_unmasking_was_asked_for():
    actions = [action("mask", 1_000_000, asked_at=900_000)]
    actions += [action("unmask", 2_010_000, asked_at=2_000_000)]
    assert spans_of(actions) == (Span(1_000_000, 2_000_000 - GUARD_US),)
    assert spans_of(actions, early_us=0) == (Span(1_000_000, 2_000_000),)


def test_a_mask_that_was_not_confirmed_begins_none():
    assert spans_of([action("mask", 1, verified=False)]) == ()


def test_a_mask_asked_for_again_changes_nothing():
    actions = [action("mask", 1), action("mask", 5), action("unmask", 100_000)]
    assert spans_of(actions) == (Span(1, 100_000 - GUARD_US),)


def test_a_mask_without_an_end_lasts_for_ever():
    actions = [action("mask", 7), action("stop", 9, verified=False)]
    assert spans_of(actions) == (Span(7, FOR_EVER),)


def test_a_mask_ends_with_its_file():
    assert spans_of([action("mask", 7), action("stop", 9)]) == (Span(7, 9),)


def test_from_asking_to_the_ok_nobody_knows():
    actions = [action("mask", 9, asked_at=7), action("stop", 12, asked_at=11)]
    assert unsure_of(actions) == (Span(7, 9),)


def test_a_span_is_never_shorter_than_nothing():
    assert spans_of([action("mask", 7), action("unmask", 8)]) == (Span(7, 7),)


def test_actions_are_those_of_one_file():
    other = {**action("mask", 1), "recording_id": "u-2"}
    kept = {"recording_actions": [other, action("stop", 2)]}
    assert own_actions(kept, {"id": "u-1"}) == [action("stop", 2)]


@pytest.mark.parametrize(
    ("heard", "gone"),
    [
        ([], set()),
        ([3, 4, 6, 7], {5}),
        ([2, 8], {3, 4, 5, 6, 7}),
        ([2, 9], set()),
        ([4, 5], set()),
    ],
)
def test_what_is_missing_between_two_that_came_through_was_lost(heard, gone):
    assert lost(range(12), heard) == gone


def test_what_is_missing_for_long_counts_as_lost_if_it_is_said_so():
    assert lost(range(12), [1, 9], longest=7) == {2, 3, 4, 5, 6, 7, 8}
