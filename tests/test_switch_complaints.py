"""Complaints about peers."""

from eslflow.switch.complaints import MOST, SPAN_S, Complaints


class Clock:
    """Timers that are over when a test says so."""

    def __init__(self):
        self.due = []
        self.cancelled = 0

    def after(self, seconds, action):
        self.due.append((seconds, action))
        return self

    def cancel(self):
        self.cancelled += 1

    def passes(self):
        ((seconds, action),) = self.due
        self.due.clear()
        action()
        return seconds


def told(caplog):
    lines = [record.getMessage() for record in caplog.records]
    caplog.clear()
    return lines


def test_a_flood_of_them_is_a_few_lines_and_a_number(caplog):
    clock = Clock()
    complaints = Complaints(clock)
    for number in range(2000):
        complaints.tell(f"dropped {number}")
    assert told(caplog) == [
        *(f"dropped {number}" for number in range(MOST)),
        "of more like these, only their number is told",
    ]
    assert clock.passes() == SPAN_S
    more = 2000 - MOST
    assert told(caplog) == [
        f"and {more} more connections were refused or dropped within 60 s"
    ]
    complaints.tell("dropped again")
    assert told(caplog) == ["dropped again"]


def test_few_of_them_are_told_and_no_more(caplog):
    clock = Clock()
    complaints = Complaints(clock)
    complaints.tell("dropped")
    clock.passes()
    complaints.close()
    assert told(caplog) == ["dropped"]
    assert clock.cancelled == 0


def test_what_was_not_told_yet_is_told_at_the_end(caplog):
    clock = Clock()
    complaints = Complaints(clock)
    for _ in range(MOST + 3):
        complaints.tell("dropped")
    complaints.close()
    assert told(caplog)[-1].startswith("and 3 more")
    assert clock.cancelled == 1
