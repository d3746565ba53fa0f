"""API commands as the simulated switch answers them."""

import pytest

from eslflow.sim.apis import API
from eslflow.wire.terms import ApiCommand
from tests.line import Line


def test_every_command_that_flows_send_is_answered():
    assert {str(command) for command in ApiCommand} <= set(API)


REPLIES = {
    "uuid_record x start /r/a.wav": "-ERR Cannot locate session!",
    "uuid_setvar x a b": "-ERR No such channel!",
    "uuid_setvar x": "-USAGE: <uuid> <var> [value]",
    "uuid_setvar_multi x a=b": "-ERR No such channel!\n"
    "-USAGE: <uuid> <var>=<value>;<var>=<value>...",
    "uuid_setvar_multi x": "-USAGE: <uuid> <var>=<value>;<var>=<value>...",
    "uuid_getvar x a": "-ERR No such channel!",
    "uuid_getvar u-1 socket_resume": "true",
    "uuid_flush_dtmf x": "-ERR No such session",
    "uuid_flush_dtmf u-1": "+OK",
    "uuid_exists u-1": "true",
    "uuid_exists x": "false",
    "uuid_kill x": "-ERR No such channel!",
    "uuid_buglist x": "-ERR no reply",
    "status": "UP 0 years, 0 days, 0 hours, 0 minutes, 1 second",
    "module_exists mod_fifo": "true",
    "module_exists mod_nope": "false",
    "nosuch": "-ERR nosuch Command not found!",
}


@pytest.mark.parametrize("command", REPLIES)
def test_replies_are_the_switchs(command):
    assert Line().says(f"api {command}")[0].reply == REPLIES[command]


def test_variables_are_set_unset_and_read():
    line = Line()
    line.says("api uuid_setvar_multi u-1 a=1;b=2", "api uuid_setvar u-1 a")
    assert line.says("api uuid_getvar u-1 a")[0].reply == "_undef_"
    assert line.says("api uuid_getvar u-1 b")[0].reply == "2"
    line.says("api uuid_setvar_multi u-1 b=;c=3")
    assert line.says("api uuid_getvar u-1 b")[0].reply == "_undef_"


def test_a_call_can_be_killed():
    line = Line()
    reply, event = line.says("api uuid_kill u-1 USER_BUSY")[:2]
    assert reply.reply == "+OK"
    assert event.event().get("Hangup-Cause") == "USER_BUSY"


def test_recorders_are_listed():
    line = Line()
    line.says("api uuid_record u-1 start /r/a.wav")
    bugs = line.says("api uuid_buglist u-1")[0].reply
    assert bugs.count("<target>/r/a.wav</target>") == 1
