"""A small file system of its own, for what happens when it is full or read-only."""

import subprocess
from contextlib import contextmanager

import pytest


@contextmanager
def mounted(folder):
    """Lay 4 MB of memory over a folder; skip the test where that is not allowed."""
    words = ["mount", "-t", "tmpfs", "-o", "size=4m", "eslflow-test", str(folder)]
    try:
        subprocess.run(words, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root may mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder, how):
    """Make it read-only (`ro`), or writable again (`rw`)."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)
