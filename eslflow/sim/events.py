"""The switch's own words: header blocks as FreeSWITCH 1.11 sends them.

In: a channel's state and variables. Out: bytes. What a real channel said
(`channel_data.txt`) is the mould, so that sizes and headers are a real switch's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files

from eslflow.wire.message import decode

_ENCODE = re.compile(rb"%(?![0-9A-Fa-f]{2})|[^ -~]|[ \"#&+:;<=>?@\[\\\]^`{|}]")
_TOKEN = re.compile(rb"@([A-Z]+)@")
_NUMBERS = {
    b"CS_SOFT_EXECUTE": b"3",
    b"CS_EXECUTE": b"4",
    b"CS_EXCHANGE_MEDIA": b"5",
    b"CS_PARK": b"6",
    b"CS_HANGUP": b"10",
    b"CS_REPORTING": b"11",
}
"""`Channel-State-Number` (switch_types.h, switch_channel_state_t)."""

Lines = dict[bytes, bytes]
"""Encoded values by name, in order."""


def encode(value: bytes) -> bytes:
    """Percent-encode a value as switch_url_encode does.

    A `%` before two hex digits stays as it is, so that the encoding cannot be undone
    with certainty (measured).
    """
    return _ENCODE.sub(lambda found: b"%%%02X" % found[0][0], value)


def raw(text: str) -> bytes:
    """Return the bytes of a text that may hold bytes that are not UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def _sections() -> dict[str, Lines]:
    """Read the mould."""
    found: dict[str, Lines] = {}
    text = files("eslflow.sim").joinpath("channel_data.txt").read_bytes()
    for line in text.splitlines():
        if line.startswith(b"["):
            section = found.setdefault(line[1:-1].decode(), {})
        elif not line.startswith(b"#"):
            name, _, value = line.partition(b": ")
            section[name] = value
    return found


_MOULD = _sections()


