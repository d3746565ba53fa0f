"""SIP messages and SDP, as far as a test phone needs them (RFC 3261, 3264).

In: datagrams. Out: datagrams. Must not know of calls: `dialog` does.
"""

from __future__ import annotations

import re
import uuid
from typing import NamedTuple

Address = tuple[str, int]


class Message(NamedTuple):
    """A request or a response."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @property
    def method(self) -> str:
        """The method of a request; empty for a response."""
        return "" if self.status else self.first.split(" ", 1)[0]

    @property
    def status(self) -> int:
        """The status of a response; 0 for a request."""
        word, _, rest = self.first.partition(" ")
        return int(rest[:3]) if word == "SIP/2.0" else 0

    @property
    def destination(self) -> Address:
        """Where it is to be sent: to its target, or back to who asked."""
        place = self.get("Via") if self.status else self.first
        found = re.search(r"(\d+\.\d+\.\d+\.\d+)(?::(\d+))?", place)
        if found is None:
            raise ValueError(f"nowhere to send {self.first!r}")
        return (found[1], int(found[2] or 5060))

    def get(self, name: str) -> str:
        """Return a header's first value; empty if there is none."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        """Return all values of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def encode(self) -> bytes:
        """Return it as a datagram."""
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers)]
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", self.body]).encode("latin-1")


def parse(data: bytes) -> Message:
    """Return a datagram as a message."""
    head, _, body = data.decode("latin-1").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":")[::2] for line in lines)
    named = [(name.strip(), value.strip()) for name, value in pairs]
    kept = [pair for pair in named if pair[0].lower() not in {"content-length", "l"}]
    return Message(first, tuple(kept), body)


def offer(port: int, way: str = "sendrecv") -> str:
    """Return the SDP of a phone that speaks PCMU and RFC 2833."""
    lines = (
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        f"m=audio {port} RTP/AVP 0 101",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-16",
        "a=ptime:20",
        f"a={way}",
    )
    return "".join(f"{line}\r\n" for line in lines)


def media(body: str) -> Address | None:
    """Return where an SDP wants its audio, or None."""
    port = re.search(r"m=audio (\d+)", body)
    host = re.search(r"c=IN IP4 (\S+)", body)
    return (host[1], int(port[1])) if port and host else None


def direction(body: str) -> str:
    """Return which way an SDP wants its audio to go: `sendrecv` unless it says so."""
    found = re.search(r"a=(sendrecv|sendonly|recvonly|inactive)", body)
    return found[1] if found else "sendrecv"


def uri(value: str) -> str:
    """Return the address between the angle brackets of a header."""
    found = re.search(r"<([^>]*)>", value)
    return found[1] if found else value.split(";", 1)[0]


def tag(value: str) -> str:
    """Return the tag of a From or To header."""
    found = re.search(r";\s*tag=([^;\s]+)", value)
    return found[1] if found else ""


def token() -> str:
    """Return a word that nobody else uses."""
    return uuid.uuid4().hex[:16]
