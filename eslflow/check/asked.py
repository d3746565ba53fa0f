"""What the recorder of a call in a proof asks of the switch, and how that takes it.

In: a call. Out: how it can be taken, and what comes of it: done or not, told or not,
answered or not; and where it was not taken well, all that the recorder tries then, at
one go. Must not judge.
"""

from __future__ import annotations

from eslflow.call.commands import Api
from eslflow.call.events import Disconnected, Event, HungUp
from eslflow.call.track import Track
from eslflow.check.choice import Choice, Choices, Sort
from eslflow.check.stage import Stage, frames, name_of, names
from eslflow.check.switch import ALL
from eslflow.wire.terms import ApiCommand, RecordAction

REFUSED = "-ERR refused"


def is_in_trouble(stage: Stage) -> bool:
    """Whether the recorder asks again, or waits for what should have come already.

    Whoever does something then is taken to do it just before or just after.
    """
    moves = stage.track("moves.watch")
    if moves is None or asks(moves) != AGAIN:
        return False
    return isinstance(moves.awaited, Api) or not stage.switch.coming


def is_answering(stage: Stage) -> bool:
    """Whether what somebody has pressed in a talk is on its way to the disk.

    What goes wrong with the recorder then is taken to do so just before or just after.
    """
    return bool(answering(stage))


def answering(stage: Stage) -> list[Track]:
    """Return the tracks of what somebody has pressed that is not on disk yet."""
    tracks = stage.tracks()[1:]
    return [t for t in tracks if t.is_keeping and name_of(t) != "moves.watch"]


AT_REST, FIRST, AGAIN = "at rest", "for the first time", "again"


def asks(moves: Track) -> str:
    """Return how far the recorder is with what it asks of the switch."""
    where = names(moves)
    if len(where) == 1:
        return AT_REST
    if moves.is_keeping:
        # What begins is kept first, where a call must be recorded.
        return FIRST
    if where[1] == "start":
        start = next(f for f in frames(moves) if f.f_code.co_name == "start")
        is_first = where[-1] == "_ask" and not start.f_locals["_"]
    else:
        is_first = where[1:] in _FIRST
    return FIRST if is_first else AGAIN


_FIRST = (["mask", "_ask"], ["unmask", "_ask"], ["stop", "_stop", "_ask"])


def asked(stage: Stage, moves: Track) -> Choices:
    awaited = moves.awaited
    if is_in_trouble(stage):
        for then in ("works", "fails", "mute"):
            yield Choice("recorder again", then, Sort.FAILS)
    elif isinstance(awaited, Api):
        action = awaited.arg.split(" ")[1]
        for manner in _manners(stage, action):
            sort = Sort.WORKS if manner in WELL else Sort.FAILS
            sort = Sort.LEAVES if manner.endswith("hang up") else sort
            yield Choice("recorder", f"{action} {manner}", sort)
    elif moves._token and not stage.switch.coming:
        yield Choice("time", sort=Sort.TIME)


def _manners(stage: Stage, action: str) -> tuple[str, ...]:
    if stage.is_troubled or is_answering(stage):
        return ("does",)
    return _BRIEFLY if stage.is_repeated else MANNERS[action]


_BRIEFLY = ("does", "refuses fails")
_REFUSES = ("refuses works", "refuses fails", "refuses mute", "refuses hang up")
MANNERS: dict[str, tuple[str, ...]] = {
    RecordAction.START: (
        *("does", "late", "untold works", "lies fails"),
        *("silently works", "silently fails", *_REFUSES),
    ),
    RecordAction.MASK: ("does", "silent works", "silently fails", *_REFUSES),
    RecordAction.UNMASK: ("does", "silent works", "silently fails", *_REFUSES),
    RecordAction.STOP: (
        *("does", "late", "untold works", "lies works"),
        *("silent works", "silently works", *_REFUSES),
    ),
}
"""How the switch takes what a recorder is asked for; and, where that was not well, how
it takes whatever the recorder asks for then, until that is over: it does it; it refuses
it; it refuses it, and does not even tell what runs; or the caller hangs up meanwhile.

Those are left out that come to the same as one of these."""
WELL = ("does", "late")
MOST_AGAIN = 20


def takes(stage: Stage, how: str) -> None:
    """Let the switch take what the recorder asks for, in its manner."""
    _, manner, *then = how.split(" ", 2)
    stage.is_troubled |= manner not in WELL
    _is_taken(stage, manner)
    if then:
        goes_on(stage, then[0])


def goes_on(stage: Stage, then: str) -> None:
    """Let the recorder ask until it is done, or can do no more."""
    for _ in range(MOST_AGAIN):
        # A switch that refuses goes on so, should it be asked anew at once.
        is_asked = then != "works" and isinstance(moving(stage).awaited, Api)
        if not is_asked and not is_in_trouble(stage):
            return
        if then == "hang up":
            hangs_up(stage)
            return
        _is_taken_again(stage, then)
    stage.fails("the recorder asks again and again")


def _is_taken(stage: Stage, manner: str) -> None:
    moves = moving(stage)
    _, action, target = _command_of(moves).arg.split(" ")[:3]
    events: list[Event] = []
    if manner in ("lies", "refuses", "silent"):
        stage.observer.refused(action, target)
    else:
        events = stage.switch.does(action, target)
    if manner == "late":
        stage.switch.coming += events
    elif manner == "does":
        stage.hears(*events)
    if manner in ("silent", "silently"):
        stage.times_out(moves)
    else:
        stage.answers(moves, REFUSED if manner == "refuses" else "+OK Success")


def _is_taken_again(stage: Stage, then: str) -> None:
    """Let the recorder be asked once more, or wait in vain."""
    moves = moving(stage)
    awaited = moves.awaited
    if not isinstance(awaited, Api):
        stage.times_out(moves)
    elif awaited.command is not ApiCommand.UUID_BUGLIST:
        _is_taken(stage, "does" if then == "works" else "refuses")
    elif then == "mute":
        stage.times_out(moves)
    else:
        stage.answers(moves, stage.switch.lists())


def moving(stage: Stage) -> Track:
    moves = stage.track("moves.watch")
    assert moves is not None  # noqa: S101  it is what asks
    return moves


def _command_of(track: Track) -> Api:
    assert isinstance(track.awaited, Api)  # noqa: S101  the choice came of it
    return track.awaited


def hangs_up(stage: Stage) -> None:
    """Let the caller hang up; the ledger may still owe an answer."""
    stage.hears(HungUp("NORMAL_CLEARING"))
    if not any(track.is_keeping for track in stage.tracks()):
        ends(stage)


def ends(stage: Stage) -> None:
    """Let the call's last events come: its files end with its leg."""
    events = stage.switch.does(RecordAction.STOP, ALL)
    stage.hears(*stage.switch.coming, *events, Disconnected())
    stage.switch.coming.clear()
