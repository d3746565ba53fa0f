"""The flows that ship, as calls go through them: who was asked, what was recorded.

Each call is driven by the real controller over a loopback socket, with the shipped
texts and audio, in simulated time; what is looked up is what the ledger kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from eslflow.call.commands import Alarm, Tell
from eslflow.call.receipt import receipt_of
from eslflow.check import load_flow
from eslflow.errors import FlowErrors
from eslflow.flow.load import load
from eslflow.ledger.verify import verify
from eslflow.rig import Rig
from eslflow.sim import deeds
from eslflow.sim.clock import SimulatedClock
from eslflow.sim.script import HANG_UP, Agent, Script
from eslflow.sim.switch import SimulatedCall
from eslflow.steps import KINDS
from eslflow.steps.consent import Consent

ROOT = Path(__file__).parent.parent
OFFICES = ("opt-in", "opt-in-first", "two-queues", "office-hours", "withdraw")
"""Those that ask for consent to training and then reach a person."""
TUESDAY, NIGHT, CHRISTMAS = "2026-11-24 10:00", "2026-11-24 19:30", "2026-12-24 10:00"
"""By the clock of Berlin."""


@dataclass
class Told:
    """What became of a call, as it can be proved."""

    call: SimulatedCall
    lines: list[str]
    """What was told of it while it ran."""
    choices: list[dict[str, Any]]
    recordings: list[dict[str, Any]]

    @property
    def states(self) -> list[str]:
        """Return what became of the question, in order."""
        return [choice["state"] for choice in self.choices]

    @property
    def queues(self) -> list[str]:
        """Return the queues that it waited in."""
        words = "waits in queue "
        return [line.removeprefix(words) for line in self.lines if words in line]


Goes = Callable[..., Told]


@pytest.fixture
def office(tmp_path: Path) -> Goes:
    """Return what lets a call go through a shipped flow."""

    def goes(flow: str, *keys: str, at: str = TUESDAY, **script: Any) -> Told:
        moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Europe/Berlin"))
        clock = SimulatedClock(round(moment.timestamp()) * 1_000_000)
        found = load_flow(ROOT / "flows" / f"{flow}.yaml")
        lines: list[str] = []

        def watch(_: str, __: int, what: Tell | Alarm) -> None:
            lines.append(what.text)

        with Rig([found], ROOT / "sounds", tmp_path, clock=clock, watch=watch) as rig:
            assert rig.faults == ()
            call = rig.call(Script(keys=keys, path=flow, **script))
            with rig.look() as ledger:
                kept = ledger.call(call.uuid)
        assert verify(tmp_path / "eslflow.db").broken is None
        return Told(call, lines, kept["choices"], kept["recordings"])

    return goes


LEAD: dict[str, tuple[str, ...]] = {"office-hours": ("1",)}
"""Keys before the question: the language."""
AGREE = {name: "2" if name == "opt-in-first" else "1" for name in OFFICES}
REFUSE = {name: "3" if name == "opt-in-first" else "2" for name in OFFICES}


@pytest.mark.parametrize("name", OFFICES)
def test_who_agrees_is_recorded_with_the_grant_on_disk_before(
    office: Goes, name: str
) -> None:
    told = office(name, *LEAD.get(name, ()), AGREE[name], "1")
    assert told.states == ["requested", "granted"]
    (recording,) = told.recordings
    assert recording["purposes"] == "training"
    assert recording["asked_at"] >= told.choices[-1]["at"]
    assert len(told.call.recordings) == 1


@pytest.mark.parametrize("name", OFFICES)
@pytest.mark.parametrize(
    ("press", "state"), [("refuse", "refused"), ("", "unanswered"), ("7", "unanswered")]
)
def test_who_does_not_agree_is_served_and_not_recorded(
    office: Goes, name: str, press: str, state: str
) -> None:
    keys = (REFUSE[name],) if press == "refuse" else (press, press)
    told = office(name, *LEAD.get(name, ()), *keys, "1")
    assert told.states == ["requested", state]
    assert told.call.recordings == []
    assert told.recordings == []
    assert len(told.queues) == 1
    assert "an agent answers" in told.lines


@pytest.mark.parametrize("name", OFFICES)
def test_who_hangs_up_in_the_question_is_kept_as_that(office: Goes, name: str) -> None:
    told = office(name, *LEAD.get(name, ()), HANG_UP)
    assert told.states == ["requested", "hung_up"]
    assert told.recordings == []


@pytest.mark.parametrize("name", OFFICES)
def test_when_nobody_is_free_the_caller_is_told_so(office: Goes, name: str) -> None:
    keys = (*LEAD.get(name, ()), REFUSE[name], "1")
    told = office(name, *keys, agent=Agent.TIMEOUT)
    assert 'announces "Nobody is free' in " ".join(told.lines)
    assert told.call.ending == "hung_up"


@pytest.mark.parametrize("name", OFFICES)
def test_without_its_queues_the_dialplan_reaches_a_person(
    office: Goes, name: str
) -> None:
    keys = (*LEAD.get(name, ()), AGREE[name], "1")
    told = office(name, *keys, agent=Agent.UNKNOWN)
    assert told.call.ending == "fallback"


@pytest.mark.parametrize("name", OFFICES)
def test_every_notice_says_who_why_what_can_be_chosen_and_how_to_withdraw(
    name: str,
) -> None:
    flow = load_flow(ROOT / "flows" / f"{name}.yaml")
    (ask,) = [step for step in flow.steps.values() if step.asks_for()]
    assert isinstance(ask, Consent)
    notice = flow.notices[ask.asks["notice"]]
    more = flow.notices[ask.more].text if ask.more else {"en": "", "de": ""}
    assert notice.url
    for language, words in (
        ("en", ("Example Ltd", "consent", "train", "withdraw", "privacy", "90 days")),
        ("de", ("Example Ltd", "willig", "chul", "widerruf", "privacy", "90 Tage")),
    ):
        text = f"{notice.text[language]} {more[language]}"
        assert [word for word in words if word not in text] == []
        for key, meaning in ask.keys.items():
            assert key in notice.text[language], f"{meaning} on {key} is not said"


def test_opt_in_lets_the_caller_choose_a_queue(office: Goes) -> None:
    assert office("opt-in", "1", "1").queues == ["sales"]


def test_opt_in_goes_on_with_support_when_nothing_is_chosen(office: Goes) -> None:
    assert office("opt-in", "2", "", "", "").queues == ["support"]


def test_opt_in_first_takes_no_1_for_an_answer(office: Goes) -> None:
    told = office("opt-in-first", "1", "2", "1")
    assert told.states == ["requested", "granted"]
    assert told.choices[-1]["tries"] == 2
    assert told.queues == ["orders"]


def test_two_queues_sends_the_caller_where_the_choice_says(office: Goes) -> None:
    assert office("two-queues", "1").queues == ["agreed"]


@pytest.mark.parametrize("key", ["2", ""])
def test_two_queues_keeps_others_out_of_the_queue_of_who_agreed(
    office: Goes, key: str
) -> None:
    assert office("two-queues", key, key).queues == ["others"]


def test_in_two_queues_the_recording_follows_the_call(office: Goes) -> None:
    told = office("two-queues", "1", agent=Agent.TIMEOUT)
    assert told.queues == ["agreed", "others"]
    assert [recording["purposes"] for recording in told.recordings] == ["training"]


def test_office_hours_goes_on_in_the_language_that_was_chosen(office: Goes) -> None:
    told = office("office-hours", "2", "1", "1")
    assert told.choices[-1]["language"] == "de"
    assert 'announces "Willkommen bei der Example Ltd."' in told.lines
    assert "Zur Schulung" not in told.choices[-1]["notice_text"]
    assert "zur Schulung" in told.choices[-1]["notice_text"]


@pytest.mark.parametrize(
    ("at", "words"), [(NIGHT, "closed now"), (CHRISTMAS, "public holiday")]
)
def test_office_hours_tells_when_nobody_is_there(
    office: Goes, at: str, words: str
) -> None:
    told = office("office-hours", "1", at=at)
    assert words in " ".join(told.lines)
    assert told.call.ending == "hung_up"
    assert (told.queues, told.states, told.recordings) == ([], ["not_asked"], [])


def test_office_hours_tells_more_on_9_and_asks_again(office: Goes) -> None:
    told = office("office-hours", "1", "9", "1", "2")
    assert told.states == ["requested", "requested", "granted"]
    more, granted = told.choices[1:]
    assert (more["notice"], more["reason"], more["key"]) == ("details", "more", "9")
    assert more["notice_text"].startswith("Responsible is Example Ltd")
    assert more["heard_ms"] > 30_000
    assert (granted["notice"], granted["tries"]) == ("recording", 1)
    assert told.queues == ["support"]


def test_opt_out_records_when_nobody_objects_and_keeps_that_before(
    office: Goes,
) -> None:
    for keys in ((), ("1",)):
        told = office("opt-out", *keys)
        assert told.states == ["requested", "unanswered"]
        last = told.choices[-1]
        assert (last["reason"], last["basis"]) == (
            "not_objected",
            "legitimate_interests",
        )
        (recording,) = told.recordings
        assert recording["purposes"] == "quality"
        assert recording["asked_at"] >= last["at"]


@pytest.mark.parametrize(
    ("keys", "state"),
    [(("3",), "refused"), (("7", "7"), "unanswered"), ((HANG_UP,), "hung_up")],
)
def test_opt_out_records_nobody_who_objects_or_is_not_understood(
    office: Goes, keys: tuple[str, ...], state: str
) -> None:
    told = office("opt-out", *keys)
    assert told.states == ["requested", state]
    assert (told.recordings, told.call.recordings) == ([], [])
    if state != "hung_up":
        assert told.queues == ["support"]
        assert "an agent answers" in told.lines


def test_opt_out_on_consent_is_refused_and_the_reason_told() -> None:
    text = (ROOT / "flows" / "opt-out.yaml").read_text(encoding="utf-8")
    with pytest.raises(FlowErrors) as caught:
        load(text.replace("legitimate_interests", "consent").encode(), "x.yaml", KINDS)
    told = " ".join(error.problem for error in caught.value.problems)
    assert "silence is no consent (GDPR Art. 4(11), recital 32)" in told


BREAKS = deeds.Api("uuid_record {caller} stop all")
"""Somebody stops the recorder behind our back."""


def test_regulated_tells_and_records_with_nothing_to_choose(office: Goes) -> None:
    told = office("regulated")
    (choice,) = told.choices
    assert (choice["state"], choice["reason"]) == ("not_asked", "informed")
    assert (choice["basis"], choice["keys_offered"]) == ("legal_obligation", "")
    assert choice["notice_url"] == "https://example.com/privacy#calls"
    assert choice["retain_s"] == 1826 * 86_400
    (recording,) = told.recordings
    assert recording["purposes"] == "orders"
    assert told.queues == ["orders"]


@pytest.mark.parametrize(
    "script",
    [
        {"refuse": {"api uuid_record": "-ERR no"}},
        {"is_deaf": True},
        {"does": {f"callcenter +{at}": BREAKS for at in (0.5, 1, 1.5, 2)}},
    ],
)
def test_regulated_reaches_nobody_unrecorded(
    office: Goes, script: dict[str, Any]
) -> None:
    told = office("regulated", **script)
    heard = [heard.what for heard in told.call.heard]
    assert "call ends: refused (NORMAL_TEMPORARY_FAILURE)" in told.lines
    assert "agent answers" not in heard
    played = [heard.text for heard in told.call.heard if heard.what == "plays"]
    # Whoever waits in a queue hears nothing of ours.
    assert played[-1].endswith("unrecordable.wav") or "does" in script


def test_regulated_calls_whose_recording_breaks_lose_the_agent_at_once(
    office: Goes,
) -> None:
    does = {f"bridged +{at}": BREAKS for at in (1, 2, 3, 4)}
    told = office("regulated", does=does)
    at = {heard.what: heard.at_s for heard in told.call.heard}
    assert at["agent leaves"] - at["recording stops"] < 0.1
    assert at["plays"] > at["agent leaves"]
    assert "call ends: refused (NORMAL_TEMPORARY_FAILURE)" in told.lines
    assert len(told.recordings) == 4


def test_private_keeps_only_that_it_was_private(office: Goes) -> None:
    told = office("private", called="*67030123456", caller="1001")
    assert [choice["reason"] for choice in told.choices] == ["private", ""]
    assert [choice["state"] for choice in told.choices] == ["not_asked"] * 2
    assert (told.recordings, told.call.recordings) == ([], [])
    assert put_through(told)
    by_key = office("private", "2", called="reception")
    assert by_key.choices[0]["reason"] == "private"
    assert (by_key.recordings, by_key.call.recordings) == ([], [])
    assert "an agent answers" in by_key.lines


def test_private_ends_the_recorder_that_somebody_else_has_begun(office: Goes) -> None:
    does = {"bridged +1": deeds.Records(on="caller")}
    told = office("private", "2", called="reception", does=does)
    path = "/var/lib/foreign/a.wav"
    assert f"another recorder on the caller's leg was stopped: {path}" in told.lines
    assert told.recordings == []


def test_who_is_never_recorded_is_in_no_file_though_the_caller_agreed(
    tmp_path: Path,
) -> None:
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    path = tmp_path / "flows" / "private.yaml"
    text = path.read_text(encoding="utf-8")
    for number, files in ((1999, 1), (1001, 0)):
        data = text.replace("never_record: [1999]", f"never_record: [{number}]")
        path.write_text(data, encoding="utf-8")
        found = load_flow(path)
        folder = tmp_path / str(number)
        folder.mkdir()
        with Rig([found], ROOT / "sounds", folder) as rig:
            keys = ("1", "1")
            call = rig.call(Script(keys=keys, path="private", called="reception"))
            with rig.look() as ledger:
                kept = ledger.call(call.uuid)
        assert len(call.recordings) == len(kept["recordings"]) == files
        assert [row["state"] for row in kept["choices"]][:2] == ["requested", "granted"]


@pytest.mark.parametrize(
    ("keys", "purposes"),
    [
        (("1", "1"), "training evidence"),
        (("1", "2"), "training"),
        (("2", "1"), "evidence"),
        (("2", "2"), ""),
        (("", "", "1"), "evidence"),
    ],
)
def test_two_purposes_are_asked_for_and_kept_apart(
    office: Goes, keys: tuple[str, ...], purposes: str
) -> None:
    told = office("two-purposes", *keys)
    found = [recording["purposes"] for recording in told.recordings]
    assert found == ([purposes] if purposes else [])
    granted = [row for row in told.choices if row["state"] == "granted"]
    assert " ".join(row["purpose"] for row in granted) == purposes
    days = {"training": 90, "evidence": 1095}
    for row in granted:
        assert row["retain_s"] == days[row["purpose"]] * 86_400
        assert row["notice"] == row["purpose"]


def test_a_second_grant_after_a_talk_begins_another_file(tmp_path: Path) -> None:
    path = tmp_path / "two-purposes.yaml"
    text = (ROOT / "flows" / path.name).read_text(encoding="utf-8")
    # The second question comes after a talk that is recorded for the first.
    desk = "  desk: {queue: desk, record: on, answered: evidence}\n  evidence:\n    con"
    text = text.replace("  evidence:\n    con", desk)
    path.write_text(text.replace("next: talk", "record: on\n    next: talk", 1))
    found = load_flow(path)
    folder = tmp_path / "site"
    folder.mkdir()
    with Rig([found], ROOT / "sounds", folder) as rig:
        call = rig.call(
            Script(keys=("1", "1"), path="two-purposes", agent_hangs_up=True)
        )
        with rig.look() as ledger:
            kept = ledger.call(call.uuid)
    # The talk is over: its file is, too, and the question is in another.
    talk, first, second = kept["recordings"]
    assert talk["purposes"] == first["purposes"] == "training"
    assert second["purposes"] == "training evidence"
    granted = [row["at"] for row in kept["choices"] if row["state"] == "granted"]
    assert first["asked_at"] < granted[1] <= second["asked_at"]
    assert first["stopped_at"] <= second["started_at"]


def test_opening_alone_greets_and_ends(office: Goes) -> None:
    told = office("opening")
    assert 'announces "Welcome to Example Ltd."' in told.lines
    assert told.call.ending == "hung_up"


OUTSIDE = "030123456"


def put_through(told: Told) -> bool:
    return "caller and called party talk" in told.lines


def test_a_called_party_who_agrees_is_recorded_after_that(office: Goes) -> None:
    told = office("outgoing", called=OUTSIDE, caller="1001", callee_keys=("1",))
    assert told.states == ["requested", "granted"]
    assert {choice["party"] for choice in told.choices} == {"callee"}
    assert put_through(told)
    (recording,) = told.recordings
    assert recording["asked_at"] >= told.choices[-1]["at"]
    (recorder,) = told.call.recordings
    assert recorder.options["RECORD_STEREO_SWAP"] == "true"
    assert recorder.options["RECORD_BRIDGE_REQ"] == "true"


@pytest.mark.parametrize(
    ("keys", "state"), [("2", "refused"), ("", "unanswered"), ("7", "unanswered")]
)
def test_a_called_party_who_does_not_agree_is_put_through_unrecorded(
    office: Goes, keys: str, state: str
) -> None:
    told = office("outgoing", called=OUTSIDE, callee_keys=(keys,))
    assert told.states == ["requested", state]
    assert put_through(told)
    assert told.recordings == told.call.recordings == []


def test_a_called_party_who_hangs_up_in_the_question_ends_the_call(
    office: Goes,
) -> None:
    told = office("outgoing", called=OUTSIDE, callee_keys=(HANG_UP,))
    assert told.states == ["requested", "hung_up"]
    assert "the called party has hung up" in told.lines
    assert told.call.ending == "hung_up"
    assert told.recordings == []


def test_a_caller_who_hangs_up_in_the_question_leaves_nobody_behind(
    office: Goes,
) -> None:
    told = office("outgoing", called=OUTSIDE, hang_up_at="playback +2")
    assert told.states == ["requested", "unanswered"]
    assert told.choices[-1]["reason"] == "caller_left"
    gone = [heard for heard in told.call.heard if heard.what == "called party gone"]
    assert gone


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("USER_BUSY", "hangs up (USER_BUSY)"),
        ("CALL_REJECTED", "hangs up (USER_BUSY)"),
        ("NO_ANSWER", 'announces "There was no answer."'),
        ("UNALLOCATED_NUMBER", 'announces "This number cannot be reached."'),
        ("NORMAL_CIRCUIT_CONGESTION", "the dialplan takes the call on"),
    ],
)
def test_a_call_that_nobody_takes_asks_nobody(
    office: Goes, cause: str, words: str
) -> None:
    told = office("outgoing", called=OUTSIDE, callee=cause)
    assert told.states == ["not_asked"]
    assert words in told.lines
    assert told.recordings == []


@pytest.mark.parametrize("called", ["1002", "112", "911"])
def test_colleagues_and_emergency_numbers_are_put_through_at_once(
    office: Goes, called: str
) -> None:
    told = office("outgoing", called=called)
    first = next(line for line in told.lines if line.startswith("calls "))
    where = "user/" if called == "1002" else "sofia/gateway/provider/"
    assert first == f"calls {where}{called}"
    assert told.states == ["not_asked"]
    assert told.recordings == told.call.recordings == []
    assert not [line for line in told.lines if "asks" in line or "announces" in line]
    assert put_through(told)


def test_an_emergency_call_that_fails_is_left_to_the_dialplan(office: Goes) -> None:
    told = office("outgoing", called="112", callee="USER_BUSY")
    assert told.lines[1:3] == ["step call", "emergency call to 112"]
    assert told.call.ending == "fallback"


def test_withdraw_tells_a_receipt_that_is_kept_with_the_choice(office: Goes) -> None:
    told = office("withdraw", "1", uuid="u-1")
    code = receipt_of("u-1")
    assert told.choices[-1]["receipt"] == code
    assert f"reads out the receipt {code}" in told.lines
    assert told.choices[-1]["on_withdrawal"] == "delete"
    played = [heard.text for heard in told.call.heard if heard.what == "plays"]
    digits = [Path(path).stem for path in played if "_receipt" in path]
    assert digits == ["code", *code, "again", *code]


def test_withdraw_keeps_that_it_was_withdrawn_before_the_recording_ends(
    office: Goes,
) -> None:
    press = {"bridged +3": deeds.Keys("*0", deeds.CALLER)}
    told = office("withdraw", "1", does=press)
    assert told.states == ["requested", "granted", "withdrawn"]
    (recording,) = told.recordings
    assert recording["stopped_at"] >= told.choices[-1]["at"]
    said = [heard.text for heard in told.call.heard if heard.what == "displace start"]
    assert [Path(text).name for text in said] == ["ended.wav", "ended.wav"]


def test_verbal_records_after_the_agents_key_and_confirms_it(office: Goes) -> None:
    told = office("verbal", does={"bridged +3": deeds.Keys("*1")})
    assert told.states == ["verbal"]
    (choice,), (recording,) = told.choices, told.recordings
    assert (choice["performed_by"], choice["who"]) == ("agent", "1001")
    assert recording["asked_at"] >= choice["at"]
    said = [heard for heard in told.call.heard if heard.what == "displace start"]
    assert [Path(heard.text).name for heard in said] == ["confirmed.v1.wav"] * 2
    # The recording has begun by then, so that it is in the file.
    assert min(heard.at_s for heard in said) >= told.call.recordings[0].spans[0].at_s


def test_verbal_says_in_its_confirmation_what_was_agreed_to() -> None:
    flow = load_flow(ROOT / "flows" / "verbal.yaml")
    for language, words in (
        ("en", ("Example Ltd", "agreed", "train", "withdraw", "privacy", "90 days")),
        ("de", ("Example Ltd", "willig", "chul", "widerruf", "privacy", "90 Tage")),
    ):
        text = flow.notices["confirmed"].text[language]
        assert [word for word in words if word not in text] == []


def test_private_ends_a_recording_for_good_when_a_key_says_so(office: Goes) -> None:
    does = {
        "bridged +3": deeds.Keys("*7", deeds.CALLER),
        "bridged +6": deeds.Keys("*7"),
    }
    told = office("private", "1", "1", called="reception", does=does)
    states = [choice["state"] for choice in told.choices]
    assert states == ["requested", "granted", "not_asked"]
    note = told.choices[-1]
    assert (note["reason"], note["key"], note["party"]) == ("private", "*7", "caller")
    assert (note["purpose"], note["on_withdrawal"]) == ("", "delete")
    (recording,) = told.recordings
    assert note["at"] <= recording["stopped_at"] < note["at"] + 1_000_000
    said = [heard.text for heard in told.call.heard if heard.what == "displace start"]
    assert [Path(text).name for text in said] == ["hushed.wav"] * 2
