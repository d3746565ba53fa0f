"""How the calls of a flow are recorded, whatever the step: `recording:` in its file.

In: the node, what the flow declares, its steps. Out: `RecordingRules`; problems are
noted. Must not know kinds of step by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eslflow.flow import codes
from eslflow.flow.document import Document, Node
from eslflow.flow.entries import Flag
from eslflow.flow.keys import Keys
from eslflow.flow.model import (
    AfterMask,
    AgentKey,
    Agents,
    Agreement,
    Basis,
    CalleeKey,
    CallerKey,
    Channels,
    IfUnrecorded,
    OnWithdrawal,
    Outside,
    Party,
    Purpose,
    RecordingRules,
    Second,
    Told,
    Verbal,
)
from eslflow.flow.numbers import Numbers
from eslflow.flow.options import (
    Duration,
    NoticeName,
    OneOf,
    PromptName,
    PurposeName,
    Table,
    Tag,
    Takes,
    Text,
    Whole,
)
from eslflow.flow.problems import NAME, NAME_WORDS, Context, Wrong, entries_of, names_in

if TYPE_CHECKING:
    from eslflow.steps.step import Step

RECORDING: dict[str, tuple[Takes, str]] = {
    "channels": (
        OneOf(Channels),
        "stereo: the two parties on a track each; or mono. [stereo]",
    ),
    "left": (OneOf(Party), "Who is on the left of a stereo file. [caller]"),
    "agent_keys": (
        Keys(OneOf(AgentKey)),
        "What the agent's keys do, pressed after a star: {1: mask, 2: unmask}; granted "
        "and refused are what the caller has said, private ends every recording.",
    ),
    "caller_keys": (
        Keys(OneOf(CallerKey)),
        "What the caller's keys do while talking or waiting, pressed after a star: "
        "{0: withdraw, 7: private}.",
    ),
    "callee_keys": (
        Keys(OneOf(CalleeKey)),
        "What the keys of a called party do who was asked, pressed after a star while "
        "talking: {0: withdraw}.",
    ),
    "withdrawn": (
        PromptName(),
        "The prompt that both hear once a withdrawal has ended the recording.",
    ),
    "before_private": (
        OneOf(OnWithdrawal),
        "What becomes of what was recorded before a key made the call private: keep or "
        "delete.",
    ),
    "made_private": (
        PromptName(),
        "The prompt that both hear once that has ended the recording.",
    ),
    "verbal": (
        Table(
            {"notice": NoticeName(), "purpose": PurposeName()},
            more={"receipt": Flag()},
        ),
        "What the agent asks for, and the notice that confirms it, played once the "
        "recording runs; receipt: true reads a code out after it.",
    ),
    "after_mask": (
        OneOf(AfterMask),
        "What becomes of a mask that was to be renewed and was not. [stay]",
    ),
    "dead_man": (
        Duration(5, 600),
        "When the switch masks a recording that nobody watches over any more, in "
        "flows that can mask. [30s]",
    ),
    "second_recorders": (
        OneOf(Second),
        "What is done about a recorder that is not ours; judge: it is stopped while "
        "the call may not be recorded or is masked. [judge]",
    ),
    "agent_tag": (
        Table({str(told): Tag() for told in Told}, any_will_do=True),
        "What stands before the caller's name on the agent's telephone.",
    ),
    "whisper": (
        Table({str(told): PromptName() for told in Told}, any_will_do=True),
        "The prompt that the agent alone hears before the talk.",
    ),
    "if_unrecorded": (
        OneOf(IfUnrecorded),
        "What becomes of a call that cannot be recorded; refuse: the caller hears why, "
        "and it ends. Only where the law demands the recording. [serve]",
    ),
    "refusal": (
        PromptName(),
        "The prompt that tells callers why the call ends, with if_unrecorded: refuse.",
    ),
    "never_record": (
        Numbers(),
        "Extensions and numbers that are never recorded: [1001, 20*]. [none]",
    ),
    "outside": (
        OneOf(Outside),
        "What becomes of the recording when the call is passed on to somebody outside "
        "the office; record: it goes on. [stop]",
    ),
    "agents": (
        OneOf(Agents),
        "all, or must_agree: an agent who has not agreed to being recorded, by the "
        "register (eslflow agents), is not. [all]",
    ),
    "agreement": (
        Table({"text": Text(NAME.pattern, NAME_WORDS), "version": Whole(1, 9999)}),
        "The text that agents must have agreed to, and the oldest version that counts.",
    ),
}
"""How calls are recorded, whatever the step: what each option takes, and what it is."""
STAR = "*"


def converted(
    entries: Mapping[str, Node], parts: Mapping[str, Takes], context: Context
) -> dict[str, Any]:
    """Return what the entries say, each read as its key demands."""
    return {
        key: takes.convert(entries[key], context.inside(key))
        for key, takes in parts.items()
        if key in entries
    }


class Rules:
    """Reads the rules of one file, and holds them against its purposes and steps."""

    def __init__(
        self,
        document: Document,
        entries: Mapping[str, Node],
        purposes: Mapping[str, Purpose],
    ) -> None:
        self._node = entries.get("recording")
        self._purposes = purposes
        known = {
            "prompt": names_in(entries.get("prompts")),
            "notice": names_in(entries.get("notices")),
            "purpose": (*names_in(entries.get("purposes")), *purposes),
        }
        self._context = Context(document, known, "recording")
        self._entries: Mapping[str, Node] = {}

    def read(self) -> RecordingRules:
        """Return the rules as far as they are right by themselves."""
        if self._node is None:
            return RecordingRules()
        found = entries_of(self._node, self._context, RECORDING, "{channels: ...}")
        self._entries = found or {}
        parts = {key: takes for key, (takes, _) in RECORDING.items()}
        values = converted(self._entries, parts, self._context)
        self._only_digits("agent_keys", values, "an agent")
        self._only_digits("caller_keys", values, "a caller")
        self._only_digits("callee_keys", values, "a called party")
        given = {key: value for key, value in values.items() if value is not None}
        if "dead_man" in given:
            given["dead_man_s"] = given.pop("dead_man")
        agreement = given.pop("agreement", None) or {}
        if agreement.get("text") and agreement.get("version"):
            given["agreement"] = Agreement(**agreement)
        verbal = given.pop("verbal", None) or {}
        if verbal.get("notice") and verbal.get("purpose"):
            given["verbal"] = Verbal(**verbal)
        return RecordingRules(**given)

    def _only_digits(self, option: str, values: Mapping[str, Any], who: str) -> None:
        for key in sorted(set(values.get(option) or {}) - set("0123456789")):
            problem = f"{who} cannot press a star and then {key}"
            hint = "Take a digit, 0 to 9, as FreeSWITCH does (bind_meta_app)."
            self._context.problem(
                codes.WRONG_VALUE, self._entries[option], problem, hint
            )

    def asked(self, rules: RecordingRules) -> tuple[str, ...]:
        """Return the purposes that agents ask for: any, where that is misspelt."""
        if rules.verbal is not None:
            return (rules.verbal.purpose,)
        return tuple(self._purposes) if "verbal" in self._entries else ()

    def check(self, rules: RecordingRules, steps: Mapping[str, Step]) -> None:
        """Note what of the keys fits neither purposes nor steps."""
        for code, option, problem, hint in (
            *self._verbal_problems(rules),
            *self._withdrawal_problems(rules, steps),
            *self._star_problems(rules, steps),
            *self._private_problems(rules),
            *self._agreement_problems(rules),
        ):
            self._context.problem(code, self._entries[option], problem, hint)

    def _verbal_problems(self, rules: RecordingRules) -> Iterator[Wrong]:
        """Yield what would make the agent's question no question."""
        answers = (AgentKey.GRANTED, AgentKey.REFUSED)
        have = [key for key in answers if key in rules.agent_keys.values()]
        if "verbal" not in self._entries:
            if have:
                hint = "Add verbal: {notice: ..., purpose: ...}."
                problem = f"a key means {have[0]}, but of what?"
                yield codes.NO_REFUSAL, "agent_keys", problem, hint
            return
        for missing in (key for key in answers if key not in have):
            problem = f"no key of the agent means {missing}"
            hint = "Add one to agent_keys: who cannot refuse has not agreed."
            yield codes.NO_REFUSAL, "verbal", problem, hint
        purpose = self._purposes.get(rules.verbal.purpose) if rules.verbal else None
        if purpose is not None and purpose.basis is not Basis.CONSENT:
            problem = (
                f"purpose '{purpose.name}' rests on {purpose.basis}, not on consent"
            )
            hint = "Ask for one that rests on consent."
            yield codes.WRONG_BASIS, "verbal", problem, hint

    def _agreement_problems(self, rules: RecordingRules) -> Iterator[Wrong]:
        """Yield what leaves open whether agents must agree, or to what."""
        must = rules.agents is Agents.MUST_AGREE
        if must and "agreement" not in self._entries:
            hint = "Add agreement: {text: staff, version: 1}."
            yield codes.MISSING, "agents", "agents must agree, but to what?", hint
        elif "agreement" in self._entries and not must:
            hint = "Add agents: must_agree."
            yield codes.NOT_TOGETHER, "agreement", "nobody must agree to it", hint

    def _withdrawal_problems(
        self, rules: RecordingRules, steps: Mapping[str, Step]
    ) -> Iterator[Wrong]:
        """Yield what a caller's key could not do, or would leave open."""
        yield from self._callee_problems(rules, steps)
        # What is misspelt was told of already.
        is_callers = not set(rules.caller_keys.values()) <= {CallerKey.PRIVATE}
        if not is_callers and not rules.callee_keys:
            if rules.withdrawn:
                hint = "Add caller_keys: {0: withdraw}."
                problem = "no key of the caller withdraws anything"
                yield codes.WITHDRAWAL, "withdrawn", problem, hint
            return
        where = "caller_keys" if is_callers else "callee_keys"
        for purpose in self._purposes.values():
            if self._is_open(purpose):
                problem = (
                    f"purpose '{purpose.name}' does not say what becomes of recordings "
                    "when the caller withdraws"
                )
                hint = "Add on_withdrawal: delete to it, or on_withdrawal: keep."
                yield codes.WITHDRAWAL, where, problem, hint
        for step in steps.values() if is_callers else ():
            if step.asks_whom == (Party.CALLEE,):
                problem = f"step '{step.name}' asks the called party, not the caller"
                hint = "Make it callee_keys: nobody can withdraw for somebody else."
                yield codes.WITHDRAWAL, "caller_keys", problem, hint

    def _is_open(self, purpose: Purpose) -> bool:
        """Whether it says nothing of a withdrawal; what is wrong was told of."""
        told = {each.path for each in self._context.document.problems}
        is_said = f"purposes.{purpose.name}.on_withdrawal" in told
        is_consent = purpose.basis is Basis.CONSENT
        return is_consent and purpose.on_withdrawal is None and not is_said

    @staticmethod
    def _callee_problems(
        rules: RecordingRules, steps: Mapping[str, Step]
    ) -> Iterator[Wrong]:
        """Yield that a called party could withdraw who was asked for nothing."""
        is_asked = any(Party.CALLEE in step.asks_whom for step in steps.values())
        if rules.callee_keys and not is_asked:
            hint = "Remove callee_keys, or let a consent step ask the callee."
            problem = "no step asks the called party for anything"
            yield codes.WITHDRAWAL, "callee_keys", problem, hint

    def _star_problems(
        self, rules: RecordingRules, steps: Mapping[str, Step]
    ) -> Iterator[Wrong]:
        """Yield the steps that take the key with which those of the caller begin."""
        for step in steps.values() if rules.caller_keys else ():
            if STAR in step.takes_keys:
                problem = f"step '{step.name}' takes the star key, which begins these"
                hint = "Let the step take another key."
                yield codes.SHADOWED, "caller_keys", problem, hint

    def _private_problems(self, rules: RecordingRules) -> Iterator[Wrong]:
        """Yield what leaves open what a key for a private call does, or may not."""
        is_callers = CallerKey.PRIVATE in rules.caller_keys.values()
        if not is_callers and AgentKey.PRIVATE not in rules.agent_keys.values():
            hint = "Add caller_keys: {7: private}, or the same to agent_keys."
            found = {*rules.caller_keys.values(), *rules.agent_keys.values()}
            if None in found:
                return
            for option in ("before_private", "made_private"):
                if option in self._entries:
                    problem = "no key makes a call private"
                    yield codes.NOT_TOGETHER, option, problem, hint
            return
        where = "caller_keys" if is_callers else "agent_keys"
        if rules.is_demanded:
            problem = "a key makes calls private that the law demands to be recorded"
            hint = "Remove the key, or if_unrecorded: refuse."
            yield codes.DEMANDED, where, problem, hint
        if "before_private" not in self._entries:
            problem = (
                "a key makes the call private, but what becomes of what was recorded "
                "before?"
            )
            hint = "Add before_private: delete, or before_private: keep."
            yield codes.MISSING, where, problem, hint
        if rules.before_private is OnWithdrawal.DELETE:
            yield from self._duty_problems()

    def _duty_problems(self) -> Iterator[Wrong]:
        """Yield the purposes whose recordings no key may delete."""
        for purpose in self._purposes.values():
            if purpose.basis is Basis.LEGAL_OBLIGATION:
                problem = (
                    f"purpose '{purpose.name}' rests on {purpose.basis}, and a key "
                    "would delete what is recorded for it"
                )
                hint = "Write before_private: keep."
                yield codes.WRONG_BASIS, "before_private", problem, hint
