"""The code that a caller is told, to name the call by later: eight digits.

In: a call's Unique-ID, or what a person has typed. Out: the code; whether one can be
right. Seven digits are drawn from the Unique-ID, which nobody outside knows, and the
last one checks them: it shows every digit that is wrong and every two that are swapped
(H. M. Damm, 2004). Two calls may have the same code; the number tells them apart.
"""

from __future__ import annotations

import hashlib

DIGITS = 8
_DRAWN = DIGITS - 1
_TABLE = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
"""Damm's quasigroup of order 10, totally anti-symmetric."""


def receipt_of(uuid: str) -> str:
    """Return the code of a call, always the same."""
    drawn = int.from_bytes(hashlib.sha256(uuid.encode()).digest()[:8], "big")
    digits = f"{drawn % 10**_DRAWN:0{_DRAWN}}"
    return digits + str(_check(digits))


def typed(text: str) -> str:
    """Return what was typed without the blanks and dashes between groups of digits.

    Empty: it is no code of eight digits.
    """
    digits = text.replace(" ", "").replace("-", "")
    is_code = len(digits) == DIGITS and digits.isascii() and digits.isdigit()
    return digits if is_code else ""


def is_right(code: str) -> bool:
    """Whether the last digit fits the others: else somebody has mistyped it."""
    return _check(code) == 0


def _check(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = int(_TABLE[interim][int(digit)])
    return interim
