"""Parts of a site's settings."""

from eslflow.parts import AtRest, Convert, Switch


def test_the_password_of_the_switch_is_not_shown():
    assert "secret" not in repr(Switch("pbx", 8021, "secret"))


def test_nothing_becomes_of_recordings_unless_it_is_wanted():
    rest = AtRest()
    assert rest.convert is None
    assert (rest.encrypt_to, rest.hook, rest.beep_s) == ((), (), 0)
    assert AtRest(convert=Convert("flac")).convert is Convert.FLAC
