"""Records of what the office does beside calls."""

from eslflow.call import housekeeping, records


def test_they_are_rows_as_those_of_a_call():
    for name in (
        "AgentAgreed",
        "Erasure",
        "FlowServed",
        "FlowVersion",
        "LegalHold",
        "Look",
    ):
        assert getattr(records, name) is getattr(housekeeping, name)


def test_a_look_at_a_call_is_at_nobody_in_particular():
    look = housekeeping.Look(7, "anne", "show", "u-1", "", "file 17")
    assert look.subject == ""
