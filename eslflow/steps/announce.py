"""`announce`: play a prompt to its end; pressed keys change nothing.

In: the name of a prompt. Out: the ending `done`, or `error` when it was not played.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.flow.options import PromptName, option
from eslflow.steps import speech
from eslflow.steps.step import Road, Step

if TYPE_CHECKING:
    from eslflow.call.live import Live


@dataclass(frozen=True, kw_only=True)
class Announce(Step):
    """Plays a prompt to its end."""

    kind: ClassVar[str] = "announce"
    endings: ClassVar[tuple[str, ...]] = ("done", "error")
    waits: ClassVar[bool] = False

    prompt: str = option(PromptName(), help="What is played.", key="announce")

    def run(self, live: Live) -> Road:
        """Play; a prompt that is missing or broken must not stop the call."""
        text = live.flow.prompts[self.prompt].text.get(live.language, "")
        live.tell(f'announces "{text}"')
        sound = speech.prompt_sound(live, self.prompt)
        played = yield from speech.play(live, sound, f"prompt {self.prompt}")
        return "done" if played else "error"
