"""One SIP call of a test phone (RFC 3261, 3264, 3515, 3891).

In: messages, and what the phone wants. Out: messages, and what became of the call. Must
not open a socket, nor know the time: `exchange` does. Nothing is sent twice, because on
loopback nothing gets lost; what a switch sends twice is answered twice.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from tests.live.sip import Address, Message, direction, media, offer, tag, token, uri

Headers = tuple[tuple[str, str], ...]


class Dialog:
    """One call of a phone: `ringing`, `up`, `down`, and what happens in between."""

    def __init__(
        self,
        port: int,
        rtp_port: int,
        send: Callable[[Message], None],
        tell: Callable[[str, str], None],
    ) -> None:
        self.state = "new"
        self.call_id = str(uuid.uuid4())
        """The switch calls its channel the same (see freeswitch.xml)."""
        self.remote: Address | None = None
        """Where the other side wants our audio."""
        self.direction = "sendrecv"
        """What we want: `sendonly` while we hold."""
        self.is_held = False
        """Whether the other side wants to hear nothing."""
        self._port, self._rtp_port = port, rtp_port
        self._send, self._tell = send, tell
        self._tag = token()
        self._number = 0
        self._target = self._local = self._other = ""
        self._invite: Message | None = None
        """The last INVITE, ours or theirs."""
        self.is_caller = False

    # What the phone wants.

    def invite(self, target: str, caller: str, extra: Headers = ()) -> None:
        """Call somebody."""
        self.is_caller = True
        self._target = target
        self._local, self._other = f"{caller};tag={self._tag}", f"<{target}>"
        self._ask_invite(extra)

    def ring(self, invite: Message) -> None:
        """Be called."""
        self.call_id = invite.get("Call-ID")
        self._invite = invite
        self._target = uri(invite.get("Contact"))
        self._local = f"{invite.get('To')};tag={self._tag}"
        self._other = invite.get("From")
        self.remote = media(invite.body)
        self._reply(invite, "180 Ringing")
        self._move("ringing", invite.get("From"))

    def answer(self) -> None:
        """Take the call."""
        if self.state == "ringing" and self._invite is not None:
            self._reply(self._invite, "200 OK", offer(self._rtp_port))
            self._move("up")

    def reject(self, reason: str) -> None:
        """Do not take the call: `486 Busy Here`."""
        if self.state == "ringing" and self._invite is not None:
            self._reply(self._invite, reason)
            self._move("down", reason)

    def turn(self, way: str) -> None:
        """Put on hold (`sendonly`, `inactive`) or take back (`sendrecv`)."""
        self.direction = way
        self._ask_invite()

    def refer(self, target: str) -> None:
        """Ask the other side to call somebody else."""
        extra = (("Refer-To", f"<{target}>"), ("Referred-By", f"<{self._me}>"))
        self._ask("REFER", extra)

    def replaces(self) -> str:
        """Return the `Replaces` parameter by which somebody takes this call over."""
        ours, theirs = tag(self._local), tag(self._other)
        return f"Replaces={self.call_id}%3Bto-tag%3D{theirs}%3Bfrom-tag%3D{ours}"

    def hang_up(self) -> None:
        """End the call, in whichever way its state asks for."""
        if self.state == "up":
            self._ask("BYE")
        elif self.state == "ringing" and not self.is_caller:
            self.reject("486 Busy Here")
            return
        elif self.state != "down":
            self._cancel()
        self._move("down", "we hung up")

    # What the other side says.

    def receive(self, message: Message) -> None:
        """Take in what belongs to this dialog."""
        if message.status:
            if message.get("CSeq").endswith("INVITE"):
                self._answered(message)
            elif message.get("CSeq").endswith("REFER"):
                self._tell("referred", message.first[8:])
            return
        asked = {
            "INVITE": self._asked_invite,
            "BYE": self._asked_bye,
            "CANCEL": self._asked_cancel,
            "NOTIFY": self._asked_notify,
            "ACK": self._asked_nothing,
        }
        asked.get(message.method, self._asked_other)(message)

    def _answered(self, message: Message) -> None:
        self.remote = media(message.body) or self.remote
        if message.status < 200:
            if message.status >= 180 and self.state == "new":
                self._move("ringing", message.first[8:])
            return
        self._other = message.get("To")
        self._acknowledge(message)
        if self.state == "down":
            if message.status < 300:
                self._ask("BYE")  # they took the call while we gave it up
        elif message.status < 300:
            self._target = uri(message.get("Contact")) or self._target
            self._move("up")
        elif self.state != "up":
            self._move("down", message.first[8:])

    def _asked_invite(self, message: Message) -> None:
        if not self.is_caller and message == self._invite:
            return  # they have not seen our answer yet
        self.remote = media(message.body) or self.remote
        wanted = direction(message.body)
        self.is_held = wanted in {"sendonly", "inactive"}
        ours = {"sendonly": "recvonly", "inactive": "inactive"}
        body = offer(self._rtp_port, ours.get(wanted, self.direction))
        self._reply(message, "200 OK", body)
        self._tell("held" if self.is_held else "asked again", wanted)

    def _asked_bye(self, message: Message) -> None:
        self._reply(message, "200 OK")
        self._move("down", message.get("Reason") or "they hung up")

    def _asked_cancel(self, message: Message) -> None:
        self._reply(message, "200 OK")
        if self.state == "ringing" and self._invite is not None:
            self._reply(self._invite, "487 Request Terminated")
            self._move("down", "they gave up")

    def _asked_notify(self, message: Message) -> None:
        self._reply(message, "200 OK")
        self._tell("notified", message.body.strip())

    def _asked_other(self, message: Message) -> None:
        self._reply(message, "200 OK")

    def _asked_nothing(self, message: Message) -> None:
        """Take an ACK, which wants no answer."""

    # On the wire.

    @property
    def _me(self) -> str:
        return f"sip:phone@127.0.0.1:{self._port}"

    def _move(self, state: str, why: str = "") -> None:
        if state != self.state:
            self.state = state
            self._tell(state, why)

    def _via(self, branch: str) -> tuple[str, str]:
        return ("Via", f"SIP/2.0/UDP 127.0.0.1:{self._port};branch={branch};rport")

    def _request(
        self,
        method: str,
        number: int,
        extra: Headers = (),
        body: str = "",
        branch: str = "",
    ) -> Message:
        headers = (
            self._via(branch or f"z9hG4bK{token()}"),
            ("Max-Forwards", "70"),
            ("From", self._local),
            ("To", self._other),
            ("Call-ID", self.call_id),
            ("CSeq", f"{number} {method}"),
            ("Contact", f"<{self._me}>"),
            ("Allow", "INVITE, ACK, BYE, CANCEL, REFER, NOTIFY, OPTIONS"),
            *extra,
            *((("Content-Type", "application/sdp"),) if body else ()),
        )
        return Message(f"{method} {self._target} SIP/2.0", headers, body)

    def _ask(self, method: str, extra: Headers = ()) -> None:
        self._number += 1
        self._send(self._request(method, self._number, extra))

    def _ask_invite(self, extra: Headers = ()) -> None:
        self._number += 1
        body = offer(self._rtp_port, self.direction)
        asked = self._request("INVITE", self._number, extra, body)
        if self.is_caller:
            self._invite = asked
        self._send(asked)

    def _acknowledge(self, message: Message) -> None:
        number = int(message.get("CSeq").split()[0])
        same = _branch(message) if message.status >= 300 else ""
        self._send(self._request("ACK", number, branch=same))

    def _cancel(self) -> None:
        if self._invite is not None:
            branch = _branch(self._invite)
            self._send(self._request("CANCEL", self._number, branch=branch))

    def _reply(self, request: Message, status: str, body: str = "") -> None:
        to = request.get("To")
        headers = (
            *(("Via", via) for via in request.all("Via")),
            ("From", request.get("From")),
            ("To", to if tag(to) else f"{to};tag={self._tag}"),
            ("Call-ID", request.get("Call-ID")),
            ("CSeq", request.get("CSeq")),
            ("Contact", f"<{self._me}>"),
            *((("Content-Type", "application/sdp"),) if body else ()),
        )
        self._send(Message(f"SIP/2.0 {status}", headers, body))


def _branch(message: Message) -> str:
    """Return what tells one transaction from another."""
    found = re.search(r"branch=([^;\s]+)", message.get("Via"))
    return found[1] if found else ""
