"""Numbers as networks and people write them.

In: a number. Out: what of it can be called, and whether it is one at all. Imports
nothing, for look-ups need it and are waited for.
"""

from __future__ import annotations

import re

NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
"""What can be called."""
ANONYMOUS = "anonymous"
"""The case of a caller whose number is withheld."""
WITHHELD = frozenset(
    ("", ANONYMOUS, "restricted", "private", "withheld", "unavailable", "unknown")
    + ("0000000000",)
    + ("266696687", "+266696687", "+7378742833", "+86282452253")
)
"""How networks spell that; 0000000000 is FreeSWITCH's own word for no number
(SWITCH_DEFAULT_CLID_NUMBER in switch_types.h), and those behind it are ANONYMOUS,
RESTRICTED and UNAVAILABLE on the letters of a keypad: too short to be anybody's."""

_SEPARATORS = re.compile(r"[ ().\-/]")


def dialled(number: str) -> str:
    """Return a number that somebody dialled, fit to be called; empty: it is none.

    What separates its digits for the eye is left out. Anything else makes it another
    number than the one that was meant, so nothing is called then.
    """
    digits = _SEPARATORS.sub("", number)
    return digits if NUMBER.fullmatch(digits) else ""


def is_withheld(number: str) -> bool:
    """Whether a caller's number is none."""
    return number.strip().lower() in WITHHELD
