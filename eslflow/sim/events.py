"""The switch's own words: header blocks as FreeSWITCH 1.11 sends them.

In: a channel's headers and variables. Out: bytes. The block of a real channel
(`channel_data.txt`) is the mould, so that sizes and headers are a real switch's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files

_MOULD = files("eslflow.sim").joinpath("channel_data.txt").read_bytes()
_ENCODE = re.compile(rb"%(?![0-9A-Fa-f]{2})|[^ -~]|[ \"#&+:;<=>?@\[\\\]^`{|}]")


def encode(value: bytes) -> bytes:
    """Percent-encode a value as switch_url_encode does.

    A `%` before two hex digits stays as it is, so that the encoding cannot be undone
    with certainty (measured).
    """
    return _ENCODE.sub(lambda found: b"%%%02X" % found[0][0], value)


class Headers:
    """The header block of one channel."""

    def __init__(self, values: Mapping[str, bytes]) -> None:
        lines = [line for line in _MOULD.split(b"\n") if line]
        given = {name.encode(): encode(value) for name, value in values.items()}
        self._lines = []
        for line in lines[1:]:
            name = line.partition(b":")[0]
            value = given.pop(name, None)
            self._lines.append(line if value is None else name + b": " + value)
        self._lines += [name + b": " + value for name, value in given.items()]
        self._block = b"\n".join(self._lines)

    def event(
        self,
        name: str,
        variables: Mapping[str, bytes],
        extra: Mapping[str, str] | None = None,
        uuid: bool = True,
    ) -> bytes:
        """Return an event's header block, which ends with a blank line."""
        parts = [b"Event-Name: " + name.encode()]
        if uuid:
            parts.append(self._block)
        parts += [
            b"variable_%s: %s" % (key.encode(), encode(value))
            for key, value in variables.items()
        ]
        parts += [
            b"%s: %s" % (key.encode(), encode(value.encode("utf-8", "surrogateescape")))
            for key, value in (extra or {}).items()
        ]
        return b"\n".join(parts) + b"\n\n"


def envelope(block: bytes) -> bytes:
    """Return an event as it goes over the socket."""
    head = b"Content-Length: %d\nContent-Type: text/event-plain\n\n"
    return head % len(block) + block


def reply(text: str, extra: str = "") -> bytes:
    """Return the answer to a command."""
    return f"Content-Type: command/reply\nReply-Text: {text}\n{extra}\n".encode()


def api_reply(text: str) -> bytes:
    """Return the answer to an API command."""
    body = text.encode()
    return b"Content-Type: api/response\nContent-Length: %d\n\n" % len(body) + body


def notice(uuid: str, disposition: str, linger_s: int = 0) -> bytes:
    """Return a disconnect notice."""
    extra = f"Linger-Time: {linger_s}\n" if disposition == "linger" else ""
    body = (
        ""
        if disposition == "linger"
        else "Disconnected, goodbye.\nSee you at ClueCon!\n"
    )
    return (
        "Content-Type: text/disconnect-notice\n"
        f"Controlled-Session-UUID: {uuid}\nContent-Disposition: {disposition}\n{extra}"
        f"Content-Length: {len(body)}\n\n{body}"
    ).encode()
