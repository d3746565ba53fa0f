"""Steps that nobody could tell apart by what comes of them: two queues, say.

In: a flow. Out: for each step the first that is like it: of the same kind, with options
that steer alike, and with endings that lead to steps which are alike in turn: what is
proved of one is proved of the other; and the steps that are like one above but for
where they lead: what goes wrong inside of them has been tried in that one, and what
happens inside of two of these is the same. Must not compare words, sounds or names of
queues.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields

from eslflow.check.held import Holds
from eslflow.flow.model import Flow, Record
from eslflow.steps.calling import Calling
from eslflow.steps.step import Step

NAMES = frozenset(
    ("name", "prompt", "queue", "where", "to", "cause", "url", "shows", "meanwhile")
    + ("timeout", "digit_timeout", "token_env", "token_file", "token_header")
)
"""Options that steer nothing: names, and how long somebody waits."""
Classes = Mapping[str, str]


def likeness(flow: Flow) -> tuple[Classes, frozenset[str], Classes]:
    """Return what is `alike`, `repeated`, and of the same shape, whatever it is called.

    So are the names of values and secrets: of many, one stands for the same (`held`).
    """
    holds = Holds(flow)
    plain = holds.plain
    like = alike(plain, {name: holds.kind(name) for name in flow.steps})
    again = repeated(plain, like)
    return like, again, shapes(plain, like, again)


def alike(flow: Flow, held: Mapping[str, object] | None = None) -> Classes:
    """Return for each step the first one that is like it.

    Of those, for which something else is held (`held`, by step), none is like it.
    """
    kinds: dict[object, str] = {}
    held = held or {}
    found = {name: kinds.setdefault(held.get(name), name) for name in flow.steps}
    read = _read(flow)
    count = 0
    while len(set(found.values())) != count:
        count = len(set(found.values()))
        firsts: dict[object, str] = {}
        found = {
            name: firsts.setdefault((found[name], _signature(step, found, read)), name)
            for name, step in flow.steps.items()
        }
    return found


def repeated(flow: Flow, like: Classes) -> frozenset[str]:
    """Return the steps that differ from one above by where they lead.

    Steps that are alike are so together, or not: which of them a call comes to first,
    nobody can tell from the file.
    """
    shapes: dict[object, str] = {}
    read = _read(flow)
    nowhere = dict.fromkeys((*flow.steps, ""), "")
    firsts = {
        name: shapes.setdefault(_signature(step, nowhere, read), name)
        for name, step in flow.steps.items()
    }
    return frozenset(name for name in flow.steps if firsts[like[name]] != like[name])


def shapes(flow: Flow, like: Classes, again: Collection[str]) -> Classes:
    """Return for each step the first inside of which the same can happen.

    That is one of those that repeat another; of any other step, the one it is like.
    """
    firsts: dict[object, str] = {}
    read = _read(flow)
    return {
        name: firsts.setdefault(_inside(flow, step, read), name)
        if name in again
        else like[name]
        for name, step in flow.steps.items()
    }


def _inside(flow: Flow, step: Step, read: frozenset[str]) -> object:
    """Return what tells what happens in a step from what happens in others."""
    # An ending that leads back to its own step stays in it, one that leads nowhere ends
    # the call; a step that records makes a wish worth having just before it.
    where = dict.fromkeys(flow.steps, "") | {step.name: "itself", "": "nowhere"}
    near = [flow.steps[name].record for name in step.leads_to() if name]
    return _signature(step, where, read), Record.ON in near


def _read(flow: Flow) -> frozenset[str]:
    """Return the values that steps look at, or make others of."""
    steps = flow.steps.values()
    return frozenset(name for step in steps for _, _, name in step.refers_to())


def _signature(step: Step, classes: Classes, read: frozenset[str]) -> object:
    """Return what tells a step from others, with classes in place of steps."""
    is_unread = bool(step.writes()) and not read & set(step.writes())
    parts = [
        (field.name, _part(getattr(step, field.name), classes))
        for field in fields(step)
        if field.name not in NAMES
        # A value that nobody reads is like any other.
        and not (field.name == "into" and is_unread)
    ]
    # Who calls what was dialled finds that it is no number.
    is_dialled = isinstance(step, Calling) and not step.to.address("")
    way_out = is_dialled, step.dials_called
    return type(step), way_out, bool(step.hides()), tuple(parts)


def _part(value: object, classes: Classes) -> object:
    if isinstance(value, Mapping):
        return tuple((key, classes.get(to, repr(to))) for key, to in value.items())
    return repr(value)
