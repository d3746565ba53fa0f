"""What is wanted of a recorder: every order of events, on switches of every manner."""

from hypothesis import given, settings
from hypothesis import strategies as st

from eslflow.call.engine import Engine
from eslflow.call.events import (
    Bridged,
    Held,
    Offered,
    Parked,
    RecordStarted,
    RecordStopped,
    Unbridged,
    Wished,
)
from eslflow.call.recorder import GUARD_S, Recorder
from eslflow.call.recording import Recording, Segment
from eslflow.call.records import RecordingBegun, RecordingEnded
from eslflow.call.wishes import Want, Wish
from eslflow.flow.model import Record
from tests.model_switch import Manner, ModelSwitch
from tests.playbook import START, Playbook, site_for
from tests.steps_of import flow

LAW = """\
flow: test
purposes:
  duty: {basis: legal_obligation}
prompts:
  welcome: Welcome.
"""
OPEN = f"{LAW}recording: {{outside: record}}\n"
QUESTION = """\
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
"""
FLOW = flow(
    f"{QUESTION}"
    "talk: {announce: welcome, record: on}\n"
    "card: {announce: welcome, record: masked}\n"
    "after: {announce: welcome, record: on}\n"
    "quiet: {announce: welcome}\n"
    "queue: {queue: support, record: on, from: answer, answered: desk}\n"
    "desk: {queue: desk, type: fifo, record: on, answered: more}\n"
    "more: {announce: welcome, record: on, next: card}\n"
)
WISHES = [
    Wish(Want.MASKED, "page"),
    Wish(Want.MASKED, "page", for_s=2.0),
    Wish(Want.MASKED, "key 1001", hand="agent"),
    Wish(Want.ON, "page"),
    Wish(Want.ON, "cli", is_master=True),
    Wish(Want.OFF, "cli"),
]
HAPPENINGS = st.one_of(
    st.just("speaks"),
    st.just("ends_app"),
    st.sampled_from(["press 1", "press 2", "press 7"]),
    st.sampled_from(["commits", "fails"]),
    st.sampled_from(WISHES),
    st.sampled_from([0.02, 0.06, 0.5, 1.0, 2.0, 12.0]),
    st.sampled_from(
        [
            Bridged("b-1", "1001"),
            Unbridged(),
            Parked(),
            Held(True, is_callers=True),
            Held(False, is_callers=True),
            Held(True, is_callers=False),
            Held(False, is_callers=False),
        ]
    ),
)
AGREED = ["press 1", "commits", "speaks", "speaks"]
STORIES = st.one_of(
    st.lists(HAPPENINGS, max_size=50),
    st.lists(HAPPENINGS, max_size=50).map(lambda story: AGREED + story),
)


class Told:
    """What a person would say may be heard now, from what has happened alone."""

    def __init__(self, switch):
        self.switch = switch
        self.hands = set()
        self.is_forbidden = False
        self.silent_until = START

    def hears(self, what):
        if not isinstance(what, Wish):
            return
        if what.want is Want.MASKED:
            self.hands.add(what.owner)
        elif what.want is Want.OFF:
            self.is_forbidden = True
        else:
            self.hands = set() if what.is_master else self.hands - {what.owner}

    @property
    def wants_silence(self):
        step = FLOW.steps[self.switch.engine.live.step]
        is_on = step.record is Record.ON and not self.is_forbidden
        return not is_on or bool(self.hands)


def model_of(manners):
    offered = Offered("4c1b-9", caller="+4930123", called="support")
    switch = ModelSwitch(Engine(offered, FLOW, site_for(FLOW), START), START)
    switch.manners = manners
    switch.begin()
    return switch


def happens(switch, what):
    if isinstance(what, Wish):
        switch.handle(Wished(len(switch.answers) + 1, what))
    elif isinstance(what, float):
        switch.passes(what)
    elif not isinstance(what, str):
        switch.handle(what)
    elif what in ("commits", "fails"):
        if switch.kept_due:
            switch.commits(what == "commits")
    elif what.startswith("press"):
        switch.ends_app(what[-1])
    else:
        getattr(switch, what)()


def promises_hold(switch):
    """Nothing is recorded without a grant on disk; what is said to be masked, is."""
    assert switch.is_granted or not switch.running
    if switch.believed is Recording.MASKED:
        assert not switch.is_audible
    for answer in switch.answers:
        if answer.answered.recording == "masked":
            assert answer.answered.until >= 0


