"""Long lines for people."""

import sys

import pytest

from eslflow.cli.fitted import WIDEST, fitted

TEXT = "   1.5 s  asks " + "word " * 30 + "recordings/2026/11/27/try-1.wav"


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    return monkeypatch


def test_a_file_gets_a_line_as_it_is():
    assert fitted(TEXT, 10) == TEXT


def test_a_terminal_gets_lines_that_fit_it_below_each_other(terminal):
    first, *others = fitted(TEXT, 10).splitlines()
    assert first.startswith("   1.5 s  asks word")
    assert max(map(len, (first, *others))) <= 60
    assert all(line.startswith(" " * 10 + "word") for line in others[:-1])
    assert others[-1].endswith("recordings/2026/11/27/try-1.wav")
    assert "".join(fitted(TEXT, 10).split()) == "".join(TEXT.split())


def test_what_cannot_be_broken_is_not(terminal):
    path = "/srv/" + "a-very-long-name" * 10
    assert fitted(f"  {path}", 4).split() == [path]


def test_a_wide_terminal_is_not_filled(terminal):
    terminal.setenv("COLUMNS", "300")
    assert max(map(len, fitted(TEXT * 3, 2).splitlines())) <= WIDEST
