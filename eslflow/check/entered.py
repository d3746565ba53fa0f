"""What a caller enters by key, and what a program answers, in a call of a proof.

In: a call that waits for either. Out: entries that are as different as the flow can
tell: right ones, and wrong ones. Must not decide which is which for the step.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

from eslflow.check.looked import Looks
from eslflow.check.stage import Stage, frames
from eslflow.steps.collect import CHECKS, Check, Collect, Terminator
from eslflow.steps.webhook import Webhook

_ENDS = {Terminator.HASH: "#", Terminator.STAR: "*", Terminator.NONE: ""}


def entries(stage: Stage, looks: Looks) -> list[str]:
    """Return what may be entered from here on, all keys of it."""
    step = stage.plan.flow.steps[stage.observer.step]
    assert isinstance(step, Collect)  # noqa: S101  nothing else asks key by key
    least, most = step.digits
    looked_for = [v for v in looks.values(step.into) if _is_right(step, v)]
    rights = list(dict.fromkeys([*looked_for, _right(step, least)]))
    end = _ENDS[step.terminator]
    found = [right + (end if len(right) < most else "") for right in rights]
    found += [end] if end else []
    wrong = "1" * least
    if step.check is not Check.NONE:
        found.append(wrong + (end if least < most else ""))
    elif least > 1:
        found.append("1" + end)
    done = digits(stage)
    # What has begun is gone on with, whatever it was to be.
    return [entry for entry in found if len(entry) > done]


def _is_right(step: Collect, entry: str) -> bool:
    least, most = step.digits
    is_long = entry.isdigit() and least <= len(entry) <= most
    return is_long and CHECKS[step.check]([int(digit) for digit in entry])


def _right(step: Collect, least: int) -> str:
    """Return a number of so many digits that the step takes."""
    begin = "1" * (least - 1)
    entries = (f"{begin}{last}" for last in range(10))
    check = CHECKS[step.check]
    return next(e for e in entries if check([int(digit) for digit in e]))


def digits(stage: Stage) -> int:
    """Return how many digits the caller has entered of what is asked for now."""
    for frame in frames(stage.flow_track):
        if frame.f_code.co_name == "_ask" and "secret" in frame.f_locals:
            return len(frame.f_locals["secret"])
    return 0


def field_values(stage: Stage, looks: Looks) -> Iterator[str]:
    """Yield the bodies with which a program may answer."""
    step = stage.plan.flow.steps[stage.observer.step]
    assert isinstance(step, Webhook)  # noqa: S101  nothing else asks a program
    names = [field for field, _ in step.gets]
    values = [looks.values(name) for _, name in step.gets]
    for found in product(*values):
        yield json.dumps(dict(zip(names, found, strict=True)))
