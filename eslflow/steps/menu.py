"""`menu`: play a prompt and let one key choose the next step.

In: a prompt, keys with the steps they lead to. Out: the key, or the ending `invalid`,
`timeout`, `failure`, `error`. Wrong and missing keys are asked again until the tries
are used up, unless the flow names a step for them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.call.commands import Alarm
from eslflow.flow.keys import Keys
from eslflow.flow.options import Duration, PromptName, StepName, Whole, option
from eslflow.steps import speech
from eslflow.steps.step import Road, Step

if TYPE_CHECKING:
    from eslflow.call.live import Live


@dataclass(frozen=True, kw_only=True)
class Menu(Step):
    """Lets one key choose the next step."""

    kind: ClassVar[str] = "menu"
    endings: ClassVar[tuple[str, ...]] = ("invalid", "timeout", "failure", "error")
    again: ClassVar[frozenset[str]] = frozenset({"invalid", "timeout"})
    fallbacks: ClassVar[frozenset[str]] = frozenset({"failure", "error"})

    prompt: str = option(PromptName(), help="What is asked.", key="menu")
    keys: Mapping[str, str] = option(
        Keys(StepName()), help="The step that each key leads to."
    )
    tries: int = option(Whole(1, 10), 3, "How often it is asked.")
    timeout: float = option(
        Duration(0.5, 60), 5.0, "How long a key is waited for after the prompt."
    )

    @property
    def takes_keys(self) -> Collection[str]:
        """Return the keys that mean something."""
        return self.keys

    def target(self, ending: str) -> str:
        """Return the step that an ending leads to; a key leads to its own."""
        return self.keys.get(ending) or super().target(ending)

    def leads_to(self) -> list[str]:
        """Return every step that a key or an ending leads to."""
        return [*self.keys.values(), *super().leads_to()]

    def ways(self) -> Mapping[str, str]:
        """Return every key and ending with the step it leads to."""
        ways = dict(super().ways())
        if self.again <= set(ways):
            # Nothing is asked again, so that the tries are never used up.
            ways.pop("failure", None)
        return {**self.keys, **ways}

    def run(self, live: Live) -> Road:
        """Ask until a key fits or the tries are used up."""
        text = live.flow.prompts[self.prompt].text.get(live.language, "")
        sound = speech.prompt_sound(live, self.prompt)
        if sound is None:
            yield from speech.answered(live)
            yield Alarm(f"prompt {self.prompt} has no audio: run eslflow prompts build")
            return "error"
        for _ in range(self.tries):
            live.tell(f'asks "{text}"')
            answer = yield from speech.ask(live, sound, self.keys, self.timeout)
            if answer.key:
                live.tell(f"caller presses {answer.key}")
                return answer.key
            if answer.refused or answer.is_broken:
                yield Alarm(f"prompt {self.prompt} was not played: {sound.path}")
                return "error"
            ending = "invalid" if answer.wrong else "timeout"
            live.tell(f"{ending}: {answer.wrong or 'no key'}")
            if self.targets.get(ending, self.name) != self.name:
                return ending
        return "failure"
