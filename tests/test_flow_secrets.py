"""Whether every secret has one home."""

import pytest

from eslflow.errors import FlowErrors
from tests.steps_of import HEAD, Texts, flow

CARD = "card: {collect: which, digits: 16, into: card, secure: true}\n"
PIN = "pin: {collect: which, digits: 4, into: pin}\n"
TO = "{}: {{webhook: 'https://pay.example.com/', {}}}\n"


def test_values_go_where_they_like_and_a_secret_to_one_step():
    steps = CARD + PIN + TO.format("pay", "sends: [pin], secrets: [card]")
    assert flow(steps + TO.format("log", "sends: [pin, call]")).has_secrets
    assert not flow(PIN).has_secrets


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        (
            PIN + TO.format("a", "sends: [pn]"),
            "there is no value 'pn'. Did you mean 'pin'",
        ),
        (CARD, "nobody gets the secret 'card'"),
        (CARD + TO.format("a", "sends: [card]"), "'card' is secret"),
        (PIN + TO.format("a", "secrets: [pin]"), "there is no secret 'pin'"),
        (
            CARD
            + TO.format("a", "secrets: [card]")
            + TO.format("b", "secrets: [card]"),
            "'card' goes to 'a' already",
        ),
        (
            CARD + TO.format("a", "secrets: [card], gets: {x: card}"),
            "'card' is secret in another step",
        ),
    ],
)
def test_a_secret_that_would_get_about_is_told(steps, problem):
    with pytest.raises(FlowErrors, match=problem):
        flow(steps)


def test_a_secret_is_pointed_at_where_it_stands():
    for steps, wanted in (
        (CARD, "card: {collect: which, digits: 16, into: "),
        (PIN + TO.format("a", "secrets: [call, pin]"), "secrets: [call, "),
    ):
        with pytest.raises(FlowErrors) as caught:
            flow(steps)
        told = caught.value.problems[-1]
        assert told.source[: told.column - 1].endswith(wanted)


def test_a_flow_that_pays_may_be_run_from_several_places():
    pays = f"flow: pays\nprompts: {{which: Card}}\nsteps:\n  {CARD}"
    pays += "  " + TO.format("to", "secrets: [card]")
    library = Texts({"pays": pays})
    steps = "one: {flow: pays}\ntwo: {flow: pays}\n"
    assert flow(steps, HEAD, library).has_secrets
    with pytest.raises(FlowErrors, match="'card' goes to 'one/to' already"):
        flow(steps + TO.format("b", "secrets: [card]"), HEAD, library)


def test_a_secret_of_a_flow_inside_is_none_of_the_values_outside():
    pays = f"flow: pays\nprompts: {{which: Card}}\nsteps:\n  {CARD}"
    pays += "  " + TO.format("to", "secrets: [card]")
    with pytest.raises(FlowErrors, match="'card' is secret"):
        flow(
            "one: {flow: pays}\nb: {set: {x: '{{ card }}'}}",
            HEAD,
            Texts({"pays": pays}),
        )
