"""What steps that speak have in common: answering, playing, asking for keys.

In: the call's live state and the name of a prompt or notice. Out: sub-generators that
yield commands. Must not decide what an answer means.
"""

from __future__ import annotations

from collections.abc import Collection, Generator
from typing import TYPE_CHECKING, NamedTuple

from eslflow.call.commands import Alarm, Api, Command, Execute
from eslflow.call.events import Event, Executed, LegEnded
from eslflow.wire.terms import ApiCommand, App

if TYPE_CHECKING:
    from eslflow.call.live import Live, Sound
    from eslflow.flow.model import Notice

Speech = Generator[Command, "Event | None", bool]

PLAYED = "playback_last_offset_pos"
"""How many samples were played; FreeSWITCH sets it when a file ends or is cut off
(switch_ivr_play_say.c), and leaves it alone when there was no file to play."""
RATE = "read_rate"
"""At which it counts them: whatever the file has, it is played at the rate of the
channel (switch_core_file_open in switch_ivr_play_file gets actual_samples_per_second,
of which switch_core_codec.c makes this variable; measured: 2 s of a file at 8000 Hz
count 32,000 on a channel of 16,000)."""
SLOWEST = 8
"""Samples of a millisecond on a channel that does not tell its rate."""
KEY = "eslflow_key"
"""The channel variable that holds one key, until it has been read."""
DIGITS = frozenset("0123456789")
SILENCE = "silence"
"""In place of a file: nothing is played (switch_ivr_read in switch_ivr_play_say.c)."""
BROKEN = ("FILE NOT FOUND", "PLAYBACK ERROR")
"""`Application-Response` of a playback that was none (mod_dptools.c)."""


class Answer(NamedTuple):
    """What came of one question, asked once."""

    key: str = ""
    """The key, if it was one of those offered."""
    wrong: str = ""
    """The keys, if they were none of those offered."""
    heard_ms: int = 0
    """How much of the question was played before."""
    is_broken: bool = False
    """Nothing was played, so nothing that was pressed is an answer to it."""
    refused: str = ""
    """The switch's words, when it would not ask."""
    is_gone: bool = False
    """The called party has hung up."""


def answered(live: Live) -> Generator[Command, Event | None, None]:
    """Answer the call, once; the switch does it before what is executed next."""
    if not live.is_answered:
        live.is_answered = True
        yield Execute(App.ANSWER, waits=False)


def prompt_sound(live: Live, prompt: str, language: str = "") -> Sound | None:
    """Return the prompt's audio in the call's language or another, if it is there."""
    audio = live.flow.prompts[prompt].audio(live.flow.name, language or live.language)
    return live.site.sounds.get(audio)


def notice_sound(live: Live, notice: Notice) -> Sound | None:
    """Return the notice's audio in the call's language, if it is there."""
    return live.site.sounds.get(notice.audio(live.flow.name, live.language))


def forget(live: Live, leg: str = "") -> Generator[Command, Event | None, None]:
    """Throw away what was pressed and played before, so that neither counts.

    Keys typed ahead are no answer, and a question that cannot be played shows.
    """
    uuid = leg or live.offered.uuid
    yield Api(ApiCommand.UUID_FLUSH_DTMF, uuid, waits=False)
    yield _unset_played(uuid)
    live.was_played &= bool(leg)


def _unset_played(uuid: str) -> Api:
    return Api(ApiCommand.UUID_SETVAR, f"{uuid} {PLAYED}", waits=False)


def play(live: Live, sound: Sound | None, what: str, leg: str = "") -> Speech:
    """Play a file to its end, to a leg or the caller; return whether it was played."""
    yield from answered(live)
    if sound is None:
        yield Alarm(f"{what} has no audio: run eslflow prompts build")
        return False
    sooner = (LegEnded,) if leg else ()
    done = yield Execute(App.PLAYBACK, sound.path, leg=leg, sooner=sooner)
    if isinstance(done, LegEnded):
        return False
    is_callers = isinstance(done, Executed) and not leg
    live.is_driven |= is_callers
    live.was_played |= is_callers
    if isinstance(done, Executed) and done.response not in BROKEN:
        return True
    yield Alarm(f"{what} was not played: {sound.path}")
    return False


def played_ms(samples: str, rate: str | None) -> int:
    """Return how long something was played, at a channel's rate."""
    is_rate = rate is not None and rate.isdigit() and len(rate) < 7
    return int(samples[:12]) // max(SLOWEST, int(rate or 0) // 1000 if is_rate else 0)


def heard_since(live: Live, sound: Sound | None, began: int) -> int:
    """Return how much of a file was played by now at most, in ms, by our own clock.

    For calls that end meanwhile: the switch tells of a hang-up before it stops to play,
    and its count (`PLAYED`) comes too late.
    """
    return 0 if sound is None else min((live.now - began) // 1000, sound.ms)


def ask(
    live: Live, sound: Sound, keys: Collection[str], timeout_s: float, leg: str = ""
) -> Generator[Command, Event | None, Answer]:
    """Play a question once and wait for one key; tries are the step's business.

    Each question has a variable of its own, so that an older answer is none to it. When
    the file cannot be played, FreeSWITCH collects no key at all (switch_ivr_read in
    switch_ivr_play_say.c); an empty invalid-file leaves `PLAYED` as it was then.
    `leg` is asked instead of the caller.
    """
    yield from answered(live)
    if live.was_played and not leg:
        yield _unset_played(live.offered.uuid)
    variable, began = live.new_variable(), live.now
    # min max tries timeout terminators file invalid-file variable regex digit-timeout
    done = yield Execute(
        App.PLAY_AND_GET_DIGITS,
        f"1 1 1 {round(timeout_s * 1000)} none {sound.path} "
        f"'' {variable} [{''.join(keys)}]",
        leg=leg,
        sooner=(LegEnded,) if leg else (),
    )
    if isinstance(done, LegEnded):
        return Answer(is_gone=True, heard_ms=heard_since(live, sound, began))
    if not isinstance(done, Executed):
        return Answer(refused=getattr(done, "text", ""))
    live.is_driven |= not leg
    played = done.variables.variable(PLAYED)
    key = done.variables.variable(variable) or ""
    is_broken = played is None or not played.isdigit()
    live.was_played |= not (leg or is_broken)
    rate = done.variables.variable(RATE)
    heard_ms = played_ms(played, rate) if played and not is_broken else 0
    if key and key in keys and not is_broken:
        return Answer(key=key, heard_ms=heard_ms)
    wrong = done.variables.variable(f"{variable}_invalid") or key
    return Answer(wrong=wrong, heard_ms=heard_ms, is_broken=is_broken)


def key(
    live: Live, path: str, timeout_s: float
) -> Generator[Command, Event | None, str | None]:
    """Play a file and wait for one key; empty: none came, None: it was not played.

    The variable is unset before anything else is asked for. There is no pattern: what
    does not match one is kept under another name, and logged
    (switch_play_and_get_digits in switch_ivr_play_say.c).
    """
    # min max tries timeout terminators file invalid-file variable
    done = yield Execute(
        App.PLAY_AND_GET_DIGITS,
        f"1 1 1 {round(timeout_s * 1000)} none {path} '' {KEY}",
    )
    yield Api(ApiCommand.UUID_SETVAR, f"{live.offered.uuid} {KEY}", waits=False)
    if not isinstance(done, Executed):
        return None
    played = done.variables.variable(PLAYED) or ""
    if path != SILENCE and not played.isdigit():
        return None
    found = done.variables.variable(KEY) or ""
    return found if len(found) == 1 else ""
