"""A flow as the engine reads it: checked, frozen, every name resolved.

In: what the loader found right. Out: values to read. Must not read files or know YAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from eslflow.flow.audio import Audio, notice_path, prompt_path
from eslflow.flow.readout import receipt_audio
from eslflow.flow.week import Hours
from eslflow.wire.terms import StrEnum

if TYPE_CHECKING:
    from eslflow.steps.step import Step


class Basis(StrEnum):
    """Lawful bases of GDPR Art. 6(1), in its order."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class Record(StrEnum):
    """What a step wants of the recording while it runs."""

    ON = "on"
    OFF = "off"
    MASKED = "masked"
    """Silence is stored in place of sound, while the step runs."""


class Party(StrEnum):
    """The two ends of a call."""

    CALLER = "caller"
    CALLEE = "callee"
    """Whom the caller was put through to."""


class Asked(StrEnum):
    """Who is asked for consent."""

    CALLER = "caller"
    CALLEE = "callee"
    BOTH = "both"
    """The caller first; the called party once the caller has agreed."""

    @property
    def parties(self) -> tuple[Party, ...]:
        """Those who are asked, in that order."""
        return tuple(Party) if self is Asked.BOTH else (Party(self.value),)


class Channels(StrEnum):
    """How many tracks a recording has."""

    STEREO = "stereo"
    """The two parties have a track each."""
    MONO = "mono"


class AfterMask(StrEnum):
    """What becomes of a mask that nobody has renewed in time."""

    STAY = "stay"
    """It stays, and the agent hears a tone now and then."""
    UNMASK = "unmask"
    STOP = "stop"
    """The recording ends for the rest of the call."""


class From(StrEnum):
    """The moment from which a step's recording holds sound."""

    STEP = "step"
    """At once."""
    ANSWER = "answer"
    """When an agent answers, so that no hold music is stored."""


class OnWithdrawal(StrEnum):
    """What becomes of recordings for a purpose once the consent is withdrawn."""

    KEEP = "keep"
    """They stay: what was lawful when it was recorded remains so (GDPR Art. 7(3))."""
    DELETE = "delete"


@dataclass(frozen=True)
class Purpose:
    """What a recording is for, and on which lawful basis."""

    name: str
    basis: Basis
    retain_s: int = 0
    """How long recordings for it may be kept, in seconds; 0: no limit given."""
    line: int = field(default=0, compare=False)
    """Where its file declares it."""
    on_withdrawal: OnWithdrawal | None = None
    """What becomes of recordings for it; None: the flow does not say."""


class AgentKey(StrEnum):
    """What a key of the agent asks for."""

    MASK = "mask"
    UNMASK = "unmask"
    STOP = "stop"
    GRANTED = "granted"
    """The caller has said yes to the agent's question."""
    REFUSED = "refused"
    """The caller has said no, or takes it back."""
    PRIVATE = "private"
    """Nothing of the call is recorded from here on."""


class CallerKey(StrEnum):
    """What a key of the caller does while talking or waiting."""

    WITHDRAW = "withdraw"
    PRIVATE = "private"
    """As of an agent's."""


class CalleeKey(StrEnum):
    """What a key does of whom a step has called, in the talk."""

    WITHDRAW = "withdraw"


class Told(StrEnum):
    """What an agent is told of a call."""

    RECORDED = "recorded"
    MASKED = "masked"
    """It is recorded, and masked now."""
    UNRECORDED = "unrecorded"


class IfUnrecorded(StrEnum):
    """What becomes of a call that cannot be recorded, though it ought to be."""

    SERVE = "serve"
    """It goes on, and reaches a person."""
    REFUSE = "refuse"
    """The caller hears why, and it ends."""


class Second(StrEnum):
    """What is done about a recorder that is not ours."""

    JUDGE = "judge"
    """Stopped while the call may not be recorded or is masked, else told."""
    STOP = "stop"
    ALARM = "alarm"
    IGNORE = "ignore"


