"""The rows that a question makes."""

from eslflow.call.choices import Played, choice_row, notice_row
from eslflow.call.events import Offered
from eslflow.call.live import Live, Site, Sound
from eslflow.call.records import Reason, State
from tests.steps_of import flow

FLOW = flow("a: {announce: welcome}")
NOTICE = FLOW.notices["recording"]
SOUND = Sound("/s/a.wav", "5e" * 32, 4000)


def call():
    live = Live(Offered("u"), FLOW, Site("/r", "eslflow 1"), 7)
    live.step = "a"
    return live


def test_a_notice_is_kept_with_its_words_and_its_audio():
    row = notice_row(call(), NOTICE, SOUND)
    assert (row.text, row.version) == ("Press 1 to agree or 2 to refuse.", 3)
    assert (row.audio_sha256, row.audio_ms) == ("5e" * 32, 4000)


def test_a_notice_without_audio_is_kept_as_that():
    row = notice_row(call(), NOTICE, None)
    assert (row.audio_sha256, row.audio_ms) == ("", 0)


def test_a_choice_says_what_was_played_and_pressed():
    played = Played(NOTICE, SOUND, "3=objected", "3", 900, 1)
    row = choice_row(call(), FLOW.purposes["training"], State.REFUSED, None, played)
    assert (row.purpose, row.basis, row.step) == ("training", "consent", "a")
    assert (row.notice, row.notice_version, row.language) == ("recording", 3, "en")
    assert (row.key, row.heard_ms, row.tries) == ("3", 900, 1)
    assert (row.keys_offered, row.performed_by) == ("3=objected", "subject")


def test_what_nobody_pressed_was_done_by_nobody():
    purpose, why = FLOW.purposes["training"], Reason.NOT_OBJECTED
    silent = Played(NOTICE, None)
    row = choice_row(call(), purpose, State.UNANSWERED, why, silent)
    assert (row.performed_by, row.reason) == ("system", "not_objected")
    pressed = Played(NOTICE, None, key="1")
    row = choice_row(call(), purpose, State.UNANSWERED, why, pressed)
    assert (row.performed_by, row.audio_sha256) == ("subject", "")


def test_a_call_without_purposes_can_be_told_of_too():
    row = choice_row(call(), None, State.NOT_ASKED)
    assert (row.purpose, row.basis, row.retain_s, row.notice) == ("", "", 0, "")
