"""What a controller sends, taken apart."""

from eslflow.call.commands import mark
from eslflow.sim.commands import CommandReader
from eslflow.wire import command
from eslflow.wire.terms import App, HangupCause

ALL = (
    command.connect()
    + command.execute(App.PLAYBACK, "/s/a b.wav", mark(3))
    + b"sendmsg\ncall-command: execute\nexecute-app-name: set\ncontent-length: 3\n\na=1"
    + command.hangup(HangupCause.USER_BUSY)
)


def test_commands_come_apart_in_any_split():
    whole = CommandReader().feed(ALL)
    reader = CommandReader()
    bytewise = [sent for byte in ALL for sent in reader.feed(bytes([byte]))]
    for found in (whole, bytewise):
        assert [sent.verb for sent in found] == [
            "connect",
            "sendmsg",
            "sendmsg",
            "sendmsg",
        ]
        assert [sent.app for sent in found] == ["", "playback", "set", "hangup"]
        assert [sent.arg for sent in found] == ["", "/s/a b.wav", "a=1", "USER_BUSY"]
        assert [sent.mark for sent in found] == ["", "eslflow-3", "", ""]
