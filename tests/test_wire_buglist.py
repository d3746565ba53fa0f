"""The answer to `uuid_buglist`."""

import pytest

from eslflow.wire.buglist import recorders

BUG = (
    " <media-bug>\n  <function>%s</function>\n  <target>%s</target>\n"
    "  <thread-locked>0</thread-locked>\n </media-bug>\n"
)


@pytest.mark.parametrize(
    ("bugs", "found"),
    [
        ((), ()),
        ((("session_record", "/r/u-1.wav"),), ("/r/u-1.wav",)),
        (
            (("eavesdrop", "u-2"), ("session_record", "/r/a&b<c>.wav")),
            ("/r/a&b<c>.wav",),
        ),
        (
            (("session_record", "/r/1.wav"), ("session_record", "/other/2.wav")),
            ("/r/1.wav", "/other/2.wav"),
        ),
    ],
)
def test_the_files_of_recorders_are_found_as_they_are(bugs, found):
    text = f"<media-bugs>\n{''.join(BUG % bug for bug in bugs)}</media-bugs>\n"
    assert recorders(text) == found


@pytest.mark.parametrize("text", ["", "-ERR No such channel!", "no answer"])
def test_an_answer_that_is_no_list_says_nothing(text):
    assert recorders(text) is None
