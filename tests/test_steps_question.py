"""One party is asked: what is played and pressed, what is kept, what it permits."""

import pytest

from eslflow.call.commands import Alarm, Api, Execute, Hangup, Keep, mark
from eslflow.call.events import (
    Executed,
    HungUp,
    JobDone,
    Kept,
    LegEnded,
    Replied,
    Told,
)
from eslflow.call.receipt import receipt_of
from eslflow.call.records import Choice, NoticePlayed, State
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import RECORDINGS, SOUNDS, Playbook, site_for
from tests.steps_of import HEAD, flow, pressed

NOTICE = f"{SOUNDS}/test/en/recording.v3.wav"
FLUSH = Api(ApiCommand.UUID_FLUSH_DTMF, "4c1b-9", waits=False)
FORGET = Api(ApiCommand.UUID_SETVAR, "4c1b-9 playback_last_offset_pos", waits=False)
ANSWER = Execute(App.ANSWER, waits=False)
ASK = flow(
    """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
      granted: talk
      refused: talk
      unanswered: talk
    talk: {announce: welcome, record: on}
    """
)
PLAY = Execute(App.PLAYBACK, f"{SOUNDS}/test/en/welcome.wav")


def question(number):
    return Execute(
        App.PLAY_AND_GET_DIGITS,
        f"1 1 1 6000 none {NOTICE} '' eslflow_digits_{number} [12]",
    )


def asked(call):
    call.expects(FLUSH, FORGET, ANSWER, question(1))


def last(call) -> Choice:
    return call.rows(Choice)[-1]


def test_keys_are_flushed_before_the_question_so_that_type_ahead_is_no_answer():
    with Playbook(ASK) as call:
        said = call.skips()
    assert said.index(FLUSH) < said.index(question(1))


def test_the_question_and_its_words_are_kept_before_it_is_asked():
    with Playbook(ASK) as call:
        call.skips()
    (notice,) = call.rows(NoticePlayed)
    assert notice.text == "Press 1 to agree or 2 to refuse."
    assert (notice.version, notice.language, notice.audio_sha256) == (
        3,
        "en",
        "5e" * 32,
    )
    assert last(call).state is State.REQUESTED


def test_a_grant_is_on_disk_before_the_recording_starts():
    with Playbook(ASK) as call:
        asked(call)
        call.when(pressed(1, key="1"))
        (keep,) = call.skips()
        assert isinstance(keep, Keep)
        assert keep.is_durable
        assert [type(row) for row in keep.rows] == [NoticePlayed, Choice]
        call.when(Kept(True))
        started = call.skips()[-1]
    assert isinstance(started, Api)
    assert started.arg.startswith(f"4c1b-9 start {RECORDINGS}/")
    choice = last(call)
    assert (choice.state, choice.key, choice.heard_ms) == (State.GRANTED, "1", 2000)
    assert (choice.tries, choice.keys_offered) == (1, "1=granted 2=refused")
    assert (choice.notice, choice.notice_version) == ("recording", 3)
    assert (choice.basis, choice.retain_s) == ("consent", 90 * 86400)
    assert choice.performed_by == "subject"


def test_a_grant_that_cannot_be_kept_permits_nothing():
    with Playbook(ASK) as call:
        asked(call)
        call.when(pressed(1, key="1"))
        call.skips()
        call.when(Kept(False, "disk full"))
        call.expects(
            Alarm("the grant could not be kept, so it permits nothing: disk full"), PLAY
        )
    assert (last(call).state, last(call).reason) == (State.UNANSWERED, "not_kept")


def test_refused_consent_never_starts_recording():
    with Playbook(ASK) as call:
        asked(call)
        call.when(pressed(1, key="2"))
        call.expects(PLAY)
        call.when(Executed(mark(5)))
        call.expects(Hangup())
    assert (last(call).state, last(call).key) == (State.REFUSED, "2")


def test_silence_is_asked_again_and_then_unanswered():
    with Playbook(ASK) as call:
        asked(call)
        call.when(pressed(1))
        call.expects(FLUSH, FORGET, question(2))
        call.when(pressed(2))
        call.expects(PLAY)
    choice = last(call)
    assert (choice.state, choice.reason) == (State.UNANSWERED, "timeout")
    assert (choice.key, choice.tries, choice.performed_by) == ("", 2, "system")


