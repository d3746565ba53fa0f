"""A flow file to a flow: everything checked, every problem told in one run.

In: the bytes of a file and the kinds of step there are. Out: a `Flow`, or `FlowErrors`
with all its problems. Must not open files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from eslflow.errors import FlowError, FlowErrors
from eslflow.flow import codes, subflow
from eslflow.flow.demand import check_demand
from eslflow.flow.document import Document, Kind, Node
from eslflow.flow.hours import read_hours
from eslflow.flow.model import (
    Basis,
    Flow,
    Notice,
    OnWithdrawal,
    Prompt,
    Purpose,
    RecordingRules,
)
from eslflow.flow.options import (
    Duration,
    OneOf,
    Takes,
    Url,
    Whole,
    plural,
)
from eslflow.flow.problems import (
    NAME,
    NAME_WORDS,
    Context,
    Made,
    entries_of,
    listed,
    named,
    names_in,
    scalar,
    spelled,
)
from eslflow.flow.readout import LANGUAGES, has_words
from eslflow.flow.rules import Rules, converted
from eslflow.flow.steps import read_steps
from eslflow.flow.subflow import Alone, Inside, Library
from eslflow.flow.torn import Torn, torn
from eslflow.flow.week import Hours
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
    "hours",
    "recording",
    "start",
    "steps",
)
_DECLARED = ("purpose", "notice", "prompt", "hours", "step")
"""What steps can name that stands in the same file."""
_OF_THE_PLACE = {
    codes.UNKNOWN_OPTION,
    codes.WRONG_VALUE,
    codes.BAD_NAME,
    codes.TWICE,
    codes.TOO_LONG,
    codes.UNSAFE,
}
"""Problems that are some whatever stands elsewhere in the file."""
_OF_THE_FILE = {codes.UNKNOWN_NAME, codes.NO_WORDS}
"""Problems that are some unless the rest of the file says what is missing."""
_CENTURY_S = 36_525 * 86_400
PURPOSE: dict[str, Takes] = {
    "basis": OneOf(Basis),
    "retain": Duration(1, _CENTURY_S, "d"),
    "on_withdrawal": OneOf(OnWithdrawal),
}
"""What a purpose takes."""
NOTICE: dict[str, Takes] = {"version": Whole(1, 1_000_000), "url": Url()}
"""What a notice takes besides its text."""


def load(
    data: bytes,
    file: str,
    kinds: Mapping[str, type[Step]],
    library: Library | None = None,
) -> Flow:
    """Return the flow that a file describes, with those of the library it names.

    Raises:
        FlowErrors: every problem of the file and of those inside it, sorted by line.
    """
    document, library = Document(data, file), library or Alone()
    try:
        top = document.read()
    except FlowErrors as error:
        more = _besides(document, error, kinds, library)
        raise FlowErrors([*error.problems, *more]) from None
    return _Loader(document, kinds, library, data).flow(top)


def load_draft(
    data: bytes,
    file: str,
    kinds: Mapping[str, type[Step]],
    library: Library | None = None,
) -> tuple[Flow, tuple[FlowError, ...]] | None:
    """Return what could be read of a flow that does not load, and what is wrong.

    It has the parts that are right; nothing, where too much is wrong to tell them. No
    call may ever run it.
    """
    document = Document(data, file)
    try:
        loader = _Loader(document, kinds, library or Alone(), data)
        return loader.draft(document.read()), tuple(document.problems)
    except FlowErrors:
        return None


def _besides(
    document: Document,
    error: FlowErrors,
    kinds: Mapping[str, type[Step]],
    library: Library,
) -> Iterator[FlowError]:
    """Yield what else is wrong with a file that cannot be read as a whole."""
    found = torn(document.lines, document.file, error.problems[0].line)
    yield from found.problems
    if found.rest is None:
        return
    rest = Document(found.rest.encode(), document.file)
    try:
        _Loader(rest, kinds, library, b"").flow(rest.read())
    except FlowErrors as other:
        yield from (p for p in other.problems if _holds(p, found))


def _holds(problem: FlowError, found: Torn) -> bool:
    """Whether a problem is one, whatever the parts say that could not be read."""
    if problem.code in _OF_THE_FILE:
        named = re.findall(r"'([^']*)'", problem.problem)
        return found.has_sections and found.words.isdisjoint(named)
    is_inside = problem.code == codes.MISSING and "." in problem.path
    return is_inside or problem.code in _OF_THE_PLACE


class _Loader:
    def __init__(
        self,
        document: Document,
        kinds: Mapping[str, type[Step]],
        library: Library,
        data: bytes,
    ) -> None:
        self._document = document
        self._data = data
        self._kinds = kinds
        self._library = library

    def flow(self, top: Node) -> Flow:
        flow = self.draft(top)
        self._document.stop_if_broken()
        return flow

    def draft(self, top: Node) -> Flow:
        """Return the flow, less what is wrong with it, which is noted."""
        context = Context(self._document, {}, "", "a flow")
        if top.kind is not Kind.MAPPING:
            hint = "Begin with flow: NAME"
            context.problem(codes.NOT_YAML, top, "there is no flow in this file", hint)
            self._document.stop_if_broken()
        self._refuse_scenarios(top, context)
        entries = entries_of(top, context, KEYS, "a flow") or {}
        for key in ("flow", "steps"):
            if key not in entries:
                hint = "A flow begins with flow: NAME and has steps:"
                context.problem(codes.MISSING, top, f"'{key}:' is missing", hint)
        self._words = Words(
            self._document, entries.get("languages"), entries.get("values")
        )
        languages = self._words.languages
        notices = self._named(entries, "notice", self._notice)
        prompts = self._named(entries, "prompt", self._prompt)
        hours = self._named(entries, "hours", self._hours)
        inside, purposes = self._inside(entries)
        rules = Rules(self._document, entries, purposes)
        recording = rules.read()
        steps, start = self._steps(entries, inside, purposes, rules.asked(recording))
        rules.check(recording, steps)
        check_demand(entries, recording, purposes, steps, self._document)
        self._check_receipts(entries, steps, recording)
        name = self._name(entries.get("flow"))
        description = self._text(entries.get("description"))
        versions = inside.versions(name, self._data, self._document.file)
        return Flow(
            name=name,
            description=description,
            languages=languages,
            purposes=purposes,
            notices=notices | subflow.notices_of(inside, languages),
            prompts=prompts | subflow.prompts_of(inside, languages),
            hours=hours | subflow.hours_of(inside),
            recording=recording,
            steps=steps,
            start=start,
            sha256=versions[0].sha256,
            file=self._document.file,
            versions=versions,
        )

    def _refuse_scenarios(self, top: Node, context: Context) -> None:
        """Note that a file holds scenarios, and nothing that follows from it."""
        keys = {key.text: key for key, _ in top.pairs}
        if "scenarios" in keys and "flow" not in keys:
            problem = "these are scenarios, and no flow"
            hint = "Name the file as its flow, with .scenarios.yaml behind the name."
            context.problem(codes.MISSING, keys["scenarios"], problem, hint)
            self._document.stop_if_broken()

    def _inside(self, entries: Mapping[str, Node]) -> tuple[Inside, dict[str, Purpose]]:
        """Return the flows inside, and the purposes of all."""
        context = self._context("steps")
        inside = subflow.find(entries.get("steps"), self._library, context)
        subflow.check_languages(inside, self._words.languages, context)
        own = self._named(entries, "purpose", self._purpose)
        return inside, subflow.merge_purposes(own, inside, context)

    def _steps(
        self,
        entries: Mapping[str, Node],
        inside: Inside,
        purposes: Mapping[str, Purpose],
        asked: Collection[str],
    ) -> tuple[dict[str, Step], str]:
        own = {what: names_in(entries.get(plural(what))) for what in _DECLARED}
        known: dict[str, Collection[str]] = {
            **own,
            "purpose": tuple(dict.fromkeys((*own["purpose"], *purposes))),
            "language": self._words.languages,
            "flow": self._library.names(),
        }
        context = Context(self._document, known, "steps", constants=self._words.values)
        return read_steps(
            entries.get("steps"),
            entries.get("start"),
            context,
            self._kinds,
            purposes,
            inside.flows,
            asked,
            self._library.is_part,
        )

    def _check_receipts(
        self,
        entries: Mapping[str, Node],
        steps: Mapping[str, Step],
        rules: RecordingRules,
    ) -> None:
        """Note a language in which no receipt can be read out."""
        says = [f"step '{s.name}'" for s in steps.values() if s.says_receipt]
        if rules.verbal is not None and rules.verbal.receipt:
            says.append("an agent's key")
        for language in self._words.languages if says else ():
            if not has_words(language):
                problem = f"{says[0]} cannot read out a receipt in {language}"
                hint = f"Remove receipt: true. Receipts speak {listed(LANGUAGES)}."
                node = entries.get("languages", entries["steps"])
                self._context("languages").problem(codes.NO_WORDS, node, problem, hint)

    def _context(self, path: str) -> Context:
        return Context(self._document, {}, path)

    def _name(self, node: Node | None) -> str:
        if node is None:
            return ""
        text = scalar(node, self._context("flow"), NAME_WORDS) or ""
        if text and not NAME.fullmatch(text):
            problem = f"'{text}' cannot be a flow's name"
            hint = f"Takes {NAME_WORDS}.{spelled(text)}"
            self._context("flow").problem(codes.BAD_NAME, node, problem, hint)
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
        key = plural(what)
        return named(entries.get(key), self._context(key), what, make)

    def _purpose(self, name: str, node: Node) -> Purpose | None:
        context = self._context("purposes").inside(name)
        entries = entries_of(node, context, PURPOSE, "{basis: ...}")
        if entries is None:
            return None
        if "basis" not in entries:
            hint = f"Takes {PURPOSE['basis'].words}."
            problem = f"purpose '{name}' names no basis"
            context.problem(codes.WRONG_BASIS, node, problem, hint)
        values = converted(entries, PURPOSE, context)
        if not isinstance(values.get("basis"), Basis):
            return None
        retain_s, line = int(values.get("retain") or 0), node.mark.line
        after = values.get("on_withdrawal")
        return Purpose(name, values["basis"], retain_s, line, after)

    def _notice(self, name: str, node: Node) -> Notice | None:
        context = self._context("notices").inside(name)
        keys = (*NOTICE, "text")
        entries = entries_of(node, context, keys, "{version: 1, text: ...}")
        if entries is None:
            return None
        for key in ("version", "text"):
            if key not in entries:
                problem = f"notice '{name}' has no {key}"
                hint = f"Add {key}: a notice has a version and a text."
                context.problem(codes.MISSING, node, problem, hint)
        values = converted(entries, NOTICE, context)
        text: dict[str, str] = {}
        if "text" in entries:
            inside = context.inside("text")
            text = self._words.texts(entries["text"], inside, f"notice '{name}'")
        version, url = values.get("version") or 0, values.get("url") or ""
        return Notice(name, version, text, url)

    def _hours(self, name: str, node: Node) -> Hours | None:
        return read_hours(name, node, self._context("hours"))

    def _prompt(self, name: str, node: Node) -> Prompt | None:
        context = self._context("prompts").inside(name)
        return Prompt(name, self._words.texts(node, context, f"prompt '{name}'"))
