"""One side of a stereo recording: whoever asks for theirs need not get the other's.

In: an open WAV file, which channel is wanted. Out: a file with that one alone. Must not
guess who is on which channel.
"""

from __future__ import annotations

import wave
from array import array
from typing import BinaryIO

from eslflow.recordings.sound import find_sound

STEREO = 2


def write_channel(fd: int, out: BinaryIO, is_left: bool) -> bool:
    """Write one channel as a WAV file; false: there are no two, and nothing is written.

    Raises:
        OSError: it cannot be read or written.
    """
    sound = find_sound(fd)
    if sound.channels != STEREO or not sound.frames:
        return False
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        for piece in sound.pieces():
            file.writeframes(array("h", piece)[0 if is_left else 1 :: STEREO].tobytes())
    return True
