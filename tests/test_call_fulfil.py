"""What is asked of a running call's recording, and what is answered, line by line."""

from dataclasses import replace

import pytest

from eslflow.call.commands import Alarm
from eslflow.call.events import Disconnected, Held, HungUp, RecordStarted, RecordStopped
from eslflow.call.moves import STOPS_WITHIN_S
from eslflow.call.recorder import ALONE_S
from eslflow.call.records import RecordingWished
from eslflow.call.wishes import Want, Wish
from eslflow.flow.model import AfterMask, RecordingRules
from tests.playbook import Playbook
from tests.steps_of import flow
from tests.test_call_moves import (
    ANSWER,
    ASK_START,
    ASK_STOP,
    HERS,
    LAW,
    LOOK,
    MASK,
    NUMBER,
    PATH,
    PLAY,
    SECRET,
    TWO,
    UNMASK,
    actions,
    answer,
    asks,
    bugs,
    refusal,
    started,
)


def test_a_mask_is_answered_when_the_switch_has_confirmed_it():
    with Playbook(TWO) as call:
        started(call)
        asks(call, HERS)
        call.expects(MASK)
        call.answers(MASK)
        call.expects(answer("masked"))
        # Asked for again, nothing is sent again.
        asks(call, HERS, 2)
        call.expects(answer("masked", ticket=2))
        asks(call, Wish(Want.ON, "token page"), 3)
        call.passes(ALONE_S)
        call.expects(UNMASK)
        call.answers(UNMASK)
        call.expects(answer("on", ticket=3))
    assert actions(call)[1:] == [
        ("mask", "token page", True),
        ("unmask", "token page", True),
    ]


def test_a_mask_that_the_switch_refuses_is_answered_with_what_holds_instead():
    with Playbook(TWO) as call:
        started(call)
        asks(call, HERS)
        call.expects(MASK)
        call.answers(MASK, "-ERR no")
        call.skips()
        call.when(RecordStopped(PATH, 100))
        call.answers(ASK_STOP)
        # Silence it is, though not the one that was asked for.
        call.expects(answer("off"))


def test_a_recording_that_cannot_be_ended_is_told():
    with Playbook(TWO) as call:
        started(call)
        asks(call, Wish(Want.OFF, "cli"))
        call.expects(ASK_STOP)
        call.passes(STOPS_WITHIN_S)
        call.skips()
        call.passes(STOPS_WITHIN_S)
        call.expects(LOOK)
        call.answers(LOOK, bugs(PATH))
        why = "the switch did not stop it: -no answer within 2 s"
        call.expects(
            Alarm(f"recording may still run: {PATH}"), answer("failed", False, why)
        )
        asks(call, Wish(Want.ON, "cli"), 2)
        why = "the recording was stopped for the rest of the call"
        call.expects(refusal("failed", why, 2))


def test_a_stop_holds_for_the_rest_of_the_call():
    with Playbook(SECRET) as call:
        started(call)
        asks(call, Wish(Want.OFF, "token desk"))
        call.expects(ASK_STOP)
        call.when(RecordStopped(PATH, 100))
        call.answers(ASK_STOP)
        call.expects(answer("off"))
        call.done(PLAY)
        call.expects(PLAY)
        call.done(PLAY)
        call.expects(PLAY)
    assert actions(call)[-1] == ("stop", "token desk", True)


def test_each_takes_back_its_own_mask_only():
    with Playbook(TWO) as call:
        started(call)
        asks(call, HERS)
        call.skips()
        call.answers(MASK)
        call.skips()
        asks(call, Wish(Want.MASKED, "key 1001", hand="agent"), 2)
        call.expects(answer("masked", ticket=2))
        asks(call, Wish(Want.ON, "token page"), 3)
        why = "it is masked by agent"
        call.expects(refusal("masked", why, 3))
        asks(call, Wish(Want.ON, "key 1002", hand="agent"), 4)
        call.passes(ALONE_S)
        call.expects(UNMASK)
        call.answers(UNMASK)
        call.expects(answer("on", ticket=4))
    assert actions(call)[-1] == ("unmask", "key 1002", True)


def test_a_master_takes_back_all_masks():
    with Playbook(TWO) as call:
        started(call)
        asks(call, HERS)
        call.skips()
        call.answers(MASK)
        call.skips()
        asks(call, Wish(Want.ON, "cli", is_master=True), 2)
        call.passes(ALONE_S)
        call.expects(UNMASK)
        call.answers(UNMASK)
        call.expects(answer("on", ticket=2))


@pytest.mark.parametrize(
    ("first", "why"),
    [
        ("a: {announce: welcome}", "is not recorded"),
        ("a: {announce: welcome, record: masked}", "is masked"),
    ],
)
def test_what_the_step_forbids_cannot_be_had(first, why):
    steps = f"{first}\nb: {{announce: welcome, record: on}}"
    with Playbook(flow(steps, LAW)) as call:
        call.expects(ANSWER, PLAY)
        asks(call, Wish(Want.ON, "cli"))
        call.expects(refusal("off", f"step a {why}"))


def test_nobody_can_ask_for_what_the_caller_has_not_agreed_to():
    ask = flow(
        """
        on: {announce: welcome, record: on}
        ask:
          consent: {notice: recording, purpose: training}
          keys: {1: granted, 2: refused}
        """
    )
    with Playbook(ask) as call:
        call.expects(ANSWER, PLAY)
        asks(call, Wish(Want.ON, "cli"))
        call.expects(refusal("off", "nobody has agreed to being recorded"))


