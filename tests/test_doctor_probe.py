"""Calls to nobody: what they show, and that nothing of them stays."""

import os
import re
from pathlib import Path

import pytest

from eslflow.doctor.finding import Level
from eslflow.doctor.probe import LOOKS, Answer, Prober
from eslflow.errors import LinkLost
from tests.ward import Noon, Ward

UUID = "11111111-0000-4000-8000-000000000001"
DAY = "2001/09/09"
"""The day of `Noon`."""


def prober(ward):
    return Prober(ward, Noon(), lambda: UUID)


def nobody():
    return ()


def has_ended(ward):
    return ward.heard[-1] == f"uuid_kill {UUID}"


# Sounds.


def test_sounds_that_open_are_well_and_are_closed_again():
    ward = Ward()
    finding = prober(ward).sounds(["/s/a/en/x.wav", "/s/a/en/y.wav"])
    assert finding.level is Level.OK
    assert "2 files" in finding.text
    assert f"uuid_displace {UUID} stop /s/a/en/y.wav" in ward.heard
    assert ward.heard[0] == (
        f"originate {{origination_uuid={UUID},park_timeout=10,process_cdr=false}}"
        "null/eslflow-doctor &park()"
    )
    assert has_ended(ward)


def test_sounds_that_do_not_open_are_named():
    paths = [f"/s/a/en/{number}.wav" for number in range(5)]
    ward = Ward(**{f"uuid_displace {UUID} start": "-ERR Cannot displace session!"})
    finding = prober(ward).sounds(paths)
    assert finding.level is Level.ERROR
    assert finding.text.endswith("/s/a/en/2.wav and 2 more")
    assert "chgrp -R freeswitch /s," in finding.mend
    assert has_ended(ward)
    one = {f"uuid_displace {UUID} start {paths[3]}": "-ERR Cannot displace session!"}
    finding = prober(Ward(**one)).sounds(paths)
    assert finding.text == f"the switch cannot open {paths[3]}"


def test_a_switch_without_calls_to_nobody_is_told_how_to_make_them(tmp_path):
    ward = Ward(originate="-ERR CHAN_NOT_IMPLEMENTED")
    for finding in (
        prober(ward).sounds(["/x.wav"]),
        *prober(ward).recordings(tmp_path),
    ):
        assert finding.level is Level.WARNING
        assert "CHAN_NOT_IMPLEMENTED" in finding.text
        assert "load mod_loopback" in finding.mend
    assert not any("uuid_kill" in words for words in ward.heard)


# Recordings.


def records(words):
    Path(re.search(r"&record\((\S+) 5\)", words)[1]).write_bytes(b"RIFF")
    return "+OK"


def test_a_recording_is_written_read_and_taken_away(tmp_path):
    ward = Ward(originate=records)
    (finding,) = prober(ward).recordings(tmp_path)
    assert finding.level is Level.OK
    assert finding.text.startswith(f"the switch writes into {tmp_path};")
    assert os.listdir(tmp_path) == []
    assert has_ended(ward)


def test_it_is_written_where_one_of_today_would_be(tmp_path):
    (tmp_path / DAY).mkdir(parents=True)
    (finding,) = prober(Ward(originate=records)).recordings(tmp_path)
    assert f"{tmp_path}/{DAY};" in finding.text
    assert os.listdir(tmp_path / DAY) == []
    assert not (tmp_path / "2001" / "09" / "10").exists()


def test_a_switch_that_cannot_write_is_told(tmp_path):
    ward = Ward(uuid_exists="false")
    (finding,) = prober(ward).recordings(tmp_path)
    assert finding.level is Level.ERROR
    assert finding.text == f"the switch cannot write into {tmp_path}"
    assert f"chmod 2770 {tmp_path}" in finding.mend


def test_a_switch_that_writes_elsewhere_is_told(tmp_path):
    ward = Ward()
    (finding,) = prober(ward).recordings(tmp_path)
    assert finding.level is Level.ERROR
    assert "there is no file here" in finding.text
    assert ward.heard.count("msleep 50") == LOOKS
    assert has_ended(ward)


def test_a_file_that_comes_late_is_waited_for(tmp_path):
    asked = []

    def late(words):
        asked.append(words)
        if len(asked) == 3:
            (tmp_path / f"doctor.{UUID}.wav").touch()
        return "true"

    (finding,) = prober(Ward(uuid_exists=late)).recordings(tmp_path)
    assert finding.level is Level.OK


def test_a_file_that_cannot_be_read_or_removed_is_told(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    ward = Ward(
        originate=lambda _: (
            os.close(os.open(tmp_path / f"doctor.{UUID}.wav", os.O_CREAT)) or "+OK"
        )
    )
    found = list(prober(ward).recordings(tmp_path))
    assert [finding.level for finding in found] == [Level.ERROR, Level.ERROR]
    assert "cannot read" in found[0].text
    assert "cannot remove" in found[1].text
    assert f"rm {tmp_path}/doctor.{UUID}.wav" in found[1].mend


def test_a_call_that_ended_by_itself_is_no_fault(tmp_path):
    ward = Ward(originate=records, uuid_kill="-ERR No such channel!")
    (finding,) = prober(ward).recordings(tmp_path)
    assert finding.level is Level.OK


def test_a_link_that_breaks_leaves_no_file(tmp_path):
    def breaks(_):
        raise LinkLost("gone")

    ward = Ward(originate=records, uuid_kill=breaks)
    with pytest.raises(LinkLost):
        list(prober(ward).recordings(tmp_path))
    assert os.listdir(tmp_path) == []


# The socket.


def test_a_controller_that_has_seen_the_call_is_known_by_its_mark():
    ward = Ward(**{f"uuid_getvar {UUID} eslflow_doctor": "true"})
    assert prober(ward).socket("127.0.0.1:8084", nobody) is Answer.SEEN
    assert ward.heard[0].endswith(
        ",socket_resume=true}null/eslflow-doctor "
        "'socket:127.0.0.1:8084/eslflow.doctor async full,park' inline"
    )
    assert has_ended(ward)


def test_a_call_that_came_to_the_door_is_seen_there():
    assert prober(Ward()).socket("127.0.0.1:8084", lambda: ["x"]) is Answer.CAME


def test_a_call_that_goes_on_at_once_was_not_taken():
    ward = Ward(**{f"uuid_getvar {UUID} current_application": "park"})
    assert prober(ward).socket("127.0.0.1:8084", nobody) is Answer.CLOSED


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_call_that_was_taken_between_two_questions_was_taken(is_ours):
    asked = []

    def seen(_):
        asked.append("seen")
        return "true" if is_ours and len(asked) > 1 else "_undef_"

    def came():
        return [] if is_ours or len(asked) < 2 else ["x"]

    ward = Ward(
        **{
            f"uuid_getvar {UUID} eslflow_doctor": seen,
            f"uuid_getvar {UUID} current_application": "park",
        }
    )
    wanted = Answer.SEEN if is_ours else Answer.CAME
    assert prober(ward).socket("127.0.0.1:8084", came) is wanted


def test_a_call_that_stays_away_met_somebody_who_says_nothing():
    ward = Ward(**{f"uuid_getvar {UUID} current_application": "-ERR No such channel!"})
    assert prober(ward).socket("127.0.0.1:8084", nobody) is Answer.SILENT
    assert ward.heard.count("msleep 50") == LOOKS
