"""What can happen next in a call of a proof."""

from eslflow.check.happens import happens
from eslflow.check.looked import Looks
from eslflow.check.outcomes import FOUND, choices
from tests.mutants import FLOWS
from tests.proofs import call_of, choice_of, flow_of, words_of
from tests.steps_of import flow

ASKED = ["presses/1", "presses/2", "presses at last/1", "presses at last/2"]
ASKED += ["presses wrongly/7", "presses nothing"]
WORDS = "flow: test\nprompts: {a: A.}\n"
ALL = "0: a, 1: a, 2: a, 3: a, 4: a, 5: a, 6: a, 7: a, 8: a, 9: a, star: a, hash: a"


def flow_words(steps, *done):
    return words_of(call_of(flow(steps, WORDS), *done))


def test_a_question_has_every_key_silence_and_what_goes_wrong():
    assert words_of(call_of(flow_of("asked"))) == [
        *ASKED,
        "not played",
        "refused",
        *("wish/masked", "wish/off"),
        "hang up",
    ]
    found = flow_words(f"m: {{menu: a, keys: {{{ALL}}}}}\na: {{announce: a}}\n")
    assert not any(word.startswith("presses wrongly") for word in found)


def test_a_grant_is_kept_or_not():
    found = words_of(call_of(flow_of("asked"), "presses/1"))
    assert found[:2] == ["kept", "not kept"]


def test_what_the_ledger_owes_comes_after_a_hang_up_too():
    stage = call_of(flow_of("asked"), "presses/1", "hang up")
    assert words_of(stage) == ["kept", "not kept"]
    stage = call_of(flow_of("asked"), "presses/1", "hang up", "kept")
    assert words_of(stage) == ["the end"]


def test_a_recorder_in_trouble_has_the_switch_to_itself():
    stage = call_of(flow_of("masked"), "recorder/start late")
    assert words_of(stage)[0] == "told"
    assert "played" not in words_of(stage)
    stage.switch.coming.clear()
    found = words_of(stage)
    assert found[0] == "recorder again/works"
    assert not any(word.startswith("wish") for word in found)


def test_on_the_way_into_a_step_the_recorder_is_waited_for():
    found = words_of(call_of(flow_of("masked")))
    assert found[0] == "recorder/start does"
    # The dead-man is on the agenda as soon as the switch was asked for a start.
    beside = ("wish", "hang up", "renewed", "dead man")
    assert all(word.startswith(("recorder", *beside)) for word in found)


def test_what_may_take_for_ever_is_not_given_up():
    done = ("recorder/start does", "played", "recorder/mask does")
    assert words_of(call_of(flow_of("card"), *done))[:2] == ["done", "refused"]
    assert "no answer" not in words_of(call_of(flow_of("card"), *done))


def test_digits_are_entered():
    found = flow_words("card: {collect: a, digits: 2, into: n}")
    assert found == [
        *("enters/10", "enters/#", "enters/1#", "presses nothing"),
        *("not played", "refused", "hang up"),
    ]


def test_a_prompt_is_played_or_not():
    assert flow_words("a: {announce: a}") == [
        *("played", "not played", "refused", "hang up"),
    ]


QUEUED = ["queue/TIMEOUT", "queue/NO_AGENT_TIMEOUT", "queue"]


def test_a_queue_has_all_its_endings():
    found = flow_words("q: {queue: a}")
    assert found == ["agent answers", *QUEUED, "refused", "hang up"]
    found = flow_words("q: {queue: a, type: fifo}")
    assert found == ["agent answers", "queue", "refused", "hang up"]


CAUSES = ("USER_BUSY", "NO_ANSWER", "CALL_REJECTED", "SWITCH_CONGESTION")
CAUSES += ("UNALLOCATED_NUMBER", "NORMAL_TEMPORARY_FAILURE")


def test_a_call_to_somebody_has_all_its_endings():
    found = flow_words("d: {dial: {user: 1001}}")
    causes = [f"dialled/{cause}" for cause in CAUSES]
    assert found == ["called party talks", *causes, "refused", "hang up"]


RING = "r: {ring: {user: 1001}}\n"


