"""The password of the switch's own socket, from a file of the site.

In: the path. Out: the password, or why it cannot be had. Must not take one that anybody
on the machine can read: whoever has it can tap every call.
"""

from __future__ import annotations

import os
from pathlib import Path

from eslflow.errors import NoFileError, demand_file

OPEN = 0o027
"""Rights that it must not have; a group that is trusted may read it."""


_NO_FILE: dict[type[OSError], str] = {
    IsADirectoryError: "is a folder",
    NoFileError: "is a pipe, a socket or a device",
}


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
        demand_file(path)
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            password = file.read().decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        problem, hint = _told(path, error)
        raise PasswordError(
            f"the password file {path} {problem}", f"{hint} {otherwise}"
        ) from error
    if mode & OPEN:
        raise PasswordError(
            f"others may read {path}: with this password every call can be tapped",
            f"Run: chmod 600 {path} (640, if a group is to read it).",
        )
    return password


def _told(path: Path, error: OSError | UnicodeDecodeError) -> tuple[str, str]:
    """Return what is wrong with a file, and what mends it."""
    anew = "the password of FreeSWITCH's event socket, and nothing else."
    if isinstance(error, UnicodeDecodeError):
        return "is no text in UTF-8", f"Write it anew: {anew}"
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return "is not there", f"Write it there, then: chmod 600 {path}."
    for kind, problem in _NO_FILE.items():
        if isinstance(error, kind):
            return problem, f"Name a file: {anew}"
    hint = "Mend what is wrong there, or name another file."
    if isinstance(error, PermissionError):
        hint = "Let this user read it, or run eslflow as the user who serves."
    return f"cannot be read: {error.strerror}", hint
