"""Files that only an identity opens."""

import io
import stat

import pyrage
import pytest

from eslflow.errors import Sealed, SettingsError
from eslflow.recordings import age

IDENTITY = pyrage.x25519.Identity.generate()
TO = str(IDENTITY.to_public())


def sealed(data, *to):
    out = io.BytesIO()
    age.encrypt(io.BytesIO(data), out, age.recipients(to or (TO,)))
    return out.getvalue()


def opened(data, *identities):
    out = io.BytesIO()
    age.decrypt(io.BytesIO(data), out, identities or (IDENTITY,))
    return out.getvalue()


def test_what_is_encrypted_is_decrypted_by_each_recipient():
    other = pyrage.x25519.Identity.generate()
    data = bytes(range(256)) * 1000
    file = sealed(data, TO, str(other.to_public()))
    assert file.startswith(b"age-encryption.org/v1\n")
    assert opened(file) == opened(file, other) == data


def test_another_identity_or_a_broken_file_opens_nothing():
    file = sealed(b"secret" * 50_000)
    with pytest.raises(Sealed, match="Is this the identity of a recipient"):
        opened(file, pyrage.x25519.Identity.generate())
    for broken in (file[:-1], file[:-20] + b"?" + file[-19:], b"no age", b""):
        with pytest.raises(Sealed, match="it cannot be decrypted"):
            opened(broken)


def test_a_full_disk_is_told_as_such():
    with open("/dev/full", "wb", buffering=0) as full:
        with pytest.raises(OSError, match="No space left"):
            age.encrypt(io.BytesIO(b"x" * 200_000), full, age.recipients((TO,)))
        with pytest.raises(OSError, match="No space left"):
            age.decrypt(io.BytesIO(sealed(b"x" * 200_000)), full, [IDENTITY])


def test_a_recipient_with_a_letter_wrong_is_told():
    wrong = TO[:-1] + ("q" if TO[-1] != "q" else "p")
    with pytest.raises(SettingsError, match="was a letter lost"):
        age.recipients((wrong,))


def test_an_identity_is_for_its_user_alone_and_never_overwritten(tmp_path):
    path = tmp_path / "officer.txt"
    recipient = age.make_identity(path, "2027-01-15")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = path.read_text().splitlines()
    assert lines[:2] == ["# created: 2027-01-15", f"# public key: {recipient}"]
    (identity,) = age.read_identities(path)
    assert opened(sealed(b"x", recipient), identity) == b"x"
    with pytest.raises(Sealed, match="File exists"):
        age.make_identity(path, "2027-01-15")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot read the identity"),
        ("# nothing\n", "holds no identity of age"),
        ("AGE-SECRET-KEY-1NEARLY", "holds no identity of age"),
        ("age-encryption.org/v1\n-> scrypt", "is itself encrypted"),
        ("-----BEGIN AGE ENCRYPTED FILE-----", "is itself encrypted"),
    ],
)
def test_what_holds_no_identity_is_told_without_its_content(tmp_path, text, told):
    path = tmp_path / "identity"
    if text is not None:
        path.write_text(text)
    with pytest.raises(Sealed, match=told) as caught:
        age.read_identities(path)
    assert "NEARLY" not in str(caught.value)


def test_without_its_library_nothing_is_encrypted(monkeypatch):
    monkeypatch.setattr(age, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="pip install pyrage"):
        age.recipients((TO,))
