"""The site's tokens, as they are read."""

import os

import pytest

from eslflow.errors import FlowErrors, SettingsError
from eslflow.web.scopes import Scope
from eslflow.web.tokens import (
    Tokens,
    digest,
    find,
    micros,
    new_secret,
    parse,
    read_tokens,
)

SECRET = "eslflow_for-tests-only"
TEXT = f"""\
payment-page:
  sha256: {digest(SECRET)}
  scopes: [recording:mask, recording:unmask]
  agents: [1001, "1002"]
  expires: 2027-01-31
"""


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "tokens.yaml", TEXT)


def write(path, text, mode=0o600):
    new = path.with_name("new")
    new.write_text(text)
    new.chmod(mode)
    return new.rename(path)


def test_a_token_permits_what_the_file_says(path):
    token = find(read_tokens(path), SECRET)
    assert token.who.by == "token payment-page"
    assert token.who.scopes == {Scope.MASK, Scope.UNMASK}
    assert token.who.agents == {"1001", "1002"}
    assert token.expires == micros("2027-01-31T00:00:00Z") == 1801353600000000


def test_any_other_token_permits_nothing(path):
    tokens = read_tokens(path)
    for shown in ("", SECRET[:-1], SECRET + "x", digest(SECRET), "\udcff", "é"):
        assert find(tokens, shown) is None


def test_tokens_are_long_and_differ():
    assert len(new_secret()) > 45
    assert new_secret() != new_secret()


def test_without_a_file_there_are_no_tokens(tmp_path):
    assert read_tokens(tmp_path / "none.yaml") == {}
    assert parse(b"# nobody yet\n", "tokens.yaml") == {}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o602])
def test_a_file_that_others_can_read_or_write_is_refused(path, mode):
    path.chmod(mode)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_tokens(path)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    told = r"cannot be read: Is a directory\. .* a file: control: {tokens: tokens.yaml}"
    with pytest.raises(SettingsError, match=told):
        read_tokens(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SettingsError, match="Not a regular file, but a pipe"):
        read_tokens(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a\n", "a list stands where tokens are"),
        ("A b: {}\n", "'A b' cannot be the name of a token"),
        ("a: 1\n", "a number stands where"),
        ("a: {}\n", "'sha256' is missing"),
        ("a: {sha256: abc}\n", "this is no SHA-256"),
        ("a: {sha256: [a]}\n", "a list stands where"),
        ("a: {scope: [calls:read]}\n", "'scope' is not an option of a. Did you mean"),
        ("a: {scopes: []}\n", "a list such as [recording:mask] is wanted"),
        ("a: {scopes: calls:read}\n", "a list such as [recording:mask] is wanted"),
        ("a: {scopes: [recording:msak]}\n", "Did you mean 'recording:mask'?"),
        ("a: {agents: []}\n", 'a list such as ["1001"] is wanted'),
        ("a: {agents: ['a b']}\n", "'a b' is no extension"),
        ("a: {agents: [[]]}\n", "a list stands where"),
        ("a: {expires: soon}\n", "'soon' is no date"),
        ("a: {expires: []}\n", "a list stands where"),
    ],
)
def test_everything_that_is_wrong_is_told_with_its_place(text, told):
    with pytest.raises(FlowErrors) as caught:
        parse(text.encode(), "tokens.yaml")
    assert told in str(caught.value)
    assert str(caught.value).startswith("tokens.yaml:1:")


def test_a_change_takes_effect_at_once(path):
    tokens = Tokens(path)
    assert find(tokens.now(), SECRET)
    write(path, "# nobody any more\n")
    assert tokens.now() == {}
    path.unlink()
    assert tokens.now() == {}
    write(path, TEXT)
    assert find(tokens.now(), SECRET)


@pytest.mark.parametrize(("text", "mode"), [("a: {}\n", 0o600), (TEXT, 0o644)])
def test_a_file_gone_wrong_locks_nobody_out_and_is_told(path, caplog, text, mode):
    tokens = Tokens(path)
    write(path, text, mode)
    assert find(tokens.now(), SECRET)
    assert tokens.problem
    assert "the tokens stay as they were" in caplog.text
    caplog.clear()
    assert tokens.now()
    assert caplog.text == ""
    write(path, TEXT)
    assert tokens.now()
    assert tokens.problem == ""


def test_an_edit_in_place_is_seen_too(path):
    tokens = Tokens(path)
    path.write_text(TEXT.replace("2027", "2028"))
    os.utime(path, ns=(1, 1))
    assert tokens.now()["payment-page"].expires == micros("2028-01-31")
