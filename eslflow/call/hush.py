"""Keys that the switch tells nobody: neither its log nor its listeners get them.

In: a call, and whether somebody else is on the line in its next step. Out: commands to
the switch. Must not collect keys (`steps.collect` does).

`sensitive_dtmf` keeps keys out of FreeSWITCH's log ("RECV DTMF", "RTP RECV DTMF"), out
of DTMF events, out of `digits_dialed` in the CDR, and from the other leg of a bridge
(switch_channel.c, switch_rtp.c, switch_core_io.c). Keys that are thrown away get into
`digits_dialed` all the same (switch_channel_flush_dtmf); `digits_dialed_filter` makes
an X of each there. Both hold from the first step, since callers type ahead, and end
where the caller meets somebody, who may be a machine that wants keys.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from eslflow.call.commands import Alarm, Api, Command
from eslflow.call.events import Event, Replied
from eslflow.wire.terms import ApiCommand

if TYPE_CHECKING:
    from eslflow.call.live import Live

_BEGIN = "sensitive_dtmf=true;digits_dialed_filter=.+"
_END = "sensitive_dtmf="


def fit(live: Live, meets: bool) -> Generator[Command, Event | None, None]:
    """Let keys be secret in flows that ask for some, unless the caller meets somebody.

    What was collected and not yet carried anywhere is wiped before such a meeting.
    """
    if not live.flow.has_secrets:
        return
    if meets:
        live.forget()
    if live.is_hushed is meets:
        live.is_hushed = not meets
        yield _set(live, _END if meets else _BEGIN, waits=False)


def confirmed(live: Live) -> Generator[Command, Event | None, bool]:
    """Return whether the switch has promised to keep the keys to itself."""
    done = yield _set(live, _BEGIN, waits=True)
    if isinstance(done, Replied) and done.is_ok:
        live.is_hushed = True
        return True
    yield Alarm("the switch would log the keys of the caller: they are not asked for")
    return False


def _set(live: Live, variables: str, waits: bool) -> Api:
    arg = f"{live.offered.uuid} {variables}"
    return Api(ApiCommand.UUID_SETVAR_MULTI, arg, waits=waits)
