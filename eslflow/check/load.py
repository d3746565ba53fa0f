"""The flow in a file, with the kinds of step that eslflow has, and its scenarios.

In: a path. Out: a `Flow`, or every problem of the file and of those beside it that it
runs; what a check finds in it; the scenarios that lie beside a flow. The one place in
this room that opens a file; what is right and wrong is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from eslflow.call.live import EMERGENCY
from eslflow.check.finding import Finding, Rule, Told, place_in, told
from eslflow.check.lint import are_texts_sound, lint, lint_draft
from eslflow.check.permits import OF_ALL
from eslflow.check.promises import WITHDRAWAL_KEY
from eslflow.check.scenario import Scenario
from eslflow.check.scenarios import read
from eslflow.check.there import Ask
from eslflow.check.unused import UNUSED
from eslflow.errors import (
    FlowError,
    FlowErrors,
    NoFileError,
    SettingsError,
    demand_file,
    unreadable,
)
from eslflow.flow.codes import SORTS, TWICE, UNREADABLE
from eslflow.flow.document import MOST_BYTES, Document, Node
from eslflow.flow.load import load, load_draft
from eslflow.flow.model import Flow
from eslflow.flow.subflow import Library, named, top
from eslflow.steps import KINDS
from eslflow.steps.consent import Consent
from eslflow.steps.objection import Objection

SCENARIOS = ".scenarios.yaml"
"""What stands behind a flow's name in the name of the file with its scenarios."""


_HINTS: dict[type[OSError], str] = {
    NoFileError: "Remove it, or put a file there.",
    FileNotFoundError: "It is gone, or a link that leads to nothing: put it there.",
    IsADirectoryError: "This is a folder: name the file of a flow in it.",
    PermissionError: "Let this user read it, or run eslflow as the user who serves.",
}
"""What mends a file that cannot be read."""


def flow_files(folder: Path) -> list[Path]:
    """Return the files of a folder that hold a flow each, sorted.

    Raises:
        SettingsError: nobody can say what is in the folder.
    """
    try:
        # To glob, a folder that cannot be read is an empty one.
        next(folder.iterdir(), None)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise SettingsError(unreadable(folder, error)) from error
    # Editors keep files of their own beside, hidden ones: .#support.yaml is none.
    found = folder.glob("[!.]*.yaml")
    return sorted(path for path in found if not path.name.endswith(SCENARIOS))


def lonely_scenarios(folder: Path) -> list[Path]:
    """Return the files of scenarios in a folder beside which no flow lies, sorted."""
    owned = {scenarios_of(path) for path in flow_files(folder)}
    return sorted({*folder.glob(f"[!.]*{SCENARIOS}")} - owned)


def scenarios_of(path: Path) -> Path:
    """Return where the scenarios of a flow's file lie, if it has any."""
    return path.with_name(f"{path.stem}{SCENARIOS}")


def flow_of(path: Path) -> Path:
    """Return where the flow of a file of scenarios lies."""
    return path.with_name(f"{path.name.removesuffix(SCENARIOS)}.yaml")


def load_scenarios(path: Path, flow: Flow) -> tuple[Scenario, ...]:
    """Return the scenarios in a file; they are of this flow.

    Raises:
        FlowErrors: the file cannot be read, or all that is wrong with it.
    """
    return read(_read(path), str(path), flow)


def load_flow(path: Path) -> Flow:
    """Return the flow that a file describes.

    Raises:
        FlowErrors: the file cannot be read, or all that is wrong with it.
    """
    return _load(path, _Folder(path.parent, (path.stem,), {}))


def findings(
    flow: Flow,
    ask: Ask | None = None,
    emergency: Collection[str] = EMERGENCY,
    now: int | None = None,
) -> tuple[Told, ...]:
    """Return what is wrong with a flow that loads, read once more from its file.

    Emergency numbers are those of the site. Without the time nothing is over.

    Raises:
        FlowErrors: the file cannot be read any more.
    """
    path = Path(flow.file)
    found = lint(flow, _read(path), ask, emergency, now)
    of_all = [told for told in found if _rests_on_others(told)]
    if of_all and any(_Folder(path.parent, (path.stem,), {}).running()):
        return tuple(told for told in found if told not in of_all)
    return found


