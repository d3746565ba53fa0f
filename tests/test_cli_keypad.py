"""The terminal as a keypad."""

import os
import subprocess
import sys
import termios
import tty
from pathlib import Path

import pytest

from eslflow.check.words import PRESSES
from eslflow.cli.fitted import WIDEST
from eslflow.cli.keypad import Given, Keypad, keys_of
from eslflow.errors import EslflowError
from eslflow.sim import deeds
from eslflow.site import load_flows
from tests.steps_of import flow

ROOT = Path(__file__).parent.parent
TRY = ("try", "flows/support.yaml", "--quiet")
FLOW = flow(
    """
    choose: {menu: which, keys: {1: card}, failure: card}
    card: {collect: which, digits: 3..4, into: card}
    pin: {collect: which, digits: 2, into: pin, terminator: star}
    cvc: {collect: which, digits: 3, into: cvc, secure: true}
    pay: {webhook: 'https://pay.example.com/', secrets: [cvc], timeout: 1s}
    """
)

(TALKED,) = load_flows([ROOT / "flows" / "withdraw.yaml"]).values()


@pytest.fixture
def terminal(monkeypatch):
    """Give the side of a terminal on which somebody types."""
    typist, ours = os.openpty()
    with open(ours) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        before = termios.tcgetattr(ours)
        yield typist
        assert termios.tcgetattr(ours) == before
    os.close(typist)


def pressed(step, *times):
    keypad = Keypad(FLOW)
    keypad.comes_to("u", step, "")
    return [keypad.press(place) for place in times or (0,)]


def test_a_key_counts_as_soon_as_it_is_pressed(terminal, capsys):
    os.write(terminal, b"1")
    assert pressed("choose") == ["1"]
    told = capsys.readouterr().out
    assert told == "          press a key (Enter: say nothing, h: hang up): 1\n"


def test_secret_digits_are_not_shown(terminal, capsys):
    os.write(terminal, b"123")
    assert pressed("cvc") == ["123"]
    assert capsys.readouterr().out.endswith("h: hang up): ...\n")


def test_what_is_typed_ahead_is_for_the_next_question(terminal):
    os.write(terminal, b"12#")
    assert pressed("choose", 0, 1, 2) == ["1", "2", "#"]


@pytest.mark.parametrize(
    ("step", "typed", "taken"),
    [
        ("card", b"1234", "1234"),
        ("card", b"123#", "123#"),
        ("card", b"12\n", "12"),
        ("pin", b"1*", "1*"),
        ("pin", b"12", "12"),
        ("pin", b"#1", "#1"),
    ],
)
def test_digits_are_taken_until_there_are_enough_of_them(terminal, step, typed, taken):
    os.write(terminal, typed + b"7\n")
    assert pressed(step, 0, 1) == [taken, "7"]


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        (b"\n", ""),
        (b"\r", ""),
        (b"h", "hangup"),
        (b"\x03", "hangup"),
        (b"\x04", "hangup"),
        (b"x\xc3\xa4\t 5", "5"),
    ],
)
def test_other_keys_say_nothing_hang_up_or_are_none(
    terminal, monkeypatch, typed, taken
):
    set_mode, once = termios.tcsetattr, iter((typed, b""))

    def then_types(*words):
        set_mode(*words)
        os.write(terminal, next(once))

    # Before, Ctrl-C and Ctrl-D would be the terminal's own.
    monkeypatch.setattr(termios, "tcsetattr", then_types)
    assert pressed("choose") == [taken]


def test_an_arrow_is_no_key_though_it_ends_in_one(terminal, monkeypatch):
    typed = iter((b"\x1b", b"1"))
    flushed = []
    monkeypatch.setattr(os, "read", lambda *_: next(typed))
    monkeypatch.setattr(termios, "tcflush", lambda *words: flushed.append(words))
    assert pressed("choose") == ["1"]
    assert flushed == [(sys.stdin.fileno(), termios.TCIFLUSH)]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_ctrl_c_and_a_terminal_that_is_gone_hang_up(terminal, monkeypatch, error):
    def fails(*_):
        raise error

    monkeypatch.setattr(os, "read", fails)
    assert pressed("card") == ["hangup"]


