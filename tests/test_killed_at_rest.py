"""eslflow killed while a recording comes to rest, at each call out of Python.

A process does the rounds of a site; just before its n-th call of anything that is not
written in Python (each opening, writing, syncing, renaming and removing is one) it
kills itself with SIGKILL, for each n there is. After each, another process does the
rounds to the end: the sound is there in its one form, and nothing else is.
"""

import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest

from eslflow.recordings.forms import Form
from tests.rest import IDENTITY, TO, Resting, masked_talk

ROOT = Path(__file__).parent.parent
WANTED = {
    "flac": {"convert": Form.FLAC},
    "wav.age": {"encrypt_to": TO},
    "flac.age": {"convert": Form.FLAC, "encrypt_to": TO},
}
DOOMED = """
import os, signal, sys
from pathlib import Path
from tests.rest import Resting
from eslflow.recordings.forms import Form

folder, form, *to = sys.argv[1:]
wanted = {"convert": Form.FLAC if "flac" in form else None, "encrypt_to": tuple(to)}

def doomed(site, calls):
    left = calls
    def watch(frame, event, arg):
        nonlocal left
        if event == "c_call" and "recordings" in frame.f_code.co_filename:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    keeper = site.keeper(**wanted)
    sys.setprofile(watch)
    for _ in range(3):
        keeper.run_due()
    sys.setprofile(None)
    os._exit(0)

# What is imported late is imported now: only our own calls are counted.
import soundfile, pyrage
code, calls = 1, 0
while code:
    place = Path(folder, str(calls))
    place.mkdir()
    site = Resting(place)
    site.has()
    child = os.fork()
    if not child:
        doomed(site, calls)
    code = os.waitpid(child, 0)[1]
    calls += 1
"""


@pytest.mark.kill
@pytest.mark.timeout(600)
@pytest.mark.parametrize("form", WANTED)
def test_no_kill_loses_a_recording_or_leaves_two(tmp_path, form):
    to = WANTED[form].get("encrypt_to", ())
    done = subprocess.run(
        [sys.executable, "-c", DOOMED, str(tmp_path), form, *to],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    kills, states = sorted(tmp_path.iterdir(), key=lambda path: int(path.name)), set()
    for place in kills:
        site = Resting(place)
        states.add((*site.files(), site.row()["form"], site.row()["source"] or ""))
        assert {"u-1-1.wav", f"u-1-1.{form}"} & set(site.files()), place
        site.rests(**WANTED[form])
        assert site.files() == [f"u-1-1.{form}"], place
        row = site.row()
        assert (row["form"], row["source"], site.alarms) == (form, "", [])
        assert plain_of(site, form) == row["plain_sha256"]
    assert len(kills) > 50
    # Each state that the table in keeper.py names was met.
    assert {len([n for n in state[:-2] if n]) for state in states} == {1, 2}
    assert any(".u-1-1.part" in state for state in states)
    assert {state[-2] for state in states} == {None, form}


def plain_of(site, form):
    """Return the checksum of what a recording decrypts to."""
    data = site.path(form=form).read_bytes()
    if "age" in form:
        out = io.BytesIO()
        pyrage.decrypt_io(io.BytesIO(data), out, [IDENTITY])
        data = out.getvalue()
    if form == "wav.age":
        assert data == masked_talk()
    return hashlib.sha256(data).hexdigest()
