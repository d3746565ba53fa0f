"""What becomes of whoever calls for help, in words.

In: what says a sentence by its name, the step that calls what was dialled, the numbers
that the site names. Out: sentences. Must not judge which numbers there should be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from eslflow.check.cases import Say
from eslflow.check.wording import series


def helped(say: Say, step: str, numbers: Collection[str] | None) -> Iterator[str]:
    """Yield what is done with emergency numbers; None: a site has the usual ones."""
    if numbers is not None and not numbers:
        yield say("emergency.none")
        return
    yield say("emergency", step=step)
    if numbers:
        yield say("emergency.these", numbers=series(sorted(numbers), say("and")))
