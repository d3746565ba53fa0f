"""One call's socket without the socket: messages to events, commands to text.

In: messages from the wire, commands of the engine. Out: events for the engine, bytes
for the switch. Replies come strictly in order (mod_event_socket.c answers one command
before it reads the next), so they are matched by counting. Must not decide anything.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from eslflow.call.commands import (
    Api,
    Close,
    Command,
    Execute,
    Hangup,
    Job,
    mark,
)
from eslflow.call.events import (
    Bridged,
    Disconnected,
    Event,
    Executed,
    Held,
    HungUp,
    JobDone,
    KeyPressed,
    LegEnded,
    Offered,
    Parked,
    Queued,
    RecordStarted,
    RecordStopped,
    Replied,
    Unbridged,
)
from eslflow.errors import ProtocolError
from eslflow.wire import command as text
from eslflow.wire.message import Message
from eslflow.wire.terms import ContentType, EventName, Subclass

LINGER_S = 5
"""How long the switch keeps the socket after a hang-up, for RECORD_STOP comes late."""
MOST_SEGMENTS = 100_000
MOST_NAME = 200
"""Characters of a channel's name with which the notice of `linger` fits its buffer."""

Make = Callable[[Message], "Event | None"]

_SAFE_PATH = 200
_ASSURANCE = re.compile("TN-Validation-(?:Passed|Failed)-[ABC]|No-TN-Validation")
_REPLIES = frozenset({ContentType.COMMAND_REPLY, ContentType.API_RESPONSE})


def offer(message: Message) -> Offered:
    """Read the reply to `connect`: a header block of channel data, without a body.

    Raises:
        ProtocolError: this is no call of a FreeSWITCH.
        UnsafeValue: its Unique-ID could not be sent back.
    """
    uuid = text.identifier(message.need("Unique-ID"))
    segments = message.variable("eslflow_segments") or "0"
    name = message.get("Channel-Name") or ""
    return Offered(
        uuid=uuid,
        direction=message.get("Call-Direction") or "",
        caller=message.get("Caller-Caller-ID-Number") or "",
        caller_name=message.get("Caller-Caller-ID-Name") or "",
        called=message.get("Caller-Destination-Number") or "",
        flow_path=(message.variable("socket_path") or "")[:_SAFE_PATH],
        is_answered=message.get("Answer-State") == "answered",
        segments=_number(segments, MOST_SEGMENTS),
        may_linger=name.isprintable() and len(name) <= MOST_NAME,
        assurance=_assurance(message),
    )


def _assurance(message: Message) -> str:
    """Return what `sofia_stir_shaken_vs` has found; nobody else may set it so."""
    found = message.variable("sip_verstat_detailed") or ""
    return found if _ASSURANCE.fullmatch(found) else ""


