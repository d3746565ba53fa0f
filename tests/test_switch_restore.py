"""Live state out of the ledger."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from eslflow.call.engine import Engine
from eslflow.call.live import Site
from eslflow.call.recorder import GUARD_S
from eslflow.call.recording import Recording
from eslflow.call.records import STEP, State
from eslflow.cli.books import SiteBooks
from eslflow.flow.model import From, Record
from eslflow.ledger.writer import Ledger, write
from eslflow.sim.clock import SimulatedClock
from eslflow.switch.restore import restored
from eslflow.wire.terms import RecordAction
from tests.model_switch import ModelSwitch
from tests.steps_of import flow
from tests.test_call_recorder import AGREED, WISHES, Told, happens, model_of
from tests.test_call_recorder import FLOW as SPOKEN

FLOW = flow(
    """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
    talk: {queue: support, record: on}
    late: {queue: support, record: on, from: answer}
    pay: {queue: pay, record: masked}
    """
)
SITE = Site("/r")
NOW = 1_800_000_000_000_000
PATH = "/r/u-1.wav"
MASK, UNMASK = RecordAction.MASK, RecordAction.UNMASK


def act(what, reason="step", step="talk", at=20, name="u-1"):
    return {
        "recording_id": name, "action": str(what), "reason": reason, "step": step,
        "at": at, "asked_at": at, "verified": True,
    }  # fmt: skip


def wish(want, hand="token x", at=30, ends_at=0, step="talk", is_master=0):
    return {
        "want": want, "hand": hand, "who": hand, "at": at, "ends_at": ends_at,
        "step": step, "is_master": is_master,
    }  # fmt: skip


def restore(
    *actions,
    path=PATH,
    recordings=("u-1",),
    step="talk",
    state="granted",
    wishes=(),
    now=NOW,
    **told,
):
    kept = {
        "call": {"uuid": "u", "caller": "+49", "called": "100", "offered_at": 5},
        "choices": [
            {"purpose": "training", "state": "requested", "reason": ""},
            {"purpose": "training", "state": state, "reason": ""},
            {"purpose": "gone", "state": "granted", "reason": ""},
        ],
        "recordings": [
            {
                "id": name,
                "path": f"/r/{name}.wav",
                "step": step,
                "asked_at": 10,
                "purposes": "training",
                **told,
            }
            for name in recordings
        ],
        "recording_actions": list(actions),
        "wishes": list(wishes),
    }
    return restored(kept, path, FLOW, SITE, now)


def test_a_call_is_as_it_was_offered():
    live = restore()
    offered = live.offered
    assert (offered.uuid, offered.caller, offered.called) == ("u", "+49", "100")
    assert (live.offered_at, live.now) == (5, NOW)
    assert live.was_bridged
    assert live.consents.permitting() == ("training",)


def test_a_call_of_which_little_is_kept_is_restored_too():
    live = restored(
        {"call": {"uuid": "u"}, "choices": [], "recordings": [],
         "recording_actions": [], "wishes": []}, PATH, FLOW, SITE, NOW,
    )  # fmt: skip
    assert (live.offered.caller, live.offered_at) == ("", NOW)
    assert live.recorder.state is Recording.OFF


def test_a_withdrawn_grant_permits_nothing():
    assert restore(state="withdrawn").consents.permitting() == ()


def test_a_file_is_for_the_purposes_that_it_was_begun_for():
    live = restore(act(RecordAction.START, at=12))
    assert live.recorder.segment.purposes == ("training",)


def test_a_recording_is_on_since_its_start():
    live = restore(act(RecordAction.START, at=12))
    recorder = live.recorder
    assert (recorder.state, recorder.wanted) == (Recording.ON, Record.ON)
    assert (recorder.segment.id, recorder.segment.path) == ("u-1", PATH)
    assert recorder.segment.started_at == recorder.segment.audio_at == 12
    # What was cut out while another controller was there is known to nobody.
    assert recorder.segment.gaps == [f"12?{NOW}"]
    assert recorder.due(live) is None
    assert live.step == "talk"


def test_what_was_cut_out_before_a_socket_was_lost_is_known():
    told = {"audio_at": 14, "gaps": "20-30 40-50", "stopped_at": 60}
    segment = restore(act(RecordAction.START, at=12), **told).recorder.segment
    assert (segment.started_at, segment.audio_at) == (12, 14)
    assert segment.gaps == ["20-30", "40-50", f"60?{NOW}"]


def test_a_recording_whose_start_was_not_kept_is_on_since_it_was_asked_for():
    assert restore().recorder.segment.started_at == 10


def test_the_moment_is_that_of_its_step():
    assert restore(step="late").recorder.segment.moment is From.ANSWER
    assert restore(step="no more").recorder.segment.moment is From.STEP


def test_files_are_numbered_on_from_the_highest():
    live = restore(recordings=("u-1", "u-12", "odd"))
    assert live.recorder.segments == 12
    assert live.recorder.segment.path == PATH


@pytest.mark.parametrize("who", ["token x", "agent", "token x, agent"])
def test_somebodys_mask_holds_and_is_asked_for_again(who):
    live = restore(act(MASK, who), act(MASK, name="u-2"))
    recorder = live.recorder
    assert recorder.state is Recording.MASKED
    assert list(recorder.masks) == who.split(", ")
    assert recorder.was_wished
    assert recorder.wanted is Record.ON
    assert recorder.due(live) is MASK


def test_a_steps_mask_holds_in_its_step():
    live = restore(act(MASK, step="pay"))
    assert live.recorder.wanted is Record.MASKED
    assert live.step == "pay"
    assert not live.recorder.masks
    assert not live.recorder.was_wished


def test_the_dead_mans_mask_is_nobodys():
    live = restore(act(MASK, "dead man"))
    recorder = live.recorder
    assert recorder.state is Recording.MASKED
    assert not recorder.masks
    assert recorder.target(live) is Recording.ON


def test_a_mask_that_was_taken_back_is_over():
    live = restore(act(MASK, "token x"), act(UNMASK, step="talk"))
    assert live.recorder.state is Recording.ON
    assert live.recorder.was_wished


def test_what_was_to_be_stopped_is_stopped():
    live = restore(act(RecordAction.STOP, "control"))
    assert live.recorder.due(live) is RecordAction.STOP
    live = restore(act(RecordAction.STOP, "control"), act(MASK))
    assert live.recorder.due(live) is RecordAction.STOP


def test_each_who_was_asked_has_their_own_word():
    kept = {
        "call": {"uuid": "u"},
        "choices": [
            {"purpose": "training", "state": state, "reason": "", "party": party}
            for party, state in (("caller", "granted"), ("callee", "refused"))
        ],
        "recordings": [],
        "recording_actions": [],
        "wishes": [],
    }
    live = restored(kept, PATH, FLOW, SITE, NOW)
    assert "training" not in live.consents.permitting()
    assert live.consents.state("training") is State.REFUSED


def test_a_private_call_stays_private():
    live = restore()
    assert not live.recorder.is_forbidden
    kept = {
        "call": {"uuid": "u"},
        "choices": [{"purpose": "", "state": "not_asked", "reason": "private"}],
        "recordings": [],
        "recording_actions": [],
        "wishes": [],
    }
    live = restored(kept, PATH, FLOW, SITE, NOW)
    assert live.recorder.is_forbidden
    assert live.is_private


def test_a_second_mask_that_shows_in_nothing_that_was_done_holds_too():
    page, agent = wish("masked"), wish("masked", "agent", 40)
    recorder = restore(act(MASK, "token x"), wishes=[page, agent]).recorder
    assert recorder.masks == {"token x": 0, "agent": 0}
    live = restore(act(MASK, "token x"), wishes=[page, agent, wish("on", at=50)])
    assert live.recorder.masks == {"agent": 0}
    assert live.recorder.target(live) is Recording.MASKED


def test_a_hold_under_somebodys_mask_holds_when_that_is_taken_back():
    hold = wish("masked", "hold", 40)
    page = wish("masked"), hold, wish("on", at=50)
    live = restore(act(MASK, "token x"), wishes=page)
    assert live.screen.is_held
    assert not live.screen.is_cause  # a secret was said under it, too
    assert live.recorder.target(live) is Recording.MASKED
    live = restore(act(MASK, "hold"), wishes=[hold, wish("on", "hold", 50)])
    assert not live.screen.is_held


def test_a_hold_that_alone_has_masked_is_nobodys_mask():
    live = restore(act(MASK, "hold"))
    assert live.screen.is_held
    assert live.screen.is_cause
    assert not live.recorder.masks


def test_all_masks_that_were_taken_back_at_once_are_over():
    all_ = wish("on", "cli anna", 50, is_master=1)
    live = restore(act(MASK, "token x"), wishes=[wish("masked"), all_])
    assert not live.recorder.masks
    assert live.recorder.target(live) is Recording.ON


def test_a_mask_ends_when_it_would_have_ended():
    timed = wish("masked", at=NOW - 5_000_000, ends_at=NOW + 175_000_000)
    recorder = restore(act(MASK, "token x"), wishes=[timed]).recorder
    assert recorder.masks == {"token x": NOW + 175_000_000}
    assert recorder.until == NOW + 175_000_000
    assert recorder.late_masks(NOW) == []
    assert recorder.late_masks(NOW + 175_000_000) == ["token x"]


def test_a_mask_that_ran_out_while_nobody_was_there_is_late():
    timed = wish("masked", at=NOW - 60_000_000, ends_at=NOW - 1)
    recorder = restore(act(MASK, "token x"), wishes=[timed]).recorder
    assert recorder.late_masks(NOW) == ["token x"]


def test_a_mask_of_the_step_under_somebodys_holds_when_that_is_taken_back():
    page = [act(MASK, "token x", at=30)]
    step = wish("masked", STEP, 40, step="pay")
    live = restore(*page, wishes=[wish("masked", at=29), step, wish("on", at=50)])
    assert live.recorder.wanted is Record.MASKED
    assert live.step == "pay"
    assert live.recorder.target(live) is Recording.MASKED


def test_what_was_done_since_says_what_a_step_wants():
    step = wish("masked", STEP, 40, step="pay")
    live = restore(act(MASK, "token x", at=30), act(UNMASK, at=60), wishes=[step])
    assert live.recorder.wanted is Record.ON
    assert live.step == "talk"


def test_what_somebody_has_stopped_is_stopped_whatever_a_step_wants():
    live = restore(wishes=[wish("off"), wish("on", at=40)])
    assert live.recorder.due(live) is RecordAction.STOP
    stopped = act(RecordAction.STOP, "control", at=20)
    live = restore(stopped, wishes=[wish("on", STEP, 40)])
    assert live.recorder.due(live) is RecordAction.STOP


def left_behind(switch, books):
    """Return what is kept of a call, and the file that its recorder writes."""
    with Ledger(books / "eslflow.db") as ledger:
        write(ledger.path, switch.rows)
    (kept,) = SiteBooks(books / "eslflow.db", books, SimulatedClock()).open_calls()
    return kept, next(iter(switch.running))


def taken_over(switch, kept, path):
    """Return the same switch with a controller that has only what was kept."""
    was = switch.engine.live
    live = restored(kept, path, SPOKEN, was.site, switch.now)
    live.leg, live.agent = was.leg, was.agent
    live.screen.joins(live.leg, is_brought=True)
    engine = Engine(live.offered, SPOKEN, was.site, switch.now)
    other = ModelSwitch(engine, switch.now, running=switch.running, is_granted=True)
    other.take(engine.adopt(live))
    return other


HAPPENS = st.one_of(st.sampled_from(WISHES), st.sampled_from([0.06, 0.5, 2.0]))
BEFORE = st.lists(st.one_of(HAPPENS, st.just("ends_app")), max_size=12)


@settings(max_examples=100, deadline=None)
@given(BEFORE, st.integers(0, 3), st.lists(HAPPENS))
@example(before=[WISHES[0]], unheard=0, later=[0.5])
@example(before=["ends_app"], unheard=0, later=[2.0])
def test_whoever_masks_is_known_to_the_next_controller(before, unheard, later):
    switch = model_of([])
    told = Told(switch)
    for what in (*AGREED, *before):
        told.hears(what)
        happens(switch, what)
        while len(switch.pending) > unheard:
            switch.speaks()
    assume(switch.running and switch.is_granted and not switch.kept_due)
    is_masked = switch.believed is Recording.MASKED and told.wants_silence
    with TemporaryDirectory() as folder:
        kept, path = left_behind(switch, Path(folder))
    assume(
        any(row["path"] == path and row["state"] is None for row in kept["recordings"])
    )
    began = switch.now
    switch = taken_over(switch, kept, path)
    by_step = is_masked and not told.hands
    for what in [0.0, *later]:
        told.hears(what)
        happens(switch, what)
        while switch.pending:
            switch.speaks()
        wants_silence = by_step or told.hands or told.is_forbidden
        assert not (wants_silence and switch.is_audible)
    assert all(at - began >= GUARD_S * 1e6 for at in switch.unmasked_at)
