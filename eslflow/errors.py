"""What can go wrong, as one tree: data for programs, a way out for people.

EslflowError
    FlowError            one problem at one place of a flow file
    FlowErrors           all problems of one file, sorted by line
    SettingsError        the site's settings cannot be used
    AddressTaken         an address to listen on is not to be had, now
    RenderError          a template failed on this call
    ProtocolError        the peer sent nonsense: drop the connection
    UnsafeValue          a value that could forge or run a command was refused
    CommandRefused       the switch answered -ERR: the call goes on
    IllegalTransition    our own bug: the state is unchanged
    StoreError           the ledger could not persist: do not record
    ClockDoubted         what is deleted for its age would be, by a wrong clock
    LinkLost             the control link to the switch is down
    Unreached            no connection to a program: nothing was sent
    Unanswered           sent to a program, and no answer that can be read
    PromptError          an audio file cannot be made or used
    NotFound             a look-up by a name that nothing has
    Elsewhere            a path does not lead to a recording of this site
    Sealed               what is encrypted cannot be opened, or a key not be used
    BadBundle            a file is no proof bundle as eslflow makes it

A caller who hangs up is not an error: `call.events.HungUp` says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from errno import EADDRINUSE, EADDRNOTAVAIL
from pathlib import Path
from unicodedata import category, east_asian_width

LONGEST_LINE = 120
"""Characters of a source line that a message shows; what is longer is cut."""


class EslflowError(Exception):
    """The root of everything eslflow raises on purpose."""


@dataclass
class FlowError(EslflowError):
    """One problem of a flow file, at one place."""

    file: str
    """Path as the administrator gave it."""
    line: int
    """1-based line."""
    column: int
    """1-based column of the first character that is wrong."""
    problem: str
    """One sentence that names the thing and says what is wrong with it."""
    source: str = ""
    """The source line, without its line end."""
    width: int = 1
    """How many characters to underline."""
    hint: str = ""
    """What would be right: a candidate, or what the place takes."""
    path: str = ""
    """Where in the document: `steps.ask.keys`."""
    code: str = ""
    """What sort of problem it is, for look-ups; it stays when words change."""

    def __str__(self) -> str:
        """Tell place, problem, line and hint, as an editor and a person read it."""
        code = f" [{self.code}]" if self.code else ""
        place = f"{self.file}:{self.line}:{self.column}"
        lines = [f"{place}: {self._of_step()}{code}"]
        if self.source.strip():
            lines += self._pointed()
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(visible(line) for line in lines)

    def _of_step(self) -> str:
        """Return the problem; one inside a step names the step."""
        top, _, rest = self.path.partition(".")
        step = rest.partition(".")[0]
        if top != "steps" or not step or f"'{step}'" in self.problem:
            return self.problem
        return f"step '{step}': {self.problem}"

    def _pointed(self) -> list[str]:
        """Return the source line, of a long one the part in question, and carets."""
        start, cut = 0, ""
        if self.column > LONGEST_LINE:
            start, cut = self.column - LONGEST_LINE // 2, "..."
        part = visible(self.source[start : start + LONGEST_LINE])
        rest = "..." if len(self.source) > start + LONGEST_LINE else ""
        place = self.column - 1 - start
        before = len(cut) + columns(part[:place])
        carets = "^" * max(1, columns(part[place:][: self.width]))
        return [
            f"{self.line:>7} | {cut}{part}{rest}",
            " " * (10 + before) + carets,
        ]


def visible(text: str) -> str:
    """Return a text fit for a terminal: nothing in it can move the cursor."""
    return "".join(
        c if c.isprintable() else " " if c == "\t" else "\ufffd" for c in text
    )


def unreadable(path: object, error: OSError) -> str:
    """Return that something cannot be read, why, and what to do about rights."""
    hint = " Let this user read it, or run eslflow as the user who serves."
    reason = f"{path} cannot be read: {error.strerror or error}."
    return f"{reason}{hint if isinstance(error, PermissionError) else ''}"


class NoFileError(OSError):
    """A pipe, a socket or a device stands where a file is wanted."""


def demand_file(path: Path) -> None:
    """Refuse what keeps whoever opens it waiting, or never ends.

    Raises:
        NoFileError: it is there, and neither a file nor a folder.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        # Who opens a pipe waits until somebody writes to it.
        raise NoFileError(0, "Not a regular file, but a pipe, a socket or a device")


