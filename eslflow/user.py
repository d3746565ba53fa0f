"""Who sits at this machine: what the ledger says of who looks, erases or withdraws.

In: the system's users, sudo's word. Out: a name. Must not believe variables that
anybody can set, such as LOGNAME; sudo's is told beside the user that it became.
"""

from __future__ import annotations

import os
import pwd


def who() -> str:
    """Return the machine's user, and who he was before sudo."""
    number = os.getuid()
    try:
        user = pwd.getpwuid(number).pw_name
    except KeyError:
        user = f"uid-{number}"
    before = os.environ.get("SUDO_USER", "")
    return f"{user} (sudo by {before})" if before and before != user else user
