"""Asks a running `serve` from the command line, over the socket in the site's folder.

In: a site, what is asked. Out: the answer, or an error that says why there is none.
Whoever may use the socket may do everything, so it takes no token. Must not import what
is slow.
"""

from __future__ import annotations

import json
import socket
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from eslflow.errors import EslflowError
from eslflow.user import who

SOCKET = "eslflow.sock"
"""In the site's folder, while `serve` runs."""
PATIENCE_S = 15.0
"""Longer than the server takes to give up."""


class _Connection(HTTPConnection):
    """HTTP over a socket that has a path."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=PATIENCE_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def is_running(site: Path) -> bool:
    """Whether an eslflow serves this site; one that must not be asked does too."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as tried:
        tried.settimeout(PATIENCE_S)
        try:
            tried.connect(str(site / SOCKET))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except OSError:
            return True
    return True


def ask(
    site: Path, method: str, address: str, wish: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return what the running eslflow answers.

    Raises:
        EslflowError: none runs, or it refuses.
    """
    status, found = _answer(site, method, address, wish)
    if status != 200:
        raise EslflowError("\n".join(filter(None, (found["error"], found["hint"]))))
    return found


def health(site: Path) -> dict[str, Any]:
    """Return how the running eslflow says that it is, well or not.

    Raises:
        EslflowError: none runs, or it does not answer.
    """
    return _answer(site, "GET", "/health", None)[1]


def _answer(
    site: Path, method: str, address: str, wish: dict[str, Any] | None
) -> tuple[int, dict[str, Any]]:
    path = site / SOCKET
    connection = _Connection(path)
    body = None if wish is None else json.dumps(wish)
    headers = {"Content-Type": "application/json", "Eslflow-User": who()}
    try:
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        return answer.status, dict(json.loads(answer.read()))
    except (FileNotFoundError, ConnectionRefusedError) as error:
        # `.` says nothing, and a sentence that ends with it even less.
        where = site.absolute()
        raise EslflowError(
            f"no eslflow runs in {where}. Start it: eslflow --site {where} serve"
        ) from error
    except PermissionError as error:
        raise EslflowError(
            f"{path} is for the user that runs eslflow serve: become that one"
        ) from error
    except (OSError, HTTPException, ValueError) as error:
        raise EslflowError(f"eslflow does not answer on {path}: {error}") from error
    finally:
        connection.close()
