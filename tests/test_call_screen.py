"""Who is never recorded, and who not when a call changes hands."""

from dataclasses import replace

import pytest

from eslflow.call.commands import Alarm, Api, Execute
from eslflow.call.events import (
    Bridged,
    Held,
    HungUp,
    Offered,
    Parked,
    RecordStarted,
    RecordStopped,
    Unbridged,
    Wished,
)
from eslflow.call.live import Live
from eslflow.call.recorder import GUARD_S
from eslflow.call.recording import Recording
from eslflow.call.records import Choice, Reason, RecordingAction, RecordingBegun
from eslflow.call.screen import LOOK_S, NAMES, UNSET, Screen, Whose, note
from eslflow.call.wishes import Want, Wish
from eslflow.e164 import normaliser
from eslflow.wire.terms import ApiCommand, App
from tests.playbook import START, Playbook, site_for
from tests.steps_of import flow
from tests.test_call_moves import bugs
from tests.test_call_unrecorded import HEAD as DEMANDED

LAW = """\
flow: test
purposes: {duty: {basis: legal_obligation}}
prompts: {welcome: Welcome.}
recording: {never_record: [1999]}
"""
TALK = flow("talk: {queue: support, record: on}", LAW)
HELLO = flow(
    "hello: {announce: welcome, record: on}\ntalk: {queue: support, record: on}", LAW
)
PLAIN = flow("talk: {queue: support, record: on}", LAW.replace("[1999]", "[]"))
QUEUE = Execute(App.CALLCENTER, "support")


def screen(caller="+4930123", called="support", found=PLAIN, **site):
    offered = Offered("u", caller=caller, called=called)
    return Screen(offered, found, replace(site_for(found), **site)), offered


def test_without_lists_nobody_is_looked_at():
    found, offered = screen()
    assert not found.is_active
    assert found.bars_call(offered) is None
    assert found.bars("1001") is None


def test_the_sites_list_and_the_flows_are_one():
    found, _ = screen(found=TALK, never_record=("20*",))
    assert found.bars("1999") is found.bars("2001") is Reason.NEVER_RECORDED
    assert found.bars("1001") is None


@pytest.mark.parametrize(
    ("caller", "called", "reason"),
    [
        ("2001", "support", Reason.NEVER_RECORDED),
        ("+4930123", "2001", Reason.NEVER_RECORDED),
        ("1001", "1002", Reason.AMONG_STAFF),
        ("1001", "030123456", None),
        ("+4930123", "1002", None),
    ],
)
def test_both_ends_are_looked_at_when_the_call_comes(caller, called, reason):
    lists = {"never_record": ("2001",), "extensions": ("10*",)}
    found, offered = screen(caller, called, **lists)
    assert found.bars_call(offered) is reason


def test_a_number_is_known_in_each_spelling():
    lists = {"never_record": ("+4930123456",), "normal": normaliser("DE")}
    for number in ("030 123456", "0049 30 123456", "+49 30 123456"):
        found, offered = screen(number, **lists)
        assert found.bars_call(offered) is Reason.NEVER_RECORDED
    # A list may hold the number as it is dialled, too.
    lists["never_record"] = ("030*",)
    assert screen(**lists)[0].bars("030 123456") is Reason.NEVER_RECORDED
    assert screen(**lists)[0].bars("+4930123456") is None


def test_who_answers_is_staff_only_to_staff():
    found, _ = screen("1001", extensions=("10*",))
    assert found.met("b", Whose(("x", "1002"))) is Reason.AMONG_STAFF
    assert found.met("b", Whose(("030123456",), is_named=True)) is None
    found, _ = screen("+4930123", extensions=("10*",))
    assert not found.is_active
    assert found.met("b", Whose(("1002",), is_named=True)) is None


def test_where_some_are_never_recorded_nobody_unknown_is():
    found, _ = screen(never_record=("1",))
    assert found.met("b", Whose(())) is Reason.UNKNOWN_PARTY


def test_what_the_law_demands_no_list_takes_back():
    must = flow("talk: {queue: support, record: on}", DEMANDED)
    found, _ = screen("1001", found=must, never_record=("1*",), extensions=("1*",))
    assert not found.is_active


