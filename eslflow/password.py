"""The password of the switch's own socket, from a file of the site.

In: the path. Out: the password, or why it cannot be had. Must not take one that anybody
on the machine can read: whoever has it can tap every call.
"""

from __future__ import annotations

import os
from pathlib import Path

OPEN = 0o027
"""Rights that it must not have; a group that is trusted may read it."""


class PasswordError(Exception):
    """Why there is no password, and what to do about it."""

    def __init__(self, problem: str, hint: str) -> None:
        self.hint = hint
        super().__init__(problem)


def password_in(path: Path, otherwise: str) -> str:
    """Return the password in a file.

    Raises:
        PasswordError: it cannot be read, or by everybody.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            password = file.read().decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PasswordError(
            f"the password file cannot be read: {error}", otherwise
        ) from (error)
    if mode & OPEN:
        raise PasswordError(
            f"others may read {path}: with this password every call can be tapped",
            f"Run: chmod 600 {path} (640, if a group is to read it).",
        )
    return password
