"""Small flows for tests, from YAML, so that they are what an administrator writes."""

from __future__ import annotations

from textwrap import dedent, indent

from eslflow.flow.load import load
from eslflow.flow.model import Flow
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


def flow(steps: str, head: str = HEAD) -> Flow:
    """Return a flow with these steps."""
    text = f"{head}steps:\n{indent(dedent(steps), '  ')}"
    return load(text.encode(), "test.yaml", KINDS)
