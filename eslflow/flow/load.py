"""A flow file to a flow: everything checked, every problem told in one run.

In: the bytes of a file and the kinds of step there are. Out: a `Flow`, or `FlowErrors`
with all its problems. Must not open files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from eslflow.flow.document import Document, Kind, Node
from eslflow.flow.model import (
    AfterMask,
    AgentKey,
    Basis,
    Channels,
    Flow,
    Notice,
    Prompt,
    Purpose,
    RecordingRules,
    Second,
    Told,
)
from eslflow.flow.options import (
    Duration,
    Keys,
    OneOf,
    PromptName,
    Table,
    Tag,
    Takes,
    Url,
    Whole,
)
from eslflow.flow.problems import (
    NAME,
    NAME_WORDS,
    Context,
    Made,
    entries_of,
    named,
    names_in,
    scalar,
)
from eslflow.flow.steps import read_steps
from eslflow.flow.words import Words

if TYPE_CHECKING:
    from eslflow.steps.step import Step

KEYS = (
    "flow",
    "description",
    "languages",
    "values",
    "purposes",
    "notices",
    "prompts",
    "recording",
    "start",
    "steps",
)
_CENTURY_S = 36_525 * 86_400
PURPOSE: dict[str, Takes] = {
    "basis": OneOf(Basis),
    "retain": Duration(1, _CENTURY_S, "d"),
}
"""What a purpose takes."""
NOTICE: dict[str, Takes] = {"version": Whole(1, 1_000_000), "url": Url()}
"""What a notice takes besides its text."""
RECORDING: dict[str, tuple[Takes, str]] = {
    "channels": (
        OneOf(Channels),
        "stereo: the caller left, the agent right; or mono. [stereo]",
    ),
    "agent_keys": (
        Keys(OneOf(AgentKey)),
        "What the agent's keys do, pressed after a star: {1: mask, 2: unmask}.",
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
}
"""How calls are recorded, whatever the step: what each option takes, and what it is."""


def load(data: bytes, file: str, kinds: Mapping[str, type[Step]]) -> Flow:
    """Return the flow that a file describes.

    Raises:
        FlowErrors: every problem of the file, sorted by line.
    """
    document = Document(data, file)
    top = document.read()
    flow = _Loader(document, kinds).flow(top, hashlib.sha256(data).hexdigest())
    document.stop_if_broken()
    return flow


class _Loader:
    def __init__(self, document: Document, kinds: Mapping[str, type[Step]]) -> None:
        self._document = document
        self._kinds = kinds

    def flow(self, top: Node, sha256: str) -> Flow:
        context = Context(self._document, {}, "", "a flow")
        if top.kind is not Kind.MAPPING:
            hint = "Begin with flow: NAME"
            context.problem(top, "there is no flow in this file", hint)
            self._document.stop_if_broken()
        entries = entries_of(top, context, KEYS, "a flow") or {}
        for key in ("flow", "steps"):
            if key not in entries:
                hint = "A flow begins with flow: NAME and has steps:"
                context.problem(top, f"'{key}:' is missing", hint)
        self._words = Words(
            self._document, entries.get("languages"), entries.get("values")
        )
        purposes = self._named(entries, "purpose", self._purpose)
        notices = self._named(entries, "notice", self._notice)
        prompts = self._named(entries, "prompt", self._prompt)
        known = {
            what: names_in(entries.get(f"{what}s"))
            for what in ("purpose", "notice", "prompt", "step")
        }
        context = Context(self._document, known, "steps")
        steps, start = read_steps(
            entries.get("steps"), entries.get("start"), context, self._kinds, purposes
        )
        return Flow(
            name=self._name(entries.get("flow")),
            description=self._text(entries.get("description")),
            languages=self._words.languages,
            purposes=purposes,
            notices=notices,
            prompts=prompts,
            recording=self._recording(entries.get("recording"), known),
            steps=steps,
            start=start,
            sha256=sha256,
            file=self._document.file,
        )

    def _context(self, path: str) -> Context:
        return Context(self._document, {}, path)

    def _name(self, node: Node | None) -> str:
        if node is None:
            return ""
        text = scalar(node, self._context("flow"), NAME_WORDS) or ""
        if text and not NAME.fullmatch(text):
            problem = f"'{text}' cannot be a flow's name"
            self._context("flow").problem(node, problem, f"Takes {NAME_WORDS}.")
        return text

    def _text(self, node: Node | None) -> str:
        if node is None:
            return ""
        return scalar(node, self._context("description"), "text") or ""

    def _named(
        self,
        entries: Mapping[str, Node],
        what: str,
        make: Callable[[str, Node], Made | None],
    ) -> dict[str, Made]:
        key = f"{what}s"
        return named(entries.get(key), self._context(key), what, make)

    def _purpose(self, name: str, node: Node) -> Purpose | None:
        context = self._context("purposes").inside(name)
        entries = entries_of(node, context, PURPOSE, "{basis: ...}")
        if entries is None:
            return None
        if "basis" not in entries:
            hint = f"Takes {PURPOSE['basis'].words}."
            context.problem(node, f"purpose '{name}' names no basis", hint)
        values = _converted(entries, PURPOSE, context)
        if not isinstance(values.get("basis"), Basis):
            return None
        return Purpose(name, values["basis"], int(values.get("retain") or 0))

    def _notice(self, name: str, node: Node) -> Notice | None:
        context = self._context("notices").inside(name)
        keys = (*NOTICE, "text")
        entries = entries_of(node, context, keys, "{version: 1, text: ...}")
        if entries is None:
            return None
        for key in ("version", "text"):
            if key not in entries:
                problem = f"notice '{name}' has no {key}"
                context.problem(node, problem, "A notice has a version and a text.")
        values = _converted(entries, NOTICE, context)
        text: dict[str, str] = {}
        if "text" in entries:
            inside = context.inside("text")
            text = self._words.texts(entries["text"], inside, f"notice '{name}'")
        version, url = values.get("version") or 0, values.get("url") or ""
        return Notice(name, version, text, url)

    def _recording(
        self, node: Node | None, known: Mapping[str, tuple[str, ...]]
    ) -> RecordingRules:
        if node is None:
            return RecordingRules()
        context = Context(self._document, known, "recording")
        entries = entries_of(node, context, RECORDING, "{channels: ...}") or {}
        parts = {key: takes for key, (takes, _) in RECORDING.items()}
        values = _converted(entries, parts, context)
        keys = values.get("agent_keys") or {}
        for key in sorted(set(keys) - set("0123456789")):
            problem = f"an agent cannot press a star and then {key}"
            hint = "FreeSWITCH binds the digits 0 to 9 (bind_meta_app)."
            context.problem(entries["agent_keys"], problem, hint)
        given = {key: value for key, value in values.items() if value is not None}
        if "dead_man" in given:
            given["dead_man_s"] = given.pop("dead_man")
        return RecordingRules(**given)

    def _prompt(self, name: str, node: Node) -> Prompt | None:
        context = self._context("prompts").inside(name)
        return Prompt(name, self._words.texts(node, context, f"prompt '{name}'"))


def _converted(
    entries: Mapping[str, Node], parts: Mapping[str, Takes], context: Context
) -> dict[str, Any]:
    return {
        key: takes.convert(entries[key], context.inside(key))
        for key, takes in parts.items()
        if key in entries
    }
