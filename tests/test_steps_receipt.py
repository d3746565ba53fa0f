"""A receipt is read out, digit by digit."""

from eslflow.call.commands import Execute, Tell
from eslflow.call.events import Executed, LegEnded, Offered
from eslflow.call.live import Live
from eslflow.call.receipt import receipt_of
from eslflow.steps.receipt import read_out
from eslflow.wire.terms import App
from tests.playbook import SOUNDS, site_for
from tests.steps_of import flow

FLOW = flow(
    """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
      receipt: true
    """
)
CODE = receipt_of("u-1")


def said(answers, leg="", missing=()):
    live = Live(Offered("u-1", is_answered=True), FLOW, site_for(FLOW, missing), 7)
    live.hears = []
    road, found, value = read_out(live, leg), [], None
    answers = iter(answers)
    while True:
        try:
            command = road.send(value)
        except StopIteration as end:
            return [*live.hears, *found], end.value
        value = None
        found.append(command)
        if isinstance(command, Execute):
            value = next(answers, Executed("m", "FILE PLAYED"))


def played(words):
    return [Execute(App.PLAYBACK, f"{SOUNDS}/_receipt/en/{word}.wav") for word in words]


def test_the_code_is_said_twice():
    found, is_done = said([])
    assert found[0] == Tell(f"reads out the receipt {CODE}")
    assert found[1:] == played(["code", *CODE, "again", *CODE])
    assert is_done


def test_nobody_is_told_half_a_code_as_if_it_were_whole():
    found, is_done = said(
        [Executed("m", "FILE PLAYED"), Executed("m", "FILE NOT FOUND")]
    )
    assert [c for c in found if isinstance(c, Execute)] == played(["code", CODE[0]])
    assert not is_done
    _, is_done = said([], missing=("_receipt/en/again.wav",))
    assert not is_done


def test_a_called_party_who_hangs_up_hears_no_more():
    found, is_done = said([LegEnded("b-1")], leg="b-1")
    assert [c.leg for c in found if isinstance(c, Execute)] == ["b-1"]
    assert not is_done
