"""A tone for the agent while a mask holds on that nobody has renewed."""

from eslflow.call.commands import Api
from eslflow.call.events import Bridged, HungUp, RecordStarted, Unbridged, Wished
from eslflow.call.reminder import EVERY_S
from eslflow.call.wishes import Want, Wish
from eslflow.wire.terms import ApiCommand
from tests.playbook import Playbook
from tests.steps_of import flow
from tests.test_call_moves import LAW, MASK, OPEN, PATH, bugs

TONE = Api(
    ApiCommand.UUID_DISPLACE,
    "b-1 start tone_stream://%(250,0,440) 1 mux",
    waits=False,
)
HERS = Wish(Want.MASKED, "token page", for_s=10)


def settles(call):
    """Let the switch answer everything that it is asked; return what was said."""
    said = []
    while new := call.skips():
        said += new
        for command in new:
            if isinstance(command, Api) and command.waits:
                is_look = command.command is ApiCommand.UUID_BUGLIST
                call.answers(command, bugs(PATH) if is_look else "+OK Success")
    return said


def masked(call):
    """Record a talk, and mask it for ten seconds."""
    start = call.skips()[-1]
    call.when(RecordStarted(PATH))
    call.answers(start)
    call.done(call.skips()[-1], cc_cause="answered")
    call.when(Bridged("b-1", "1001"))
    settles(call)
    call.passes(1)
    settles(call)
    call.when(Wished(1, HERS))
    assert MASK in settles(call)


def tones(call):
    return [command for command in settles(call) if command == TONE]


def test_the_agent_hears_a_tone_again_and_again():
    with Playbook(flow("q: {queue: support, record: on}", LAW)) as call:
        masked(call)
        call.passes(9)
        assert tones(call) == []
        call.passes(1)
        assert tones(call) == [TONE]
        call.passes(EVERY_S)
        assert tones(call) == [TONE]
        # Renewed, it is as it should be.
        call.when(Wished(2, HERS))
        call.skips()
        call.passes(5)
        call.expects()


def test_without_an_agent_nobody_is_reminded():
    waits = "q: {queue: support, record: on, from: answer}"
    with Playbook(flow(waits, OPEN)) as call:
        masked(call)
        call.when(Unbridged())
        call.passes(60)
        assert tones(call) == []
        call.when(Bridged("b-1", "1001"))
        assert tones(call) == [TONE]
        call.when(HungUp("NORMAL_CLEARING"))
        call.passes(EVERY_S)
        assert tones(call) == []
