"""A switch whose calls go on while controllers come and go, and a site beside it.

`Truth` is the control link to a switch of a few lines: it knows which channels there
are, what records them, and what is on its agenda, and answers in FreeSWITCH's words
(mod_commands.c, switch_core_media_bug.c). Its time is simulated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gevent
from gevent.event import AsyncResult, Event

from eslflow.call.live import Site
from eslflow.call.records import (
    CallOffered,
    Choice,
    RecordingAction,
    RecordingBegun,
    Row,
    State,
)
from eslflow.cli.books import SiteBooks
from eslflow.errors import CommandRefused, LinkLost
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import Ledger
from eslflow.sim.clock import SimulatedClock
from eslflow.switch.adoption import Adoption
from eslflow.switch.controller import Controller, Wakeup
from eslflow.switch.findings import Finding
from eslflow.switch.link import Link
from eslflow.switch.reconcile import Reconciler
from eslflow.switch.shelf import Shelf
from eslflow.wire.command import argument
from eslflow.wire.message import Message
from eslflow.wire.terms import ApiCommand, RecordAction
from tests.steps_of import flow

PATIENCE_S = 30
ANNA = "0a6f5a54-0000-4000-8000-000000000001"
AGENT = "0a6f5a54-0000-4000-8000-00000000000a"
KEYS = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d}
notices:
  recording: {version: 3, text: Press 1 to agree or 2 to refuse.}
prompts:
  welcome: Welcome.
recording:
  agent_keys: {1: mask, 2: unmask}
  dead_man: 30s
"""
FLOW = flow(
    """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused}
    talk: {queue: support, record: on}
    pay: {queue: pay, record: masked}
    """,
    KEYS,
)


