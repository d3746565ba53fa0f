"""`flow`: the steps of another flow, and on after them.

| option | takes | default |
|---|---|---|
| flow | a flow beside this one | |
"""

import pytest

from eslflow.call.commands import Close, Execute, Hangup, mark
from eslflow.call.events import Executed
from eslflow.errors import FlowErrors
from eslflow.wire.terms import App
from tests.playbook import SOUNDS, Playbook, site_for
from tests.steps_of import HEAD, Texts, flow

INNER = """
flow: inner
prompts: {hello: Hello., bye: Goodbye.}
steps:
  hello: {announce: hello, next: look}
  bye: {announce: bye, next: end}
  end: {hangup: USER_BUSY}
  look: {branch: caller, cases: {+49*: done, "1": bye}}
  done: {set: {known: yes}}
"""
STEPS = "in: {flow: inner}\nhello: {announce: welcome}\n"
TEXTS = Texts({"inner": INNER})


def play(path):
    return Execute(App.PLAYBACK, f"{SOUNDS}/{path}.wav")


def test_its_steps_run_and_the_call_goes_on_after_them():
    inner = flow(STEPS, HEAD, TEXTS)
    with Playbook(inner) as call:
        call.expects(Execute(App.ANSWER, waits=False), play("inner/en/hello"))
        assert call.engine.live.step == "in/hello"
        call.when(Executed(mark(2), "FILE PLAYED"))
        call.expects(play("test/en/welcome"))
        assert call.engine.live.value("known") == "yes"
    assert call.told[1:3] == ["step in", "goes into flow inner"]


def test_it_goes_on_in_the_language_that_was_chosen_inside_and_tells_what_is_missing():
    inner = flow(STEPS, HEAD, TEXTS)
    silent = site_for(inner, missing=("inner/en/hello.wav",))
    with Playbook(inner, site=silent) as call:
        said = call.skips()
    assert "prompt inner/hello has no audio" in str(said)
    assert said[-1] == play("test/en/welcome")


def test_a_failure_inside_with_nowhere_to_go_gives_the_call_to_the_dialplan():
    lost = INNER.replace('cases: {+49*: done, "1": bye}', "cases: {9: bye, 8: done}")
    lost = lost.replace("  done: {set: {known: yes}}\n", "")
    lost = lost.replace(", 8: done", "")
    with Playbook(flow("in: {flow: inner}\n", HEAD, Texts({"inner": lost}))) as call:
        call.skips()
        call.when(Executed(mark(2), "FILE PLAYED"))
        call.expects(Close())


def test_hangup_inside_hangs_up():
    gone = INNER.replace('+49*: done, "1": bye', "+49*: bye, 1: done")
    with Playbook(flow(STEPS, HEAD, Texts({"inner": gone}))) as call:
        call.skips()
        call.when(Executed(mark(2), "FILE PLAYED"))
        call.expects(play("inner/en/bye"))
        call.when(Executed(mark(3), "FILE PLAYED"))
        (said,) = call.skips()
    assert isinstance(said, Hangup)


def test_what_is_recorded_is_said_by_its_steps():
    with pytest.raises(FlowErrors) as caught:
        flow(STEPS.replace("inner}", "inner, record: masked}"), HEAD, TEXTS)
    (problem,) = caught.value.problems
    assert (
        problem.problem == "the steps of flow 'inner' say themselves what is recorded"
    )
