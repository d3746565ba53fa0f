"""The folders of the days, made before the switch needs them.

In: the folder of recordings, the time. Out: today's and tomorrow's folder, with the
mode and the group of the one above. FreeSWITCH makes what is missing with mode 0750
(measured), and nobody but its user could take a bad file out of there.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from time import gmtime

DAY_S = 86_400


def make_days(folder: Path, now: int) -> None:
    """Make the folders of today and tomorrow; the days are UTC's, as in file names."""
    for seconds in (now // 1_000_000, now // 1_000_000 + DAY_S):
        day = gmtime(seconds)
        names = f"{day.tm_year:04}", f"{day.tm_mon:02}", f"{day.tm_mday:02}"
        if folder.is_dir() and not folder.joinpath(*names).is_dir():
            _make(folder, names)


def _make(folder: Path, names: tuple[str, ...]) -> None:
    place = folder
    for name in names:
        place /= name
        try:
            place.mkdir()
            # The mask of the process must not shut the switch's group out.
            os.chmod(place, _rights(folder)[0])
            if _rights(place) != _rights(folder):
                # The switch could not write there. (Linux drops the setgid bit when
                # who sets the mode is not of that group.)
                place.rmdir()
                return
        except FileExistsError:
            continue
        except OSError:
            # The switch makes it then, and tells if it cannot.
            return


def _rights(place: Path) -> tuple[int, int]:
    found = place.stat()
    return stat.S_IMODE(found.st_mode), found.st_gid
