"""What keeping a choice costs, in a new ledger and in one with a million of them.

    scripts/bench ledger [--calls N] [--commits N] [--folder FOLDER]

In: how many calls the large ledger holds, with two choices each, and how many commits
are measured. Out: bytes per call, and the CPU time of a commit in both ledgers: of
choices in calls that go on, and of all that whole calls keep. Both ledgers take turns,
so that whatever else the machine does weighs on both. A ledger that is in the folder
already is taken as it is.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple

from eslflow.call.records import Choice, NoticePlayed, Row
from eslflow.ledger.append import append
from eslflow.ledger.lean import Lean
from eslflow.ledger.writer import connect
from tests.load.fill import SECOND, call, fill

FEW_CALLS, MANY_CALLS = 500, 500_000
"""With two choices each."""
GROUPS = 40
"""Groups of rows in one commit."""
DAYS = 365


class Cost(NamedTuple):
    """CPU seconds: user and system."""

    all: float
    commit: float
    """Of that, of COMMIT alone."""


class Book:
    """A ledger, opened as its writer has it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.db = connect(path)
        self._lean = Lean(self.db)
        self._notices: set[NoticePlayed] = set()
        # Measured again, it gets other calls: those that are there cost less.
        self._random = random.Random(f"{path.name} {self.count()}")
        self._at = time.time_ns() // 1000

    def keep(self, rows: list[Row]) -> Cost:
        """Write rows in one commit; return what that took."""
        begun = time.process_time()
        self.db.execute("BEGIN IMMEDIATE")
        append(self.db, rows, self._notices, self._lean)
        before = time.process_time()
        self.db.execute("COMMIT")
        ended = time.process_time()
        return Cost(ended - begun, ended - before)

    def calls(self) -> list[list[Row]]:
        """Return what is kept of some new calls."""
        self._at += SECOND
        return [list(call(self._random, self._at)) for _ in range(GROUPS)]

    def count(self) -> int:
        """Return how many choices there are."""
        (found,) = self.db.execute("SELECT count(*) FROM choice_rows").fetchone()
        return int(found)


def choices_of(book: Book, commits: int) -> Iterator[list[Row]]:
    """Yield the answers to questions of calls that go on, commit by commit."""
    answers = []
    for _ in range(commits):
        calls = book.calls()
        offered = [rows[0] for rows in calls]
        asked = [[row for row in rows if isinstance(row, Choice)] for rows in calls]
        book.keep([*offered, *(rows[0] for rows in asked)])
        answers.append([rows[1] for rows in asked])
    # What is kept of the calls themselves is not to be paid for by their choices.
    book.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    yield from answers


def whole_calls(book: Book, commits: int) -> Iterator[list[Row]]:
    """Yield all that is kept of calls, commit by commit."""
    for _ in range(commits):
        yield [row for rows in book.calls() for row in rows]


KINDS = {"choice": choices_of, "whole call": whole_calls}


def measure(books: list[Book], commits: int) -> dict[str, list[Cost]]:
    """Return what a group of each kind costs in each ledger."""
    found: dict[str, list[Cost]] = {}
    for name, rows_of in KINDS.items():
        costs: list[list[Cost]] = [[] for _ in books]
        for turn in zip(*(rows_of(book, commits) for book in books), strict=True):
            for book, rows, its in zip(books, turn, costs, strict=True):
                its.append(book.keep(rows))
        found[name] = [_mean(its, GROUPS * commits) for its in costs]
    return found


def _mean(costs: list[Cost], many: int) -> Cost:
    return Cost(*(sum(spent) / many for spent in zip(*costs, strict=True)))


def run(folder: Path, calls: int, commits: int) -> dict[str, Any]:
    """Make the ledgers where they are not there; return the figures."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / "few.db", folder / f"{calls}.db"]
    # The small one is to be small in each run.
    paths[0].unlink(missing_ok=True)
    for path, many in zip(paths, (FEW_CALLS, calls), strict=True):
        if not path.exists():
            fill(path, many, DAYS)
    with ExitStack() as stack:
        books = [Book(path) for path in paths]
        for book in books:
            stack.enter_context(closing(book.db))
        (size,) = (
            books[1]
            .db.execute(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            )
            .fetchone()
        )
        (there,) = books[1].db.execute("SELECT count(*) FROM calls").fetchone()
        before = [book.count() for book in books]
        return {
            "bytes per call": size / there,
            "choices": before,
            "costs": measure(books, commits),
        }


def tell(found: dict[str, Any]) -> str:
    """Return the figures as lines."""
    few, many = found["choices"]
    lines = [
        f"{found['bytes per call']:,.0f} bytes per call",
        f"CPU time in commits of {GROUPS} groups, with {few:,} and {many:,} choices:",
    ]
    for name, (small, large) in found["costs"].items():
        lines.append(
            f"  a {name}: {small.all * 1e6:.0f} and {large.all * 1e6:.0f} us, ratio "
            f"{large.all / small.all:.2f} (of that COMMIT: {small.commit * 1e6:.0f} "
            f"and {large.commit * 1e6:.0f} us)"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=MANY_CALLS)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        print(tell(run(asked.folder or Path(spare), asked.calls, asked.commits)))


if __name__ == "__main__":
    main()
