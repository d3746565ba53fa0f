"""JUnit XML, which build servers read: a suite for each flow, a case for each scenario.

In: what came of scenarios. Out: a file's text. Must not judge.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from eslflow.cli.verdicts import Report, told
from eslflow.errors import visible


def text(reports: Iterable[Report]) -> str:
    """Return the reports as JUnit XML."""
    top = ET.Element("testsuites")
    for report in reports:
        suite = ET.SubElement(
            top,
            "testsuite",
            name=report.flow.name,
            tests=str(len(report.verdicts)),
            failures=str(report.failures),
            skipped=str(report.skips),
            file=str(report.path),
        )
        for verdict in report.verdicts:
            scenario = verdict.scenario
            case = ET.SubElement(
                suite,
                "testcase",
                classname=report.flow.name,
                name=visible(scenario.name),
                file=scenario.file,
                line=str(scenario.line),
            )
            if verdict.skipped:
                ET.SubElement(case, "skipped", message=visible(verdict.skipped))
            if verdict.differences:
                first = verdict.differences[0]
                words = f"{first.what}: {first.expected} | {first.happened}"
                failure = ET.SubElement(case, "failure", message=visible(words))
                failure.text = "\n".join(map(visible, told(verdict)))
    ET.indent(top)
    return ET.tostring(top, encoding="unicode", xml_declaration=True) + "\n"
