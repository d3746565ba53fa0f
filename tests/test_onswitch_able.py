"""What of a scenario no real switch can be made to do."""

import pytest

from eslflow.check.scenario import Fault, Scenario
from eslflow.onswitch.able import why_not


def reason(**more):
    return why_not(Scenario("one", "x.yaml", 1, (), **more))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.REFUSE, "refuse mask"),
        (Fault.LIE, "lie about mask"),
        (Fault.LOSE, "lose the event of mask"),
        (Fault.LATE, "be late with mask"),
    ],
)
def test_a_switch_that_is_wrong_cannot_be_had(fault, words):
    found = reason(faults={fault: ("mask",)})
    assert found == f"a real switch cannot be made to {words}"


def test_a_file_that_is_not_there_can():
    assert reason(faults={Fault.CANNOT_PLAY: ("all",)}) == ""
    assert reason(press=("1",), agent=("hold",), called="112") == ""


@pytest.mark.parametrize("act", ["pass_on", "pass_outside"])
def test_nobody_else_is_called_to_take_a_call_over(act):
    assert reason(agent=("1", act)).startswith("an agent hands the call over")


@pytest.mark.parametrize("name", ["caller", "caller_name", "called"])
@pytest.mark.parametrize("text", ["a,hangup", "${system(id)}", "it's", "a:b", "x" * 81])
def test_what_freeswitch_would_read_is_not_given_to_it(name, text):
    found = reason(**{name: text})
    assert found == f"{name} has characters that are not given to a real switch"


def test_all_reasons_are_told():
    found = reason(faults={Fault.REFUSE: ("mask", "stop")}, caller="a,b")
    assert "refuse mask, stop; caller has" in found
