"""The house rules that no linter knows: arrows between rooms, twins, sizes, names.

In: the files of this checkout, read as text and never imported.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "eslflow"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").glob("**/*.py"))
PHONES = sorted((ROOT / "tests" / "live").glob("*.py"))
"""What the live tests stand on; tested as tests/test_live_<module>.py."""

CORE = ("wire", "flow", "call", "steps", "check", "exports")

ARROWS = {
    "errors": "",
    "clock": "",
    "e164": "flow.dialled",
    "user": "",
    "shipped": "errors",
    "wire": "errors wire",
    "flow": "errors wire flow",
    "steps": "errors wire flow steps call.events call.commands call.records call.live"
    " call.choices call.consent call.recorder call.recording call.callee call.secret"
    " call.wanting call.hush call.keys call.receipt call.screen",
    "call": "errors wire flow call",
    "call.engine": "errors wire flow call steps",
    "check": "errors wire flow call steps check",
    "ledger": "errors clock call.records wire.terms ledger",
    "recordings": "errors clock call.records wire.terms ledger.read ledger.due"
    " recordings",
    "bundle": "errors call.records wire.terms flow.subflow ledger recordings exports"
    " office bundle",
    "prompts": "errors flow prompts",
    "office": "flow.codes flow.document flow.problems",
    "exports": "errors call.records call.consent wire.terms flow.model office exports",
    "parts": "",
    "password": "errors",
    "settings": "errors flow shipped e164 office parts password",
    "switch": "errors clock settings wire flow call switch",
    "sim": "errors clock wire flow call steps check sim",
    "doctor": "errors clock settings wire flow ledger recordings switch doctor",
    "site": "errors settings clock wire flow call steps check prompts switch.shelf"
    " e164",
    "rig": "errors clock call flow ledger prompts sim site switch",
    "noted": "errors call flow steps check",
    "rehearsal": "errors wire call flow steps check sim rig noted",
    "onswitch": "errors clock settings wire call flow steps check ledger prompts"
    " recordings doctor switch rig noted site onswitch",
    "web": "errors settings clock shipped wire flow call steps check ledger recordings"
    " prompts sim site rig switch web user",
    "cli": "errors settings clock shipped wire flow call steps check ledger recordings"
    " bundle prompts sim site rig noted rehearsal onswitch switch doctor web cli e164"
    " exports office user",
    "__main__": "cli",
    "__init__": "",
}
"""What a room may import of eslflow: a room, or one module of it."""

WORLD = {
    "gevent": "switch sim rig onswitch web cli",
    "greenlet": "switch",
    "greenswitch": "switch",
    "socket": "switch sim web",
    "sqlite3": "ledger",
    "sqlite_utils": "ledger",
    "threading": "ledger",
    "subprocess": "prompts cli recordings",
    "soundfile": "recordings",
    "pyrage": "recordings",
    "phonenumbers": "e164",
    "click": "cli",
    "flask": "web",
    "werkzeug": "web",
    "prometheus_client": "web",
}
"""Who may touch what is outside."""

HARMLESS = (
    "__future__ abc base64 bisect collections contextlib dataclasses datetime difflib"
    " enum functools hashlib heapq html itertools json math operator re secrets string"
    " textwrap time types typing unicodedata urllib uuid jinja2 ruamel eslflow"
    " pathlib.PurePath pathlib.PurePosixPath"
)
"""What the core may import: nothing here opens, waits or asks the time by itself."""

OPENS = {"check.load": "pathlib", "flow.hours": "zoneinfo", "check.kept": "gc"}
"""The modules of the core that read files, flows and time zones, or bid the collector
wait, and by what."""

ASKS_THE_TIME = re.compile(
    r"(time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|perf_counter_ns|sleep)"
    r"|(datetime|date)\.(now|utcnow|today))"
)

TOP = (
    ".ci .editorconfig .github .gitignore .pre-commit-config.yaml .ruff.toml .yamllint"
    " CHANGELOG.md LICENSE README.md docs eslflow flows pyproject.toml scripts"
    " setup.cfg sounds tests"
)
PASSING = re.compile(
    r"\.git|\.venv|\.coverage.*|\.hypothesis|\..*_cache|.*\.egg-info|build|demo-site|dist|htmlcov"
    r"|__pycache__|.*\.db(-shm|-wal)?"
)
"""What git ignores: not ours to judge."""

LONGEST_MODULE, LONGEST_FUNCTION, FIRST_SCREEN = 400, 50, 40

WHOLE = {
    "tests/test_killed_at_rest.py": "a recording's file when eslflow is killed",
    "tests/test_killed.py": "a controller killed at each step of a call",
    "tests/test_faults.py": "a ledger that cannot be written, and what serve does then",
    "tests/test_live.py": "a real FreeSWITCH",
    "tests/test_live_after.py": "a real FreeSWITCH: a file after its call",
    "tests/test_live_agents.py": "a real FreeSWITCH: agents who must agree",
    "tests/test_live_beep.py": "a real FreeSWITCH: the tone of who is recorded",
    "tests/test_live_dialled.py": "a real FreeSWITCH: what users of the office dial",
    "tests/test_live_doctor.py": "a real FreeSWITCH: what a doctor finds there",
    "tests/test_live_handover.py": "a real FreeSWITCH: calls that change hands",
    "tests/test_live_keys.py": "a real FreeSWITCH: keys that permit and withdraw",
    "tests/test_live_killed.py": "a real FreeSWITCH: a controller that dies",
    "tests/test_live_numbers.py": "a real FreeSWITCH: numbers meant to be more",
    "tests/test_live_offices.py": "a real FreeSWITCH: recorded by law, never, for some",
    "tests/test_live_outgoing.py": "a real FreeSWITCH: who is called is asked",
    "tests/test_live_outside.py": "a real FreeSWITCH: who takes a call over",
    "tests/test_live_payment.py": "a real FreeSWITCH: what is entered by key",
    "tests/test_live_receipt.py": "a real FreeSWITCH: a withdrawal by receipt",
    "tests/test_live_shipped.py": "a real FreeSWITCH: the shipped flows that ask",
    "tests/test_live_scenarios.py": "a real FreeSWITCH: scenarios are played on it",
    "tests/test_live_told.py": "a real FreeSWITCH: what the agent is told",
    "tests/test_live_there.py": "a real FreeSWITCH: what a check says it lacks",
    "tests/test_live_reconcile.py": "a controller killed beside a real FreeSWITCH",
    "tests/test_live_masks.py": "a real FreeSWITCH: what is masked",
    "tests/test_payment.py": "whole calls that pay, and where the card is not",
    "tests/test_load_fill.py": "a ledger with many calls",
    "tests/test_load_ledger.py": "what keeping a choice costs",
    "tests/test_load_reloads.py": "reloads while calls go on",
    "tests/test_lies.py": "a switch that is anything but honest",
    "tests/test_unlinked.py": "sockets to the switch that are lost, at each state",
    "tests/test_editor.py": "an editor's language server with the schema",
    "tests/test_hostile.py": "what strangers send, through real sockets",
    "tests/test_house.py": "the checkout",
    "tests/test_readme.py": "what the pages say",
    "tests/test_scripts.py": "scripts/setup on machines that lack something",
    "tests/test_shipped_flows.py": "the flows that ship, as calls go through them",
    "tests/test_sim_transcripts.py": "the simulated switch beside a real one",
}
"""Tests that no single module owns, and what they look at."""


def name_of(path: Path) -> str:
    """Return `call.engine` for eslflow/call/engine.py."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def room_of(path: Path) -> str:
    return name_of(path).split(".")[0]


