"""Plays audio on this machine, where a program for that is found.

In: a file. Out: sound. Must not be needed for anything: a machine without a loudspeaker
is told once, and all goes on without.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

PLAYERS = (
    ("paplay",),
    ("aplay", "-q"),
    ("afplay",),
    ("play", "-q"),
)
"""Programs that play a WAV, as they are usually called: PulseAudio and PipeWire, ALSA,
macOS, SoX. The first that is there is taken."""

MOST_SAID = 200
"""Characters of what a program says that fails."""


class Player:
    """One program that plays, or none."""

    def __init__(self) -> None:
        found = ((shutil.which(words[0]), words[1:]) for words in PLAYERS)
        self._command = next(([at, *more] for at, more in found if at), None)
        self.problem = "" if self._command else f"no program plays sound: {_names()}"
        """Why nothing is heard; empty: nothing is wrong yet."""

    def play(self, path: Path) -> bool:
        """Play a file to its end; return whether that was possible."""
        if self._command is None:
            return False
        try:
            # Ctrl-C ends the sound, and the call goes on.
            done = subprocess.run(  # noqa: S603  one of ours, and a path of the site
                [*self._command, str(path)], check=False, capture_output=True
            )
        except KeyboardInterrupt:
            return True
        except OSError as error:
            self._fails(str(error))
            return False
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()
            self._fails(said.partition("\n")[0][:MOST_SAID] or "it does not say why")
        return not done.returncode

    def _fails(self, why: str) -> None:
        assert self._command is not None  # noqa: S101  it was run
        self.problem = f"{Path(self._command[0]).name} plays nothing: {why}"
        self._command = None


def _names() -> str:
    *most, last = (words[0] for words in PLAYERS)
    return f"install {', '.join(most)} or {last}"
