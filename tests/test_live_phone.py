"""Two test phones that call each other, over loopback, without a switch."""

import pytest

from tests.live.phone import Exchange

CALLER, AGENT = 1, 9


@pytest.fixture(scope="module")
def exchange():
    with Exchange() as found:
        yield found


@pytest.fixture(scope="module")
def agent(exchange):
    return exchange.phone(AGENT)


@pytest.fixture(scope="module")
def caller(exchange, agent):
    return exchange.phone(CALLER, switch=agent.port)


@pytest.fixture
def talk(caller, agent):
    """Return both ends of a call that is up."""
    agent.takes(after_s=0.0)
    calling = caller.call("agent")
    rung = agent.rings()
    calling.until("up")
    rung.until("up")
    yield calling, rung
    calling.hang_up()


def test_each_hears_all_that_the_other_said(talk):
    calling, rung = talk
    assert calling.speaks(ms=300)
    calling.hang_up()
    rung.until("down")
    for party, said, came in (
        (CALLER, calling.said(), rung.heard()),
        (AGENT, rung.said(), calling.heard()),
    ):
        times, heard = came
        assert list(said)[:14] == list(heard.of(party))[:14]
        assert heard.rests == ()
        assert all(sent <= at for sent, at in zip(said.values(), times, strict=False))


def test_numbers_go_on_from_call_to_call(caller, agent):
    agent.takes(after_s=0.0)
    last = -1
    for _ in range(2):
        call = caller.call("agent")
        agent.rings()
        call.until("up")
        call.speaks(ms=60)
        call.hang_up()
        numbers = list(call.said())
        assert numbers == sorted(numbers)
        assert numbers[0] > last
        last = numbers[-1]


def test_both_ends_have_one_uuid(talk):
    calling, rung = talk
    assert calling.uuid == rung.uuid


def test_a_key_is_pressed_while_the_talk_goes_on(talk):
    calling, _ = talk
    calling.press("5")
    calling.speaks(ms=200)
    ((key, at),) = calling.keys()
    assert key == "5"
    gap = [number for number, sent in calling.said().items() if sent >= at]
    assert gap
    assert calling.speaks(ms=20)


def spoke(call):
    """Whether anything left in the last moments."""
    before = len(call.said())
    call.speaks(ms=100)
    return len(call.said()) > before


def test_who_holds_may_speak_and_who_is_held_does_not(talk):
    calling, rung = talk
    rung.hold()
    calling.until("held")
    assert spoke(rung)
    assert not spoke(calling)
    rung.hold("inactive")
    rung.speaks(ms=40)
    assert not spoke(rung)
    rung.resume()
    calling.until("asked again")
    assert spoke(calling)
    assert spoke(rung)


def test_a_rude_phone_talks_on_while_it_is_held(exchange, agent):
    agent.takes(after_s=0.0)
    call = exchange.phone(2, switch=agent.port, talks_on=True).call("agent")
    agent.rings().hold()
    call.until("held")
    assert spoke(call)


def test_a_call_is_answered_by_hand(caller, agent):
    agent.takes(after_s=None)
    call = caller.call("agent")
    rung = agent.rings()
    call.until("ringing")
    rung.answer()
    call.until("up")
    call.hang_up()


def test_a_call_is_given_up_while_it_rings(caller, agent):
    agent.takes(after_s=None)
    call = caller.call("agent")
    rung = agent.rings()
    call.until("ringing")
    call.hang_up()
    rung.until("down")
    assert call.said() == rung.said() == {}


def test_a_busy_phone_says_so(caller, agent):
    agent.takes(rejects="486 Busy Here")
    call = caller.call("agent")
    call.until("down")
    assert call.told[-1][1:] == ("down", "486 Busy Here")
    agent.rings()


def test_who_waits_for_speech_is_told_that_the_call_ended(talk):
    calling, rung = talk
    rung.hang_up()
    assert not calling.speaks(ms=5000)
    assert not calling.speaks(ms=20)


def test_a_wait_in_vain_says_what_was_seen(talk):
    calling, _ = talk
    with pytest.raises(AssertionError, match="no 'down': <call .* of party 1"):
        calling.until("down", patience_s=0.01)
