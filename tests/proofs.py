"""Calls of a proof for tests: on their way by choices, and whole explorations."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from eslflow.check.anchor import note
from eslflow.check.choice import Choice
from eslflow.check.explore import Explorer, Key
from eslflow.check.happens import happens
from eslflow.check.looked import Looks
from eslflow.check.outcomes import choices
from eslflow.check.prove import Proof, prove
from eslflow.check.stage import Plan, Stage
from eslflow.cli.prove import KNOWN
from eslflow.flow.load import load
from eslflow.flow.model import Flow
from eslflow.steps import KINDS
from tests.mutants import FLOWS

Made = TypeVar("Made")


def flow_of(text: str) -> Flow:
    """Return a flow: one of those that mutants are shown by, or from its text."""
    return load(FLOWS.get(text, text).encode(), "test.yaml", KINDS)


def call_of(flow: Flow, *done: str) -> Stage:
    """Return a call to which these have happened, each `what/arg`."""
    stage = Stage(Plan.of(flow), next(Looks(flow).calls()))
    stage.note = note
    stage.start()
    for word in done:
        happens(stage, choice_of(stage, word))
    return stage


def choice_of(stage: Stage, word: str) -> Choice:
    """Return the choice that a word names; it must be there."""
    what, _, arg = word.partition("/")
    there = choices(stage, Looks(stage.plan.flow))
    found = [choice for choice in there if (choice.what, choice.arg) == (what, arg)]
    assert found, f"{word} is none of {[f'{c.what}/{c.arg}' for c in there]}"
    return found[0]


def words_of(stage: Stage) -> list[str]:
    """Return all that can happen, each as `what/arg`."""
    there = choices(stage, Looks(stage.plan.flow))
    return [f"{choice.what}/{choice.arg}".rstrip("/") for choice in there]


def explored(flow: Flow) -> Explorer:
    """Return all states of a flow."""
    explorer = Explorer(flow)
    explorer.run()
    return explorer


def moves_of(explorer: Explorer) -> dict[Key, set[tuple[Choice, Key, bool]]]:
    """Return what can happen in each state, where that leads, and whom it meets."""
    keys = explorer._keys
    return {
        keys[state.number]: {(m.choice, keys[m.to], m.meets) for m in state.moves}
        for state in explorer.states
    }


def proof_of(flow: Flow) -> Proof:
    """Return the proof of a whole flow; what covers the prover are small ones.

    It is not measured, which would take several times as long, and kept for whoever
    checks the same file as a site's.
    """
    known = KNOWN.get(flow.sha256)
    proof = KNOWN[flow.sha256] = known or proved_unmeasured(flow)
    return proof


def proved_unmeasured(flow: Flow) -> Proof:
    """Prove a flow without measuring what covers the prover."""
    return unmeasured(partial(prove, flow))


def unmeasured(does: Callable[[], Made]) -> Made:
    """Do something without measuring what covers the prover."""
    measures = sys.gettrace()
    sys.settrace(None)
    try:
        return does()
    finally:
        sys.settrace(measures)
