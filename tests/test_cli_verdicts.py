"""What came of scenarios, in lines and in data."""

from pathlib import Path

from eslflow.check.covered import Coverage
from eslflow.check.happened import Difference
from eslflow.check.scenario import Scenario
from eslflow.cli.verdicts import FIRST, LAST, Report, Verdict, data, summary, told
from tests.steps_of import flow

FLOW = flow("hello: {announce: welcome}")
GOOD = Verdict(Scenario("fine", "x.yaml", 2, ()), (), ["   0.0 s  call"])
BAD = Verdict(
    Scenario("not fine", "x.yaml", 5, ()),
    (
        Difference("recorded", "true", "false", 7),
        Difference("path", "[hello]", "[bye]", 12),
    ),
    ["   0.0 s  call from 1 to 2"],
)
REPORT = Report(FLOW, Path("x.yaml"), (GOOD, BAD), Coverage(2, 3, ("step bye",)))


def test_both_sides_stand_side_by_side_with_their_lines():
    assert list(told(BAD)) == [
        "x.yaml:7: not fine",
        "                     expected | happened",
        "  line 7   recorded  true     | false",
        "  line 12  path      [hello]  | [bye]",
        "  The call:",
        "     0.0 s  call from 1 to 2",
    ]


def test_of_a_long_story_the_middle_is_left_out():
    story = [f"   {second}.0 s  asks" for second in range(1000)]
    long = Verdict(BAD.scenario, BAD.differences, story)
    lines = list(told(long))
    assert len(lines) == len(list(told(BAD))) - 1 + FIRST + 1 + LAST
    assert f"    ... {1000 - FIRST - LAST} lines more ..." in lines
    assert lines[-1] == "     999.0 s  asks"
    whole = data(Report(FLOW, Path("x"), (long,), REPORT.coverage))
    assert whole["scenarios"][0]["story"] == story


def test_a_summary_says_what_is_not_reached():
    assert list(summary(REPORT)) == [
        "x.yaml: 2 scenarios, 1 failed; 2 of 3 steps and endings (66 %)",
        "  not reached: step bye",
    ]
    one = Report(FLOW, Path("x.yaml"), (GOOD,), Coverage(1, 1, ()))
    assert "x.yaml: 1 scenario, 0 failed; 1 of 1" in next(summary(one))


def test_programs_get_all_of_it():
    found = data(REPORT)
    assert found["coverage"] == {
        **{"percent": 66, "reached": 2, "of": 3, "not_reached": ["step bye"]}
    }
    assert [scenario["passed"] for scenario in found["scenarios"]] == [True, False]
    assert found["scenarios"][1]["differences"][0] == {
        **{"what": "recorded", "expected": "true", "happened": "false", "line": 7}
    }
