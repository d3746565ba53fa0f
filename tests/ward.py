"""A switch of a few answers, for a doctor to look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eslflow.errors import CommandRefused
from eslflow.wire.terms import ApiCommand

SOCKET = """<configuration name="event_socket.conf"><settings>
<param name="listen-ip" value="{ip}"/><param name="password" value="{password}"/>{acl}
</settings></configuration>"""
ACL = '<param name="apply-inbound-acl" value="{}"/>'
DIALPLAN = """<section name="dialplan"><context name="public">
<extension name="eslflow-support"><condition field="destination_number">
{actions}
</condition></extension></context></section>"""
RESUME = '<action application="set" data="socket_resume=true"/>'
HANDS = '<action application="socket" data="{}"/>'.format
GOOD = (
    RESUME
    + HANDS("127.0.0.1:8084/test async full")
    + '<action application="answer"/><action application="callcenter" data="x"/>'
)
NONE = "can't find anything"

Answer = str | Callable[[str], str]


def event_socket(ip: str = "127.0.0.1", word: str = "own", *acl: str) -> str:
    return SOCKET.format(ip=ip, password=word, acl="".join(map(ACL.format, acl)))


def dialplan(actions: str = GOOD) -> str:
    return DIALPLAN.format(actions=actions)


class Ward:
    """A link to it; the longest start of a command that fits answers."""

    def __init__(self, **answers: Answer) -> None:
        self.heard: list[str] = []
        self.answers: dict[str, Answer] = {
            "version": "1.99.0-release",
            "module_exists": "true",
            "module_exists mod_xml_curl": "false",
            "module_exists mod_lua": "false",
            "module_exists mod_dialplan_lua": "false",
            "strmicroepoch": "1000000000000000",
            "xml_locate": NONE,
            "xml_locate configuration configuration name event_socket.conf": (
                event_socket()
            ),
            "xml_locate dialplan": dialplan(),
            "show": '{"row_count":0}',
            "originate": "+OK",
            "uuid_displace": "+OK Success",
            "uuid_exists": "true",
            "uuid_getvar": "_undef_",
            "uuid_kill": "+OK",
            "msleep": "",
            **answers,
        }

    def api(self, command: ApiCommand, arg: str = "") -> str:
        """Return what is answered.

        Raises:
            CommandRefused: it begins with a dash.
        """
        words = f"{command} {arg}".strip()
        self.heard.append(words)
        fitting = [start for start in self.answers if words.startswith(start)]
        found: Any = self.answers[max(fitting, key=len)]
        reply = found if isinstance(found, str) else found(words)
        if reply.startswith("-"):
            raise CommandRefused(words, reply)
        return str(reply)


class Noon:
    """A clock that stands."""

    def now(self) -> int:
        return 1_000_000_000_000_000
