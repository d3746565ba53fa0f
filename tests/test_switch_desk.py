"""What is asked of a live call, and answered."""

from eslflow.switch.desk import Answered, LiveCall, Want, Wish


def test_a_mask_without_an_end_stays():
    assert Answered("a", "masked", True).until == 0
    assert Wish(Want.MASKED, "cli anna").for_s is None
    assert LiveCall("a", "", "", "support", "", "", "on", 1).until == 0


def test_wants_are_spelt_as_people_send_them():
    assert [want.value for want in Want] == ["on", "masked", "off"]
    assert Want("masked") is Want.MASKED
