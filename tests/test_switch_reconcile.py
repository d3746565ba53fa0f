"""The switch against the ledger: what is stopped, ended, left alone."""

import json
from pathlib import Path

import pytest

from eslflow.call.records import CallOffered, RecordingBegun, RecordingEnded, State
from eslflow.errors import LinkLost, ProtocolError
from eslflow.ledger.read import Reader
from eslflow.switch.findings import Finding, Leg
from eslflow.wire.terms import RecordAction
from tests.adrift import AGENT, ANNA, World, choice


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.close()


def kinds(found):
    return [(finding.what, finding.call) for finding in found]


def quarantined(world, path):
    return (world.folder / "quarantine" / path[len(str(world.folder)) + 1 :]).exists()


def test_a_recorder_of_which_nothing_is_kept_is_stopped_and_its_file_put_away(world):
    path = world.path()
    world.file(path)
    world.switch.channels[ANNA] = {path: False}
    text = "a recorder runs, and nothing is kept of it; it was stopped"
    found = world.reconciler().run()
    assert found == [Finding("unpermitted", ANNA, path, text)]
    assert found[0].is_bad
    assert world.switch.channels[ANNA] == {}
    assert quarantined(world, path)
    world.keeps(choice(ANNA, 1, State.REFUSED))
    (row,) = world.kept()["recording_actions"]
    assert (row["action"], row["reason"], row["verified"]) == ("stop", "reconcile", 1)
    assert (row["path"], row["leg_uuid"]) == (path, ANNA)


@pytest.mark.parametrize("state", [State.REFUSED, State.WITHDRAWN, State.EXPIRED])
def test_a_recording_without_a_grant_is_stopped_ended_and_not_adopted(world, state):
    path = world.had(state=state)
    asked = []
    found = world.reconciler(adopt=asked.append).run()
    assert kinds(found) == [("unpermitted", ANNA)]
    assert "nobody has agreed to it" in found[0].text
    assert world.switch.channels[ANNA] == {}
    assert asked == []
    assert world.kept()["recordings"][0]["state"] == "lost"
    assert world.actions()[-1] == ("stop", "reconcile", True)
    assert quarantined(world, path)


def test_a_recording_with_a_grant_runs_on_and_is_offered_for_adoption(world):
    path = world.had()
    world.switch.channels[AGENT] = {}
    world.switch.talks[ANNA] = (AGENT, "1001")
    asked = []
    found = world.reconciler(adopt=lambda talk: asked.append(talk) or "").run()
    assert kinds(found) == [("adopted", ANNA)]
    assert not found[0].is_bad
    assert world.switch.channels[ANNA] == {path: False}
    (talk,) = asked
    assert talk.path == path
    since = world.clock.now() // 1_000_000 * 1_000_000
    assert talk.leg == Leg(AGENT, "1001", since)


def test_a_recording_that_rests_on_another_basis_runs_on(world):
    path = world.had(state=None, purposes="proof")
    assert kinds(world.reconciler().run()) == [("alone", ANNA)]
    assert world.switch.channels[ANNA] == {path: False}


def test_one_granted_purpose_of_two_is_enough(world):
    world.had(purposes="quality training")
    world.keeps(choice(ANNA, 1, State.REFUSED, "quality"))
    assert kinds(world.reconciler().run()) == [("alone", ANNA)]


def test_a_call_that_came_back_and_was_not_asked_again_keeps_its_grant(world):
    world.had()
    world.keeps(choice(ANNA, 1, State.NOT_ASKED))
    assert kinds(world.reconciler().run()) == [("alone", ANNA)]
    world.had(uuid="u-2", state=State.NOT_ASKED)
    assert ("unpermitted", "u-2") in kinds(world.reconciler().run())


def test_a_call_that_is_driven_here_is_not_touched(world):
    path = world.had(state=State.REFUSED)
    world.switch.channels[AGENT] = {world.path(2): False}
    assert world.reconciler(live=lambda: {ANNA}).run() == []
    assert world.switch.channels[ANNA] == {path: False}
    assert world.switch.counts("uuid_record") == 0


