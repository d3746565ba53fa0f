"""A switch of a few answers, for what asks over the control link."""

import json
import re

from gevent import socket
from gevent.server import StreamServer


class Switch:
    """An event socket that answers what a test says, in a hub of its own thread."""

    def __init__(self):
        self.answers = {
            "show": '{"row_count":0}',
            "uuid_exists": "false",
            "uuid_buglist": "<media-bugs>\n</media-bugs>\n",
        }
        self.heard = []
        self.server = StreamServer(("127.0.0.1", 0), self._serve)
        self.server.start()

    def records(self, uuid, path):
        self.answers["show channels"] = json.dumps({"rows": [{"uuid": uuid}]})
        bug = f"<function>session_record</function>\n<target>{path}</target>\n"
        self.answers[f"uuid_buglist {uuid}"] = f"<media-bugs>\n{bug}</media-bugs>\n"

    def _serve(self, sock, _):
        sock.sendall(b"Content-Type: auth/request\n\n")
        lines = sock.makefile("rb")
        while words := lines.readline().decode().strip():
            lines.readline()
            if words.startswith("auth"):
                sock.sendall(
                    b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
                )
                continue
            command = words.removeprefix("api ")
            self.heard.append(command)
            body = self._answer(command).encode()
            head = f"Content-Type: api/response\nContent-Length: {len(body)}\n\n"
            sock.sendall(head.encode() + body)
        sock.shutdown(socket.SHUT_RDWR)

    def _answer(self, command):
        if re.fullmatch("uuid_record .* stop .*", command):
            _, uuid, _, _ = command.split(" ")
            self.answers.pop(f"uuid_buglist {uuid}", None)
            return "+OK Success\n"
        fitting = [start for start in self.answers if command.startswith(start)]
        return self.answers[max(fitting, key=len)]
