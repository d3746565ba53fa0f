"""A key makes the call private: nothing of it is recorded any more."""

import pytest

from eslflow.call import fulfil
from eslflow.call.commands import Alarm, Keep
from eslflow.call.events import (
    Disconnected,
    HungUp,
    Kept,
    KeyPressed,
    Parked,
    RecordStopped,
    Wished,
)
from eslflow.call.records import Choice, RecordingAction
from eslflow.call.wishes import Want, Wish
from tests.playbook import SOUNDS, Playbook
from tests.steps_of import pressed
from tests.talking import is_record, keeps, meets, starts, stops, talks

HEAD = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d}
notices:
  recording: {version: 3, text: Press 1 to agree or 2 to refuse.}
prompts:
  welcome: Welcome.
  hushed: This call is private now.
recording:
  agent_keys: {7: private, 1: mask, 2: unmask}
  caller_keys: {9: private}
  before_private: delete
  made_private: hushed
"""
ASK = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
talk: {queue: support, record: on, answered: again}
again: {announce: welcome, record: on}
"""
CALLERS, AGENTS = KeyPressed("private", is_callers=True), KeyPressed("private")
SAID = f"{SOUNDS}/test/en/hushed.wav 6 mux"


def recorded(head=HEAD):
    """Return a call in which the caller has agreed and waits; and the file."""
    call = Playbook(talks(ASK, head))
    call.skips()
    call.when(pressed(1, "1"))
    keeps(call)
    return call, starts(call)


def note(call) -> Choice:
    return call.rows(Choice)[-1]


def starts_again(said):
    return [command for command in said if is_record(command, "start")]


def test_the_recording_stops_at_once_and_a_note_without_content_is_kept():
    call, path = recorded()
    with call:
        meets(call)
        order = []
        for command in call.engine.handle(CALLERS, call.now):
            if isinstance(command, Keep):
                order += [getattr(row, "reason", "") for row in command.rows]
            order += ["asked"] * is_record(command, "stop")
        # The row of the stop says why, too.
        assert order == ["private", "private", "asked"]
        assert path.endswith("4c1b-9-1.wav")


def test_who_pressed_which_key_is_kept_and_nothing_of_what_was_said():
    call, path = recorded()
    with call:
        meets(call)
        call.when(AGENTS)
        stops(call, path)
        call.when(Kept(True))
        call.skips()
        row = note(call)
        assert (row.state, row.reason, row.purpose) == ("not_asked", "private", "")
        assert (row.key, row.performed_by, row.who) == ("*7", "agent", "1001")
        assert (row.on_withdrawal, row.notice) == ("delete", "")
        action = call.rows(RecordingAction)[-1]
        assert (action.action, action.reason) == ("stop", "private")
    told = "key 1001 makes the call private: nothing is recorded from here on"
    assert told in call.told


def test_both_hear_that_it_is_private_once_nothing_is_recorded():
    call, path = recorded()
    with call:
        meets(call)
        call.when(CALLERS)
        stop = next(c for c in call.skips() if is_record(c, "stop"))
        call.when(Kept(True))
        call.when(RecordStopped(path, 1000))
        call.expects()
        call.answers(stop)
        assert [c.arg for c in call.skips()] == [
            f"b-1 start {SAID}",
            f"4c1b-9 start {SAID}",
        ]
    assert (note(call).key, note(call).performed_by) == ("*9", "subject")


def test_nothing_takes_it_back():
    call, path = recorded()
    with call:
        meets(call)
        call.when(AGENTS)
        stops(call, path)
        call.when(Kept(True))
        call.skips()
        for event in (
            KeyPressed("mask"),
            KeyPressed("unmask"),
            Wished(1, Wish(Want.ON, "token page", is_master=True)),
        ):
            call.when(event)
            assert not starts_again(call.skips())
        call.when(Parked())
        assert not starts_again(call.skips())
        assert call.engine.live.step == "again"
        wish = Wish(Want.ON, "token page")
        why = fulfil.answered(call.engine.live, wish).why
        assert why == "the call is private for the rest of the call"


def test_it_is_made_private_once():
    call, path = recorded()
    with call:
        meets(call)
        call.when(AGENTS)
        stops(call, path)
        call.when(Kept(True))
        call.skips()
        call.when(CALLERS)
        call.expects()
        assert call.told[-1] == "caller: the call is private already"
    assert [row.reason for row in call.rows(Choice)].count("private") == 1


def test_a_full_disk_changes_nothing_about_it():
    call, path = recorded()
    with call:
        call.when(CALLERS)
        stops(call, path)
        call.when(Kept(False, "disk full"))
        said = call.skips()
        problem = "the call is private, and that is not kept yet: disk full"
        assert said[0] == Alarm(problem)
        assert call.engine.live.recorder.is_forbidden


def test_a_flow_without_words_for_it_says_nothing():
    call, path = recorded(HEAD.replace("  made_private: hushed\n", ""))
    with call:
        call.when(CALLERS)
        stops(call, path)
        call.when(Kept(True))
        call.expects()


@pytest.mark.parametrize("is_late", [False, True])
def test_a_caller_who_hangs_up_then(is_late):
    call, _ = recorded()
    with call:
        call.when(CALLERS)
        call.skips()
        if is_late:
            call.when(Kept(True))
            call.skips()
        call.when(HungUp("NORMAL_CLEARING"))
        call.skips()
        if not is_late:
            call.when(Kept(True))
        call.skips()
        call.when(Disconnected())
        call.skips()
        assert call.engine.is_over
    assert [row.reason for row in call.rows(Choice)].count("private") == 1
