"""Versions of FreeSWITCH, and which faults that are known an older one has.

In: what the switch says its version is. Out: the holes it still has, each with where it
is told of. Must not ask anybody: what became known later is not in this list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eslflow.doctor.finding import Finding, ok, warning

TOPIC = "version"
_VERSION = re.compile(r"([0-9]+)\.([0-9]+)\.([0-9]+)(-dev|~dev|-rc)?")
_HOME = "https://github.com/signalwire/freeswitch"

Version = tuple[int, int, int]


class Fix(NamedTuple):
    """A hole that a version closed."""

    version: Version
    name: str
    what: str
    source: str
    """Where it is told of, under the home of FreeSWITCH."""

    @property
    def url(self) -> str:
        """Where it is told of."""
        return f"{_HOME}/{self.source}"


FIXES = (
    Fix(
        (1, 11, 3),
        "CVE-2026-116779",
        "a SIP MESSAGE from anybody can run commands on the switch",
        "releases/tag/v1.11.3",
    ),
    Fix(
        (1, 11, 2),
        "CVE-2026-116785",
        "mod_xml_rpc: anybody who reaches it can overwrite memory",
        "releases/tag/v1.11.2",
    ),
    Fix(
        (1, 11, 2),
        "CVE-2026-116790",
        "ICE: a stranger can divert the sound of a call",
        "releases/tag/v1.11.2",
    ),
    Fix(
        (1, 11, 1),
        "CVE-2026-49841",
        "mod_verto: anybody who reaches it can overwrite memory",
        "security/advisories/GHSA-wfrq-qvg2-f88f",
    ),
    Fix(
        (1, 11, 1),
        "CVE-2026-49840",
        "programs on libesl, as fs_cli, can be crashed by their peer",
        "security/advisories/GHSA-g597-9fgg-ghg9",
    ),
    Fix(
        (1, 10, 11),
        "CVE-2023-51443",
        "calls with DTLS-SRTP can be kept from being set up",
        "security/advisories/GHSA-39gv-hq72-j6m6",
    ),
    Fix(
        (1, 10, 10),
        "CVE-2023-40018",
        "an offer with odd ICE candidates overwrites memory",
        "security/advisories/GHSA-7mwp-86fv-hcg3",
    ),
    Fix(
        (1, 10, 7),
        "CVE-2021-37624",
        "SIP MESSAGE is not authenticated: messages can be forged",
        "security/advisories/GHSA-mjcm-q9h8-9xv3",
    ),
    Fix(
        (1, 10, 7),
        "CVE-2021-41105",
        "calls with SRTP can be ended by anybody",
        "security/advisories/GHSA-jh42-prph-gp36",
    ),
    Fix(
        (1, 10, 7),
        "CVE-2021-41145",
        "a flood of SIP takes all memory",
        "security/advisories/GHSA-jvpq-23v4-gp3m",
    ),
)
"""The newest first. Each version and text was looked up at its source."""


def version_of(text: str) -> tuple[Version, bool] | None:
    """Return a version's numbers, and whether it was built before its release."""
    found = _VERSION.search(text)
    if found is None:
        return None
    numbers = int(found[1]), int(found[2]), int(found[3])
    return numbers, found[4] is not None


def missing(version: Version, is_early: bool) -> Iterator[Fix]:
    """Yield the fixes that a version came too early for."""
    for fix in FIXES:
        if version < fix.version or (is_early and version == fix.version):
            yield fix


def judge(text: str) -> list[Finding]:
    """Return what is known of the version that a switch says it has."""
    found = version_of(text)
    if found is None:
        return [
            warning(
                TOPIC,
                f"FreeSWITCH calls its version {text!r}",
                "Nobody can tell which of its faults have been mended.",
                f"Compare it with {_HOME}/releases",
            )
        ]
    lacks = list(missing(*found))
    if not lacks:
        return [ok(TOPIC, f"FreeSWITCH {text}: no hole is known here")]
    newest = ".".join(map(str, lacks[0].version))
    return [
        warning(
            TOPIC,
            f"FreeSWITCH {text} is older than the fix of {fix.name}: {fix.what}",
            f"See {fix.url}. A package may have the fix under an older "
            "number: its changelog tells.",
            f"Upgrade FreeSWITCH to {newest} or later",
        )
        for fix in lacks
    ]