class Agents(StrEnum):
    """Which agents are recorded."""

    ALL = "all"
    MUST_AGREE = "must_agree"
    """Those who have agreed to it themselves, by the register."""


class Outside(StrEnum):
    """What becomes of the recording of a call that is passed on outside the office."""

    STOP = "stop"
    RECORD = "record"
    """It goes on."""


@dataclass(frozen=True)
class Agreement:
    """The text that agents agree to being recorded by; it is no part of the flow."""

    text: str
    """Its name in the register."""
    version: int
    """The oldest one that counts."""


@dataclass(frozen=True)
class Verbal:
    """What an agent asks for, and what confirms it."""

    notice: str
    """Played once the recording runs, so that it is in the file."""
    purpose: str
    receipt: bool = False
    """Whether a code is read out after it."""


@dataclass(frozen=True)
class RecordingRules:
    """How the calls of a flow are recorded, whatever the step."""

    channels: Channels = Channels.STEREO
    left: Party = Party.CALLER
    """Who is on the left of a stereo file."""
    after_mask: AfterMask = AfterMask.STAY
    agent_keys: Mapping[str, AgentKey] = field(default_factory=dict)
    """By the digit that the agent presses after a star."""
    caller_keys: Mapping[str, CallerKey] = field(default_factory=dict)
    """By the digit that the caller presses after a star."""
    callee_keys: Mapping[str, CalleeKey] = field(default_factory=dict)
    """By the digit that the called party presses after a star."""
    withdrawn: str = ""
    """The prompt that both hear once a withdrawal has ended the recording."""
    before_private: OnWithdrawal | None = None
    """What becomes of what was recorded before a key made the call private; None: no
    key does."""
    made_private: str = ""
    """The prompt that both hear once that has ended the recording."""
    verbal: Verbal | None = None
    """What the agent's keys `granted` and `refused` are about."""
    dead_man_s: float = 30.0
    """When the switch itself masks a recording that nobody watches over any more."""
    second_recorders: Second = Second.JUDGE
    agent_tag: Mapping[str, str] = field(default_factory=dict)
    """What stands before the caller's name on the agent's telephone, by `Told`."""
    whisper: Mapping[str, str] = field(default_factory=dict)
    """The prompt that the agent hears before the talk, by `Told`."""
    if_unrecorded: IfUnrecorded = IfUnrecorded.SERVE
    refusal: str = ""
    """The prompt that tells callers why the call ends."""
    never_record: tuple[str, ...] = ()
    """Numbers that are never recorded, whole or how they begin and a star."""
    outside: Outside = Outside.STOP
    agents: Agents = Agents.ALL
    agreement: Agreement | None = None
    """What agents must have agreed to, where they must."""

    @cached_property
    def is_stereo(self) -> bool:
        """Whether the two parties have a track each."""
        return self.channels is Channels.STEREO

    @cached_property
    def is_demanded(self) -> bool:
        """Whether a call that cannot be recorded must reach nobody."""
        return self.if_unrecorded is IfUnrecorded.REFUSE

    @cached_property
    def stays_inside(self) -> bool:
        """Whether a call that is passed on is recorded inside the office alone."""
        return self.outside is Outside.STOP and not self.is_demanded


@dataclass(frozen=True)
class Notice:
    """What callers are told before they choose, word by word."""

    name: str
    version: int
    text: Mapping[str, str]
    """By language, in the flow's order."""
    url: str = ""
    origin: str = ""
    """The flow that has its audio, where that is another one; `name` begins with it."""

    def audio(self, flow: str, language: str) -> str:
        """Return where its audio lies in the sounds folder."""
        owner, name = _owned(flow, self.origin, self.name)
        return notice_path(owner, language, name, self.version)