def test_the_note_has_no_content():
    live = Live(Offered("u"), PLAIN, site_for(PLAIN), START)
    row = note(live, Reason.AMONG_STAFF)
    assert (row.purpose, row.state, row.reason) == ("", "not_asked", "among_staff")


def waits(call):
    """Go on until the caller waits; nothing is recorded by then."""
    assert call.skips()[-1] == QUEUE
    assert call.rows(RecordingBegun) == []


def answers(call, **names):
    """Let the switch answer all it is asked; return what was said."""
    said, open_ones = [], call.skips()
    while open_ones:
        command = open_ones.pop(0)
        said.append(command)
        if not isinstance(command, Api) or not command.waits:
            continue
        segment = call.engine.live.recorder.segment
        if " start " in command.arg:
            call.when(RecordStarted(segment.path), 0.01)
        elif " stop " in command.arg:
            call.when(RecordStopped(segment.path, 1000, ""), 0.01)
        open_ones += call.skips()
        is_list = command.command is ApiCommand.UUID_BUGLIST
        running = (segment.path,) if segment and not segment.ended else ()
        answer = bugs(*running) if is_list else "+OK Success"
        if command.command is ApiCommand.UUID_GETVAR:
            answer = names.get(command.arg.split()[1], UNSET)
        call.answers(command, answer)
        open_ones += call.skips()
    return said


def joins(call, agent, leg="b-1", **names):
    call.when(Bridged(leg, agent))
    return answers(call, **names)


def talks(call, agent="1001", **names):
    waits(call)
    call.done(QUEUE, cc_cause="answered")
    return joins(call, agent, **names)


def reasons(call):
    return [row.reason for row in call.rows(Choice)]


def test_no_file_is_begun_before_it_is_known_who_answers():
    with Playbook(TALK) as call:
        talks(call)
        assert call.engine.live.recorder.state is Recording.ON
        call.when(HungUp("NORMAL_CLEARING"))
        call.skips()
    assert len(call.rows(RecordingBegun)) == 1
    assert reasons(call) == []


@pytest.mark.parametrize(
    ("agent", "reason"), [("1999", "never_recorded"), ("", "unknown_party")]
)
def test_who_is_never_recorded_gets_into_no_file(agent, reason):
    with Playbook(TALK) as call:
        talks(call, agent)
        call.passes(5)
        answers(call)
        call.when(Wished(1, Wish(Want.ON, "token desk")))
        answer = answers(call)[-1]
        assert answer.answered.why == "who has the call is never recorded"
    assert call.rows(RecordingBegun) == []
    assert reasons(call) == [reason]


@pytest.mark.parametrize("name", NAMES)
def test_a_leg_is_known_by_each_of_its_names(name):
    for value, files in (("1999@default", 0), ("1999", 0), ("1001@default", 1)):
        with Playbook(TALK) as call:
            talks(call, "f3a9c1", **{name: value})
        assert len(call.rows(RecordingBegun)) == files


def test_a_leg_without_any_number_may_have_a_name():
    with Playbook(TALK) as call:
        talks(call, "", cc_agent="1001@default")
        assert call.engine.live.recorder.state is Recording.ON


def test_a_leg_that_cannot_be_looked_at_is_nobody_known():
    look = Api(ApiCommand.UUID_GETVAR, "b-1 cc_agent", timeout_s=LOOK_S)
    for is_answered in (True, False):
        with Playbook(TALK) as call:
            waits(call)
            call.when(Bridged("b-1", "1001"))
            assert look in call.skips()
            if is_answered:
                call.answers(look, "-ERR No such channel!")
            else:
                call.passes(LOOK_S)
            assert Alarm("not recorded: unknown party") in call.skips()
        assert call.rows(RecordingBegun) == []


def test_a_call_among_staff_is_barred_as_a_whole():
    site = replace(site_for(PLAIN), extensions=("10*",))
    offered = Offered("4c1b-9", caller="1001", called="1002")
    with Playbook(PLAIN, offered, site) as call:
        assert "not recorded: among staff" in call.told
        talks(call, "030123456")
    assert call.rows(RecordingBegun) == []
    assert reasons(call) == ["among_staff"]


