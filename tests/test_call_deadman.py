"""The dead-man: who masks when nobody is there to mask."""

from dataclasses import replace

import pytest

from eslflow.call import deadman
from eslflow.call.commands import Alarm, Api
from eslflow.call.events import (
    HungUp,
    Offered,
    RecordStarted,
    RecordStopped,
    TimedOut,
    Wished,
)
from eslflow.call.live import Live
from eslflow.call.moves import MASKED_WITHIN_S
from eslflow.call.recorder import ALONE_S
from eslflow.call.recording import Recording
from eslflow.call.wishes import Want, Wish
from eslflow.wire.terms import ApiCommand
from tests.playbook import Playbook, site_for
from tests.steps_of import flow
from tests.test_call_moves import LAW, PATH, SECRET, TWO, UNMASK

AFTER_S = 30
MASKING = f"uuid_record 4c1b-9 mask {PATH}"
HERS = Wish(Want.MASKED, "token page")


def puts(number):
    """Return the command that puts the n-th mask on the agenda."""
    arg = f"+{AFTER_S} eslflow-4c1b-9-{number % 2} {MASKING}"
    return Api(ApiCommand.SCHED_API, arg, timeout_s=2.0)


def strikes(number, waits=True):
    """Return the command that strikes it off."""
    arg = f"eslflow-4c1b-9-{number % 2}"
    return Api(ApiCommand.SCHED_DEL, arg, waits, 2.0 if waits else None)


def running(call):
    """Let the recording run; the dead-man's first mask is on the agenda."""
    begins(call)
    call.answers(puts(1), "+OK Added: 7")


def begins(call):
    """Let the recording begin; the dead-man was asked for right behind it."""
    start, put = call.skips()[-2:]
    assert (start.arg.split(" ")[1], put) == ("start", puts(1))
    call.when(RecordStarted(PATH))
    call.answers(start)
    call.skips()


def renewed(call, number, deleted=1):
    """Let a third of the time pass: a new mask is put on, the old one struck off."""
    call.passes(AFTER_S / 3)
    call.expects(puts(number))
    call.answers(puts(number), "+OK Added: 8")
    call.expects(strikes(number - 1))
    call.answers(strikes(number - 1), f"+OK Deleted: {deleted}")


def test_a_mask_is_put_on_the_agenda_and_put_off_again_and_again():
    with Playbook(SECRET, on_guard=True) as call:
        running(call)
        for number in (2, 3, 4):
            renewed(call, number)


def test_a_start_that_fails_strikes_it_off():
    with Playbook(SECRET, on_guard=True) as call:
        start, _ = call.skips()[-2:]
        call.answers(puts(1), "+OK Added: 7")
        call.answers(start, "-ERR no")
        call.expects(start)
        call.answers(start, "-ERR no")
        assert strikes(1, waits=False) in call.skips()
        call.passes(AFTER_S)
        call.expects()


def test_a_masked_recording_needs_none():
    with Playbook(SECRET, on_guard=True) as call:
        running(call)
        call.when(Wished(1, HERS))
        mask = call.skips()[-1]
        call.answers(mask)
        assert strikes(1, waits=False) in call.skips()
        call.passes(AFTER_S)
        call.expects()


def test_a_controller_that_was_late_unmasks_again():
    with Playbook(SECRET, on_guard=True) as call:
        running(call)
        call.when(Wished(1, Wish(Want.ON, "token page")))
        call.skips()
        renewed(call, 2, deleted=0)
        call.expects(strikes(2, waits=False))
        assert call.engine.live.recorder.state is Recording.MASKED
        call.passes(ALONE_S)
        call.expects(UNMASK)
        call.answers(UNMASK)
        call.expects(puts(1))
    row = call.kept[-1]
    # Whoever asked for something before, has not asked for this.
    assert (row.action, row.reason, row.verified) == ("unmask", "step", True)


