"""Small flows for tests, from YAML, so that they are what an administrator writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from textwrap import dedent, indent

from eslflow.call.commands import mark
from eslflow.call.events import Executed, Told
from eslflow.flow.load import load
from eslflow.flow.model import Flow
from eslflow.flow.subflow import Library
from eslflow.steps import KINDS

HEAD = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d}
notices:
  recording: {version: 3, text: Press 1 to agree or 2 to refuse.}
prompts:
  welcome: Welcome.
  which: Sales 1. Support 2.
"""


def flow(steps: str, head: str = HEAD, library: Library | None = None) -> Flow:
    """Return a flow with these steps."""
    text = f"{head}steps:\n{indent(dedent(steps), '  ')}"
    return load(text.encode(), "test.yaml", KINDS, library)


@dataclass(frozen=True)
class Texts:
    """Other flows by name, as if each were a file beside `test.yaml`."""

    texts: Mapping[str, str]
    trail: tuple[str, ...] = ("test",)

    def is_part(self) -> bool:
        return len(self.trail) > 1

    def names(self) -> Collection[str]:
        return (*self.texts, "test")

    def flow(self, name: str) -> Flow:
        inner = Texts(self.texts, (*self.trail, name))
        return load(dedent(self.texts[name]).encode(), f"{name}.yaml", KINDS, inner)


def pressed(
    number: int, key: str = "", wrong: str = "", played: str = "16000"
) -> Executed:
    """Return the switch's answer to the n-th question; its mark is 4, 7, 10 ..."""
    values = {
        f"eslflow_digits_{number}": key,
        f"eslflow_digits_{number}_invalid": wrong,
        "playback_last_offset_pos": played,
    }
    told = Told({name: value for name, value in values.items() if value})
    return Executed(mark(4 if number == 1 else 3 * number + 1), variables=told)
