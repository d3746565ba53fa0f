"""`announce`: play a prompt to its end.

| option | takes | default |
|---|---|---|
| announce | a prompt | |
"""

import pytest

from eslflow.call.commands import Alarm, Close, Execute, Hangup, mark
from eslflow.call.events import Executed
from eslflow.wire.terms import App
from tests.playbook import SOUNDS, Playbook
from tests.steps_of import flow

WELCOME = f"{SOUNDS}/test/en/welcome.wav"
HELLO = flow("hello: {announce: welcome}")


def test_it_plays_and_goes_on():
    with Playbook(HELLO) as call:
        call.expects(Execute(App.ANSWER, waits=False), Execute(App.PLAYBACK, WELCOME))
        call.when(Executed(mark(2), "FILE PLAYED"))
        call.expects(Hangup())
    assert 'announces "Welcome."' in call.told


@pytest.mark.parametrize("response", ["FILE NOT FOUND", "PLAYBACK ERROR"])
def test_a_file_that_cannot_be_played_is_an_error(response):
    with Playbook(HELLO) as call:
        call.skips()
        call.when(Executed(mark(2), response))
        call.expects(Alarm(f"prompt welcome was not played: {WELCOME}"), Close())
