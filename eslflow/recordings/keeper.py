"""How recordings rest: converted, encrypted, and a command run, each if a site says so.

In: the ledger's recordings that were found intact. Out: files in their form, rows of
what became of them, alarms. Must not touch a file that is not intact, nor remove one
before the ledger itself says in which other one its sound is. It may be killed at any
moment:

      done                                 | what the next round finds and does
      the new file is being made           | no row: it is made anew
      it has its name, and no row yet      | the same; what has its name is replaced
      its row is in the ledger             | it is read once more, the old one removed
      the old one is removed               | that is kept
      the command runs                     | it is run again
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO, NamedTuple

from eslflow.call.records import RecordingHooked, RecordingSettled, RecordingStored
from eslflow.call.records import Row as Kept
from eslflow.clock import Clock
from eslflow.errors import Elsewhere
from eslflow.ledger.read import Reader
from eslflow.recordings import age, forms, hook, quarantine
from eslflow.recordings.forms import AGE, Form
from eslflow.recordings.sound import find_sound, sha256
from eslflow.recordings.spans import Row
from eslflow.recordings.stored import differs

MOST_AT_ONCE = 50
"""Recordings of a round: those that are due meanwhile have their turn, too."""
LONGEST_US = 60_000_000
"""How long a stage of a round may go on to the next recording."""
STAGES = ("settle", "store", "hook")
MOST_TRIES = 3
"""How often the command is run for a recording."""
AGAIN_US = 60_000_000
"""How long after a command that failed it is run again."""
HOOKS_SINCE_US = 7 * 86_400 * 1_000_000
"""The command is run for recordings checked since then: setting it must not run it for
those of years."""


_Key = tuple[str, "str | None"]


class Wanted(NamedTuple):
    """What a site wants of its recordings at rest."""

    convert: Form | None = None
    encrypt_to: Sequence[str] = ()
    hook: Sequence[str] = ()

    @property
    def is_something(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.convert or self.encrypt_to or self.hook)


class _Changed(Exception):  # noqa: N818  as the other errors: what happened
    """A file is not what it was found to be."""


class _Made(NamedTuple):
    """A file in its form."""

    path: Path
    form: str
    plain_sha256: str
    stored_sha256: str
    size: int


class Keeper:
    """Keeps the recordings of a site as it wants them. To be used from one thread."""

    def __init__(
        self,
        wanted: Wanted,
        ledger: Path,
        keep: Callable[[Sequence[Kept]], None],
        folder: Path,
        clock: Clock,
        alarm: Callable[[str], None],
        tell: Callable[[str], None],
    ) -> None:
        """Take in what is wanted.

        Raises:
            SettingsError: a library or a program is not there.
        """
        self._wanted = wanted
        self._ledger = ledger
        self._keep = keep
        self._folder = folder
        self._clock = clock
        self._alarm = alarm
        self._tell = tell
        to = wanted.encrypt_to
        self._recipients = age.recipients(to) if to else []
        if wanted.convert:
            forms.demand_library()
        if wanted.hook:
            hook.demand_program(wanted.hook)
        self._is_stopping = False
        self._done: dict[str, set[_Key]] = {stage: set() for stage in STAGES}
        """Kept, though the ledger may not have written it yet."""
        self._told: dict[str, set[_Key]] = {stage: set() for stage in STAGES}
        """Could not be done, and that was told."""

    def stop(self) -> None:
        """End the round that is under way soon; from any thread."""
        self._is_stopping = True

    def run_due(self) -> None:
        """Do what is due: settle, store, hook."""
        with Reader(self._ledger) as ledger:
            self._each("settle", ledger.unsettled(), self._settle)
            converts, encrypts = bool(self._wanted.convert), bool(self._recipients)
            # Those that fail must not keep the others waiting.
            limit = MOST_AT_ONCE + len(self._told["store"])
            to_store = ledger.to_store(converts, encrypts, limit)
            self._each(
                "store", to_store, lambda line: self._store(line, ledger.actions(line))
            )
            if self._wanted.hook:
                since = self._clock.now() - HOOKS_SINCE_US
                due = filter(self._is_hookable, ledger.to_hook(since, MOST_TRIES))
                self._each("hook", list(due), self._hook)

    def _each(
        self, stage: str, due: Sequence[Row], act: Callable[[Row], Kept | None]
    ) -> None:
        """Do a stage for what is due, as far as a round may go."""
        done, told = self._done[stage], self._told[stage]
        keys = {_key(line) for line in due}
        done &= keys
        told &= keys
        left, ends_at = MOST_AT_ONCE, self._clock.now() + LONGEST_US
        for line in due:
            if self._is_stopping or not left or self._clock.now() > ends_at:
                return
            key = _key(line)
            if key in done:
                continue
            try:
                row = act(line)
            except (OSError, Elsewhere, _Changed) as error:
                # Told once; it is tried again and again.
                if key not in told:
                    told.add(key)
                    self._cannot(line, error)
                continue
            left -= 1
            told.discard(key)
            if row is not None:
                self._keep((row,))
                done.add(key)

    def _cannot(self, line: Row, error: Exception) -> None:
        why = error.strerror if isinstance(error, OSError) else ""
        words = f"{line['path']} cannot be kept as recording: in eslflow.yaml says"
        self._alarm(f"recording {line['id']}: {words}: {why or error}")

    # From the file that the switch wrote to the one that is kept.

    def _store(self, line: Row, actions: Sequence[Row]) -> Kept | None:
        """Bring a recording into its form; return the row of it."""
        path = quarantine.find(self._folder, line["path"])
        if path is None:
            raise _Changed("there is no file any more")
        if quarantine.is_quarantined(self._folder, path):
            raise _Changed("it is in quarantine: see the log")
        _sweep(path)
        with quarantine.opened(self._folder, path) as fd:
            made = self._make(line, actions, path, fd)
        return RecordingStored(
            id=line["id"],
            stored_at=self._clock.now(),
            form=made.form,
            path=str(made.path),
            plain_sha256=made.plain_sha256,
            stored_sha256=made.stored_sha256,
            stored_bytes=made.size,
            source="" if made.path == path else str(path),
        )

    def _make(self, line: Row, actions: Sequence[Row], path: Path, fd: int) -> _Made:
        """Make the new file from an open one, if there is to be one."""
        plain_sha256 = line["stored_sha256"] or line["sha256"]
        if sha256(fd) != plain_sha256:
            raise _Changed("it has changed since it was found intact")
        form = forms.plain_form(line["form"] or "")
        with (
            tempfile.TemporaryFile(dir=path.parent) as nameless,
            os.fdopen(os.dup(fd), "rb") as own,
        ):
            plain: BinaryIO = own
            if form is Form.WAV and self._converted(line, actions, fd, nameless):
                plain, form = nameless, self._wanted.convert or form
                plain_sha256 = sha256(plain.fileno())
            plain.seek(0)
            kind = f"{form}{AGE}" if self._recipients else str(form)
            target = forms.named(path, kind)
            found = os.fstat(fd)
            if target == path:
                return _Made(path, kind, plain_sha256, plain_sha256, found.st_size)
            made = self._write(plain, target, stat.S_IMODE(found.st_mode))
        return _Made(target, kind, plain_sha256, *made)

    def _converted(
        self, line: Row, actions: Sequence[Row], fd: int, out: BinaryIO
    ) -> bool:
        """Convert a file, if it is to be and what comes out is what went in."""
        form = self._wanted.convert
        if form is None:
            return False
        sound = find_sound(fd)
        problem = ""
        if not sound.frames:
            problem = "it holds no sound"
        elif form is Form.OPUS and sound.rate not in forms.OPUS_RATES:
            problem = f"Opus cannot hold {sound.rate} Hz"
        else:
            forms.encode(sound, form, out)
            out.flush()
            problem = differs(form, out, sound, line, actions)
        if problem and sound.frames:
            words = f"it stays as it is instead of {form}: {problem}"
            self._alarm(f"recording {line['id']}: {words} ({line['path']})")
        return not problem

    def _write(self, plain: BinaryIO, target: Path, mode: int) -> tuple[str, int]:
        """Write the new file under its name, durably; return what it is."""
        part = forms.part_of(target)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with os.fdopen(os.open(part, flags, 0o600), "w+b") as file:
                if self._recipients:
                    age.encrypt(plain, file, self._recipients)
                else:
                    copyfileobj(plain, file)
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
                found = sha256(file.fileno()), os.fstat(file.fileno()).st_size
            os.replace(part, target)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        quarantine.sync(target.parent)
        return found

    # What is left over.

    def _settle(self, line: Row) -> Kept | None:
        """Remove the file that a stored one was made of; return the row of that."""
        path, source = Path(line["path"]), Path(line["source"])
        quarantine.within(self._folder, str(path))
        if not self._is_whole(path, line["stored_sha256"]):
            quarantine.within(self._folder, str(source))
            if not os.path.lexists(source):
                raise _Changed("it is not what was stored, and nothing else is there")
            # Made once more after its row was on its way already.
            with Reader(self._ledger) as ledger:
                actions = ledger.actions(line)
            return self._store(_unstored(line), actions)
        _sweep(path)
        return RecordingSettled(line["id"])

    def _is_whole(self, path: Path, expected: str) -> bool:
        try:
            with quarantine.opened(self._folder, path) as fd:
                return sha256(fd) == expected
        except FileNotFoundError:
            return False

    # The command.

    def _is_hookable(self, line: Row) -> bool:
        """Whether a recording is in its form, and the command did not just fail."""
        form = line["form"]
        if self._recipients and not (form or "").endswith(AGE):
            return False
        if self._wanted.convert and form is None:
            return False
        pause = AGAIN_US * (line["hook_tries"] or 0)
        return self._clock.now() - (line["hook_at"] or 0) >= pause

    def _hook(self, line: Row) -> Kept | None:
        """Run the command for a recording; return the row of that."""
        told = {
            "ESLFLOW_RECORDING_ID": line["id"],
            "ESLFLOW_RECORDING_PATH": line["path"],
            "ESLFLOW_RECORDING_CALL": line["call_uuid"],
            "ESLFLOW_RECORDING_STATE": line["state"],
            "ESLFLOW_RECORDING_FORM": line["form"] or str(Form.WAV),
        }
        ran = hook.run(self._wanted.hook, told, lambda: self._is_stopping)
        if ran.was_broken_off:
            return None
        tries = (line["hook_tries"] or 0) + 1
        said = f"; it said: {ran.said}" if ran.said else ""
        words = f"recording {line['id']}: {self._wanted.hook[0]}"
        if ran.problem:
            rest = "it is run again" if tries < MOST_TRIES else "it is not run again"
            self._alarm(f"{words} failed: {ran.problem}; {rest}{said}")
        else:
            self._tell(f"{words} is done{said}")
        result = ran.problem or "done"
        return RecordingHooked(line["id"], self._clock.now(), tries, result)


def _key(line: Row) -> _Key:
    """Return what a recording is known by, as long as it is in the same form."""
    return line["id"], line["stored_sha256"]


def _unstored(line: Row) -> dict[str, Any]:
    """Return a row as it was before a file that is gone again was made."""
    source = Path(line["source"])
    form = source.name.partition(".")[2]
    own = None if form == Form.WAV else line["plain_sha256"]
    return {**line, "path": line["source"], "form": form, "stored_sha256": own}


def _sweep(path: Path) -> None:
    """Remove every other file of a recording: it is kept in one form only."""
    gone = [name for name in forms.names(path) if name != path]
    for name in gone:
        name.unlink(missing_ok=True)
    quarantine.sync(path.parent)
