"""What becomes of a payment that fails, and of a card that nobody has entered.

In: a flow. Out: findings. Must not read words: where steps lead tells enough.
"""

from __future__ import annotations

from collections.abc import Iterator

from eslflow.check.finding import Finding, Look, Rule, at, own
from eslflow.check.roads import graph, reach
from eslflow.flow.model import Flow
from eslflow.steps.branch import Branch
from eslflow.steps.collect import Collect
from eslflow.steps.menu import Menu
from eslflow.steps.step import Step
from eslflow.steps.webhook import Webhook

PAID_ANYWAY = Rule(
    "paid-anyway", False, "A call goes on after a failed payment as after a paid one."
)
NOT_ENTERED = Rule(
    "not-entered", False, "A call goes on as if secret digits had been entered."
)
UNCHOSEN = Rule("unchosen", False, "Secret digits are asked of who has chosen nothing.")


def paid_anyway(flow: Flow) -> Iterator[Finding]:
    """Yield the webhooks with secrets whose failure leads where success does.

    A person there can tell callers what has come of it, and a branch on the answer can
    tell one from the other.
    """
    for step in own(flow):
        if not isinstance(step, Webhook) or not step.secrets:
            continue
        to = step.target("done")
        wrong = _alike(step, "done", ("refused", "failed"))
        after = flow.steps.get(to)
        if wrong and after is not None and not _can_tell(step, after):
            problem = (
                f"step '{step.name}' goes on to '{to}' when it is done, and also when "
                f"it is {' or '.join(wrong)}"
            )
            hint = f"Add {_lead(wrong)}, which tells callers that it may not be paid."
            yield Finding(PAID_ANYWAY, at(step), problem, hint)


def _can_tell(step: Webhook, after: Step) -> bool:
    """Whether a step can tell what came of a webhook before it."""
    if isinstance(after, Branch):
        return after.looks_at.value in step.writes()
    return after.meets or after.hands_over


def not_entered(flow: Flow) -> Iterator[Finding]:
    """Yield the secure steps that go on to the webhook with nothing entered."""
    roads = graph(flow)
    for step in own(flow):
        if not isinstance(step, Collect) or not step.secure:
            continue
        to = step.target("collected")
        wrong = _alike(step, "collected", ("failure", "error"))
        sends = [
            name
            for name in sorted(reach(roads, to))
            if name in flow.steps and step.into in flow.steps[name].carries()
        ]
        if wrong and sends:
            problem = (
                f"step '{step.name}' goes on to '{to}' once it is collected, and also "
                f"on {' or '.join(wrong)}: '{sends[0]}' then fails for want of "
                f"'{step.into}'"
            )
            hint = f"Add {_lead(wrong)}, which does without it."
            yield Finding(NOT_ENTERED, at(step), problem, hint)


def unchosen(flow: Flow) -> Iterator[Finding]:
    """Yield the menus that lead to a secure step, as one of several, without a key."""
    for step in own(flow):
        if not isinstance(step, Menu) or len({*step.keys.values()}) == 1:
            continue
        for key, to in step.keys.items():
            asked = flow.steps.get(to)
            wrong = _alike(step, key, ("failure", "error"))
            if wrong and isinstance(asked, Collect) and asked.secure:
                problem = (
                    f"step '{step.name}' leads to '{to}' by key {key}, and also on "
                    f"{' or '.join(wrong)}, when nobody has pressed it"
                )
                hint = f"Add {_lead(wrong)}, which asks for no secret."
                yield Finding(UNCHOSEN, at(step), problem, hint)
                break


def _alike(step: Step, good: str, bad: tuple[str, ...]) -> list[str]:
    """Return which endings lead where a good one does; none, where the flow ends."""
    ways = step.ways()
    to = ways.get(good, "")
    return [ending for ending in bad if to and ways.get(ending) == to]


def _lead(endings: list[str]) -> str:
    """Return what is to be written for endings."""
    return ", ".join(f"{ending}: STEP" for ending in endings)


RULES: dict[Rule, Look] = {
    PAID_ANYWAY: paid_anyway,
    NOT_ENTERED: not_entered,
    UNCHOSEN: unchosen,
}