def test_who_is_called_answers_or_not_and_may_leave():
    found = flow_words(RING + "c: {connect: callee}\n")
    causes = [f"called party/{cause}" for cause in CAUSES]
    assert found == [
        *("called party answers", *causes, "refused", "no answer"),
        *("called party leaves", "hang up"),
    ]
    answered = "called party answers"
    found = flow_words(RING + "c: {connect: callee}\n", answered)
    assert found == ["executed", "refused", "called party leaves", "hang up"]
    answered = (answered, "executed")
    found = flow_words(RING + "c: {connect: callee}\n", *answered)
    assert found == ["done", "refused", "no answer", "called party leaves", "hang up"]
    found = flow_words(RING + "c: {connect: callee}\n", *answered, "done")
    assert found == ["joined", "no answer", "called party leaves", "hang up"]


def test_whoever_is_asked_may_leave_once():
    ask = "ask: {consent: {notice: recording, purpose: training}, ask: callee, "
    ask += "keys: {1: granted, 2: refused}}\nc: {connect: callee}\n"
    found = words_of(call_of(flow(RING + ask), "called party answers"))
    assert found == [
        *(*ASKED, "not played", "called party leaves", "refused", "hang up"),
    ]


def test_a_program_answers_or_not():
    found = flow_words("p: {webhook: 'https://a.example/'}")
    assert found == ["responds/{}", "says no", "no response", "hang up"]


def test_a_talk_ends_or_changes_hands():
    talk = call_of(flow_of("stays"), "recorder/start does", "agent answers")
    assert words_of(talk)[:2] == ["agent leaves", "agent passes on"]
    done = ("recorder/start does", "agent answers", "agent passes on")
    text = FLOWS["stays"].replace("steps:", "recording: {outside: record}\nsteps:")
    open_one = flow_of(text)
    found = words_of(call_of(open_one, *done))
    assert {"time", "other agent", "parked"} <= set(found)
    assert "other agent/outside" not in found


def test_whoever_answers_may_not_have_agreed():
    found = words_of(call_of(flow_of("staff")))
    assert found[:2] == ["agent answers", "agent answers/unwilling"]


def test_whoever_takes_a_call_over_may_be_none_of_the_office():
    done = ("recorder/start does", "agent answers", "agent passes on")
    stage = call_of(flow_of("stays"), *done, "recorder/stop does")
    found = words_of(stage)
    assert {"other agent", "other agent/outside", "parked"} <= set(found)
    bare = flow_of("flow: test\nsteps:\n  talk: {queue: support}\n")
    found = words_of(call_of(bare, "agent answers", "agent passes on"))
    assert "other agent" in found
    assert "other agent/outside" not in found


def test_nobody_passes_a_call_on_while_the_recorder_is_asked():
    done = ("recorder/start does", "agent answers", "wish/off")
    found = words_of(call_of(flow_of("stays"), *done))
    assert "agent leaves" in found
    assert "agent passes on" not in found
    assert not any(word.startswith("wish") for word in found)


def test_agents_press_what_their_keys_mean():
    done = ("presses/1", "kept", "recorder/start does", "agent answers")
    found = words_of(call_of(flow_of("talk"), *done))
    assert [w for w in found if w.startswith(("key", "wish"))] == [
        *("key/masked", "key/off", "wish/masked", "wish/off"),
    ]
    done += ("key/masked", "recorder/mask does")
    found = words_of(call_of(flow_of("talk"), *done))
    assert [w for w in found if w.startswith(("key", "wish"))] == [
        *("key/on", "key/off", "wish/on", "wish/off"),
    ]


def test_after_a_stop_only_an_unmask_could_do_harm():
    done = ("recorder/start does", "wish/off", "recorder/stop does")
    found = words_of(call_of(flow_of("stays"), *done))
    assert [w for w in found if w.startswith("wish")] == ["wish/on"]


def test_in_a_private_call_only_an_unmask_could_do_harm():
    done = ("recorder/start does", "agent answers", "caller key/private")
    stage = call_of(flow_of("hushed"), *done, "kept", "recorder/stop does")
    found = words_of(stage)
    assert [w for w in found if w.startswith("wish")] == ["wish/on"]


def test_a_wish_comes_only_near_a_recording():
    steps = "hello: {announce: a}\nmore: {announce: a}\n"
    steps += "talk: {announce: a, record: on}\n"
    text = "purposes: {duty: {basis: legal_obligation}}\n"
    far = call_of(flow(steps, WORDS + text))
    near = call_of(flow(steps, WORDS + text), "played")
    assert not any(word.startswith("wish") for word in words_of(far))
    assert any(word.startswith("wish") for word in words_of(near))


def test_a_file_may_end_and_the_dead_man_may_come():
    found = words_of(call_of(flow_of("stays"), "recorder/start does"))
    assert found[-4:] == ["renewed", "dead man", "file ends", "hang up"]


