"""One call as people read it."""

import re

import pytest

from eslflow.call.records import MEANT
from eslflow.cli.story import ASSURED, asked, file_story, looks_at, since_when, story
from eslflow.ledger.read import Reader
from tests.command import site_with_calls


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site_with_calls(folder)
    with Reader(folder / "eslflow.db") as reader:
        yield reader


def test_a_grant_tells_words_key_and_recording(ledger):
    told = story(ledger.call("aaaa-1"))
    assert told.startswith("Call aaaa-1\n  from      +4930111111 (Anna Example)")
    assert 'words     "Press 1 to agree or 2 to refuse."' in told
    assert "pressed   1, asked once, 0.1 s were played" in told
    assert re.search(r"  audio     sha256 [0-9a-f]{64}\n", told)
    assert "stop " in told
    assert told.count("the switch said") == 2


def test_the_version_of_the_flow_is_named_with_since_when(ledger):
    kept = ledger.call("aaaa-1")
    version = kept["call"]["flow_sha256"][:12]
    assert f", version {version}, eslflow " in story(kept)
    assert "served" not in story(kept)
    served = {"at": 1, "who": "anna", "how": "reload"}
    assert "  served since 1970-01-01" in story({**kept, "served": served})
    assert since_when(served).endswith(" by anna (reload)")
    assert since_when(None) == ""


def test_a_number_that_is_not_kept_was_withheld_or_erased(ledger):
    kept = ledger.call("aaaa-1")
    erased = {"caller": "", "caller_name": "", "called": ""}
    told = story({**kept, "call": {**kept["call"], **erased}})
    none = "no number is kept: it was withheld, or erased"
    assert f"  from      {none}\n  to        {none}\n" in told
    named = story({**kept, "call": {**kept["call"], "caller": ""}})
    assert (
        "  from      an unknown number (Anna Example), as the network says\n" in named
    )


def test_how_sure_a_number_is_is_told_where_the_switch_has_looked(ledger):
    kept = ledger.call("aaaa-1")
    assert "STIR" not in story(kept)
    for found, words in ASSURED.items():
        told = story({**kept, "call": {**kept["call"], "assurance": found}})
        assert f"network says\n            {words} (STIR/SHAKEN)\n" in told
    unsigned = {**kept["call"], "assurance": "No-TN-Validation"}
    assert "STIR" not in story({**kept, "call": unsigned})


def test_who_was_not_asked_again_pressed_nothing(ledger):
    kept = ledger.call("aaaa-1")
    last = {**kept["choices"][-1], "keys_offered": "", "key": "", "tries": 0}
    told = story({**kept, "choices": [{**last, "state": "withdrawn"}]})
    assert "  notice    recording v3 en\n  audio     sha256 " in told
    assert "pressed" not in told
    assert "offered   20" in told
    assert told.count("offered") == 1


def test_a_call_without_a_question_says_so(ledger):
    told = story(ledger.call("dddd-4"))
    assert "training: not asked" in told
    assert told.endswith("Nothing was recorded.")


def test_a_call_that_is_going_on_tells_what_is_known(ledger):
    kept = ledger.call("aaaa-1")
    kept["call"] |= {"ending": None, "caller": "", "caller_name": ""}
    kept["recordings"][0] |= {"state": "", "started_at": None, "stopped_at": None}
    kept["choices"][0]["notice_url"] = "https://example.com/privacy"
    told = story(kept)
    assert "from      no number is kept: it was withheld, or erased" in told
    assert "ended" not in told
    assert "state running" in told
    assert "started   20" in told
    for action in kept["recording_actions"]:
        action["verified"] = False
    assert "started" not in story(kept)
    assert "more at   https://example.com/privacy" in told
    kept["choices"][1] |= {"tries": 3, "audio_sha256": "", "key": ""}
    told = story(kept)
    assert "pressed   nothing, asked 3 times" in told
    assert "audio     none" in told


def test_how_much_was_heard_before_a_hang_up_may_be_unknown(ledger):
    kept = ledger.call("aaaa-1")
    kept["choices"][1] |= {"state": "hung_up", "heard_ms": 2700}
    assert "asked once, 2.7 s were played" in story(kept)
    kept["choices"][1] |= {"heard_ms": 0}
    assert "asked once, how much was played is unknown" in story(kept)


def test_what_a_caller_sends_does_not_fill_the_screen(ledger):
    kept = ledger.call("aaaa-1")
    kept["call"] |= {"caller": "1" * 5000, "caller_name": "n" * 5000}
    first = story(kept).splitlines()[1]
    assert "1" * 100 + "\u2026 (" + "n" * 100 + "\u2026)" in first
    assert len(first) < 260


