"""What is kept of a call."""

from eslflow.call.records import Reason, State


def test_words_are_stored_as_they_read():
    assert (str(State.NOT_ASKED), str(Reason.BROKEN_PROMPT)) == (
        "not_asked",
        "broken_prompt",
    )
