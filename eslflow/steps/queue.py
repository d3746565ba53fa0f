"""`queue`: wait in a queue until an agent answers, and talk.

In: a queue of mod_callcenter or mod_fifo. Out: the ending `answered` when the talk is
over, `timeout` or `no_agents` when the queue gave the call back, `failed` when there is
no such queue, `error` when the switch refused. Before the wait, `socket_resume` is
turned off: with it on, the death of the controller would tear the talk down (measured).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.call import keys
from eslflow.call.commands import Api, Await, Execute
from eslflow.call.events import Executed, Parked, Queued, Replied
from eslflow.call.recording import Recording
from eslflow.flow.model import Record, Told
from eslflow.flow.options import OneOf, QueueName, option
from eslflow.steps import speech
from eslflow.steps.step import Road, Step
from eslflow.steps.talk import TALKS, driven, talk, talking
from eslflow.wire.terms import ApiCommand, App, EventName, Module, StrEnum, Subclass

if TYPE_CHECKING:
    from eslflow.call.live import Live

_REASONS = {"TIMEOUT": "timeout", "NO_AGENT_TIMEOUT": "no_agents"}
_FIFO_TAKEN = ("caller_pop", "bridge-caller-start")


class QueueKind(StrEnum):
    """Which module of the switch holds the queue."""

    CALLCENTER = "callcenter"
    FIFO = "fifo"


@dataclass(frozen=True, kw_only=True)
class Queue(Step):
    """Waits in a queue until an agent answers, and talks."""

    kind: ClassVar[str] = "queue"
    endings: ClassVar[tuple[str, ...]] = (
        "answered",
        "timeout",
        "no_agents",
        "failed",
        "error",
    )
    fallbacks: ClassVar[frozenset[str]] = frozenset(endings) - {"answered"}
    ends: ClassVar[frozenset[str]] = frozenset({"answered"})
    hears: ClassVar[frozenset[EventName]] = TALKS
    queue: str = option(QueueName(), help="The queue's name on the switch.")
    type: QueueKind = option(
        OneOf(QueueKind),
        QueueKind.CALLCENTER,
        "The module that holds it: mod_callcenter or mod_fifo.",
    )

    @property
    def hears_custom(self) -> frozenset[Subclass]:
        """Subclasses of CUSTOM events it reads: mod_fifo tells of itself by them."""
        is_fifo = self.type is QueueKind.FIFO
        return frozenset({Subclass.FIFO} if is_fifo else ())

    @property
    def needs(self) -> frozenset[Module]:
        """The module that holds the queue."""
        return frozenset({Module(f"mod_{self.type}")})

    def run(self, live: Live) -> Road:
        """Hand the call to the queue and wait until it comes back."""
        uuid, live.queue = live.offered.uuid, self.queue
        yield from speech.answered(live)
        yield from driven(live)
        # An empty value unsets: what an earlier queue left behind is no outcome.
        variables = f"{talking()};cc_cause=;cc_cancel_reason={_told(live)}"
        yield Api(ApiCommand.UUID_SETVAR_MULTI, f"{uuid} {variables}", waits=False)
        yield from keys.bind(live)
        live.tell(f"waits in queue {self.queue}")
        if self.type is QueueKind.FIFO:
            ending = yield from self._fifo(live)
        else:
            ending = yield from self._callcenter(live)
        if ending == "answered":
            # Here, where the event that told of the agent is forgotten already: a talk
            # is long, and the event is most of what a waiting call would hold.
            yield from talk(live, "an agent answers", "the agent has left")
        else:
            live.tell(f"queue {self.queue}: {ending.replace('_', ' ')}")
            yield Api(ApiCommand.UUID_SETVAR, f"{uuid} socket_resume true", waits=False)
        return ending

    def _callcenter(self, live: Live) -> Road:
        done = yield Execute(App.CALLCENTER, self.queue)
        if not isinstance(done, Executed):
            return "error"
        # It comes when an agent answers, or when the queue gives the call back.
        cause = (done.variables.variable("cc_cause") or "").lower()
        if cause == "answered":
            return "answered"
        reason = done.variables.variable("cc_cancel_reason") or ""
        return _REASONS.get(reason, "failed")

    def _fifo(self, live: Live) -> Road:
        # mod_fifo.c pauses all recorders while the caller waits (CF_PAUSE_BUGS).
        live.recorder.pause(live.now)
        done = yield Execute(App.FIFO, f"{self.queue} in")
        if isinstance(done, Replied):
            return "error"
        # mod_fifo.c: the application ends before the talk begins, and without a word
        # when no consumer took the call.
        event = yield Await((Queued, Parked), 1.0)
        while isinstance(event, Queued) and event.action not in _FIFO_TAKEN:
            event = yield Await((Queued, Parked), 1.0)
        return "answered" if isinstance(event, Queued) else "failed"


_TOLD = {Recording.ON: Told.RECORDED, Recording.MASKED: Told.MASKED}


def _told(live: Live) -> str:
    """Return the variables that let mod_callcenter tell the agent what is recorded."""
    state, rules = live.recorder.state, live.flow.recording
    word = str(_TOLD.get(state, Told.UNRECORDED))
    if live.recorder.wanted is Record.ON and live.screen.waits(live):
        # It begins with the talk, unless the one who answers is never recorded.
        word = str(Told.RECORDED)
    variables = ""
    if word in rules.agent_tag:
        # In quotes: the switch cuts blanks off at the end of a value (measured).
        variables += f";cc_outbound_cid_name_prefix='{rules.agent_tag[word]}'"
    if word in rules.whisper:
        sound = speech.prompt_sound(live, rules.whisper[word])
        variables += f";cc_outbound_announce={sound.path}" if sound else ""
    return variables
