"""The first scenario of a flow that has none yet."""

from eslflow.check.first import SILENT, first
from eslflow.check.happened import Happened, compare
from eslflow.check.scenarios import read
from tests.steps_of import flow

FLOW = flow("a: {announce: welcome, next: b}\nb: {dial: {user: '1001'}}\n")


def scenario_of(happened):
    (found,) = read(first(happened).encode(), "t.scenarios.yaml", FLOW)
    return found


def test_it_expects_what_came_of_the_call_and_nothing_else():
    happened = Happened(files=1, path=("a", "b"), reached=("*98",))
    found = scenario_of(happened)
    assert (found.name, found.press) == (SILENT.name, ())
    assert compare(found, happened) == []
    other = Happened(files=0, path=("a",), reached=("b",))
    assert [each.what for each in compare(found, other)] == [
        "recorded",
        "path",
        "reaches",
    ]


def test_a_caller_who_reaches_nobody_is_said_to():
    assert "reaches: nobody\n" in first(Happened(path=("a",)))


def test_a_long_path_is_told_with_its_middle_left_out():
    happened = Happened(path=("a", "b") * 20)
    found = scenario_of(happened)
    assert "path: [a, b, a, b, ..., b]\n" in first(happened)
    assert compare(found, happened) == []
