"""Why a code of a check matters."""

import pytest

from eslflow.check.lint import RULES, lint
from eslflow.check.prove import RULES as PROVED
from eslflow.cli.why import codes, explained
from eslflow.flow.codes import SORTS
from eslflow.flow.load import load
from eslflow.steps import KINDS
from tests.command import run


def test_every_code_of_a_check_and_of_a_proof_can_be_asked_for():
    known = {*SORTS, *(rule.code for rule in (*RULES, *PROVED))}
    assert known <= codes().keys()
    assert all(code.means and code.why for code in codes().values())


@pytest.mark.parametrize(
    ("code", "head"),
    [
        ("key-unsaid", "key-unsaid (error)"),
        ("[untold]", "untold (warning)"),
        ("old-audio", "old-audio (error for a notice, warning for a prompt)"),
        ("unmasked", "unmasked (error)"),
    ],
)
def test_a_code_is_told_with_its_kind(tmp_path, code, head):
    done = run(tmp_path, "check", "--explain", code)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == head
    assert ("Wrong:" in done.stdout) == (code in ("key-unsaid", "[untold]"))


def test_an_example_is_a_whole_flow_that_shows_it(tmp_path):
    told = run(tmp_path, "check", "--explain", "key-unsaid").stdout
    bad, _, good = told.partition("Wrong:\n\n")[2].partition("\nRight:\n\n")
    for example, found in ((bad, {"key-unsaid"}), (good, set())):
        flow = load(example.encode(), "example.yaml", KINDS)
        assert {told.rule.code for told in lint(flow, example.encode())} == found


def test_a_code_is_taken_in_any_case(tmp_path):
    for word in ("KEY-UNSAID", "[Key-unsaid]"):
        assert explained(word) == explained("key-unsaid")
    assert explained("KEY-UNSAID").startswith("key-unsaid (")
    said = run(tmp_path, "check", "--explain", "KEY-UNSAD").stderr
    assert "Did you mean 'key-unsaid'?" in said


def test_a_code_that_is_none_is_told_with_those_that_are(tmp_path):
    done = run(tmp_path, "check", "--explain", "key-unsad")
    assert done.exit_code == 2
    assert "there is no code 'key-unsad'. Did you mean 'key-unsaid'?" in done.stderr
    assert "There are: not-yaml, " in done.stderr
    assert (
        "no code 'xx'. There are: " in run(tmp_path, "check", "--explain", "xx").stderr
    )
