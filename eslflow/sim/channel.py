"""One call as the switch plays it: commands in, replies and events out.

In: the controller's commands, a script. Out: bytes, in the order of a real FreeSWITCH
1.11 (checked against its transcripts). Time passes in jumps: an application that takes
four seconds takes none to simulate. Must not open sockets or write files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from eslflow.sim import apps
from eslflow.sim.apis import API
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.commands import CommandReader, Sent
from eslflow.sim.events import Headers, api_reply, envelope, notice, reply
from eslflow.sim.script import Script

Length = Callable[[str], "int | None"]

LONG_S = 0.1
"""Time in which a controller is sure to have reacted to what it was sent."""


@dataclass
class Recording:
    """One recorder on the channel."""

    path: str
    started_s: float
    needs_bridge: bool = False
    stopped_s: float | None = None
    heard_s: float = 0.0
    """Seconds of sound in the file."""


@dataclass
class Heard:
    """One thing that happened, for people and tests."""

    at_s: float
    what: str
    text: str = ""


@dataclass
class State:
    """What the channel is."""

    variables: dict[str, bytes] = field(default_factory=dict)
    digits: str = ""
    """Keys that nobody has read yet."""
    is_answered: bool = False
    is_up: bool = True
    is_bridged: bool = False
    is_left: bool = False
    """The controller has given the call back."""
    drops: bool = False


class Channel:
    """The switch's side of one call."""

    def __init__(
        self,
        script: Script,
        clock: SimulatedClock,
        length_ms: Length,
        flush: Callable[[bytes], None] | None = None,
    ) -> None:
        self.script = script
        self.state = State()
        self.length_ms = length_ms
        self.commands: list[Sent] = []
        """Everything the controller sent."""
        self.heard: list[Heard] = []
        self.recordings: list[Recording] = []
        self.breaches: list[str] = []
        """Arguments that FreeSWITCH would have expanded: there must be none."""
        self.runs: dict[str, int] = {}
        """How often each application ran."""
        self._flush = flush
        self._clock = clock
        self._began = clock.now()
        self._reader = CommandReader()
        self._names: set[str] = set()
        self._filters: list[tuple[str, str]] = []
        self._linger_s: int | None = None
        self._headers = Headers(self._values())
        self._out: list[bytes] = []

    @property
    def now_s(self) -> float:
        """Simulated seconds since the call came in."""
        return (self._clock.now() - self._began) / 1e6

    def receive(self, data: bytes) -> bytes:
        """Take what the controller sent; return what the switch answers."""
        for sent in self._reader.feed(data):
            self.commands.append(sent)
            if not self.state.drops:
                self._command(sent)
        return self._taken()

    def _taken(self) -> bytes:
        out, self._out = b"".join(self._out), []
        return out

    def _command(self, sent: Sent) -> None:
        for start, answer in self.script.refuse.items():
            if sent.line.startswith(start) or sent.app == start:
                is_api = sent.verb == "api"
                self._out.append(api_reply(answer + "\n") if is_api else reply(answer))
                return
        handler = _VERBS.get(sent.verb)
        if handler is None:
            self._out.append(reply("-ERR command not found"))
        else:
            handler(self, sent)

    def _connect(self, _: Sent) -> None:
        block = self._headers.event("CHANNEL_DATA", self.state.variables)[:-1]
        tail = "Content-Type: command/reply\nReply-Text: %2BOK%0A\n"
        self._out.append(
            block + f"{tail}Socket-Mode: async\nControl: full\n\n".encode()
        )

    def _linger(self, sent: Sent) -> None:
        seconds = sent.line.partition(" ")[2]
        self._linger_s = int(seconds) if seconds.isdigit() else 0
        self._out.append(reply(f"+OK will linger {self._linger_s} seconds"))

    def _filter(self, sent: Sent) -> None:
        _, name, value = (*sent.line.split(" ", 2), "", "")[:3]
        self._filters.append((name, value))
        self._out.append(reply(f"+OK filter added. [{name}]=[{value}]"))

    def _event(self, sent: Sent) -> None:
        self._names |= set(sent.line.split()[2:])
        self._out.append(reply("+OK event listener enabled plain"))

    def _api(self, sent: Sent) -> None:
        name, _, arg = sent.line[4:].partition(" ")
        handler = API.get(name)
        if handler is None:
            self._out.append(api_reply(f"-ERR {name} Command not found!\n"))
            return
        # RECORD_START comes with the reply, behind it on the same socket.
        at = len(self._out)
        text = handler(self, arg)
        self._out.insert(at, api_reply(text))

    def _exit(self, _: Sent) -> None:
        self._out.append(reply("+OK bye"))
        self._out.append(notice(self.script.uuid, "disconnect"))
        self.state.is_left = True
        if self.state.is_up:
            self.tell("fallback")

    def _sendmsg(self, sent: Sent) -> None:
        self._out.append(reply("+OK"))
        if not self.state.is_up or not sent.app:
            return
        if "${" in sent.arg or "$$" in sent.arg:
            self.breaches.append(sent.arg)
        run = self.runs[sent.app] = self.runs.get(sent.app, 0) + 1
        if self.script.drop_at == sent.app:
            self.state.drops = True
            return
        app = apps.APPS.get(sent.app)
        if app is None:
            self.pass_s(0.021)
            self.hang_up("DESTINATION_OUT_OF_ORDER")
            self.finish()
            return
        leaves = self.script.hang_up_at in (sent.app, f"{sent.app} {run}")
        app(self, apps.Run(sent.app, sent.arg, sent.mark, run, leaves))

    def pass_s(self, seconds: float) -> None:
        """Let simulated time pass; what was said before is sent before."""
        if self._flush is not None and seconds > LONG_S:
            self._flush(self._taken())
        self._clock.pass_s(seconds)
        for recording in self.recordings:
            if recording.stopped_s is None and (
                self.state.is_bridged or not recording.needs_bridge
            ):
                recording.heard_s += seconds

    def tell(self, what: str, text: str = "") -> None:
        """Note what happened."""
        self.heard.append(Heard(round(self.now_s, 3), what, text))

    def set(self, name: str, value: str | None) -> None:
        """Set or unset a channel variable."""
        if value is None:
            self.state.variables.pop(name, None)
        else:
            self.state.variables[name] = value.encode("utf-8", "surrogateescape")

    def fire(
        self, name: str, extra: Mapping[str, str] | None = None, uuid: bool = True
    ) -> None:
        """Send an event, if the controller wants it and a filter lets it through."""
        subclass = (extra or {}).get("Event-Subclass")
        if (subclass or name) not in self._names and "ALL" not in self._names:
            return
        headers = {**(extra or {})}
        if uuid:
            headers.setdefault("Unique-ID", self.script.uuid)
        if self._filters and not any(headers.get(n) == v for n, v in self._filters):
            return
        shown = {k: v for k, v in headers.items() if k != "Unique-ID" or not uuid}
        variables = self.state.variables if uuid else {}
        block = self._headers.event(name, variables, shown, uuid)
        self._out.append(envelope(block))

    def complete(self, app: str, arg: str, mark: str, response: str = "_none_") -> None:
        """Say that an application is done."""
        self.fire(
            "CHANNEL_EXECUTE_COMPLETE",
            {
                "Application": app,
                "Application-Data": arg,
                "Application-Response": response,
                "Application-UUID": mark or "0e0cebd4-c7a5-4ca4-8228-d2cf535b9759",
            },
        )

    def hang_up(self, cause: str = "NORMAL_CLEARING") -> None:
        """End the A-leg: the event comes first, what else ends comes after it."""
        self.state.is_up = False
        self.tell("hangup", cause)
        self.fire("CHANNEL_HANGUP", {"Hangup-Cause": cause})

    def finish(self) -> None:
        """Say what comes late: the linger notice, RECORD_STOP, HANGUP_COMPLETE."""
        self.state.is_bridged = False
        if self._linger_s is not None:
            self._out.append(notice(self.script.uuid, "linger", self._linger_s))
            for recording in self.recordings:
                self.stop(recording, "success-silence")
            self.fire("CHANNEL_HANGUP_COMPLETE", {"Hangup-Cause": "NORMAL_CLEARING"})
        self._out.append(notice(self.script.uuid, "disconnect"))

    def stop(self, recording: Recording, cause: str) -> None:
        """Close a recorder's file."""
        if recording.stopped_s is not None:
            return
        recording.stopped_s = self.now_s
        self.tell("recording stops", recording.path)
        ms = round(recording.heard_s * 1000)
        self.set("record_ms", str(ms))
        self.fire(
            "RECORD_STOP",
            {
                "Record-File-Path": recording.path,
                "Record-Completion-Cause": cause if ms else "empty-file",
            },
        )

    def _values(self) -> dict[str, bytes]:
        script = self.script
        text = {
            "Unique-ID": script.uuid,
            "Channel-Unique-ID": script.uuid,
            "Caller-Unique-ID": script.uuid,
            "Channel-Call-UUID": script.uuid,
            "variable_uuid": script.uuid,
            "variable_call_uuid": script.uuid,
            "Call-Direction": "inbound",
            "Answer-State": "ringing",
            "Caller-Caller-ID-Number": script.caller,
            "Caller-Caller-ID-Name": script.caller_name,
            "Caller-Destination-Number": script.called,
            "variable_socket_host": "127.0.0.1",
        }
        if script.path:
            text["variable_socket_path"] = script.path
        values = {k: v.encode("utf-8", "surrogateescape") for k, v in text.items()}
        return {**values, **script.headers}


_VERBS: dict[str, Callable[[Channel, Sent], None]] = {
    "connect": Channel._connect,
    "linger": Channel._linger,
    "filter": Channel._filter,
    "event": Channel._event,
    "api": Channel._api,
    "exit": Channel._exit,
    "sendmsg": Channel._sendmsg,
}
