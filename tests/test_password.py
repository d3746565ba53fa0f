"""The password of the switch's own socket."""

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


def test_a_password_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(PasswordError, match="cannot be read") as refused:
        password_in(tmp_path / "none", "Or so.")
    assert refused.value.hint == "Or so."
    (tmp_path / "pw").write_bytes(b"\xff")
    with pytest.raises(PasswordError, match="cannot be read"):
        password_in(tmp_path / "pw", "")
