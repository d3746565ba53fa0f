"""Notices that are not what callers have heard any more."""

import shutil
from dataclasses import replace
from hashlib import sha256

import pytest

from eslflow.call.live import Sound
from eslflow.call.records import NoticePlayed
from eslflow.check import load_flow
from eslflow.cli.drift import demand_same_notices
from eslflow.cli.main import CONFIGURATION
from eslflow.errors import FlowErrors
from eslflow.flow.audio import notice_path
from eslflow.ledger.writer import write
from tests.command import run

pytestmark = pytest.mark.usefixtures("quick_proofs")

AUDIO = notice_path("support", "en", "recording", 2)


@pytest.fixture
def site(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    return tmp_path


@pytest.fixture
def path(site):
    return site / "flows" / "support.yaml"


def played(site, path, heard="en", **other):
    """Keep that a caller has heard a notice of the flow."""
    flow = load_flow(path)
    notice = flow.notices["recording"]
    audio = (site / "sounds" / notice.audio("support", heard)).read_bytes()
    kept = NoticePlayed(
        "support",
        "recording",
        notice.version,
        heard,
        notice.text[heard],
        sha256(audio).hexdigest(),
        900,
        "",
    )
    write(site / "eslflow.db", [kept._replace(**other)])
    return kept


def reword(path, old="To train our", new="Please note: to train our"):
    before = path.read_text()
    path.write_text(before.replace(old, new))
    assert path.read_text() != before


def words_hash(words):
    return sha256(words.encode()).hexdigest()


def test_what_callers_have_heard_and_is_the_same_is_good(site, path):
    played(site, path)
    played(site, path, "de")
    done = run(site, "check")
    assert done.exit_code == 0
    assert "support.yaml: good" in done.stdout


def test_other_words_are_refused_with_both_hashes_and_a_way_out(site, path):
    old = played(site, path)
    reword(path)
    new = load_flow(path).notices["recording"].text["en"]
    done = run(site, "check")
    assert done.exit_code == CONFIGURATION
    assert "support.yaml: good" not in done.stdout
    number = path.read_text().splitlines().index("  recording:") + 1
    assert (
        f"{path}:{number}:1: notice 'recording' v2 (en) has other words than callers "
        f"have heard (sha256 then {words_hash(old.text)}, now {words_hash(new)}) "
        "[same-version]\n"
        "  Give it `version: 3`, then run eslflow prompts build; or bring back what "
    ) in done.stderr


def test_other_audio_is_refused_with_both_hashes(site, path):
    played(site, path, audio_sha256="ab" * 32)
    audio = site / "sounds" / AUDIO
    done = run(site, "check")
    assert done.exit_code == CONFIGURATION
    now = sha256(audio.read_bytes()).hexdigest()
    told = (
        f"has other audio than callers have heard (sha256 then {'ab' * 32}, now {now})"
    )
    assert told in done.stderr


def test_a_controller_does_not_start_with_them(site, path):
    played(site, path)
    reword(path)
    done = run(site, "serve")
    assert done.exit_code == CONFIGURATION
    assert "has other words than callers have heard" in done.stderr


def test_a_new_version_may_say_what_it_likes(site, path):
    played(site, path)
    played(site, path, version=7)
    reword(path)
    assert "Give it `version: 8`" in run(site, "check").stderr
    reword(path, "version: 2", "version: 8")
    assert run(site, "prompts", "build", "--dry-run").exit_code == 0
    assert "has other" not in run(site, "check").stderr


@pytest.mark.parametrize(
    "other",
    [
        {"flow": "sales"},
        {"notice": "gone"},
        {"version": 9},
        {"language": "nl"},
    ],
)
def test_what_is_not_played_any_more_may_have_been_anything(site, path, other):
    played(site, path, text="Something else.", audio_sha256="", **other)
    assert run(site, "check").exit_code == 0


def test_audio_that_was_not_there_then_is_other_audio(site, path):
    played(site, path, audio_sha256="")
    assert "then none, it was not played" in run(site, "check").stderr


def test_audio_that_is_not_there_now_is_told_as_missing_only(site, path):
    played(site, path)
    (site / "sounds" / AUDIO).unlink()
    done = run(site, "check")
    assert "has no audio" in done.stderr
    assert "has other audio" not in done.stderr


def test_without_a_ledger_nobody_has_heard_anything(site, path):
    flow, ledger = load_flow(path), site / "eslflow.db"
    other = {AUDIO: Sound("x", "ab" * 32, 1)}
    demand_same_notices([flow], other, ledger)
    ledger.touch()
    demand_same_notices([flow], other, ledger)
    ledger.unlink()
    played(site, path)
    with pytest.raises(FlowErrors, match="other audio"):
        demand_same_notices([flow], other, ledger)


def test_a_flow_outside_a_site_is_not_compared(site, path, tmp_path):
    alone = tmp_path / "alone"
    for name in ("flows", "sounds"):
        shutil.copytree(site / name, alone / name)
    played(site, path)
    reword(alone / "flows" / "support.yaml")
    done = run(alone, "check", str(alone / "flows" / "support.yaml"))
    assert "has other words" not in done.stderr


def test_a_ledger_that_cannot_be_read_is_a_warning_to_who_checks(site):
    (site / "eslflow.db").write_text("no ledger")
    done = run(site, "check")
    assert done.exit_code == 0
    assert "warning: its notices were not compared: " in done.stderr


@pytest.mark.parametrize("content", [None, "", "notices: {recording: {}}\n"])
def test_a_notice_whose_line_is_not_found_is_told_all_the_same(site, path, content):
    other = site / "flows" / "other.yaml"
    if content is not None:
        other.write_text(content)
    flow = replace(load_flow(path), file=str(other))
    played(site, path, text="Other words.")
    with pytest.raises(FlowErrors, match=r"other\.yaml:1:1: notice 'recording' v2"):
        demand_same_notices([flow], {}, site / "eslflow.db")
