"""The consent rules: what permits a recording, and what does not.

In: a flow's purposes and what became of each question. Out: the purposes that permit
recording now. Must not store anything: a grant is taken in only after it was kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eslflow.call.records import State
from eslflow.flow.model import Basis, Purpose


class Consents:
    """The state of each purpose of one call."""

    __slots__ = ("_permitting", "_purposes", "_states")

    def __init__(self, purposes: Mapping[str, Purpose]) -> None:
        self._purposes = purposes
        self._states: dict[str, State] = {}
        self._permitting = self._found()

    def kept(self, purpose: str, state: State) -> None:
        """Take in a choice that the ledger has made durable."""
        self._states[purpose] = state
        self._permitting = self._found()

    def state(self, purpose: str) -> State | None:
        """Return what became of the question, or None if it was not asked."""
        return self._states.get(purpose)

    def permitting(self) -> tuple[str, ...]:
        """Return the purposes that permit recording, in the flow's order."""
        return self._permitting

    def _found(self) -> tuple[str, ...]:
        return tuple(
            purpose.name
            for purpose in self._purposes.values()
            if purpose.basis is not Basis.CONSENT
            or self._states.get(purpose.name) is State.GRANTED
        )

    def not_asked(self) -> Iterator[Purpose]:
        """Yield the purposes that need consent and were never asked for."""
        for purpose in self._purposes.values():
            if purpose.basis is Basis.CONSENT and purpose.name not in self._states:
                yield purpose
