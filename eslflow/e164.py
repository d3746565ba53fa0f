"""Telephone numbers in one spelling: E.164 where a number can be spelt so.

In: a number as a network or a person wrote it, the site's country. Out: `+4930...`; an
extension and whatever else only digits can spell stay as they are, and a number that is
withheld is none. Must not look anything up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial

from eslflow.flow.dialled import dialled, is_withheld

MOST = 4096
"""Numbers whose spelling is remembered; the numbers dialled are few."""


def is_country(code: str) -> bool:
    """Whether a code such as DE names a country whose numbers are known."""
    from phonenumbers import SUPPORTED_REGIONS

    return code in SUPPORTED_REGIONS


def emergency_in(country: str) -> frozenset[str]:
    """Return the numbers for help of a country, as they are dialled there."""
    if not country:
        return frozenset()
    from phonenumbers.phonemetadata import PhoneMetadata

    known = PhoneMetadata.short_metadata_for_region(country)
    found = known and known.emergency
    if not found or not found.national_number_pattern:
        return frozenset()
    pattern = re.compile(found.national_number_pattern)
    lengths = found.possible_length
    thinkable = (f"{n:0{long}}" for long in lengths for n in range(10**long))
    return frozenset(filter(pattern.fullmatch, thinkable))


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
