"""What is wrong with the ways that a call can take through a flow.

In: a flow. Out: findings. Must not judge what is said to callers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from eslflow.call.live import EMERGENCY
from eslflow.check.finding import Finding, Rule, at, own
from eslflow.check.roads import (
    ASKING,
    FAILS,
    endless,
    graph,
    in_silence,
    is_pressed,
    reach,
    serves,
    silent,
    without,
)
from eslflow.flow.model import Flow
from eslflow.flow.values import CALLED
from eslflow.steps.announce import Announce
from eslflow.steps.branch import Branch
from eslflow.steps.calling import Calling
from eslflow.steps.consent import Consent
from eslflow.steps.inform import Inform
from eslflow.steps.step import Step
from eslflow.steps.transfer import Transfer

NO_EXIT = Rule("no-exit", True, "Who presses nothing goes round and round.")
SILENT_END = Rule(
    "silent-end", False, "Who presses nothing reaches nobody; who presses a key does."
)
BROKEN_END = Rule(
    "broken-end", False, "When something fails, the call is hung up on, unlike else."
)
UNTIL_YES = Rule("until-yes", True, "Who refuses is asked until he agrees.")
DROPPED = Rule("dropped", False, "A call ends without a word.")
CROSSED = Rule("crossed", False, "An ending leads to the step named as another one.")
OTHER_PREFIX = Rule(
    "other-prefix", True, "What is taken away is not what the number begins with."
)
BEHIND_PROMPT = Rule(
    "emergency-behind-prompt", True, "A call for help has to wait for words."
)
_GOOD = ("collected", "chosen", "done")
"""How steps end that are no end of a call; an announcement may be the last word."""
_GONE = ("busy", "no_answer", "refused", "invalid")


def no_exit(flow: Flow) -> Iterator[Finding]:
    """Yield the first step that a caller without keys never gets away from."""
    roads = silent(flow)
    lost = endless(roads, lambda name: _is_exit(flow.steps[name]))
    reached = reach(graph(flow), flow.start)
    for step in own(flow):
        if step.name in lost & reached:
            round_ = [name for name in flow.steps if name in reach(roads, step.name)]
            problem = (
                f"a caller who presses nothing never leaves step '{step.name}'"
                if len(round_) < 2
                else f"a caller who presses nothing goes from '{step.name}' round and "
                f"round, by {', '.join(round_)}"
            )
            hint = (
                "Let failure, unanswered or timeout lead to a person: not all "
                "telephones have keys that work."
            )
            yield Finding(NO_EXIT, at(step), problem, hint)
            return


def _is_exit(step: Step) -> bool:
    return step.meets or step.hands_over or not step.ways()


def silent_end(flow: Flow) -> Iterator[Finding]:
    """Yield the steps that hang up on whoever presses nothing."""
    for step in own(flow):
        if not isinstance(step, ASKING):
            continue
        keys = {to for end, to in step.ways().items() if is_pressed(step, end)}
        for ending, to in in_silence(step).items():
            if _ends_alone(flow, to, keys):
                problem = (
                    f"step '{step.name}': whoever presses nothing ({ending}) goes to "
                    f"'{to}' and reaches nobody"
                )
                hint = f"Let {ending} lead to a person: not all telephones have keys."
                yield Finding(SILENT_END, at(step, ending), problem, hint)


def _ends_alone(flow: Flow, to: str, others: set[str]) -> bool:
    """Whether one way out of a step reaches nobody, and another one does."""
    if not to:
        return False
    roads = graph(flow)
    reaches = [name for name in others if not name or serves(flow, reach(roads, name))]
    return bool(reaches) and not serves(flow, reach(roads, to))


def broken_end(flow: Flow) -> Iterator[Finding]:
    """Yield the steps after whose failure a call is hung up on."""
    if flow.recording.is_demanded:
        return
    for step in own(flow):
        lost = [end for end in FAILS if _is_lost(flow, step, step.ways().get(end, ""))]
        if lost:
            problem = (
                f"step '{step.name}': when something fails ({', '.join(lost)}), the "
                f"call goes to '{step.target(lost[0])}' and reaches nobody"
            )
            yield Finding(
                BROKEN_END, at(step, lost[0]), problem, _lead_on(step, flow, lost)
            )


def _lead_on(step: Step, flow: Flow, endings: Sequence[str]) -> str:
    """Return what to write, and a step that would do."""
    roads = graph(flow)
    # Where a way leads back, it would go round and round when all fails.
    others = [o for o in own(flow) if step.name not in reach(roads, o.name)]
    person = next((o.name for o in others if o.meets or o.hands_over), "")
    such = f"such as '{person}'" if person else "by queue, dial, ring or transfer"
    written = " and ".join(f"{ending}: STEP" for ending in endings)
    return f"Write {written}, with a step that reaches somebody, {such}."


def _is_lost(flow: Flow, step: Step, to: str) -> bool:
    """Whether a failure leads to nobody, and all else to somebody."""
    others = {way for end, way in step.ways().items() if end not in FAILS}
    waits = step.meets and not isinstance(step, Calling)
    is_nobody = bool(to) and not serves(flow, reach(graph(flow), to))
    return _ends_alone(flow, to, others) or (waits and is_nobody)


def until_yes(flow: Flow) -> Iterator[Finding]:
    """Yield the questions that nobody gets away from but by agreeing."""
    for step in own(flow):
        if not isinstance(step, Consent):
            continue
        after = reach(without(graph(flow), [step.name]), step.target("refused"))
        others = after - {step.name}
        if not any(not name or _is_exit(flow.steps[name]) for name in others):
            problem = f"step '{step.name}': whoever refuses is asked until he agrees"
            hint = "Let refused lead on: who cannot refuse has not agreed."
            yield Finding(UNTIL_YES, at(step, "refused"), problem, hint)


def dropped(flow: Flow) -> Iterator[Finding]:
    """Yield the steps after which callers are hung up on, and nobody says why."""
    is_served = any(step.meets or step.hands_over for step in flow.steps.values())
    for step in own(flow):
        ends: tuple[str, ...] = _GONE if isinstance(step, Calling) else ()
        if is_served and not isinstance(step, Announce):
            ends = ends or _GOOD
        bare = [end for end in ends if not step.ways().get(end, "-")]
        if bare:
            problem = (
                f"step '{step.name}' ends the call without a word when it comes to "
                f"{', '.join(bare)}"
            )
            hint = f"Add {bare[0]}: STEP, or next: STEP for all of them."
            if isinstance(step, Calling):
                # Whoever has talked must not hear that nobody is there.
                each = ", ".join(f"{end}: STEP" for end in bare)
                hint = f"Add {each}; next: would take answered, too."
            yield Finding(DROPPED, at(step), problem, hint)


def crossed(flow: Flow) -> Iterator[Finding]:
    """Yield endings that lead to the step whose name is that of another ending."""
    for step in own(flow):
        ways = step.ways()
        for ending, to in ways.items():
            if to != ending and to in ways and ways[to] != to:
                problem = (
                    f"step '{step.name}': {ending} leads to '{to}', and {to} leads to "
                    f"'{ways[to]}'"
                )
                hint = "Swap them; if it is meant so, give the step another name."
                yield Finding(CROSSED, _way(step, ending), problem, hint)
                break


def _way(step: Step, ending: str) -> tuple[str, ...]:
    if isinstance(step, Branch) and ending in step.cases:
        return at(step, "cases", ending)
    return at(step, "keys", ending) if ending in step.takes_keys else at(step, ending)


def other_prefix(flow: Flow) -> Iterator[Finding]:
    """Yield steps that take away what no number begins with that comes to them."""
    for step in own(flow):
        if not step.takes_away:
            continue
        cases = [
            case
            for other in flow.steps.values()
            if isinstance(other, Branch) and other.looks_at.value == CALLED
            for case, to in other.cases.items()
            if to == step.name
        ]
        if cases and not any(case.startswith(step.takes_away) for case in cases):
            problem = (
                f"step '{step.name}' takes {step.takes_away} away, but numbers come "
                f"here that begin with {', '.join(case.rstrip('*') for case in cases)}"
            )
            hint = "Write the same in both places."
            yield Finding(OTHER_PREFIX, at(step, "prefix"), problem, hint)


def behind_prompt(
    flow: Flow, emergency: Collection[str] = EMERGENCY
) -> Iterator[Finding]:
    """Yield the steps that call for help, and are not come to at once."""
    speaking = [
        name
        for name, step in flow.steps.items()
        if isinstance(step, (*ASKING, Announce, Inform)) or step.meets
    ]
    at_once = reach(without(graph(flow), speaking), flow.start)
    for step in own(flow):
        number = _calls(step)
        if number in emergency and step.name not in at_once:
            problem = f"step '{step.name}' calls {number}, after words or questions"
            hint = (
                "Let a branch on the number called lead there first: who calls for "
                "help must not wait."
            )
            yield Finding(BEHIND_PROMPT, at(step), problem, hint)


def _calls(step: Step) -> str:
    """Return the number that a step calls, if that stands in the file."""
    if isinstance(step, Calling):
        return step.to.user or step.to.number
    return step.where["to"] if isinstance(step, Transfer) else ""


RULES = {
    NO_EXIT: no_exit,
    SILENT_END: silent_end,
    BROKEN_END: broken_end,
    UNTIL_YES: until_yes,
    DROPPED: dropped,
    CROSSED: crossed,
    OTHER_PREFIX: other_prefix,
    BEHIND_PROMPT: behind_prompt,
}
