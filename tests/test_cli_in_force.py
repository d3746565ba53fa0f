"""What is in force, and where it came from."""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import pytest

from eslflow.cli import in_force as module
from eslflow.cli.in_force import Source, in_force, password_file
from eslflow.errors import FlowErrors
from eslflow.settings import KEYS, PASSWORD


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.delenv(PASSWORD, raising=False)

    def write(text=""):
        (tmp_path / "eslflow.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def found(folder):
    return {value.name: value[1:] for value in in_force(folder)}


def test_every_setting_has_its_default(site, tmp_path):
    values = found(site())
    assert list(values) == list(KEYS)
    assert {source for _, source, _ in values.values()} == {Source.DEFAULT}
    assert values["listen"] == ("127.0.0.1:8084", Source.DEFAULT, "")
    assert values["drain"][0] == "30s"
    assert values["ledger"][0] == str(tmp_path / "eslflow.db")
    assert "112" in values["emergency"][0]
    assert values["switch"][0] is None
    assert values["control"][0] is None
    assert values["recording"][0]["convert"] is None


def test_a_country_has_its_numbers_for_help_unless_the_office_lists_them(site):
    assert set(found(site("country: FR\n"))["emergency"][0]) > {"15", "17", "18", "112"}
    listed = found(site("country: FR\nemergency: [112]\n"))
    assert listed["emergency"][0] == ["112"]


def test_what_stands_in_the_file_has_its_line(site):
    values = found(
        site(
            "# a site\nlisten: '[::1]:9000'\n\ndrain: 2m\nallow: [192.0.2.1]\n"
            "numbers: {'100': a}\nemergency: [112]\nextensions: ['10*']\n"
        )
    )
    assert values["listen"] == ("[::1]:9000", Source.FILE, "eslflow.yaml:2")
    assert values["drain"] == ("120s", Source.FILE, "eslflow.yaml:4")
    assert values["allow"] == (["192.0.2.1"], Source.FILE, "eslflow.yaml:5")
    assert values["numbers"] == ({"100": "a"}, Source.FILE, "eslflow.yaml:6")
    assert values["emergency"] == (["112"], Source.FILE, "eslflow.yaml:7")
    assert values["most_calls"] == (2000, Source.DEFAULT, "")


def test_a_setting_that_holds_others_is_told_by_each(site, tmp_path):
    values = found(
        site("recording:\n  convert: flac\n  beep: 15s\ncontrol:\n  listen: 'h:1'\n")
    )
    assert "recording" not in values
    assert values["recording.convert"] == ("flac", Source.FILE, "eslflow.yaml:2")
    assert values["recording.beep"] == ("15s", Source.FILE, "eslflow.yaml:3")
    assert values["recording.hook"] == (None, Source.DEFAULT, "")
    assert values["control.listen"] == ("h:1", Source.FILE, "eslflow.yaml:5")
    tokens = str(tmp_path / "tokens.yaml")
    assert values["control.tokens"] == (tokens, Source.DEFAULT, "")


def test_no_password_is_shown_but_where_it_stands(site, tmp_path):
    (tmp_path / "pw").write_text("s3cret")
    (tmp_path / "pw").chmod(0o600)
    folder = site("switch:\n  address: 'pbx:8021'\n  password_file: pw\n")
    values = found(folder)
    assert values["switch.address"] == ("pbx:8021", Source.FILE, "eslflow.yaml:2")
    said = ("(set, not shown)", Source.FILE, "eslflow.yaml:3")
    assert values["switch.password"] == said
    assert "s3cret" not in str(values)
    assert password_file(folder) == tmp_path / "pw"


def test_a_password_of_the_environment_is_told_by_its_name(site, monkeypatch):
    folder = site("switch: {}\n")
    assert found(folder)["switch.password"] == ("(empty)", Source.DEFAULT, "")
    monkeypatch.setenv(PASSWORD, "s3cret")
    values = found(folder)
    assert values["switch.password"] == (
        "(set, not shown)",
        Source.ENVIRONMENT,
        PASSWORD,
    )
    assert "s3cret" not in str(values)
    assert password_file(folder) is None


def test_a_password_file_comes_before_the_environment(site, monkeypatch, tmp_path):
    monkeypatch.setenv(PASSWORD, "other")
    (tmp_path / "pw").write_text("s3cret")
    (tmp_path / "pw").chmod(0o600)
    values = found(site("switch: {password_file: pw}\n"))
    assert values["switch.password"][1:] == (Source.FILE, "eslflow.yaml:1")


def test_arguments_of_a_program_are_not_shown(site):
    values = found(site("recording: {hook: [/usr/bin/up, --token, s3cret]}\n"))
    assert values["recording.hook"][0] == "/usr/bin/up and 2 arguments, not shown"
    values = found(site("recording: {hook: [/usr/bin/up]}\n"))
    assert values["recording.hook"][0] == "/usr/bin/up"


def test_settings_are_checked_as_strictly_as_ever(site):
    with pytest.raises(FlowErrors, match="Did you mean 'listen'"):
        in_force(site("lisen: x\n"))


def test_a_value_is_shown_as_json_has_it_without_what_is_hidden():
    class Word(Enum):
        ONE = "one"

    @dataclass
    class Thing:
        name: str
        secret: str = field(repr=False)

    plain = module._plain
    assert plain(Word.ONE) == "one"
    assert plain(Path("/x")) == "/x"
    assert plain((Path("/x"), 1)) == ["/x", 1]
    assert plain(frozenset({"a"})) == ["a"]
    assert plain({"a": Word.ONE}) == {"a": "one"}
    assert plain(Thing("a", "s3cret")) == {"name": "a"}
    assert plain(None) is None
