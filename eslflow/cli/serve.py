"""`eslflow serve`: take calls until told to stop."""

from __future__ import annotations

import gc
import logging
import os
import resource
import signal
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eslflow.cli.beside import (
    agreement_of,
    checking,
    doubting,
    keeping_of,
    reading,
    register_of,
    watching,
)
from eslflow.cli.emergency import in_a_line, left_out
from eslflow.cli.lock import only_one
from eslflow.cli.tables import counted
from eslflow.errors import SettingsError, StoreError
from eslflow.settings import Reload, Settings, load_settings
from eslflow.site import Loaded, open_site

if TYPE_CHECKING:
    from eslflow.cli.reloading import Reloader
    from eslflow.clock import Clock
    from eslflow.ledger.register import Register
    from eslflow.ledger.writer import Ledger
    from eslflow.switch.controller import Controller
    from eslflow.switch.link import Link

log = logging.getLogger("eslflow")

SIGNALS = (signal.SIGTERM, signal.SIGINT)
SPARE_FILES = 100
"""Open files besides the calls' sockets: the ledger, sounds, the control link."""
NO_SWITCH = (
    "switch: is not set in eslflow.yaml, so nothing asks FreeSWITCH what it records: "
    "should eslflow be killed, its calls stay open in the ledger (requested, going "
    "on), and a recorder that nobody permits is not found. See docs/freeswitch.md"
)
SQLITE = b"SQLite format 3\0"
"""How a ledger begins; an empty file may become one."""
SIGNS = 100
"""Bytes that tell a damaged one from another kind of file."""


@click.command("serve")
@click.option("-v", "--verbose", is_flag=True, help="Tell every step of every call.")
@click.pass_context
def command(ctx: click.Context, verbose: bool) -> None:
    """Take calls until SIGTERM; a second SIGTERM stops at once."""
    quick_log(verbose)
    settings = load_settings(ctx.obj)
    with only_one(settings.folder):
        serve(settings, ctx.obj)


def quick_log(verbose: bool) -> None:
    """Log to stderr, and find out nothing that is not in a line.

    Each call logs one; who said it, and in which thread, would cost more than the rest
    (docs.python.org, Logging HOWTO, Optimization).
    """
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def serve(settings: Settings, site: Path) -> None:
    """Run a site's controller."""
    from eslflow.clock import SystemClock
    from eslflow.ledger.writer import Ledger
    from eslflow.switch.controller import Wakeup
    from eslflow.switch.link import link_of
    from eslflow.web.server import Control

    _demand_apart(settings)
    loaded = _opened(settings)
    _make_folder(settings.recordings)
    allow_sockets(settings.most_calls)
    wakeup = Wakeup()
    # Calls go on without a ledger, too: nothing is recorded, and rows wait.
    with Ledger(settings.ledger, wakeup.notify, is_patient=True) as ledger:
        wakeup.watch(ledger)
        clock = SystemClock()
        _keep_versions(settings, loaded, ledger, clock)
        keeping = keeping_of(settings, ledger, clock)
        register = register_of(settings)
        controller = _controller(settings, loaded, ledger, clock, register)
        controller.start()
        link = link_of(settings.switch, clock, loaded.shelf.needs())
        agreement = agreement_of(settings)
        reloader = _reloader(settings, controller, link, clock)
        control = Control(
            settings, controller, ledger, link, clock, agreement, reloader
        )
        settle_memory()
        _announce(controller, settings, ", ".join(loaded.shelf.flows))
        parts = (
            checking(settings, ledger, clock, controller),
            doubting(settings, ledger),
            keeping,
            watching(agreement),
            reading(register),
            _adoption(settings, controller, link, clock, ledger),
            _reporting(controller),
            _reloading(settings, reloader),
        )
        left = _run(controller, parts, settings.drain_s)
        control.stop()
        link.close()
        log.info(
            "stopped; %s",
            f"{counted(left, 'call')} left to the switch" if left else "idle",
        )


def _run(
    controller: Controller,
    parts: Iterable[AbstractContextManager[object]],
    drain_s: float,
) -> int:
    """Take calls, with what goes on beside them; return how many could not end."""
    from eslflow.switch.controller import run_until_stopped

    with ExitStack() as beside:
        for part in parts:
            beside.enter_context(part)
        return run_until_stopped(controller, SIGNALS, drain_s)


def _demand_apart(settings: Settings) -> None:
    """Refuse one address for calls and the control API: nobody else has taken it.

    Raises:
        SettingsError: it is one.
    """
    from eslflow.doctor.apart import same_address

    found = same_address(settings)
    if found is not None:
        raise SettingsError(f"{found.text}. Write {found.mend}")


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
    try:
        demand_same_notices(flows, sounds, settings.ledger)
    except StoreError as error:
        # The writer refuses such a notice, too, as soon as it can write.
        log.warning("nobody knows whether notices are what they were: %s", error)
    return loaded


