"""What records right now: recorders on the legs of our calls that are not ours.

In: the switch's legs and recorders, the calls that the ledger knows, and what a
reconciliation would find. Out: findings. Stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from eslflow.doctor.finding import Finding, error, ok, warning
from eslflow.errors import CommandRefused
from eslflow.switch.reconcile import Reconciler
from eslflow.wire.buglist import recorders
from eslflow.wire.terms import ApiCommand

TOPIC = "recorders at work"


def recording(reconciler: Reconciler) -> Iterator[Finding]:
    """Yield what records that should not.

    Raises:
        LinkLost: the switch does not answer any more.
        StoreError: the ledger cannot be read.
        ProtocolError: the switch's answer cannot be read.
    """
    ours = {kept["call"]["uuid"] for kept in reconciler.books.open_calls()}
    legs = reconciler.legs()
    count = 0
    strangers = []
    for row in reconciler.rows("channels"):
        uuid = str(row.get("uuid", ""))
        leg = legs.get(uuid)
        owner = uuid if uuid in ours else leg.uuid if leg else ""
        if owner in ours:
            count += 1
            found = _files(reconciler, uuid)
            strangers += [
                (owner, path) for path in found if _is_strange(path, reconciler)
            ]
    for call, path in strangers:
        yield error(
            TOPIC,
            f"another recorder writes {path}, of call {call}",
            "It is not eslflow's: it asks nobody and masks nothing.",
            "See second recorders above, and what else controls the switch. To stop "
            f"this one: fs_cli -x 'uuid_record {call} stop {path}'",
        )
    bad = [finding for finding in reconciler.run(dry_run=True) if finding.is_bad]
    for finding in bad:
        yield warning(
            TOPIC,
            f"{finding.what} {finding.call or '-'} {finding.path}: {finding.text}",
            "Something was recorded that nobody has permitted, or may be.",
            "eslflow recordings reconcile (a running serve does it every minute)",
        )
    if not strangers and not bad:
        yield ok(TOPIC, f"no recorder but eslflow's on {count} legs of its calls")


def _files(reconciler: Reconciler, uuid: str) -> tuple[str, ...]:
    try:
        return recorders(reconciler.link.api(ApiCommand.UUID_BUGLIST, uuid)) or ()
    except CommandRefused:
        # The call has ended meanwhile.
        return ()


def _is_strange(path: str, reconciler: Reconciler) -> bool:
    """Whether a file is not in our folder; what is in there, reconciliation judges."""
    return not path.startswith(f"{reconciler.folder}/")
