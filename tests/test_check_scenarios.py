"""Files of scenarios: what is right, what is wrong, and where."""

from datetime import datetime, timezone

import pytest

from eslflow.call.records import State
from eslflow.check.scenario import Callee, Expected, Fault, Outcome, Posted
from eslflow.check.scenarios import read
from eslflow.errors import FlowErrors
from tests.steps_of import flow

HEAD = """\
flow: test
purposes: {training: {basis: consent}}
notices: {recording: {version: 1, text: Press 1 or 2.}}
prompts: {welcome: Welcome.}
recording: {agent_keys: {1: mask, 0: stop}}
"""
HOURS = "hours: {office: {zone: Europe/Berlin, mon-fri: 08:00-17:00}}\n"
STEPS = """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
hello: {announce: welcome}
talk: {queue: support@default}
"""
FLOW = flow(STEPS, HEAD)


def scenarios(text, of=FLOW):
    return read(f"scenarios:\n{text}".encode(), "test.scenarios.yaml", of)


def one(text, of=FLOW):
    (found,) = scenarios(f"  a call: {{{text}, expect: {{recorded: false}}}}", of)
    return found


def expected(text):
    (found,) = scenarios(f"  a call: {{expect: {{{text}}}}}")
    return found.expected


def problems(text):
    with pytest.raises(FlowErrors) as caught:
        read(text.encode(), "test.scenarios.yaml", FLOW)
    return [(p.line, p.column, p.problem) for p in caught.value.problems]


def problem(text):
    (found,) = problems(f"scenarios: {{a: {{{text}, expect: {{recorded: false}}}}}}")
    return found[2]


def unexpected(text):
    (found,) = problems(f"scenarios: {{a: {{expect: {{{text}}}}}}}")
    return found[2]


def test_a_scenario_knows_its_name_and_place():
    first, second = scenarios(
        "  one call: {expect: {recorded: true}}\n"
        "  another:\n    expect: {ends: finished}\n"
    )
    assert (first.name, first.file, first.line) == (
        "one call",
        "test.scenarios.yaml",
        2,
    )
    assert (second.name, second.line) == ("another", 4)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("[1, 2]", ("1", "2")),
        ("1", ("1",)),
        ("[~, silence, 2]", ("", "", "2")),
        ("['-', star, hash, hangup, 1234]", ("", "*", "#", "hangup", "1234")),
    ],
)
def test_keys_are_pressed_in_order(text, keys):
    assert one(f"press: {text}").press == keys


def test_keys_are_pressed_by_step():
    found = one("press: {ask: 1, talk: [9, ~]}")
    assert found.press_at == {"ask": ("1",), "talk": ("9", "")}
    assert found.press == ()


def test_queues_answer_by_name_with_and_without_their_domain():
    assert one("queue: {support: timeout}").queues == {
        "support@default": (Outcome.TIMEOUT,)
    }
    assert one("queue: {support@default: [no_agents, answered]}").queues == {
        "support@default": (Outcome.NO_AGENTS, Outcome.ANSWERED)
    }
    assert one("queue: failed").queues == {"support@default": (Outcome.FAILED,)}


def test_a_switch_gets_things_wrong():
    faults = one(
        "switch: {refuse: [record, callcenter], lie: mask, lose: [stop], late: stop,"
        " cannot_play: [welcome, recording]}"
    ).faults
    assert faults[Fault.REFUSE] == ("record", "callcenter")
    assert faults[Fault.CANNOT_PLAY] == ("welcome", "recording")
    assert len(faults) == 5


def test_an_agent_acts_by_word_and_by_key():
    found = one("agent: [mask, '*2', hold, unhold, stop, hang_up]")
    assert found.agent == ("*1", "*2", "hold", "unhold", "*0", "hang_up")


def test_a_caller_acts_by_word_and_by_key_while_waiting_and_talking():
    keys = HEAD.replace("agent_keys", "caller_keys: {7: withdraw}, agent_keys")
    of = flow(
        STEPS, keys.replace("basis: consent", "basis: consent, on_withdrawal: keep")
    )
    found = one("in_queue: withdraw, in_talk: ['*1', withdraw]", of)
    assert (found.in_queue, found.in_talk) == (("*7",), ("*1", "*7"))
    assert (one("press: 1").in_queue, one("press: 1").in_talk) == ((), ())
    with pytest.raises(FlowErrors, match="there is no act of a caller 'hold'"):
        one("in_talk: hold", of)


