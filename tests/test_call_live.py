"""What one call knows of itself."""

from eslflow.call.commands import Tell
from eslflow.call.events import Offered
from eslflow.call.live import Live, Site
from eslflow.call.screen import Whose
from eslflow.call.secret import Secret
from tests.steps_of import flow


def test_each_question_has_a_variable_of_its_own():
    live = Live(Offered("u"), flow("a: {announce: welcome}"), Site("/r"), 1)
    names = {live.new_variable() for _ in range(5)}
    assert len(names) == 5
    assert all(name.startswith("eslflow_digits_") for name in names)


def test_a_call_begins_in_the_flows_first_language_with_nothing_permitted():
    live = Live(Offered("u", segments=3), flow("a: {announce: welcome}"), Site("/r"), 1)
    assert live.language == "en"
    assert live.consents.permitting() == ()
    assert live.recorder.segments == 3
    assert not live.was_bridged
    assert live.site.room() == ""


def test_a_value_is_what_the_switch_told_or_a_step_has_set():
    offered = Offered("u", caller="1", caller_name="Anna", called="2")
    live = Live(offered, flow("a: {announce: welcome}"), Site("/r"), 1)
    live.values["line"] = "sales"
    names = ("caller", "caller_name", "called", "language", "line", "other")
    assert [live.value(name) for name in names] == [
        *("1", "Anna", "2", "en", "sales"),
        "",
    ]


def test_nobody_watches_the_steps_of_a_call_unless_asked_to():
    assert Site("/r").visited("u", "a", "") is None


def test_a_step_is_told_by_its_name_when_it_begins():
    seen = []
    site = Site("/r", visited=lambda *words: seen.append(words))
    live = Live(Offered("u"), flow("a: {announce: welcome}"), site, 1)
    live.screen.brought = "leg-of-the-step-before"
    live.hears = []
    live.comes_to("a")
    assert live.step == "a"
    assert live.hears == [Tell("step a")]
    assert seen == [("u", "a", "")]
    assert live.screen.brought == ""


def test_a_leg_that_is_called_has_a_name_that_no_other_has():
    steps = flow("a: {announce: welcome}")
    live = Live(Offered("u"), steps, Site("/r"), 1)
    later = Live(Offered("u"), steps, Site("/r"), 2)
    legs = [live.new_leg(), live.new_leg(), later.new_leg()]
    assert len(set(legs)) == 3


def test_only_a_flow_that_can_put_them_through_has_emergency_calls():
    out = flow("a: {dial: {gateway: p, number: called}}")
    inside = flow("a: {dial: {user: called}}")
    for steps, called, is_one in (
        (out, "112", True),
        (out, "1 1-2", True),
        (out, "*67 112", False),
        (out, "112a", False),
        (out, "1123", False),
        (inside, "112", False),
    ):
        live = Live(Offered("u", called=called), steps, Site("/r"), 1)
        assert live.is_emergency is is_one


def test_a_secret_is_wiped_when_it_is_forgotten_or_replaced():
    live = Live(Offered("u"), flow("a: {announce: welcome}"), Site("/r"), 1)
    first, second, code = Secret("4111"), Secret("4222"), Secret("737")
    live.hide("card", first)
    live.hide("card", second)
    live.hide("code", code)
    assert (len(first), len(second)) == (0, 4)
    live.forget(("card", "else"))
    assert (len(second), list(live.secrets)) == (0, ["code"])
    live.forget()
    assert (len(code), live.secrets) == (0, {})


def test_each_request_has_a_name_of_its_own():
    live = Live(Offered("u-1"), flow("a: {announce: welcome}"), Site("/r"), 1)
    live.step = "pay"
    assert [live.new_request() for _ in range(2)] == ["u-1-pay-1", "u-1-pay-2"]


def test_a_prefix_makes_an_emergency_no_less_one():
    out = flow(
        'a: {private: prefix, prefix: "*67"}\nb: {dial: {gateway: p, number: called}}'
    )
    for called, is_one in (("*67112", True), ("112", True), ("*67113456", False)):
        live = Live(Offered("u", called=called), out, Site("/r"), 1)
        assert live.is_emergency is is_one
        live.drop_prefix(*out.prefixes)
        assert live.value("called") == called.removeprefix("*67")


def test_a_call_may_be_recorded_if_a_purpose_permits_and_who_has_it():
    head = """\
flow: test
purposes: {duty: {basis: legal_obligation}}
prompts: {welcome: Welcome.}
recording: {never_record: [1999]}
"""
    found = flow("a: {queue: q, record: on}", head)
    live = Live(Offered("u"), found, Site("/r"), 1)
    assert not live.may_be_recorded
    live.leg = "b-1"
    assert not live.may_be_recorded
    live.screen.joins("b-1", is_brought=True)
    live.screen.met("b-1", Whose(("1001",)))
    assert live.may_be_recorded
    live.screen.met("b-1", Whose(("1999",)))
    assert not live.may_be_recorded
    asked = Live(Offered("u"), flow("a: {announce: welcome}"), Site("/r"), 1)
    assert not asked.may_be_recorded


def test_without_a_country_numbers_lose_what_separates_their_digits():
    normal = Site("/r").normal
    assert normal("+49 (30) 12-34") == "+49301234"
    assert normal("anonymous") == normal("") == normal("sip:x@y") == ""


def test_where_nobody_keeps_a_register_nobody_has_agreed():
    assert not Site("/r").agreed("1001", "staff", 1)


def test_of_two_answers_the_later_one_is_the_last():
    live = Live(Offered("u"), flow("a: {announce: welcome}"), Site("/r"), 1)
    first = live.new_answer()
    assert live.is_last_answer(first)
    second = live.new_answer()
    assert (live.is_last_answer(first), live.is_last_answer(second)) == (False, True)


def test_the_agents_key_is_told_by_the_agent_where_that_one_is_known():
    live = Live(Offered("u"), flow("a: {announce: welcome}"), Site("/r"), 1)
    assert live.agents_key == "key"
    live.agent = "1001"
    assert live.agents_key == "key 1001"


def test_what_a_call_tells_comes_among_its_commands_if_anybody_hears_it():
    live = Live(Offered("u"), flow("a: {announce: welcome}"), Site("/r"), 1)
    live.tell("nobody hears it")
    live.hears = []
    live.tell("it is heard")
    assert live.hears == [Tell("it is heard")]
