"""JUnit XML."""

from xml.etree import ElementTree as ET

from eslflow.check.scenario import Scenario
from eslflow.cli import junit
from eslflow.cli.verdicts import Verdict
from tests.test_cli_verdicts import REPORT


def test_a_suite_is_a_flow_and_a_case_a_scenario():
    top = ET.fromstring(junit.text([REPORT]))  # noqa: S314
    (suite,) = top.findall("testsuite")
    assert suite.attrib == {
        **{"name": "test", "tests": "2", "failures": "1", "skipped": "0"},
        **{"file": "x.yaml"},
    }
    good, bad = suite.findall("testcase")
    assert (good.get("name"), good.get("line")) == ("fine", "2")
    assert good.find("failure") is None
    failure = bad.find("failure")
    assert failure.get("message") == "recorded: true | false"
    assert "call from 1 to 2" in failure.text


def test_what_a_caller_is_called_cannot_break_the_file():
    bad = REPORT.verdicts[1]
    name = Scenario('<a> & "b"\x1b', "x.yaml", 1, ())
    report = type(REPORT)(
        *(REPORT.flow, REPORT.path),
        (Verdict(name, bad.differences, ["\x00 <call>"]),),
        REPORT.coverage,
    )
    (case,) = ET.fromstring(junit.text([report])).iter("testcase")  # noqa: S314
    assert case.get("name") == '<a> & "b"\ufffd'
