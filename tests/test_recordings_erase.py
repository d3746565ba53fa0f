"""What is deleted because a consent was withdrawn."""

import os

import pytest

from eslflow.call.records import (
    CallOffered,
    Choice,
    LegalHold,
    RecordingBegun,
    State,
)
from eslflow.e164 import normaliser
from eslflow.errors import Elsewhere
from eslflow.ledger.erasure import Order, begin
from eslflow.ledger.subject import read
from eslflow.ledger.writer import write
from eslflow.recordings.erase import PATIENCE_US, Eraser, erase, holding
from eslflow.recordings.forms import Form
from eslflow.recordings.spans import Kind, spans
from tests.cut import killed_at
from tests.files import START, put, talk, wav
from tests.rest import END, TO, Resting


def choice(state=State.WITHDRAWN, at=END, purpose="p", after="delete"):
    return Choice(
        "u-1", at, state, purpose, "consent", 0, "f", "0", "s", "e", on_withdrawal=after
    )


@pytest.fixture
def site(tmp_path):
    return Resting(tmp_path)


def eraser(site, keep=None, **more):
    return Eraser(
        site.ledger,
        keep or site.writes,
        site.folder,
        site.clock,
        site.alarms.append,
        site.told.append,
        **more,
    )


def withdraws(site, **given):
    write(site.ledger, (choice(**given),))


def test_the_file_goes_and_its_row_stays_as_proof(site):
    path = site.has()
    before = site.row()
    withdraws(site)
    eraser(site).run_due()
    assert not path.exists()
    row = site.row()
    assert (row["erased_for"], row["erased_at"]) == ("withdrawn", site.clock.now())
    assert row["sha256"] == before["sha256"] != ""
    done = site.actions()[-1]
    assert (done["action"], done["reason"]) == ("erase", "withdrawn")
    assert (done["reply"], done["verified"]) == ("1 file removed", 1)
    assert site.told == ["recording u-1-1 was withdrawn: 1 file removed"]
    assert site.alarms == []


def test_it_is_deleted_once(site):
    site.has()
    withdraws(site)
    done = eraser(site)
    done.run_due()
    rows = len(site.actions())
    done.run_due()
    eraser(site).run_due()
    assert len(site.actions()) == rows


def test_while_the_row_is_on_its_way_it_is_not_deleted_again(site):
    site.has()
    withdraws(site)
    kept = []
    late = eraser(site, kept.append)
    late.run_due()
    late.run_due()
    assert len(kept) == 1


