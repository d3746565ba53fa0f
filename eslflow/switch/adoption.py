"""Taking over calls that went on without a controller, and the round that finds them.

In: a controller, its control link, the ledger. Out: adopted calls, and a round of
reconciliation whenever the link comes up, and every minute. Must not judge (`reconcile`
does).
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import gevent
from gevent.event import Event

from eslflow.call import deadman
from eslflow.call.engine import Engine
from eslflow.call.recording import Recording
from eslflow.errors import CommandRefused, EslflowError
from eslflow.ledger.read import Reader
from eslflow.switch.adopted import AdoptedCall
from eslflow.switch.controller import Controller
from eslflow.switch.link import Link
from eslflow.switch.reconcile import Finding, Reconciler, Talk
from eslflow.switch.restore import restored
from eslflow.wire.terms import ApiCommand

log = logging.getLogger("eslflow.link")

EVERY_S = 60.0
ASK_S = 1.0
"""How often a link that is down is looked at: it tells nobody that it is back."""


class Adoption:
    """The rounds of one controller."""

    def __init__(
        self,
        controller: Controller,
        link: Link,
        ledger: Callable[[], Reader],
        set_aside: Callable[[str], object],
    ) -> None:
        self._controller = controller
        self._link = link
        self._adopted: list[AdoptedCall] = []
        self._is_up = False
        self._reconciler = Reconciler(
            link=link,
            ledger=ledger,
            keep=controller.ledger.keep,
            folder=controller.site.recordings,
            clock=controller.clock,
            is_live=lambda uuid: controller.desk.get(uuid) is not None,
            adopt=self.adopt,
            set_aside=set_aside,
        )
        self._keeper = gevent.spawn(self._rounds)

    def close(self) -> None:
        """End the rounds; the calls go on as they are."""
        self._keeper.kill()
        for call in self._adopted:
            call.close()

    def round(self) -> list[Finding]:
        """Compare once; say what was found.

        Raises:
            LinkLost: the switch cannot be asked.
        """
        found = self._reconciler.run()
        for finding in found:
            level = logging.WARNING if finding.what == "unpermitted" else logging.INFO
            words = ascii(f"{finding.text} {finding.path}".rstrip())[1:-1]
            log.log(level, "call %s: %s", finding.call, words)
        return found

    def adopt(self, talk: Talk) -> bool:
        """Take a call over; false when its flow is not here any more."""
        controller, kept = self._controller, talk.kept
        flow = controller.shelf.flows.get(kept["call"].get("flow", ""))
        if flow is None:
            return False
        now = controller.clock.now()
        live = restored(kept, flow, controller.site, now)
        if talk.leg is not None:
            live.leg, live.agent = talk.leg.uuid, talk.leg.number
        engine = Engine(live.offered, flow, controller.site, now)
        engine.live = live
        uuid = live.offered.uuid
        is_watched = live.flow.can_mask and live.recorder.state is Recording.ON
        if is_watched and self._has_fired(uuid):
            controller.ledger.keep(live.recorder.was_masked(live))
        call = AdoptedCall(controller, self._link, engine)
        self._adopted.append(call)
        call.begin()
        return True

    def _has_fired(self, uuid: str) -> bool:
        """Strike off what the dead controller had put on the switch's agenda.

        While it ran unmasked there was a task; where there is none, it has come due.
        """
        texts = []
        for group in deadman.groups(uuid):
            try:
                texts.append(self._link.api(ApiCommand.SCHED_DEL, group))
            except CommandRefused as error:
                texts.append(error.reply)
        return not any("Deleted: 1" in text for text in texts)

    def _rounds(self) -> None:
        """Compare whenever the link comes up, and every minute while it is."""
        due = 0
        while True:
            was_up, now = self._is_up, self._controller.clock.now()
            self._is_up = not self._link.problem
            if self._is_up and (not was_up or now >= due):
                due = now + round(EVERY_S * 1e6)
                self._try()
            self._wait(ASK_S)

    def _try(self) -> None:
        try:
            self.round()
        except EslflowError as error:
            log.warning("the switch and the ledger were not compared: %s", error)

    def _wait(self, seconds: float) -> None:
        over = Event()
        self._controller.timers.after(seconds, over.set)
        over.wait()
