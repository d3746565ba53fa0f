"""Why a request is not done."""

from eslflow.web.refusal import Refusal, quoted


def test_it_tells_what_is_wrong_and_how_to_mend_it():
    refusal = Refusal(409, "the step is masked", "Wait for the next", recording="on")
    assert str(refusal) == "the step is masked. Wait for the next"
    assert refusal.body() == {
        "error": "the step is masked",
        "hint": "Wait for the next",
        "recording": "on",
    }
    assert str(Refusal(404, "no such call")) == "no such call"
    assert refusal.headers == {}


def test_little_of_what_was_sent_is_repeated():
    assert quoted("a\n\x1b") == r"'a\n\x1b'"
    assert len(quoted("x" * 5000)) < 70
