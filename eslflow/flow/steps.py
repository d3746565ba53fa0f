"""The steps of a flow file: what each is, what it takes, where each ending leads.

In: the node under `steps:`. Out: steps with every target filled in; problems are noted.
Must not know any kind of step by name: the kinds come with their options and endings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eslflow.flow import codes
from eslflow.flow.document import Kind, Node
from eslflow.flow.model import Basis, Flow, Purpose, Record
from eslflow.flow.options import (
    RECORD_FROM,
    RECORD_WANTED,
    REQUIRED,
    Field,
    StepName,
    Takes,
    fields_of,
)
from eslflow.flow.problems import (
    NAME,
    Context,
    entries_of,
    listed,
    near,
    spelled,
)
from eslflow.flow.secrets import check_secrets
from eslflow.flow.subflow import KEY, MOST_STEPS, flatten, top
from eslflow.flow.values import GIVEN

if TYPE_CHECKING:
    from eslflow.steps.step import Step

_STEP = StepName()
_SHARED: Mapping[str, Takes] = {
    "record": RECORD_WANTED,
    "from": RECORD_FROM,
    "next": _STEP,
}
"""What every kind of step takes."""


@dataclass
class _Draft:
    """One step on its way from nodes to values."""

    name: str
    node: Node
    context: Context
    kind: type[Step]
    options: dict[str, tuple[str, Field]]
    entries: dict[str, Node]


def read_steps(
    node: Node | None,
    start: Node | None,
    context: Context,
    kinds: Mapping[str, type[Step]],
    purposes: Mapping[str, Purpose],
    inside: Mapping[str, Flow],
    asked: Collection[str],
    is_part: Callable[[], bool],
) -> tuple[dict[str, Step], str]:
    """Return the steps in the file's order, and the name of the first.

    Behind a step that runs another flow stand that flow's steps. `asked` are purposes
    that somebody else asks for than a step; so may a flow that this one is part of.
    """
    if node is None:
        return {}, ""
    if node.kind is not Kind.MAPPING or not node.pairs:
        code, problem = codes.MISSING, "there are no steps"
        if node.kind not in (Kind.MAPPING, Kind.NOTHING):
            code = codes.WRONG_VALUE
            problem = f"{node.kind.value} stands where steps are"
        context.problem(code, node, problem, "Write NAME: {announce: PROMPT}")
        return {}, ""
    reader = _Reader(context, kinds, purposes, asked, is_part)
    names = [key.text for key, _ in node.pairs]
    first = names[0]
    if start is not None:
        first = _STEP.convert(start, context) or first
    steps = reader.steps(node, names)
    # Where a misspelt name was to lead, nobody knows.
    if "step" not in context.missed:
        reader.unreachable(node, steps, first)
    whole = flatten(steps, inside)
    # What a flow does that is not there, nobody knows.
    if all(step.runs_flow() in ("", *inside) for step in steps.values()):
        reader.whole(node, whole, len(steps) == len(names))
    return whole, first


def key_of(ending: str, options: Mapping[str, tuple[str, Field]]) -> str:
    """Return how a file spells an ending: `on_timeout` where `timeout` is an option."""
    return f"on_{ending}" if ending in options else ending


def _taken_by(kind: type[Step]) -> list[str]:
    """Return the keys that a kind of step takes; first the one that names it."""
    options = fields_of(kind)
    rest = [key for key in options if key != kind.kind]
    return [kind.kind, *rest, "next", *(key_of(end, options) for end in kind.endings)]


def _words_in(node: Node) -> set[str]:
    """Return every text inside a node."""
    inside = [*node.items, *(held for pair in node.pairs for held in pair)]
    return {node.text}.union(*(_words_in(held) for held in inside))


def _at(place: str, node: Node) -> Node:
    """Return the key of a part of an option: `keys/1`; else the option's value."""
    option, _, part = place.partition("/")
    held = next((held for key, held in node.pairs if key.text == option), node)
    return next((key for key, _ in held.pairs if key.text == part), held)


