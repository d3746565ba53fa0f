"""How a report says things: its language, its times, its tables.

In: facts, names of sentences, values of rows. Out: text and HTML. Reads no clock and no
zone of the machine that it runs on: a bundle brings its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from eslflow.bundle.facts import Facts, Zone
from eslflow.bundle.html import Child, Html, joined, tag
from eslflow.bundle.wording import SENTENCES, SPOKEN

Line = dict[str, Any]

_UTC = Zone(0, 0, "UTC")
_LAST = 253_402_214_400_000_000
"""The end of the year 9999: what comes later is no time."""


class Telling:
    """Says what a bundle's facts are, in its language."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.kept = facts.kept
        self.notices = facts.lines("notices")
        self._words = SENTENCES[facts.made.language]
        self._spoken = SPOKEN[facts.made.language]
        self._places = {(row.table, row.seq): row.place for row in facts.proof}
        lines = enumerate(self.kept["recordings"], 1)
        self._numbers = {line["id"]: number for number, line in lines}
        self._lengths = {n["audio_sha256"]: n["audio_ms"] for n in self.notices}

    def __call__(self, name: str, /, **values: object) -> str:
        """Return a sentence."""
        return self._words[name].format_map(values)

    def word(self, value: object, kind: str = "") -> str:
        """Return a word of the rows in this language; an unknown one as it is."""
        word = str(value or "")
        return self._words.get(f"{kind} {word}".strip(), word.replace("_", " "))

    def recording(self, name: str) -> str:
        """Return a recording's title; empty for none."""
        return (
            self("recording", number=self._numbers[name])
            if name in self._numbers
            else name
        )

    def state(self, state: str) -> str:
        """Return what became of a question."""
        return self.word(state)

    def language(self, code: str) -> str:
        """Return the name of a language."""
        return self._spoken.get(code, code)

    def place(self, table: str, seq: int) -> int:
        """Return where a row is in the chain."""
        return self._places[table, seq]

    def length(self, choice: Line) -> int:
        """Return how long the audio was that a choice rests on; 0: nobody knows."""
        return int(self._lengths.get(choice["audio_sha256"], 0))

    def by(self, choice: Line) -> str:
        """Return who made a choice."""
        who, party = choice["performed_by"], choice["party"]
        if who == "subject":
            return self("party" if party == "callee" else "subject")
        name = {"operator": "operator by"}.get(who, who)
        return self.word(name).replace("{who}", choice["who"]).strip()

    def offered(self, keys: str) -> list[str]:
        """Return keys as they were offered, each with its meaning."""
        pairs = (pair.partition("=") for pair in keys.split())
        return [f"{key} = {self.word(meaning, 'means')}" for key, _, meaning in pairs]

    def where(self, name: str, shown: str = "") -> Html:
        """Return whether a part is in the bundle, and why not."""
        if name in self.facts.held:
            return joined(self("file held", name=shown or name))
        why = self.facts.made.left_out.get(name, "")
        return joined(self("file out", why=self.word(why))) if why else Html("")

    def at(self, micros: int | None) -> str:
        """Return a time as a sentence says it."""
        if not micros:
            return ""
        utc, there = self._times(micros)
        return f"{utc} ({there})" if there else utc

    def time(self, micros: int | None) -> Html:
        """Return a time as a table shows it."""
        if not micros:
            return Html("")
        utc, there = self._times(micros)
        return tag("span", utc, tag("small", there), class_="time")

    def clock(self, micros: int) -> str:
        """Return the time of day, UTC."""
        return _clock(micros, 0)[11:] if 0 <= micros < _LAST else str(micros)

    def _times(self, micros: int) -> tuple[str, str]:
        if not 0 <= micros < _LAST:
            return str(micros), ""
        before = [zone for zone in self.facts.made.zone if zone.since <= micros]
        zone = max(before, default=_UTC)
        utc, there = _clock(micros, 0), _clock(micros, zone.offset_s)
        # The date is said again only where it is another one.
        shown = there[11:] if there[:10] == utc[:10] else there
        return f"{utc} UTC", f"{shown} {zone.name}" if zone.offset_s else ""

    def listed(self, rows: Iterable[tuple[str, Child]], kind: str = "one") -> Html:
        """Return names with what they are: one pair in a line, or `two`."""
        cells = [joined(tag("dt", name), tag("dd", value)) for name, value in rows]
        return tag("dl", *cells, class_=kind)

    def table(
        self, names: Sequence[str], rows: Sequence[Sequence[Child]], kind: str = "rows"
    ) -> Html:
        """Return a table under the sentences of these names."""
        head = tag("tr", *(tag("th", self(name)) for name in names))
        body = [tag("tr", *(tag("td", cell) for cell in row)) for row in rows]
        return tag("table", tag("thead", head), tag("tbody", *body), class_=kind)


def _clock(micros: int, offset_s: int) -> str:
    since = datetime(1970, 1, 1, tzinfo=timezone.utc)
    at = since + timedelta(microseconds=micros) + timedelta(seconds=offset_s)
    return f"{at:%Y-%m-%d %H:%M:%S}.{micros // 1000 % 1000:03}"
