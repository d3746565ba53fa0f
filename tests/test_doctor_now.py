"""What records right now."""

import json

import pytest

from eslflow.doctor.finding import Level
from eslflow.doctor.now import recording
from eslflow.switch.reconcile import Reconciler
from tests.ward import Noon, Ward

FOLDER = "/srv/recordings"


class Books:
    """A ledger that knows one call."""

    calls = ("u-1",)
    files = ()

    def open_calls(self):
        return [
            {
                "call": {"uuid": uuid, "offered_at": 1, "ended_at": None},
                "choices": [],
                "recordings": [],
                "recording_actions": [],
            }
            for uuid in self.calls
        ]

    def recording_at(self, path):
        return None

    def strays(self):
        return self.files

    def problem(self):
        return ""

    def set_aside(self, path):
        raise AssertionError("nothing is moved")


def bugs(*paths):
    lines = "".join(
        f"<function>session_record</function>\n<target>{path}</target>\n"
        for path in paths
    )
    return f"<media-bugs>\n{lines}</media-bugs>\n"


def look(books=None, *, live=(), **buglists):
    """Return what is said of a switch with a call of ours, and one of others."""
    channels = [{"uuid": uuid} for uuid in ("u-1", "agent-1", "other-1")]
    calls = [{"uuid": "u-1", "b_uuid": "agent-1", "b_dest": "1001"}]
    ward = Ward(
        uuid_buglist=bugs(),
        **{
            "show channels": json.dumps({"rows": channels}),
            "show calls": json.dumps({"rows": calls}),
            **{f"uuid_buglist {u}".replace("_1", "-1"): t for u, t in buglists.items()},
        },
    )
    found = recording(
        Reconciler(
            link=ward,
            books=books or Books(),
            keep=lambda _: None,
            folder=FOLDER,
            clock=Noon(),
            live=lambda: live,
            is_guest=True,
        )
    )
    return list(found), ward


def test_where_nothing_else_records_it_is_said():
    (finding,), _ = look()
    assert finding.level is Level.OK
    assert finding.text == "no recorder but eslflow's on 2 legs of its calls"


@pytest.mark.parametrize("leg", ["u_1", "agent_1"])
def test_a_recorder_of_somebody_else_on_either_leg_is_told(leg):
    (finding,), ward = look(
        **{leg: bugs("/tmp/x.wav", f"{FOLDER}/u-1-1.wav")}, live=["u-1"]
    )
    assert finding.level is Level.ERROR
    assert finding.text == "another recorder writes /tmp/x.wav, of call u-1"
    assert "uuid_record" in finding.mend
    assert not any("uuid_record" in words for words in ward.heard)


def test_calls_of_others_are_their_own_affair():
    (finding,), _ = look(other_1=bugs("/tmp/x.wav"))
    assert finding.level is Level.OK


def test_what_a_reconciliation_would_stop_is_told_and_not_stopped():
    found, ward = look(u_1=bugs(f"{FOLDER}/2026/11/24/u-1-1.wav"))
    (finding,) = found
    assert finding.level is Level.WARNING
    assert "unpermitted u-1" in finding.text
    assert not any("uuid_record" in words for words in ward.heard)


def test_a_call_that_ends_meanwhile_is_no_fault():
    (finding,), _ = look(u_1="-ERR no reply", agent_1="-ERR no reply")
    assert finding.level is Level.OK
