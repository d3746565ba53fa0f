"""A site's settings."""

import os

import pytest

from eslflow.errors import FlowErrors, SettingsError
from eslflow.settings import (
    PASSWORD,
    AtRest,
    Control,
    Convert,
    Reload,
    load_settings,
)


@pytest.fixture
def site(tmp_path):
    def write(text=""):
        (tmp_path / "eslflow.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def problems(folder):
    with pytest.raises(FlowErrors) as caught:
        load_settings(folder)
    return [problem.problem for problem in caught.value.problems]


@pytest.mark.parametrize("text", ["", "# only comments\n"])
def test_everything_has_a_default(site, text):
    settings = load_settings(site(text))
    assert (settings.host, settings.port) == ("127.0.0.1", 8084)
    assert settings.allow == ("127.0.0.1", "::1")
    assert settings.emergency is None
    assert settings.ledger.name == "eslflow.db"
    assert settings.ledger.is_absolute()
    assert settings.free_space == 10**9
    assert settings.switch is None
    assert settings.reload is Reload.ON_REQUEST


def test_every_setting_can_be_given(site, tmp_path):
    (tmp_path / "pw").write_text("secret\n")
    (tmp_path / "pw").chmod(0o600)
    settings = load_settings(
        site(
            "listen: '[::1]:9000'\nallow: [192.0.2.1]\nmost_calls: 7\ndrain: 2m\n"
            "default_flow: a\nnumbers: {'100': b}\nflows: f\nsounds: s\n"
            "recordings: /srv/rec\nfree_space: 20GB\nledger: x.db\n"
            "switch: {address: 'pbx:8021', password_file: pw}\n"
            "control: {listen: '[::1]:9001', tokens: t.yaml}\nreload: on_change\n"
        )
    )
    assert (settings.host, settings.port, settings.most_calls) == ("::1", 9000, 7)
    assert (settings.allow, settings.drain_s) == (("192.0.2.1",), 120.0)
    assert (settings.default_flow, settings.numbers) == ("a", {"100": "b"})
    assert settings.flows == (tmp_path / "f").resolve()
    assert str(settings.recordings) == "/srv/rec"
    assert settings.free_space == 20 * 10**9
    assert settings.switch is not None
    assert (settings.switch.host, settings.switch.password) == ("pbx", "secret")
    assert settings.reload is Reload.ON_CHANGE
    assert settings.control == Control("::1", 9001, (tmp_path / "t.yaml").resolve())


def test_the_control_api_is_off_unless_it_is_asked_for(site, tmp_path):
    assert load_settings(site()).control is None
    tokens = (tmp_path / "tokens.yaml").resolve()
    control = load_settings(site("control: {}\n")).control
    assert control == Control("127.0.0.1", 8085, tokens)


RECIPIENT = "age1" + "q" * 58


def test_recordings_rest_as_they_are_unless_it_is_asked_for(site):
    assert load_settings(site()).recording == AtRest(None, (), (), 0.0)
    assert load_settings(site("recording: {}\n")).recording == AtRest()
    text = (
        "recording: {convert: opus, encrypt_to: [%s], hook: [/bin/up, -q], beep: 15s}"
    )
    assert load_settings(site(text % RECIPIENT)).recording == AtRest(
        Convert.OPUS, (RECIPIENT,), ("/bin/up", "-q"), 15.0
    )


def test_a_secret_key_in_the_settings_is_told_as_what_it_is(site):
    with pytest.raises(FlowErrors) as caught:
        load_settings(site("recording: {encrypt_to: [AGE-SECRET-KEY-1X]}\n"))
    (problem,) = caught.value.problems
    assert problem.problem == "this is an identity, which decrypts: it must not be here"
    assert "Make new ones both" in problem.hint


def test_the_password_can_come_from_the_environment(site, monkeypatch):
    monkeypatch.setenv(PASSWORD, "from outside")
    settings = load_settings(site("switch: {}\n"))
    assert settings.switch is not None
    assert settings.switch.password == "from outside"
    assert settings.switch.port == 8021


def test_a_password_that_is_not_there_is_told_with_file_line_and_a_way_out(site):
    with pytest.raises(FlowErrors) as caught:
        load_settings(site("switch: {password_file: pw}\n"))
    told = str(caught.value)
    assert "eslflow.yaml:1:25: the password file " in told
    assert "/pw is not there [secret]" in told
    assert "Errno" not in told
    assert f"Or give the password in the environment, as {PASSWORD}." in told
    with pytest.raises(FlowErrors, match="a list stands where the name of a file is"):
        load_settings(site("switch: {password_file: [pw]}\n"))


def test_a_password_that_everybody_can_read_is_refused(site, tmp_path):
    (tmp_path / "pw").write_text("secret\n")
    (tmp_path / "pw").chmod(0o644)
    with pytest.raises(FlowErrors) as refused:
        load_settings(site("switch: {password_file: pw}\n"))
    (problem,) = refused.value.problems
    assert "others may read" in problem.problem
    assert "chmod 600" in problem.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("listn: 127.0.0.1:1\n", "'listn' is not an option of eslflow.yaml."),
        ("listen: 8084\n", "this is no address"),
        ("listen: a:99999\n", "this is no address"),
        ("listen: [a]\n", "this is no address"),
        ("allow: 127.0.0.1\n", "allow is a list"),
        ("emergency: 112\n", "emergency is a list"),
        ("emergency: [police]\n", "'police' is no number"),
        ("emergency: [[]]\n", "a list stands where a number is"),
        ("country: Germany\n", "'Germany' is no country"),
        ("country: de\n", "'de' is no country"),
        ("country: [DE]\n", "a list stands where text is wanted"),
        ("never_record: 1001\n", "a number stands where numbers are wanted"),
        ('extensions: ["*"]\n', "'*' is no number, nor how one begins"),
        ("sounds_rate: 44100\n", "'44100' is not right here"),
        ("most_calls: 0\n", "most_calls: 0 is too small (1 to 100000)"),
        ("drain: 30\n", "'30' is no duration"),
        ("free_space: 1000\n", "'1000' is no size"),
        ("numbers: [a]\n", "a list stands where numbers are"),
        ('numbers: {"1 2": a}\n', "'1 2' cannot be the name of a number"),
        ("numbers: {1: a, 1: b}\n", "the number '1' stands twice"),
        ("numbers: {1: [], 1: b}\n", "the number '1' stands twice"),
        ("allow: [localhost]\n", "'localhost' is no IP address"),
        ("allow: [192.0.2.0/24]\n", "'192.0.2.0/24' is no IP address"),
        ("allow: [[]]\n", "a list stands where an address is"),
        ("switch: here\n", "text stands where"),
        ("control: 8085\n", "a number stands where"),
        ("control: {port: 1}\n", "'port' is not an option of control"),
        ("control: {listen: 8085}\n", "this is no address"),
        ("control: {listen: 'a:1', tokens: []}\n", "a list stands where text is"),
        ("switch: {password_file: none}\n", "the password file "),
        ("recording: /srv/rec\n", "text stands where {convert: ...} is wanted"),
        ("recording: {convert: mp3}\n", "'mp3' is not right here"),
        ("recording: {encrpyt_to: []}\n", "'encrpyt_to' is not an option of recording"),
        ("recording: {encrypt_to: age1x}\n", "text stands where a list is wanted"),
        ("recording: {encrypt_to: []}\n", "nothing stands where a list is wanted"),
        ("recording: {encrypt_to: [age1x]}\n", "'age1x' is no recipient of age"),
        ("recording: {encrypt_to: [[]]}\n", "a list stands where text is wanted"),
        ("recording: {hook: /bin/up}\n", "text stands where a list is wanted"),
        ("recording: {hook: [up]}\n", "'up' is no whole path"),
        ("recording: {beep: 15}\n", "'15' is no duration"),
        ("recording: {beep: 1s}\n", "'1s' is out of range"),
        ("flows: [a]\n", "a list stands where text is"),
    ],
)
def test_each_mistake_is_named(site, text, expected):
    found = problems(site(text))
    assert any(problem.startswith(expected) for problem in found), found


