"""A tone for both parties while they are recorded."""

from dataclasses import replace

from eslflow.call.commands import Api
from eslflow.call.events import Bridged, HungUp, RecordStarted, Unbridged, Wished
from eslflow.call.wishes import Want, Wish
from eslflow.wire.terms import ApiCommand
from tests.playbook import Playbook, site_for
from tests.steps_of import flow
from tests.test_call_moves import MASK, OPEN, PATH
from tests.test_call_reminder import settles

EVERY_S = 15.0


def tone(leg):
    words = f"{leg} start tone_stream://%(200,0,1400) 1 mux"
    return Api(ApiCommand.UUID_DISPLACE, words, waits=False)


def playbook(steps, every_s=EVERY_S):
    told = flow(steps, OPEN)
    return Playbook(told, site=replace(site_for(told), beep_s=every_s))


def begun(call):
    """Let the recording begin."""
    start = call.skips()[-1]
    call.when(RecordStarted(PATH))
    call.answers(start)


def tones(call):
    """Return who hears a tone now."""
    said = [command for command in settles(call) if isinstance(command, Api)]
    return [c.arg.split()[0] for c in said if c.command is ApiCommand.UUID_DISPLACE]


def test_both_hear_it_again_and_again_while_they_are_recorded():
    with playbook("q: {queue: support, record: on}") as call:
        begun(call)
        assert tone("4c1b-9") in call.skips()
        call.when(Bridged("b-1", "1001"))
        settles(call)
        call.passes(1)
        assert tones(call) == []
        for _ in range(3):
            call.passes(EVERY_S)
            assert tones(call) == ["4c1b-9", "b-1"]
        call.when(HungUp("NORMAL_CLEARING"))
        call.passes(EVERY_S)
        assert tones(call) == []


def test_what_is_masked_has_no_tone():
    with playbook("q: {queue: support, record: on}") as call:
        begun(call)
        settles(call)
        call.when(Bridged("b-1", "1001"))
        settles(call)
        call.passes(1)
        settles(call)
        call.when(Wished(1, Wish(Want.MASKED, "token page")))
        assert MASK in settles(call)
        call.passes(10 * EVERY_S)
        assert tones(call) == []
        call.when(Wished(2, Wish(Want.ON, "token page")))
        settles(call)
        # The guard of an unmask is over.
        call.passes(0.1)
        assert tones(call) == ["4c1b-9", "b-1"]


def test_who_waits_for_an_agent_unrecorded_hears_none():
    with playbook("q: {queue: support, record: on, from: answer}") as call:
        begun(call)
        call.skips()
        call.passes(10 * EVERY_S)
        assert tones(call) == []
        call.when(Bridged("b-1", "1001"))
        assert tones(call) == ["4c1b-9", "b-1"]
        call.when(Unbridged())
        call.passes(10 * EVERY_S)
        assert tones(call) == []


def test_a_site_that_wants_none_and_a_flow_that_records_nothing_have_none():
    with playbook("q: {queue: support, record: on}", 0.0) as call:
        begun(call)
        call.skips()
        call.passes(10 * EVERY_S)
        assert tones(call) == []
    with playbook("q: {queue: support}") as call:
        call.skips()
        call.passes(10 * EVERY_S)
        assert tones(call) == []
