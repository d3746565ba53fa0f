"""Rows of a call, a line for each."""

import pytest

from eslflow.call.records import (
    CallEnded,
    CallOffered,
    Choice,
    NoticePlayed,
    RecordingAction,
    RecordingBegun,
    RecordingEnded,
    RecordingSettled,
    State,
)
from eslflow.cli.rows import told
from eslflow.flow.model import Party
from eslflow.wire.terms import RecordAction

START = 1_800_000_000_000_000
NOTICE = NoticePlayed("first", "recording", 1, "en", "Words.", "ab", 900, "")
CHOICE = Choice("u", START, State.GRANTED, "training", "consent", 0, "f", "1", "a", "e")
ENDED = RecordingEnded("r", START, START + 1, 1500, "", "stopped")


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (
            CallOffered("u", "in", "", "", "100", "first", "1", "e", START),
            "   0.0 s  call       from an unknown number to 100, flow first",
        ),
        (
            CallOffered("u", "in", "+49", "", "100", "first", "1", "e", START + 10**6),
            "   1.0 s  call       from +49 to 100, flow first",
        ),
        (
            CallEnded("u", START, "hung_up", "NORMAL_CLEARING", "talk"),
            "   0.0 s  call       ended in step talk: hung up (NORMAL_CLEARING)",
        ),
        (
            CallEnded("u", START, "finished", "", "bye"),
            "   0.0 s  call       ended in step bye: finished",
        ),
        (
            NOTICE,
            f"{' ' * 10}notice     recording v1 (en): its words, and the checksum of "
            "its audio",
        ),
        (CHOICE, "   0.0 s  choice     training: granted"),
        (
            CHOICE._replace(party=Party.CALLEE, key="1"),
            "   0.0 s  choice     training: granted, by the called party, key 1",
        ),
        (
            CHOICE._replace(
                purpose="", state=State.NOT_ASKED, reason="is_private", rests_on="b"
            ),
            "   0.0 s  choice     the whole call: not asked, is private, rests on call "
            "b",
        ),
        (
            CHOICE._replace(
                notice="n", notice_version=2, language="de", key="1", tries=3
            ),
            "   0.0 s  choice     training: granted, n v2 (de), key 1, asked 3 times",
        ),
        (
            RecordingBegun("r", "u", "l", "a.wav", "training", "talk", START),
            "   0.0 s  recording  a.wav, for training",
        ),
        (ENDED, "   0.0 s  recording  stopped: 1.5 s"),
        (
            ENDED._replace(cause="success-silence"),
            "   0.0 s  recording  stopped: 1.5 s, success-silence",
        ),
        (
            RecordingAction(
                "r", "u", START, RecordAction.MASK, "step", "card", "", False
            ),
            "   0.0 s  action     mask, step; the switch said: nothing (not seen)",
        ),
    ],
)
def test_each_row_is_a_line(row, line):
    assert list(told([row], START)) == [line]


def test_a_notice_that_is_there_already_is_told_once():
    assert len(list(told([NOTICE, CHOICE, NOTICE], START))) == 2


def test_what_no_call_keeps_is_no_line():
    assert list(told([RecordingSettled("r")], START)) == []