@dataclass(frozen=True)
class Prompt:
    """What is played to callers, word by word."""

    name: str
    text: Mapping[str, str]
    """By language."""
    origin: str = ""
    """As of a notice."""

    def audio(self, flow: str, language: str) -> str:
        """Return where its audio lies in the sounds folder."""
        owner, name = _owned(flow, self.origin, self.name)
        return prompt_path(owner, language, name)


def _owned(flow: str, origin: str, name: str) -> tuple[str, str]:
    """Return whose audio it is, and by what name its owner calls it."""
    return (origin, name.removeprefix(f"{origin}/")) if origin else (flow, name)


@dataclass(frozen=True)
class Version:
    """What a flow was read from, by its hash."""

    flow: str
    sha256: str
    """Of all of it, with the flows inside."""
    text: str
    """Of its own file."""
    file: str
    """That file, as it was named."""
    inside: tuple[tuple[str, str], ...] = ()
    """Name and hash of each flow that it names, sorted."""


@dataclass(frozen=True)
class Flow:
    """One flow file, whole and checked."""

    name: str
    start: str
    """Name of the first step."""
    steps: Mapping[str, Step]
    """In the order of the file."""
    languages: tuple[str, ...] = ("en",)
    """BCP 47; the first is the default."""
    description: str = ""
    purposes: Mapping[str, Purpose] = field(default_factory=dict)
    notices: Mapping[str, Notice] = field(default_factory=dict)
    prompts: Mapping[str, Prompt] = field(default_factory=dict)
    hours: Mapping[str, Hours] = field(default_factory=dict)
    recording: RecordingRules = field(default_factory=RecordingRules)
    sha256: str = ""
    """Of the file's bytes, in hex."""
    file: str = ""
    """Where it was read from."""
    versions: tuple[Version, ...] = field(default=(), repr=False, compare=False)
    """Its own text, then that of each flow inside it, however deep."""

    @cached_property
    def records(self) -> bool:
        """Whether any of its steps can be recorded."""
        return any(step.record is Record.ON for step in self.steps.values())

    @cached_property
    def announced(self) -> frozenset[str]:
        """The purposes that callers may object to; till then, they permit nothing."""
        steps = self.steps.values()
        return frozenset(name for step in steps for name in step.may_be_opposed())

    @cached_property
    def says_receipts(self) -> bool:
        """Whether any of its steps reads a receipt out, or an agent's key does."""
        by_key = self.recording.verbal is not None and self.recording.verbal.receipt
        return by_key or any(step.says_receipt for step in self.steps.values())

    @cached_property
    def can_mask(self) -> bool:
        """Whether a step or an agent's key masks recordings."""
        masks = any(step.record is Record.MASKED for step in self.steps.values())
        return masks or AgentKey.MASK in self.recording.agent_keys.values()

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """What may stand before a number that is dialled, and is no part of it."""
        found = (step.takes_away for step in self.steps.values())
        return tuple(prefix for prefix in found if prefix)

    @cached_property
    def way_out(self) -> str:
        """Name of the first step that calls whatever number was dialled; or empty."""
        return next((n for n, step in self.steps.items() if step.dials_called), "")

    @cached_property
    def has_secrets(self) -> bool:
        """Whether any of its steps asks for digits that nobody may see."""
        return any(step.hides() for step in self.steps.values())

    @cached_property
    def has_agents(self) -> bool:
        """Whether any of its steps can bring the caller to a person."""
        return any(step.meets for step in self.steps.values())

    def audio(self) -> Iterator[Audio]:
        """Yield every piece of audio the flow can play, prompts first."""
        for prompt in self.prompts.values():
            for language, text in prompt.text.items():
                path = prompt.audio(self.name, language)
                yield Audio(path, language, text, f"prompt {prompt.name}")
        for notice in self.notices.values():
            for language, text in notice.text.items():
                path = notice.audio(self.name, language)
                what = f"notice {notice.name} v{notice.version}"
                yield Audio(path, language, text, what)
        if self.says_receipts:
            for language in self.languages:
                yield from receipt_audio(language)