@settings(max_examples=300, deadline=None)
@given(STORIES)
def test_an_honest_switch_records_what_was_agreed_and_nothing_else(story):
    switch = model_of([])
    told = Told(switch)
    for what in story:
        told.hears(what)
        happens(switch, what)
        promises_hold(switch)
        while switch.pending:
            switch.speaks()
            promises_hold(switch)
        assert not (told.wants_silence and switch.is_audible)
    finished(switch)


def finished(switch):
    """Every file that was begun has ended, once."""
    switch.ends()
    begun = [row.id for row in switch.rows if isinstance(row, RecordingBegun)]
    ended = [row.id for row in switch.rows if isinstance(row, RecordingEnded)]
    assert sorted(begun) == sorted(ended) == sorted(set(begun))
    assert switch.engine.is_over


TRUE_ABOUT_MASKS = [manner for manner in Manner if manner is not Manner.LIES]


@settings(max_examples=300, deadline=None)
@given(
    STORIES,
    st.lists(st.sampled_from(TRUE_ABOUT_MASKS), max_size=20),
)
def test_a_switch_that_fails_records_nothing_without_a_grant(story, manners):
    switch = model_of(manners)
    for what in story:
        happens(switch, what)
        promises_hold(switch)
    finished(switch)


@settings(max_examples=200, deadline=None)
@given(
    STORIES,
    st.lists(st.sampled_from(Manner), max_size=20),
)
def test_whatever_the_switch_says_no_recording_precedes_its_grant(story, manners):
    switch = model_of(manners)
    for what in story:
        happens(switch, what)
        assert switch.is_granted or not switch.running
    finished(switch)


@settings(max_examples=200, deadline=None)
@given(STORIES)
def test_an_unmask_is_wanted_and_waits_for_its_guard(story):
    switch = model_of([])
    told = Told(switch)
    for what in story:
        was_silent, before = told.wants_silence, len(switch.unmasked_at)
        told.hears(what)
        happens(switch, what)
        while switch.pending:
            switch.speaks()
        if was_silent or told.wants_silence:
            told.silent_until = switch.now
        for at in switch.unmasked_at[before:]:
            assert not told.wants_silence
            assert at - told.silent_until >= GUARD_S * 1e6


def test_what_the_switch_masked_by_itself_is_kept_once():
    with Playbook(flow("a: {announce: welcome, record: on}", LAW)) as call:
        live = call.engine.live
        recorder = live.recorder
        assert recorder.was_masked(live) == ()
        start = call.skips()[-1]
        call.when(RecordStarted(recorder.segment.path))
        call.answers(start)
        call.skips()
        (row,) = recorder.was_masked(live)
        assert (row.action, row.reason, row.asked_at) == ("mask", "dead man", 0)
        assert recorder.state is Recording.MASKED
        assert recorder.was_masked(live) == ()
        ended, stop = recorder.ends_unseen(live)
    assert (ended.cause, stop.reason) == ("no RECORD_STOP", "switch")
    assert recorder.state is Recording.OFF


def test_a_hold_of_the_caller_is_a_gap_and_that_of_an_agent_is_none():
    with Playbook(flow("q: {queue: support, record: on, from: answer}", OPEN)) as call:
        start = call.skips()[-1]
        segment = call.engine.live.recorder.segment
        call.when(RecordStarted(segment.path))
        call.when(Held(True, is_callers=True))
        call.answers(start)
        call.skips()
        call.when(Bridged("b-1", "1001"))
        began = call.now
        call.skips()
        call.when(Held(True, is_callers=False))
        call.when(Held(True, is_callers=True))
        call.when(Held(False, is_callers=True))
        assert segment.gaps == [f"{began + 2_000_000}-{began + 3_000_000}"]
        call.when(Held(True, is_callers=True))
        call.when(Unbridged())
        call.when(Held(False, is_callers=True))
        assert segment.parted_at


