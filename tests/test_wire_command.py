"""Commands to text, and what must never be sent."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.errors import UnsafeValue
from eslflow.wire import command
from eslflow.wire.terms import (
    ApiCommand,
    App,
    EventName,
    HangupCause,
    Subclass,
)


def test_the_commands_of_a_call_are_spelled_as_measured():
    assert command.connect() == b"connect\n\n"
    assert command.linger(5) == b"linger 5\n\n"
    assert command.only("Unique-ID", "4c1b-9") == b"filter Unique-ID 4c1b-9\n\n"
    assert command.leave() == b"exit\n\n"
    assert command.hangup(HangupCause.USER_BUSY) == (
        b"sendmsg\ncall-command: hangup\nhangup-cause: USER_BUSY\n\n"
    )


def test_custom_and_its_subclasses_are_subscribed_last():
    names = [EventName.CUSTOM, EventName.CHANNEL_PARK]
    assert command.events(names, [Subclass.FIFO]) == (
        b"event plain CHANNEL_PARK CUSTOM fifo::info\n\n"
    )
    assert command.events([EventName.CHANNEL_PARK]) == b"event plain CHANNEL_PARK\n\n"


def test_an_application_carries_its_mark_and_its_argument():
    assert command.execute(App.PLAYBACK, "/s/a.wav", "eslflow-7") == (
        b"sendmsg\ncall-command: execute\nexecute-app-name: playback\n"
        b"Event-UUID: eslflow-7\nexecute-app-arg: /s/a.wav\n\n"
    )
    assert b"execute-app-arg" not in command.execute(App.ANSWER, "", "eslflow-1")


def test_api_commands_go_in_one_line():
    assert command.api(ApiCommand.STATUS) == b"api status\n\n"
    assert command.api(ApiCommand.UUID_KILL, "4c1b") == b"api uuid_kill 4c1b\n\n"
    assert command.bgapi(ApiCommand.UUID_KILL, "4c1b", "j-1") == (
        b"bgapi uuid_kill 4c1b\nJob-UUID: j-1\n\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "a\nb",
        "a\r\n\r\nconnect",
        "a\x00b",
        "a\x1b[2J",
        "a\x7f",
        "Zo\udceb",
        "${system(touch /x)}",
        "$${x}",
        "\\${system(x)}",
        "%24{system(x)}",
        "%2524{system(x)}",
    ],
)
def test_an_argument_that_could_forge_or_run_a_command_is_refused(text):
    with pytest.raises(UnsafeValue):
        command.argument(text)
    with pytest.raises(UnsafeValue):
        command.execute(App.PLAYBACK, text, "eslflow-1")
    with pytest.raises(UnsafeValue):
        command.api(ApiCommand.UUID_RECORD, text)


@pytest.mark.parametrize("text", ["", "a b", "a\nb", "-x", "a/b", "é", "x" * 65])
def test_a_uuid_that_is_none_is_refused(text):
    with pytest.raises(UnsafeValue):
        command.identifier(text)


@pytest.mark.parametrize("text", ["", "a b", "1a", "a:b", "a\n"])
def test_a_header_name_that_is_none_is_refused(text):
    with pytest.raises(UnsafeValue):
        command.only(text, "4c1b")


def test_cleaning_keeps_what_is_harmless():
    assert command.clean("+49 151-23@x_y.z") == "+49 151-23@x_y.z"
    assert command.clean("a" * 500, most=10) == "a" * 10


@given(st.text())
def test_whatever_is_cleaned_can_be_sent(text):
    cleaned = command.clean(text)
    assert command.argument(cleaned) == cleaned
    assert re.fullmatch(r"[A-Za-z0-9 _.+@-]*", cleaned)


@given(st.text())
def test_an_argument_is_sent_as_it_is_or_not_at_all(text):
    with suppress(UnsafeValue):
        sent = command.execute(App.PLAYBACK, text, "eslflow-1")
        assert sent.count(b"\n\n") == 1
        assert sent.endswith(b"\n\n")
        assert b"${" not in sent
