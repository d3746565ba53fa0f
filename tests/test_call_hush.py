"""Keys that the switch tells nobody."""

from eslflow.call.commands import Api, Close, Execute
from eslflow.call.events import HungUp, Parked
from eslflow.call.secret import Secret
from eslflow.wire.terms import ApiCommand
from tests.playbook import Playbook, site_for
from tests.steps_of import flow

PAY = "pay: {webhook: 'https://pay.example.com/', secrets: [card]}\n"
CARD = "card: {collect: which, digits: 4, into: card, secure: true}\n"
SET = "4c1b-9 sensitive_dtmf=true;digits_dialed_filter=.+"
HUSH = Api(ApiCommand.UUID_SETVAR_MULTI, SET, waits=False)
CONFIRM = HUSH._replace(waits=True)
UNHUSH = Api(ApiCommand.UUID_SETVAR_MULTI, "4c1b-9 sensitive_dtmf=", waits=False)


def of_keys(commands):
    """Return what was said of the caller's keys."""
    return [command for command in commands if command in (HUSH, CONFIRM, UNHUSH)]


def test_keys_are_secret_from_the_first_step_for_callers_type_ahead():
    with Playbook(flow("hello: {announce: welcome}\n" + CARD + PAY)) as call:
        assert of_keys(call.skips()) == [HUSH]


def test_a_flow_without_secrets_leaves_keys_alone():
    with Playbook(flow("hello: {announce: welcome}\nq: {queue: support}")) as call:
        assert of_keys(call.skips()) == []


def test_whoever_the_caller_meets_gets_keys_and_no_secret_is_kept_till_then():
    talk = flow("q: {queue: support, answered: card}\n" + CARD + PAY)
    with Playbook(talk) as call:
        first = call.skips()
        assert of_keys(first) == []
        call.engine.live.hide("card", Secret("4111"))
        call.done(
            next(c for c in first if isinstance(c, Execute) and c.app == "callcenter"),
            cc_cause="answered",
        )
        call.when(Parked())
        assert of_keys(call.skips()) == [HUSH, CONFIRM]


def test_a_secret_is_wiped_before_the_caller_meets_somebody():
    queue = flow(CARD.replace("}", ", error: q}") + PAY + "q: {queue: support}")
    with Playbook(queue) as call:
        call.skips()
        call.engine.live.hide("card", Secret("4111"))
        held = call.engine.live.secrets["card"]
        call.answers(CONFIRM, "-ERR")
        assert of_keys(call.skips()) == [UNHUSH]
        assert (len(held), call.engine.live.secrets) == (0, {})


def test_the_dialplan_gets_a_call_whose_keys_are_heard():
    lost = flow(CARD + PAY)
    with Playbook(lost, site=site_for(lost)) as call:
        call.skips()
        call.answers(CONFIRM, "-ERR")
        said = call.skips()
    assert said[-2:] == [UNHUSH, Close()]


def test_a_caller_who_hangs_up_while_the_switch_is_asked_leaves_nothing():
    with Playbook(flow(CARD + PAY)) as call:
        call.skips()
        call.engine.live.hide("card", Secret("4111"))
        call.when(HungUp())
    assert call.engine.live.secrets == {}


def test_once_the_switch_has_promised_the_step_asks():
    with Playbook(flow(CARD + PAY)) as call:
        call.skips()
        call.answers(CONFIRM, "+OK")
        said = call.skips()
        assert [command for command in said if isinstance(command, Execute)]
        assert call.engine.live.is_hushed
