"""Work that is cut off anywhere, as a kill would."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

RECORDINGS = ("eslflow/recordings",)


class Killed(BaseException):
    """eslflow was killed."""


def killed_at(
    calls: int, work: Callable[[], object], ours: tuple[str, ...] = RECORDINGS
) -> bool:
    """Do work until the n-th call out of these modules; return whether it was cut."""
    left = calls

    def watch(frame: FrameType, event: str, _: object) -> None:
        nonlocal left
        name = frame.f_code.co_filename
        # The system lets go of a lock when its process dies; here nobody would.
        is_lock = frame.f_code.co_name == "alone"
        if event == "c_call" and any(part in name for part in ours) and not is_lock:
            left -= 1
            if left < 0:
                raise Killed

    sys.setprofile(watch)
    try:
        work()
    except Killed:
        return True
    finally:
        sys.setprofile(None)
    return False
