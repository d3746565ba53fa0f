"""Long lines for people: as wide as the terminal, and in a file as they are.

In: a line. Out: the same, or several. Must not change words: a file is for programs.
"""

from __future__ import annotations

import shutil
import sys
import textwrap

WIDEST = 100
"""Columns that are still easy to read."""


def fitted(line: str, indent: int) -> str:
    """Return a line that fits the terminal, what is over indented below it."""
    if not sys.stdout.isatty():
        return line
    return textwrap.fill(
        line,
        min(WIDEST, shutil.get_terminal_size().columns),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
