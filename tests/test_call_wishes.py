"""What is asked of a running call."""

from eslflow.call.wishes import Answered, Want, Wish


def test_wants_read_as_people_write_them():
    assert [str(want) for want in Want] == ["on", "masked", "off"]


def test_a_mask_is_whose_who_asked_unless_a_hand_is_named():
    assert Wish(Want.MASKED, "token page").owner == "token page"
    assert Wish(Want.MASKED, "key 1001", hand="agent").owner == "agent"


def test_an_answer_says_no_more_than_there_is():
    answered = Answered("u-1", "masked", True)
    assert (answered.why, answered.until) == ("", 0)