def test_a_call_that_is_let_go_of_only_ends():
    stage = call_of(flow_of("asked"), "presses/2", "played")
    assert words_of(stage) == ["the end/finished"]
    done = ("recorder/start does", "played", "recorder/stop does", "done")
    moved = call_of(flow_of("moved"), *done)
    assert words_of(moved) == ["the end/transferred"]


def test_a_call_that_is_over_has_no_choice():
    stage = call_of(flow_of("asked"), "hang up")
    assert choices(stage, Looks(stage.plan.flow)) == []


def test_a_talk_that_listens_for_nothing_has_no_end(monkeypatch):
    stage = call_of(flow_of("stays"), "recorder/start does", "agent answers")
    monkeypatch.setattr("eslflow.check.outcomes.Parked", int)
    assert "agent leaves" not in words_of(stage)


def test_in_a_step_like_one_above_agents_do_little():
    text = "flow: test\npurposes: {duty: {basis: legal_obligation}}\nsteps:\n"
    text += "  first: {queue: a, record: on, timeout: other}\n"
    text += "  other: {queue: b, record: on}\n"
    done = ("recorder/start does", "queue/TIMEOUT", "agent answers")
    found = words_of(call_of(flow_of(text), *done))
    assert found == ["agent leaves", "wish/masked", "wish/off", "hang up"]


def test_whoever_answers_may_be_one_who_is_never_recorded():
    found = words_of(call_of(flow_of("listed")))
    people = ["", "/listed", "/cc_agent", "/dialed_user", "/unknown"]
    assert found[:5] == [f"agent answers{who}" for who in people]
    stage = call_of(flow_of("listed"), "agent answers/listed", "agent passes on")
    assert words_of(stage)[1:3] == ["other agent", "other agent/listed"]


def test_the_ledger_remembers_or_does_not_answer():
    found = words_of(call_of(flow_of("recalled")))
    assert found[:7] == [*(f"found/{word}" for word in FOUND), "no answer"]


def said(stage):
    return [w for w in words_of(stage) if w.startswith(("key", "caller key", "kept"))]


def test_agent_and_caller_press_what_is_news():
    verbal = flow_of("verbal")
    assert said(call_of(verbal)) == []
    stage = call_of(verbal, "agent answers")
    assert said(stage) == ["key/granted", "caller key/granted"]
    happens(stage, choice_of(stage, "key/granted"))
    assert said(stage) == ["kept", "key/refused", "caller key/withdraw"]
    happens(stage, choice_of(stage, "caller key/withdraw"))
    assert said(stage) == ["kept"]
    happens(stage, choice_of(stage, "kept"))
    assert said(stage) == ["kept", "key/granted", "caller key/granted"]


def test_nobody_presses_anything_where_nothing_can_be_pressed():
    stage = call_of(flow_of("both"), "presses/1", "kept", "recorder/start does")
    assert said(stage) == []


def test_a_wait_for_the_disk_is_no_time_for_other_keys():
    steps = "q: {queue: support, record: on, timeout: ask}\n"
    steps += "ask:\n  consent: {notice: recording, purpose: training}\n"
    steps += "  keys: {1: granted, 2: refused}\n"
    head = FLOWS["verbal"].partition("steps:")[0]
    stage = call_of(flow(steps, head), "queue/TIMEOUT", "presses/1")
    assert said(stage) == ["kept"]


def test_a_call_is_made_private_by_who_has_a_key_for_it_once():
    stage = call_of(flow_of("hushed"), "recorder/start does")
    assert said(stage) == ["caller key/private"]
    happens(stage, choice_of(stage, "agent answers"))
    assert said(stage) == ["caller key/private", "key/private"]
    happens(stage, choice_of(stage, "key/private"))
    assert stage.observer.is_private
    assert said(stage) == ["kept"]
    happens(stage, choice_of(stage, "kept"))
    happens(stage, choice_of(stage, "recorder/stop does"))
    assert said(stage) == []


CALLED = ("called party answers", "presses/1", "kept", "presses/1", "kept")


def test_a_called_party_withdraws_who_has_agreed_and_talks():
    stage = call_of(flow_of("called"), *CALLED)
    while not stage.engine.live.leg:
        happens(stage, choices(stage, Looks(stage.plan.flow))[0])
    words = words_of(stage)
    assert "callee key/withdraw" in words
    happens(stage, choice_of(stage, "callee key/withdraw"))
    assert "callee key/withdraw" not in words_of(stage)