def test_a_call_of_which_only_choices_are_known_is_told():
    kept = {
        "call": {"uuid": "ghost"},
        "choices": [],
        "recordings": [],
        "recording_actions": [],
    }
    assert story(kept) == "Call ghost\n\nNothing was recorded."


def test_a_file_that_was_checked_tells_what_it_holds(ledger):
    kept = ledger.call("aaaa-1")
    (recording,) = kept["recordings"]
    assert "checked" not in story(kept)
    at = recording["audio_at"] or recording["started_at"]
    recording["stopped_at"] = at + 9_000_000
    mask = {**kept["recording_actions"][0], "action": "mask", "verified": True}
    mask |= {"at": at + 2_000_000, "asked_at": at + 1_900_000}
    kept["recording_actions"].append(mask)
    recording |= {"checked_at": at, "verdict": "leaked", "sha256": "5e" * 32}
    recording |= {"bytes": 44, "file_ms": 1500, "findings": "first\nsecond"}
    told = story(kept)
    assert "  uncertain 0:01.90 to 0:02.00, 0.1 s\n  masked    0:02.00 to 0:" in told
    assert re.search(r"  checked   .*: leaked, 1\.5 s, 44 bytes\n", told)
    assert "\n            first\n            second\n" in told
    assert told.endswith(f"  sha256    {'5e' * 32}")
    recording |= {"sha256": "", "verdict": "missing", "findings": "there is no file"}
    assert "missing, no file\n            there is no file" in story(kept)


def test_a_doubt_of_a_moment_is_not_told(ledger):
    kept = ledger.call("aaaa-1")
    (recording,) = kept["recordings"]
    at = recording["audio_at"] or recording["started_at"]
    recording["stopped_at"] = at + 9_000_000
    mask = {**kept["recording_actions"][0], "action": "mask", "verified": True}
    mask |= {"at": at + 2_001_000, "asked_at": at + 2_000_000}
    kept["recording_actions"].append(mask)
    told = story(kept)
    assert "uncertain" not in told
    assert "  masked    0:02.00 to 0:09.00, 7.0 s" in told


def test_a_length_that_nobody_told_is_not_told(ledger):
    kept = ledger.call("aaaa-1")
    (recording,) = kept["recordings"]
    recording |= {"stopped_at": recording["started_at"] + 9_000_000, "ms": 0}
    assert re.search(r"\n  stopped   [-0-9 :.]+\n", story(kept))
    recording["ms"] = 9_000
    assert re.search(r"\n  stopped   [-0-9 :.]+, 9\.0 s\n", story(kept))


def test_a_recorder_that_is_not_ours_is_told(ledger):
    kept = ledger.call("aaaa-1")
    seen = {**kept["recording_actions"][0], "recording_id": "", "reply": ""}
    seen |= {"reason": "second recorder", "action": "start", "verified": True}
    seen |= {"leg_uuid": "bbbb-2", "path": "/tmp/theirs.wav"}
    stop = {**seen, "action": "stop", "reply": "+OK Success"}
    kept["recording_actions"] += [seen, {**seen, "leg_uuid": ""}, stop]
    told = re.sub(r"\d{4}-\d\d-\d\d [0-9:.]{12}", "AT", story(kept))
    assert (
        "Another recorder, of leg bbbb-2: /tmp/theirs.wav\n"
        "  seen      AT\n"
        "  stop      AT, second recorder, the switch said: +OK Success (seen)\n\n"
        "Another recorder, of the caller's leg: /tmp/theirs.wav\n"
        "  seen      AT"
    ) in told
    kept["recording_actions"][-2]["leg_uuid"] = kept["call"]["uuid"]
    assert "of the caller's leg: " in story(kept)


def test_who_wanted_what_is_told(ledger):
    kept = ledger.call("aaaa-1")
    at = kept["call"]["offered_at"]
    wish = {"at": at, "hand": "token page", "who": "token page", "want": "masked"}
    wish |= {"ends_at": at + 180_000_000, "is_master": 0, "step": "talk"}
    kept["wishes"] = [
        wish,
        {**wish, "want": "on", "ends_at": 0},
        {**wish, "want": "on", "ends_at": 0, "who": "cli anna", "is_master": 1},
        {**wish, "want": "masked", "ends_at": 0, "who": "", "hand": "step"},
        {**wish, "want": "masked", "ends_at": 0, "who": "", "hand": "hold"},
    ]
    told = re.sub(r"\d{4}-\d\d-\d\d [0-9:.]{12}", "AT", story(kept))
    assert told.endswith(
        "\n\nWanted of the recording\n"
        "  AT, token page: masked, for 180 s\n"
        "  AT, token page: on\n"
        "  AT, cli anna: on, whoever masked it\n"
        "  AT, step talk: masked\n"
        "  AT, hold: masked"
    )


