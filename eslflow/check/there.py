"""Whether the switch has what a flow names: queues, users, gateways, profiles.

In: a flow, and how to ask the switch. Out: findings. Must not open connections. Queues
of mod_fifo are made as they are used, and where a transfer leads the dialplan decides
for each call: neither is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from eslflow.check.finding import Finding, Rule, at, own
from eslflow.flow.destination import CALLED
from eslflow.flow.model import Flow
from eslflow.flow.problems import listed, near
from eslflow.steps.calling import Calling
from eslflow.steps.queue import Queue, QueueKind
from eslflow.wire.terms import ApiCommand

NOT_THERE = Rule("not-there", False, "The switch does not have what a step names.")
Ask = Callable[[ApiCommand, str], str]
"""Sends a command to the switch; returns what it says, nothing where it refuses."""


def not_there(flow: Flow, ask: Ask) -> Iterator[Finding]:
    """Yield the steps that name what the switch does not have now."""
    for step in own(flow):
        if isinstance(step, Queue) and step.type is QueueKind.CALLCENTER:
            yield from _queue(step, ask)
        elif isinstance(step, Calling):
            yield from _called(step, ask)


def _queue(step: Queue, ask: Ask) -> Iterator[Finding]:
    lines = ask(ApiCommand.CALLCENTER_CONFIG, "queue list").splitlines()
    names = sorted(line.partition("|")[0] for line in lines[1:] if "|" in line)
    if step.queue not in names:
        problem = (
            f"step '{step.name}': the switch has no queue '{step.queue}'"
            f"{near(step.queue, names)}"
        )
        hint = f"It has: {listed(names)}. See callcenter.conf.xml."
        yield Finding(NOT_THERE, at(step, "queue"), problem, hint)


def _called(step: Calling, ask: Ask) -> Iterator[Finding]:
    to = step.to
    for sort, name in (("gateway", to.gateway), ("profile", to.profile)):
        # `Invalid Gateway!` and `Invalid Profile!` in sofia.c; nothing without it.
        told = ask(ApiCommand.SOFIA, f"status {sort} {name}") if name else ""
        if name and (not told or told.startswith("Invalid")):
            names = _named(sort, ask(ApiCommand.SOFIA, "status"))
            problem = (
                f"step '{step.name}': the switch has no {sort} '{name}'"
                f"{near(name, names)}"
            )
            has = f"It has: {listed(names)}. " if names else ""
            hint = f"{has}See: fs_cli -x 'sofia status'."
            yield Finding(NOT_THERE, at(step, step.kind, sort), problem, hint)
    user, _, domain = to.user.partition("@")
    if user in ("", CALLED):
        return
    # As user/1001 does (mod_dptools.c); without one, nobody can say whom it means.
    domain = domain or ask(ApiCommand.GLOBAL_GETVAR, "domain")
    if domain and ask(ApiCommand.USER_EXISTS, f"id {user} {domain}") == "false":
        problem = f"step '{step.name}': the switch has no user '{user}' in {domain}"
        hint = "Add it to the directory, or call another one."
        yield Finding(NOT_THERE, at(step, step.kind, "user"), problem, hint)


def _named(sort: str, status: str) -> list[str]:
    """Return the gateways, or profiles, that `sofia status` lists."""
    rows = [line.split("\t") for line in status.splitlines()]
    names = [row[0].strip() for row in rows if len(row) > 1 and row[1].strip() == sort]
    # A gateway stands behind its profile: internal::provider.
    return sorted(name.rpartition("::")[2] for name in names)