def test_a_call_that_comes_while_it_is_compared_is_not_touched(world):
    path = world.path()
    world.switch.channels[ANNA] = {path: False}
    live = set()
    found = world.reconciler(
        live=lambda: live, settle=lambda: live.add(ANNA) or ""
    ).run()
    assert found == []
    assert world.switch.channels[ANNA] == {path: False}


def test_a_call_that_ends_while_it_is_compared_is_not_told_of(world):
    world.switch.channels[ANNA] = {world.path(): False}
    found = world.reconciler(settle=lambda: world.switch.channels.clear() or "").run()
    assert found == []


def test_a_live_call_that_ends_before_its_end_is_on_disk_is_not_ended_again(world):
    world.had(is_running=False)
    live = {ANNA}
    found = world.reconciler(live=lambda: live, settle=lambda: live.clear() or "").run()
    assert found == []
    assert world.kept()["call"]["ended_at"] is None


def test_a_call_that_came_later_is_left_alone(world):
    now = world.clock.now() + 1
    world.keeps(CallOffered(ANNA, "inbound", "", "", "100", "test", "", "", now))
    assert world.reconciler().run() == []


def test_a_call_that_is_gone_gets_its_end_and_so_does_its_recording(world):
    mask = world.action(RecordAction.MASK, -5, step="pay")
    world.had(mask, is_running=False)
    found = world.reconciler().run()
    assert kinds(found) == [("ended", ANNA)]
    kept = world.kept()
    assert (kept["call"]["ending"], kept["call"]["last_step"]) == ("lost", "pay")
    assert kept["call"]["ended_at"] == world.clock.now()
    (row,) = kept["recordings"]
    assert (row["state"], row["ms"], row["stopped_at"]) == (
        "lost",
        0,
        world.clock.now(),
    )
    assert world.reconciler().run() == []


def test_a_recording_left_open_by_a_call_that_has_its_end_is_ended(world):
    world.had(is_running=False)
    world.reconciler().run()
    world.keeps(RecordingBegun(f"{ANNA}-2", ANNA, ANNA, world.path(2), "t", "q", 1))
    ended_at = world.kept()["call"]["ended_at"]
    world.clock.pass_s(9)
    assert kinds(world.reconciler().run()) == [("ended", ANNA)]
    kept = world.kept()
    assert kept["recordings"][0]["state"] == kept["recordings"][1]["state"] == "lost"
    assert kept["call"]["ended_at"] == ended_at


def test_a_call_that_show_has_not_got_yet_is_looked_for(world):
    path = world.had()
    world.switch.said["show channels"] = '{"row_count":0}'
    assert kinds(world.reconciler().run()) == [("alone", ANNA)]
    assert world.switch.channels[ANNA] == {path: False}
    world.switch.said["uuid_exists"] = "-ERR no"
    assert kinds(world.reconciler().run()) == [("alone", ANNA)]


def test_a_call_that_goes_on_and_is_not_recorded_is_left_alone(world):
    at = world.clock.now() - 1
    world.keeps(CallOffered(ANNA, "inbound", "", "", "100", "test", "", "", at))
    world.switch.channels[ANNA] = {}
    assert world.reconciler().run() == []


def test_a_recording_that_was_given_up_and_runs_on_is_offered_for_adoption(world):
    path = world.had()
    at = world.clock.now()
    world.keeps(RecordingEnded(f"{ANNA}-1", at, at, 0, "", "lost"))
    asked = []
    world.reconciler(adopt=lambda talk: asked.append(talk.path) or "").run()
    assert asked == [path]


def test_files_left_open_before_the_one_that_runs_are_ended(world):
    world.had()
    path = world.path(2)
    world.keeps(RecordingBegun(f"{ANNA}-2", ANNA, ANNA, path, "training", "talk", 9))
    world.switch.channels[ANNA] = {path: False}
    world.reconciler(adopt=lambda _: "").run()
    states = {row["id"][-1]: row["state"] for row in world.kept()["recordings"]}
    assert states == {"1": "lost", "2": None}


def test_recorders_of_others_elsewhere_are_not_ours_to_stop(world):
    path = "/var/spool/voicemail/msg.wav"
    world.switch.channels[ANNA] = {path: False}
    assert world.reconciler().run() == []
    assert world.switch.channels[ANNA] == {path: False}