def test_a_file_that_runs_is_ended_before_somebody_may_answer():
    with Playbook(HELLO) as call:
        (*_, play) = answers(call)
        assert call.engine.live.recorder.state is Recording.ON
        call.done(play)
        said = answers(call)
        stops = [place for place, c in enumerate(said) if " stop " in c.arg]
        assert stops
        assert said.index(QUEUE) > stops[0]
        assert call.engine.live.recorder.state is Recording.OFF


def test_while_the_agent_holds_the_caller_the_file_is_masked():
    with Playbook(TALK) as call:
        talks(call)
        call.when(Held(True, is_callers=False))
        answers(call)
        assert call.engine.live.recorder.state is Recording.MASKED
        call.when(Held(False, is_callers=False))
        answers(call)
        call.passes(2)
        answers(call)
        assert call.engine.live.recorder.state is Recording.ON


def test_a_caller_on_hold_is_nobodys_hand_over():
    with Playbook(TALK) as call:
        talks(call)
        call.when(Held(True, is_callers=True))
        answers(call)
        assert call.engine.live.recorder.state is Recording.ON
    with Playbook(PLAIN) as call:
        answers(call)
        call.when(Held(True, is_callers=False))
        answers(call)
        assert call.engine.live.recorder.state is Recording.ON


def test_who_takes_over_from_a_hold_is_in_no_file_unless_allowed():
    for agent, state in (("1999", Recording.OFF), ("1002", Recording.ON)):
        with Playbook(TALK) as call:
            talks(call)
            call.when(Held(True, is_callers=False))
            answers(call)
            joins(call, agent, "b-2", dialed_user=agent)
            call.passes(2)
            answers(call)
            assert call.engine.live.recorder.state is state


def test_a_hand_over_without_a_word_ends_the_file_at_once():
    for event in (Unbridged(), Parked()):
        with Playbook(TALK) as call:
            talks(call)
            call.when(event, 0.01)
            answers(call)
            assert call.engine.live.recorder.state is Recording.OFF


def test_after_a_hold_the_file_goes_on_at_once_unless_somebody_masked_it():
    """What piled up while the agent held the caller is no secret."""
    for wishes, is_on in (((), True), ((Want.MASKED, Want.ON), False)):
        with Playbook(TALK) as call:
            talks(call)
            call.when(Held(True, is_callers=False))
            answers(call)
            for number, want in enumerate(wishes):
                call.when(Wished(number, Wish(want, "token page")))
                answers(call)
            call.passes(60)
            answers(call)
            call.when(Held(False, is_callers=False))
            call.passes(GUARD_S)
            answers(call)
            assert (call.engine.live.recorder.state is Recording.ON) is is_on


# Calls that change hands.

OPEN = flow(
    "talk: {queue: support, record: on}",
    LAW.replace("never_record: [1999]", "outside: record"),
)
OURS = {"dialed_user": "1002@office.example"}
INSIDE = replace(site_for(PLAIN), extensions=("10*",))


def talking(call):
    """Let an agent have the caller, and record it; nobody is looked at."""
    said = answers(call)
    call.done(QUEUE, cc_cause="answered")
    said += joins(call, "f3a9c1")
    assert not [c for c in said if getattr(c, "command", "") == ApiCommand.UUID_GETVAR]
    assert call.engine.live.recorder.state is Recording.ON


def parts(call):
    call.when(Unbridged(), 0.01)
    answers(call)


def stops(call):
    return [row.reason for row in call.rows(RecordingAction) if row.action == "stop"]


def test_whom_the_flow_has_brought_is_recorded_wherever_they_are():
    with Playbook(PLAIN) as call:
        talking(call)
        # The switch tells of the same two again.
        joins(call, "f3a9c1")
        assert call.engine.live.recorder.state is Recording.ON
    assert reasons(call) == []


def test_when_the_two_part_the_file_ends_and_the_ledger_has_why():
    with Playbook(PLAIN) as call:
        talking(call)
        parts(call)
        assert call.engine.live.recorder.state is Recording.OFF
        call.when(Wished(1, Wish(Want.ON, "token desk")))
        (answer,) = (c for c in answers(call) if hasattr(c, "answered"))
        assert answer.answered.why == "the call is being passed on"
    assert set(stops(call)) == {"parted"}


