"""Whether a flow may refuse calls that cannot be recorded, and does so everywhere.

In: what a flow file says of its recording, its purposes and steps, with their nodes.
Out: problems noted in the document. Must not decide what a call does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from eslflow.flow import codes
from eslflow.flow.document import Document, Node
from eslflow.flow.model import (
    AfterMask,
    AgentKey,
    Basis,
    Purpose,
    Record,
    RecordingRules,
)
from eslflow.flow.problems import Context
from eslflow.flow.subflow import top

if TYPE_CHECKING:
    from eslflow.steps.step import Step


def check_demand(
    entries: Mapping[str, Node],
    rules: RecordingRules,
    purposes: Mapping[str, Purpose],
    steps: Mapping[str, Step],
    document: Document,
) -> None:
    """Note what contradicts `if_unrecorded: refuse`, or is of no use without it."""
    told = {key.text: value for key, value in _pairs(entries.get("recording"))}
    context = Context(document, {}, "recording")
    if not rules.is_demanded:
        if rules.refusal:
            problem = "nobody is refused here, so nobody hears why"
            hint = "Add if_unrecorded: refuse, or remove refusal."
            context.problem(codes.DEMANDED, told["refusal"], problem, hint)
        return
    node = told["if_unrecorded"]
    if "refusal" not in told:
        problem = "callers who are refused must hear why"
        hint = "Add refusal: and the name of a prompt."
        context.problem(codes.DEMANDED, node, problem, hint)
    bases = {purpose.basis for purpose in purposes.values()}
    if purposes and Basis.LEGAL_OBLIGATION not in bases:
        problem = (
            "calls may be refused only where the law demands their recording: no "
            "purpose rests on legal_obligation"
        )
        hint = "Remove it, and let whoever is not recorded be served."
        context.problem(codes.WRONG_BASIS, node, problem, hint)
    _check_stops(told, rules, context)
    _check_steps(entries.get("steps"), steps, Context(document, {}, "steps"))


def _check_stops(
    told: Mapping[str, Node], rules: RecordingRules, context: Context
) -> None:
    """Note what would end a recording that the law demands."""
    problem = "the recording must not end during the talk: if_unrecorded is refuse"
    for key, value in _pairs(told.get("agent_keys")):
        if rules.agent_keys.get(key.text) is AgentKey.STOP:
            hint = "Remove the key, or take mask."
            context.problem(codes.DEMANDED, value, problem, hint)
    if rules.never_record:
        hint = "Remove it, or let another flow take those calls."
        problem = "calls that must be recorded cannot leave somebody out"
        context.problem(codes.DEMANDED, told["never_record"], problem, hint)
    if rules.agreement is not None:
        hint = "Remove it: where the law demands the recording, nobody has to agree."
        problem = "calls that must be recorded cannot wait for an agent's agreement"
        context.problem(codes.DEMANDED, told["agreement"], problem, hint)
    if rules.after_mask is AfterMask.STOP:
        hint = "Take stay or unmask."
        context.problem(codes.DEMANDED, told["after_mask"], problem, hint)


def _check_steps(
    node: Node | None, steps: Mapping[str, Step], context: Context
) -> None:
    """Note the steps that bring callers to a person, and are not recorded."""
    nodes = {key.text: value for key, value in _pairs(node)}
    for step in steps.values():
        if step.forbids:
            problem = "a call that must be recorded cannot be private"
            hint = "Remove the step."
            context.problem(codes.DEMANDED, nodes[top(step.name)], problem, hint)
        if step.record is Record.OFF and (step.meets or step.hands_over):
            problem = (
                f"step '{step.name}' lets callers talk unrecorded: if_unrecorded is "
                "refuse"
            )
            hint = "Add record: on, or masked where nothing of it may be kept."
            context.problem(codes.DEMANDED, nodes[top(step.name)], problem, hint)


def _pairs(node: Node | None) -> tuple[tuple[Node, Node], ...]:
    return () if node is None else tuple(node.pairs)
