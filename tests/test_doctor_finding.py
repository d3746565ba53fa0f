"""What a look found."""

import json

from eslflow.doctor.finding import Finding, Level, error, ok, warning


def test_findings_say_how_bad_they_are():
    assert ok("disk", "room").level is Level.OK
    assert warning("disk", "a", "b", "c").level is Level.WARNING
    assert error("disk", "a", "b", "c") == Finding(Level.ERROR, "disk", "a", "b", "c")


def test_what_is_well_needs_no_mending():
    assert ok("disk", "room") == Finding(Level.OK, "disk", "room", "", "")


def test_programs_read_the_level_as_a_word():
    assert json.loads(json.dumps(ok("disk", "room")._asdict()))["level"] == "ok"
