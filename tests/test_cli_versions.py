"""Rows of versions."""

from eslflow.cli.versions import changes, flow_of, row, texts
from eslflow.flow.model import Version
from eslflow.web.reloads import Wanted
from tests.steps_of import flow
from tests.test_flow_subflow import OPENING, within

ANNA = Wanted("reload", "cli anna", "shorter")


def test_a_version_is_kept_by_the_name_of_its_file():
    version = Version(
        "a", "11", "flow: a\n", "/s/flows/a.yaml", (("b", "2"), ("c", "3"))
    )
    assert row(version) == ("11", "a", "a.yaml", "flow: a\n", "b 2\nc 3")


def test_texts_of_flows_come_once_with_those_inside():
    outer, alone = within(OPENING), flow("a: {queue: x}")
    found = texts([outer, alone, outer])
    assert [kept.flow for kept in found] == ["test", "opening", "test"]
    assert found[0].inside == f"opening {found[1].sha256}"
    assert found[2].sha256 == alone.sha256


def test_only_what_is_served_otherwise_is_a_change():
    a, b = flow("a: {queue: x}"), flow("a: {queue: y}")
    before = {"a": a.sha256, "b": a.sha256, "gone": "99"}
    found = changes(before, {"a": a, "b": b, "new": a}, 7, ANNA)
    assert found == [
        (7, "b", b.sha256, "served", "reload", "cli anna", "shorter"),
        (7, "new", a.sha256, "served", "reload", "cli anna", "shorter"),
        (7, "gone", "99", "removed", "reload", "cli anna", "shorter"),
    ]
    assert changes({"a": a.sha256}, {"a": a}, 8, ANNA) == []


class Kept:
    """A ledger with one version in it."""

    def __init__(self, version):
        self.line = row(version)._asdict()

    def whole(self, _):
        return [self.line]


def test_a_version_that_another_flow_asked_for_is_read_by_itself():
    text = "flow: a\npurposes: {training: {basis: consent}}\n"
    text += "steps:\n  w: {queue: w, record: on}\n"
    kept = Kept(Version("a", "11", text, "a.yaml", ()))
    assert list(flow_of(kept, "11").steps) == ["w"]
