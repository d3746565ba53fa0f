"""What somebody asks of a running call's recording, taken in and answered.

In: a wish. Out: the recording wants it, a row that outlives us says so, and an answer
once the switch has confirmed it, or cannot. Must not ask the switch (`moves` does).
"""

from __future__ import annotations

from collections.abc import Generator

from eslflow.call import screen
from eslflow.call.commands import Alarm, Answer, Command, Keep, Until
from eslflow.call.events import CallEnded, Event
from eslflow.call.live import Live
from eslflow.call.recording import Recording
from eslflow.call.wanting import wished_row
from eslflow.call.wishes import ASKS, OVER, Answered, Want, Wish
from eslflow.flow.model import AfterMask, Record

CONFIRM_S = 5.0
"""How long somebody who asked for something waits to hear what became of it."""

MUST_BE = "this call must be recorded"

Moves = Generator[Command, "Event | None", None]


def fulfil(live: Live, ticket: int, wish: Wish) -> Moves:
    """Take a wish in, and answer when the switch has confirmed it, or cannot."""
    recorder = live.recorder
    # In proof it is the key that asked; to who reads along, its agent.
    who = f"agent {live.agent}".rstrip() if wish.by == live.agents_key else wish.by
    if wish.want is Want.OFF and live.flow.recording.is_demanded:
        live.tell(f"{who} {ASKS[wish.want]}, and must not")
        yield Answer(ticket, answered(live, wish, MUST_BE))
        return
    recorder.take(wish, live.now)
    live.screen.is_cause &= wish.want is not Want.MASKED
    live.tell(f"{who} {ASKS[wish.want]}")
    yield Keep((wished_row(live, wish),))
    try:
        yield Until(lambda: recorder.is_settled(live), CONFIRM_S)
    except CallEnded:
        yield Answer(ticket, answered(live, wish, OVER))
        return
    yield Answer(ticket, answered(live, wish))


def answered(live: Live, wish: Wish, why: str = "") -> Answered:
    """Return what became of a wish; `why` nothing could come of it."""
    recorder = live.recorder
    state = recorder.state
    rule = why or _rule_against(live, wish.want)
    is_done = _holds(wish.want, state) and not why
    unseen = recorder.why or "the switch has not confirmed it"
    return Answered(
        call=live.offered.uuid,
        recording=str(state),
        is_done=is_done,
        why="" if is_done else rule or unseen,
        until=recorder.until,
        is_refused=bool(rule) and not is_done,
    )


def _holds(want: Want, state: Recording) -> bool:
    if want is Want.ON:
        return state is Recording.ON
    if want is Want.MASKED:
        # What is not recorded is silent too.
        return state in (Recording.MASKED, Recording.OFF)
    return state is Recording.OFF


def _rule_against(live: Live, want: Want) -> str:
    """Return why it cannot be had, whatever the switch does; empty: it can."""
    recorder = live.recorder
    if want is not Want.ON:
        return ""
    if recorder.is_forbidden:
        what = "the call is private" if live.is_private else "the recording was stopped"
        return f"{what} for the rest of the call"
    if recorder.wanted is Record.OFF:
        return f"step {live.step} is not recorded"
    if not live.consents.permitting():
        return "nobody has agreed to being recorded"
    if not live.may_be_recorded:
        return screen.why_not(live)
    return _masked_by(live)


def _masked_by(live: Live) -> str:
    """Return what is to mask it; empty: nothing is."""
    recorder = live.recorder
    if recorder.wanted is Record.MASKED:
        return f"step {live.step} is masked"
    if recorder.masks:
        return f"it is masked by {', '.join(recorder.masks)}"
    is_held = live.screen.is_held
    return "it is masked while the agent has the caller on hold" if is_held else ""


def end_of_mask(live: Live, who: str) -> Moves:
    """Do what the flow says of a mask that nobody has renewed in time."""
    recorder = live.recorder
    recorder.masks[who] = 0
    after = live.flow.recording.after_mask
    yield Alarm(f"the mask of {who} was not renewed in time: {after}")
    recorder.by = f"{who}, not renewed"
    if after is AfterMask.UNMASK:
        del recorder.masks[who]
    elif after is AfterMask.STOP:
        recorder.is_forbidden = True
    else:
        recorder.is_overdue = True
