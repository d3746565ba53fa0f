"""The hours that a flow file declares: `hours: {office: {zone: ..., mon-fri: ...}}`.

In: nodes with positions. Out: `Hours` with their zone; what is wrong is noted in the
document. The zone comes from the time zone database, which is read for it.
"""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from eslflow.flow import codes
from eslflow.flow.document import Kind, Node
from eslflow.flow.problems import Context, listed, near, scalar
from eslflow.flow.week import DAY_MIN, Hours, Span

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HINT = "Write zone: Europe/Berlin, mon-fri: [08:00-12:00, 13:00-17:00], sat: ..."
SPAN = re.compile(
    r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)"
)
ON_DAYS = re.compile(rf"({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))?")
HOLIDAY = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})")
_LIKE_DASH = re.compile("[\u2010-\u2015\u2212]")
"""What word processors and web pages make of a hyphen."""
_TIME = r" *([0-9]{1,2})(?:[:.]([0-9]{2}))? *"
_LOOSE = re.compile(f"{_TIME}-{_TIME}")
"""What a span looks like to a person."""


class _Week:
    """The hours read so far."""

    def __init__(self) -> None:
        self.zone: ZoneInfo | None = None
        self.spans: list[tuple[Span, Node]] = []
        """Each with its place."""
        self.yearly: dict[tuple[int, int], str] = {}
        self.once: dict[date, str] = {}


def read_hours(name: str, node: Node, context: Context) -> Hours | None:
    """Return the hours that a mapping declares; without a good zone none."""
    context = context.inside(name)
    if node.kind is not Kind.MAPPING:
        problem = f"{node.kind.value} stands where the hours '{name}' are"
        context.problem(codes.WRONG_VALUE, node, problem, HINT)
        return None
    seen: set[str] = set()
    week = _Week()
    for key, value in node.pairs:
        if key.text in seen:
            problem = f"'{key.text}' stands twice"
            context.problem(codes.TWICE, key, problem, "Remove one of them.")
            continue
        seen.add(key.text)
        _read(key, value, context, week)
    if "zone" not in seen:
        hint = "Add the zone: of the clock that these times are of, as Europe/Berlin."
        context.problem(codes.MISSING, node, f"the hours '{name}' have no zone", hint)
    # What else stands there was to be a day, and is told.
    if seen <= {"zone", "holidays"}:
        context.problem(codes.MISSING, node, f"the hours '{name}' have no day", HINT)
    if week.zone is None:
        return None
    spans = tuple(span for span, _ in week.spans)
    return Hours(name, week.zone, spans, week.yearly, week.once)


def _read(key: Node, value: Node, context: Context, week: _Week) -> None:
    inside = context.inside(key.text)
    found = ON_DAYS.fullmatch(key.text)
    if key.text == "zone":
        week.zone = _zone(value, inside)
    elif key.text == "holidays":
        _holidays(value, inside, week)
    elif found:
        _day(_days(found), value, inside, week)
    else:
        known = ("zone", "holidays", *DAYS)
        problem = f"'{key.text}' is no day{near(key.text, known)}"
        hint = f"Takes {listed(known)}, and mon-fri."
        context.problem(codes.WRONG_VALUE, key, problem, hint)


def _zone(node: Node, context: Context) -> ZoneInfo | None:
    # Few flows have hours, and every command would wait for it.
    from zoneinfo import ZoneInfo, available_timezones

    text = scalar(node, context, "a time zone such as Europe/Berlin")
    if text is None:
        return None
    known = sorted(available_timezones())
    if text in known:
        return ZoneInfo(text)
    cities = [zone for zone in known if zone.lower().endswith(f"/{text.lower()}")]
    close = cities or get_close_matches(text, known, n=1, cutoff=0.6)
    guess = f". Did you mean '{close[0]}'?" if close else ""
    hint = "Takes a name of the time zone database, such as Europe/Berlin or UTC."
    problem = f"there is no time zone '{text}'{guess}"
    context.problem(codes.UNKNOWN_NAME, node, problem, hint)
    return None


def _days(found: re.Match[str]) -> list[int]:
    """Return the days that `mon-fri` names; `sat-mon` goes over the week's end."""
    first = DAYS.index(found[1])
    last = DAYS.index(found[2]) if found[2] else first
    return [(first + n) % 7 for n in range((last - first) % 7 + 1)]


