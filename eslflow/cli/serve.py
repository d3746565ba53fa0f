"""`eslflow serve`: take calls until told to stop."""

from __future__ import annotations

import gc
import logging
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eslflow.cli.lock import only_one
from eslflow.errors import SettingsError
from eslflow.settings import Settings, load_settings
from eslflow.site import Loaded, open_site

if TYPE_CHECKING:
    from eslflow.clock import Clock
    from eslflow.ledger.writer import Ledger
    from eslflow.recordings.erase import Eraser
    from eslflow.recordings.keeper import Keeper
    from eslflow.switch.controller import Controller
    from eslflow.switch.link import Link
    from eslflow.switch.rounds import Rounds

log = logging.getLogger("eslflow")

SIGNALS = (signal.SIGTERM, signal.SIGINT)
SPARE_FILES = 100
"""Open files besides the calls' sockets: the ledger, sounds, the control link."""
ROUND_S = 5.0
"""How often recordings that have ended are looked into."""
NO_SWITCH = (
    "switch: is not set in eslflow.yaml, so nothing asks FreeSWITCH what it records: "
    "should eslflow be killed, its calls stay open in the ledger (requested, going "
    "on), and a recorder that nobody permits is not found. See docs/freeswitch.md"
)
SQLITE = b"SQLite format 3\0"
"""How a ledger begins; an empty file may become one."""


@click.command("serve")
@click.option("-v", "--verbose", is_flag=True, help="Tell every step of every call.")
@click.pass_context
def command(ctx: click.Context, verbose: bool) -> None:
    """Take calls until SIGTERM; a second SIGTERM stops at once."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    settings = load_settings(ctx.obj)
    with only_one(settings.folder):
        serve(settings, ctx.obj)


def serve(settings: Settings, site: Path) -> None:
    """Run a site's controller."""
    from eslflow.clock import SystemClock
    from eslflow.ledger.writer import Ledger
    from eslflow.switch.controller import Wakeup, run_until_stopped
    from eslflow.switch.link import link_of
    from eslflow.web.server import Control

    loaded = _opened(settings)
    _make_folder(settings.recordings)
    allow_sockets(settings.most_calls)
    wakeup = Wakeup()
    with Ledger(settings.ledger, wakeup.notify) as ledger:
        wakeup.watch(ledger)
        clock = SystemClock()
        keeper = _keeper(settings, ledger, clock)
        eraser = _eraser(settings, ledger, clock)
        controller = _controller(settings, loaded, ledger, clock)
        controller.start()
        link = link_of(settings.switch, clock, loaded.shelf.needs())
        control = Control(settings, controller, ledger, link, clock)
        settle_memory()
        if settings.switch is None:
            log.warning("%s", NO_SWITCH)
        _announce(controller, settings, ", ".join(loaded.shelf.flows))
        checking = _checking(settings, ledger, clock)
        adopting = _adoption(settings, controller, link, clock)
        with checking, _keeping(keeper, eraser), adopting, _reporting(controller):
            left = run_until_stopped(controller, SIGNALS, settings.drain_s)
        control.stop()
        link.close()
        log.info(
            "stopped; %s", f"{left} calls went to the dialplan" if left else "idle"
        )


def _opened(settings: Settings) -> Loaded:
    """Return a site whose flows, audio and ledger fit together."""
    from eslflow.cli.drift import demand_same_notices
    from eslflow.ledger.rights import close_to_others

    loaded = open_site(settings)
    for fault in loaded.faults:
        log.warning("%s", fault)
    demand_ledger(settings.ledger)
    for told in close_to_others(settings.ledger):
        log.warning("%s", told)
    flows, sounds = loaded.shelf.flows.values(), loaded.site.sounds
    demand_same_notices(flows, sounds, settings.ledger)
    return loaded


def _checking(settings: Settings, ledger: Ledger, clock: Clock) -> Rounds:
    """Open recordings after their calls, again and again."""
    from eslflow.recordings.auditor import Auditor
    from eslflow.switch.rounds import Rounds

    folder = settings.recordings
    auditor = Auditor(settings.ledger, ledger.keep, folder, clock, alarm)
    return Rounds("checking recordings", auditor.run_due, ROUND_S)


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


