"""`objection`: what is announced, what is kept, what it permits.

| option | takes | default |
|---|---|---|
| objection | {notice: ..., purpose: ...} | |
| keys | objected or unopposed, by key | |
| tries | 1 to 5 | 2 |
| timeout | 1s to 60s | 4s |
"""

import pytest

from eslflow.call.commands import Alarm, Api, Execute, Hangup, Keep, mark
from eslflow.call.events import Executed, HungUp, Kept, Replied
from eslflow.call.records import Choice, NoticePlayed, State
from eslflow.errors import FlowErrors
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import RECORDINGS, SOUNDS, Playbook, site_for
from tests.steps_of import flow, pressed

NOTICE = f"{SOUNDS}/test/en/recording.v3.wav"
FLUSH = Api(ApiCommand.UUID_FLUSH_DTMF, "4c1b-9", waits=False)
FORGET = Api(ApiCommand.UUID_SETVAR, "4c1b-9 playback_last_offset_pos", waits=False)
ANSWER = Execute(App.ANSWER, waits=False)
PLAY = Execute(App.PLAYBACK, f"{SOUNDS}/test/en/welcome.wav")
HEAD = """\
flow: test
purposes:
  quality: {basis: BASIS, retain: 30d}
notices:
  recording: {version: 3, text: We record. Press 3 not to be recorded.}
prompts: {welcome: Welcome.}
"""
STEPS = """
tell:
  objection: {notice: recording, purpose: quality}
  keys: {3: objected, 1: unopposed}
  objected: talk
  unopposed: talk
  undecided: talk
talk: {announce: welcome, record: on}
"""


def on(basis, steps=STEPS):
    return flow(steps, HEAD.replace("BASIS", basis))


TELL = on("legitimate_interests")


def announcement(number):
    return Execute(
        App.PLAY_AND_GET_DIGITS,
        f"1 1 1 4000 none {NOTICE} '' eslflow_digits_{number} [31]",
    )


def announced(call):
    call.expects(FLUSH, FORGET, ANSWER, announcement(1))


def last(call) -> Choice:
    return call.rows(Choice)[-1]


def is_recorded(call):
    return bool(call.engine.live.consents.permitting())


def test_the_words_are_kept_before_they_are_played():
    with Playbook(TELL) as call:
        announced(call)
    (notice,) = call.rows(NoticePlayed)
    assert notice.text == "We record. Press 3 not to be recorded."
    assert (last(call).state, last(call).basis) == (
        State.REQUESTED,
        "legitimate_interests",
    )


def test_that_nobody_objected_is_on_disk_before_the_recording_starts():
    with Playbook(TELL) as call:
        announced(call)
        call.when(pressed(1))
        (keep,) = call.skips()
        assert isinstance(keep, Keep)
        assert keep.is_durable
        assert [type(row) for row in keep.rows] == [NoticePlayed, Choice]
        assert not is_recorded(call)
        call.when(Kept(True))
        started = call.skips()[-1]
    assert started.arg.startswith(f"4c1b-9 start {RECORDINGS}/")
    choice = last(call)
    assert (choice.state, choice.reason) == (State.UNANSWERED, "not_objected")
    assert (choice.key, choice.heard_ms, choice.performed_by) == ("", 2000, "system")
    assert choice.keys_offered == "3=objected 1=unopposed"


def test_who_will_not_wait_goes_on_by_key():
    with Playbook(TELL) as call:
        announced(call)
        call.when(pressed(1, key="1"))
        call.skips()
        call.when(Kept(True))
        call.skips()
    choice = last(call)
    assert (choice.state, choice.reason) == (State.UNANSWERED, "not_objected")
    assert (choice.key, choice.performed_by) == ("1", "subject")


def test_an_objection_never_starts_recording():
    with Playbook(TELL) as call:
        announced(call)
        call.when(pressed(1, key="3"))
        call.expects(PLAY)
        call.when(Executed(mark(5)))
        call.expects(Hangup())
    assert (last(call).state, last(call).key) == (State.REFUSED, "3")


def test_what_cannot_be_kept_permits_nothing():
    with Playbook(TELL) as call:
        announced(call)
        call.when(pressed(1))
        call.skips()
        call.when(Kept(False, "disk full"))
        words = "the announcement could not be kept, so it permits none: disk full"
        call.expects(Alarm(words), PLAY)
    assert (last(call).state, last(call).reason) == (State.UNANSWERED, "not_kept")
    assert not is_recorded(call)


