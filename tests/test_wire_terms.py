"""FreeSWITCH's spelling."""

from eslflow.wire import terms


def test_a_word_reads_as_it_is_sent():
    assert str(terms.App.PLAY_AND_GET_DIGITS) == "play_and_get_digits"
    assert f"{terms.EventName.RECORD_STOP}" == "RECORD_STOP"
    assert terms.RecordAction.START == "start"
