"""Hand-made peers for a controller under test: they say exactly what a test wants."""

from __future__ import annotations

from pathlib import Path

from gevent import socket

from eslflow.rig import Rig
from tests.steps_of import flow

PATIENCE_S = 30

SUPPORT = flow(
    """
    hello: {announce: welcome}
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
      tries: 1
    talk: {queue: support, record: on}
    """
)

OFFER = (
    b"Event-Name: CHANNEL_DATA\nUnique-ID: %s\nCall-Direction: inbound\n"
    b"Caller-Caller-ID-Number: 100\nvariable_socket_path: test\n"
    b"Content-Type: command/reply\nReply-Text: %%2BOK%%0A\n\n"
)
OK = b"Content-Type: command/reply\nReply-Text: +OK\n\n"


def make_sounds(folder: Path, flow_: object = SUPPORT) -> Path:
    """Write a short file for everything a flow can play."""
    from array import array

    from eslflow.prompts.wav import encode

    data = encode(array("h", [1000, -1000] * 400), 8000)
    for audio in flow_.audio():  # type: ignore[attr-defined]
        path = folder / audio.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def rig(folder: Path, **options: object) -> Rig:
    """Return a controller with the small flow, its audio and a ledger."""
    sounds = make_sounds(folder / "sounds")
    return Rig([SUPPORT], sounds, folder, **options)  # type: ignore[arg-type]


class Peer:
    """A socket to the controller that reads what it is told, and says anything."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.sock = socket.create_connection(address)
        self.sock.settimeout(PATIENCE_S)
        self.heard = b""

    def says(self, data: bytes) -> None:
        """Send bytes; a controller that has hung up is no fault of the test."""
        try:
            self.sock.sendall(data)
        except OSError:
            self.heard += b""

    def hears(self, words: bytes) -> bytes:
        """Read until these words came."""
        while words not in self.heard:
            data = self.sock.recv(65536)
            assert data, f"closed before {words!r}; heard {self.heard!r}"
            self.heard += data
        return self.heard

    def hears_the_end(self) -> bytes:
        """Read until the controller closes; return everything it said."""
        try:
            while data := self.sock.recv(65536):
                self.heard += data
        except ConnectionError:
            self.heard += b""
        finally:
            self.sock.close()
        return self.heard

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()


def on_call(rig_: Rig, uuid: bytes = b"u-1") -> Peer:
    """Return a peer that has offered a call, which now hears the welcome."""
    peer = Peer(rig_.controller.address)
    peer.hears(b"connect\n\n")
    peer.says(OFFER % uuid)
    peer.hears(b"execute-app-name: playback")
    return peer
