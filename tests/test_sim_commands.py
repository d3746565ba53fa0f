"""What a controller sends, taken apart."""

import pytest

from eslflow.call.commands import mark
from eslflow.sim.commands import CommandReader, words
from eslflow.wire import command
from eslflow.wire.terms import ApiCommand, App, HangupCause

ALL = (
    command.connect()
    + command.execute(App.PLAYBACK, "/s/a b.wav", mark(3))
    + b"sendmsg\ncall-command: execute\nexecute-app-name: set\ncontent-length: 3\n\na=1"
    + command.hangup(HangupCause.USER_BUSY)
    + command.bgapi(ApiCommand.UUID_EXISTS, "u", "j-1")
)


def test_commands_come_apart_in_any_split():
    whole = CommandReader().feed(ALL)
    reader = CommandReader()
    bytewise = [sent for byte in ALL for sent in reader.feed(bytes([byte]))]
    for found in (whole, bytewise):
        verbs = ["connect", "sendmsg", "sendmsg", "sendmsg", "bgapi"]
        assert [sent.verb for sent in found] == verbs
        assert [sent.app for sent in found] == ["", "playback", "set", "", ""]
        assert [sent.arg for sent in found[1:4]] == ["/s/a b.wav", "a=1", "USER_BUSY"]
        assert [sent.mark for sent in found] == ["", "eslflow-3", "", "", ""]
        assert [sent.is_hangup for sent in found[2:4]] == [False, True]
        assert (found[4].rest, found[4].job) == ("uuid_exists u", "j-1")


def test_a_length_that_is_none_is_no_length():
    assert len(CommandReader().feed(b"api a\nContent-Length: -5\n\napi b\n\n")) == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("u start '/r/a b.wav' 0", ["u", "start", "/r/a b.wav", "0"]),
        ("1  ''  x", ["1", "", "x"]),
        ("", []),
    ],
)
def test_arguments_are_split_as_freeswitch_does(text, found):
    assert words(text) == found
