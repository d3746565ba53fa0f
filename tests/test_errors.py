"""The tree of errors, and how they read."""

import errno
import inspect
import os
from dataclasses import replace
from pathlib import Path

import pytest

from eslflow import errors
from eslflow.errors import (
    AddressTaken,
    CommandRefused,
    EslflowError,
    FlowError,
    FlowErrors,
    IllegalTransition,
    NoFileError,
    ProtocolError,
    RenderError,
    SettingsError,
    UnsafeValue,
    demand_file,
    nameless,
    no_site,
    not_listening,
    on_one_line,
    unreadable,
    visible,
)


def test_what_cannot_be_read_is_told_with_its_reason():
    said = unreadable("flows", PermissionError(13, "Permission denied"))
    assert said.startswith("flows cannot be read: Permission denied. Let this user")
    said = unreadable("flows", IsADirectoryError(21, "Is a directory"))
    assert said == "flows cannot be read: Is a directory."


def test_settings_that_cannot_be_read_are_a_site_all_the_same(tmp_path):
    path = tmp_path / "eslflow.yaml"
    gone = (FileNotFoundError(2, "No such"), NotADirectoryError(20, "Not a directory"))
    for error in gone:
        assert no_site(path, error).startswith(f"there is no site in {tmp_path} (")
    said = no_site(path, PermissionError(13, "Permission denied"))
    assert said.startswith(f"{path} cannot be read: Permission denied. Let this user")
    said = no_site(path, IsADirectoryError(21, "Is a directory"))
    assert said.startswith(f"{path} cannot be read: Is a directory. Put the settings")


def test_nobody_waits_for_what_is_no_file(tmp_path):
    os.mkfifo(pipe := tmp_path / "pipe")
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(NoFileError, match="Not a regular file, but a pipe"):
            demand_file(path)
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path, tmp_path / "none"):
        # Of the rest, whoever opens it is told.
        demand_file(path)


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = [
        line.split()[0]
        for line in (errors.__doc__ or "").splitlines()
        if line.startswith("    ")
    ]
    classes = [
        name
        for name, thing in vars(errors).items()
        if inspect.isclass(thing)
        and issubclass(thing, EslflowError)
        and thing is not EslflowError
    ]
    assert drawn == classes


def test_a_problem_reads_with_place_line_and_hint():
    problem = FlowError(
        file="flows/sales.yaml",
        line=14,
        column=9,
        problem="'tiemout' is not an option of 'ask'. Did you mean 'timeout'?",
        source="        tiemout: 5s",
        width=7,
        hint="ask takes: prompt, tries, timeout",
    )
    assert str(problem) == (
        "flows/sales.yaml:14:9: 'tiemout' is not an option of 'ask'. "
        "Did you mean 'timeout'?\n"
        "     14 |         tiemout: 5s\n"
        "                  ^^^^^^^\n"
        "  ask takes: prompt, tries, timeout"
    )


def test_a_problem_without_line_or_hint_is_one_line():
    assert str(FlowError("a.yaml", 1, 1, "is empty")) == "a.yaml:1:1: is empty"


@pytest.mark.parametrize(
    ("source", "column", "carets"),
    [
        ("\tabc", 2, 12),
        ("日本 abc", 4, 16),
        ("ab\x1b[2Jc", 3, 13),
        ("e\u0301e\u0301 x", 6, 14),
        ("\u200bx", 2, 12),
    ],
)
def test_tabs_wide_and_control_characters_do_not_move_the_carets(
    source, column, carets
):
    told = str(FlowError("a.yaml", 1, column, "x", source=source))
    lines = told.split("\n")
    assert "\x1b" not in told
    assert len(lines[2]) == carets


def test_nothing_of_a_problem_can_move_the_cursor():
    told = str(FlowError("\x1b[2J", 1, 1, "'\x1b]0;x\x07' is\nodd", hint="\ud800"))
    assert told == "\ufffd[2J:1:1: '\ufffd]0;x\ufffd' is\ufffdodd\n  \ufffd"


def test_of_a_long_line_the_part_in_question_is_shown():
    source = "a" * 500 + "BCD" + "e" * 500
    place, line, carets = str(FlowError("a", 1, 501, "x", source, 3)).split("\n")
    assert place == "a:1:501: x"
    assert len(line) == 10 + 3 + 120 + 3
    assert line.endswith("...")
    start = carets.index("^")
    assert line[start : start + len(carets.strip())] == "BCD"
    _, line, carets = str(FlowError("a", 1, 2, "x", "abc" * 99, 999)).split("\n")
    assert line == f"      1 | {('abc' * 99)[:120]}..."
    assert carets == " " * 11 + "^" * 119


def test_problems_are_sorted_by_file_and_line():
    problems = [
        FlowError("b", 1, 1, "3"),
        FlowError("a", 9, 1, "2"),
        FlowError("a", 2, 1, "1"),
    ]
    assert [p.problem for p in FlowErrors(problems).problems] == ["1", "2", "3"]
    assert str(FlowErrors(problems)) == "a:2:1: 1\na:9:1: 2\nb:1:1: 3"


