"""What tells calls of a proof apart by what is said of their purposes.

A purpose that no step ahead names is never spoken of by itself again: whatever takes it
back, or looks at it, does so with all that stand like it. So it makes no difference how
many of those there are, and what they are called.

In: a call, the purposes that are named ahead. Out: a value that is equal where what is
said of the purposes is; how the files that run stand. Must not tell of anything else.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator

from eslflow.call.records import State
from eslflow.check.stage import Stage
from eslflow.flow.model import Basis, CallerKey, Party

Begun = frozenset[str]
"""The purposes that a file was begun for."""


def said(stage: Stage, named: Collection[str], never: bool = False) -> Hashable:
    """Return how the purposes stand: each that is named, and all others at once.

    Where nothing is recorded any more (`never`), it makes no difference for what.
    """
    flow = stage.plan.flow
    own: list[Hashable] = []
    others = set()
    for name, part in _parts(stage, never):
        if name in named:
            own.append(part)
        elif any(part):
            is_chosen = flow.purposes[name].basis is Basis.CONSENT
            others.add((is_chosen or name in flow.announced, part))
    return tuple(own), frozenset(others)


def files(stage: Stage) -> tuple[Hashable, ...]:
    """Return how each file stands that runs, and whether it is the last."""
    return tuple([how for how, _ in _running(stage)])


def _running(stage: Stage) -> list[tuple[Hashable, Begun]]:
    """Return the files that run, each with what it was begun for, in their order."""
    observer, segment = stage.observer, stage.engine.live.recorder.segment
    last = segment.path if segment is not None else ""
    found: dict[tuple[Hashable, Begun], None] = {}
    for path, is_masked in observer.switch.running.items():
        is_given_up = path in observer.given_up
        # About that one nothing more can be done, whatever gets into it.
        begun = None if is_given_up else observer.begun.get(path)
        lost = path in observer.failed, is_given_up
        how = path == last, is_masked and not is_given_up, *lost, begun is not None
        found[how, begun or frozenset()] = None
    return list(found)


def _parts(stage: Stage, never: bool) -> Iterator[tuple[str, tuple[Hashable, ...]]]:
    """Yield for each purpose where it is; nowhere: all of it is false."""
    live, grants = stage.engine.live, stage.observer.grants
    consents, segment = live.consents, live.recorder.segment
    permitting, permitted = consents.permitting(), grants.permitted()
    is_open = segment is not None and not (segment.ended or segment.is_stuck)
    recorded = (is_open and segment and segment.purposes) or ()
    begun = [names for _, names in _running(stage)]
    if never:
        recorded, begun = (), []
    purposes = stage.plan.flow.purposes
    takes_back = CallerKey.WITHDRAW in stage.plan.flow.recording.caller_keys.values()
    is_over = stage.engine._ending is not None
    is_of_two = any(party is Party.CALLEE for _, party in consents._states)
    for name in purposes:
        words = is_of_two and consents.asked(name)
        yield (
            name,
            (
                # Of a call that is over, only rows are still to come.
                not is_over and name in permitting,
                not is_over and name in permitted,
                # What has been asked for is taken back with the rest.
                takes_back and consents.state(name) is State.REQUESTED,
                name in recorded,
                tuple([number for number, for_ in enumerate(begun) if name in for_]),
                grants.about(name),
                words and (words, consents.agreed(name)),
            ),
        )
