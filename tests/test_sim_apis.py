"""API commands as the simulated switch answers them."""

import pytest

from eslflow.sim.apis import API
from eslflow.sim.deeds import Records
from eslflow.sim.legs import made_of
from eslflow.wire.terms import ApiCommand
from tests.line import Line

AGENT = made_of("u-1", "agent")


def test_every_command_that_flows_send_is_answered():
    # Reconciliation, checks, the doctor and scenarios on a switch use a link that is
    # not simulated;
    # originate is sent in the background only (`called`).
    linked = {
        ApiCommand.SHOW,
        ApiCommand.VERSION,
        ApiCommand.XML_LOCATE,
        ApiCommand.STRMICROEPOCH,
        ApiCommand.MSLEEP,
        ApiCommand.GLOBAL_GETVAR,
        ApiCommand.USER_EXISTS,
        ApiCommand.CALLCENTER_CONFIG,
        ApiCommand.SOFIA,
        ApiCommand.UUID_RECV_DTMF,
    }
    sent = set(ApiCommand) - linked - {ApiCommand.ORIGINATE}
    assert {str(command) for command in sent} <= set(API)


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
    "uuid_buglist": "-USAGE: <uuid>",
    "uuid_displace u-1 start": "-USAGE: <uuid> [start|stop] <path> [<limit>] [mux]",
    "uuid_displace x start /a.wav": "-ERR Cannot locate session!",
    "uuid_displace u-1 stop /a.wav": "-ERR Cannot stop displace session!",
    "uuid_broadcast u-1": "-USAGE: <uuid> <path> [aleg|bleg|holdb|both]",
    "uuid_broadcast x /a.wav": "-ERR invalid uuid",
    "uuid_broadcast u-1 /a.wav": "+OK Message sent",
    "uuid_hold": "-USAGE: [off|toggle] <uuid> [<display>]\n-ERR Operation failed",
    "uuid_hold off u-1": "-ERR Operation failed",
    "uuid_hold u-1": "+OK Success",
    "uuid_hold toggle u-1": "+OK Success",
    "uuid_hold x": "+OK Success",
    "uuid_transfer u-1": "-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] "
    "[<context>]",
    "uuid_transfer x 200": "-ERR No such channel!",
    "sched_api +5 g": "-ERR Invalid syntax. USAGE: "
    "[+@]<time> <group_name> <command_string>[&]",
    "sched_api +5 g status": "+OK Added: 1",
    "sched_del": "-ERR Invalid syntax",
    "sched_del g": "+OK Deleted: 0",
    "sched_del 7": "+OK Deleted: 0",
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


BUG = """ <media-bug>
  <function>%s</function>
  <target>%s</target>
  <thread-locked>0</thread-locked>
 </media-bug>
"""
"""As transcript 30 has it."""


def bugs(*found):
    inside = "".join(BUG % one for one in found)
    return f"<media-bugs>\n{inside}</media-bugs>\n"


def test_what_listens_to_a_leg_is_listed_as_the_real_switch_does():
    foreign = Records("/f/b.wav", "agent"), Records("/f/c.wav", "caller")
    line = Line(agent_after_s=1.0, talk_s=9.0, does={"bridged": foreign})
    list_ = "api uuid_buglist u-1", f"api uuid_buglist {AGENT}"
    assert line.says(list_[0])[0].body.decode() == bugs()
    line.says("api uuid_record u-1 start /r/a.wav")
    line.starts("callcenter", "support")
    line.goes(3.0)
    line.hears(f"api uuid_displace {AGENT} start /s/beep.wav 0 mux")
    caller, agent = (line.hears(command)[0].body.decode() for command in list_)
    assert caller == bugs(
        ("session_record", "/r/a.wav"), ("session_record", "/f/c.wav")
    )
    assert agent == bugs(("session_record", "/f/b.wav"), ("displace", "/s/beep.wav"))
    line.hears(f"api uuid_record {AGENT} stop all", "api uuid_record u-1 stop /r/a.wav")
    caller, agent = (line.hears(command)[0].body.decode() for command in list_)
    assert caller == bugs(("session_record", "/f/c.wav"))
    assert agent == bugs(("displace", "/s/beep.wav"))


def test_what_is_played_to_a_leg_is_noted():
    line = Line()
    displace = "api uuid_displace u-1 start /s/beep.wav 0 mux"
    assert line.hears(displace)[0].reply == "+OK Success"
    assert line.hears(displace)[0].reply == "-ERR Cannot displace session!"
    line.hears("api uuid_displace u-1 stop /s/beep.wav")
    line.says("api uuid_broadcast u-1 /s/hello.wav aleg")
    assert [(heard.what, heard.text) for heard in line.channel.heard] == [
        ("displace start", "u-1 /s/beep.wav"),
        ("displace stop", "u-1 /s/beep.wav"),
        ("broadcast", "u-1 /s/hello.wav aleg"),
    ]


