"""Taking over calls that went on without a controller, and the round that finds them.

In: a controller, its control link, the ledger. Out: adopted calls, and a round of
reconciliation whenever the link comes up, and every minute. Must not judge (`reconcile`
does).
"""

from __future__ import annotations

import logging
import re

import gevent
from gevent.event import AsyncResult, Event
from gevent.lock import BoundedSemaphore

from eslflow.call import deadman
from eslflow.call.commands import Api
from eslflow.call.live import Live
from eslflow.call.recording import Recording
from eslflow.errors import CommandRefused, EslflowError, on_one_line
from eslflow.flow.model import Flow, From
from eslflow.switch.adopted import LOOK_S, AdoptedCall
from eslflow.switch.controller import Controller
from eslflow.switch.findings import Books, Finding, Leg, Talk
from eslflow.switch.link import Link
from eslflow.switch.reconcile import Reconciler
from eslflow.switch.restore import restored
from eslflow.wire.buglist import recorders
from eslflow.wire.terms import ApiCommand, RecordAction

log = logging.getLogger("eslflow.link")

EVERY_S = 60.0
ASK_S = 1.0
"""How often a link that is down is looked at: it tells nobody that it is back."""
SETTLE_S = 10.0
"""How long the ledger may take for what waits in it."""
_STRUCK_OFF = re.compile(r"Deleted: [1-9]")
"""`sched_del` of a task that had not come due (mod_commands.c)."""