class Dialogue:
    """What is said on one call's socket after the offer."""

    __slots__ = (
        "_answers",
        "_called",
        "_mine",
        "_number",
        "_others",
        "_uuid",
        "_with_us",
    )

    def __init__(self, uuid: str) -> None:
        self._uuid = uuid
        self._mine = f"\nUnique-ID: {uuid}\n".encode()
        self._others = f"\nOther-Leg-Unique-ID: {uuid}\n".encode()
        """In the events of the leg that the caller talks with."""
        self._with_us = f"\nBridge-B-Unique-ID: {uuid}\n".encode()
        """In the bridge that another leg has made with ours: a consumer of mod_fifo, or
        the second agent of an attended transfer (measured)."""
        self._called: list[bytes] = []
        """In the events of the legs that were called for this call."""
        self._number = 0
        self._answers: deque[int] = deque()
        """Number of each command that is not answered yet; negative when only its
        refusal is of interest, 0 when no answer is."""

    def open(
        self, subscribes: bytes, hears_others: bool = False, may_linger: bool = True
    ) -> bytes:
        """Return the commands that come first; filters before `event` (measured).

        `subscribes` is the text of `event`, the same for all calls of a flow. Before it
        the socket hears every call of the switch. The notice that the socket lingers
        has the channel's name in it as it is (mod_event_socket.c, and in 512 bytes),
        and sofia.c makes that of the caller's number, decoded: one with a line feed in
        it would end the notice, and what follows would be taken for the switch's word
        (measured). Such a call ends with its hang-up.
        """
        said = [text.linger(LINGER_S)] if may_linger else []
        said.append(text.only("Unique-ID", self._uuid))
        if hears_others:
            said.append(text.only("Other-Leg-Unique-ID", self._uuid))
        said.append(subscribes)
        self._answers.extend([0] * len(said))
        return b"".join(said)

    def say(self, command: Command) -> bytes:
        """Return the text of a command; empty for one that is not for the switch.

        Raises:
            UnsafeValue: an argument could forge or run a command.
        """
        if type(command) is Execute:
            self._number += 1
            self._answers.append(-self._number)
            number = mark(self._number)
            return text.execute(command.app, command.arg, number, command.leg)
        if type(command) is Api:
            self._number += 1
            self._answers.append(self._number if command.waits else -self._number)
            return text.api(command.command, command.arg)
        if type(command) is Job:
            return self._start(command)
        if type(command) is Hangup:
            self._answers.append(0)
            return text.hangup(command.cause)
        if type(command) is Close:
            self._answers.append(0)
            return text.leave()
        return b""

    def _start(self, job: Job) -> bytes:
        """Return the text of a job, and of what lets us hear of it and of its leg."""
        self._number += 1
        self._answers.extend([0, 0, -self._number])
        said = [
            text.only("Unique-ID", job.leg),
            text.only("Job-UUID", job.leg),
            text.bgapi(job.command, job.arg, job.leg),
        ]
        self._called.append(f"\nUnique-ID: {job.leg}\n".encode())
        return b"".join(said)

    def hears(self, messages: Iterable[Message]) -> Iterator[Event]:
        """Yield the events that messages are, as `hear` returns them.

        Raises:
            ProtocolError: after those before it, as `hear` does.
        """
        answers = self._answers
        for message in messages:
            if message.is_plain_ok and answers and answers[0] <= 0:
                answers.popleft()
                continue
            event = self.hear(message)
            if event is not None:
                yield event

    def hear(self, message: Message) -> Event | None:
        """Return the event that a message is; None for what the engine needs not.

        Raises:
            ProtocolError: a reply to no command, or an event that is none.
        """
        name = message.event_name
        if name in _EVENTS:
            return self._event(message, name)
        kind = message.content_type
        if kind == ContentType.EVENT_PLAIN:
            return self._event(message, message.event().raw("Event-Name") or b"")
        if kind in _REPLIES:
            return self._reply(message)
        if kind == ContentType.DISCONNECT_NOTICE:
            is_over = message.get("Content-Disposition") != "linger"
            return Disconnected() if is_over else None
        raw = message.raw("Content-Type") or b""
        raise ProtocolError("a message of a kind that no call has", raw)

    def _event(self, message: Message, name: bytes) -> Event | None:
        """Return an event of the A-leg, or of the leg it talks with."""
        event = message.event()
        if name == _JOB:
            return _job_done(event)
        make: Make | None
        if event.has(self._mine):
            make = _EVENTS.get(name)
        elif name in _CALLED and any(map(event.has, self._called)):
            make = _CALLED[name]
        else:
            # A filter lets other legs' events through; most are not this call's.
            is_with_us = event.has(self._others) or event.has(self._with_us)
            make = _OTHERS.get(name) if is_with_us else None
            if name in _BRIDGES and not event.has(self._with_us):
                # Its bridge with somebody else: a consultation, say.
                return None
        return make(event) if make else None

    def _reply(self, message: Message) -> Event | None:
        if not self._answers:
            raise ProtocolError("a reply that nothing was asked for")
        number = self._answers.popleft()
        if number > 0 or (number < 0 and not message.is_ok):
            return Replied(abs(number), message.is_ok, message.reply)
        return None


def _executed(event: Message) -> Event:
    of, response = event.last("Application-UUID"), event.last("Application-Response")
    return Executed(of or "", response or "", event)


