"""What the control API asks of whatever reloads."""

from eslflow.web.connection import REQUEST_S
from eslflow.web.reloads import PATIENCE_S, Wanted


def test_a_report_is_answered_before_its_request_is_cut():
    assert PATIENCE_S < REQUEST_S


def test_a_note_may_be_left_out():
    assert Wanted("reload", "cli anna").note == ""
