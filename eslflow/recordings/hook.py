"""The command that a site runs for each recording, once it is kept as it stays.

In: a program with its arguments, what it is told in its environment. Out: why it
failed, and the end of what it said. Starts no shell, and tells it nothing that came
from a call but the names that eslflow gave. Must not wait for longer than it is given.
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from eslflow.errors import SettingsError

LONGEST_S = 60.0
LOOK_S = 0.5
"""How often it is looked whether eslflow is to stop meanwhile."""
MOST_SAID = 2000
"""Bytes of its output that are told, the last ones."""
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
"""What it may know of eslflow's environment; the switch's password is there too."""


class Ran(NamedTuple):
    """What became of it."""

    problem: str
    """Empty: it did what it should."""
    said: str
    was_broken_off: bool = False
    """eslflow stops: it is run again when that is back."""


def demand_program(words: Sequence[str]) -> None:
    """Refuse a program that is not there, or that anybody could replace.

    Raises:
        SettingsError: it is no program, or others may write to it.
    """
    path = Path(words[0])
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise SettingsError(
            f"recording: hook: {path} cannot be run: {error.strerror}"
        ) from error
    if not stat.S_ISREG(mode) or not os.access(path, os.X_OK):
        raise SettingsError(
            f"recording: hook: {path} is no program that eslflow's user may run: "
            f"chmod +x {path}"
        )
    if mode & stat.S_IWOTH:
        raise SettingsError(
            f"recording: hook: anybody on this machine can change {path}, which would "
            f"be given every recording: chmod o-w {path}"
        )


def run(
    words: Sequence[str],
    told: Mapping[str, str],
    is_stopping: Callable[[], bool],
    longest_s: float = LONGEST_S,
) -> Ran:
    """Run it to its end, or to the end of its time."""
    env = {name: os.environ[name] for name in KEPT if name in os.environ}
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(  # noqa: S603  the administrator's own words
                list(words),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={**env, **told},
                start_new_session=True,
            )
        except OSError as error:
            return Ran(f"it cannot be run: {error.strerror}", "")
        code = _wait(process, is_stopping, longest_s)
        said = _said(output)
    if code is not None:
        return Ran(_problem(code), said)
    if is_stopping():
        return Ran("eslflow was stopped", said, was_broken_off=True)
    return Ran(f"it ran for more than {longest_s:g} s, and was ended", said)


def _wait(
    process: subprocess.Popen[bytes], is_stopping: Callable[[], bool], longest_s: float
) -> int | None:
    """Return its exit code; None: it was ended, with all that it had started."""
    left_s = longest_s
    while left_s > 0 and not is_stopping():
        try:
            return process.wait(min(LOOK_S, left_s))
        except subprocess.TimeoutExpired:
            left_s -= LOOK_S
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return None


def _problem(code: int) -> str:
    if code < 0:
        return f"it was ended by signal {-code}"
    return f"it exited with {code}" if code else ""


def _said(output: BinaryIO) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - MOST_SAID))
    return output.read().decode("utf-8", "replace").strip()