def test_a_wrong_key_is_kept_and_permits_nothing():
    with Playbook(ASK) as call:
        asked(call)
        call.when(pressed(1, wrong="7"))
        call.skips()
        call.when(pressed(2, wrong="9"))
        call.expects(PLAY)
    assert (last(call).state, last(call).reason) == (State.UNANSWERED, "invalid")
    assert last(call).key == "9"


def test_an_answer_at_the_second_try_counts():
    with Playbook(ASK) as call:
        asked(call)
        call.when(pressed(1))
        call.skips()
        call.when(pressed(2, key="2"))
        call.expects(PLAY)
    assert (last(call).state, last(call).tries) == (State.REFUSED, 2)


@pytest.mark.parametrize("played", ["", "x"])
def test_a_question_that_was_not_played_has_no_answer(played):
    with Playbook(ASK) as call:
        asked(call)
        call.when(pressed(1, key="1", played=played))
        call.expects(Alarm(f"notice recording was not played: {NOTICE}"), PLAY)
    choice = last(call)
    assert (choice.state, choice.reason) == (State.UNANSWERED, "broken_prompt")
    assert choice.key == "1"


def test_a_question_without_audio_is_not_asked():
    silent = site_for(ASK, missing=("test/en/recording.v3.wav",))
    with Playbook(ASK, site=silent) as call:
        call.expects(
            ANSWER,
            Alarm("notice recording was not played, run eslflow prompts build"),
            PLAY,
        )
    choice = last(call)
    assert (choice.state, choice.reason) == (State.UNANSWERED, "broken_prompt")
    assert choice.audio_sha256 == ""


def test_a_switch_that_will_not_ask_leaves_it_unanswered():
    with Playbook(ASK) as call:
        asked(call)
        call.when(Replied(4, False, "-ERR no"))
        call.expects(PLAY)
    assert last(call).reason == "refused_by_switch"


def test_a_hangup_during_the_question_is_kept_as_such():
    with Playbook(ASK) as call:
        asked(call)
        call.when(HungUp("NORMAL_CLEARING"), 2.7)
    assert (last(call).state, last(call).tries) == (State.HUNG_UP, 1)
    assert last(call).heard_ms == 2700
    assert last(call).performed_by == "subject"


def test_a_key_that_was_not_offered_is_no_answer_whatever_the_switch_says():
    with Playbook(ASK) as call:
        asked(call)
        call.when(pressed(1, key="7"))
        call.skips()
    assert call.engine.live.consents.state("training") is None


def test_star_and_hash_can_be_offered():
    starred = flow(
        "ask: {consent: {notice: recording, purpose: training}, "
        "keys: {star: granted, hash: refused}}",
        HEAD,
    )
    with Playbook(starred) as call:
        assert call.skips()[-1].arg.endswith("eslflow_digits_1 [*#]")


LONGER = HEAD.replace(
    "prompts:", "  longer: {version: 2, text: All of it., url: https://e.x/}\nprompts:"
)
MORE = flow(
    """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused, 9: more}
      more: longer
      tries: 2
    talk: {announce: welcome, record: on}
    """,
    LONGER,
)
TOLD_MORE = Execute(App.PLAYBACK, f"{SOUNDS}/test/en/longer.v2.wav")


def offer(number):
    arg = f"1 1 1 6000 none {NOTICE} '' eslflow_digits_{number} [129]"
    return Execute(App.PLAY_AND_GET_DIGITS, arg)


def chose(question, number, key):
    """Return the switch's answer to a question, the call's command of that number."""
    told = {f"eslflow_digits_{question}": key, "playback_last_offset_pos": "16000"}
    return Executed(mark(number), variables=Told(told))


def asks_for_more(call, times):
    """Press 9 and hear all of it, so many times; return the number of the next ask."""
    number = 4
    for question in range(1, times + 1):
        call.when(chose(question, number, "9"))
        call.expects(TOLD_MORE)
        call.when(Executed(mark(number + 1), "FILE PLAYED"))
        call.expects(FLUSH, FORGET, offer(question + 1))
        number += 4
    return number


