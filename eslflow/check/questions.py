"""Whether callers can tell what they agree to, and are not asked too much.

In: a flow. Out: findings. Must not read words: what they say others look at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from eslflow.check.finding import Finding, Look, Place, Rule, at, own
from eslflow.check.roads import graph
from eslflow.flow.model import Flow, Party
from eslflow.flow.subflow import top
from eslflow.steps.consent import Consent
from eslflow.steps.objection import Objection
from eslflow.steps.step import Step

SHARED_NOTICE = Rule(
    "shared-notice", False, "The same words ask for two different purposes."
)
MANY_QUESTIONS = Rule(
    "many-questions", False, "Callers are asked three times before they reach anybody."
)
_MANY = 3


def shared_notice(flow: Flow) -> Iterator[Finding]:
    """Yield the questions in words that already ask for another purpose."""
    first: dict[str, tuple[str, str]] = {}
    for place, who, notice, purpose in _asking(flow):
        before, other = first.setdefault(notice, (who, purpose))
        if purpose != other:
            problem = (
                f"{who} asks for '{purpose}' in the words of notice '{notice}', which "
                f"{before} asks for '{other}' with"
            )
            hint = "Write a notice for each of them: one text cannot fit both."
            yield Finding(SHARED_NOTICE, place, problem, hint)


def _asking(flow: Flow) -> Iterator[tuple[Place, str, str, str]]:
    """Yield each question: its place, who asks it, its notice and its purpose."""
    for step in own(flow):
        who = f"step '{step.name}'"
        if isinstance(step, Consent):
            asks = step.asks
        elif isinstance(step, Objection):
            asks = step.announces
        else:
            continue
        place = at(step, step.kind, "notice")
        yield place, who, asks["notice"], asks["purpose"]
    verbal = flow.recording.verbal
    if verbal is not None:
        place = ("recording", "verbal", "notice")
        yield place, "the agent", verbal.notice, verbal.purpose


def many_questions(flow: Flow) -> Iterator[Finding]:
    """Yield the third question that a caller can be asked without a talk between."""
    row = _row(flow)
    if any("/" not in name for name in row):
        *before, last = row
        problem = (
            f"step '{last}' asks the third question in a row, after "
            f"{' and '.join(repr(name) for name in before)}, before the caller reaches "
            "anybody"
        )
        hint = "Leave to the talk what can wait, as by recording: {verbal: ...}."
        yield Finding(MANY_QUESTIONS, ("steps", top(last)), problem, hint)


def _row(flow: Flow) -> tuple[str, ...]:
    """Return the shortest row of so many different questions; empty: there is none."""
    roads = graph(flow)
    waiting: deque[tuple[str, tuple[str, ...]]] = deque([(flow.start, ())])
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, asked = waiting.popleft()
        step = flow.steps.get(name)
        if step is None or step.meets or (name, frozenset(asked)) in seen:
            continue
        seen.add((name, frozenset(asked)))
        if _asks_caller(step) and name not in asked:
            asked = (*asked, name)
        if len(asked) == _MANY:
            return asked
        waiting += [(to, asked) for to in sorted(roads[name])]
    return ()


def _asks_caller(step: Step) -> bool:
    return isinstance(step, Objection) or Party.CALLER in step.asks_whom


RULES: dict[Rule, Look] = {
    SHARED_NOTICE: shared_notice,
    MANY_QUESTIONS: many_questions,
}
