"""What a token permits.

In: scopes and agents of a token. Out: whether its holder may do or see a thing, or a
refusal that names what is missing. Must not know how a token is shown or stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eslflow.call.wishes import Want, Wish
from eslflow.web.refusal import Refusal, quoted
from eslflow.wire.terms import StrEnum

if TYPE_CHECKING:
    from eslflow.switch.desk import LiveCall


class Scope(StrEnum):
    """One thing that a token permits."""

    CALLS = "calls:read"
    MASK = "recording:mask"
    UNMASK = "recording:unmask"
    UNMASK_ALL = "recording:unmask-all"
    STOP = "recording:stop"
    HEALTH = "health:read"
    CONSENTS = "consents:read"
    WITHDRAW = "consents:withdraw"
    RELOAD = "flows:reload"


NEEDED = {Want.MASKED: Scope.MASK, Want.ON: Scope.UNMASK, Want.OFF: Scope.STOP}
"""What each wish takes."""
SEES = (Scope.CALLS, Scope.MASK, Scope.UNMASK, Scope.STOP)
"""Any of these may look at a call's recording: who masks wants to know that it is."""


@dataclass(frozen=True)
class Who:
    """Somebody who has shown who he is."""

    by: str
    """As it is logged and kept: `token payment-page`, `cli anna`."""
    hand: str = field(default="", kw_only=True)
    """Who shares a mask with whom: all who sit at the machine. Empty: with nobody."""
    scopes: frozenset[Scope] = frozenset(Scope)
    agents: frozenset[str] = frozenset()
    """The agents whose calls may be touched; none: every call."""

    def demand(self, *scopes: Scope) -> None:
        """Refuse who has none of these.

        Raises:
            Refusal: 403, naming what is missing.
        """
        if self.scopes.isdisjoint(scopes):
            missing = " or ".join(map(str, scopes))
            hint = f"Make a token with: eslflow tokens add NAME --scope {scopes[0]}"
            raise Refusal(403, f"this takes the scope {missing}", hint)

    def demand_wish(self, wish: Wish) -> None:
        """Refuse who may not have this wish.

        Raises:
            Refusal: 403.
        """
        self.demand(NEEDED[wish.want])
        if wish.is_master:
            self.demand(Scope.UNMASK_ALL)

    def demand_agent(self, extension: str) -> None:
        """Refuse who may not touch this agent's calls.

        Raises:
            Refusal: 403.
        """
        if not self._is_for((extension, extension.partition("@")[0])):
            own = ", ".join(sorted(self.agents))
            error = f"this token is not for agent {quoted(extension)}"
            raise Refusal(403, error, f"It is for: {own}.")

    def seen(self, calls: Iterable[LiveCall]) -> list[LiveCall]:
        """Return the calls that may be touched; of others, not even that they are."""
        return [call for call in calls if self._is_for(call.agents)]

    def _is_for(self, names: Iterable[str]) -> bool:
        """Whether the calls of an agent of these names may be touched."""
        return not self.agents or not self.agents.isdisjoint(names)