@pytest.mark.parametrize(
    ("number", "names"),
    [
        ("f3a9c1", {"cc_agent": "1002@default"}),
        # Her telephone is elsewhere, and she is on duty.
        ("0171", {"cc_agent": "1002@default", "sip_gateway_name": "provider"}),
        ("f3a9c1", OURS),
        ("1002", {"direction": "outbound"}),
        ("8501", {"direction": "inbound", "user_name": "1002"}),
    ],
)
def test_who_takes_over_and_is_of_the_office_is_recorded_anew(number, names):
    with Playbook(PLAIN, site=INSIDE) as call:
        talking(call)
        parts(call)
        joins(call, number, "b-2", **names)
        assert call.engine.live.recorder.state is Recording.ON
    assert len(call.rows(RecordingBegun)) == 2
    assert reasons(call) == []


@pytest.mark.parametrize(
    ("number", "names"),
    [
        ("+491711234567", {"sip_gateway_name": "provider"}),
        ("f3a9c1", {}),
        # Forwarded to a telephone outside, or an extension's number there.
        ("1002", OURS | {"sip_gateway_name": "provider"}),
        ("1002", OURS | {"loopback_leg": "A"}),
        # Callers say who they are, and whom they called; the queue's have its agent.
        ("1002", {"direction": "inbound", "caller_id_number": "1003"}),
        ("x", {"direction": "inbound", "cc_agent": "1002@default"} | OURS),
    ],
)
def test_who_takes_over_and_is_not_of_the_office_is_in_no_file(number, names):
    with Playbook(PLAIN, site=INSIDE) as call:
        talking(call)
        parts(call)
        joins(call, number, "b-2", **names)
        call.passes(5)
        answers(call)
        assert call.engine.live.recorder.state is Recording.OFF
        call.when(Wished(1, Wish(Want.ON, "token desk")))
        answer = answers(call)[-1].answered
        assert answer.why == "the call was passed on outside the office"
        assert "not recorded: outside" in call.told
    assert len(call.rows(RecordingBegun)) == 1
    assert reasons(call) == ["outside"]


def test_who_takes_over_without_a_pause_ends_the_file_until_it_is_known_who():
    with Playbook(PLAIN) as call:
        talking(call)
        call.when(Bridged("b-2", "1002"))
        # Both at once: nobody waits for the answers before the file is ended.
        said = [c for c in call.skips() if isinstance(c, Api)]
        (look,) = (c for c in said if c.command is ApiCommand.UUID_GETVAR)
        (stop,) = (c for c in said if " stop " in c.arg)
        call.when(RecordStopped(call.engine.live.recorder.segment.path, 1000, ""))
        call.answers(stop)
        assert call.engine.live.recorder.state is Recording.OFF
        call.answers(look, UNSET)
        answers(call)
    assert reasons(call) == ["outside"]


def test_who_comes_back_to_the_first_is_recorded_again():
    with Playbook(PLAIN) as call:
        talking(call)
        parts(call)
        joins(call, "x", "b-2")
        joins(call, "f3a9c1")
        assert call.engine.live.recorder.state is Recording.ON


def test_where_the_flow_says_so_it_is_recorded_outside_too():
    with Playbook(OPEN) as call:
        talking(call)
        parts(call)
        assert call.engine.live.recorder.state is Recording.ON
        joins(call, "x", "b-2", sip_gateway_name="provider")
        assert call.engine.live.recorder.state is Recording.ON
    assert reasons(call) == []


def test_what_the_law_demands_is_recorded_outside_too():
    must = flow("talk: {queue: support, record: on}", DEMANDED)
    assert not screen(found=must)[0].is_closed
    assert not screen(found=flow("talk: {queue: support}"))[0].is_closed


def test_whom_the_next_step_brings_it_has_chosen():
    steps = "a: {queue: support, record: on, answered: b}\n"
    steps += "b: {dial: {user: '1003'}, record: on, from: answer}"
    with Playbook(flow(steps, LAW.replace("[1999]", "[]"))) as call:
        talking(call)
        parts(call)
        call.when(Parked(), 0.01)
        answers(call)
        joins(call, "y", "b-3")
        assert call.engine.live.recorder.state is Recording.ON


