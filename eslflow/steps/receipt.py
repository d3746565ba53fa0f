"""Reading a receipt out: the code by which a caller can name the call later.

In: the call, and who is to hear it. Out: a sub-generator that plays it, digit by digit,
twice. Must not make the code (`call.receipt` does).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslflow.call.receipt import receipt_of
from eslflow.flow.readout import AGAIN, BEGIN, receipt_path
from eslflow.steps import speech
from eslflow.steps.speech import Speech

if TYPE_CHECKING:
    from eslflow.call.live import Live


def read_out(live: Live, leg: str = "") -> Speech:
    """Read the call's code out to a leg or the caller; return whether all was said."""
    code = receipt_of(live.offered.uuid)
    live.tell(f"reads out the receipt {code}")
    for word in (BEGIN, *code, AGAIN, *code):
        sound = live.site.sounds.get(receipt_path(live.language, word))
        if not (yield from speech.play(live, sound, f"receipt {word}", leg)):
            # Whoever hears half of a code writes down a wrong one.
            return False
    return True
