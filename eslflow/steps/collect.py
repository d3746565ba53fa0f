"""`collect`: ask for several digits, such as a customer's number or a card's.

In: a prompt, how many digits. Out: the ending `collected`, with the digits under the
name `into`; `failure` when the tries are used up, `error` when nothing could be asked.

Digits are taken one at a time, through a channel variable that is unset with the same
breath: FreeSWITCH puts what play_and_get_digits collects into CHANNEL_EXECUTE_COMPLETE,
which every listener of the switch gets, and into whatever dumps the channel's variables
(switch_ivr_play_say.c, switch_channel.c); so none of them ever holds a number. With
`secure`, keys are out of the switch's log and events too (`call.hush`), the step is
masked, and the digits are a `Secret` from the first one on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from eslflow.call import hush
from eslflow.call.commands import Alarm, Command
from eslflow.call.events import CallEnded, Event
from eslflow.call.secret import MOST, Secret
from eslflow.flow import codes
from eslflow.flow.entries import Digits, Flag, ValueName
from eslflow.flow.model import Record
from eslflow.flow.options import Duration, OneOf, PromptName, Whole, option
from eslflow.flow.problems import Wrong
from eslflow.steps import speech
from eslflow.steps.step import Road, Step
from eslflow.wire.terms import StrEnum

if TYPE_CHECKING:
    from eslflow.call.live import Live, Sound
    from eslflow.flow.model import Purpose


class Terminator(StrEnum):
    """The key that ends what is entered before there are enough digits."""

    HASH = "hash"
    STAR = "star"
    NONE = "none"


class Check(StrEnum):
    """What digits must fulfil besides their number."""

    NONE = "none"
    LUHN = "luhn"
    """The check digit of payment cards (ISO/IEC 7812-1)."""


class Outcome(Enum):
    """What came of one question."""

    ENTERED = "entered"
    NOTHING = "nothing entered"
    WRONG = "not what was asked for"
    STRAY = "only the key that ends it"
    """The last key of what was entered before."""
    BROKEN = "not played"


_KEYS = {Terminator.HASH: "#", Terminator.STAR: "*", Terminator.NONE: ""}


@dataclass(frozen=True, kw_only=True)
class Collect(Step):
    """Asks for several digits."""

    kind: ClassVar[str] = "collect"
    endings: ClassVar[tuple[str, ...]] = ("collected", "failure", "error")
    fallbacks: ClassVar[frozenset[str]] = frozenset({"failure", "error"})

    prompt: str = option(PromptName(), help="What is asked.", key="collect")
    digits: tuple[int, int] = option(
        Digits(MOST), help="How many digits: 4, or from 12..19."
    )
    into: str = option(ValueName(), help="The name under which they are known.")
    terminator: Terminator = option(
        OneOf(Terminator), Terminator.HASH, "The key that ends it: hash, star, none."
    )
    tries: int = option(Whole(1, 5), 3, "How often it is asked.")
    timeout: float = option(
        Duration(1, 60), 8.0, "How long the first digit is waited for."
    )
    digit_timeout: float = option(
        Duration(1, 30), 4.0, "How long each further digit is waited for."
    )
    check: Check = option(
        OneOf(Check), Check.NONE, "What the digits must fulfil: luhn, as cards do."
    )
    secure: bool = option(
        Flag(), False, "Nobody may see them: masked, never kept, for one webhook only."
    )

    def __post_init__(self) -> None:
        """Mask what is secret; `record: on` is refused by `problems`."""
        if self.secure and self.record is Record.OFF:
            object.__setattr__(self, "record", Record.MASKED)

    @property
    def takes_keys(self) -> Collection[str]:
        """Return the key that ends what is entered."""
        return _KEYS[self.terminator]

    def writes(self) -> tuple[str, ...]:
        """Return the value, unless it is secret."""
        return () if self.secure else (self.into,)

    def hides(self) -> tuple[str, ...]:
        """Return the value, if it is secret."""
        return (self.into,) if self.secure else ()

    def sets(self, ending: str) -> tuple[str, ...]:
        """Return the value, where it was entered."""
        return (self.into,) if ending == "collected" else ()

    def renamed(self, names: Mapping[str, str]) -> Step:
        """Return the same step with another name for its value."""
        return replace(self, into=names.get(self.into, self.into))

    def problems(self, purposes: Mapping[str, Purpose]) -> Iterator[Wrong]:
        """Yield a recording of what nobody may hear."""
        if self.secure and self.record is Record.ON:
            problem = "what is secure cannot be recorded"
            hint = "Remove record: the step is always masked."
            yield codes.SECRET, "record", problem, hint

    def run(self, live: Live) -> Road:
        """Ask until the digits are right or the tries are used up."""
        yield from speech.answered(live)
        sound = speech.prompt_sound(live, self.prompt)
        if sound is None:
            yield Alarm(f"prompt {self.prompt} has no audio: run eslflow prompts build")
            return "error"
        if self.secure and not (yield from self._is_safe(live)):
            return "error"
        secret = Secret()
        try:
            outcome = yield from self._tries(live, sound, secret)
        except CallEnded:
            secret.wipe()
            raise
        if outcome is Outcome.ENTERED:
            self._hand_on(live, secret)
            return "collected"
        secret.wipe()
        if outcome is Outcome.BROKEN:
            yield Alarm(f"prompt {self.prompt} was not played: {sound.path}")
            return "error"
        return "failure"

    def _is_safe(self, live: Live) -> Generator[Command, Event | None, bool]:
        """Return whether nobody can get at the digits but who they are for."""
        if live.recorder.is_left_running:
            yield Alarm("a recording may still run: the digits are not asked for")
            return False
        return (yield from hush.confirmed(live))

    def _hand_on(self, live: Live, secret: Secret) -> None:
        if self.secure:
            live.hide(self.into, secret)
        else:
            live.values[self.into] = secret.reveal()
            secret.wipe()

    def _tries(
        self, live: Live, sound: Sound, secret: Secret
    ) -> Generator[Command, Event | None, Outcome]:
        text = live.flow.prompts[self.prompt].text.get(live.language, "")
        outcome = Outcome.NOTHING
        left, strays = self.tries, 1
        while left:
            left -= 1
            secret.wipe()
            live.tell(f'asks "{text}"')
            yield from speech.forget(live)
            outcome = yield from self._ask(live, sound, secret)
            live.tell(f"{self.into}: {outcome.value}")
            if outcome in (Outcome.ENTERED, Outcome.BROKEN):
                break
            if outcome is Outcome.STRAY and strays:
                left, strays = left + 1, 0
        return outcome

    def _ask(
        self, live: Live, sound: Sound, secret: Secret
    ) -> Generator[Command, Event | None, Outcome]:
        """Ask once; take key after key."""
        least, most = self.digits
        key = yield from speech.key(live, sound.path, self.timeout)
        if key is None:
            return Outcome.BROKEN
        while key in speech.DIGITS:
            secret.add(key)
            if len(secret) == most:
                break
            key = yield from speech.key(live, speech.SILENCE, self.digit_timeout)
            if key is None:
                return Outcome.BROKEN
        if not secret:
            is_end = bool(key) and key == _KEYS[self.terminator]
            return Outcome.STRAY if is_end else self._without_digits(key)
        is_over = key in ("", _KEYS[self.terminator]) or len(secret) == most
        is_right = is_over and len(secret) >= least
        is_right = is_right and CHECKS[self.check](secret.numbers())
        return Outcome.ENTERED if is_right else Outcome.WRONG

    @staticmethod
    def _without_digits(key: str) -> Outcome:
        return Outcome.WRONG if key else Outcome.NOTHING


def _luhn(numbers: Sequence[int]) -> bool:
    """Whether the last digit is the check digit of those before it."""
    from_the_end = list(reversed(numbers))
    doubled = [number * 2 for number in from_the_end[1::2]]
    crossed = sum(number - 9 if number > 9 else number for number in doubled)
    return (sum(from_the_end[::2]) + crossed) % 10 == 0


CHECKS: dict[Check, Callable[[Sequence[int]], bool]] = {
    Check.NONE: lambda numbers: True,
    Check.LUHN: _luhn,
}
