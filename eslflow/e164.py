"""Telephone numbers in one spelling: E.164 where a number can be spelt so.

In: a number as a network or a person wrote it, the site's country. Out: `+4930...`; an
extension and whatever else only digits can spell stay as they are, and a number that is
withheld is none. Must not look anything up.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from eslflow.flow.dialled import dialled, is_withheld

MOST = 4096
"""Numbers whose spelling is remembered; the numbers dialled are few."""


def is_country(code: str) -> bool:
    """Whether a code such as DE names a country whose numbers are known."""
    from phonenumbers import SUPPORTED_REGIONS

    return code in SUPPORTED_REGIONS


def normaliser(country: str = "") -> Callable[[str], str]:
    """Return what puts numbers in one spelling, for a site in this country.

    Without a country only what begins with + is known for what it is, and phonenumbers
    need not be there.
    """
    return lru_cache(MOST)(partial(_normal, country))


def _normal(country: str, number: str) -> str:
    if is_withheld(number):
        return ""
    plain = dialled(number.replace("(0)", ""))
    if not country or not plain.strip("+").isdigit():
        return plain
    import phonenumbers

    try:
        parsed = phonenumbers.parse(plain, country)
    except phonenumbers.NumberParseException:
        return plain
    home = phonenumbers.ndd_prefix_for_region(country, True) or "+"
    # Written with what a number begins with, it need not be one that is in use; without
    # that, it may as well be an extension.
    is_whole = plain.startswith(("+", "00", home))
    knows = (
        phonenumbers.is_possible_number if is_whole else phonenumbers.is_valid_number
    )
    if not knows(parsed):
        return plain
    e164 = phonenumbers.PhoneNumberFormat.E164
    return str(phonenumbers.format_number(parsed, e164))
