"""What `eslflow serve` does beside calls: rounds that look, keep and delete.

In: settings and a ledger. Out: rounds that go on until they are closed, each in a
thread of its own. Must not touch a call; what goes wrong is told, and the next round
comes all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from eslflow.errors import StoreError, on_one_line

if TYPE_CHECKING:
    from eslflow.clock import Clock
    from eslflow.ledger.agreement import Agreement
    from eslflow.ledger.register import Register
    from eslflow.ledger.writer import Ledger
    from eslflow.recordings.keeper import Keeper
    from eslflow.settings import Settings
    from eslflow.switch.controller import Controller
    from eslflow.switch.rounds import Rounds

log = logging.getLogger("eslflow")

DAY_S = 86_400.0
"""How often the ledger's file is looked through."""
ROUND_S = 5.0
"""How often recordings that have ended are looked into."""
WATCH_S = 60.0
"""How often it is looked whether callers suddenly all agree, or none does."""


def alarm(text: str) -> None:
    """Tell what somebody has to look after; what strangers wrote stays on one line."""
    log.warning("%s", on_one_line(text))


def tell(text: str) -> None:
    """Tell what has been done; what other programs said stays on one line."""
    log.info("%s", on_one_line(text))


def checking(
    settings: Settings, ledger: Ledger, clock: Clock, controller: Controller
) -> Rounds:
    """Open recordings after their calls, again and again."""
    from eslflow.recordings.auditor import Auditor
    from eslflow.switch.rounds import Rounds

    folder = settings.recordings
    driven = controller.desk.uuids
    auditor = Auditor(settings.ledger, ledger.keep, folder, clock, alarm, driven)
    return Rounds("checking recordings", auditor.run_due, ROUND_S)


def doubting(settings: Settings, ledger: Ledger) -> Rounds:
    """Look through the ledger's file now, and each day."""
    from eslflow.ledger.damage import damaged
    from eslflow.switch.rounds import Rounds

    def look() -> None:
        ledger.doubt(damaged(settings.ledger))

    return Rounds("looking through the ledger", look, DAY_S)


def register_of(settings: Settings) -> Register:
    """Return the register of agents, as it is now."""
    from eslflow.ledger.register import Register

    register = Register(settings.ledger)
    try:
        register.read()
    except StoreError as error:
        # It is read again and again; until then nobody has agreed.
        log.warning("the register of agents cannot be read: %s", error)
    return register


def reading(register: Register) -> Rounds:
    """Read the register of agents again and again."""
    from eslflow.ledger.register import EVERY_S
    from eslflow.switch.rounds import Rounds

    return Rounds("reading the register of agents", register.read, EVERY_S)


def _keeper(settings: Settings, ledger: Ledger, clock: Clock) -> Keeper | None:
    """Return what brings recordings to rest, if the site wants anything of it.

    Raises:
        SettingsError: a library or a program that it takes is not there.
    """
    from eslflow.recordings.forms import Form
    from eslflow.recordings.keeper import Keeper, Wanted

    site = settings.recording
    convert = Form(site.convert.value) if site.convert else None
    wanted = Wanted(convert, site.encrypt_to, site.hook)
    if not wanted.is_something:
        return None
    folder, keep = settings.recordings, ledger.keep
    return Keeper(wanted, settings.ledger, keep, folder, clock, alarm, tell)


def keeping_of(
    settings: Settings, ledger: Ledger, clock: Clock
) -> AbstractContextManager[None]:
    """Return what deletes recordings that are to go, and brings the rest to rest.

    Raises:
        SettingsError: a library or a program that it takes is not there.
    """
    keeper = _keeper(settings, ledger, clock)
    return _keeping(settings, keeper, _deleting(settings, ledger, clock))


def _deleting(settings: Settings, ledger: Ledger, clock: Clock) -> Callable[[], None]:
    """Return what deletes whatever was withdrawn, ordered or kept long enough."""
    from eslflow.ledger.erasure import finish
    from eslflow.recordings.erase import Eraser
    from eslflow.recordings.retention import Retention

    folder, keep = settings.recordings, ledger.keep
    eraser = Eraser(settings.ledger, keep, folder, clock, alarm, tell)
    retention = Retention(settings.ledger, keep, eraser, clock, alarm)

    def delete() -> None:
        eraser.run_due()
        finish(settings.ledger, clock.now(), beside=True)
        retention.run_daily()

    return delete


@contextmanager
def _keeping(
    settings: Settings, keeper: Keeper | None, delete: Callable[[], None]
) -> Iterator[None]:
    """Delete what is to go, then bring the rest to rest, again and again.

    In one thread of their own: nothing is converted while it is deleted, nor while a
    command deletes.
    """
    from eslflow.ledger.erasure import alone
    from eslflow.switch.rounds import Rounds

    def work() -> None:
        with alone(settings.ledger, waits=False) as is_ours:
            if is_ours:
                delete()
            if is_ours and keeper is not None:
                keeper.run_due()

    with Rounds("keeping recordings", work, ROUND_S):
        try:
            yield
        finally:
            if keeper is not None:
                keeper.stop()


def agreement_of(settings: Settings) -> Agreement:
    """Return what sees whether callers suddenly all agree, or none does."""
    from eslflow.ledger.agreement import Agreement

    return Agreement(settings.ledger, alarm)


def watching(agreement: Agreement) -> Rounds:
    """Look at it, again and again."""
    from eslflow.switch.rounds import Rounds

    return Rounds("watching how many agree", agreement.look, WATCH_S)