RECORD = "api uuid_record u-1 start /r/a.wav 0 {RECORD_PRE_BUFFER_FRAMES=1}"
DEAD_MAN = "api sched_api +30 dm-u-1 uuid_record u-1 mask /r/a.wav"


def test_what_is_put_off_is_done_when_time_passes():
    line = Line(length_ms=40_000)
    line.says(RECORD, DEAD_MAN)
    assert line.channel.waits
    assert not line.channel.is_over
    line.starts("playback", "/s/long.wav")
    line.goes(29.0)
    (recording,) = line.channel.recordings
    assert not recording.is_masked
    line.goes(30.1)
    assert recording.is_masked
    assert "scheduled" in line.happened


def test_what_is_put_off_can_be_cancelled_and_renewed():
    line = Line(length_ms=70_000)
    line.says(RECORD, DEAD_MAN)
    line.starts("playback", "/s/long.wav")
    line.goes(20.0)
    replies = line.hears("api sched_del dm-u-1", DEAD_MAN, "api sched_api +1 x status&")
    assert [message.reply for message in replies] == [
        "+OK Deleted: 1",
        "+OK Added: 2",
        "+OK Added: 3",
    ]
    line.goes(49.0)
    assert not line.channel.recordings[0].is_masked
    line.goes(50.1)
    assert line.channel.recordings[0].is_masked
    assert line.hears("api sched_del 2")[0].reply == "+OK Deleted: 0"


def test_what_is_put_off_is_done_without_the_controller_too():
    line = Line(agent_hangs_up=True, agent_after_s=1.0, talk_s=1.0)
    line.says("api uuid_setvar_multi u-1 socket_resume=false;park_after_bridge=true")
    line.says(RECORD, DEAD_MAN)
    line.runs("callcenter", "support")
    line.channel.lose()
    line.ends()
    (recording,) = line.channel.recordings
    assert recording.is_masked
    assert recording.is_running
    assert line.channel.now_s == pytest.approx(30, abs=1)


def test_the_fallback_can_be_masked_as_well():
    line = Line()
    line.says(RECORD, DEAD_MAN)
    line.channel.lose()
    line.ends()
    assert line.happened[-3:] == ["fallback", "scheduled", "recording mask"]


def test_a_call_can_be_transferred_out_of_a_prompt():
    line = Line(length_ms=40_000, talk_s=5.0)
    line.says("api sched_api +10 wd uuid_transfer u-1 200 XML default")
    told = line.runs("playback", "/s/long.wav")
    apps = [event.get("Application") for event in told if event.get("Application")]
    assert apps == ["playback", "socket", "answer", "playback"]
    assert "transferred" in line.happened
    assert line.happened[-1] == "hangup"


@pytest.mark.parametrize(
    ("command", "happened"),
    [
        (f"uuid_transfer {AGENT} -bleg 200", "transferred"),
        ("uuid_transfer u-1 -both 200", "transferred"),
        (f"uuid_transfer {AGENT} 200", "agent leaves"),
        ("uuid_transfer u-1 -bleg 200", "agent leaves"),
    ],
)
def test_either_leg_can_be_transferred(command, happened):
    line = Line(agent_after_s=1.0, talk_s=9.0)
    line.starts("callcenter", "support")
    line.goes(3.0)
    assert line.hears(f"api {command}")[0].reply == "+OK"
    line.goes(4.0)
    assert happened in line.happened
    line.ends()


def test_what_is_played_to_a_leg_ends_by_itself():
    line = Line(length_ms=2000)
    displace = "api uuid_displace u-1 start /s/beep.wav 0 mux"
    line.hears(displace)
    line.goes(1.9)
    assert line.hears(displace)[0].reply == "-ERR Cannot displace session!"
    line.goes(2.1)
    assert line.hears(displace)[0].reply == "+OK Success"
    line.hears("api uuid_displace u-1 stop /s/beep.wav")
    line.goes(9.0)
    assert line.hears(displace)[0].reply == "+OK Success"


def test_what_is_not_there_cannot_be_played_to_a_leg():
    line = Line(length_ms=None)
    start = "api uuid_displace u-1 start"
    assert line.hears(f"{start} /s/a.wav")[0].reply == "-ERR Cannot displace session!"
    assert line.hears(f"{start} tone_stream://x")[0].reply == "+OK Success"