def test_a_ledger_from_before_the_checks_is_told(ledger):
    kept = ledger.call("aaaa-1")
    (recording,) = kept["recordings"]
    for name in ("audio_at", "gaps", "checked_at", "verdict", "sha256"):
        del recording[name]
    for action in kept["recording_actions"]:
        del action["asked_at"]
    assert "Recording " in story(kept)


def test_a_notice_is_named_in_short(ledger):
    (requested, _) = ledger.call("aaaa-1")["choices"]
    assert asked(requested) == "recording v3 en"
    assert asked({"notice": ""}) == ""


def test_that_the_called_party_was_asked_is_told(ledger):
    kept = ledger.call("aaaa-1")
    assert "the called party" not in story(kept)
    kept["choices"][0]["party"] = "callee"
    assert "  asked     the called party\n" in story(kept)


def test_a_stored_form_a_command_and_who_looked_are_told():
    row = {
        "stored_at": 1, "form": "flac", "stored_bytes": 7, "sha256": "5e",
        "stored_sha256": "5f", "hook_at": 1, "hook_tries": 3,
        "hook_result": "it exited with 1", "path": "/r/x.flac", "id": "x", "state": "",
        "purposes": "p", "started_at": 0, "stopped_at": 0, "ms": 0, "checked_at": 1,
        "file_ms": 1000, "bytes": 9, "verdict": "intact", "findings": "",
        "looks": [{"at": 1, "what": "decrypt", "who": "anne", "reason": "why"}],
    }  # fmt: skip
    told = "\n".join([*file_story(row, []), *looks_at(row)])
    assert ": flac, 7 bytes\n  sha256    5f (of the stored file)\n" in told
    assert ": it exited with 1, run 3 times\n" in told
    assert told.endswith(": decrypt by anne\n            why")


def test_a_stop_is_told_once_and_one_that_was_only_meant_is_told_too(ledger):
    kept = ledger.call("aaaa-1")
    stop = kept["recording_actions"][-1]
    meant = {**stop, "reply": MEANT, "verified": False}
    kept["recording_actions"].insert(-1, meant)
    assert MEANT not in story(kept)
    kept["recording_actions"].pop()
    assert f"the switch said: {MEANT} (not seen)" in story(kept)


def test_a_withdrawal_tells_who_why_and_what_became_of_the_file(ledger):
    kept = ledger.call("aaaa-1")
    choice = kept["choices"][1]
    choice |= {"state": "granted", "receipt": "12345674", "on_withdrawal": "delete"}
    told = story(kept)
    assert "  receipt   12345674\n" in told
    assert "as the purpose says" not in told
    gone = {"state": "withdrawn", "performed_by": "operator", "who": "anna"}
    choice |= {**gone, "remark": "by letter"}
    (recording,) = kept["recordings"]
    action = dict(kept["recording_actions"][-1])
    action |= {"action": "erase", "reply": "1 file removed", "reason": "withdrawn"}
    kept["recording_actions"].append(action)
    told = story(kept)
    assert "by operator anna\n  because   by letter\n" in told
    assert "  recorded  delete, as the purpose says\n" in told
    assert re.search(
        r"  erased    20.*: 1 file removed, because it was withdrawn", told
    )
    assert told.count("the switch said") == 2
    assert recording["id"] in told


def test_what_rests_on_an_earlier_choice_says_so(ledger):
    kept = ledger.call("aaaa-1")
    last = kept["choices"][-1]
    last |= {"state": "refused", "reason": "remembered", "rests_on": "bbbb-2"}
    told = story(kept)
    assert "training: refused (remembered)" in told
    assert "  rests on  the choice in call bbbb-2" in told


def test_what_is_about_the_whole_call_says_so(ledger):
    kept = ledger.call("dddd-4")
    none = {"purpose": "", "basis": "", "step": "", "reason": "private"}
    kept["choices"][-1] |= none
    told = story(kept)
    assert "the whole call: not asked (private)" in told
    assert "  basis     none, by system" in told
