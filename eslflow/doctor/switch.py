"""The switch, looked at over its event socket: nothing is changed and nobody is called.

In: a link to it, a site, its flows. Out: findings on its version, modules, clock, event
socket, dialplan, and what records beside eslflow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from xml.etree.ElementTree import Element

from eslflow.clock import Clock
from eslflow.doctor import config, versions
from eslflow.doctor.config import Handover, Recorder
from eslflow.doctor.finding import Finding, error, ok, warning
from eslflow.errors import CommandRefused
from eslflow.flow.model import Flow
from eslflow.settings import Settings
from eslflow.switch.shelf import Shelf
from eslflow.wire.terms import ApiCommand, Module

ALWAYS = (Module.DPTOOLS, Module.SNDFILE, Module.TONE_STREAM)
"""Modules without which no flow works (besides those that the link itself needs)."""
NEEDED_FOR = {
    Module.DPTOOLS: "prompts, keys and bridges",
    Module.SNDFILE: "WAV files: prompts and recordings",
    Module.TONE_STREAM: "the tones of beeps and masks",
}
ELSEWHERE = ("mod_xml_curl", "mod_lua", "mod_dialplan_lua")
"""Modules that may bring a dialplan which `xml_locate` does not show."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LOOPBACK_LIST = "loopback.auto"
"""Whom the socket lets in where no list is named (mod_event_socket.c, since 1.6)."""
SECRET_OF_ALL = "ClueCon"  # noqa: S105  what every FreeSWITCH ships with
APART_S = 2.0
"""Seconds between the clocks from which times of a call contradict each other."""
MENDS_SOCKET = "event_socket.conf.xml, then: fs_cli -x 'reload mod_event_socket'"


class Asks(Protocol):
    """A link to the switch."""

    def api(self, command: ApiCommand, arg: str = "") -> str:
        """Return the switch's answer."""


