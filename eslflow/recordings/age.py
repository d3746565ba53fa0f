"""Encryption in the format of age: a key for each file, wrapped to recipients.

In: files, and recipients (`age1...`) or identities (`AGE-SECRET-KEY-1...`). Out: files
that only an identity opens. The machine that records has recipients only, so whoever
takes its disk hears nothing. pyrage does the work and is imported only where it is
wanted. Must not keep an identity, nor write what it could not authenticate as whole.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

from eslflow.errors import Sealed, SettingsError

_IDENTITY = "AGE-SECRET-KEY-"
_LOCKED = ("age-encryption.org/", "-----BEGIN AGE ENCRYPTED FILE")
_MOST = 65_536


def demand_library() -> None:
    """Refuse to encrypt or decrypt where nothing can.

    Raises:
        SettingsError: pyrage is not installed.
    """
    if find_spec("pyrage") is None:
        raise SettingsError(
            "encryption needs pyrage, which is not installed: pip install pyrage"
        )


def recipients(texts: Sequence[str]) -> list[Any]:
    """Return whom files are encrypted to.

    Raises:
        SettingsError: one of them was not written as it was made.
    """
    demand_library()
    import pyrage

    found = []
    for text in texts:
        try:
            found.append(pyrage.x25519.Recipient.from_str(text))
        except pyrage.RecipientError as error:
            raise SettingsError(
                f"recording: encrypt_to: {text!r} is no recipient of age ({error}): "
                "was a letter lost? See the file that eslflow recordings keygen made"
            ) from error
    return found


def encrypt(reader: BinaryIO, writer: BinaryIO, to: Sequence[Any]) -> None:
    """Write a file that only the recipients' identities open.

    Raises:
        OSError: it cannot be read or written.
    """
    import pyrage

    try:
        pyrage.encrypt_io(reader, writer, to)
    except pyrage.EncryptError as error:
        raise OSError(5, f"it could not be encrypted ({error})") from error


def decrypt(reader: BinaryIO, writer: BinaryIO, identities: Sequence[Any]) -> None:
    """Write what a file holds; what comes out of a broken one is to be thrown away.

    Raises:
        Sealed: no identity opens it, or it is not what was encrypted.
        OSError: it cannot be written.
    """
    import pyrage

    try:
        pyrage.decrypt_io(reader, writer, identities)
    except (pyrage.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            # Not what was read is wrong, but where it is written to.
            raise
        raise Sealed(
            f"it cannot be decrypted: {error}. Is this the identity of a recipient "
            "that encrypt_to: named when it was recorded?"
        ) from error


def make_identity(path: Path, at: str) -> str:
    """Write a new identity that its user alone may read; return its recipient.

    Raises:
        Sealed: it cannot be written; nothing is overwritten.
    """
    demand_library()
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    # The form of age-keygen.
    text = f"# created: {at}\n# public key: {recipient}\n{identity}\n"
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Sealed(f"cannot make the identity {path}: {error.strerror}") from error
    return recipient


def read_identities(path: Path) -> list[Any]:
    """Return the identities of a file, as age-keygen writes it.

    Raises:
        Sealed: there are none in it.
    """
    demand_library()
    try:
        with path.open("rb") as file:
            text = file.read(_MOST).decode("ascii", "replace")
    except OSError as error:
        raise Sealed(f"cannot read the identity {path}: {error.strerror}") from error
    if text.startswith(_LOCKED):
        raise Sealed(
            f"the identity {path} is itself encrypted: age --decrypt -o PLAIN {path} "
            "asks for its passphrase; remove PLAIN afterwards"
        )
    lines = (line.strip() for line in text.splitlines())
    return [_identity(line, path) for line in lines if line and line[0] != "#"] or (
        _none(path)
    )


def _identity(line: str, path: Path) -> Any:
    import pyrage

    try:
        return pyrage.x25519.Identity.from_str(line)
    except pyrage.IdentityError:
        # Never the line itself: what is nearly a secret is one.
        return _none(path)


def _none(path: Path) -> Any:
    raise Sealed(
        f"{path} holds no identity of age: a line that begins with {_IDENTITY}1, as "
        "eslflow recordings keygen and age-keygen write it"
    )
