"""What a choice does in a call of a proof."""

import pytest

from eslflow.call.commands import Execute, Keep
from eslflow.call.recording import Recording
from eslflow.check.happens import happens
from tests.proofs import call_of, choice_of, flow_of
from tests.steps_of import flow

WORDS = "flow: test\nprompts: {a: A.}\n"
EVERY = """\
m: {menu: a, keys: {1: n}, tries: 1, invalid: wrong, on_timeout: none, error: broken}
n: {announce: a, error: broken}
wrong: {announce: a}
none: {announce: a}
broken: {announce: a}
"""


def step_of(steps, *done):
    return call_of(flow(steps, WORDS), *done).observer.step


@pytest.mark.parametrize(
    ("word", "step"),
    [
        ("presses/1", "n"),
        ("presses wrongly/7", "wrong"),
        ("presses nothing", "none"),
        ("not played", "broken"),
        ("refused", "broken"),
    ],
)
def test_a_question_is_answered(word, step):
    stage = call_of(flow(EVERY, WORDS), word)
    assert stage.observer.step == step
    pressed = {"presses/1": "1", "presses wrongly/7": "7", "presses nothing": ""}
    assert stage.observer.grants.pressed == pressed.get(word)


def test_a_prompt_is_played_or_not():
    assert step_of(EVERY, "presses/1", "played") == "wrong"
    assert step_of(EVERY, "presses/1", "not played") == "broken"


CARD = "card: {collect: a, digits: 3..4, into: n, tries: 1, failure: no}\n"
CARD += "yes: {announce: a}\nno: {announce: a}\n"


def test_digits_come_first_one_and_then_the_rest():
    assert step_of(CARD, "enters/110#") == "card"
    assert step_of(CARD, "enters/110#", "enters/110#") == "yes"
    assert step_of(CARD, "enters/110#", "enters/1#") == "no"
    assert step_of(CARD, "enters/110#", "presses nothing") == "no"


def test_the_keys_of_one_question_do_not_get_into_the_next():
    stage = call_of(flow(CARD, WORDS), "enters/110#")
    choice = choice_of(stage, "enters/1#")
    happens(stage, choice._replace(arg="1#99"))
    assert stage.observer.step == "no"


QUEUE = "q: {queue: q, type: %s, timeout: t, no_agents: a, failed: f, error: e}\n"
QUEUE += "".join(f"{name}: {{announce: a}}\n" for name in "tafe")


@pytest.mark.parametrize("kind", ["callcenter", "fifo"])
def test_an_agent_answers_and_leaves(kind):
    stage = call_of(flow(QUEUE % kind, WORDS), "agent answers")
    assert (stage.met, stage.engine.live.agent) == (True, "1001")
    happens(stage, choice_of(stage, "agent passes on"))
    assert stage.engine.live.agent == ""
    happens(stage, choice_of(stage, "other agent"))
    assert stage.engine.live.leg == "c-leg"
    happens(stage, choice_of(stage, "agent leaves"))
    assert stage.is_left
    happens(stage, choice_of(stage, "the end/finished"))
    assert stage.engine.is_over


def test_a_call_may_be_parked_after_it_was_passed_on():
    done = ("agent answers", "agent passes on", "parked")
    assert call_of(flow(QUEUE % "fifo", WORDS), *done).is_left


@pytest.mark.parametrize(
    ("word", "step"),
    [
        ("queue/TIMEOUT", "t"),
        ("queue/NO_AGENT_TIMEOUT", "a"),
        ("queue", "f"),
        ("refused", "e"),
    ],
)
def test_a_queue_gives_the_call_back(word, step):
    assert step_of(QUEUE % "callcenter", word) == step


def test_a_queue_of_the_other_module_gives_it_back_too():
    assert step_of(QUEUE % "fifo", "queue") == "f"


def test_a_number_is_busy_or_talks():
    dial = "d: {dial: {user: 1001}, busy: b}\nb: {announce: a}\n"
    assert step_of(dial, "dialled/USER_BUSY") == "b"
    assert call_of(flow(dial, WORDS), "called party talks").met


RING = "r: {ring: {user: 1001}, busy: b, error: b}\nc: {connect: callee, gone: b}\n"
RING += "b: {announce: a}\n"


def test_who_is_called_is_rung_and_joined():
    assert step_of(RING, "called party/USER_BUSY") == "b"
    assert step_of(RING, "no answer") == "b"
    done = ("called party answers", "executed", "done")
    assert call_of(flow(RING, WORDS), *done, "joined").met
    assert step_of(RING, *done, "called party leaves") == "b"


PAY = "p: {webhook: 'https://a.example/', refused: no, failed: off}\n"
PAY += "yes: {announce: a}\nno: {announce: a}\noff: {announce: a}\n"


def test_a_program_says_yes_no_or_nothing():
    assert step_of(PAY, "responds/{}") == "yes"
    assert step_of(PAY, "says no") == "no"
    assert step_of(PAY, "no response") == "off"


def test_a_transfer_is_done_or_refused():
    moves = "t: {transfer: {to: 1000, context: default}}\nb: {announce: a}\n"
    assert call_of(flow(moves, WORDS), "done").is_moved
    stage = call_of(flow(moves, WORDS), "done", "the end/transferred")
    assert stage.engine._ending.ending == "transferred"
    assert not call_of(flow(moves, WORDS), "refused").is_moved


def test_a_grant_is_kept_or_not():
    assert call_of(flow_of("twice"), "presses/1", "kept").observer.permits()
    assert not call_of(flow_of("twice"), "presses/1", "not kept").observer.permits()


