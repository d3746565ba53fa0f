"""`language`: let one key choose the language of all that is played from then on.

In: a prompt, keys with a language of the flow each. Out: `chosen`, or `failure` when no
key came in all tries: the call goes on in the language it had. The prompt is played in
each language that can be chosen, one after the other; a key counts at any moment of it.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from eslflow.call.commands import Alarm, Command
from eslflow.call.events import Event
from eslflow.flow.keys import Keys
from eslflow.flow.options import Duration, PromptName, Text, Whole, option
from eslflow.flow.words import LANGUAGE
from eslflow.steps import speech
from eslflow.steps.speech import Answer
from eslflow.steps.step import Road, Step

if TYPE_CHECKING:
    from eslflow.call.live import Live

BETWEEN_S = 0.3
"""The pause between two languages; a key that is pressed in it is taken too."""


@dataclass(frozen=True, kw_only=True)
class Language(Step):
    """Lets one key choose the language."""

    kind: ClassVar[str] = "language"
    endings: ClassVar[tuple[str, ...]] = ("chosen", "failure")
    fallbacks: ClassVar[frozenset[str]] = frozenset({"failure"})

    prompt: str = option(
        PromptName(),
        help="What is asked, once in each language that a key chooses.",
        key="language",
    )
    keys: Mapping[str, str] = option(
        Keys(Text(LANGUAGE.pattern, "one of the flow's languages")),
        help="The language that each key chooses.",
    )
    tries: int = option(Whole(1, 10), 2, "How often it is asked in all languages.")
    timeout: float = option(
        Duration(0.5, 60), 5.0, "How long a key is waited for after the last language."
    )

    @property
    def takes_keys(self) -> Collection[str]:
        """Return the keys that choose a language."""
        return self.keys

    def keys_to(self, ending: str) -> tuple[str, ...]:
        """Return the keys that choose a language, each with that."""
        if ending != "chosen":
            return ()
        return tuple(f"{key} {language}" for key, language in self.keys.items())

    def refers_to(self) -> Iterator[tuple[str, str, str]]:
        """Yield the languages that can be chosen."""
        for key, language in self.keys.items():
            spelt = {"*": "star", "#": "hash"}.get(key, key)
            yield f"keys/{spelt}", "language", language

    def run(self, live: Live) -> Road:
        """Ask in every language until a key fits or the tries are used up."""
        for _ in range(self.tries):
            answer = yield from self._ask(live)
            if answer.key:
                live.language = self.keys[answer.key]
                live.tell(f"caller presses {answer.key}: {live.language}")
                return "chosen"
            if answer.refused or answer.is_broken:
                break
            live.tell(f"no language chosen: {answer.wrong or 'no key'}")
        return "failure"

    def _ask(self, live: Live) -> Generator[Command, Event | None, Answer]:
        """Ask once in each language; what is not there does not hold up the others."""
        last, heard = Answer(is_broken=True), False
        languages = list(dict.fromkeys(self.keys.values()))
        for language in languages:
            sound = speech.prompt_sound(live, self.prompt, language)
            if sound is None:
                yield from speech.answered(live)
                yield Alarm(
                    f"prompt {self.prompt} ({language}) has no audio: "
                    "run eslflow prompts build"
                )
                continue
            text = live.flow.prompts[self.prompt].text.get(language, "")
            live.tell(f'asks "{text}"')
            wait_s = self.timeout if language == languages[-1] else BETWEEN_S
            last = yield from speech.ask(live, sound, self.keys, wait_s)
            if last.key:
                return last
            if last.refused or last.is_broken:
                yield Alarm(f"prompt {self.prompt} was not played: {sound.path}")
                continue
            heard = True
            if last.wrong:
                return last
        return Answer() if heard else last