def test_a_file_that_waits_for_an_agent_ends_where_the_step_has_none():
    steps = "q: {queue: x, record: on, from: answer, answered: bye}\n"
    steps += "bye: {announce: welcome, record: on}"
    with Playbook(flow(steps, LAW)) as call:
        start = call.skips()[-1]
        first = call.engine.live.recorder.segment
        call.when(RecordStarted(first.path))
        call.answers(start)
        call.done(call.skips()[-1], cc_cause="answered")
        call.when(Bridged("b-1", "1001"))
        call.skips()
        call.when(Parked())
        (stop,) = call.skips()
        assert f"stop {first.path}" in stop.arg
        call.when(RecordStopped(first.path, 1000))
        call.answers(stop)
        start = call.skips()[-1]
        assert "/4c1b-9-2.wav" in start.arg
        assert "BRIDGE_REQ" not in start.arg


def test_a_fifo_pauses_what_is_recorded_while_the_caller_waits():
    waits = "q: {queue: desk, type: fifo, record: on}"
    with Playbook(flow(waits, LAW)) as call:
        recorder = call.engine.live.recorder
        start = call.skips()[-1]
        call.when(RecordStarted(recorder.segment.path))
        call.answers(start)
        call.skips()
        assert recorder.segment.parted_at == call.now
        call.when(RecordStarted("/another.wav"))
        call.when(Bridged("b-1", "1001"))
        call.skips()
        assert recorder.segment.parted_at == 0


def test_a_pause_before_there_is_a_file_pauses_nothing():
    recorder = Recorder()
    recorder.pause(1)
    assert recorder.segment is None


def test_what_has_failed_and_a_mask_without_an_end_are_nothing_to_wait_for():
    recorder = Recorder()
    assert (recorder.is_at_rest, recorder.is_idle) == (True, True)
    recorder.masks = {"page": 0}
    assert (recorder.is_at_rest, recorder.is_idle) == (True, False)
    recorder.masks = {"page": START}
    assert not recorder.is_at_rest
    recorder.masks, recorder.state = {}, Recording.FAILED
    assert (recorder.is_at_rest, recorder.is_idle) == (True, False)
    recorder.wanted = Record.ON
    assert not recorder.is_at_rest


def test_a_file_that_could_not_be_stopped_may_still_run():
    recorder = Recorder()
    recorder.segment = Segment("4c1b-9-1", "/r/4c1b-9-1.wav")
    assert not recorder.is_left_running
    recorder.get_stuck("the switch did not stop it")
    assert recorder.is_left_running
    assert recorder.why == "the switch did not stop it"


def ended(starts_at, stops_at, stop_heard_s, skew_s=0):
    """Return the row of a file; the switch's clock is ahead, its stop is heard late."""
    with Playbook(flow("q: {announce: welcome, record: on}", LAW)) as call:
        (start,) = (said for said in call.skips() if " start " in said.arg)
        path = call.engine.live.recorder.segment.path
        began = call.now

        def told(at_s):
            return at_s and began + round((at_s + skew_s) * 1e6)

        call.when(RecordStarted(path, at=told(starts_at)))
        call.answers(start)
        call.skips()
        call.now = began + round(stop_heard_s * 1e6)
        call.when(RecordStopped(path, 8000, at=told(stops_at)))
        call.skips()
        rows = [row for row in call.kept if isinstance(row, RecordingEnded)]
        return (rows[-1].stopped_at - rows[-1].started_at) / 1e6


def test_a_stop_that_is_heard_late_is_dated_by_what_the_switch_says():
    assert ended(0.001, 9, 19) == 8.999
    assert ended(0.001, 9, 19, skew_s=-3000) == 8.999
    # It cannot have ended later than that was heard, nor before it began.
    assert ended(0.001, 60, 9) == ended(0.001, 0, 9) == 9
    assert ended(5, 3, 9) == 0
    # Without its start there is nothing that it could be held against.
    assert ended(0, 5, 9) == 10


def test_a_start_that_nobody_told_of_was_when_it_was_asked_for():
    with Playbook(flow("q: {announce: welcome, record: on}", LAW)) as call:
        (start,) = (said for said in call.skips() if " start " in said.arg)
        segment, asked_at = call.engine.live.recorder.segment, call.now
        call.answers(start)
        call.now += 1_000_000
        call.when(RecordStarted(segment.path))
        call.skips()
        assert segment.started_at == segment.audio_at == asked_at
        # Its event comes late, after all: it began when it did.
        call.when(RecordStarted(segment.path, at=7))
        assert (segment.started_at, segment.told_at) == (asked_at, 0)
