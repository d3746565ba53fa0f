"""The flow in a file, with the kinds of step that eslflow has.

In: a path. Out: a `Flow`, or every problem of the file. The one place in this room that
opens a file; what is right and wrong is decided in `flow`.
"""

from __future__ import annotations

from pathlib import Path

from eslflow.errors import FlowError, FlowErrors
from eslflow.flow.document import MOST_BYTES
from eslflow.flow.load import load
from eslflow.flow.model import Flow
from eslflow.steps import KINDS


def load_flow(path: Path) -> Flow:
    """Return the flow that a file describes.

    Raises:
        FlowErrors: the file cannot be read, or all that is wrong with it.
    """
    try:
        with path.open("rb") as file:
            # One byte more than is taken: enough to be told that it is too large.
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        problem = f"the file cannot be read: {error.strerror}"
        hint = "Is the path right, and may this user read it?"
        wrong = FlowError(str(path), 1, 1, problem, hint=hint)
        raise FlowErrors([wrong]) from error
    return load(data, str(path), KINDS)
