"""Changes of `tokens.yaml`: a token more, a token less.

In: a token, or the name of one. Out: the file replaced as a whole, its comments kept.
Must not see a secret.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

from eslflow.errors import EslflowError, FlowErrors
from eslflow.flow.document import Document
from eslflow.web.tokens import Token, parse, read_tokens

HEAD = """\
# Who may use the control API. Made by `eslflow tokens`; a change takes effect at once.
"""


def add(path: Path, token: Token) -> None:
    """Write one more token into the file.

    Raises:
        EslflowError: the name is taken, or the file cannot be written.
    """
    tokens = read_tokens(path)
    if token.name in tokens:
        raise EslflowError(
            f"there is a token '{token.name}' already. Take another name, or run "
            f"eslflow tokens revoke {token.name} first"
        )
    text = _text(path) or HEAD
    end = "" if text.endswith("\n") else "\n"
    _replace(path, text + end + _block(token), {**tokens, token.name: token})


def _block(token: Token) -> str:
    lines = [f"{token.name}:", f"  sha256: {token.sha256}"]
    lines.append(f"  scopes: [{', '.join(map(str, token.scopes))}]")
    if token.agents:
        agents = ", ".join(f'"{agent}"' for agent in token.agents)
        lines.append(f"  agents: [{agents}]")
    if token.expires:
        at = datetime.fromtimestamp(token.expires / 1e6, tz=timezone.utc)
        lines.append(f"  expires: {at.strftime('%Y-%m-%dT%H:%M:%SZ')}")
    return "\n".join(lines) + "\n"


def revoke(path: Path, name: str) -> None:
    """Take a token out of the file; the rest of it stays as it is.

    Raises:
        EslflowError: there is none of that name, or the file cannot be written.
    """
    tokens = read_tokens(path)
    if tokens.pop(name, None) is None:
        known = ", ".join(tokens) or "none"
        raise EslflowError(f"there is no token '{name}'. There are: {known}")
    text = _text(path)
    document = Document(text.encode(), str(path))
    starts = {key.text: key.mark.line - 1 for key, _ in document.read().pairs}
    lines = text.splitlines(keepends=True)
    start = starts[name]
    end = min((n for n in starts.values() if n > start), default=len(lines))
    _replace(path, "".join(lines[:start] + lines[end:]), tokens)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _replace(path: Path, text: str, expected: Mapping[str, Token]) -> None:
    """Put a new file in the place of the old one, whole, readable by its owner only.

    Raises:
        EslflowError: it would not hold what is expected, or cannot be written.
    """
    try:
        made = parse(text.encode(), str(path))
    except FlowErrors:
        made = {}
    if made != expected:
        raise EslflowError(f"{path} is laid out too freely: change it by hand")
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _write(new, text, path.parent.stat())
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise EslflowError(f"cannot write {path}: {error.strerror}") from error


def _write(path: Path, text: str, folder: os.stat_result) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as new:
        if os.geteuid() == 0:
            # Root made it, but `serve` runs as whoever the site belongs to.
            os.fchown(file, folder.st_uid, folder.st_gid)
        new.write(text)
        new.flush()
        os.fsync(file)
