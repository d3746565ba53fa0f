"""Hand-made peers for a controller under test: they say exactly what a test wants."""

from __future__ import annotations

import re
import socket as std_socket
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
PRESSED = (
    b"variable_eslflow_digits_1: 1\nvariable_read_result: success\n"
    b"variable_playback_last_offset_pos: 800\n"
)
DONE = b"Content-Type: api/response\nContent-Length: 4\n\n+OK\n"


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
        # At once, as the kernel does it: gevent would ask its threads for the address,
        # and the hub would turn meanwhile, how often depends on the machine.
        plain = std_socket.create_connection(address)
        plain.setblocking(False)
        self.sock = socket.socket(fileno=plain.detach())
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


def event(uuid: bytes, name: bytes, more: bytes = b"") -> bytes:
    """Return an event of a call as FreeSWITCH frames it."""
    body = b"Event-Name: %s\nUnique-ID: %s\n%s\n" % (name, uuid, more)
    head = b"Content-Length: %d\nContent-Type: text/event-plain\n\n"
    return head % len(body) + body


def executed(uuid: bytes, heard: bytes, more: bytes = b"") -> bytes:
    """Return the event that says that the application last asked for is done."""
    mark = re.findall(rb"Event-UUID: (\S+)", heard)[-1]
    more = b"Application-Response: FILE PLAYED\nApplication-UUID: %s\n" % mark + more
    return event(uuid, b"CHANNEL_EXECUTE_COMPLETE", more)


def agrees(peer: Peer, uuid: bytes) -> bytes:
    """Let the caller of a call begun by `on_call` agree; return all that was said."""
    peer.says(OK * 6 + executed(uuid, peer.heard))
    peer.hears(b"execute-app-name: play_and_get_digits")
    peer.hears(b"[12]")
    peer.says(DONE * 2 + OK + executed(uuid, peer.heard, PRESSED))
    return peer.hears(b"api uuid_record %s start" % uuid)