def twin_of(path: Path) -> str:
    words = [word.strip("_") for word in name_of(path).split(".")]
    return f"tests/test_{'_'.join(words)}.py"


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def for_types_only(tree: ast.Module) -> set[ast.AST]:
    """Return what stands under `if TYPE_CHECKING:`; it is not there at run time."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of all that a module imports, wherever it does."""
    tree = tree_of(path)
    skipped = for_types_only(tree)
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def is_within(name: str, places: str) -> bool:
    return any(f"{name}.".startswith(f"{place}.") for place in places.split())


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def told(problems: list[str]) -> str:
    return "\n".join(["", *problems])


def test_every_room_has_its_arrows() -> None:
    rooms = {room_of(path) for path in MODULES}
    assert rooms <= set(ARROWS), "a new room needs a line in ARROWS"


def test_arrows_between_rooms_go_one_way() -> None:
    problems = []
    for path in MODULES:
        own = name_of(path)
        allowed = ARROWS.get(own, ARROWS.get(room_of(path), ""))
        for line, name in imports(path):
            target = name.removeprefix("eslflow.")
            if target != name and not _may(own, target, allowed):
                problems.append(f"{where(path, line)} imports {name}; may: {allowed}")
    assert not problems, told(problems)


def _may(own: str, target: str, allowed: str) -> bool:
    # `from eslflow import __version__`, and `from eslflow.call import events`.
    return target == "__version__" or is_within(target, allowed) or target == own


def test_only_the_owner_of_a_library_imports_it() -> None:
    problems = [
        f"{where(path, line)} imports {name}; only {WORLD[name.split('.')[0]]} may"
        for path in MODULES
        for line, name in imports(path)
        if name.split(".")[0] in WORLD
        and room_of(path) not in WORLD[name.split(".")[0]].split()
    ]
    assert not problems, told(problems)