def test_people_ask_for_masks():
    done = ("presses/1", "kept", "recorder/start does", "agent answers")
    stage = call_of(flow_of("talk"), *done, "key/masked", "recorder/mask does")
    assert stage.observer.hands == {"agent"}
    stage = call_of(flow_of("talk"), *done, "wish/masked", "recorder/mask does")
    assert stage.observer.until == {}
    stage = call_of(flow_of("ends"), "recorder/start does", "wish/masked")
    assert set(stage.observer.until) == {"payment page"}


def test_time_passes_for_a_guard():
    done = ("recorder/start does", "wish/masked", "recorder/mask does", "wish/on")
    stage = call_of(flow_of("stays"), *done, "time", "recorder/unmask does")
    assert stage.engine.live.recorder.state is Recording.ON


def test_a_recorder_that_waits_in_vain_is_gone_on_with():
    stage = call_of(flow_of("masked"), "recorder/start late")
    stage.switch.coming.clear()
    stage.switch.running.clear()
    happens(stage, choice_of(stage, "recorder again/works"))
    assert stage.engine.live.recorder.state is Recording.ON
    stage = call_of(flow_of("masked"), "recorder/start late", "told")
    assert stage.engine.live.recorder.state is Recording.ON


def test_the_dead_man_is_put_off_or_comes():
    stage = call_of(flow_of("stays"), "recorder/start does", "renewed")
    assert stage.engine.live.recorder.state is Recording.ON
    stage = call_of(flow_of("stays"), "recorder/start does", "dead man")
    assert stage.engine.live.recorder.state is Recording.MASKED


def test_a_file_ends_by_itself_and_is_begun_again():
    stage = call_of(flow_of("stays"), "recorder/start does", "file ends")
    assert stage.switch.running == {}
    assert stage.engine.live.recorder.state is Recording.STARTING


def test_the_caller_hangs_up():
    assert call_of(flow_of("asked"), "hang up").engine.is_over


LISTED = "flow: test\npurposes: {duty: {basis: legal_obligation}}\n"
LISTED += "recording: {never_record: [1999]}\n"
LISTED += "steps:\n  q: {queue: a, record: on, from: answer}\n"


@pytest.mark.parametrize(
    ("who", "agent", "is_recorded"),
    [
        ("", "1001", True),
        ("listed", "1999", False),
        ("cc_agent", "1001", False),
        ("dialed_user", "1001", False),
        ("unknown", "", False),
    ],
)
def test_whoever_answers_has_the_names_that_were_chosen(who, agent, is_recorded):
    stage = call_of(flow_of(LISTED), f"agent answers/{who}")
    assert stage.engine.live.agent == agent
    assert stage.engine.live.may_be_recorded is is_recorded
    assert stage.observer.who == who
    assert stage.observer.wrong == []


def test_who_is_outside_takes_the_call_over():
    done = ("recorder/start does", "agent answers", "agent passes on")
    stage = call_of(flow_of("stays"), *done, "recorder/stop does")
    happens(stage, choice_of(stage, "other agent/outside"))
    assert stage.engine.live.leg == "c-leg-outside"
    assert stage.engine.live.screen.reason == "outside"
    assert stage.observer.wrong == []


def test_whoever_is_joined_while_he_leaves_has_a_leg():
    done = ("called party answers", "executed", "called party leaves", "done")
    stage = call_of(flow(RING, WORDS), *done, "joined")
    assert stage.engine.live.leg == "b-leg"


def test_another_person_is_on_another_leg():
    stage = call_of(flow_of(LISTED), "agent answers/listed", "agent passes on")
    happens(stage, choice_of(stage, "other agent/listed"))
    assert stage.engine.live.leg == "c-leg-listed"
    assert stage.engine.live.screen.reason == "never_recorded"


@pytest.mark.parametrize(
    ("what", "kind", "step"),
    [
        ("granted", Keep, "ask"),
        ("refused", Execute, "talk"),
        ("withdrawn", Execute, "talk"),
        ("granted to other words", Execute, "ask"),
        ("nothing", Execute, "ask"),
        ("nothing that could be read", Execute, "ask"),
    ],
)
def test_the_ledger_says_what_it_remembers(what, kind, step):
    stage = call_of(flow_of("recalled"), f"found/{what}")
    assert type(stage.flow_track.awaited) is kind
    assert stage.engine.live.step == step
    assert (stage.observer.grants.remembered is None) is what.startswith("nothing")


def test_keys_are_those_of_agent_and_caller():
    stage = call_of(flow_of("verbal"), "agent answers", "key/granted")
    assert stage.observer.grants.is_verbal
    happens(stage, choice_of(stage, "caller key/withdraw"))
    assert not stage.observer.grants.is_verbal
    words = [stage.engine.live.consents.state("training")]
    assert words == ["withdrawn"]


def test_a_code_is_read_out_to_its_end_at_one_go():
    steps = "ask:\n  consent: {notice: recording, purpose: training}\n"
    steps += "  keys: {1: granted, 2: refused}\n  receipt: true\n"
    steps += "a: {announce: welcome}\n"
    stage = call_of(flow(steps), "presses/1", "kept", "played")
    assert stage.engine.live.step == "a"


def test_who_is_handed_over_is_with_somebody():
    stage = call_of(flow_of("moved"), "recorder/start does", "played")
    happens(stage, choice_of(stage, "recorder/stop does"))
    assert not stage.observer.is_with_somebody
    happens(stage, choice_of(stage, "done"))
    assert stage.observer.is_with_somebody


def test_a_key_that_comes_with_the_hang_up_is_an_answer():
    stage = call_of(flow_of("asked"), "presses at last/1")
    assert isinstance(stage.flow_track.awaited, Keep)
    happens(stage, choice_of(stage, "kept"))
    happens(stage, choice_of(stage, "the end"))
    assert stage.engine.is_over
    assert stage.switch.running == {}
    assert call_of(flow_of("asked"), "presses at last/2").engine.is_over