def _rests_on_others(told: Told) -> bool:
    """Whether the flow that runs this one can make it right: purposes are shared."""
    is_purpose = told.error.path.startswith("purposes.")
    is_of_all = told.rule in (*OF_ALL, WITHDRAWAL_KEY)
    return is_of_all or (told.rule is UNUSED and is_purpose)


def draft_findings(
    path: Path, ask: Ask | None = None
) -> tuple[Flow, bool, tuple[Told, ...]] | None:
    """Return what could be read of a flow that does not load, and what is wrong there.

    Between them stands whether its words are right. Nothing, where too much is wrong to
    tell them.

    Raises:
        FlowErrors: the file cannot be read any more.
    """
    data, library = _read(path), _Folder(path.parent, (path.stem,), {})
    read = load_draft(data, str(path), KINDS, library)
    found = None if read is None else lint_draft(*read, data, ask)
    if read is None or found is None:
        return None
    return read[0], are_texts_sound(read[1]), found


def place_of(flow: Flow, step: str) -> str:
    """Return where a step stands, as `support.yaml:12:3`, read from the flow's file."""
    path = Path(flow.file)
    if not step or not path.exists():
        return flow.file
    mark = place_in(Document(_read(path), flow.file).read(), ("steps", top(step)))
    return f"{flow.file}:{mark.line}:{mark.column}"


def named_alike(flow: Flow, other: Flow) -> FlowError:
    """Return what is wrong with a flow that has the name of another one."""
    document = Document(_read(Path(flow.file)), flow.file)
    problem = f"a flow '{flow.name}' is in {other.file}, too"
    hint = "Give one of them another name, or move a copy out of the folder."
    rule = Rule(TWICE, True, SORTS[TWICE])
    return told(
        document, document.read(), Finding(rule, ("flow",), problem, hint)
    ).error


class _Folder:
    """The flows that lie beside one, as it may name them."""

    def __init__(
        self, folder: Path, trail: tuple[str, ...], read: dict[str, Flow]
    ) -> None:
        self.trail = trail
        self._folder = folder
        self._read = read
        self._names = tuple(path.stem for path in flow_files(folder))

    def is_part(self) -> bool:
        """Return whether it is read for another flow, or one that asks runs it."""
        return len(self.trail) > 1 or any(map(_asks, self.running()))

    def running(self) -> Iterator[Node]:
        """Yield the steps of each file that runs this flow."""
        for other in self._names:
            steps = _steps(self._folder / f"{other}.yaml")
            if steps and any(run.text == self.trail[0] for run in named(steps)):
                yield steps

    def names(self) -> tuple[str, ...]:
        """Return the names of the files, without their ends."""
        return self._names

    def flow(self, name: str) -> Flow:
        """Return a flow of the folder, read once however often it is named."""
        if name not in self._read:
            inner = _Folder(self._folder, (*self.trail, name), self._read)
            self._read[name] = _load(self._folder / f"{name}.yaml", inner)
        return self._read[name]


def _load(path: Path, library: Library) -> Flow:
    return load(_read(path), str(path), KINDS, library)


def _steps(path: Path) -> Node | None:
    """Return the steps of a file, if it can be read so far."""
    try:
        top = Document(_read(path), str(path)).read()
    except FlowErrors:
        return None
    return next((value for key, value in top.pairs if key.text == "steps"), None)


def _asks(steps: Node) -> bool:
    """Whether some steps ask, or may by another flow than one."""
    kinds = {key.text for _, step in steps.pairs for key, _ in step.pairs}
    is_asking = not kinds.isdisjoint((Consent.kind, Objection.kind))
    return is_asking or len({run.text for run in named(steps)}) > 1


def _read(path: Path) -> bytes:
    try:
        demand_file(path)
        with path.open("rb") as file:
            # One byte more than is taken: enough to be told that it is too large.
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        problem = f"the file cannot be read: {error.strerror}"
        hint = _HINTS.get(type(error), "Mend what is wrong there, or take a copy.")
        wrong = FlowError(str(path), 1, 1, problem, hint=hint, code=UNREADABLE)
        raise FlowErrors([wrong]) from error
