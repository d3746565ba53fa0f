"""A flow file to a flow: everything checked, every problem told in one run.

In: the bytes of a file and the kinds of step there are. Out: a `Flow`, or `FlowErrors`
with all its problems. Must not open files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from eslflow.errors import RenderError
from eslflow.flow.document import Document, Kind, Mark, Node
from eslflow.flow.model import Basis, Flow, Notice, Prompt, Purpose
from eslflow.flow.options import (
    NAME,
    Context,
    Duration,
    OneOf,
    Whole,
    entries_of,
    listed,
    near,
    scalar,
)
from eslflow.flow.steps import read_steps
from eslflow.flow.template import MOST_TEXT, render

if TYPE_CHECKING:
    from eslflow.steps.step import Step

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
"""BCP 47, as far as offices need it."""

KEYS = (
    "flow",
    "description",
    "languages",
    "values",
    "purposes",
    "notices",
    "prompts",
    "start",
    "steps",
)
URL = re.compile(r"https?://[^\s\x00-\x1f\x7f]{1,500}")
_WORDS = "a name (small letters, digits, _ and -)"
_CENTURY_S = 36_525 * 86_400


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
        self._languages: tuple[str, ...] = ("en",)
        self._values: dict[str, str] = {}

    def flow(self, top: Node, sha256: str) -> Flow:
        context = Context(self._document, {}, "a flow")
        if top.kind is not Kind.MAPPING:
            context.problem(
                top, "there is no flow in this file", "Begin with flow: NAME"
            )
            self._document.stop_if_broken()
        entries = entries_of(top, context, KEYS, "a flow") or {}
        for key in ("flow", "steps"):
            if key not in entries:
                hint = "A flow begins with flow: NAME and has steps:"
                here = Node(Kind.NOTHING, Mark(1, 1))
                context.problem(here, f"'{key}:' is missing", hint)
        self._languages = self._read_languages(entries.get("languages"))
        self._values = self._read_values(entries.get("values"))
        purposes = self._table(entries, "purposes", "purpose", self._purpose)
        notices = self._table(entries, "notices", "notice", self._notice)
        prompts = self._table(entries, "prompts", "prompt", self._prompt)
        known: dict[str, Collection[str]] = {
            "purpose": self._names(entries.get("purposes")),
            "notice": self._names(entries.get("notices")),
            "prompt": self._names(entries.get("prompts")),
            "step": self._names(entries.get("steps")),
        }
        context = Context(self._document, known)
        steps, start = read_steps(
            entries.get("steps"), entries.get("start"), context, self._kinds, purposes
        )
        return Flow(
            name=self._name(entries.get("flow")),
            description=self._text(entries.get("description")),
            languages=self._languages,
            purposes=purposes,
            notices=notices,
            prompts=prompts,
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
        text = scalar(node, self._context("flow"), _WORDS) or ""
        if text and not NAME.fullmatch(text):
            problem = f"'{text}' cannot be a flow's name"
            self._context("flow").problem(node, problem, f"Takes {_WORDS}.")
        return text

    def _text(self, node: Node | None) -> str:
        if node is None:
            return ""
        return scalar(node, self._context("description"), "text") or ""

    def _names(self, node: Node | None) -> tuple[str, ...]:
        """Return the names a mapping declares, good or bad, for look-ups."""
        if node is None or node.kind is not Kind.MAPPING:
            return ()
        return tuple(key.text for key, _ in node.pairs)

    def _read_languages(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return ("en",)
        context = self._context("languages")
        if node.kind is not Kind.LIST or not node.items:
            hint = "Write languages: [en, de]"
            context.problem(node, "languages is a list", hint)
            return ("en",)
        found: list[str] = []
        for item in node.items:
            text = scalar(item, context, "a language") or ""
            if not LANGUAGE.fullmatch(text):
                hint = "A language is written as in en, de or pt-BR."
                context.problem(item, f"'{text}' is no language", hint)
            elif text in found:
                problem = f"the language {text} stands twice"
                context.problem(item, problem, "Remove one of them.")
            else:
                found.append(text)
        return tuple(found) or ("en",)

    def _read_values(self, node: Node | None) -> dict[str, str]:
        if node is None:
            return {}
        return self._table({"values": node}, "values", "value", self._value)

    def _value(self, name: str, node: Node) -> str | None:
        return scalar(node, self._context(f"values.{name}"), "text")

    def _table(
        self, entries: Mapping[str, Node], key: str, what: str, make: Any
    ) -> dict[str, Any]:
        """Return what a mapping declares, by name; bad names are noted."""
        node = entries.get(key)
        if node is None:
            return {}
        context = self._context(key)
        if node.kind is not Kind.MAPPING:
            hint = f"Write {key}: and below it, indented, NAME: ... for each {what}."
            context.problem(node, f"{node.kind.value} stands where {key} are", hint)
            return {}
        found: dict[str, Any] = {}
        for name, value in node.pairs:
            if not name.is_scalar or not NAME.fullmatch(name.text):
                problem = f"'{name.text}' cannot be the name of a {what}"
                context.problem(name, problem, f"Takes {_WORDS}.")
            elif name.text in found:
                problem = f"the {what} '{name.text}' stands twice"
                context.problem(name, problem, "Remove one of them.")
            made = make(name.text, value)
            if made is not None:
                found[name.text] = made
        return found

    def _purpose(self, name: str, node: Node) -> Purpose | None:
        context = self._context(f"purposes.{name}")
        entries = entries_of(node, context, ("basis", "retain"), "{basis: ...}")
        if entries is None:
            return None
        if "basis" not in entries:
            hint = f"Takes {OneOf(Basis).words}."
            context.problem(node, f"purpose '{name}' names no basis", hint)
            return None
        basis = OneOf(Basis).convert(entries["basis"], context)
        retain = entries.get("retain")
        seconds = Duration(1, _CENTURY_S).convert(retain, context) if retain else 0.0
        if not isinstance(basis, Basis):
            return None
        return Purpose(name, basis, int(seconds or 0))

    def _notice(self, name: str, node: Node) -> Notice | None:
        context = self._context(f"notices.{name}")
        keys = ("version", "url", "text")
        entries = entries_of(node, context, keys, "{version: 1, text: ...}")
        if entries is None:
            return None
        for key in ("version", "text"):
            if key not in entries:
                problem = f"notice '{name}' has no {key}"
                context.problem(node, problem, "A notice has a version and a text.")
        if not {"version", "text"} <= entries.keys():
            return None
        version = Whole(1, 1_000_000).convert(entries["version"], context)
        url = self._url(entries.get("url"), context)
        text = self._words(entries["text"], context, f"notice '{name}'")
        return Notice(name, version or 0, text, url)

    def _url(self, node: Node | None, context: Context) -> str:
        if node is None:
            return ""
        text = scalar(node, context, "a web address") or ""
        if text and not URL.fullmatch(text):
            hint = "It begins with https:// and has no blanks."
            context.problem(node, f"'{text}' is no web address", hint)
        return text

    def _prompt(self, name: str, node: Node) -> Prompt | None:
        context = self._context(f"prompts.{name}")
        return Prompt(name, self._words(node, context, f"prompt '{name}'"))

    def _words(self, node: Node, context: Context, what: str) -> dict[str, str]:
        """Return what is said in each language of the flow."""
        if node.is_scalar:
            if len(self._languages) > 1:
                hint = f"Write one text for each of: {listed(self._languages)}"
                context.problem(node, f"{what} has one text for all languages", hint)
                return {}
            return {self._languages[0]: self._sentence(node, context, what)}
        if node.kind is not Kind.MAPPING:
            hint = f"Write one text for each of: {listed(self._languages)}"
            context.problem(node, f"{node.kind.value} stands where text is", hint)
            return {}
        found: dict[str, str] = {}
        for language, text in node.pairs:
            if language.text not in self._languages:
                known = near(language.text, self._languages)
                problem = f"'{language.text}' is no language of this flow.{known}"
                hint = f"languages: {listed(self._languages)}"
                context.problem(language, problem, hint)
            elif language.text in found:
                problem = f"the text in {language.text} stands twice"
                context.problem(language, problem, "Remove one of them.")
            else:
                found[language.text] = self._sentence(text, context, what)
        for missing in [name for name in self._languages if name not in found]:
            hint = f"Add {missing}: and the words, or take it out of languages:"
            context.problem(node, f"{what} has no text in {missing}", hint)
        return found

    def _sentence(self, node: Node, context: Context, what: str) -> str:
        text = scalar(node, context, "text")
        if text is None:
            return ""
        if len(text) > MOST_TEXT:
            problem = f"{what} is longer than {MOST_TEXT} characters"
            context.problem(node, problem, "Nobody listens that long: shorten it.")
            return ""
        try:
            return " ".join(render(text, self._values).split())
        except RenderError as error:
            hint = f"values: {listed(self._values)}"
            context.problem(node, f"{what}: {error.problem}", hint)
            return ""
