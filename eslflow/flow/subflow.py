"""Flows inside flows: the steps of another file, as if they stood in this one.

In: the flows that lie beside a file, and the steps that name them. Out: steps under
`STEP/SUBSTEP`, texts and hours under `FLOW/NAME`, so that nothing of two files can be
mixed up. The engine knows nothing of it. Must not open files: a `Library` does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from eslflow.errors import FlowErrors
from eslflow.flow import codes
from eslflow.flow.document import Node
from eslflow.flow.model import Flow, Notice, Prompt, Purpose, Version
from eslflow.flow.options import fields_of
from eslflow.flow.problems import Context
from eslflow.flow.week import Hours

if TYPE_CHECKING:
    from eslflow.steps.step import Step

Spoken = TypeVar("Spoken", Prompt, Notice)

KEY = "flow"
"""What a step says that runs another flow."""
BEGIN, DONE, ERROR = "begin", "done", "error"
"""Its endings: into the flow, and out of it."""
MOST_STEPS = 2000
"""Of a flow with all that is inside it; flows in flows grow fast."""


class Library(Protocol):
    """The flows that a file may name."""

    @property
    def trail(self) -> tuple[str, ...]:
        """Return the flows that are being read, the outermost first."""

    def is_part(self) -> bool:
        """Return whether another flow runs the one that is read, and may ask for it."""

    def names(self) -> Collection[str]:
        """Return what there is."""

    def flow(self, name: str) -> Flow:
        """Return one of them.

        Raises:
            FlowErrors: all that is wrong with it.
        """


@dataclass(frozen=True)
class Alone:
    """The library of a text that lies nowhere: there is no other flow."""

    trail: tuple[str, ...] = ()

    def is_part(self) -> bool:
        """Say that no other flow runs it."""
        return False

    def names(self) -> Collection[str]:
        """Return nothing."""
        return ()

    def flow(self, name: str) -> Flow:
        """Say that there is none."""
        raise FlowErrors([])


@dataclass(frozen=True)
class Inside:
    """The flows that the steps of a file name, each where it is named first."""

    flows: Mapping[str, Flow]
    nodes: Mapping[str, Node]

    @property
    def hashes(self) -> tuple[tuple[str, str], ...]:
        """Return name and hash of each, sorted."""
        return tuple(sorted((name, flow.sha256) for name, flow in self.flows.items()))

    def sha256(self, own: str) -> str:
        """Return the hash of all files together."""
        return together(own, [f"{name} {hash_}" for name, hash_ in self.hashes])

    def versions(self, name: str, data: bytes, file: str) -> tuple[Version, ...]:
        """Return the text of a flow, and of all that is inside it, each once."""
        sha256 = self.sha256(hashlib.sha256(data).hexdigest())
        own = Version(name, sha256, data.decode(), file, self.hashes)
        found = {sha256: own}
        for flow in self.flows.values():
            found.update({version.sha256: version for version in flow.versions})
        return tuple(found.values())


def together(own: str, lines: Sequence[str]) -> str:
    """Return the hash of a file with flows inside: `name hash`, a line each, sorted."""
    if not lines:
        return own
    return hashlib.sha256("\n".join([own, *lines]).encode()).hexdigest()


def named(steps: Node | None) -> Iterator[Node]:
    """Yield what steps name as flows to run."""
    for _, step in steps.pairs if steps is not None else ():
        yield from (value for key, value in step.pairs if key.text == KEY)


def find(steps: Node | None, library: Library, context: Context) -> Inside:
    """Load the flows that steps name; what is wrong is noted, in its own file."""
    flows: dict[str, Flow] = {}
    nodes: dict[str, Node] = {}
    for value in named(steps):
        if value.text in library.names():
            nodes.setdefault(value.text, value)
    for name, node in nodes.items():
        if name in library.trail:
            trail = library.trail[library.trail.index(name) :]
            problem = f"the flows lead into each other: {', '.join((*trail, name))}"
            hint = "Let one of them end without the others."
            context.problem(codes.ENDLESS, node, problem, hint)
            continue
        try:
            flow = library.flow(name)
        except FlowErrors as error:
            context.document.problems += error.problems
            continue
        if flow.name != name:
            problem = f"{flow.file} holds the flow '{flow.name}', not '{name}'"
            hint = "Give file and flow the same name."
            context.problem(codes.UNKNOWN_NAME, node, problem, hint)
            continue
        flows[name] = flow
    return Inside(flows, nodes)


def check_languages(
    inside: Inside, languages: Collection[str], context: Context
) -> None:
    """Note the flows that cannot speak to callers of this one."""
    for name, flow in inside.flows.items():
        has_words = flow.prompts or flow.notices
        for language in languages:
            if has_words and language not in flow.languages:
                problem = f"flow '{name}' has no words in {language}"
                hint = f"Add them in {flow.file}, or take {language} out here."
                context.problem(codes.NO_WORDS, inside.nodes[name], problem, hint)


def merge_purposes(
    own: Mapping[str, Purpose], inside: Inside, context: Context
) -> dict[str, Purpose]:
    """Return the purposes of all files; one name must mean one thing."""
    found = dict(own)
    places = dict.fromkeys(own, context.document.file)
    for flow_name, flow in inside.flows.items():
        for name, purpose in flow.purposes.items():
            known = found.setdefault(name, purpose)
            place = places.setdefault(name, flow.file)
            if known != purpose:
                problem = (
                    f"purpose '{name}' is not the same in {place}:{known.line} "
                    f"and {flow.file}:{purpose.line}"
                )
                hint = "Declare it alike, or rename one of them."
                context.problem(
                    codes.NOT_TOGETHER, inside.nodes[flow_name], problem, hint
                )
    return found


def prompts_of(inside: Inside, languages: Collection[str]) -> dict[str, Prompt]:
    """Return the prompts of the flows inside, in this flow's languages."""
    return _spoken(inside, languages, lambda flow: flow.prompts)


