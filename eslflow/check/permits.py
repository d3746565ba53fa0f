"""What is wrong with what is recorded, for what, and with whose leave.

In: a flow. Out: findings. Must not judge which words are said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from eslflow.check.finding import Finding, Rule, at, own
from eslflow.check.roads import graph, permitted, reach, without
from eslflow.check.wordlist import tells_of_recording
from eslflow.flow.model import AfterMask, AgentKey, Basis, Flow, Record
from eslflow.flow.subflow import top
from eslflow.steps.announce import Announce
from eslflow.steps.consent import Consent
from eslflow.steps.inform import Inform
from eslflow.steps.objection import Objection
from eslflow.steps.step import Step

TOO_EARLY = Rule(
    "too-early", True, "A step is to record where nobody can have agreed yet."
)
# Both may be right where a dialplan plays its part before or after.
FOR_NOTHING = Rule(
    "for-nothing", False, "Callers are asked, and nothing is recorded then."
)
UNTOLD = Rule("untold", False, "Callers are recorded, and not told of it.")
KEPT_FOREVER = Rule(
    "kept-forever", False, "No purpose says how long its recordings are kept."
)
HALF_A_MASK = Rule(
    "half-a-mask", False, "Agents can mask and not unmask, or the other way round."
)

OF_ALL = (TOO_EARLY, FOR_NOTHING)
"""What holds of a flow with all that it is run in."""
REMEMBERED = Rule("remembered", False, "A grant is taken over from another call.")


def too_early(flow: Flow) -> Iterator[Finding]:
    """Yield the steps that record before what permits it can have happened."""
    if flow.recording.verbal is not None or _always(flow):
        return
    before = permitted(flow)
    for step in flow.steps.values():
        if step.record is Record.ON and not before[step.name]:
            problem = (
                f"step '{step.name}' can never record: on no way to it does a caller "
                "agree"
            )
            hint = "Ask on the way there, or let granted lead there; or remove record."
            place = ("steps", top(step.name), "record")
            yield Finding(TOO_EARLY, place, problem, hint)


def _always(flow: Flow) -> list[str]:
    """Return the purposes that permit without any choice."""
    return [
        purpose.name
        for purpose in flow.purposes.values()
        if purpose.basis is not Basis.CONSENT and purpose.name not in flow.announced
    ]


def for_nothing(flow: Flow) -> Iterator[Finding]:
    """Yield the questions after which no step records."""
    for step in own(flow):
        if not isinstance(step, (Consent, Objection)):
            continue
        yes = "granted" if isinstance(step, Consent) else "unopposed"
        after = reach(graph(flow), step.target(yes)) | {step.name}
        if not any(_records(flow, name) for name in after):
            problem = (
                f"step '{step.name}' asks whether the call may be recorded, and no "
                f"step after {yes} is"
            )
            hint = "Add record: on to the step where people talk, or do not ask."
            yield Finding(FOR_NOTHING, at(step), problem, hint)
    if flow.recording.verbal is not None and not flow.records:
        problem = "agents ask whether the call may be recorded, and no step is"
        hint = "Add record: on to the step where people talk."
        yield Finding(FOR_NOTHING, ("recording", "verbal"), problem, hint)


def _records(flow: Flow, name: str) -> bool:
    step = flow.steps.get(name)
    return step is not None and step.record is not Record.OFF


def untold(flow: Flow) -> Iterator[Finding]:
    """Yield the steps that record people who have not been told.

    Whoever has said no to one purpose was told that there is no recording.
    """
    names = _always(flow)
    if not names:
        return
    ways = {name: _untold_ways(flow, step) for name, step in flow.steps.items()}
    asking = [name for name, step in flow.steps.items() if isinstance(step, _ASKING)]
    unasked = reach(without(ways, asking), flow.start)
    for step in own(flow):
        if step.record is Record.ON and step.name in reach(ways, flow.start):
            who, hint = _UNTOLD if step.name in unasked else _SAID_NO
            problem = (
                f"step '{step.name}' records for '{names[0]}', and callers come to it "
                f"who {who}"
            )
            yield Finding(UNTOLD, at(step, "record"), problem, hint)


_ASKING = (Consent, Objection)
_UNTOLD = (
    "have not been told",
    "Tell them first: inform, objection, or an announcement (GDPR 13).",
)
_SAID_NO = (
    "have not agreed to be recorded, and expect that they are not",
    "Tell them that it is all the same, by inform or an announcement (GDPR 13), or "
    "give that purpose a flow of its own.",
)


def _untold_ways(flow: Flow, step: Step) -> Collection[str]:
    """Return where a step leads those who still do not know that they are recorded."""
    if isinstance(step, Inform) or (
        isinstance(step, Announce)
        and tells_of_recording(flow.prompts[step.prompt].text)
    ):
        return ()
    asks = isinstance(step, _ASKING)
    yes = ("granted", "unopposed") if asks else ()
    return {to for ending, to in step.ways().items() if ending not in yes}


def kept_forever(flow: Flow) -> Iterator[Finding]:
    """Yield the purposes without an end."""
    for purpose in flow.purposes.values() if flow.records else ():
        if not purpose.retain_s:
            problem = f"purpose '{purpose.name}' does not say how long it needs them"
            hint = "Add retain: 90d; what is not needed any more goes (GDPR Art. 5(1))."
            yield Finding(KEPT_FOREVER, ("purposes", purpose.name), problem, hint)


def half_a_mask(flow: Flow) -> Iterator[Finding]:
    """Yield keys of agents of which the other half is missing."""
    keys = flow.recording.agent_keys.values()
    stays = flow.recording.after_mask is AfterMask.STAY
    place = ("recording", "agent_keys")
    if AgentKey.UNMASK in keys and AgentKey.MASK not in keys:
        problem = "agents can unmask by key, and not mask"
        yield Finding(HALF_A_MASK, place, problem, "Add a key for mask: {1: mask}.")
    elif AgentKey.MASK in keys and AgentKey.UNMASK not in keys and stays:
        problem = "agents can mask by key, and not unmask: the rest is silent"
        yield Finding(HALF_A_MASK, place, problem, "Add a key for unmask: {2: unmask}.")


def remembered(flow: Flow) -> Iterator[Finding]:
    """Yield what steps themselves would have thought about twice."""
    for step in own(flow):
        for warning in step.warns():
            hint = "Leave remember out, and ask whoever calls again."
            problem = f"step '{step.name}': {warning}"
            yield Finding(REMEMBERED, at(step, "remember"), problem, hint)


RULES = {
    TOO_EARLY: too_early,
    FOR_NOTHING: for_nothing,
    UNTOLD: untold,
    KEPT_FOREVER: kept_forever,
    HALF_A_MASK: half_a_mask,
    REMEMBERED: remembered,
}