def test_a_recorder_that_moved_to_another_leg_belongs_to_its_call(world):
    path = world.had()
    world.switch.channels[AGENT] = world.switch.channels.pop(ANNA)
    assert world.reconciler(live=lambda: {ANNA}).run() == []
    assert world.switch.channels[AGENT] == {path: False}


def test_a_stop_that_is_refused_becomes_one_of_all_and_is_tried_again(world):
    path = world.had(state=State.REFUSED)
    stop = f"uuid_record {ANNA} stop {path}"
    world.switch.said[stop] = "-ERR Cannot stop record session!"
    world.switch.said[f"uuid_record {ANNA} stop all"] = "-ERR Cannot stop!"
    (found,) = world.reconciler().run()
    assert "could not be stopped: -ERR Cannot stop!" in found.text
    assert world.kept()["recordings"][0]["state"] is None
    assert world.actions()[-1] == ("stop", "reconcile", False)
    del world.switch.said[f"uuid_record {ANNA} stop all"]
    (found,) = world.reconciler().run()
    assert found.text.endswith("it was stopped")
    assert world.kept()["recordings"][0]["state"] == "lost"


@pytest.mark.parametrize("answer", ["-ERR no reply", "+OK nonsense"])
def test_a_stop_that_nothing_shows_did_not_happen(world, answer):
    path = world.had(state=State.REFUSED)
    stop = f"uuid_record {ANNA} stop"
    world.switch.said[stop] = "-ERR Cannot stop record session!"
    world.switch.before[stop] = lambda: world.switch.said.update(uuid_buglist=answer)
    (found,) = world.reconciler().run()
    assert "could not be stopped" in found.text
    assert world.actions()[-1] == ("stop", "reconcile", False)
    assert world.kept()["recordings"][0]["state"] is None
    assert not quarantined(world, path)


def test_a_call_that_ends_while_it_is_stopped_has_stopped(world):
    world.had(state=State.REFUSED)
    stop = f"uuid_record {ANNA} stop"
    world.switch.before[stop] = world.switch.channels.clear
    found = world.reconciler().run()
    assert found[0].text.endswith("it was stopped")


def test_a_path_that_could_forge_a_command_is_never_sent(world):
    path = f"{world.folder}/a b${{system(x)}}.wav"
    world.switch.channels[ANNA] = {path: False}
    (found,) = world.reconciler().run()
    assert found.what == "unpermitted"
    assert "there is no file" in found.text
    assert world.switch.heard.count(f"uuid_record {ANNA} stop all") == 1
    assert world.switch.channels[ANNA] == {}


def test_a_path_that_leads_out_of_the_folder_is_not_moved(world, tmp_path):
    out = tmp_path / "u-1.wav"
    out.write_bytes(b"RIFF")
    world.switch.channels[ANNA] = {f"{world.folder}/../u-1.wav": False}
    (found,) = world.reconciler().run()
    assert "is not in the site's folder" in found.text
    assert out.exists()


def test_uuids_that_could_forge_a_command_are_passed_over(world):
    rows = '[{"uuid":"a b"},{"uuid":null},{},7,{"uuid":"x\\ny"},{"uuid":"ok-1"}]'
    world.switch.said["show channels"] = f'{{"row_count":6,"rows":{rows}}}'
    calls = '[{"uuid":"a b","b_uuid":"c"},{"uuid":"u","b_uuid":"v","b_dest":"1"}]'
    world.switch.said["show calls"] = f'{{"rows":{calls}}}'
    assert world.reconciler().run() == []
    assert world.switch.counts("uuid_buglist") == 1
    assert world.reconciler().legs() == {"u": Leg("v", "1"), "v": Leg("u", "")}


@pytest.mark.parametrize(("one", "other"), [("HELD", "ACTIVE"), ("UNHELD", "HELD")])
def test_who_has_the_other_on_hold_is_seen(world, one, other):
    row = {"uuid": "u", "b_uuid": "v", "callstate": one, "b_callstate": other}
    world.switch.said["show calls"] = json.dumps({"rows": [row]})
    legs = world.reconciler().legs()
    assert legs["u"].is_held is (other == "HELD")
    assert legs["v"].is_held is (one == "HELD")