def test_programs_answer_in_turn_and_with_fields():
    hook = "webhook: 'https://example.com', gets: {state: how}"
    asks = flow(f"look: {{{hook}, next: ask, failed: ask}}\n{STEPS}", HEAD)
    found = one("webhook: [done, refused], answer: {state: permitted}", asks)
    assert found.webhook == (Posted.DONE, Posted.REFUSED)
    assert found.answer == {"state": "permitted"}
    assert one("webhook: failed").webhook == (Posted.FAILED,)
    assert (one("press: 1").webhook, one("press: 1").answer) == ((Posted.DONE,), {})
    assert problem("answer: {state: x}").startswith("no webhook of this flow gets a")
    with pytest.raises(FlowErrors, match="there is no outcome of a webhook 'dne'"):
        one("webhook: [dne]")


def test_somebody_who_is_called_answers_unless_it_is_said_otherwise():
    assert one("press: 1").callee is Callee.ANSWERED
    assert one("callee: no_answer").callee is Callee.NO_ANSWER
    assert one("switch: {refuse: [originate]}").faults[Fault.REFUSE] == ("originate",)


def test_who_calls_and_what_is_dialled():
    found = one("caller: anonymous, caller_name: Eve, called: 112, hang_up_at: ask")
    assert (found.caller, found.caller_name, found.called) == (
        "anonymous",
        "Eve",
        "112",
    )
    assert found.hang_up_at == "ask"


def test_the_time_is_that_of_the_flows_hours_or_utc():
    noon = datetime(2026, 12, 24, 12, tzinfo=timezone.utc).timestamp() * 1e6
    assert one("at: 2026-12-24 12:00").at == noon
    office = flow(STEPS, HEAD + HOURS)
    assert one("at: 2026-12-24 13:00", office).at == noon


def test_what_a_file_says_holds_for_scenarios_that_do_not():
    text = (
        "caller: '1001'\nat: 2026-12-24 12:00\nscenarios:\n"
        "  a: {expect: {recorded: false}}\n"
        "  b: {caller: '1002', expect: {recorded: false}}\n"
    )
    first, second = read(text.encode(), "x", FLOW)
    assert (first.caller, second.caller) == ("1001", "1002")
    assert first.at == second.at is not None


def test_every_expectation_has_its_line():
    (found,) = scenarios(
        "  a:\n    expect:\n      choice: {training: granted}\n      recorded: 2\n"
        "      heard: [talk]\n      masked: []\n      reaches: support\n"
        "      path: [ask, ..., talk]\n      ends: hung_up\n"
        "      alarms: [did not start]\n"
    )
    assert found.expected == (
        Expected("choice training", "granted", 4),
        Expected("recorded", 2, 5),
        Expected("heard", ("talk",), 6),
        Expected("masked", (), 7),
        Expected("reaches", "support", 8),
        Expected("path", ("ask", "...", "talk"), 9),
        Expected("ends", "hung_up", 10),
        Expected("alarms", ("did not start",), 11),
    )


@pytest.mark.parametrize(
    ("text", "want"),
    [("recorded: true", True), ("recorded: false", False), ("recorded: 0", 0)],
)
def test_recorded_is_a_yes_a_no_or_a_number_of_files(text, want):
    assert expected(text)[0].want is want or expected(text)[0].want == want


