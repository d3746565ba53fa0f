"""Work that comes round again and again, beside the calls.

In: something to do, and how often. Out: it done, in a thread of its own: the hub never
waits for a disk. Must not know what is done, nor end because it failed once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import gevent
from gevent.event import Event as Signal
from gevent.threadpool import ThreadPool

from eslflow.errors import EslflowError

log = logging.getLogger("eslflow.rounds")


class Rounds:
    """Does something now, and again after each pause. Use as a context manager."""

    def __init__(self, what: str, work: Callable[[], object], every_s: float) -> None:
        self.problem = ""
        """Why the last round failed; empty when it did not."""
        self._what = what
        self._work = work
        self._every_s = every_s
        self._ending = Signal()
        self._pool = ThreadPool(1)
        self._keeper = gevent.spawn(self._go)

    def close(self) -> None:
        """End; a round that is under way is finished first."""
        self._ending.set()
        self._keeper.join()
        self._pool.kill()

    def __enter__(self) -> Rounds:
        """Return the rounds."""
        return self

    def __exit__(self, *_: object) -> None:
        """End them."""
        self.close()

    def _go(self) -> None:
        while not self._ending.is_set():
            self._told(self._pool.apply(self._once))
            self._ending.wait(self._every_s)

    def _once(self) -> str:
        """Run in the thread; return what went wrong."""
        try:
            self._work()
        except EslflowError as error:
            return str(error)
        except Exception as error:
            log.exception("%s failed", self._what)
            return repr(error)
        return ""

    def _told(self, problem: str) -> None:
        """Tell a problem when it comes and when it goes, not every few seconds."""
        if problem and problem != self.problem:
            log.warning("%s: %s", self._what, problem)
        elif self.problem and not problem:
            log.info("%s: well again", self._what)
        self.problem = problem
