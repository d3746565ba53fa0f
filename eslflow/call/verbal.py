"""The agent asks, and presses a key for what the caller has said.

In: the key. Out: rows; the confirmation, once the recording runs. As with a caller's
own key, a yes permits nothing before it is on disk. Must not record by itself.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from eslflow.call import withdrawal
from eslflow.call.aside import say
from eslflow.call.choices import Played, choice_row, notice_row
from eslflow.call.commands import Alarm, Command, Keep, Until
from eslflow.call.events import CallEnded, Event, Kept
from eslflow.call.receipt import receipt_of
from eslflow.call.recording import Recording
from eslflow.call.records import Choice, Reason, State
from eslflow.flow.model import AgentKey
from eslflow.flow.readout import AGAIN, BEGIN, receipt_path

if TYPE_CHECKING:
    from eslflow.call.live import Live
    from eslflow.flow.model import Verbal

ASKED = (State.GRANTED, State.VERBAL, State.REQUESTED)
"""It is permitted, or is about to be: another yes says nothing new."""

Moves = Generator[Command, "Event | None", None]


def answered(live: Live, rule: Verbal, said: AgentKey) -> Moves:
    """Take in what the caller has said to the agent."""
    state = live.consents.state(rule.purpose)
    who = live.agents_key
    if said is AgentKey.GRANTED:
        if state in ASKED:
            live.tell(f"{who}: {rule.purpose} is permitted already")
            return
        yield from _granted(live, rule, who)
    elif rule.purpose in live.consents.permitting():
        purpose = live.flow.purposes[rule.purpose]
        yield from withdrawal.by_agent(live, purpose, _key(live, said))
    else:
        live.consents.kept(rule.purpose, State.REFUSED)
        yield Keep((_row(live, rule, State.REFUSED),))
        live.tell(f"{who}: refused")


def _granted(live: Live, rule: Verbal, who: str) -> Moves:
    """Keep the yes, and let it permit once it is kept, unless a no came meanwhile."""
    notice, row = live.flow.notices[rule.notice], _row(live, rule, State.VERBAL)
    audio = notice.audio(live.flow.name, live.language)
    sound = live.site.sounds.get(audio)
    live.consents.kept(rule.purpose, State.REQUESTED)
    number = live.new_answer()
    # With its notice, so that words changed without a new version refuse it too.
    kept = yield Keep((notice_row(live, notice, sound), row), is_durable=True)
    # Another yes, after a no, has to wait for rows of its own.
    is_last = live.is_last_answer(number)
    if not is_last or live.consents.state(rule.purpose) is not State.REQUESTED:
        return
    if not (isinstance(kept, Kept) and kept.is_ok):
        problem = kept.problem if isinstance(kept, Kept) else ""
        live.consents.kept(rule.purpose, State.UNANSWERED)
        lost = _row(live, rule, State.UNANSWERED, Reason.NOT_KEPT)
        yield Keep((lost,))
        yield Alarm(
            f"the caller's yes could not be kept, so it permits none: {problem}"
        )
        return
    live.consents.kept(rule.purpose, State.VERBAL)
    live.tell(f"{who}: granted, and that is kept")
    try:
        yield Until(lambda: _runs(live) or not _is_permitted(live, rule))
        if _is_permitted(live, rule):
            yield from say(live, sound, f"notice {rule.notice}", in_file=True)
            yield from _read_out(live, rule)
    except CallEnded:
        return


def _read_out(live: Live, rule: Verbal) -> Moves:
    """Read the code out after the confirmation, as long as the yes holds."""
    code = receipt_of(live.offered.uuid)
    for word in (BEGIN, *code, AGAIN, *code) if rule.receipt else ():
        left_s = max(live.aside.until - live.now, 0) / 1e6
        yield Until(lambda: not _is_permitted(live, rule), left_s)
        sound = live.site.sounds.get(receipt_path(live.language, word))
        if not _is_permitted(live, rule):
            return
        yield from say(live, sound, f"receipt {word}", in_file=True)
        if sound is None:
            # Whoever hears half of a code writes down a wrong one.
            return


def _runs(live: Live) -> bool:
    return live.recorder.state is Recording.ON


def _is_permitted(live: Live, rule: Verbal) -> bool:
    return live.consents.state(rule.purpose) is State.VERBAL


def _key(live: Live, said: AgentKey) -> str:
    keys = live.flow.recording.agent_keys
    return next(f"*{digit}" for digit, does in keys.items() if does is said)


def _row(
    live: Live, rule: Verbal, state: State, reason: Reason | None = None
) -> Choice:
    """Return the row of an answer: which agent pressed what, and what confirms it."""
    said = AgentKey.REFUSED if state is State.REFUSED else AgentKey.GRANTED
    answers = (AgentKey.GRANTED, AgentKey.REFUSED)
    told = Played(
        notice=live.flow.notices[rule.notice],
        sound=None,
        keys_offered=" ".join(f"{_key(live, each)}={each}" for each in answers),
        key=_key(live, said),
    )
    row = choice_row(live, live.flow.purposes[rule.purpose], state, reason, told)
    has_receipt = rule.receipt and state is State.VERBAL
    receipt = receipt_of(live.offered.uuid) if has_receipt else ""
    return row._replace(performed_by="agent", who=live.agent, receipt=receipt)
