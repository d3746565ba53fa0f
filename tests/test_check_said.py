"""What tells calls of a proof apart by what is said of their purposes."""

import pytest

from eslflow.call.records import State
from eslflow.check.choice import Sort
from eslflow.check.explore import Explorer
from eslflow.check.looked import Looks
from eslflow.check.outcomes import choices
from eslflow.check.said import files, said
from tests.proofs import call_of, flow_of, moves_of, unmeasured

HEAD = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d, on_withdrawal: delete}
  quality: {basis: legitimate_interests, on_withdrawal: keep}
  %s
notices:
  recording: {version: 3, text: Press 1 to agree or 2 to refuse.}
prompts:
  welcome: Welcome.
"""
ASK = """\
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
    tries: 1
"""
TELL = """\
    objection: {notice: recording, purpose: quality}
    keys: {3: objected}
    tries: 1
"""
WITHDRAWN = f"""\
{HEAD % ""}
recording: {{caller_keys: {{0: withdraw}}}}
steps:
  tell:
{TELL}
    record: on
  ask:
{ASK}
  which:
    branch: {{consent: training}}
    cases: {{granted: more}}
    otherwise: talk
  more: {{announce: welcome, record: on}}
  talk: {{queue: support, record: on}}
"""
PASSED_ON = f"""\
{HEAD % ""}
steps:
  ask:
{ASK}
  call: {{dial: {{user: 5112}}, next: talk, answered: bye}}
  bye: {{hangup: NORMAL_CLEARING}}
  talk: {{queue: support, record: on}}
"""
"""A call may be passed on in a step that is not recorded."""
KEYS = """\
recording:
  caller_keys: {0: withdraw, 7: private}
  agent_keys: {1: mask, 2: unmask, 7: private}
  before_private: delete
"""
PRIVATE = WITHDRAWN.replace("recording: {caller_keys: {0: withdraw}}\n", KEYS)
BOTH = f"""\
{HEAD % "evidence: {basis: consent, on_withdrawal: keep}"}
recording: {{outside: record, callee_keys: {{0: withdraw}}}}
steps:
  call: {{ring: {{user: 1001}}}}
  ask:
{ASK}
    ask: both
  also:
{ASK.replace("training", "evidence")}
    ask: both
  talk: {{connect: callee, record: on, from: answer}}
"""
VERBAL = f"""\
{HEAD % "evidence: {basis: consent, on_withdrawal: keep}"}
recording:
  verbal: {{notice: recording, purpose: evidence}}
  agent_keys: {{1: granted, 2: refused}}
steps:
  tell:
{TELL}
  ask:
{ASK}
  talk: {{queue: support, record: on}}
"""


class Apart(Looks):
    """Tells all purposes apart by their names, and masks whether they matter or not."""

    def named(self, step):
        return frozenset(self._flow.purposes)

    def never_records(self, stage):
        return False


class Twofold(Explorer):
    """Goes through all states that differ by names, and knows which of them are one."""

    def __init__(self, flow):
        super().__init__(flow, copies=False)
        self.looks, self.known = Apart(flow), Looks(flow)
        self.ones = {}

    def key(self, stage):
        key = super().key(stage)
        apart, self.looks = self.looks, self.known
        one = super().key(stage)
        self.looks = apart
        assert self.ones.setdefault(key, one) == one
        return key


RARE = (Sort.FAILS, Sort.TIME, Sort.LEAVES)


@pytest.mark.parametrize(
    ("text", "has_all"),
    [
        (WITHDRAWN, True),
        (PASSED_ON, True),
        (PRIVATE, False),
        (BOTH, False),
        (VERBAL, False),
    ],
)
def test_states_that_differ_in_what_matters_no_more_go_on_alike(
    text, has_all, monkeypatch
):
    """Whatever can happen in one can happen in the other, and leads to the same."""

    flow = flow_of(text)
    each, once = Twofold(flow), Explorer(flow, copies=False)

    def known(stage, _):
        found = choices(stage, each.known)
        return [c for c in found if has_all or c.sort not in RARE]

    monkeypatch.setattr("eslflow.check.explore.choices", known)
    for explorer in (each, once):
        unmeasured(explorer.run)
    goes_on = {}
    for state in each.states:
        found = {(m.choice, each.ones[each._keys[m.to]], m.meets) for m in state.moves}
        one = each.ones[each._keys[state.number]]
        assert goes_on.setdefault(one, found) == found
    assert goes_on == moves_of(once)
    assert len(once.states) < 0.8 * len(each.states)
    assert each.visited == once.visited


def said_in(text, *done):
    flow = flow_of(text)
    stage = call_of(flow, *done)
    return said(stage, Looks(flow).named(stage.engine.live.step))


ALONE = f"""\
{HEAD % "evidence: {basis: consent}"}
steps:
  ask:
{ASK}
  also:
{ASK.replace("training", "evidence")}
  talk: {{announce: welcome, record: on}}
  last: {{announce: welcome}}
