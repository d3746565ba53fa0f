"""`inform`: what is told, what is kept, and that there is no choice.

| option | takes | default |
|---|---|---|
| inform | {notice: ..., purpose: ...} | |
"""

import pytest

from eslflow.call.commands import Alarm, Execute, Hangup, Keep, mark
from eslflow.call.events import Executed, HungUp, Kept
from eslflow.call.records import Choice, NoticePlayed, State
from eslflow.errors import FlowErrors
from eslflow.wire.terms import App
from tests.playbook import SOUNDS, Playbook, site_for
from tests.steps_of import flow

NOTICE = f"{SOUNDS}/test/en/recording.v3.wav"
ANSWER = Execute(App.ANSWER, waits=False)
PLAY = Execute(App.PLAYBACK, NOTICE)
WELCOME = Execute(App.PLAYBACK, f"{SOUNDS}/test/en/welcome.wav")
HEAD = """\
flow: test
purposes:
  orders: {basis: BASIS, retain: 1826d}
notices:
  recording: {version: 3, url: "https://example.com/p", text: The law obliges us.}
prompts: {welcome: Welcome.}
"""
STEPS = "tell: {inform: {notice: recording, purpose: orders}, error: bye}\n"
STEPS += "hello: {announce: welcome}\nbye: {hangup: NORMAL_CLEARING}"


def on(basis):
    return flow(STEPS, HEAD.replace("BASIS", basis))


TELL = on("legal_obligation")


def told(call) -> Choice:
    (choice,) = call.rows(Choice)
    return choice


def test_it_plays_the_notice_and_keeps_that_before_it_goes_on():
    with Playbook(TELL) as call:
        call.expects(ANSWER, PLAY)
        call.when(Executed(mark(2), "FILE PLAYED"))
        (keep,) = call.skips()
        assert isinstance(keep, Keep)
        assert keep.is_durable
        call.when(Kept(True))
        call.expects(WELCOME)
    (notice,) = call.rows(NoticePlayed)
    assert (notice.text, notice.url) == ("The law obliges us.", "https://example.com/p")
    choice = told(call)
    assert (choice.state, choice.reason) == (State.NOT_ASKED, "informed")
    assert (choice.heard_ms, choice.tries, choice.key) == (4000, 1, "")
    assert choice.performed_by == "system"
    assert call.engine.live.consents.permitting() == ("orders",)
    assert 'informs "The law obliges us." (recording v3, en)' in call.told


def test_one_that_could_not_be_played_is_kept_as_that():
    with Playbook(TELL) as call:
        call.expects(ANSWER, PLAY)
        call.when(Executed(mark(2), "FILE NOT FOUND"))
        assert call.skips()[0] == Alarm(f"notice recording was not played: {NOTICE}")
        call.when(Kept(True))
        call.expects(Hangup())
    assert (told(call).reason, told(call).heard_ms) == ("broken_prompt", 0)


def test_one_without_audio_is_kept_as_that():
    site = site_for(TELL, missing=("test/en/recording.v3.wav",))
    with Playbook(TELL, site=site) as call:
        assert "has no audio" in call.skips()[1].text
        call.when(Kept(True))
        call.expects(Hangup())
    assert (told(call).reason, told(call).audio_sha256) == ("broken_prompt", "")


def test_who_hangs_up_in_it_is_kept_as_that():
    with Playbook(TELL) as call:
        call.skips()
        call.when(HungUp("ORIGINATOR_CANCEL"), 2.7)
        call.skips()
        call.when(Kept(True))
    assert (told(call).state, told(call).performed_by) == (State.HUNG_UP, "subject")
    assert told(call).heard_ms == 2700


@pytest.mark.parametrize("event", [Kept(False, "disk full"), HungUp("")])
def test_what_cannot_be_kept_is_told_of(event):
    with Playbook(TELL) as call:
        call.skips()
        call.when(Executed(mark(2), "FILE PLAYED"))
        call.skips()
        call.when(event)
        if isinstance(event, HungUp):
            call.when(Kept(False, "disk full"))
        alarm = "that the notice was played could not be kept: disk full"
        assert Alarm(alarm) in call.skips()


@pytest.mark.parametrize("basis", ["legal_obligation", "vital_interests", "contract"])
def test_it_is_for_what_nobody_decides(basis):
    assert on(basis).purposes["orders"].basis == basis
    assert on(basis).steps["tell"].speaks_of() == ("orders",)


@pytest.mark.parametrize(
    ("basis", "problem", "hint"),
    [
        ("consent", "rests on consent: it must be asked for", "Ask: consent:"),
        ("public_task", "callers may object to that (GDPR Art. 21(1))", "objection:"),
        ("legitimate_interests", "callers may object to that", "Take objection:"),
    ],
)
def test_about_everything_else_callers_have_a_say(basis, problem, hint):
    with pytest.raises(FlowErrors) as caught:
        on(basis)
    (found,) = caught.value.problems
    assert problem in found.problem
    assert hint in found.hint


def test_a_purpose_without_a_basis_is_told_once():
    with pytest.raises(FlowErrors) as caught:
        on("law")
    assert [p.problem for p in caught.value.problems] == ["'law' is not right here"]


def test_a_purpose_that_is_none_is_told_once():
    with pytest.raises(FlowErrors) as caught:
        flow(STEPS.replace("orders", "order"), HEAD.replace("BASIS", "contract"))
    (found,) = caught.value.problems
    assert found.problem.startswith("there is no purpose 'order'")


def test_where_nothing_is_recorded_nothing_is_told():
    head = HEAD.replace("BASIS", "contract")
    with Playbook(flow(f"hush: {{private: key}}\n{STEPS}", head)) as call:
        call.expects(ANSWER, WELCOME)
    assert "not told: nothing of this call is recorded" in call.told
