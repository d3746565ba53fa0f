"""An editor's language server with the schema: it completes, explains and complains.

Skipped where there is none; scripts/editor installs one.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eslflow.check import flow_files

ROOT = Path(__file__).parent.parent
OURS = ROOT / ".venv" / "editor" / "node_modules" / ".bin" / "yaml-language-server"
SERVER = str(OURS) if OURS.exists() else shutil.which("yaml-language-server")
FIRST_LINE = "# yaml-language-server: $schema=../eslflow/flow/schema.json\n"
SETTINGS = {
    "yaml": {
        "validate": True,
        "completion": True,
        "hover": True,
        "schemaStore": {"enable": False},
    },
}

pytestmark = pytest.mark.skipif(
    SERVER is None or shutil.which("node") is None,
    reason="no language server for YAML: scripts/editor installs one, with npm",
)


class Editor:
    """What an editor says to a language server, and hears of it."""

    def __init__(self) -> None:
        assert SERVER is not None
        pipe = subprocess.PIPE
        self._server = subprocess.Popen([SERVER, "--stdio"], stdin=pipe, stdout=pipe)
        self._asked = 0
        self._told: dict[str, list[dict[str, Any]]] = {}
        root = ROOT.as_uri()
        capabilities = {
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": False}},
                "hover": {"contentFormat": ["plaintext"]},
            },
            "workspace": {"configuration": True},
        }
        self.ask(
            "initialize",
            {"processId": None, "rootUri": root, "capabilities": capabilities},
        )
        self._tell("initialized", {})

    def ask(self, method: str, params: Any) -> Any:
        """Ask something, and return the answer."""
        self._asked += 1
        number = self._asked
        self._send({"id": number, "method": method, "params": params})
        while True:
            heard = self._hear()
            if heard.get("id") == number and "method" not in heard:
                assert "error" not in heard, heard
                return heard["result"]

    def opens(self, name: str, text: str) -> list[dict[str, Any]]:
        """Open a file of the flows' folder; return what is complained of in it."""
        uri = self.uri(name)
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._told.pop(uri, None)
        self._tell("textDocument/didOpen", {"textDocument": item})
        while uri not in self._told:
            self._hear()
        return self._told[uri]

    def at(self, name: str, text: str, mark: str, method: str) -> Any:
        """Ask about the place where a mark stands in a file that is open."""
        before = text[: text.index(mark) + len(mark)]
        line = before.count("\n")
        place = {"line": line, "character": len(before.rpartition("\n")[2])}
        document = {"uri": self.uri(name)}
        return self.ask(method, {"textDocument": document, "position": place})

    @staticmethod
    def uri(name: str) -> str:
        """Return how an editor names a file of the flows' folder."""
        return (ROOT / "flows" / name).as_uri()

    def close(self) -> None:
        """End the server."""
        self.ask("shutdown", None)
        self._tell("exit", None)
        self._server.communicate()

    def _tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._server.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        """Take one message; answer what the server asks."""
        out = self._server.stdout
        assert out is not None
        length = 0
        while line := out.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        heard: dict[str, Any] = json.loads(out.read(length))
        if heard.get("method") == "textDocument/publishDiagnostics":
            self._told[heard["params"]["uri"]] = heard["params"]["diagnostics"]
        elif "method" in heard and "id" in heard:
            result: Any = None
            if heard["method"] == "workspace/configuration":
                items = heard["params"]["items"]
                result = [SETTINGS.get(item.get("section"), {}) for item in items]
            self._send({"id": heard["id"], "result": result})
        return heard


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    found = Editor()
    yield found
    found.close()


@pytest.mark.parametrize("path", flow_files(ROOT / "flows"), ids=lambda path: path.stem)
def test_nothing_is_complained_of_in_a_flow_that_ships(editor, path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith(FIRST_LINE)
    assert editor.opens(path.name, text) == []


BAD = FIRST_LINE + (
    "flow: bad\n"
    "purposes:\n"
    "  training: {basis: consent, retain: 90d}\n"
    "steps:\n"
    "  ask:\n"
    "    consent: {notice: n, purpose: training}\n"
    "    keys: {1: granted, 2: refuse}\n"
    "    tiemout: 6s\n"
)


def test_a_misspelt_option_and_value_are_complained_of_in_their_lines(editor):
    told = {d["range"]["start"]["line"]: d["message"] for d in editor.opens("b", BAD)}
    assert "refuse" in BAD.splitlines()[7]
    assert "granted" in told[7]
    assert "tiemout" in told[8]
    assert set(told) == {7, 8}


@pytest.mark.parametrize("time", ["6", "six", "6 s"])
def test_a_time_without_its_unit_is_told_how_it_is_written(editor, time):
    text = BAD.replace("tiemout: 6s", f"timeout: {time}")
    told = {d["range"]["start"]["line"]: d["message"] for d in editor.opens("t", text)}
    assert "Takes a duration such as 5s (ms, s, m, h, d)." in told[8]


def test_what_a_field_is_for_is_shown_at_it(editor):
    editor.opens("hover.yaml", BAD)
    shown = editor.at("hover.yaml", BAD, "ret", "textDocument/hover")
    assert "How long recordings for it are kept" in json.dumps(shown)


def test_options_of_the_step_are_completed_with_what_they_are_for(editor):
    text = BAD.replace("    tiemout: 6s\n", "    tim")
    editor.opens("complete.yaml", text)
    found = editor.at("complete.yaml", text, "    tim", "textDocument/completion")
    items = {item["label"]: item for item in found["items"]}
    assert "timeout" in items
    assert "How long a key is waited for" in json.dumps(items["timeout"])