def test_what_the_switch_would_not_begin_cannot_be_had_but_is_tried_again():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        call.answers(ASK_START, "-ERR no")
        call.expects(ASK_START)
        call.answers(ASK_START, "-ERR no")
        call.skips()
        asks(call, HERS)
        why = "the switch did not start it: -ERR no"
        call.expects(answer("failed", False, why))
        asks(call, Wish(Want.ON, "token page"), 2)
        again = call.skips()[-1]
        assert "/4c1b-9-2.wav" in again.arg
        call.answers(again, "-ERR no")
        call.expects(again)
        call.answers(again, "-ERR no")
        assert call.skips()[-1] == answer("failed", False, why, ticket=2)


def test_a_mask_while_it_starts_comes_with_the_start():
    with Playbook(TWO) as call:
        call.expects(NUMBER, ASK_START)
        asks(call, HERS)
        call.when(RecordStarted(PATH))
        call.answers(ASK_START)
        call.expects(MASK)
        call.answers(MASK)
        call.expects(ANSWER, PLAY, answer("masked"))


def test_a_mask_that_comes_back_while_it_is_taken_away_holds():
    with Playbook(TWO) as call:
        started(call)
        asks(call, HERS)
        call.skips()
        call.answers(MASK)
        call.skips()
        asks(call, Wish(Want.ON, "token page"), 2)
        call.passes(ALONE_S)
        call.expects(UNMASK)
        asks(call, HERS, 3)
        call.answers(UNMASK)
        call.expects(MASK)
        call.answers(MASK)
        why = "it is masked by token page"
        taken_back = refusal("masked", why, 2)
        call.expects(taken_back, answer("masked", ticket=3))


def test_who_asks_as_the_call_ends_is_told_so():
    with Playbook(TWO) as call:
        started(call)
        asks(call, HERS)
        call.expects(MASK)
        call.when(HungUp("NORMAL_CLEARING"))
        why = "the call is over"
        call.expects(refusal("on", why))
        asks(call, HERS, 2)
        call.expects(refusal("on", why, 2))
        call.when(Disconnected())
        asks(call, HERS, 3)
        call.expects(refusal("on", why, 3))


def timed_mask(call, after):
    """Mask for three minutes, which nobody renews."""
    started(call)
    asks(call, HERS._replace(for_s=180))
    call.expects(MASK)
    call.answers(MASK)
    call.expects(answer("masked", until=call.now + 179_900_000))
    call.passes(179)
    call.expects()
    call.passes(0.9)
    alarm, *then = call.skips()
    assert alarm == Alarm(f"the mask of token page was not renewed in time: {after}")
    return then


def ends(after):
    return replace(TWO, recording=RecordingRules(after_mask=after))


def test_a_mask_that_nobody_renews_stays_unless_the_flow_says_otherwise():
    with Playbook(TWO) as call:
        assert timed_mask(call, "stay") == []
        assert call.engine.live.recorder.is_overdue


def test_a_mask_that_nobody_renews_ends_if_the_flow_says_so():
    with Playbook(ends(AfterMask.UNMASK)) as call:
        assert timed_mask(call, "unmask") == []
        call.passes(ALONE_S)
        call.expects(UNMASK)
        call.answers(UNMASK)
    assert actions(call)[-1] == ("unmask", "token page, not renewed", True)


def test_a_mask_that_nobody_renews_ends_the_recording_if_the_flow_says_so():
    with Playbook(ends(AfterMask.STOP)) as call:
        assert timed_mask(call, "stop") == [ASK_STOP]
        call.when(RecordStopped(PATH, 100))
        call.answers(ASK_STOP)
    assert actions(call)[-1] == ("stop", "token page, not renewed", True)


def test_a_renewed_mask_lasts_from_the_renewal():
    with Playbook(TWO) as call:
        started(call)
        asks(call, HERS._replace(for_s=10))
        call.skips()
        call.answers(MASK)
        call.skips()
        call.passes(8)
        asks(call, HERS._replace(for_s=10), 2)
        call.expects(answer("masked", until=call.now + 10_000_000, ticket=2))
        call.passes(9)
        call.expects()


def test_who_has_the_call_may_be_why_it_is_not_recorded():
    never = flow("q: {queue: s, record: on}", LAW + "recording: {never_record: [1]}\n")
    with Playbook(never) as call:
        call.skips()
        asks(call, Wish(Want.ON, "cli"))
        call.expects(refusal("off", "who has the call is never recorded"))


def test_who_must_not_ask_leaves_no_wish():
    must = flow(
        "on: {announce: welcome, record: on}",
        f"{LAW}recording: {{if_unrecorded: refuse, refusal: welcome}}\n",
    )
    with Playbook(must) as call:
        call.skips()
        asks(call, Wish(Want.OFF, "cli"))
        (told,) = call.skips()
        assert (told.answered.is_done, told.answered.is_refused) == (False, True)
        assert call.rows(RecordingWished) == []


def test_who_asks_for_more_during_a_hold_is_told_of_it():
    never = flow(
        "a: {announce: welcome, record: on}", f"{LAW}recording: {{never_record: [1]}}\n"
    )
    with Playbook(never) as call:
        started(call)
        call.when(Held(True, is_callers=False))
        call.expects(MASK)
        call.answers(MASK)
        asks(call, Wish(Want.ON, "cli"))
        why = "it is masked while the agent has the caller on hold"
        call.expects(refusal("masked", why))


def test_who_asks_for_what_is_told_in_words():
    with Playbook(TWO) as call:
        started(call)
        asks(call, HERS)
        call.skips()
        asks(call, Wish(Want.ON, call.engine.live.agents_key, hand="agent"), 2)
        call.skips()
        assert f"{HERS.by} asks for a mask" in call.told
        assert "agent takes a mask back" in call.told
