"""What the switch can do for us, tried out by calls that it makes to nobody.

In: a link to the switch, a site. Out: findings: whether it reads our sounds, writes
recordings where we find them, and reaches our socket. Each call is one leg to `null/`
(mod_loopback), which no telephone hears; it ends by itself should we be gone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from time import gmtime
from uuid import uuid4

from eslflow.clock import Clock
from eslflow.doctor.finding import Finding, error, ok, warning
from eslflow.doctor.switch import Asks
from eslflow.errors import CommandRefused
from eslflow.switch.conversation import PROBE, SEEN
from eslflow.wire.terms import ApiCommand, RecordAction

SOUNDS, RECORDINGS, SOCKET = "sounds", "recordings", "socket"
LOOKS, PAUSE_MS = 40, 50
"""How often, and with which pauses, it is looked whether something has happened."""
LONGEST_S = 10
"""How long a call to nobody may last."""
SOME = 3
"""Files that are named; of the rest it is told how many there are."""


class Answer(str, Enum):
    """What became of a call that was handed over."""

    SEEN = "seen"
    """A controller of ours has taken it, and given it back."""
    CAME = "came"
    """It came to who stood at the door."""
    CLOSED = "closed"
    """Nobody listened, or they did not want it."""
    SILENT = "silent"
    """Somebody took the connection, and said nothing."""


@dataclass
class Prober:
    """Makes calls to nobody."""

    link: Asks
    clock: Clock
    new_uuid: Callable[[], str] = lambda: str(uuid4())

    # Sounds.

    def sounds(self, paths: Sequence[str]) -> Finding:
        """Return whether the switch can open each of these files."""
        try:
            with self._call("&park()") as uuid:
                refused = [path for path in paths if not self._opens(uuid, path)]
        except CommandRefused as problem:
            return _untried(SOUNDS, problem)
        if not refused:
            return ok(
                SOUNDS, f"the switch can open the {len(paths)} files that flows play"
            )
        named = ", ".join(refused[:SOME])
        more = f" and {len(refused) - SOME} more" if len(refused) > SOME else ""
        return error(
            SOUNDS,
            f"the switch cannot open {named}{more}",
            "Callers hear nothing there; a question that is not heard is unanswered, "
            "and the call not recorded.",
            "Let the switch's user read them and pass through the folders above: "
            f"chgrp -R freeswitch {Path(refused[0]).parent.parent.parent}, and chmod "
            "g+rX",
        )

    def _opens(self, uuid: str, path: str) -> bool:
        try:
            self.link.api(
                ApiCommand.UUID_DISPLACE, f"{uuid} {RecordAction.START} {path}"
            )
        except CommandRefused:
            return False
        self.link.api(ApiCommand.UUID_DISPLACE, f"{uuid} {RecordAction.STOP} {path}")
        return True

    # Recordings.

    def recordings(self, folder: Path) -> Iterator[Finding]:
        """Yield whether the switch writes where we find, read and remove it."""
        uuid = self.new_uuid()
        # A name that no recording has: nobody takes it for one.
        path = self._place(folder) / f"doctor.{uuid}.wav"
        try:
            gave_up = self._written(path)
            found = _judged(path, gave_up)
        except CommandRefused as problem:
            found = _untried(RECORDINGS, problem)
        finally:
            stays = _removed(path)
        yield found
        if stays:
            yield error(
                RECORDINGS,
                f"eslflow cannot remove {path}, which the switch wrote: {stays}",
                "A recording that must go (withdrawn, leaked, unpermitted) would stay.",
                f"chgrp freeswitch {folder}; chmod 2770 {folder}; let eslflow's user "
                f"be in that group. And: rm {path}",
            )

    def _place(self, folder: Path) -> Path:
        """Return where a recording of this moment would lie, as far as it is there."""
        day = gmtime(self.clock.now() / 1e6)
        for name in (f"{day.tm_year:04}", f"{day.tm_mon:02}", f"{day.tm_mday:02}"):
            if (folder / name).is_dir():
                folder /= name
            else:
                break
        return folder

    def _written(self, path: Path) -> bool:
        """Let the switch write a file; return whether it gave up by itself."""
        with self._call(f"&record({path} {LONGEST_S // 2})") as uuid:
            for _ in range(LOOKS):
                if os.path.exists(path):
                    return False
                if self.link.api(ApiCommand.UUID_EXISTS, uuid) != "true":
                    return True
                self._pause()
        return False

    # The socket.

    def socket(self, where: str, came: Callable[[], Sequence[str]]) -> Answer:
        """Return what became of a call that was handed over there.

        Where no controller runs, somebody stands at the door and tells who `came`.

        Raises:
            CommandRefused: the switch makes no call.
        """
        apps = f"'socket:{where}/{PROBE} async full,park' inline"
        with self._call(apps, "socket_resume=true") as uuid:
            for _ in range(LOOKS):
                answer = self._taken(uuid, came)
                if (
                    answer is None
                    and self._value(uuid, "current_application") == "park"
                ):
                    # It may have been taken, and given back, between the questions.
                    answer = self._taken(uuid, came) or Answer.CLOSED
                if answer is not None:
                    return answer
                self._pause()
        return Answer.SILENT

    def _taken(self, uuid: str, came: Callable[[], Sequence[str]]) -> Answer | None:
        """Return who has taken the call, if anybody has."""
        if self._value(uuid, SEEN):
            return Answer.SEEN
        return Answer.CAME if came() else None

    def _value(self, uuid: str, name: str) -> str:
        try:
            found = self.link.api(ApiCommand.UUID_GETVAR, f"{uuid} {name}")
        except CommandRefused:
            return ""
        return "" if found == "_undef_" else found

    # Calls.

    @contextmanager
    def _call(self, then: str, *more: str) -> Iterator[str]:
        """Make a call to nobody, and end it.

        Raises:
            CommandRefused: the switch makes none.
        """
        uuid = self.new_uuid()
        variables = (
            f"origination_uuid={uuid}",
            f"park_timeout={LONGEST_S}",
            "process_cdr=false",
            *more,
        )
        arg = f"{{{','.join(variables)}}}null/eslflow-doctor {then}"
        self.link.api(ApiCommand.ORIGINATE, arg)
        try:
            yield uuid
        finally:
            self._end(uuid)

    def _end(self, uuid: str) -> None:
        try:
            self.link.api(ApiCommand.UUID_KILL, uuid)
        except CommandRefused:
            # It has ended by itself.
            return

    def _pause(self) -> None:
        self.link.api(ApiCommand.MSLEEP, str(PAUSE_MS))


def _judged(path: Path, gave_up: bool) -> Finding:
    folder = path.parent
    if not os.path.exists(path) and gave_up:
        return error(
            RECORDINGS,
            f"the switch cannot write into {folder}",
            "Nothing can be recorded.",
            f"chgrp freeswitch {folder}; chmod 2770 {folder} (and let the switch's "
            "user pass through the folders above)",
        )
    if not os.path.exists(path):
        return error(
            RECORDINGS,
            f"the switch recorded into {folder}, and there is no file here",
            "eslflow cannot check, put away or delete what is recorded. The switch has "
            "another view of the disk (PrivateTmp, a container, another machine), or "
            "eslflow may not look into the folder.",
            "recordings: in eslflow.yaml must be the same folder for both",
        )
    try:
        with path.open("rb"):
            pass
    except OSError as problem:
        return error(
            RECORDINGS,
            f"eslflow cannot read {path}, which the switch wrote: {problem.strerror}",
            "No recording can be checked, or proved to be masked.",
            f"chgrp freeswitch {folder}; chmod 2770 {folder}; let eslflow's user be in "
            "that group",
        )
    text = f"the switch writes into {folder}; eslflow reads it and takes it away"
    return ok(RECORDINGS, text)


def _removed(path: Path) -> str:
    """Remove a file; return why it stays."""
    try:
        path.unlink(missing_ok=True)
    except OSError as problem:
        return problem.strerror or str(problem)
    return ""


def _untried(topic: str, problem: CommandRefused) -> Finding:
    return warning(
        topic,
        f"it could not be tried: the switch makes no call to null/ ({problem.reply})",
        "Whether it works is seen by the first call only.",
        '<load module="mod_loopback"/> in modules.conf.xml, and: '
        "fs_cli -x 'load mod_loopback'",
    )
