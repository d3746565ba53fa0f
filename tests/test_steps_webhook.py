"""`webhook`: values to a program, its answer back.

| option | takes | default |
|---|---|---|
| webhook | https://, or http:// of this machine | |
| sends | names of values; call, caller, called | none |
| secrets | names of secrets | none |
| gets | fields of the answer, with names of values | none |
| timeout | 1s to 30s | 5s |
| retries | 0 to 3 | 1 |
| token_env, token_file, token_header | where the token is | none |
"""

import pytest

from eslflow.call.commands import Alarm, Execute, Recall, Request, Token
from eslflow.call.events import HungUp, Responded
from eslflow.call.secret import Secret
from eslflow.errors import FlowErrors
from eslflow.steps.webhook import fields_got
from eslflow.wire.terms import App
from tests.playbook import SOUNDS, Playbook
from tests.steps_of import flow

CARD = "4929581403672719"
URL = "https://pay.example.com/card"
KEY = "4c1b-9-pay-1"
ANSWER = Execute(App.ANSWER, waits=False)
WELCOME = Execute(App.PLAYBACK, f"{SOUNDS}/test/en/welcome.wav")
AFTER = """
yes: {announce: welcome, next: bye}
no: {announce: welcome, next: bye}
lost: {announce: welcome}
bye: {hangup: NORMAL_CLEARING}
"""
PAY = flow(
    f"pay: {{webhook: '{URL}', sends: [call, caller],"
    " gets: {status: payment, id: receipt}, done: 'yes', refused: 'no', failed: lost}"
    + AFTER
)
SECURE = flow(
    "card: {collect: which, digits: 16, into: card, secure: true}\n"
    f"pay: {{webhook: '{URL}', secrets: [card], gets: {{status: payment}},"
    " done: 'yes', refused: 'no', failed: lost}" + AFTER
)
ASK = Request(KEY, URL, {"call": "4c1b-9", "caller": "+4930123"}, None, 5.0, 1)


def answered(status, body=b"", **more):
    return Responded(KEY, status, body, **more)


def at_pay(call):
    """Let a caller of `SECURE` have entered a card; return it."""
    live = call.engine.live
    call.skips()
    live.hide("card", Secret(CARD))
    # The switch refuses to keep keys to itself: the flow goes on below.
    confirm = next(c for c in call.said if "sensitive" in c.arg and c.waits)
    held = live.secrets["card"]
    call.answers(confirm, "-ERR")
    call.skips()
    return held


def test_an_answer_gives_values_and_the_flow_goes_on():
    with Playbook(PAY) as call:
        call.expects(ASK)
        call.when(answered(200, b'{"status": "paid", "id": 7, "else": [1]}'), 0.3)
        call.expects(ANSWER, WELCOME)
        assert call.engine.live.values == {"payment": "paid", "receipt": "7"}
        assert call.engine.live.step == "yes"
    assert "webhook pay.example.com: done, HTTP 200 after 0.3 s" in call.told


@pytest.mark.parametrize(
    ("status", "body", "step", "value"),
    [
        (204, b"", "lost", ""),
        (299, b'{"status": true}', "yes", "true"),
        (200, b'{"status": false}', "yes", "false"),
        (200, b'{"status": null}', "yes", ""),
        (200, b'{"status": 1.50}', "yes", "1.50"),
        (200, b'{"status": {"a": 1}}', "yes", ""),
        (200, b'{"status": "' + b"x" * 200 + b'"}', "yes", "x" * 200),
        (200, b'{"status": "' + b"x" * 201 + b'"}', "yes", ""),
        (200, b"{}", "yes", ""),
        (200, b"[1]", "lost", ""),
        (200, b"<html>", "lost", ""),
        (200, b"[" * 50_000, "lost", ""),
        (200, b'{"status": "\xff"}', "lost", ""),
        (402, b'{"status": "declined"}', "no", "declined"),
        (404, b"not here", "no", ""),
        (302, b"", "lost", ""),
        (500, b'{"status": "broken"}', "lost", "broken"),
    ],
)
def test_each_answer_has_its_ending(status, body, step, value):
    with Playbook(PAY) as call:
        call.skips()
        call.when(answered(status, body))
        call.skips()
        assert call.engine.live.step == step
        assert call.engine.live.values["payment"] == value


def test_without_values_wanted_any_body_will_do():
    with Playbook(flow(f"pay: {{webhook: '{URL}'}}")) as call:
        call.skips()
        call.when(answered(200, b"thanks"))
        call.skips()
        assert "webhook pay.example.com: done, HTTP 200 after 1.0 s" in call.told


