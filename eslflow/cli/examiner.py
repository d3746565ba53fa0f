"""The process in which flows are examined, seen from `serve`.

In: a site, and which flows are known to be good. Out: a candidate, also if the process
could not be started, broke or took too long. To be run in a thread: it waits.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import eslflow
from eslflow.cli.fit import FAILED, Candidate, received
from eslflow.site import ENGINE

LONGEST_S = 900.0
"""A site with fifty large flows takes two minutes on a slow machine."""
ROOT = Path(eslflow.__file__).resolve().parent.parent
"""Where this eslflow is imported from; the process must run no other."""
PROGRAM = "from eslflow.cli.candidate import main; main()"
# Not from the folder that serve was started in: anybody's json.py may lie there.
_PATH = "import sys; sys.path[:] = [{!r}, *filter(None, sys.path)]; "
MOST_SAID = 2000
"""Characters of what a broken process has said."""


class Examiner:
    """Runs one process at a time."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def run(self, site: Path, known: Mapping[str, str]) -> Candidate:
        """Return what came of it."""
        asked = json.dumps({"engine": ENGINE, "known": dict(known)})
        # In a session of its own, so that what is meant for serve alone, a SIGHUP or
        # Ctrl-C, does not reach it.
        with subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-c", _PATH.format(str(ROOT)) + PROGRAM, str(site)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            self._process = process
            if self._is_stopped:
                process.kill()
            try:
                output, said = process.communicate(asked.encode(), self._longest_s)
            except subprocess.TimeoutExpired:
                process.kill()
                return _failed(f"it took more than {self._longest_s:g} s")
        if process.returncode:
            words = said.decode("utf-8", "replace").strip()[-MOST_SAID:]
            return _failed(f"its process ended with {process.returncode}. {words}")
        return received(output)

    def stop(self) -> None:
        """End what runs, and all that is still to be run; from any thread."""
        self._is_stopped = True
        if self._process is not None:
            self._process.kill()


def _failed(why: str) -> Candidate:
    return Candidate(FAILED, f"the flows could not be examined: {why}".rstrip())
