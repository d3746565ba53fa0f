"""What the YAML parser complains of, in words that lead to the mistake.

In: the parser's complaint. Out: the problem as one sentence, and a way out. Must not
know what a flow is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_KEY = re.compile(r" *[\w-]+")
_COLON = re.compile(r":( |$)")
NO_COLON = "could not find expected ':'"
_QUOTE = "Put the whole text in quotes, single ones if it has double ones inside."
_COMMAS = "Close every { and [, and put a comma between what they hold."
_BRACES = f"{_COMMAS} Text with {{ in it needs quotes."

_KNOWN = (
    (r"'\\t'", "a tab stands where only blanks can", "Indent with blanks."),
    (
        "<stream end>|unexpected end of stream",
        "the file ends before this is closed",
        "Close every { [ and quote. What comes after # is a comment.",
    ),
    (
        "mapping values are not allowed",
        "a ':' stands where none can",
        "Put text with ': ' in it in quotes, and indent keys like those above.",
    ),
    (
        NO_COLON,
        "this is no key: it has no ':'",
        "Write KEY: VALUE, with a blank after the colon.",
    ),
    (
        "further in",
        "this line stands further in than the one it belongs to",
        "Give keys that belong together the same number of blanks. Text with ': ' "
        "stands in quotes.",
    ),
    (
        r"found '\?'",
        "a key stands below a list",
        "Write no - before keys: only what a list holds has one.",
    ),
    (
        "unknown escape character '(.)'",
        "'{}' stands behind a \\ and has no meaning there",
        "Put the text in single quotes, or write \\\\.",
    ),
    ("found character '(.)' that cannot", "text cannot begin with '{}'", _QUOTE),
    (
        "expected alphabetic or numeric",
        "text cannot begin with '*' or '&'",
        "Put it in quotes. The star key is written star.",
    ),
    (
        "<block mapping start>|<block sequence start>",
        "this line does not stand under the one it belongs to",
        "Give keys that belong together the same number of blanks.",
    ),
    (r"expected ',' or '([]}])'", "a ',' or '{}' is missing before this", _BRACES),
    (
        "but found '<scalar>'",
        "more text stands after the end of a text",
        "Put all of it in one pair of quotes; text with {{ }} needs them too.",
    ),
    ("but found '([],}])'", "a '{}' stands where none can", _COMMAS),
    (
        "sequence entries are not allowed|but found '-'",
        "a '-' stands where none can",
        "Put text that begins with - in quotes; a list stands below its key.",
    ),
)


def misread(lines: Sequence[str], number: int, column: int) -> tuple[int, str] | None:
    """Return the line, and what is wrong with it, if a key was read as more of a text.

    Line and column of its colon count from 1. The line is right by itself: then the
    one above lacks its colon, or this one stands too far in.
    """
    if not _KEY.fullmatch(lines[number - 1], 0, column - 1):
        return None
    above = next((n for n in range(number - 1, 0, -1) if lines[n - 1].strip()), 0)
    if above and not _COLON.search(lines[above - 1]):
        return above, NO_COLON
    return number, "further in"


def explain(complaint: str) -> tuple[str, str]:
    """Return a complaint of the parser as a problem and a hint."""
    for pattern, problem, hint in _KNOWN:
        found = re.search(pattern, complaint)
        if found is not None:
            return problem.format(*found.groups()), hint
    return (
        f"cannot be read as YAML: {complaint}",
        "Check the indentation, and put text with ': ' or ' #' in quotes.",
    )