def test_a_caller_who_is_gone_meanwhile_is_not_recorded():
    with Playbook(TELL) as call:
        announced(call)
        call.when(pressed(1))
        call.skips()
        call.when(HungUp("NORMAL_CLEARING"))
        call.when(Kept(True))
        call.skips()
    assert not [c for c in call.said if c.arg.startswith("4c1b-9 start")]


def test_a_wrong_key_is_asked_about_once_more_and_then_counts_as_a_doubt():
    with Playbook(TELL) as call:
        announced(call)
        call.when(pressed(1, wrong="7"))
        call.expects(FLUSH, FORGET, announcement(2))
        call.when(pressed(2, wrong="9"))
        call.expects(PLAY)
    choice = last(call)
    assert (choice.state, choice.reason) == (State.UNANSWERED, "invalid")
    assert (choice.key, choice.tries) == ("9", 2)
    assert not is_recorded(call)


def test_who_corrects_a_wrong_key_has_objected():
    with Playbook(TELL) as call:
        announced(call)
        call.when(pressed(1, wrong="7"))
        call.skips()
        call.when(pressed(2, key="3"))
        call.expects(PLAY)
    assert last(call).state is State.REFUSED


def test_whoever_hangs_up_while_it_is_played_is_kept_as_that():
    with Playbook(TELL) as call:
        announced(call)
        call.when(HungUp("NORMAL_CLEARING"), 2.7)
        call.skips()
    assert (last(call).state, last(call).heard_ms) == (State.HUNG_UP, 2700)
    assert not is_recorded(call)


def test_what_was_not_played_was_not_announced():
    with Playbook(TELL) as call:
        announced(call)
        call.when(pressed(1, key="1", played=""))
        call.expects(Alarm(f"notice recording was not played: {NOTICE}"), PLAY)
    assert (last(call).state, last(call).reason) == (State.UNANSWERED, "broken_prompt")


def test_a_notice_without_audio_is_not_announced():
    site = site_for(TELL, missing=("test/en/recording.v3.wav",))
    with Playbook(TELL, site=site) as call:
        words = "notice recording was not played: run eslflow prompts build"
        call.expects(ANSWER, Alarm(words), PLAY)
    assert (last(call).reason, last(call).tries) == ("broken_prompt", 0)
    assert not is_recorded(call)


def test_a_switch_that_refuses_has_not_announced_it():
    with Playbook(TELL) as call:
        announced(call)
        call.when(Replied(4, False, "-ERR"))
        call.expects(Alarm(f"notice recording was not played: {NOTICE}"), PLAY)
    assert last(call).reason == "refused_by_switch"


def test_nothing_is_recorded_before_it_is_announced():
    steps = f"early: {{announce: welcome, record: on}}{STEPS}"
    with Playbook(on("public_task", steps)) as call:
        call.expects(ANSWER, PLAY)
        call.when(HungUp())
    assert (last(call).state, last(call).purpose) == (State.NOT_ASKED, "quality")


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        ("consent", "silence is no consent (GDPR Art. 4(11), recital 32)"),
        ("legal_obligation", "nobody can object to that (GDPR Art. 21(1))"),
        ("vital_interests", "nobody can object to that (GDPR Art. 21(1))"),
    ],
)
def test_a_choice_that_is_none_is_refused(basis, words):
    with pytest.raises(FlowErrors) as caught:
        on(basis)
    assert words in caught.value.problems[0].problem


@pytest.mark.parametrize("basis", ["contract", "public_task", "legitimate_interests"])
def test_other_bases_may_be_objected_to(basis):
    assert on(basis).announced == {"quality"}


def test_some_key_must_mean_that_one_objects():
    with pytest.raises(FlowErrors, match="no key means objected"):
        on("contract", STEPS.replace("3: objected, ", ""))


def test_a_consent_that_is_none_is_led_here():
    steps = STEPS.replace("objection", "consent").split("  objected")[0]
    steps = steps.replace("3: objected, 1: unopposed", "1: granted, 2: refused")
    with pytest.raises(FlowErrors) as caught:
        on("public_task", steps)
    assert "objection: {notice: ..., purpose: ...}" in caught.value.problems[0].hint


def test_the_keys_that_it_takes_are_its_own():
    assert list(TELL.steps["tell"].takes_keys) == ["3", "1"]


def test_where_nothing_is_recorded_nothing_is_announced():
    with Playbook(on("legitimate_interests", f"hush: {{private: key}}{STEPS}")) as call:
        call.expects(ANSWER, PLAY)
    assert "not announced: nothing of this call is recorded" in call.told


def test_its_keys_are_told_with_what_they_mean():
    (step, *_) = on("legitimate_interests").steps.values()
    assert step.keys_to("objected") == ("3 objected",)
    assert step.keys_to("undecided") == ()