def test_a_rate_that_is_not_taken_is_told_with_those_that_are(site):
    with pytest.raises(FlowErrors) as caught:
        load_settings(site("sounds_rate: 44100\n"))
    told = str(caught.value)
    assert "'44100' is not right here [wrong-value]" in told
    assert told.endswith("Takes 8000 or 16000.")


def test_a_folder_that_is_no_site_is_told(tmp_path):
    with pytest.raises(SettingsError, match="Make one with"):
        load_settings(tmp_path)
    (tmp_path / "eslflow.yaml").mkdir()
    told = r"yaml cannot be read: Is a directory\. Put the settings of the site there"
    with pytest.raises(SettingsError, match=told):
        load_settings(tmp_path)


def test_nobody_waits_for_settings_that_are_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "eslflow.yaml")
    told = r"yaml cannot be read: Not a regular file, but a pipe.*\. Put the settings"
    with pytest.raises(SettingsError, match=told):
        load_settings(tmp_path)
    (tmp_path / "eslflow.yaml").unlink()
    (tmp_path / "eslflow.yaml").symlink_to("/dev/zero")
    with pytest.raises(SettingsError, match=told):
        load_settings(tmp_path)


@pytest.mark.parametrize("name", ["with blank", "with$dollar", "quote'"])
def test_a_path_that_the_switch_cannot_use_is_told(site, name):
    with pytest.raises(FlowErrors) as caught:
        load_settings(site(f'drain: 5\nsounds: "{name}"\nrecordings: "{name}"\n'))
    found = [(p.line, p.problem[:30]) for p in caught.value.problems]
    cannot = "FreeSWITCH cannot use the path"
    assert found == [(1, "'5' is no duration"), (2, cannot), (3, cannot)]


def test_a_site_whose_own_path_the_switch_cannot_use_is_told(tmp_path):
    folder = tmp_path / "with blank"
    folder.mkdir()
    (folder / "eslflow.yaml").write_text("# a site\n")
    with pytest.raises(SettingsError, match="Move the site"):
        load_settings(folder)


@pytest.mark.parametrize(
    ("listed", "numbers"), [("112, '0112'", {"112", "0112"}), ("", set())]
)
def test_a_site_may_have_other_emergency_numbers(site, listed, numbers):
    settings = load_settings(site(f"emergency: [{listed}]\n"))
    assert settings.emergency == numbers


def test_some_are_never_recorded_and_some_are_the_offices_own(site):
    settings = load_settings(site('never_record: [1001, "20*"]\nextensions: ["10*"]\n'))
    assert settings.never_record == ("1001", "20*")
    assert settings.extensions == ("10*",)
    assert load_settings(site()).never_record == ()


def test_the_country_of_numbers_that_name_none(site):
    assert load_settings(site("country: DE\n")).country == "DE"
    assert load_settings(site()).country == ""
