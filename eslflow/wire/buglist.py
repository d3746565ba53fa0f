"""The answer to `uuid_buglist`: what listens to a leg.

In: the text. Out: the files that recorders write. Must not judge whose they are.
"""

from __future__ import annotations

import re

# switch_core_media_bug.c (switch_core_media_bug_enumerate) writes a path as it is,
# without XML's escapes, so this is read by its lines and not as XML.
_BUG = re.compile(
    r"<function>(?P<function>[^<\n]*)</function>\s*<target>(?P<target>[^\n]*)</target>"
)
RECORDER = "session_record"
"""Function of the recorders of `uuid_record` and `record_session`, and of
mod_callcenter's `record-template` (switch_ivr_async.c)."""


def recorders(text: str) -> tuple[str, ...] | None:
    """Return the paths that recorders write; None: this is no list (no such leg)."""
    if "<media-bugs>" not in text:
        return None
    found = _BUG.finditer(text)
    return tuple(bug["target"] for bug in found if bug["function"] == RECORDER)