def test_more_is_told_and_asked_again_without_using_up_a_try():
    with Playbook(MORE) as call:
        call.expects(FLUSH, FORGET, ANSWER, offer(1))
        number = asks_for_more(call, 2)
        call.when(chose(3, number, "2"))
        call.skips()
    assert (last(call).state, last(call).tries) == (State.REFUSED, 1)


def test_what_was_told_is_kept_with_its_words_and_counts_for_the_grant():
    with Playbook(MORE) as call:
        call.skips()
        number = asks_for_more(call, 1)
        told = last(call)
        assert (told.state, told.reason, told.key) == (State.REQUESTED, "more", "9")
        assert (told.notice, told.notice_version, told.heard_ms) == ("longer", 2, 4000)
        assert told.performed_by == "subject"
        assert told.keys_offered == "1=granted 2=refused 9=more"
        notice = call.rows(NoticePlayed)[-1]
        assert (notice.notice, notice.text, notice.url) == (
            "longer",
            "All of it.",
            "https://e.x/",
        )
        call.when(chose(2, number, "1"))
        (keep,) = call.skips()
        assert [getattr(row, "notice", "") for row in keep.rows] == [
            "recording",
            "longer",
            "recording",
        ]
        call.when(Kept(True))
        call.skips()
    assert last(call).state is State.GRANTED


def test_who_only_ever_wants_more_is_not_asked_for_ever():
    with Playbook(MORE) as call:
        call.skips()
        number = asks_for_more(call, 4)
        call.when(chose(5, number, "9"))
        call.expects(TOLD_MORE)
        call.when(Executed(mark(number + 1), "FILE PLAYED"))
        call.expects(PLAY)
    assert (last(call).state, last(call).reason) == (State.UNANSWERED, "more")


def test_more_that_is_not_there_is_told_to_a_person_and_uses_up_a_try():
    site = site_for(MORE, missing=("test/en/longer.v2.wav",))
    with Playbook(MORE, site=site) as call:
        call.skips()
        call.when(chose(1, 4, "9"))
        call.expects(
            Alarm("notice longer has no audio: run eslflow prompts build"),
            FLUSH,
            FORGET,
            offer(2),
        )
        call.when(chose(2, 7, "1"))
        (keep,) = call.skips()
        assert len(keep.rows) == 2
        call.when(Kept(True))
        call.skips()
    assert not [row for row in call.rows(Choice) if row.reason == "more"]


def test_whoever_hangs_up_while_more_is_told_has_not_answered():
    with Playbook(MORE) as call:
        call.skips()
        call.when(chose(1, 4, "9"))
        call.expects(TOLD_MORE)
        call.when(HungUp("NORMAL_CLEARING"), 1.5)
    assert (last(call).state, last(call).heard_ms) == (State.HUNG_UP, 1500)
    assert not [row for row in call.rows(Choice) if row.reason == "more"]


ASK_CALLEE = flow(
    """
    call: {ring: {user: 1001}}
    ask:
      consent: {notice: recording, purpose: training}
      ask: callee
      meanwhile: welcome
      keys: {1: granted, 2: refused, 9: more}
      more: recording
    talk: {announce: which}
    """
)


def callee_asked(steps=ASK_CALLEE, **more):
    """Return a call whose called party is asked, the leg, and the question."""
    call = Playbook(steps, **more)
    *_, job = call.skips()
    call.when(JobDone(job.leg, True))
    answer, meanwhile, *forget, asks = call.skips()
    assert (answer, meanwhile) == (ANSWER, replace_waits(PLAY))
    assert [command.arg.split()[0] for command in forget] == [job.leg, job.leg]
    assert (asks.leg, asks.sooner) == (job.leg, (LegEnded,))
    return call, job.leg, asks


def replace_waits(command):
    return command._replace(waits=False)


def test_the_called_party_is_asked_while_the_caller_hears_why_it_takes_long():
    call, _, asks = callee_asked()
    call.done(asks, eslflow_digits_1="1", playback_last_offset_pos="8000")
    call.skips()
    assert last(call).state is State.GRANTED
    assert {choice.party for choice in call.rows(Choice)} == {"callee"}
    call.when(Kept(True))
    assert "callee presses 1: granted, and kept" in call.told
    call.skips()