def _day(days: list[int], node: Node, context: Context, week: _Week) -> None:
    for item in node.items if node.kind is Kind.LIST else [node]:
        text = scalar(item, context, "a span such as 08:00-17:00")
        minutes = _minutes(text) if text else None
        if text is None:
            continue
        if minutes is None:
            problem = f"'{text}' is no span of time"
            context.problem(codes.WRONG_VALUE, item, problem, _mended(text))
            continue
        _add(days, minutes, item, context, week)


def _mended(text: str) -> str:
    """Return how a span is written that is none, as far as it shows."""
    plain = _LIKE_DASH.sub("-", text)
    if found := _LOOSE.fullmatch(plain):
        start, start_min, end, end_min = found.groups("00")
        better = f"{start:0>2}:{start_min}-{end:0>2}:{end_min}"
        if _minutes(better):
            hyphen = ", with a plain hyphen" if plain != text else ""
            return f"Write {better}{hyphen}."
    return "Takes HH:MM-HH:MM, as 08:00-17:00; 24:00 ends a day."


def _minutes(text: str) -> tuple[int, int] | None:
    """Return a span of a day in minutes; one over midnight ends beyond the day."""
    found = SPAN.fullmatch(text)
    if found is None:
        return None
    start = int(found[1]) * 60 + int(found[2])
    end = int(found[3]) * 60 + int(found[4]) if found[3] else DAY_MIN
    if start == end:
        return None
    return start, end if end > start else end + DAY_MIN


def _add(
    days: list[int], minutes: tuple[int, int], node: Node, context: Context, week: _Week
) -> None:
    """Take in a span of each day, unless it overlaps one that is there."""
    added: list[tuple[Span, Node]] = []
    for day in days:
        span = Span(*(day * DAY_MIN + minute for minute in minutes))
        for other, where in (*week.spans, *added):
            if span.overlaps(other):
                place = f"'{where.text}' of line {where.mark.line}"
                problem = f"'{node.text}' on {DAYS[day]} overlaps {place}"
                hint = "Let each minute stand in one span."
                context.problem(codes.SHADOWED, node, problem, hint)
                return
        added.append((span, node))
    week.spans += added


def _holidays(node: Node, context: Context, week: _Week) -> None:
    hint = "Write 12-25: Christmas for every year, 2026-04-03: Good Friday for one."
    if node.kind is not Kind.MAPPING:
        problem = f"{node.kind.value} stands where holidays are"
        context.problem(codes.WRONG_VALUE, node, problem, hint)
        return
    for key, value in node.pairs:
        name = scalar(value, context.inside(key.text), "the holiday's name")
        day = _date(key.text)
        if day is None:
            context.problem(codes.WRONG_VALUE, key, f"'{key.text}' is no date", hint)
            continue
        if key.text.count("-") == 1:
            is_known = (day.month, day.day) in week.yearly
            week.yearly[day.month, day.day] = name or ""
        else:
            is_known = day in week.once
            week.once[day] = name or ""
        if is_known:
            problem = f"the holiday {key.text} stands twice"
            context.problem(codes.TWICE, key, problem, "Remove one of them.")


def _date(text: str) -> date | None:
    """Return a day; of every year, that of a leap year."""
    found = HOLIDAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1] or 2000), int(found[2]), int(found[3]))
    except ValueError:
        return None


def schema() -> dict[str, Any]:
    """Return the schema of the hours by name."""
    span = {"type": "string", "pattern": f"^{SPAN.pattern}$"}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["zone"],
        "properties": {
            "zone": {
                "type": "string",
                "description": "Of the clock that the times are of: Europe/Berlin.",
            },
            "holidays": {
                "type": "object",
                "propertyNames": {"pattern": f"^{HOLIDAY.pattern}$"},
                "additionalProperties": {"type": "string", "minLength": 1},
                "description": "By date: 12-25 every year, 2026-04-03 once.",
            },
        },
        "patternProperties": {
            f"^{ON_DAYS.pattern}$": {
                "anyOf": [span, {"type": "array", "items": span, "minItems": 1}]
            }
        },
    }