@dataclass
class Truth(Link):
    """The switch."""

    clock: SimulatedClock
    channels: dict[str, dict[str, bool]] = field(default_factory=dict)
    """By uuid the files that are recorded, and whether each is masked."""
    talks: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By uuid the other leg, and its number."""
    holding: set[str] = field(default_factory=set)
    """Legs that have the other one on hold."""
    agenda: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    heard: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    """What is answered to commands that begin so, instead of the truth."""
    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    """What happens once, just before a command that begins so is answered."""
    was_asked: Event = field(default_factory=Event)
    hears: dict[str, Callable[[Message], object]] = field(default_factory=dict)
    """Who is told what happens to a call."""
    is_silent: bool = False
    """It tells nobody anything by itself: its events are lost."""

    def watch(self, uuid: str, hear: Callable[[Message], object]) -> None:
        self.hears[uuid] = hear

    def let_go(self, uuid: str) -> None:
        self.hears.pop(uuid, None)

    def tells(self, name: str, uuid: str = ANNA, **headers: str) -> None:
        """Say what has happened to a leg, or to the one that it talks with."""
        told = {"Event-Name": name, "Unique-ID": uuid}
        told |= {key.replace("__", "-"): value for key, value in headers.items()}
        lines = "".join(f"{key}: {value}\n" for key, value in told.items())
        message = Message(b"Content-Type: text/event-plain", f"{lines}\n".encode())
        other = told.get("Other-Leg-Unique-ID", "")
        hear = self.hears.get(uuid) or self.hears.get(other)
        if hear is not None and not self.is_silent:
            hear(message)

    def api(self, command: ApiCommand, arg: str = "") -> str:
        words = f"{command} {argument(arg)}".rstrip()
        for start in [s for s in self.before if words.startswith(s)]:
            self.before.pop(start)()
        if self.problem:
            raise LinkLost(self.problem)
        self.heard.append(words)
        self.was_asked.set()
        reply = self._answer(words).strip()
        if reply.startswith("-"):
            raise CommandRefused(words, reply)
        return reply

    def _answer(self, words: str) -> str:
        for start, text in self.said.items():
            if words.startswith(start):
                return text
        command, _, arg = words.partition(" ")
        return str(getattr(self, f"_{command}")(arg))

    def _uuid_getvar(self, arg: str) -> str:
        return "_undef_"

    def _show(self, arg: str) -> str:
        rows = self._calls() if arg == "calls as json" else self._channels()
        shown = {"row_count": len(rows)} | ({"rows": rows} if rows else {})
        return json.dumps(shown, separators=(",", ":"))

    def _channels(self) -> list[dict[str, str]]:
        return [
            {"uuid": uuid, "direction": "inbound", "cid_name": 'A "; B', "dest": "100"}
            for uuid in self.channels
        ]

    def _calls(self) -> list[dict[str, str]]:
        legs = {uuid: self.talks.get(uuid, ("", "")) for uuid in self.channels}
        others = {other for other, _ in legs.values()}
        since = str(self.clock.now() // 1_000_000)
        return [
            {"uuid": uuid, "dest": "100", "b_uuid": other, "b_dest": number,
             "callstate": self._callstate(uuid), "b_callstate": self._callstate(other),
             "call_created_epoch": since if other else ""}
            for uuid, (other, number) in legs.items() if uuid not in others
        ]  # fmt: skip

    def _callstate(self, uuid: str) -> str:
        return "HELD" if uuid in self.holding else "ACTIVE" if uuid else ""

    def _uuid_exists(self, uuid: str) -> str:
        return "true" if uuid in self.channels else "false"

    def _uuid_buglist(self, uuid: str) -> str:
        if uuid not in self.channels:
            return "-ERR no reply"
        bugs = "".join(
            " <media-bug>\n  <function>session_record</function>\n"
            f"  <target>{path}</target>\n  <thread-locked>0</thread-locked>\n"
            " </media-bug>\n"
            for path in self.channels[uuid]
        )
        return f"<media-bugs>\n{bugs}</media-bugs>\n"

    def _uuid_record(self, arg: str) -> str:
        uuid, action, path, *_ = arg.split(" ")
        files = self.channels.get(uuid)
        if files is None:
            return "-ERR Cannot locate session!\n"
        if action == "start":
            files[path] = False
            self.tells("RECORD_START", uuid, Record__File__Path=path)
        elif action == "stop" and (path in files or (path == "all" and files)):
            for each in [path] if path in files else list(files):
                del files[each]
                told = {"Record__File__Path": each, "variable_record_ms": "1234"}
                self.tells("RECORD_STOP", uuid, **told)
        elif action in ("mask", "unmask") and path in files:
            files[path] = action == "mask"
        else:
            what = "stop record session" if action == "stop" else f"{action} recording"
            return f"-ERR Cannot {what}!\n"
        return "+OK Success\n"

    def _uuid_setvar(self, _: str) -> str:
        return "+OK\n"

    def _uuid_displace(self, _: str) -> str:
        return "+OK Success\n"

    def _sched_api(self, arg: str) -> str:
        after, group, task = arg.split(" ", 2)
        words = task.partition(" ")[2]
        self.agenda[group] = self.clock.after(
            float(after[1:]), lambda: (self.agenda.pop(group), self._uuid_record(words))
        )
        return "+OK Added: 7\n"

    def _sched_del(self, group: str) -> str:
        task = self.agenda.pop(group, None)
        if task is not None:
            task.cancel()
        return f"+OK Deleted: {int(task is not None)}\n\n"

    def counts(self, start: str) -> int:
        """Return how many commands began so."""
        return sum(words.startswith(start) for words in self.heard)


class World:
    """A site: its ledger, its controller, its switch, and calls left behind."""

    def __init__(self, folder: Path, flow_: Any = FLOW, **site: Any) -> None:
        self.folder = folder / "recordings"
        self.folder.mkdir()
        self.clock = SimulatedClock()
        self.wakeup = Wakeup()
        self.ledger = Ledger(folder / "eslflow.db", self.wakeup.notify)
        self.wakeup.watch(self.ledger)
        self.switch = Truth(self.clock)
        self.controller = Controller(
            Shelf({flow_.name: flow_}),
            Site(str(self.folder), "eslflow test", **site),
            self.ledger,
            self.clock,
            timers=self.clock,
        )
        self.desk = self.controller.desk
        self.books = SiteBooks(folder / "eslflow.db", self.folder, self.clock)
        self._adoptions: list[Adoption] = []

    def close(self) -> None:
        for adoption in self._adoptions:
            adoption.close()
        self.ledger.close()
        self.wakeup.close()

    def path(self, number: int = 1, uuid: str = ANNA) -> str:
        return f"{self.folder}/2026/11/24/{uuid}-{number}.wav"

    def file(self, path: str) -> Path:
        made = Path(path)
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes(b"RIFF")
        return made

    # What a controller that is dead by now had kept.

    def keeps(self, *rows: Row) -> None:
        """Keep rows, and wait until they are on disk."""
        answer: AsyncResult[str] = AsyncResult()
        self.ledger.keep(rows, answer.set)
        assert answer.get(timeout=PATIENCE_S) == ""

    def had(
        self,
        *actions: RecordingAction,
        state: State | None = State.GRANTED,
        uuid: str = ANNA,
        is_running: bool = True,
        purposes: str = "training",
    ) -> str:
        """Leave a recorded call behind; return its file."""
        path, at = self.path(uuid=uuid), self.clock.now() - 60_000_000
        rows: list[Row] = [
            CallOffered(uuid, "inbound", "+4930111111", "", "100", "test", "", "", at),
            RecordingBegun(f"{uuid}-1", uuid, uuid, path, purposes, "talk", at),
            self.action(RecordAction.START, -50, uuid=uuid),
            *actions,
        ]
        if state is not None:
            rows.insert(1, choice(uuid, at, state))
        self.keeps(*rows)
        if is_running:
            self.switch.channels.setdefault(uuid, {})[path] = False
            self.file(path)
        return path

    def action(
        self,
        what: RecordAction,
        at_s: float,
        reason: str = "step",
        step: str = "talk",
        uuid: str = ANNA,
        verified: bool = True,
    ) -> RecordingAction:
        at = self.clock.now() + round(at_s * 1e6)
        words = "+OK Success" if verified else ""
        return RecordingAction(
            f"{uuid}-1", uuid, at, what, reason, step, words, verified, at
        )

    def dead_man(self, uuid: str = ANNA, after_s: float = 30) -> None:
        """Put what the dead controller had put on the switch's agenda."""
        task = f"uuid_record {uuid} mask {self.path(uuid=uuid)}"
        self.switch.api(ApiCommand.SCHED_API, f"+{after_s} eslflow-{uuid}-0 {task}")

    # What a new one does.

    def reconciler(self, **given: Any) -> Reconciler:
        return Reconciler(
            self.switch,
            self.books,
            lambda rows: self.keeps(*rows),
            str(self.folder),
            self.clock,
            **given,
        )

    def adoption(self, is_by_itself: bool = False) -> Adoption:
        """Return what takes over; it compares when told to, unless by itself."""
        problem, self.switch.problem = self.switch.problem, "not yet"
        made = Adoption(self.controller, self.switch, self.books)
        self._adoptions.append(made)
        gevent.sleep(0)
        self.switch.problem = problem
        if not is_by_itself:
            made._keeper.kill()
        return made

    def adopts(self) -> list[Finding]:
        found = self.adoption().round()
        self.idle()
        return found

    def idle(self) -> None:
        """Let everybody do what they can do now."""
        for _ in range(20):
            gevent.sleep(0)

    def passes(self, seconds: float) -> None:
        """Let time go by; whoever a timer wakes has done its work before the next."""
        end = self.clock.now() + round(seconds * 1e6)
        self.idle()
        while self.clock.due <= end:
            self.clock.fire()
            self.idle()
        self.clock.reach(end)

    def kept(self, uuid: str = ANNA) -> dict[str, Any]:
        """Return what is kept of a call by now."""
        self.keeps()
        with Reader(self.ledger.path) as ledger:
            return ledger.call(uuid)

    def actions(self, uuid: str = ANNA) -> list[tuple[str, str, bool]]:
        """Return what was done to its recordings: action, reason, seen to be done."""
        rows: Sequence[Any] = self.kept(uuid)["recording_actions"]
        return [(row["action"], row["reason"], row["verified"]) for row in rows]


def choice(uuid: str, at: int, state: State, purpose: str = "training") -> Choice:
    return Choice(uuid, at, state, purpose, "consent", 0, "test", "", "ask", "")
