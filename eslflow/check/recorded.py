"""What is recorded while a step runs, in words.

In: a flow, one of its steps, and what says a sentence by its name. Out: a sentence, or
none. Must not judge whether anything may be recorded: it tells what the flow says.
"""

from __future__ import annotations

from collections.abc import Iterator

from eslflow.check.cases import Say
from eslflow.check.wording import series
from eslflow.flow.model import Asked, Basis, Flow, From, Purpose, Record
from eslflow.steps.connect import Connect
from eslflow.steps.consent import Consent
from eslflow.steps.hangup import HangupStep
from eslflow.steps.step import Step


def recorded(say: Say, flow: Flow, step: Step) -> Iterator[str]:
    """Yield the sentence of what is recorded in a step."""
    if step.record is Record.MASKED:
        yield say("masked")
    elif step.record is Record.ON:
        begins = "answer" if step.record_from is From.ANSWER else "step"
        moment = say("on.talk" if isinstance(step, Connect) else f"on.{begins}")
        conditions = series([*_conditions(say, flow)], f",{say('and')}")
        yield say("on", moment=moment, conditions=conditions)
    elif flow.records and step.waits and not isinstance(step, HangupStep):
        yield say("off")


def _conditions(say: Say, flow: Flow) -> Iterator[str]:
    """Yield each condition with the purposes that it holds for."""
    alike: dict[tuple[str, str], list[str]] = {}
    for purpose in flow.purposes.values():
        name = say("quoted", name=purpose.name)
        alike.setdefault(_condition(say, flow, purpose), []).append(name)
    for (condition, who), names in alike.items():
        if condition != "always" and len(names) > 1:
            condition = f"{condition}.several"
        purposes = say("for", purposes=series(names, say("and")))
        yield purposes + say(condition, who=who)


def _condition(say: Say, flow: Flow, purpose: Purpose) -> tuple[str, str]:
    """Return on what a recording for a purpose depends, and on whom."""
    if purpose.basis is not Basis.CONSENT:
        return ("announced" if purpose.name in flow.announced else "always"), ""
    asking = (step for step in flow.steps.values() if isinstance(step, Consent))
    whom = {step.whom for step in asking if purpose.name in step.asks_for()}
    # By word of mouth, it is the caller whom the agent asks.
    whom = whom or {Asked.CALLER}
    if Asked.BOTH in whom or len(whom) > 1:
        return "granted", say("all")
    return "granted", say(f"who.{whom.pop()}")