def test_its_masking_is_kept_with_the_first_moment_it_may_have_been():
    with Playbook(SECRET, on_guard=True) as call:
        put_at = call.now
        running(call)
        # A controller that hung comes to its timer late.
        (token,) = call._timers
        call.when(TimedOut(token), 60)
        call.expects(puts(2))
        call.answers(puts(2), "+OK Added: 8")
        call.expects(strikes(1))
        call.answers(strikes(1), "+OK Deleted: 0")
        call.skips()
        found = call.kept[-1]
    assert (found.action, found.reason, found.verified) == ("mask", "dead man", True)
    # The switch counts whole seconds: it may be one early.
    assert found.asked_at == put_at + (AFTER_S - 1) * 1_000_000


def test_its_masking_that_is_noticed_at_once_is_not_to_come():
    with Playbook(SECRET, on_guard=True) as call:
        running(call)
        renewed(call, 2, deleted=0)
        call.skips()
        found = call.kept[-1]
    assert found.asked_at == found.at


def test_what_the_switch_does_not_take_is_told_once():
    with Playbook(SECRET, on_guard=True) as call:
        begins(call)
        call.answers(puts(1), "-ERR no")
        call.expects(
            Alarm("the switch does not take the dead-man's mask on its agenda")
        )
        call.passes(AFTER_S / 3)
        call.expects(puts(2))
        call.passes(2)
        call.expects(strikes(1))
        call.answers(strikes(1), "+OK Deleted: 0")
        assert call.engine.live.recorder.state is Recording.ON


def test_the_end_of_the_file_strikes_it_off():
    with Playbook(SECRET, on_guard=True) as call:
        running(call)
        call.when(RecordStopped(PATH, 100))
        assert strikes(1, waits=False) in call.skips()


def test_the_end_of_the_call_strikes_it_off():
    with Playbook(SECRET, on_guard=True) as call:
        running(call)
        call.when(HungUp("NORMAL_CLEARING"))
        call.expects(strikes(1, waits=False))


@pytest.mark.parametrize("controlled", [False, True])
def test_only_who_can_be_masked_needs_it(controlled):
    site = replace(site_for(TWO), is_controlled=controlled)
    with Playbook(TWO, site=site, on_guard=True) as call:
        live: Live = call.engine.live
        assert (puts(1) in call.skips()) is controlled
        assert deadman.is_needed(live) is controlled
    plain = flow("a: {announce: welcome}", LAW)
    with Playbook(plain, site=replace(site_for(plain), is_controlled=True)) as call:
        assert not deadman.is_needed(call.engine.live)
        call.skips()


def test_who_was_masked_once_may_be_masked_again():
    with Playbook(TWO, on_guard=True) as call:
        start = call.skips()[-1]
        call.when(RecordStarted(PATH))
        call.answers(start)
        call.skips()
        call.when(Wished(1, Wish(Want.ON, "cli")))
        assert puts(1) in call.skips()


def test_an_agents_key_is_a_way_to_mask():
    keys = flow(
        "a: {announce: welcome, record: on}",
        f"{LAW}recording: {{agent_keys: {{1: mask, 2: unmask}}, dead_man: 9s}}\n",
    )
    with Playbook(keys, on_guard=True) as call:
        assert call.skips()[-1].arg.startswith("+9 eslflow-4c1b-9-1 uuid_record")


def test_it_leaves_a_mask_alone_that_is_being_asked_for():
    with Playbook(SECRET, on_guard=True) as call:
        running(call)
        call.passes(AFTER_S / 3)
        call.expects(puts(2))
        call.answers(puts(2), "+OK Added: 8")
        call.expects(strikes(1))
        call.when(Wished(1, HERS))
        (mask,) = call.skips()
        call.answers(strikes(1), "+OK Deleted: 0")
        assert call.engine.live.recorder.state is Recording.ON
        call.answers(mask)
        assert call.engine.live.recorder.state is Recording.MASKED
        assert mask.timeout_s == MASKED_WITHIN_S
        call.skips()


def test_where_somebody_is_never_recorded_nobody_may_be_left_unwatched():
    rules = "recording: {never_record: [1999]}\n"
    plain = flow("q: {queue: support, record: on}", LAW)
    barred = flow("q: {queue: support, record: on}", LAW + rules)
    for found, is_one in ((plain, False), (barred, True)):
        live = Live(Offered("u"), found, site_for(found), 1)
        assert deadman.is_needed(live) is is_one