def test_whatever_breaks_the_terminal_is_as_it_was(terminal, monkeypatch):
    def fails(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(os, "read", fails)
    with pytest.raises(ZeroDivisionError):
        pressed("choose")


ON_TERMINAL = f"""
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, "-m", "eslflow", *{TRY}])
"""
"""Runs it on the terminal whose Ctrl-C reaches it, whatever the tests run in."""


def read_until(terminal, words):
    told = b""
    while words not in told:
        told += os.read(terminal, 4096)
    return told


def test_a_call_is_made_on_a_terminal_key_by_key_and_left_with_ctrl_c():
    typist, ours = os.openpty()
    before = termios.tcgetattr(ours)
    ends = {"stdin": ours, "stdout": ours, "stderr": ours}
    words = [sys.executable, "-c", ON_TERMINAL]
    with subprocess.Popen(words, cwd=ROOT, start_new_session=True, **ends) as process:
        told = read_until(typist, b"hang up): ")
        os.write(typist, b"1")
        told += read_until(typist, b"hang up): ")
        os.write(typist, b"\x03")
        told += read_until(typist, b"(NORMAL_CLEARING)")
        assert process.wait() == 0
    assert b"caller presses 1: granted" in told
    assert max(map(len, told.splitlines())) <= WIDEST
    assert b"call ends: hung up (NORMAL_CLEARING)" in told
    assert termios.tcgetattr(ours) == before
    os.close(ours)
    os.close(typist)


def test_from_a_pipe_come_lines(monkeypatch, tmp_path, capsys):
    path = tmp_path / "typed"
    path.write_text("x\n1234#\n\nsilence\nh\n")
    with path.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert pressed("choose", *range(4)) == ["1234#", "", "", "hangup"]
        assert pressed("choose") == ["hangup"]
    told = capsys.readouterr().out
    assert "press keys, then Enter (only Enter: nothing, h: hang up): \n" in told
    assert all(
        line.endswith(": ") for line in told.splitlines() if "then Enter" in line
    )
    assert f"'x' is no key: takes {PRESSES}\n" in told


class Line:
    """A channel on which the caller talks."""

    def __init__(self):
        self.caller, self.ended = self, False

    def ends(self):
        self.ended = True


@pytest.mark.parametrize(("typed", "keys"), [(b"*0", ["*0"]), (b"\n", [""])])
def test_keys_are_pressed_in_the_talk_where_they_do_something(
    terminal, monkeypatch, capsys, typed, keys
):
    found = []
    monkeypatch.setattr(deeds, "press", lambda _, keys: found.append(keys))
    keypad = Keypad(TALKED)
    assert keypad.in_talk() == {"bridged +1": keypad}
    assert Keypad(FLOW).in_talk() == {}
    os.write(terminal, typed)
    keypad.do(Line())
    assert found == keys
    words = "in the talk, press keys (Enter: no more of them, h: hang up): "
    assert words in capsys.readouterr().out


def test_who_hangs_up_in_the_talk_has_left_it(terminal):
    os.write(terminal, b"h")
    Keypad(TALKED).do(line := Line())
    assert line.ended


def test_from_a_pipe_come_no_keys_for_the_talk(monkeypatch, tmp_path):
    (tmp_path / "typed").write_text("1\n")
    with (tmp_path / "typed").open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert Keypad(TALKED).in_talk() == {}


def test_keys_that_were_given_are_pressed_one_question_after_the_other():
    given = Given(("1", "", "2", "", "3"))
    assert [given.press(place) for place in (0, 0, 1)] == ["1", "", "2"]
    assert given.unpressed() == "3"
    assert [given.press(), given.press(), given.press()] == ["", "3", ""]
    assert given.unpressed() == ""


def test_keys_are_spelt_as_in_scenarios():
    words = ("", " 1 ", "silence", "-", "star", "hash", "12#", "hangup")
    assert list(map(keys_of, words)) == ["", "1", "", "", "*", "#", "12#", "hangup"]
    with pytest.raises(EslflowError, match="'hang_up' is no key: takes keys .0 to 9"):
        keys_of("hang_up")


def test_single_keys_are_read_while_it_asks_only(terminal, monkeypatch):
    modes = []
    read = os.read

    def looked(*words):
        modes.append(termios.tcgetattr(words[0])[tty.LFLAG] & termios.ICANON)
        return read(*words)

    monkeypatch.setattr(os, "read", looked)
    os.write(terminal, b"1")
    pressed("choose")
    assert modes == [0]
