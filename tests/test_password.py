"""The password of the switch's own socket."""

import os
from pathlib import Path

import pytest

from eslflow.password import PasswordError, password_in


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o400])
def test_a_password_of_few_is_taken(tmp_path, mode):
    path = tmp_path / "pw"
    path.write_text("secret\n")
    path.chmod(mode)
    assert password_in(path, "") == "secret"


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604])
def test_a_password_that_everybody_can_read_is_none(tmp_path, mode):
    path = tmp_path / "pw"
    path.write_text("secret\n")
    path.chmod(mode)
    with pytest.raises(PasswordError, match="others may read") as refused:
        password_in(path, "")
    assert f"chmod 600 {path}" in refused.value.hint


def test_a_password_that_cannot_be_read_is_told_with_what_mends_it(tmp_path):
    place, path = tmp_path / "place", tmp_path / "pw"
    os.mkfifo(place)
    path.write_bytes(b"\xff")
    for where, problem, hint in (
        (
            tmp_path / "none",
            "is not there",
            f"Write it there, then: chmod 600 {tmp_path}",
        ),
        (path / "in", "is not there", "Write it there"),
        (tmp_path, "is a folder", "Name a file"),
        (place, "is a pipe, a socket or a device", "Name a file"),
        (path, "is no text in UTF-8", "Write it anew"),
    ):
        with pytest.raises(PasswordError) as refused:
            password_in(where, "Or so.")
        assert str(refused.value) == f"the password file {where} {problem}"
        assert refused.value.hint.startswith(hint)
        assert refused.value.hint.endswith(" Or so.")


def test_a_password_of_another_user_is_told_so(tmp_path, monkeypatch):
    def denied(path, mode):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(
        PasswordError, match="pw cannot be read: Permission denied$"
    ) as (refused):
        password_in(tmp_path / "pw", "Or so.")
    assert refused.value.hint.startswith("Let this user read it")


def test_a_file_that_is_there_but_broken_is_told_with_the_reason(tmp_path, monkeypatch):
    def fails(path, mode):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", fails)
    with pytest.raises(PasswordError, match="cannot be read: Input/output error$"):
        password_in(tmp_path / "pw", "Or so.")