class Headers:
    """What the switch says of one channel, as it is now."""

    def __init__(
        self,
        words: Mapping[str, str],
        own: Mapping[str, bytes],
        more: bytes = b"",
    ) -> None:
        self._words = {name.encode(): encode(raw(word)) for name, word in words.items()}
        self._more = more.rstrip(b"\n")
        self._sequence = 185_744
        self._core = _join(_MOULD["core"].items())
        self._channel = self._filled("channel")
        self._offer = self._filled("offer")
        self._variables = {
            name.removeprefix(b"variable_"): value
            for name, value in self._filled("variables").items()
        }
        if not words["PATH"]:
            del self._variables[b"socket_path"]
        for header, value in own.items():
            self._own(header.encode(), encode(value))

    def _own(self, header: bytes, value: bytes) -> None:
        if header.startswith(b"variable_"):
            self._variables[header[9:]] = value
        else:
            self._channel[header] = value

    def _filled(self, section: str) -> Lines:
        return {
            name: _TOKEN.sub(lambda found: self._words[found[1]], value)
            for name, value in _MOULD[section].items()
        }

    def join(self, uuid: str) -> None:
        """Let the channel name the leg that it is joined with."""
        self._words[b"AGENT"] = encode(raw(uuid))
        self.add("other leg")
        self.add("bridged")

    def part(self) -> None:
        """Let the channel name no other leg any more."""
        for header in _MOULD["other leg"]:
            self._channel.pop(header, None)

    def add(self, section: str) -> None:
        """Let the channel have what a section of the mould says."""
        for header, value in self._filled(section).items():
            self._own(header, value)

    def variable(self, name: str) -> str | None:
        """Return a channel variable, or None."""
        value = self._variables.get(name.encode())
        return None if value is None else decode(value)

    def set(self, name: str, value: str | None) -> None:
        """Set or unset a channel variable; an empty value unsets."""
        self._variables.pop(name.encode(), None)
        if value:
            self._variables[name.encode()] = encode(raw(value))

    def offer(self, now: int, state: Mapping[str, bytes]) -> bytes:
        """Return the answer to `connect`: a bare block, without Content-Length."""
        head = self._head("CHANNEL_DATA", now)
        tail = (
            b"Content-Type: command/reply\nReply-Text: %2BOK%0A\n"
            b"Socket-Mode: async\nControl: full"
        )
        offer = _join(self._offer.items())
        return b"\n".join([head, offer, self._whole(state), tail]) + b"\n\n"

    def event(
        self,
        name: str,
        now: int,
        state: Mapping[str, bytes] | None,
        extra: Mapping[str, str],
        body: bytes = b"",
    ) -> bytes:
        """Return an event as it goes over the socket; without state, of no channel."""
        # switch_event.c: a CUSTOM event has its subclass before its name.
        subclass, extra = _subclass_of(extra)
        parts = [subclass + self._head(name, now)]
        if state is not None:
            parts.append(self._whole(state))
        if extra:
            parts.append(_join((n.encode(), encode(raw(v))) for n, v in extra.items()))
        if body:
            parts.append(b"Content-Length: %d" % len(body))
        return envelope(b"\n".join(parts) + b"\n\n" + body)

    def agent_event(
        self,
        name: str,
        now: int,
        uuid: str,
        extra: Mapping[str, str],
        variables: Mapping[str, str],
    ) -> bytes:
        """Return an event of an agent's leg."""
        self._words[b"AGENT"] = encode(raw(uuid))
        subclass, extra = _subclass_of(extra)
        own = {f"variable_{name}": value for name, value in variables.items()}
        lines = self._filled("agent") | {
            header.encode(): encode(raw(value))
            for header, value in (own | dict(extra)).items()
        }
        block = subclass + self._head(name, now) + b"\n" + _join(lines.items())
        return envelope(block + b"\n\n")

    def _head(self, name: str, now: int) -> bytes:
        self._sequence += 7
        return b"Event-Name: %s\n%s\nEvent-Date-Timestamp: %d\nEvent-Sequence: %d" % (
            name.encode(),
            self._core,
            now,
            self._sequence,
        )

    def _whole(self, state: Mapping[str, bytes]) -> bytes:
        """Return everything of the channel, its state first."""
        own = {name.encode(): value for name, value in state.items()}
        own[b"Channel-State-Number"] = _NUMBERS.get(state["Channel-State"], b"8")
        parts = [_join((own | self._channel).items())]
        parts += [
            b"variable_%s: %s" % (name, value)
            for name, value in self._variables.items()
        ]
        if self._more:
            parts.append(self._more)
        return b"\n".join(parts)


def _join(lines: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"\n".join([b"%s: %s" % line for line in lines])


def envelope(block: bytes) -> bytes:
    """Return an event as it goes over the socket."""
    head = b"Content-Length: %d\nContent-Type: text/event-plain\n\n"
    return head % len(block) + block


def reply(text: str, extra: str = "") -> bytes:
    """Return the answer to a command."""
    return raw(f"Content-Type: command/reply\nReply-Text: {text}\n{extra}\n")


def api_reply(text: str) -> bytes:
    """Return the answer to an API command."""
    body = raw(text)
    return b"Content-Type: api/response\nContent-Length: %d\n\n" % len(body) + body


def lingers(uuid: str, channel: str, seconds: int) -> bytes:
    """Return the notice that the call is over and the socket stays for a while."""
    return raw(
        f"Content-Type: text/disconnect-notice\nControlled-Session-UUID: {uuid}\n"
        f"Content-Disposition: linger\nChannel-Name: {channel}\n"
        f"Linger-Time: {seconds}\nContent-Length: 0\n\n"
    )


def goodbye(uuid: str) -> bytes:
    """Return the notice that the switch closes the socket."""
    body = "Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n"
    return raw(
        f"Content-Type: text/disconnect-notice\nControlled-Session-UUID: {uuid}\n"
        f"Content-Disposition: disconnect\nContent-Length: {len(body)}\n\n{body}"
    )


def _subclass_of(headers: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    """Return the line of a CUSTOM event's subclass, and the other headers."""
    others = dict(headers)
    subclass = others.pop("Event-Subclass", "")
    line = b"Event-Subclass: %s\n" % encode(raw(subclass)) if subclass else b""
    return line, others