def no_site(settings: Path, error: OSError) -> str:
    """Return that a site has no settings, or none that can be read, and what to do."""
    if isinstance(error, (IsADirectoryError, NoFileError)):
        hint = "Put the settings of the site there, in a file"
        return f"{unreadable(settings, error)} {hint}, or name another with --site"
    if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return unreadable(settings, error)
    return (
        f"there is no site in {settings.parent} ({settings.name}: {error.strerror}). "
        "Make one with eslflow init, or name it with --site"
    )


_NUMBER = re.compile(r"(?<![\dA-Za-z._-])\+?\d{4,12}(\d{3})(?!\.?[\dA-Za-z_-])")


def nameless(text: str) -> str:
    """Return a text fit for a log, which an erasure cannot reach: of a number, its end.

    Names of files and calls stay as they are.
    """
    return _NUMBER.sub(r"...\1", text)


_JOINERS = "\u200c\u200d"
"""What nobody sees, and some languages are written with."""


def on_one_line(text: str) -> str:
    """Return a text fit for a log: whatever a stranger wrote in it, it is one line.

    Letters stay readable. What would begin a line, move the cursor, hide or turn text
    around is escaped, and nothing else, for it may have been escaped before.
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in _JOINERS else ascii(c)[1:-1] for c in text
    )


def columns(text: str) -> int:
    """Return how many columns a text takes; wide characters take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(
        2 if east_asian_width(c) in "WF" else category(c) not in ("Mn", "Me")
        for c in text
    )


class FlowErrors(EslflowError):
    """A flow file with one problem or more; none of it is used."""

    def __init__(self, problems: Sequence[FlowError]) -> None:
        # A flow that several others run is read with each of them.
        once = {(p.file, p.line, p.column, p.problem): p for p in problems}
        self.problems = tuple(once[place] for place in sorted(once))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SettingsError(EslflowError):
    """The site's settings cannot be used; says which, where and what would do."""


class AddressTaken(EslflowError):
    """An address cannot be listened on now; a moment later it may be free."""


def not_listening(problem: str, error: OSError) -> EslflowError:
    """Return why an address cannot be had: an error that may pass, or one that stays.

    A program that ends gives its port back, an interface that comes up its address.
    """
    may_pass = error.errno in (EADDRINUSE, EADDRNOTAVAIL)
    return AddressTaken(problem) if may_pass else SettingsError(problem)


class RenderError(EslflowError):
    """A template failed on this call."""

    def __init__(self, template: str, problem: str, code: str = "wrong-value") -> None:
        self.template = template
        self.problem = problem
        self.code = code
        super().__init__(f"cannot fill in {template!r}: {problem}")


class ProtocolError(EslflowError):
    """The peer sent what no FreeSWITCH sends; its connection is to be dropped."""

    def __init__(self, problem: str, wire: bytes = b"") -> None:
        self.problem = problem
        self.wire = wire[:200]
        super().__init__(f"{problem}: {self.wire!r}" if wire else problem)


class UnsafeValue(EslflowError):
    """A value that could forge a header or be run by the switch was refused."""

    def __init__(self, what: str, value: str, problem: str) -> None:
        self.what = what
        self.value = value
        self.problem = problem
        super().__init__(f"{what} {value[:80]!r} {problem}")


class CommandRefused(EslflowError):
    """The switch answered -ERR; the call goes on."""

    def __init__(self, command: str, reply: str) -> None:
        self.command = command
        self.reply = reply
        super().__init__(f"{command}: {reply}")


class IllegalTransition(EslflowError):
    """A state machine got an event that its table does not have: our bug."""

    def __init__(self, machine: str, state: object, event: object) -> None:
        self.machine = machine
        self.state = state
        self.event = event
        super().__init__(f"{machine} cannot take {event} while {state}")


class StoreError(EslflowError):
    """The ledger could not persist; what rests on it must not happen."""


class ClockDoubted(EslflowError):
    """The clock says what nothing in the ledger agrees with: nothing is deleted."""


class LinkLost(EslflowError):
    """The control link to the switch is down; commands over it cannot be sent."""


class Unreached(EslflowError):
    """No connection to a program came about, so nothing was sent."""


class Unanswered(EslflowError):
    """Something was sent to a program, and no answer came that can be read."""


class PromptError(EslflowError):
    """An audio file cannot be made or used; says which, why and what to do."""


class NotFound(EslflowError):
    """Nothing has that name; says what was looked for and what is near."""


class Elsewhere(EslflowError):
    """A path does not lead to a recording of this site; it was not opened."""


class Sealed(EslflowError):
    """What is encrypted cannot be opened, or a key cannot be made or used; says why."""


class BadBundle(EslflowError):
    """A file is no proof bundle as eslflow makes it: nothing in it is looked at."""
