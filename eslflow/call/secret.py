"""Digits that nobody may see: a card number, a security code.

In: keys, one by one. Out: the digits, once, to the request that carries them. Whatever
shows a value (`str`, `repr`, a format, a traceback, a log line) shows stars, and it can
be neither copied nor pickled. Must not be kept longer than until that request.
"""

from __future__ import annotations

from typing import NoReturn

MOST = 32
"""Digits that fit; the place is made beforehand, so that no older copy is left."""
SHOWN = "***"


class Secret:
    """Digits of one value; they are overwritten when they have served their purpose."""

    __slots__ = ("_count", "_digits")

    def __init__(self, digits: str = "") -> None:
        self._digits = bytearray(MOST)
        self._count = 0
        for digit in digits:
            self.add(digit)

    def add(self, digit: str) -> None:
        """Take one more digit."""
        self._digits[self._count] = ord(digit)
        self._count += 1

    def reveal(self) -> str:
        """Return the digits; only for what is sent to the one who may have them."""
        return self._digits[: self._count].decode("ascii")

    def numbers(self) -> list[int]:
        """Return the digits as numbers, for a check."""
        return [digit - ord("0") for digit in self._digits[: self._count]]

    def wipe(self) -> None:
        """Overwrite the digits."""
        self._digits[:] = bytes(MOST)
        self._count = 0

    def __len__(self) -> int:
        """Count the digits."""
        return self._count

    def __repr__(self) -> str:
        """Show that there is something."""
        return SHOWN

    def __format__(self, spec: str) -> str:
        """Show the same, whatever is asked for."""
        return SHOWN

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse to be copied or pickled."""
        raise TypeError("a secret cannot be copied")