def test_a_crash_after_the_file_is_gone_is_mended_by_the_next_round(site):
    path = site.has()
    withdraws(site)

    def dies(rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        eraser(site, dies).run_due()
    assert not path.exists()
    assert site.row()["erased_at"] is None
    eraser(site).run_due()
    assert site.row()["erased_for"] == "withdrawn"
    assert site.actions()[-1]["reply"] == "0 files removed"


@pytest.mark.parametrize(
    "given",
    [
        {"after": "keep"},
        {"after": ""},
        {"state": State.REFUSED},
        {"purpose": "q"},
        {"at": START - 1},
    ],
)
def test_whatever_is_not_to_be_deleted_stays(site, given):
    path = site.has()
    withdraws(site, **given)
    eraser(site).run_due()
    assert path.exists()
    assert site.row()["erased_at"] is None


def test_a_recording_goes_when_nothing_holds_it_any_more():
    both = {"purposes": "p q", "asked_at": START}
    gone = [choice()._asdict()]
    assert holding(both, gone) == ["q"]
    assert holding(both, [*gone, choice(purpose="q")._asdict()]) == []
    anew = choice(State.GRANTED, END + 1)._asdict()
    assert holding({"purposes": "p", "asked_at": END + 2}, [*gone, anew]) == ["p"]
    assert holding({"purposes": "p", "asked_at": START}, [*gone, anew]) == []


@pytest.mark.parametrize(
    "wanted", [{"convert": Form.FLAC}, {"encrypt_to": TO}, {"convert": Form.OPUS}]
)
def test_it_goes_in_whatever_form_it_is_kept(site, wanted):
    site.has()
    site.rests(**wanted)
    withdraws(site)
    eraser(site).run_due()
    assert site.files() == []


def test_it_goes_out_of_quarantine_and_others_stay(site):
    path = site.has(data=wav(talk(12)))
    assert site.row()["verdict"] != "intact"
    kept = site.folder / "quarantine" / path.relative_to(site.folder)
    others = [put(kept.with_name(name), b"x") for name in ("u-1-10.wav", "u-2-1.wav")]
    second = put(kept.with_name("u-1-1.1.wav"), b"x")
    part = put(path.with_name(".u-1-1.part"), b"x")
    withdraws(site)
    eraser(site).run_due()
    assert not kept.exists()
    assert not second.exists()
    assert not part.exists()
    assert all(other.exists() for other in others)
    assert site.actions()[-1]["reply"] == "3 files removed"


def test_what_nobody_has_looked_into_waits_for_that_but_not_for_ever(site):
    path = site.path()
    site.checks, checks = (lambda: None), site.checks
    site.has()
    withdraws(site)
    eraser(site).run_due()
    assert path.exists()
    eraser(site, patience_us=0).run_due()
    assert not path.exists()
    checks()
    assert site.row()["checked_at"] is None
    assert site.alarms == []


def test_after_a_while_it_is_deleted_unseen(site):
    site.checks = lambda: None
    site.has()
    withdraws(site)
    site.clock.restart(END + PATIENCE_US)
    eraser(site).run_due()
    assert site.files() == []


def test_one_that_never_ran_is_reckoned_from_when_it_was_asked_for(site):
    site.checks = lambda: None
    site.has(state="failed", stopped_at=0)
    withdraws(site)
    eraser(site).run_due()
    assert site.row()["erased_at"] is None


def test_one_that_still_runs_is_left_alone(site):
    path = put(site.path(), b"x")
    begun = RecordingBegun("u-1-1", "u-1", "u-1", str(path), "p", "q", START)
    write(site.ledger, (begun, choice()))
    eraser(site, patience_us=0).run_due()
    assert path.exists()


def test_nothing_else_is_done_with_what_is_erased(site):
    site.has()
    withdraws(site)
    eraser(site).run_due()
    site.rests(convert=Form.FLAC, hook=("/bin/true",))
    site.checks()
    row = site.row()
    assert (row["form"], row["hook_at"]) == (None, None)
    assert site.alarms == []


def test_what_cannot_be_removed_is_told_once_and_tried_again(site):
    path = site.has()
    path.unlink()
    path.mkdir()
    withdraws(site)
    done = eraser(site)
    done.run_due()
    done.run_due()
    (alarm,) = site.alarms
    assert alarm.startswith("recording u-1-1: the consent was withdrawn, and it cannot")
    assert site.row()["erased_at"] is None
    path.rmdir()
    done.run_due()
    assert site.row()["erased_at"]


def test_nothing_outside_of_the_folder_is_touched(site, tmp_path):
    outside = put(tmp_path / "elsewhere/u-1-1.wav", b"x")
    with pytest.raises(Elsewhere):
        erase(site.folder, str(outside))
    day = site.path().parent
    day.parent.mkdir(parents=True)
    os.symlink(outside.parent, day)
    with pytest.raises(Elsewhere, match="behind a link"):
        erase(site.folder, str(site.path()))
    assert outside.exists()


def test_a_link_is_removed_and_not_what_it_leads_to(site, tmp_path):
    outside = put(tmp_path / "elsewhere/a.wav", b"x")
    site.path().parent.mkdir(parents=True)
    os.symlink(outside, site.path())
    assert erase(site.folder, str(site.path())) == 1
    assert outside.exists()
    assert not os.path.lexists(site.path())


def test_that_it_was_erased_changes_nothing_of_what_was_in_it(site):
    site.has(state="lost")
    kinds = [span.kind for span in spans(site.row(), site.actions())]
    ends = spans(site.row(), site.actions())[-1].ends
    withdraws(site)
    site.clock.restart(END + 2 * PATIENCE_US)
    eraser(site).run_due()
    after = spans(site.row(), site.actions())
    assert [span.kind for span in after] == kinds
    assert after[-1].ends == ends
    assert Kind.MASKED in kinds


def test_killed_anywhere_the_next_round_ends_what_was_begun(tmp_path):
    calls, is_killed = 0, True
    while is_killed:
        folder = tmp_path / str(calls)
        folder.mkdir()
        site = Resting(folder)
        path = site.has()
        withdraws(site)
        is_killed = killed_at(calls, eraser(site).run_due)
        # What says that it is gone must be true at every moment.
        assert site.row()["erased_at"] is None or not path.exists()
        eraser(site).run_due()
        assert site.files() == []
        assert site.row()["erased_for"] == "withdrawn"
        erased = [row["action"] for row in site.actions()].count("erase")
        assert erased == 1
        calls += 1
    assert calls > 10


def call(site, number="+4930123456"):
    row = CallOffered("u-1", "inbound", number, "", "100", "f", "0", "e", 1, number)
    write(site.ledger, (row,))


def test_what_is_held_stays_until_it_is_released(site):
    path = site.has()
    call(site)
    hold = LegalHold(1, "held", "x", "court", "+4930123456")
    write(site.ledger, (choice(), hold))
    eraser(site).run_due()
    assert path.exists()
    write(site.ledger, (hold._replace(at=2, state="released"),))
    eraser(site).run_due()
    assert not path.exists()


def orders(site):
    """Let the caller have asked to be erased."""
    call(site)
    subject = read(site.ledger, "+4930123456", normaliser())
    begin(site.ledger, subject, Order(1, "dpo", "file 17", "5f"))


def test_what_a_person_ordered_goes_whatever_was_permitted(site):
    path = site.has()
    orders(site)
    eraser(site).run_due()
    assert not path.exists()
    assert site.row()["erased_for"] == "erased by order 1"
    assert site.actions()[-1]["reason"] == "erased by order 1"
    assert site.told == ["recording u-1-1 was erased by order 1: 1 file removed"]


def test_it_goes_out_of_quarantine_too_and_unseen(site):
    site.checks = lambda: None
    path = site.has()
    moved = site.folder / "quarantine" / path.relative_to(site.folder)
    moved.parent.mkdir(parents=True)
    path.rename(moved)
    orders(site)
    eraser(site).run_due()
    assert not moved.exists()


def test_what_was_ordered_and_cannot_be_deleted_is_told_once(site):
    path = site.has()
    path.unlink()
    path.mkdir()
    orders(site)
    done = eraser(site)
    done.run_due()
    done.run_due()
    (alarm,) = site.alarms
    assert "its erasure was asked for, and it cannot be deleted" in alarm


def made_private(after="delete", at=END):
    return choice(State.NOT_ASKED, at, "", after)._replace(reason="private")


def test_what_was_recorded_before_a_call_became_private_goes_whatever_it_was_for(site):
    path = site.has()
    write(site.ledger, (made_private(),))
    eraser(site).run_due()
    assert not path.exists()
    assert site.row()["erased_for"] == "private"
    assert site.actions()[-1]["reason"] == "private"


def test_it_stays_where_the_flow_says_so(site):
    path = site.has()
    write(site.ledger, (made_private("keep"),))
    eraser(site).run_due()
    assert path.exists()


@pytest.mark.parametrize(
    ("rows", "held"),
    [
        ([made_private()], []),
        ([made_private(at=START - 1)], ["p", "q"]),
        ([made_private("keep")], ["p", "q"]),
        ([choice(), made_private("")], ["q"]),
    ],
)
def test_a_private_call_holds_nothing(rows, held):
    recording = {"purposes": "p q", "asked_at": START}
    assert holding(recording, [row._asdict() for row in rows]) == held
