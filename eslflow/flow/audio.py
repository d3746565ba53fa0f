"""Where the audio of a flow's words lies, below the sounds folder.

In: names. Out: relative paths with forward slashes. Must not look whether they exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Rate(Enum):
    """Samples a second of audio that a machine speaks."""

    TELEPHONE = "8000"
    WIDE_BAND = "16000"


@dataclass(frozen=True)
class Audio:
    """One piece of audio that a flow can play."""

    path: str
    """Relative to the sounds folder: `support/en/welcome.wav`."""
    language: str
    text: str
    """The words that are to be heard."""
    what: str
    """As people call it: `prompt welcome`, `notice recording v3`."""

    @property
    def place(self) -> tuple[str, ...]:
        """Return the keys that lead to its words in the flow's own file, or none."""
        sort, name, *_ = self.what.split(" ")
        if "/" in name or sort not in ("prompt", "notice"):
            return ()
        more = ("text",) if sort == "notice" else ()
        return (f"{sort}s", name, *more, self.language)


def prompt_path(flow: str, language: str, prompt: str) -> str:
    """Return the path of a prompt's audio."""
    return f"{flow}/{language}/{prompt}.wav"


def notice_path(flow: str, language: str, notice: str, version: int) -> str:
    """Return the path of a notice's audio; each version has its own file."""
    return f"{flow}/{language}/{notice}.v{version}.wav"
