"""Calls in which caller and agent talk, for tests of what their keys do."""

from __future__ import annotations

from eslflow.call.commands import Api
from eslflow.call.events import Bridged, Kept, RecordStarted, RecordStopped
from eslflow.flow.model import Flow
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import Playbook
from tests.steps_of import flow

HEAD = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d, on_withdrawal: delete}
notices:
  recording: {version: 3, text: Press 1 to agree or 2 to refuse.}
  confirmed: {version: 1, text: This call is recorded from now on.}
prompts:
  welcome: Welcome.
  ended: This call is not recorded any more.
recording:
  caller_keys: {0: withdraw}
  withdrawn: ended
  agent_keys: {1: granted, 2: refused, 3: mask}
  verbal: {notice: confirmed, purpose: training}
"""
STEPS = "talk: {queue: support, record: on, from: answer}"


def talks(steps: str = STEPS, head: str = HEAD) -> Flow:
    """Return a flow in which an agent asks, and the caller may withdraw."""
    return flow(steps, head)


def meets(call: Playbook, agent: str = "1001") -> None:
    """Let an agent answer."""
    call.skips()
    queue = [c for c in call.said if getattr(c, "app", "") is App.CALLCENTER][-1]
    call.done(queue, cc_cause="answered")
    call.when(Bridged("b-1", agent))
    call.answers(call.skips()[-1], "")
    call.answers(call.skips()[-1], "")


def keeps(call: Playbook, problem: str = "") -> None:
    """Let what was to be durable be so, or not."""
    call.skips()
    call.when(Kept(not problem, problem))


def starts(call: Playbook) -> str:
    """Let the recording begin that was asked for; return its path."""
    (start,) = [c for c in call.skips() if is_record(c, "start")]
    path = start.arg.split(" ")[2]
    call.when(RecordStarted(path))
    call.answers(start)
    call.skips()
    return str(path)


def stops(call: Playbook, path: str) -> None:
    """Let the recording end that was to be stopped."""
    (stop,) = [c for c in call.skips() if is_record(c, "stop")]
    call.when(RecordStopped(path, 1000))
    call.skips()
    call.answers(stop)


def is_record(command: object, action: str) -> bool:
    """Whether it asks this of a recorder."""
    if not isinstance(command, Api) or command.command is not ApiCommand.UUID_RECORD:
        return False
    return command.arg.split(" ")[1] == action