@pytest.mark.parametrize(
    ("is_sent", "doubt"), [(True, "it may have been done"), (False, "nothing was sent")]
)
def test_a_failure_says_whether_anything_was_sent(is_sent, doubt):
    with Playbook(PAY) as call:
        call.skips()
        call.when(answered(0, problem="Connection refused", is_sent=is_sent))
        words = "webhook pay.example.com: failed, Connection refused after 1.0 s; "
        call.expects(Alarm(words + doubt), ANSWER, WELCOME)
        assert call.engine.live.step == "lost"


def test_the_call_waits_no_longer_than_it_says_whatever_the_driver_does():
    with Playbook(PAY) as call:
        call.expects(ASK)
        call.passes(4.9)
        call.passes(0.2)
        words = "webhook pay.example.com: failed, no answer within 5 s after 5.0 s"
        call.expects(
            Recall(KEY), Alarm(words + "; it may have been done"), ANSWER, WELCOME
        )
        call.when(answered(200, b'{"status": "paid"}'))
        assert call.engine.live.values["payment"] == ""


def test_who_hangs_up_meanwhile_has_it_recalled():
    with Playbook(SECURE) as call:
        held = at_pay(call)
        call.when(HungUp())
        call.expects(Recall("4c1b-9-pay-1"))
    assert len(held) == 0
    assert "webhook pay.example.com: the call has ended meanwhile" in call.told


@pytest.mark.parametrize("status", [0, 200, 402, 500])
def test_a_secret_is_sent_once_and_wiped_whatever_comes_of_it(status):
    with Playbook(SECURE) as call:
        held = at_pay(call)
        (sent,) = [
            track.awaited
            for track in call.engine._tracks
            if track.awaited is not None and isinstance(track.awaited, Request)
        ]
        assert sent.fields["card"].reveal() == CARD
        assert CARD not in repr(call.engine.live.secrets) + repr(sent)
        call.when(answered(status, b'{"status": "x"}'))
        call.skips()
        assert len(held) == 0
        assert call.engine.live.secrets == {}


@pytest.mark.parametrize("echo", [CARD, "4929-5814-0367-2719", f"x{CARD}y"])
def test_an_answer_that_repeats_a_secret_gives_nothing(echo):
    with Playbook(SECURE) as call:
        at_pay(call)
        call.when(answered(200, b'{"status": "%s"}' % echo.encode()))
        call.skips()
        live = call.engine.live
        assert (live.step, live.values) == ("lost", {"payment": ""})


def test_a_secret_that_nobody_was_asked_for_is_not_made_up():
    with Playbook(SECURE) as call:
        call.skips()
        confirm = next(c for c in call.said if "sensitive" in c.arg and c.waits)
        call.answers(confirm, "-ERR")
        said = call.skips()
    assert Alarm("nobody has asked the caller for card") in said
    assert not [command for command in said if isinstance(command, Request)]


def test_a_value_that_is_not_known_yet_is_sent_empty():
    later = flow(
        f"pay: {{webhook: '{URL}', sends: [pin]}}\n"
        "pin: {collect: which, digits: 4, into: pin}"
    )
    with Playbook(later) as call:
        (request,) = call.skips()
        assert request.fields == {"pin": ""}


@pytest.mark.parametrize(
    ("more", "token"),
    [
        ("token_env: PAY_TOKEN", Token(env="PAY_TOKEN")),
        (
            "token_file: /run/pay, token_header: X-Api-Key",
            Token("/run/pay", "", "X-Api-Key"),
        ),
    ],
)
def test_a_token_is_named_and_never_there(more, token):
    with Playbook(flow(f"pay: {{webhook: '{URL}', {more}}}")) as call:
        (request,) = call.skips()
        assert request.token == token


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("token_env: A, token_file: /b", "there are two places for one token"),
        ("token_header: X-Key", "a header for a token, and no token"),
        ("sends: [card], secrets: [card]", "'card' is sent as a value and as a secret"),
    ],
)
def test_what_contradicts_itself_is_told(options, problem):
    with pytest.raises(FlowErrors, match=problem):
        flow(
            f"card: {{collect: which, digits: 16, into: card, secure: true}}\n"
            f"pay: {{webhook: '{URL}', {options}}}"
        )


def test_the_fields_that_are_got_are_named_once():
    assert fields_got(PAY.steps.values()) == ("status", "id")
    assert fields_got([*PAY.steps.values()] * 2) == ("status", "id")


def test_secrets_are_gone_after_it_and_values_new_if_it_was_asked():
    step = flow(
        "ask: {collect: which, digits: 4, into: card, secure: true}\n"
        f"pay: {{webhook: '{URL}', sends: [caller], secrets: [card],"
        " gets: {status: payment}}"
    ).steps["pay"]
    assert step.sets("done") == step.sets("refused") == ("card", "payment")
    assert step.sets("failed") == ("card",)
    other = step.renamed({"card": "c", "payment": "p", "caller": "caller"})
    assert (other.secrets, other.gets) == (("c",), (("status", "p"),))
    assert other.sends == ("caller",)