def test_the_core_imports_nothing_that_touches_the_world() -> None:
    problems = [
        f"{where(path, line)} imports {name}: the core does no input or output"
        for path in MODULES
        if room_of(path) in CORE
        for line, name in imports(path)
        if not is_within(name, f"{HARMLESS} {OPENS.get(name_of(path), '')}")
    ]
    assert not problems, told(problems)


def test_the_core_opens_no_file() -> None:
    problems = [
        f"{where(path, node.lineno)} opens a file"
        for path in MODULES
        if room_of(path) in CORE
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"open", "print"}
    ]
    assert not problems, told(problems)


def test_only_the_clock_asks_the_time() -> None:
    problems = [
        f"{where(path, node.lineno)} uses {ast.unparse(node)}: take a Clock"
        for path in MODULES
        if room_of(path) != "clock"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and ASKS_THE_TIME.fullmatch(ast.unparse(node))
    ]
    problems += [
        f"{where(path, line)} imports {name}: take a Clock"
        for path in MODULES
        if room_of(path) != "clock"
        for line, name in imports(path)
        if ASKS_THE_TIME.fullmatch(name)
    ]
    assert not problems, told(problems)


def test_no_test_sleeps() -> None:
    problems = [
        f"{where(path, node.lineno)} sleeps: wait for an event instead"
        for path in TESTS
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and re.fullmatch(r"(time\.|gevent\.)?sleep", ast.unparse(node.func))
        and not (node.args and ast.unparse(node.args[0]) == "0")
    ]
    assert not problems, told(problems)


def test_every_module_has_its_test_twin() -> None:
    problems = [
        f"{path.relative_to(ROOT)} has no {twin_of(path)}"
        for path in MODULES
        if path.stem not in {"__init__", "__main__"}
        and not (ROOT / twin_of(path)).is_file()
    ]
    assert not problems, told(problems)


def test_every_test_file_is_some_modules_twin() -> None:
    twins = {twin_of(path) for path in MODULES} | set(WHOLE)
    twins |= {f"tests/test_live_{path.stem}.py" for path in PHONES}
    found = {path.relative_to(ROOT).as_posix() for path in TESTS}
    strays = {name for name in found if Path(name).name.startswith("test_")} - twins
    assert not strays, "neither a module's twin nor named in WHOLE: " + ", ".join(
        strays
    )


def test_modules_and_functions_stay_short() -> None:
    problems = []
    for path in MODULES:
        tree = tree_of(path)
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_MODULE:
            problems.append(f"{path.relative_to(ROOT)} has {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > LONGEST_FUNCTION:
                    problems.append(
                        f"{where(path, node.lineno)} {node.name}: {size} lines"
                    )
    assert not problems, told(problems)


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}
    found = [
        str(path.relative_to(ROOT)) for path in MODULES + TESTS if path.stem in empty
    ]
    assert found == []


def test_everything_is_caught_only_where_a_call_is_guarded() -> None:
    problems = [
        f"{where(path, node.lineno)} catches everything"
        for path in MODULES
        if room_of(path) != "switch"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or ast.unparse(node.type) in {"Exception", "BaseException"}
        )
    ]
    assert not problems, told(problems)


def test_no_statement_numbers_its_values() -> None:
    # Python 3.12.0 to 3.12.3 take `?1` for a name, and warn when values have none.
    problems = [
        f"{where(path, node.lineno)} {node.value}"
        for path in MODULES
        if room_of(path) == "ledger"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and re.search(r"\?[0-9]", str(node.value))
    ]
    assert not problems, told(problems)


def test_nothing_is_left_for_later() -> None:
    # Written so that this file does not find itself.
    marks = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]))
    problems = [
        f"{where(path, number)} {line.strip()}"
        for path in MODULES + TESTS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert not problems, told(problems)


def test_the_top_level_holds_only_what_belongs_there() -> None:
    found = {path.name for path in ROOT.iterdir() if not PASSING.fullmatch(path.name)}
    assert found <= set(TOP.split()), f"not known: {sorted(found - set(TOP.split()))}"


def test_the_readmes_first_screen_has_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    first_screen = "\n".join(text.splitlines()[:FIRST_SCREEN])
    assert "scripts/demo" in first_screen
    assert "scripts/test" in first_screen


@pytest.mark.parametrize(
    "script", sorted((ROOT / "scripts").iterdir()), ids=lambda p: p.name
)
def test_every_script_can_be_run(script: Path) -> None:
    assert script.stat().st_mode & 0o111, f"chmod +x scripts/{script.name}"
    assert script.read_text(encoding="utf-8").startswith("#!")
