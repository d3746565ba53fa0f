"""Versions of FreeSWITCH."""

import pytest

from eslflow.doctor.finding import Level
from eslflow.doctor.versions import FIXES, judge, missing, version_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1.10.12-release", ((1, 10, 12), False)),
        ("1.11.3-dev", ((1, 11, 3), True)),
        ("1.10.12-release-10222002881-a88d069d6f~64bit", ((1, 10, 12), False)),
        ("1.10.9~dev", ((1, 10, 9), True)),
        ("nonsense", None),
    ],
)
def test_a_version_is_read_in_every_spelling(text, found):
    assert version_of(text) == found


def names(version, is_early=False):
    return {fix.name for fix in missing(version, is_early)}


def test_a_version_lacks_what_came_later_and_has_what_came_with_it():
    assert names((1, 10, 10)) >= {"CVE-2023-51443", "CVE-2026-116779"}
    assert "CVE-2023-40018" not in names((1, 10, 10))
    assert "CVE-2023-40018" in names((1, 10, 9))
    assert names((1, 11, 3)) == set()


def test_a_build_from_before_a_release_is_not_taken_for_it():
    assert names((1, 11, 3), is_early=True) == {"CVE-2026-116779"}


def test_the_newest_is_well():
    (finding,) = judge("1.11.3-release")
    assert (finding.level, finding.topic) == (Level.OK, "version")


def test_each_hole_is_told_with_its_source_and_the_version_that_closes_all():
    found = judge("1.10.10-release")
    assert {finding.level for finding in found} == {Level.WARNING}
    (dtls,) = [f for f in found if "CVE-2023-51443" in f.text]
    assert "freeswitch/security/advisories/GHSA-39gv-hq72-j6m6" in dtls.means
    assert dtls.mend == "Upgrade FreeSWITCH to 1.11.3 or later"


def test_what_is_no_version_is_told():
    (finding,) = judge("unknown")
    assert finding.level is Level.WARNING
    assert "'unknown'" in finding.text


def test_the_newest_fix_stands_first():
    assert list(FIXES) == sorted(FIXES, key=lambda fix: fix.version, reverse=True)