def test_a_bridge_that_no_step_asked_for_is_a_hand_over():
    plain = flow("a: {announce: welcome, record: on}", LAW.replace("[1999]", "[]"))
    plain = replace(plain, steps={**plain.steps, "q": TALK.steps["talk"]})
    with Playbook(plain) as call:
        answers(call)
        assert call.engine.live.recorder.state is Recording.ON
        joins(call, "x")
        assert call.engine.live.recorder.state is Recording.OFF
    assert reasons(call) == ["outside"]


def test_who_takes_a_parked_call_is_known_by_his_own_number():
    taker = {"direction": "inbound", "caller_id_number": "1999"}
    for names, state in ((taker, Recording.OFF), ({}, Recording.ON)):
        with Playbook(TALK) as call:
            talks(call)
            parts(call)
            joins(call, "8501", "b-2", **(names or OURS))
            assert call.engine.live.recorder.state is state


# Agents who must have agreed.

MUST_AGREE = LAW.replace(
    "never_record: [1999]", "agents: must_agree, agreement: {text: staff, version: 2}"
)
STAFF = flow("talk: {queue: support, record: on}", MUST_AGREE)
REGISTER = {("1001", "staff"): 2, ("1003", "staff"): 1, ("1004", "other"): 9}


def registered(found):
    """Return a site whose register holds these."""
    return replace(
        site_for(found),
        agreed=lambda agent, text, least: REGISTER.get((agent, text), 0) >= least,
    )


@pytest.mark.parametrize(
    ("number", "names", "is_recorded"),
    [
        ("1001", {}, True),
        ("f3a9c1", {"cc_agent": "1001@default"}, True),
        ("1002", {}, False),
        ("1003", {}, False),
        ("1004", {}, False),
        # Whoever takes a parked call can say that he is anybody.
        ("x", {"direction": "inbound", "caller_id_number": "1001"}, False),
        ("x", {"direction": "inbound", "user_name": "1001"}, True),
    ],
)
def test_an_agent_is_recorded_who_has_agreed(number, names, is_recorded):
    with Playbook(STAFF, site=registered(STAFF)) as call:
        talks(call, number, **names)
        call.when(Wished(1, Wish(Want.ON, "token desk")))
        answer = answers(call)[-1].answered
        why = "" if is_recorded else "the agent has not agreed to being recorded"
        assert answer.why == why
    assert len(call.rows(RecordingBegun)) == is_recorded
    notes = [(row.reason, row.who) for row in call.rows(Choice)]
    assert notes == ([] if is_recorded else [("agent_not_agreed", number)])


def test_who_takes_over_must_have_agreed_too():
    with Playbook(STAFF, site=registered(STAFF)) as call:
        talks(call)
        parts(call)
        joins(call, "1002", "b-2", dialed_user="1002@x")
        assert call.engine.live.recorder.state is Recording.OFF
    assert reasons(call) == ["agent_not_agreed"]


def test_where_the_called_party_is_asked_the_caller_is_the_agent():
    steps = """
    call: {ring: {gateway: provider, number: "1"}, answered: ask}
    ask:
      consent: {notice: n, purpose: duty}
      ask: callee
      keys: {1: granted, 2: refused}
    talk: {connect: callee, record: on, from: answer}
    """
    head = MUST_AGREE.replace("legal_obligation", "consent")
    out = flow(steps, head + "notices: {n: {version: 1, text: Yes 1. No 2.}}\n")
    for caller, reason in (("1001", None), ("1002", Reason.AGENT_NOT_AGREED)):
        found = Screen(Offered("u", caller=caller), out, registered(out))
        whose = Whose(("+49",), ("+49",), True)
        assert found.met("b", whose, agent=caller) is reason
    for caller, why in (("1001", []), ("1002", ["agent_not_agreed"])):
        call = Playbook(out, Offered("u", caller=caller), registered(out))
        call.skips()
        call.engine.live.asked = "b-1"
        joins(call, "+49")
        assert reasons(call) == why


def test_where_the_office_says_nothing_nobody_has_agreed():
    with Playbook(STAFF) as call:
        talks(call)
    assert reasons(call) == ["agent_not_agreed"]
