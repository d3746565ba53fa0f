"""What can happen to a call."""

from eslflow.call.events import CallEnded, Executed, Told


def test_variables_that_are_told_are_found_and_no_others():
    told = Told({"a": "1"})
    assert (told.variable("a"), told.variable("b")) == ("1", None)
    assert Executed("m").variables.variable("a") is None


def test_an_ending_reads_as_a_person_says_it():
    assert str(CallEnded("hung_up", "NORMAL_CLEARING")) == "hung up (NORMAL_CLEARING)"
    assert str(CallEnded("lost")) == "lost"