class _Reader:
    def __init__(
        self,
        context: Context,
        kinds: Mapping[str, type[Step]],
        purposes: Mapping[str, Purpose],
        asked: Collection[str],
        is_part: Callable[[], bool],
    ) -> None:
        self._is_part = is_part
        self._asked = frozenset(asked)
        self._context = context
        self._kinds = kinds
        self._purposes = purposes

    def steps(self, node: Node, names: list[str]) -> dict[str, Step]:
        found: dict[str, Step] = {}
        seen: set[str] = set()
        for place, (key, value) in enumerate(node.pairs):
            below = names[place + 1] if place + 1 < len(names) else ""
            if not key.is_scalar or not NAME.fullmatch(key.text):
                hint = "Names have small letters, digits, _ and -."
                hint += spelled(key.text)
                problem = f"'{key.text}' is no name for a step"
                self._context.problem(codes.BAD_NAME, key, problem, hint)
                continue
            if key.text in seen:
                problem = f"the step '{key.text}' stands twice"
                self._context.problem(codes.TWICE, key, problem, "Rename one of them.")
                continue
            seen.add(key.text)
            step = self._step(key.text, value, below)
            if step is not None:
                found[key.text] = step
        return found

    def _step(self, name: str, node: Node, below: str) -> Step | None:
        draft = self._draft(name, node)
        if draft is None:
            return None
        values, is_good = self._values(draft)
        targets = self._targets(draft, below)
        if not is_good:
            return None
        step = draft.kind(name=name, targets=targets, **values)
        self._check_record(draft, step)
        for code, key, problem, hint in step.problems(self._purposes):
            draft.context.problem(code, _at(key, draft.node), problem, hint)
        return step

    def _draft(self, name: str, node: Node) -> _Draft | None:
        context = self._context.inside(name)
        if node.kind is not Kind.MAPPING:
            what = f"{node.kind.value} stands where step '{name}' is"
            hint = f"Kinds of step: {listed(self._kinds)}"
            context.problem(codes.WRONG_VALUE, node, what, hint)
            return None
        present = [key.text for key, _ in node.pairs if key.text in self._kinds]
        if len(present) != 1:
            self._without_kind(node, context, present)
            return None
        (word,) = present
        kind = self._kinds[word]
        options = fields_of(kind)
        entries = entries_of(node, context, _taken_by(kind), "a step", word) or {}
        return _Draft(name, node, context, kind, options, entries)

    def _without_kind(self, node: Node, context: Context, present: list[str]) -> None:
        """Note that nobody knows what a step does, and what is wrong besides."""
        guesses = {key.text: near(key.text, self._kinds) for key, _ in node.pairs}
        meant = next((text for text, guess in guesses.items() if guess), "")
        code, problem = (
            codes.MISSING,
            f"step '{context.name}' does not say what it does",
        )
        problem += guesses.get(meant, "")
        if present:
            code = codes.TWICE
            problem = f"step '{context.name}' is both {' and '.join(present)}"
        context.problem(code, node, problem, f"Kinds of step: {listed(self._kinds)}")
        some = dict.fromkeys(
            key for kind in self._kinds.values() for key in _taken_by(kind)
        )
        for key, value in node.pairs:
            if key.text in _SHARED:
                _SHARED[key.text].convert(value, context.inside(key.text))
            elif key.text not in (*some, meant) and (present or meant):
                guess = near(key.text, some)
                what = f"'{key.text}' is no option of any step{guess}"
                hint = "Remove it, or see flows/README.md."
                context.problem(codes.UNKNOWN_OPTION, key, what, hint)

    def _values(self, draft: _Draft) -> tuple[dict[str, Any], bool]:
        values: dict[str, Any] = {}
        is_good = True
        for key, (attribute, field) in draft.options.items():
            node = draft.entries.get(key)
            if node is None:
                if field.default is REQUIRED:
                    problem = f"step '{draft.name}' has no '{key}'"
                    hint = f"Add {key}: it takes {field.takes.words}."
                    draft.context.problem(codes.MISSING, draft.node, problem, hint)
                    is_good = False
                continue
            before = len(self._context.document.problems)
            if self._is_target(draft, key, node):
                is_good = False
                continue
            values[attribute] = field.takes.convert(node, draft.context.inside(key))
            is_good &= len(self._context.document.problems) == before
        return values, is_good

    def _is_target(self, draft: _Draft, key: str, node: Node) -> bool:
        """Note a step that stands where the option of the ending's name is."""
        is_ending = key in draft.kind.endings
        if not (is_ending and node.text in self._context.names["step"]):
            return False
        takes = draft.options[key][1].takes.words
        problem = f"'{node.text}' is a step, and {key}: takes {takes}"
        hint = f"To go there then, write on_{key}: {node.text}."
        draft.context.inside(key).problem(codes.WRONG_VALUE, node, problem, hint)
        return True

    def _targets(self, draft: _Draft, below: str) -> dict[str, str]:
        """Return where each ending leads: its own step, `next`, or the step below."""
        after = draft.entries.get("next")
        default = below
        if after is not None:
            default = _STEP.convert(after, draft.context.inside("next")) or ""
        targets: dict[str, str] = {}
        for ending in draft.kind.endings:
            key = key_of(ending, draft.options)
            if key in draft.entries:
                context = draft.context.inside(key)
                targets[ending] = _STEP.convert(draft.entries[key], context) or ""
            elif ending in draft.kind.ends and after is None:
                targets[ending] = ""
            elif ending in draft.kind.like:
                targets[ending] = targets[draft.kind.like[ending]]
            elif ending not in draft.kind.again:
                targets[ending] = default
        return targets

    def _check_record(self, draft: _Draft, step: Step) -> None:
        if "from" in draft.entries and step.record is not Record.ON:
            hint = "Add record: on, or remove from."
            problem = f"step '{draft.name}' says from when, but not record: on"
            draft.context.problem(
                codes.NOT_TOGETHER, draft.entries["from"], problem, hint
            )
        if step.record is Record.ON and not self._context.names["purpose"]:
            hint = "Declare a purpose with its basis under purposes:"
            problem = "nothing could ever permit this recording: there is no purpose"
            where = draft.entries.get("record", draft.node)
            draft.context.problem(codes.NEVER_ASKED, where, problem, hint)

    def whole(self, node: Node, steps: Mapping[str, Step], is_all: bool) -> None:
        """Note what is wrong with all steps together, those of flows inside too."""
        if len(steps) > MOST_STEPS:
            problem = f"with the flows inside, there are {len(steps)} steps"
            hint = f"{MOST_STEPS} are taken: let fewer steps run a flow."
            self._context.problem(codes.TOO_LONG, node, problem, hint)
        names = [key.text for key, _ in node.pairs]
        # Of two steps of one name, nobody knows which is meant.
        if len(set(names)) == len(names):
            self.endless(node, steps)
        if is_all:
            self.never_asked(node, steps)
            self.unknown(node, steps)
            check_secrets(node, steps, self._context)

    def unreachable(self, node: Node, steps: Mapping[str, Step], first: str) -> None:
        """Note the steps that nothing leads to."""
        roads = {name: set(step.leads_to()) for name, step in steps.items()}
        names = [key.text for key, _ in node.pairs]
        for place, (key, value) in enumerate(node.pairs):
            if key.text not in steps:
                # It is broken: it may lead to whatever it names, and to the one below.
                below = names[place + 1 : place + 2]
                roads[key.text] = {*below, *(_words_in(value) & set(names))}
        reached, waiting = {""}, {first}
        while waiting:
            reached |= waiting
            waiting = {far for name in waiting for far in roads[name]} - reached
        for key, _ in node.pairs:
            if key.text not in reached:
                hint = "Name it as a target, or remove it."
                problem = f"nothing leads to step '{key.text}'"
                self._context.problem(codes.DEAD_STEP, key, problem, hint)

    def endless(self, node: Node, steps: Mapping[str, Step]) -> None:
        """Note a circle of steps in which nothing waits for anybody."""
        restless = {name for name, step in steps.items() if not step.waits}
        before: set[str] = set()
        while restless != before:
            # Whatever leads out of them, and whatever only leads into them.
            before = restless
            restless = {n for n in restless if restless & set(steps[n].leads_to())}
            led_to = {far for name in restless for far in steps[name].leads_to()}
            restless = restless & led_to
        restless = {top(name) for name in restless}
        for key, _ in node.pairs:
            if key.text in restless:
                problem = f"step '{key.text}' leads back to itself, and nothing waits"
                hint = "Let one step of the circle wait, as a menu does, or end it."
                self._context.problem(codes.ENDLESS, key, problem, hint)
                return

    def never_asked(self, node: Node, steps: Mapping[str, Step]) -> None:
        """Note the steps whose recording waits for a grant that nobody asks for."""
        declared = self._context.names["purpose"]
        if not declared or len(declared) > len(self._purposes):
            return
        asked = {purpose for step in steps.values() for purpose in step.asks_for()}
        asked |= self._asked
        recording = [name for name, step in steps.items() if step.record is Record.ON]
        if not recording or self._permitted(asked) or self._is_part():
            return
        nodes = {key.text: value for key, value in node.pairs}
        for name in recording:
            hint = "Add a consent step that asks for one of the purposes."
            problem = f"step '{name}' can never record: nobody is ever asked"
            self._context.problem(codes.NEVER_ASKED, nodes[top(name)], problem, hint)

    def unknown(self, node: Node, steps: Mapping[str, Step]) -> None:
        """Note what steps look at and no step sets, or no flow speaks."""
        written = {name for step in steps.values() for name in step.writes()}
        known: dict[str, list[str]] = {
            "value": [*GIVEN, *sorted(written - set(GIVEN))],
            "language": list(self._context.names["language"]),
        }
        hidden = {name for step in steps.values() for name in step.hides()}
        nodes = {key.text: value for key, value in node.pairs}
        for step in steps.values():
            for place, what, name in step.refers_to():
                if name not in known[what] and name not in hidden:
                    problem = f"there is no {what} '{name}'{near(name, known[what])}"
                    hint = f"{what}s: {listed(known[what])}"
                    if top(step.name) != step.name:
                        hint = f"Step '{step.name}' needs it; {hint}"
                        place = KEY
                    context = self._context.inside(top(step.name))
                    at = _at(place, nodes[top(step.name)])
                    context.problem(codes.UNKNOWN_NAME, at, problem, hint)

    def _permitted(self, asked: set[str]) -> bool:
        return any(
            purpose.basis is not Basis.CONSENT or purpose.name in asked
            for purpose in self._purposes.values()
        )
