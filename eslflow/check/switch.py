"""The switch of a proof: which recorders really run, and which of them are masked.

In: commands to its recorders, and whether it does them. Out: the truth, and what it
would say of it. Must not know what the engine believes.
"""

from __future__ import annotations

from eslflow.call.events import Event, RecordStarted, RecordStopped
from eslflow.wire.terms import RecordAction

ALL = "all"
_BUG = "<function>session_record</function>\n<target>{}</target>\n"


class Switch:
    """The recorders of one call's leg."""

    __slots__ = ("coming", "running")

    def __init__(self) -> None:
        self.running: dict[str, bool] = {}
        """Files that are written, and whether they are masked."""
        self.coming: list[Event] = []
        """What it will say, in order, but has not said yet."""

    def copy(self) -> Switch:
        """Return another one in the same state."""
        other = Switch()
        other.running, other.coming = dict(self.running), list(self.coming)
        return other

    def does(self, action: str, target: str) -> list[Event]:
        """Do what a recorder was asked for; return the events that tell of it."""
        if action == RecordAction.START:
            self.running.setdefault(target, False)
            return [RecordStarted(target)]
        found = [path for path in self.running if target in (path, ALL)]
        if action == RecordAction.STOP:
            for path in found:
                del self.running[path]
            return [RecordStopped(path, 1000) for path in found]
        for path in found:
            self.running[path] = action == RecordAction.MASK
        return []

    def lists(self) -> str:
        """Return what `uuid_buglist` says."""
        bugs = "".join(_BUG.format(path) for path in self.running)
        return f"<media-bugs>\n{bugs}</media-bugs>"

    @property
    def clear(self) -> list[str]:
        """The files into which sound gets."""
        return [path for path, is_masked in self.running.items() if not is_masked]