def test_a_called_party_who_hangs_up_has_not_agreed_and_the_caller_goes_on():
    call, leg, _ = callee_asked()
    with call:
        call.when(LegEnded(leg), 9.0)
        choice = last(call)
        assert (choice.state, choice.party) == (State.HUNG_UP, "callee")
        # The whole notice, which is no longer.
        assert choice.heard_ms == 4000
        assert choice.performed_by == "subject"
        assert call.engine.live.step == "talk"
        call.skips()


def test_a_caller_who_leaves_meanwhile_has_not_refused_for_the_called_party():
    call, _, _ = callee_asked()
    with call:
        call.when(HungUp())
        choice = next(c for c in call.rows(Choice) if c.state is State.UNANSWERED)
        assert (choice.reason, choice.performed_by) == ("caller_left", "system")
        call.skips()


def test_nobody_is_asked_where_nobody_is():
    steps = "ask: {consent: {notice: recording, purpose: training}, ask: callee, "
    with Playbook(flow(steps + "keys: {1: granted, 2: refused}}")) as call:
        assert last(call).reason == "nobody"
        call.skips()


def test_more_is_told_to_who_asks_for_it_and_never_to_the_caller_instead():
    call, leg, asks = callee_asked()
    call.done(asks, eslflow_digits_1="9", playback_last_offset_pos="8000")
    (told,) = call.skips()
    assert (told.app, told.leg) == (App.PLAYBACK, leg)
    call.when(LegEnded(leg))
    assert last(call).state is State.HUNG_UP
    call.skips()


def test_a_caller_cannot_be_told_without_audio():
    site = site_for(ASK_CALLEE, missing=("test/en/welcome.wav",))
    call = Playbook(ASK_CALLEE, site=site)
    *_, job = call.skips()
    call.when(JobDone(job.leg, True))
    assert Alarm("prompt welcome has no audio") in call.skips()


RECEIPT = flow(
    """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
      receipt: true
    """
)
FIRST = Execute(App.PLAYBACK, f"{SOUNDS}/_receipt/en/code.wav")


@pytest.mark.parametrize("key", ["1", "2"])
def test_a_receipt_is_read_out_once_the_choice_is_on_disk(key):
    with Playbook(RECEIPT) as call:
        asked(call)
        call.when(pressed(1, key))
        (kept,) = call.skips()
        assert kept.is_durable
        assert last(call).receipt == receipt_of("4c1b-9")
        call.when(Kept(True))
        call.expects(FIRST)


@pytest.mark.parametrize("key", ["1", "2"])
def test_nobody_is_told_a_receipt_that_leads_nowhere(key):
    with Playbook(RECEIPT) as call:
        asked(call)
        call.when(pressed(1, key))
        call.skips()
        call.when(Kept(False, "disk full"))
        call.skips()
    assert not any("_receipt" in getattr(c, "arg", "") for c in call.said)


def test_who_says_nothing_is_told_no_receipt():
    with Playbook(RECEIPT) as call:
        asked(call)
        call.when(HungUp("NORMAL_CLEARING"))
        call.skips()
    assert {row.receipt for row in call.rows(Choice)} == {""}


def test_without_a_wish_for_it_no_receipt_is_kept_nor_read_out():
    with Playbook(ASK) as call:
        asked(call)
        call.when(pressed(1, "2"))
        call.expects(PLAY)
    assert last(call).receipt == ""
    assert not ASK.says_receipts
    assert RECEIPT.says_receipts


def test_the_called_party_is_asked_without_a_word_to_the_caller():
    callee = "ask: {consent: {notice: recording, purpose: training}, ask: callee, "
    quiet = flow(
        f"call: {{ring: {{user: 1}}}}\n{callee}keys: {{1: granted, 2: refused}}}}"
    )
    call = Playbook(quiet)
    *_, job = call.skips()
    call.when(JobDone(job.leg, True))
    assert call.skips()[-1].leg == job.leg