class Adoption:
    """The rounds of one controller."""

    def __init__(self, controller: Controller, link: Link, books: Books) -> None:
        self._controller = controller
        self._link = link
        self._books = books
        self._adopted: dict[str, AdoptedCall] = {}
        self._is_up = False
        self._due = self._look_due = 0
        self._told: frozenset[Finding] = frozenset()
        self._left_behind: set[str] = set()
        """Calls that had a socket here, and may have lost it and be recorded on."""
        controller.when_left = self._left_behind.add
        self._turn = BoundedSemaphore(1)
        self._reconciler = Reconciler(
            link=link,
            books=books,
            keep=controller.ledger.keep,
            folder=controller.site.recordings,
            clock=controller.clock,
            settle=self._settle,
            live=controller.desk.uuids,
            adopt=self.adopt,
        )
        self._keeper = gevent.spawn(self._rounds)

    def close(self) -> None:
        """End the rounds; the calls go on as they are."""
        self._keeper.kill()
        for call in tuple(self._adopted.values()):
            call.close("eslflow stops")

    def round(self) -> list[Finding]:
        """Compare once; say what was found.

        Raises:
            EslflowError: the switch or the ledger cannot be asked.
        """
        with self._turn:
            found = self._reconciler.run()
        for finding in found:
            if finding not in self._told:
                self._tell(finding)
        self._told = frozenset(found)
        return found

    def adopt(self, talk: Talk) -> str:
        """Take a call over; return why that cannot be."""
        controller, kept = self._controller, talk.kept
        name = kept["call"].get("flow", "")
        flow = self._flow(name, kept["call"].get("flow_sha256", ""))
        if flow is None:
            return f"there is no flow {name} any more, so nobody can mask it"
        now = controller.clock.now()
        live = restored(kept, talk.path, flow, controller.site, now)
        if talk.leg is not None:
            live.leg, live.agent = talk.leg.uuid, talk.leg.number
            live.screen.joins(live.leg, is_brought=True)
            live.asked = live.leg
        _date_the_answer(live, talk.leg)
        is_guarded = live.recorder.state is Recording.ON and deadman.is_needed(live)
        if is_guarded:
            self._see_dead_man(live)
        uuid = live.offered.uuid
        if controller.desk.get(uuid) is not None:
            return "it was handed over again meanwhile"
        call = AdoptedCall(controller, self._link, live, self._left)
        self._adopted[uuid] = call
        call.begin(Api(ApiCommand.SCHED_DEL, _between(uuid)) if is_guarded else None)
        call.meets(talk.leg)
        return ""

    def _flow(self, name: str, sha256: str) -> Flow | None:
        """Return the version that a call began with, else the one that there is."""
        now = self._controller.shelf.flows.get(name)
        if not sha256 or (now is not None and now.sha256 == sha256):
            return now
        return self._books.flow(sha256) or now

    def _tell(self, finding: Finding) -> None:
        is_grave = finding.is_bad or finding.what == "alone"
        words = on_one_line(f"{finding.text} {finding.path}".rstrip())
        level = logging.WARNING if is_grave else logging.INFO
        log.log(level, "call %s: %s", finding.call or "unknown", words)

    def _left(self, call: AdoptedCall) -> None:
        """Forget a call; one that was let go of is looked for when the link is back."""
        if self._adopted.get(call.uuid) is call:
            del self._adopted[call.uuid]
        if self._link.problem:
            self._due = 0

    def _settle(self) -> str:
        """Wait until everything that calls have kept is on disk; say why it is not."""
        answer: AsyncResult[str] = AsyncResult()
        self._controller.ledger.keep((), answer.set)
        problem = answer.wait(SETTLE_S)
        if problem is None:
            problem = f"no answer within {SETTLE_S:g} s"
        return problem and f"the ledger does not write: {problem}"

    def _see_dead_man(self, live: Live) -> None:
        """Strike off what the dead controller had put on the switch's agenda.

        While it ran unmasked there was a task; where there is none, it has come due. It
        is masked once more: the record shall say what is true in any case.
        """
        uuid, segment = live.offered.uuid, live.recorder.segment
        if segment is None:
            return
        task = f"{uuid} {RecordAction.MASK} {segment.path}"
        # Never none at all: the link may be lost before the engine has put its own.
        between = f"+{round(live.flow.recording.dead_man_s)} {_between(uuid)}"
        self._ask(ApiCommand.SCHED_API, f"{between} {ApiCommand.UUID_RECORD} {task}")
        answers = [
            self._ask(ApiCommand.SCHED_DEL, group) for group in deadman.groups(uuid)
        ]
        if any(map(_STRUCK_OFF.search, answers)):
            return
        if self._ask(ApiCommand.UUID_RECORD, task).startswith("+"):
            live.now = self._controller.clock.now()
            self._controller.ledger.keep(live.recorder.was_masked(live))

    def _ask(self, command: ApiCommand, arg: str) -> str:
        try:
            return self._link.api(command, arg)
        except CommandRefused as error:
            return error.reply

    def _rounds(self) -> None:
        """Compare whenever the link comes up, and every minute while it is."""
        while True:
            self._guard()
            self._wait(ASK_S)

    def _guard(self) -> None:
        try:
            self._turn_round()
        except EslflowError as error:
            words = on_one_line(str(error))
            log.warning("the switch and the ledger were not compared: %s", words)
        except Exception:
            log.exception("comparing the switch and the ledger failed")

    def _turn_round(self) -> None:
        was_up, now = self._is_up, self._controller.clock.now()
        self._is_up = not self._link.problem
        left = tuple(self._left_behind)
        self._left_behind.clear()
        if not self._is_up:
            return
        if not was_up or now >= self._due or any(map(self._is_recorded, left)):
            self._due = now + round(EVERY_S * 1e6)
            if any(finding.what == "unpermitted" for finding in self.round()):
                # It may not have been stopped: that is seen to within seconds.
                self._due = now + round(LOOK_S * 1e6)
        elif now >= self._look_due:
            self._look_due = now + round(LOOK_S * 1e6)
            self._look()

    def _is_recorded(self, uuid: str) -> bool:
        """Whether a call goes on being recorded, and nobody has it."""
        if self._controller.desk.get(uuid) is not None:
            return False
        running = recorders(self._ask(ApiCommand.UUID_BUGLIST, uuid)) or ()
        ours = f"{self._controller.site.recordings}/"
        return any(path.startswith(ours) for path in running)

    def _look(self) -> None:
        """Look who talks with whom, and whether a call that nobody drives has ended."""
        legs = self._reconciler.legs() if self._adopted else {}
        for call in tuple(self._adopted.values()):
            call.meets(legs.get(call.uuid))
        there = (self._ask(ApiCommand.UUID_EXISTS, u) for u in self._reconciler.lone)
        if "false" in there:
            # Its rows get their end now, and not within a minute.
            self._due = 0

    def _wait(self, seconds: float) -> None:
        over = Event()
        self._controller.timers.after(seconds, over.set)
        over.wait()


def _between(uuid: str) -> str:
    """Return the name of the task that stands until the engine has put its own."""
    return f"eslflow-{uuid}-between"


def _date_the_answer(live: Live, leg: Leg | None) -> None:
    """Say since when sound gets into a file that waited for an agent."""
    segment = live.recorder.segment
    if segment is None or segment.moment is not From.ANSWER:
        return
    if segment.audio_at > segment.started_at:
        # It was kept when the call lost its socket.
        return
    segment.audio_at = max(segment.started_at, leg.since) if leg is not None else 0
