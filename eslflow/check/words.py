"""What stands in a file of scenarios: words that are known, lists, mappings by name.

In: nodes with positions. Out: words; of one that is not known it is noted what is near.
Must not know what a scenario is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from eslflow.flow import codes
from eslflow.flow.document import Kind, Node
from eslflow.flow.problems import Context, listed, near, scalar

Convert = Callable[[Node, Context], Any]

PRESSED = re.compile(r"[0-9*#A-D]+")
HANG_UP = "hangup"
"""Instead of keys at a question: whoever is asked hangs up."""
PRESSES = "keys (0 to 9, star, hash, several as 1234), silence or hangup"
"""What `pressed` takes, as messages name it."""
_SILENCE = ("-", "silence")
_NAMES = {"star": "*", "hash": "#"}
MOST_FILES = 100


def pressed(text: str) -> str | None:
    """Return what is pressed at a question, empty for silence; None: it is no key."""
    if text in _SILENCE:
        return ""
    keys = _NAMES.get(text, text)
    return keys if keys == HANG_UP or PRESSED.fullmatch(keys) else None


def items(node: Node) -> list[Node]:
    """Return a list's items; what is no list stands for a list of one."""
    return node.items if node.kind is Kind.LIST else [node]


def several(
    node: Node, context: Context, what: str, known: Collection[str]
) -> tuple[str, ...]:
    return tuple(one_of(item, context, what, known) for item in items(node))


def one_of(node: Node, context: Context, what: str, known: Collection[str]) -> str:
    """Return a word that is known; of any other it is noted what is near."""
    article = "an" if what[0] in "aeiou" else "a"
    text = scalar(node, context, f"{article} {what}")
    if text is None or text in known:
        return text or ""
    problem = f"there is no {what} '{text}'{near(text, known)}"
    context.problem(codes.UNKNOWN_NAME, node, problem, f"Takes: {listed(known)}.")
    return text


def by_name(
    node: Node,
    context: Context,
    what: str,
    known: Collection[str],
    convert: Convert,
) -> dict[str, Any]:
    """Return the values of a mapping whose keys are names that are known."""
    found: dict[str, Any] = {}
    for key, value in node.pairs:
        name = one_of(key, context, what, known)
        if name in found:
            problem = f"'{name}' stands twice"
            context.problem(codes.TWICE, key, problem, "Remove one of them.")
        elif name in known:
            found[name] = convert(value, context.inside(name))
    return found


def acts(
    node: Node,
    context: Context,
    who: str,
    keys: Mapping[str, str],
    others: Collection[str] = (),
) -> tuple[str, ...]:
    """Return what somebody does besides answering: keys by their meaning, or others."""
    found: list[str] = []
    for item in items(node):
        if item.is_scalar and PRESSED.fullmatch(item.text):
            found.append(item.text)
            continue
        act = one_of(item, context, f"act of {who}", (*keys, *others))
        found.append(keys.get(act, act))
    return tuple(found)


def answer(node: Node, context: Context, gets: Collection[str]) -> dict[str, str]:
    """Return the fields that programs answer with; the flow gets these of them."""
    if node.kind is not Kind.MAPPING:
        problem = f"{node.kind.value} stands where the fields of an answer are"
        context.problem(codes.WRONG_VALUE, node, problem, "Write {FIELD: TEXT}.")
    for key, _ in node.pairs:
        if key.text not in gets:
            context.problem(codes.UNKNOWN_NAME, key, *ungot(key.text, gets))
    return {
        key.text: scalar(value, context.inside(key.text), "text") or ""
        for key, value in node.pairs
    }


def ungot(field: str, gets: Collection[str]) -> tuple[str, str]:
    """Return that no webhook gets a field of its answer, and what mends it."""
    problem = f"no webhook of this flow gets a field '{field}'{near(field, gets)}"
    return (
        problem,
        f"They get: {listed(gets)}." if gets else "Remove it: none gets any.",
    )


def files(node: Node, context: Context) -> bool | int:
    """Return whether there are files, or how many."""
    if node.kind is Kind.BOOLEAN:
        return node.text == "true"
    if node.kind is Kind.INT and 0 <= int(node.text) <= MOST_FILES:
        return int(node.text)
    hint = "Takes true, false or a number of files."
    problem = f"'{node.text}' does not say what is recorded"
    context.problem(codes.WRONG_VALUE, node, problem, hint)
    return False