@pytest.mark.parametrize("place", ["dialplan", "nobody", "talk", "support", "'1001'"])
def test_a_call_reaches_a_queue_a_step_a_number_or_nobody(place):
    assert expected(f"reaches: {place}")[0].want == place.strip("'")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pres: 1", "'pres' is not an option of a scenario. Did you mean 'press'?"),
        ("press: [1, q]", "'q' is no key of a telephone"),
        ("press: [[1]]", "'' is no key of a telephone"),
        ("press: {asc: 1}", "there is no step 'asc'. Did you mean 'ask'?"),
        ("press: {ask: 1, ask: 2}", "'ask' stands twice"),
        ("hang_up_at: tal", "there is no step 'tal'. Did you mean 'talk'?"),
        ("queue: {suport: timeout}", "there is no queue 'suport'"),
        ("queue: {support: timout}", "there is no outcome of a queue 'timout'"),
        ("callee: bussy", "'bussy' is not right here. Did you mean 'busy'?"),
        ("switch: {refus: [stop]}", "'refus' is not an option of switch"),
        ("switch: {refuse: [recrd]}", "there is no command or application 'recrd'"),
        ("switch: {lose: [mask]}", "there is no command with an event 'mask'"),
        ("switch: {cannot_play: [hi]}", "there is no prompt or notice 'hi'"),
        ("agent: [unmask]", "there is no act of an agent 'unmask'"),
        ("agent: [pass_off]", "there is no act of an agent 'pass_off'"),
        ("at: tomorrow", "'tomorrow' is no time"),
        ("at: []", "a list stands where a time such as"),
        ("caller: []", "a list stands where text is wanted"),
    ],
)
def test_what_is_wrong_is_told_with_what_may_be_meant(text, words):
    assert words in problem(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing is expected of this scenario"),
        ("record: true", "'record' is not an option of expect"),
        ("recorded: maybe", "'maybe' does not say what is recorded"),
        ("recorded: 1000", "'1000' does not say what is recorded"),
        ("purposes: [trainin]", "there is no purpose 'trainin'"),
        ("purposes: [training evidence]", "there is no purpose 'evidence'"),
        ("purposes: ['']", "there is no purpose ''"),
        ("purposes: [[training]]", "there is no purpose ''"),
        ("choice: granted", "text stands where choices are"),
        ("choice: {training: grantd}", "there is no outcome of a question 'grantd'"),
        ("choice: {trainin: granted}", "there is no purpose 'trainin'"),
        ("choice: {training: {calls: granted}}", "there is no party 'calls'"),
        ("choice: {training: {callee: grant}}", "no outcome of a question 'grant'"),
        ("unrecorded: [outsides]", "there is no reason not to record 'outsides'"),
        ("heard: [tal]", "there is no step 'tal'"),
        ("path: [ask, tal]", "there is no step 'tal'"),
        ("reaches: suport", "there is no queue or step 'suport'"),
        ("ends: hungup", "there is no ending of a call 'hungup'"),
        ("alarms: [[]]", "a list stands where text is wanted"),
    ],
)
def test_what_is_expected_is_read_as_strictly(text, words):
    assert words in unexpected(text)


def test_all_problems_are_told_at_once_with_their_places():
    found = problems(
        "scenarios:\n  a:\n    press: [q]\n    expect: {ends: x}\n  b: {press: 1}\n"
        "  c: 5\n  a: {expect: {recorded: false}}\n"
    )
    assert [place[:2] for place in found] == [(3, 13), (4, 20), (5, 6), (6, 6), (7, 3)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing stands where scenarios"),
        ("at: 2026-12-24 10:00", "there are no scenarios"),
        ("scenario: {}", "'scenario' is not an option"),
        ("scenarios: []", "a list stands where scenarios are"),
        ("scenarios: {a: [}", ""),
    ],
)
def test_a_file_without_scenarios_says_so(text, words):
    assert words in problems(text)[0][2]


def test_what_files_are_for_is_told_file_by_file():
    two = HEAD.replace("}}\nnotices", "}, proof: {basis: contract}}\nnotices")
    text = "  a: {expect: {purposes: [training proof, proof]}}"
    (found,) = scenarios(text, flow(STEPS, two))
    assert found.expected == (Expected("purposes", ("training proof", "proof"), 2),)
    (none,) = scenarios("  a: {expect: {purposes: []}}")
    assert none.expected[0].want == ()


def test_an_agent_may_not_have_agreed():
    assert one("press: 1").agent_agreed
    assert not one("agent_agreed: false").agent_agreed


def test_an_earlier_call_is_told_by_what_became_of_each_purpose():
    assert one("earlier: {training: refused}").earlier == {"training": State.REFUSED}
    assert one("press: 1").earlier == {}
    said = "there is no earlier choice 'unanswered'"
    assert problem("earlier: {training: unanswered}").startswith(said)
    assert problem("earlier: {trainin: refused}").startswith("there is no purpose")
