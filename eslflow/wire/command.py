"""Commands to text: what is sent, and what must never be.

In: words from `terms`, our own values, and values that came from a call. Out: the bytes
of one command. Refuses control characters (a line feed starts a new header, two start a
new command) and everything FreeSWITCH would expand: `${system(...)}` in an argument is
a shell on the switch, and escaping with a backslash does not stop it (measured).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from eslflow.errors import UnsafeValue
from eslflow.wire.terms import ApiCommand, App, EventName, HangupCause, Subclass

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_EXPANDS = re.compile(r"\$|%24|%25", re.IGNORECASE)
_UUID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NOT_HARMLESS = re.compile(r"[^A-Za-z0-9 _.+@-]")


def clean(text: str, most: int = 128) -> str:
    """Return what is harmless of a text that came from a call.

    Keeps letters and digits of ASCII, blank and `_ . + @ -`; everything that
    FreeSWITCH could quote, split, encode or expand is dropped.
    """
    return _NOT_HARMLESS.sub("", text)[:most]


def argument(text: str) -> str:
    """Return a text of our own, or the administrator's, fit to be an argument.

    Raises:
        UnsafeValue: it holds a control character or something that expands.
    """
    if text.isascii() and text.isprintable() and "$" not in text and "%" not in text:
        return text  # nearly all are, and this is seen at a glance
    if _CONTROL.search(text):
        raise UnsafeValue("argument", text, "holds a control character")
    if _EXPANDS.search(text):
        raise UnsafeValue("argument", text, "holds $ or %24, which FreeSWITCH expands")
    return text


def identifier(text: str) -> str:
    """Return a channel's uuid as it came, if it is fit to be sent back.

    Raises:
        UnsafeValue: it is not letters, digits and dashes.
    """
    if not _UUID.fullmatch(text):
        raise UnsafeValue("uuid", text, "is not letters, digits and dashes")
    return text


def variable_name(text: str) -> str:
    """Return the name of a channel variable.

    Raises:
        UnsafeValue: it is no such name.
    """
    if not _NAME.fullmatch(text):
        raise UnsafeValue("variable", text, "is not letters, digits, _ and -")
    return text


def connect() -> bytes:
    """Take the call over; the switch says nothing before this."""
    return b"connect\n\n"


def linger(seconds: int) -> bytes:
    """Keep the socket open after the hang-up, for RECORD_STOP comes late."""
    return b"linger %d\n\n" % seconds


def only(header: str, value: str) -> bytes:
    """Hear only events with this header; to be sent before `event`."""
    name, text = variable_name(header), identifier(value)
    return f"filter {name} {text}\n\n".encode()


def events(names: Iterable[EventName], subclasses: Iterable[Subclass] = ()) -> bytes:
    """Subscribe; CUSTOM and its subclasses go last, as FreeSWITCH wants it."""
    last = EventName.CUSTOM
    words = [str(name) for name in names if name is not last]
    custom = [str(subclass) for subclass in subclasses]
    if custom:
        words += [str(last), *custom]
    return f"event plain {' '.join(words)}\n\n".encode()


def execute(app: App, arg: str, mark: str, leg: str = "") -> bytes:
    """Run an application on the call's channel, or on another leg's.

    `mark` goes out as `Event-UUID` and comes back as `Application-UUID`.
    """
    whom = f" {identifier(leg)}" if leg else ""
    head = f"sendmsg{whom}\ncall-command: execute\nexecute-app-name: {app}\n"
    tail = f"execute-app-arg: {argument(arg)}\n\n" if arg else "\n"
    return f"{head}Event-UUID: {identifier(mark)}\n{tail}".encode()


def hangup(cause: HangupCause = HangupCause.NORMAL_CLEARING) -> bytes:
    """Hang the call up."""
    return f"sendmsg\ncall-command: hangup\nhangup-cause: {cause}\n\n".encode()


def leave() -> bytes:
    """Give the call back: the socket application ends, the dialplan goes on."""
    return b"exit\n\n"


def api(command: ApiCommand, arg: str = "") -> bytes:
    """Run an API command and wait for its answer."""
    return f"api {_words(command, arg)}\n\n".encode()


def bgapi(command: ApiCommand, arg: str, job: str) -> bytes:
    """Run an API command in a thread; BACKGROUND_JOB brings the answer."""
    text = f"bgapi {_words(command, arg)}\nJob-UUID: {identifier(job)}\n\n"
    return text.encode()


def _words(command: ApiCommand, arg: str) -> str:
    return f"{command} {argument(arg)}" if arg else str(command)