def test_errors_carry_data_and_read_as_sentences():
    assert str(RenderError("{{ x }}", "no x")) == "cannot fill in '{{ x }}': no x"
    assert str(ProtocolError("odd", b"GET /")) == "odd: b'GET /'"
    assert str(ProtocolError("odd")) == "odd"
    assert len(ProtocolError("odd", b"x" * 999).wire) == 200
    assert str(UnsafeValue("uuid", "a b", "is odd")) == "uuid 'a b' is odd"
    assert str(CommandRefused("status", "-ERR")) == "status: -ERR"
    refused = IllegalTransition("recording", "off", "STOP")
    assert str(refused) == "recording cannot take STOP while off"


def test_what_moves_a_cursor_is_made_visible():
    assert visible("a\tb\x1b[2Jc\n") == "a b\ufffd[2Jc\ufffd"


def test_a_line_of_the_log_is_escaped_once():
    assert on_one_line(str(ProtocolError("odd", b"\xd2"))) == r"odd: b'\xd2'"
    assert on_one_line("Zoë\nx") == r"Zoë\nx"
    assert on_one_line("") == ""
    assert on_one_line(r"a\n") == r"a\n"


def test_letters_of_any_language_stay_readable_in_the_log():
    # The last has a joiner, which Persian is written with.
    for word in ("zurück", "Иван", "电话", "مرحبا", "नमस्ते", "e\u0301", "می\u200cخواهم"):
        assert on_one_line(word) == word


@pytest.mark.parametrize(
    ("sign", "told"),
    [
        ("\r\n2026-01-01 INFO", r"\r\n2026-01-01 INFO"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\0\x7f\t", r"\x00\x7f\t"),
        ("\x85\x9b", r"\x85\x9b"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\u202e\u2066\u200f\u061c", r"\u202e\u2066\u200f\u061c"),
        ("\u200b\ufeff\xad\U000e0041", r"\u200b\ufeff\xad\U000e0041"),
        ("\udcfc\ue000\uffff", r"\udcfc\ue000\uffff"),
    ],
)
def test_what_moves_a_cursor_or_hides_is_escaped_in_the_log(sign, told):
    line = on_one_line(f"ü{sign} ü")
    assert line == f"ü{told} ü"
    assert len(line.splitlines()) == 1


def test_numbers_in_digits_of_any_language_are_none_in_the_log():
    arabic = "+٤٩٣٠١٢٣٤٥٦"
    assert nameless(on_one_line(f"to {arabic}")) == f"to ...{arabic[-3:]}"
    assert nameless("电话4930123456 ü4930123456") == "电话...456 ü...456"


def test_a_problem_that_was_found_twice_is_told_once():
    one = FlowError("b.yaml", 1, 1, "wrong")
    two = FlowError("a.yaml", 1, 1, "wrong")
    assert FlowErrors([one, two, FlowError("b.yaml", 1, 1, "wrong")]).problems == (
        two,
        one,
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("call from +4930123456 to 100", "call from ...456 to 100"),
        ("calls sofia/gateway/x/0301234567", "calls sofia/gateway/x/...567"),
        ("user/301234567@example.com, busy.", "user/...567@example.com, busy."),
        ("key +49301234567", "key ...567"),
        ("'0301234567' is no number", "'...567' is no number"),
        ("recording starts: r/2026/11/23/1a-1.wav", None),
        ("in call 12345678-1234-4000-8000-123456789012", None),
        ("/var/recordings/301234567.wav", None),
        ("caller presses 1, 12345 times", None),
    ],
)
def test_of_a_number_only_its_end_goes_into_the_log(text, told):
    assert nameless(text) == (told or text)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EADDRINUSE, AddressTaken),
        (errno.EADDRNOTAVAIL, AddressTaken),
        (errno.EACCES, SettingsError),
    ],
)
def test_an_address_that_may_be_free_later_is_no_bad_setting(number, kind):
    found = not_listening("cannot listen", OSError(number, "why"))
    assert type(found) is kind
    assert str(found) == "cannot listen"


def test_a_problem_inside_a_step_names_the_step_once():
    inside = FlowError("f.yaml", 3, 5, "'x' is not right here", path="steps.ask.keys")
    assert str(inside) == "f.yaml:3:5: step 'ask': 'x' is not right here"
    named = replace(inside, problem="nothing leads to step 'ask'")
    assert str(named) == "f.yaml:3:5: nothing leads to step 'ask'"
    beside = replace(inside, path="recording.left")
    assert str(beside) == "f.yaml:3:5: 'x' is not right here"


def test_a_code_stands_behind_the_problem():
    coded = FlowError("f.yaml", 3, 5, "it is odd", code="odd")
    assert str(coded) == "f.yaml:3:5: it is odd [odd]"