@dataclass
class Switch:
    """Looks at one switch."""

    link: Asks
    settings: Settings
    flows: Mapping[str, Flow]
    clock: Clock
    address: tuple[str, int]
    """Where calls are to be handed over."""

    def findings(self) -> Iterator[Finding]:
        """Yield what was found.

        Raises:
            LinkLost: the switch does not answer any more.
        """
        yield from versions.judge(self.link.api(ApiCommand.VERSION, "short"))
        yield from self._modules()
        yield self._clock()
        yield from self._event_socket()
        yield from self._dialplan()
        yield from self._recorders()

    def has(self, module: str) -> bool:
        """Whether a module is loaded."""
        return self.link.api(ApiCommand.MODULE_EXISTS, module) == "true"

    def _modules(self) -> Iterator[Finding]:
        needed = [*ALWAYS, *Shelf(self.flows).needs()]
        missing = [module for module in needed if not self.has(module)]
        for module in missing:
            what = NEEDED_FOR.get(module, "queues of your flows")
            yield error(
                "modules",
                f"{module} is not loaded; it brings {what}",
                "The switch answers +OK to an application that it does not have, and "
                "hangs the call up.",
                f'<load module="{module}"/> in modules.conf.xml, and: '
                f"fs_cli -x 'load {module}'",
            )
        if not missing:
            yield ok("modules", f"loaded: {', '.join(needed)}")

    def _clock(self) -> Finding:
        before = self.clock.now()
        answer = self.link.api(ApiCommand.STRMICROEPOCH)
        ours = (before + self.clock.now()) // 2
        apart = (int(answer) - ours) / 1e6 if answer.isdigit() else None
        if apart is None:
            return warning(
                "clock",
                f"the switch answered {answer!r} when it was asked for the time",
                "Its clock could not be compared with that of eslflow.",
                "fs_cli -x strmicroepoch: it should print microseconds since 1970",
            )
        if abs(apart) > APART_S:
            which = "ahead" if apart > 0 else "behind"
            return warning(
                "clock",
                f"the switch's clock is {abs(apart):.1f} s {which} of eslflow's",
                "Times in the ledger and in the switch's own records of a call will "
                "contradict each other.",
                "Let both machines keep their time: timedatectl set-ntp true, then "
                "fs_cli -x 'fsctl sync_clock'",
            )
        return ok("clock", f"the switch's clock is {abs(apart):.3f} s from eslflow's")

    # Its event socket.

    def _event_socket(self) -> Iterator[Finding]:
        node = self._configuration("event_socket.conf")
        if node is None:
            yield warning(
                "event socket",
                "the switch does not show event_socket.conf",
                "Who may use the event socket could not be seen.",
                f"Look yourself at listen-ip, password and apply-inbound-acl in "
                f"{MENDS_SOCKET}",
            )
            return
        found, lists = config.params(node), config.every(node, "apply-inbound-acl")
        listens = found.get("listen-ip", "") or "127.0.0.1"
        acl = ", ".join(filter(None, lists)) or LOOPBACK_LIST
        is_open = listens not in LOOPBACK and acl != LOOPBACK_LIST
        if listens not in LOOPBACK and not is_open:
            text = f"it listens on {listens}, and lets nobody in but loopback ({acl})"
            yield ok("event socket", text)
        elif is_open:
            yield warning(
                "event socket",
                f"it listens on {listens}, for addresses of {acl}",
                "Password and commands travel unencrypted, and who is let in can do "
                "everything to the switch.",
                "If eslflow runs beside the switch: <param "
                f'name="listen-ip" value="127.0.0.1"/> in {MENDS_SOCKET}',
            )
        else:
            yield ok("event socket", f"it listens on {listens} only ({acl})")
        if found.get("password", "") in ("", SECRET_OF_ALL):
            finding = error if is_open else warning
            yield finding(
                "event socket",
                "its password is the one that every FreeSWITCH ships with",
                "Every program on this machine can run commands as the switch, and "
                "start recordings (CVE-2019-19492).",
                f'<param name="password" value="one of your own"/> in {MENDS_SOCKET}; '
                "the same into the file that switch: in eslflow.yaml names",
            )

    # The dialplan.

    def _dialplan(self) -> Iterator[Finding]:
        node = self._section("dialplan")
        found = [] if node is None else list(config.handovers(node))
        host, port = self.address
        ours = [handover for handover in found if handover.reaches(host, port)]
        if not ours:
            yield self._no_extension(found)
        for handover in ours:
            faults = list(self._faults(handover))
            yield from faults
            if not faults:
                then = ", ".join(handover.after)
                text = f"{handover.name} hands calls to eslflow, with a fallback"
                yield ok("dialplan", f"{text}: {then}")

    def _no_extension(self, found: Sequence[Handover]) -> Finding:
        host, port = self.address
        text = f"no extension hands calls to {host}:{port}"
        if found:
            others = ", ".join(sorted({h for seen in found for h in seen.hosts}))
            text += f"; others hand calls to {others}"
        mend = (
            "eslflow dialplan prints it; then: fs_cli -x reloadxml. Or see listen: in "
            "eslflow.yaml"
        )
        brought = [module for module in ELSEWHERE if self.has(module)]
        if brought:
            why = (
                f"No call reaches eslflow, unless {' or '.join(brought)} brings the "
                "dialplan, which cannot be seen from here."
            )
            return warning("dialplan", text, why, mend)
        return error("dialplan", text, "No call reaches eslflow.", mend)

    def _faults(self, handover: Handover) -> Iterator[Finding]:
        if "async" not in handover.options:
            yield error(
                "dialplan",
                f"{handover.name} has a socket without async",
                "A controller that dies leaves the caller in silence for ever.",
                "eslflow dialplan prints it as it should be: socket ... async full",
            )
        if "full" not in handover.options:
            yield error(
                "dialplan",
                f"{handover.name} has a socket without full",
                "eslflow may not use uuid_record: nothing can be recorded or masked.",
                "eslflow dialplan prints it as it should be: socket ... async full",
            )
        if not handover.resumes:
            yield error(
                "dialplan",
                f"{handover.name} does not set socket_resume",
                "When eslflow dies while it asks, the caller is left in silence and "
                "never reaches the fallback.",
                '<action application="set" data="socket_resume=true"/> before socket',
            )
        if not set(handover.after) - {"hangup", "answer", "set", "export", "log"}:
            yield warning(
                "dialplan",
                f"{handover.name} has no fallback behind the socket",
                "When eslflow is not there, callers reach nobody.",
                "Behind socket, put what reaches a person: eslflow dialplan prints it",
            )
        name = handover.path
        if name and "$" not in name and self.flows and name not in self.flows:
            yield error(
                "dialplan",
                f"{handover.name} names the flow {name!r}, which the site does not "
                "have",
                "eslflow refuses these calls, and the fallback takes them.",
                f"socket .../FLOW with one of: {', '.join(self.flows)}",
            )

    # What records beside us.

    def _recorders(self) -> Iterator[Finding]:
        nodes = [(name, self._configuration(name)) for name in config.FILES]
        found = [
            recorder
            for name, node in nodes
            if node is not None
            for recorder in config.in_settings(name, node)
        ]
        dialplan = self._section("dialplan")
        if dialplan is not None:
            found += config.in_dialplan(dialplan)
        yield from map(_second, found)
        if not found:
            seen = ", ".join(name for name, node in nodes if node is not None)
            text = f"none is configured in the dialplan, {seen}"
            yield ok("second recorders", text)

    def _configuration(self, name: str) -> Element | None:
        return self._xml(f"configuration configuration name {name}")

    def _section(self, name: str) -> Element | None:
        return self._xml(name)

    def _xml(self, arg: str) -> Element | None:
        try:
            return config.parsed(self.link.api(ApiCommand.XML_LOCATE, arg))
        except CommandRefused:
            return None


def _second(recorder: Recorder) -> Finding:
    if recorder.on_demand:
        means = (
            "Whoever presses the key (or whose telephone sends it) records the call, "
            "whatever the caller said."
        )
    else:
        means = (
            "It records every call that comes there, whatever the caller said, and "
            "masks nothing."
        )
    return warning(
        "second recorders",
        f"{recorder.where} has {recorder.what}",
        means,
        "If calls of your flows can come there, take it out, then: fs_cli -x reloadxml",
    )