def notices_of(inside: Inside, languages: Collection[str]) -> dict[str, Notice]:
    """Return the notices of the flows inside, in this flow's languages."""
    return _spoken(inside, languages, lambda flow: flow.notices)


def _spoken(
    inside: Inside,
    languages: Collection[str],
    texts_of: Callable[[Flow], Mapping[str, Spoken]],
) -> dict[str, Spoken]:
    found: dict[str, Spoken] = {}
    for flow in inside.flows.values():
        for spoken in texts_of(flow).values():
            name = _of(flow, spoken.name)
            has = spoken.text
            text = {lang: has[lang] for lang in languages if lang in has}
            origin = spoken.origin or flow.name
            found[name] = replace(spoken, name=name, text=text, origin=origin)
    return found


def hours_of(inside: Inside) -> dict[str, Hours]:
    """Return the hours of the flows inside."""
    return {
        _of(flow, name): hours
        for flow in inside.flows.values()
        for name, hours in flow.hours.items()
    }


def flatten(steps: Mapping[str, Step], flows: Mapping[str, Flow]) -> dict[str, Step]:
    """Return steps with those of the flows inside behind the step that names each.

    The step itself stays as the way in, so that whatever leads to it still does. Where
    a flow inside would end, its step's ending `done` leads on, or `error` where it
    failed with nowhere to go.
    """
    found: dict[str, Step] = {}
    for name, step in steps.items():
        flow = flows.get(step.runs_flow())
        if flow is None:
            found[name] = step
            continue
        found[name] = replace(step, targets={BEGIN: f"{name}/{flow.start}"})
        for inner in flow.steps.values():
            found[f"{name}/{inner.name}"] = _moved(inner, step, flow)
    return found


def top(name: str) -> str:
    """Return the step of a file that a step is, or is inside of."""
    return name.partition("/")[0]


def _of(flow: Flow, name: str) -> str:
    """Return what something of a flow inside is called outside; only once."""
    return name if "/" in name else f"{flow.name}/{name}"


def _moved(inner: Step, outer: Step, flow: Flow) -> Step:
    """Return a step of a flow inside, with every name as it is outside."""

    def rename(what: str, name: str) -> str:
        if what == "step":
            return f"{outer.name}/{name}"
        return _of(flow, name) if what in ("prompt", "notice", "hours") else name

    options = {
        attribute: field.takes.renamed(getattr(inner, attribute), rename)
        for attribute, field in fields_of(type(inner)).values()
    }
    targets = {
        ending: f"{outer.name}/{target}"
        if target
        else outer.target(ERROR if ending in inner.fallbacks else DONE)
        for ending, target in inner.targets.items()
    }
    name = f"{outer.name}/{inner.name}"
    return replace(inner, name=name, targets=targets, **options)
