"""`private`: what it forbids, what is kept of it, what is taken away.

| option | takes | default |
|---|---|---|
| private | prefix or key | |
| prefix | digits, * and # | |
"""

import pytest

from eslflow.call.commands import Execute
from eslflow.call.events import Offered
from eslflow.call.records import Choice, RecordingBegun
from eslflow.errors import FlowErrors
from eslflow.steps.private import By
from eslflow.wire.terms import App
from tests.playbook import SOUNDS, Playbook
from tests.steps_of import flow

ANSWER = Execute(App.ANSWER, waits=False)
PLAY = Execute(App.PLAYBACK, f"{SOUNDS}/test/en/welcome.wav")
LAW = """\
flow: test
purposes: {duty: {basis: legal_obligation}}
notices: {recording: {version: 1, text: We record.}}
prompts: {welcome: Welcome.}
"""
KEY = flow("hush: {private: key}\na: {announce: welcome, record: on}", LAW)
PREFIX = flow(
    'hush: {private: prefix, prefix: "*67"}\n'
    "out: {dial: {gateway: p, number: called}, record: on, from: answer}",
    LAW,
)


def test_nothing_is_recorded_from_here_on_whatever_would_permit_it():
    with Playbook(KEY) as call:
        call.expects(ANSWER, PLAY)
        assert call.engine.live.consents.permitting() == ("duty",)
    assert call.rows(RecordingBegun) == []
    assert "private: nothing is recorded from here on" in call.told


def test_a_note_without_content_is_kept():
    with Playbook(KEY) as call:
        call.skips()
    (note,) = call.rows(Choice)
    assert (note.state, note.reason, note.performed_by) == (
        *("not_asked", "private"),
        "subject",
    )
    assert (note.purpose, note.notice, note.key, note.party) == ("", "", "", "caller")


def test_the_prefix_is_no_part_of_the_number_that_is_called():
    with Playbook(PREFIX, Offered("4c1b-9", called="*67030123456")) as call:
        assert call.skips()[-1].arg.endswith("sofia/gateway/p/030123456")
    assert call.rows(RecordingBegun) == []


def test_a_number_without_the_prefix_stays_as_it_is():
    with Playbook(PREFIX, Offered("4c1b-9", called="030123456")) as call:
        assert call.skips()[-1].arg.endswith("sofia/gateway/p/030123456")


def test_the_flow_knows_its_prefixes():
    assert PREFIX.prefixes == ("*67",)
    assert KEY.prefixes == ()
    assert str(By.PREFIX) == "prefix"


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("{private: key, record: on}", "nothing of a private call is recorded"),
        ("{private: key, record: masked}", "nothing of a private call is recorded"),
        ("{private: prefix}", "a prefix, but which?"),
        ('{private: key, prefix: "*67"}', "a key made it so, and no prefix"),
        ("{private: maybe}", "'maybe' is not right here"),
        ("{private: prefix, prefix: ab}", "'ab' is not right here"),
    ],
)
def test_what_contradicts_itself_is_told(step, problem):
    with pytest.raises(FlowErrors) as caught:
        flow(f"hush: {step}\na: {{announce: welcome}}", LAW)
    assert [p.problem for p in caught.value.problems] == [problem]