def _keep_versions(
    settings: Settings, loaded: Loaded, ledger: Ledger, clock: Clock
) -> None:
    """Keep the flows' texts before a call runs them, and that they are served."""
    from eslflow.cli.versions import changes, texts
    from eslflow.ledger.versions import Versions
    from eslflow.user import who
    from eslflow.web.reloads import Wanted

    before: dict[str, str] = {}
    try:
        with Versions(settings.ledger) as versions:
            before = {n: line["flow_sha256"] for n, line in versions.served().items()}
    except StoreError as error:
        # Each is noted as served from now on: once more, if it was before.
        log.warning("nobody knows which flows were served: %s", error)
    flows, wanted = loaded.shelf.flows, Wanted("start", who())
    # Rows are written in their order: those of calls come after these.
    ledger.keep([*texts(flows.values()), *changes(before, flows, clock.now(), wanted)])


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
    settings: Settings,
    controller: Controller,
    link: Link,
    clock: Clock,
    ledger: Ledger,
) -> Iterator[None]:
    """Take over calls that went on without us, and name legs, if it can be asked."""
    from eslflow.cli.books import SiteBooks
    from eslflow.switch.adoption import Adoption
    from eslflow.switch.whose import Whose

    if settings.switch is None:
        yield
        return
    controller.desk.whose = Whose(link)
    books = SiteBooks(
        settings.ledger,
        settings.recordings,
        clock,
        is_quick=True,
        waits=lambda: ledger.health().has_spilled,
    )
    adoption = Adoption(controller, link, books)
    try:
        yield
    finally:
        adoption.close()


def _reloader(
    settings: Settings, controller: Controller, link: Link, clock: Clock
) -> Reloader:
    """Return what reloads the flows when it is asked to; SIGHUP asks, too."""
    import gevent

    from eslflow.cli.examiner import Examiner
    from eslflow.cli.reloading import Reloader
    from eslflow.web.reloads import Wanted

    reloader = Reloader(settings, controller, link, clock, Examiner())
    by_signal = Wanted("signal", "SIGHUP")
    gevent.signal_handler(signal.SIGHUP, lambda: reloader.ask(by_signal))
    return reloader


@contextmanager
def _reloading(settings: Settings, reloader: Reloader) -> Iterator[None]:
    """Reload when a file changes, if the site wants that; give up at the end."""
    from gevent import get_hub

    from eslflow.cli.watch import EVERY_S, Watch
    from eslflow.switch.rounds import Rounds
    from eslflow.web.reloads import Wanted

    with ExitStack() as parts:
        parts.callback(reloader.close)
        if settings.reload is Reload.ON_CHANGE:
            # The rounds have a thread of their own; the reloader lives in the hub's.
            wake = get_hub().loop.async_()
            parts.callback(wake.close)
            wake.start(lambda: reloader.ask(Wanted("change", "a file that changed")))
            watch = Watch(settings, wake.send)
            # What somebody has asked for is not to be told again as a change.
            reloader.looked = watch.looked
            parts.enter_context(Rounds("looking for changes", watch.look, EVERY_S))
        yield


def _controller(
    settings: Settings,
    loaded: Loaded,
    ledger: Ledger,
    clock: Clock,
    register: Register,
) -> Controller:
    """Return the site's controller, not started yet."""
    from eslflow.recordings.space import Space
    from eslflow.switch.controller import Controller

    site = replace(
        loaded.site,
        room=Space(settings.recordings, settings.free_space, clock).problem,
        is_controlled=settings.control is not None,
        beep_s=settings.recording.beep_s,
        agreed=register.has_agreed,
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


def _make_folder(recordings: Path) -> None:
    """Make the folder that the switch writes recordings to.

    Raises:
        SettingsError: it cannot be made.
    """
    try:
        # FreeSWITCH makes files in it that everybody can read.
        recordings.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"cannot make the folder {recordings}: {error.strerror}. "
            "See recordings: in eslflow.yaml"
        ) from error


def demand_ledger(path: Path) -> None:
    """Refuse what can never become a ledger, however often it is tried.

    One that is damaged was a ledger: calls must not wait until it is mended.

    Raises:
        SettingsError: there is no folder for it, or something else in its place.
    """
    from eslflow.ledger.damage import was_database

    problem = "" if path.parent.is_dir() else "there is no such folder"
    if path.is_dir():
        problem = "it is a folder"
    elif path.is_file():
        with path.open("rb") as file:
            start = file.read(SIGNS)
        is_database = start[: len(SQLITE)] in (b"", SQLITE) or was_database(start)
        problem = "" if is_database else "it is another kind of file"
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
    if settings.switch is None:
        log.warning("%s", NO_SWITCH)
    missing = left_out(settings)
    if missing is not None:
        log.warning("%s", in_a_line(missing))
    host, port = controller.address
    log.info("flows: %s; ledger: %s", flows, settings.ledger)
    click.echo(f"listening on {f'[{host}]' if ':' in host else host}:{port}")
