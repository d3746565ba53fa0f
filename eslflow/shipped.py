"""Where the flows and sounds that come with eslflow are.

In a checkout they lie beside the package; an installation has them under
`<prefix>/share/eslflow` (data_files of setup.cfg).
"""

from __future__ import annotations

import sys
from pathlib import Path

from eslflow.errors import SettingsError

_BESIDE = Path(__file__).resolve().parent.parent


def folder(name: str) -> Path:
    """Return the folder of shipped `flows` or `sounds`.

    Raises:
        SettingsError: the installation has lost it.
    """
    for parent in (_BESIDE, Path(sys.prefix) / "share" / "eslflow"):
        if (parent / name).is_dir() and (parent / "flows" / "support.yaml").is_file():
            return parent / name
    raise SettingsError(f"the {name} that come with eslflow are gone: install it again")