def _job_done(event: Message) -> Event:
    words = event.body.decode("utf-8", "surrogateescape").strip()
    return JobDone(event.get("Job-UUID") or "", words.startswith("+OK"), words)


def _stopped(event: Message) -> Event:
    return RecordStopped(
        path=event.last("Record-File-Path") or "",
        ms=_number(event.variable("record_ms") or "0", 1 << 40),
        cause=event.get("Record-Completion-Cause") or "",
        at=_at(event),
    )


def _at(event: Message) -> int:
    return _number(event.get("Event-Date-Timestamp") or "", 1 << 60)


def _custom(event: Message) -> Event | None:
    if event.get("Event-Subclass") == Subclass.CONTROL:
        return KeyPressed(event.get("eslflow-action") or "", is_callers=True)
    if event.get("Event-Subclass") != Subclass.FIFO:
        return None
    return Queued(action=event.get("FIFO-Action") or "")


def _number(digits: str, most: int) -> int:
    """Return a number that came over the wire, or 0; never more than `most`."""
    if digits.isascii() and digits.isdigit() and len(digits) < 20:
        return min(int(digits), most)
    return 0


def _others_custom(event: Message) -> Event | None:
    if event.get("Event-Subclass") != Subclass.CONTROL:
        return None
    return KeyPressed(event.get("eslflow-action") or "")


_JOB = EventName.BACKGROUND_JOB.value.encode()
_CUSTOM = EventName.CUSTOM.value.encode()
_HELD = EventName.CHANNEL_HOLD.value.encode()
_UNHELD = EventName.CHANNEL_UNHOLD.value.encode()
_BRIDGES = frozenset(
    {
        EventName.CHANNEL_BRIDGE.value.encode(),
        EventName.CHANNEL_UNBRIDGE.value.encode(),
    }
)
_EVENTS: dict[bytes, Make] = {
    _HELD: lambda _: Held(True, is_callers=True),
    _UNHELD: lambda _: Held(False, is_callers=True),
    EventName.CHANNEL_EXECUTE_COMPLETE.value.encode(): _executed,
    EventName.CHANNEL_BRIDGE.value.encode(): lambda event: Bridged(
        leg=event.get("Other-Leg-Unique-ID") or event.get("Bridge-B-Unique-ID") or "",
        agent=event.get("Other-Leg-Destination-Number") or "",
    ),
    EventName.CHANNEL_UNBRIDGE.value.encode(): lambda _: Unbridged(),
    EventName.CHANNEL_PARK.value.encode(): lambda _: Parked(),
    EventName.CHANNEL_HANGUP.value.encode(): lambda event: HungUp(
        event.last("Hangup-Cause") or ""
    ),
    EventName.RECORD_START.value.encode(): lambda event: RecordStarted(
        event.last("Record-File-Path") or "", at=_at(event)
    ),
    EventName.RECORD_STOP.value.encode(): _stopped,
    _CUSTOM: _custom,
}
_OTHERS: dict[bytes, Make] = {
    _HELD: lambda _: Held(True, is_callers=False),
    _UNHELD: lambda _: Held(False, is_callers=False),
    EventName.CHANNEL_BRIDGE.value.encode(): lambda event: Bridged(
        leg=event.get("Unique-ID") or "",
        agent=event.get("Caller-Destination-Number") or "",
    ),
    EventName.CHANNEL_UNBRIDGE.value.encode(): lambda _: Unbridged(),
    EventName.RECORD_START.value.encode(): lambda event: RecordStarted(
        event.get("Record-File-Path") or "", event.get("Unique-ID") or ""
    ),
    _CUSTOM: _others_custom,
}
"""What is heard of the other leg. The key of a caller never comes this way: it is
bound on the caller's leg, which runs it itself."""
_CALLED: dict[bytes, Make] = {
    EventName.CHANNEL_EXECUTE_COMPLETE.value.encode(): _executed,
    EventName.CHANNEL_HANGUP.value.encode(): lambda event: LegEnded(
        event.get("Unique-ID") or "", event.get("Hangup-Cause") or ""
    ),
}
"""What is heard besides of a leg that was called for this call."""