def _eraser(settings: Settings, ledger: Ledger, clock: Clock) -> Eraser:
    """Return what deletes recordings whose consent was withdrawn."""
    from eslflow.recordings.erase import Eraser

    folder, keep = settings.recordings, ledger.keep
    return Eraser(settings.ledger, keep, folder, clock, alarm, tell)


@contextmanager
def _keeping(keeper: Keeper | None, eraser: Eraser) -> Iterator[None]:
    """Delete what is to go, then bring the rest to rest, again and again.

    In one thread of their own: nothing is converted while it is deleted.
    """
    from eslflow.switch.rounds import Rounds

    def work() -> None:
        eraser.run_due()
        if keeper is not None:
            keeper.run_due()

    with Rounds("keeping recordings", work, ROUND_S):
        try:
            yield
        finally:
            if keeper is not None:
                keeper.stop()


@contextmanager
def _reporting(controller: Controller) -> Iterator[None]:
    """Report to systemd, if it has started us."""
    from eslflow.switch.watchdog import Watchdog

    watchdog = Watchdog(os.environ, controller.timers)
    try:
        yield
    finally:
        watchdog.close()


@contextmanager
def _adoption(
    settings: Settings, controller: Controller, link: Link, clock: Clock
) -> Iterator[None]:
    """Take over calls that went on without us, if the switch can be asked."""
    from eslflow.cli.books import SiteBooks
    from eslflow.switch.adoption import Adoption

    if settings.switch is None:
        yield
        return
    books = SiteBooks(settings.ledger, settings.recordings, clock, is_quick=True)
    adoption = Adoption(controller, link, books)
    try:
        yield
    finally:
        adoption.close()


def _controller(
    settings: Settings, loaded: Loaded, ledger: Ledger, clock: Clock
) -> Controller:
    """Return the site's controller, not started yet."""
    from eslflow.recordings.space import Space
    from eslflow.switch.controller import Controller

    site = replace(
        loaded.site,
        room=Space(settings.recordings, settings.free_space, clock).problem,
        is_controlled=settings.control is not None,
        beep_s=settings.recording.beep_s,
    )
    return Controller(
        loaded.shelf,
        site,
        ledger,
        clock,
        host=settings.host,
        port=settings.port,
        allow=settings.allow,
        most_calls=settings.most_calls,
    )


def alarm(text: str) -> None:
    """Tell what somebody has to look after; what strangers wrote stays on one line."""
    log.warning("%s", ascii(text)[1:-1])


def tell(text: str) -> None:
    """Tell what has been done; what other programs said stays on one line."""
    log.info("%s", ascii(text)[1:-1])


def _make_folder(recordings: Path) -> None:
    """Make the folder that the switch writes recordings to.

    Raises:
        SettingsError: it cannot be made.
    """
    try:
        recordings.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"cannot make the folder {recordings}: {error.strerror}. "
            "See recordings: in eslflow.yaml"
        ) from error


def demand_ledger(path: Path) -> None:
    """Refuse what can never become a ledger, however often it is tried.

    Raises:
        SettingsError: there is no folder for it, or something else in its place.
    """
    problem = "" if path.parent.is_dir() else "there is no such folder"
    if path.is_dir():
        problem = "it is a folder"
    elif path.is_file():
        with path.open("rb") as file:
            start = file.read(len(SQLITE))
        problem = "" if start in (b"", SQLITE) else "it is another kind of file"
    if problem:
        raise SettingsError(
            f"cannot keep the ledger in {path}: {problem}. See ledger: in eslflow.yaml"
        )


def allow_sockets(most_calls: int) -> None:
    """Raise this process's limit of open files to what the calls need, if it may.

    Each call has a socket; systems often begin with room for a thousand.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = most_calls + SPARE_FILES
    if soft < needed:
        allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        if allowed < needed:
            log.warning(
                "most_calls: %d needs %d open files, this system allows %d: raise "
                "LimitNOFILE of the service, or lower most_calls",
                most_calls,
                needed,
                allowed,
            )


def settle_memory() -> None:
    """Keep the collector from walking again and again over what will stay.

    Calls leave few cycles behind; looking for them at every seven hundredth object
    costs a tenth of a call's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _announce(controller: Controller, settings: Settings, flows: str) -> None:
    host, port = controller.address
    log.info("flows: %s; ledger: %s", flows, settings.ledger)
    click.echo(f"listening on {f'[{host}]' if ':' in host else host}:{port}")
