"""What all tests share: the real switch, patience, and who covered which line."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

try:
    from coverage import Coverage
except ImportError:  # the tests pass without it
    Coverage = None  # type: ignore[assignment,misc]

WHY_SKIPPED = (
    "needs a real FreeSWITCH: give --freeswitch HOST or ESLFLOW_FREESWITCH=HOST"
)

# The machine may be slow; a test that never ends is caught by `timeout` in setup.cfg.
settings.register_profile("eslflow", deadline=None)
settings.load_profile("eslflow")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--freeswitch",
        metavar="HOST",
        default=os.environ.get("ESLFLOW_FREESWITCH", ""),
        help="run the `live` tests against the FreeSWITCH on HOST "
        "(default: the environment's ESLFLOW_FREESWITCH)",
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Skip what needs a real switch, and say so."""
    if config.getoption("--freeswitch"):
        return
    for item in items:
        if item.get_closest_marker("live"):
            item.add_marker(pytest.mark.skip(reason=WHY_SKIPPED))


@pytest.fixture(scope="session")
def freeswitch(pytestconfig: pytest.Config) -> str:
    """Return the host of the real switch; for `live` tests only."""
    host: str = pytestconfig.getoption("--freeswitch")
    return host or pytest.skip(WHY_SKIPPED)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Note under coverage what a test file runs while it is imported."""
    if isinstance(collector, pytest.Module):
        note_who_runs(collector)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Note under coverage what a test file runs, fixtures included."""
    note_who_runs(item)
    return (yield)


def note_who_runs(node: pytest.Item | pytest.Collector) -> None:
    """Tell coverage the test file, so that scripts/coverage can ask for it."""
    coverage = Coverage and Coverage.current()
    if coverage is not None:
        coverage.switch_context(node.nodeid.split("::")[0])


@pytest.fixture
def quick_proofs(monkeypatch):
    """Let what `eslflow check` proves be proved unmeasured, in a third of the time."""
    from tests.proofs import proved_unmeasured

    monkeypatch.setattr("eslflow.cli.prove.prove", proved_unmeasured)
