"""What a picture says of a step besides its kind: its queue, its number, its words.

In: a flow, and one of its steps. Out: a few words, or none where they would not help.
Must not tell where the step leads: the arrows do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from textwrap import shorten
from typing import Any
from urllib.parse import urlsplit

from eslflow.flow.destination import CALLED
from eslflow.flow.model import Flow
from eslflow.steps.announce import Announce
from eslflow.steps.branch import Branch
from eslflow.steps.calling import Calling
from eslflow.steps.collect import Collect
from eslflow.steps.menu import Menu
from eslflow.steps.set import Set
from eslflow.steps.step import Step
from eslflow.steps.transfer import Transfer
from eslflow.steps.webhook import Webhook

MOST = 20
"""Characters; a box must not become much wider than its name makes it."""


def detail(flow: Flow, step: Step) -> str:
    """Return what is worth knowing of a step at a glance."""
    if isinstance(step, (Announce, Menu)):
        text = flow.prompts[step.prompt].text[flow.languages[0]]
        return f"“{shorten(text, MOST, placeholder=' …')}”"
    find = _DETAILS.get(step.kind)
    return cut(find(step), MOST) if find else ""


def cut(text: str, most: int) -> str:
    """Return a text, or as much of it as there is room for."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _purpose(step: Step) -> str:
    return ", ".join(step.speaks_of())


def _digits(step: Collect) -> str:
    least, most = step.digits
    count = str(most) if least == most else f"{least} to {most}"
    return f"{count} digit{'' if most == 1 else 's'}"


def _called(step: Calling) -> str:
    name = step.to.user or step.to.number
    return "the number dialled" if name == CALLED else name


def _looked_at(step: Branch) -> str:
    looked = step.looks_at
    return looked.value or f"consent for {looked.purpose}"


def _extension(step: Transfer) -> str:
    return step.where["to"]


def _host(step: Webhook) -> str:
    # The rest of the address may be its secret.
    return urlsplit(step.url).netloc


def _names(step: Set) -> str:
    return ", ".join(step.values)


_DETAILS: Mapping[str, Callable[[Any], str]] = {
    "consent": _purpose,
    "objection": _purpose,
    "inform": _purpose,
    "collect": _digits,
    "queue": attrgetter("queue"),
    "dial": _called,
    "ring": _called,
    "transfer": _extension,
    "webhook": _host,
    "hours": attrgetter("hours"),
    "branch": _looked_at,
    "set": _names,
    "flow": attrgetter("flow"),
}
"""By the kind of step."""