"""
ALONE = ALONE.replace(
    "  quality: {basis: legitimate_interests, on_withdrawal: keep}\n", ""
)
YES, NO = ("presses/1", "kept"), ("presses/2",)
NOTHING = ((), frozenset())


def test_once_nobody_asks_any_more_names_and_how_many_they_are_count_no_more():
    only = said_in(ALONE, *YES, *NO)
    assert only == said_in(ALONE, *NO, *YES) == said_in(ALONE, *YES, *YES)
    assert only != said_in(ALONE, *NO, *NO) == NOTHING


def test_as_long_as_somebody_asks_names_count():
    yes, no = said_in(ALONE, *YES), said_in(ALONE, *NO)
    assert len(yes[0]) == len(no[0]) == 1
    # What was asked before is spoken of no more.
    assert (len(yes[1]), no[1]) == (1, frozenset())
    assert said_in(ALONE) != no


def test_what_a_file_was_begun_for_counts():
    begun = said_in(ALONE, *YES, *NO, "recorder/start does")
    assert begun != said_in(ALONE, *YES, *NO)
    over = said_in(
        ALONE, *YES, *NO, "recorder/start does", "played", "recorder/stop does"
    )
    assert over not in (begun, NOTHING)
    assert over == ((), frozenset({(True, (True, True, False, False, (), (), False))}))


def test_what_nobody_can_take_back_is_none_of_what_somebody_can():
    duty = ALONE.replace("evidence: {basis: consent}", "evidence: {basis: contract}")
    duty = duty.replace(ASK.replace("training", "evidence"), "    announce: welcome\n")
    both, duty_alone = said_in(duty, *YES, "played"), said_in(duty, *NO, "played")
    assert (len(both[1]), len(duty_alone[1])) == (2, 1)


def test_files_are_told_by_how_they_stand_and_which_is_the_last():
    stage = call_of(flow_of(ALONE), *YES, *NO, "recorder/start does")
    assert files(stage) == ((True, False, False, False, True),)
    stage.switch.running["/recordings/another.wav"] = True
    stage.switch.running["/recordings/a third.wav"] = True
    # Of those that stand alike, one is as good as two.
    assert files(stage)[1:] == ((False, True, False, False, False),)


def test_of_a_file_about_which_nothing_can_be_done_nothing_else_counts():
    stage = call_of(flow_of(ALONE), *YES, *NO, "recorder/start does")
    (path,) = stage.switch.running
    stage.observer.failed = stage.observer.given_up = frozenset((path,))
    assert files(stage) == ((True, False, True, True, False),)
    stage.switch.running[path] = True
    assert files(stage) == ((True, False, True, True, False),)


def test_where_nothing_is_recorded_any_more_it_makes_no_difference_for_what():
    stage = call_of(flow_of(ALONE), *YES, *NO, "recorder/start does")
    named = Looks(stage.plan.flow).named(stage.engine.live.step)
    rights = (True, True, False, False, (), (), False)
    assert said(stage, named, never=True) == ((), frozenset({(True, rights)}))
    assert said(stage, named) != said(stage, named, never=True)


def test_what_a_file_was_begun_for_that_cannot_be_stopped_counts_no_more():
    stage = call_of(flow_of(ALONE), *YES, *NO, "recorder/start does")
    named = Looks(stage.plan.flow).named(stage.engine.live.step)
    before = said(stage, named)
    stage.engine.live.recorder.segment.is_stuck = True
    assert said(stage, named) != before


def test_what_is_asked_for_counts_where_it_can_be_taken_back():
    asking = call_of(flow_of(ALONE))
    named = Looks(asking.plan.flow).named(asking.engine.live.step)
    before = said(asking, named)
    asking.engine.live.consents.kept("training", State.EXPIRED)
    assert said(asking, named) == before
    stage = call_of(flow_of(WITHDRAWN))
    named = Looks(stage.plan.flow).named(stage.engine.live.step)
    before = said(stage, named)
    stage.engine.live.consents.kept("quality", State.EXPIRED)
    assert said(stage, named) != before


def test_of_a_call_that_is_over_it_counts_what_is_still_to_be_written():
    stage = call_of(flow_of(ALONE), *YES, "presses/1", "hang up")
    assert said(stage, (), never=True) == (
        (),
        frozenset({(True, (False, False, False, False, (), (False, 0), False))}),
    )