@pytest.mark.parametrize("text", ["", "nonsense", "7", '{"rows":7}', "[" * 99_999])
def test_an_answer_that_is_no_list_ends_no_call(world, text):
    world.had(is_running=False)
    world.switch.said["show channels"] = text
    with pytest.raises(ProtocolError, match="show channels as json"):
        world.reconciler().run()
    assert world.kept()["call"]["ended_at"] is None


def test_a_link_that_is_lost_on_the_way_ends_no_call(world):
    world.had(state=State.REFUSED)

    def lose():
        world.switch.problem = "gone"

    world.switch.before["uuid_buglist"] = lose
    with pytest.raises(LinkLost):
        world.reconciler().run()
    assert world.kept()["call"]["ended_at"] is None


def test_of_a_ledger_that_does_not_know_everything_only_refusals_count(world):
    path = world.path()
    world.switch.channels[ANNA] = {path: False}
    world.had(uuid="gone", is_running=False)
    refused = world.had(uuid="u-2", state=State.REFUSED)
    settle = "the disk is full".__str__
    found = world.reconciler(settle=settle).run()
    assert kinds(found) == [("unpermitted", "u-2"), ("blind", "")]
    assert all(finding.is_bad for finding in found)
    assert "the disk is full" in found[1].text
    assert refused not in world.switch.channels["u-2"]
    assert world.switch.channels[ANNA] == {path: False}
    assert world.kept("gone")["call"]["ended_at"] is None


def test_a_dry_run_changes_nothing(world):
    refused = world.had(state=State.REFUSED)
    gone, granted = "gone-1", "granted-1"
    world.had(uuid=gone, is_running=False)
    kept_on = world.had(uuid=granted)
    orphan = world.file(world.path(uuid="nobody"))
    world.clock.reach(int(orphan.stat().st_mtime + 100) * 1_000_000)
    asked = []
    found = world.reconciler(adopt=asked.append).run(dry_run=True)
    assert sorted(kinds(found)) == [
        ("adopted", granted),
        ("ended", gone),
        ("orphan", "nobody"),
        ("unpermitted", ANNA),
    ]
    assert asked == []
    assert orphan.exists()
    assert world.switch.channels == {ANNA: {refused: False}, granted: {kept_on: False}}
    assert world.kept(gone)["call"]["ended_at"] is None
    assert world.switch.counts("uuid_record") == 0


def test_a_guest_leaves_what_becomes_of_calls_to_their_controller(world):
    world.had(is_running=False)
    granted = "granted-1"
    world.had(uuid=granted)
    world.switch.channels["x"] = {world.path(uuid="x"): False}
    assert kinds(world.reconciler(is_guest=True).run()) == [("unpermitted", "x")]
    assert world.kept()["call"]["ended_at"] is None


def test_a_file_that_nobody_knows_and_nobody_writes_is_put_away(world):
    orphan = world.file(world.path(uuid="nobody"))
    known = world.file(world.had(is_running=False))
    written = world.file(world.path(uuid="written"))
    driven = world.file(world.path(uuid="driven"))
    world.clock.reach(int(orphan.stat().st_mtime + 100) * 1_000_000)
    world.switch.channels["written"] = {str(written): False}
    world.switch.said["uuid_record written stop"] = "-ERR Cannot stop"
    found = world.reconciler(live=lambda: {"driven"}).run()
    assert ("orphan", "nobody") in kinds(found)
    assert [what for what, _ in kinds(found)].count("orphan") == 1
    assert next(f for f in found if f.what == "orphan").is_bad
    assert not orphan.exists()
    assert quarantined(world, str(orphan))
    assert known.exists()
    assert written.exists()
    assert driven.exists()
    with Reader(world.ledger.path) as ledger:
        assert not ledger.has_recording("nobody-1")


def test_a_file_is_put_away_before_it_is_kept_that_it_was_stopped(world):
    path = world.had(state=State.REFUSED)
    seen = []

    def keep(_):
        seen.append(Path(path).exists())
        raise ZeroDivisionError

    reconciler = world.reconciler()
    reconciler.keep = keep
    with pytest.raises(ZeroDivisionError):
        reconciler.run()
    assert seen == [False]
