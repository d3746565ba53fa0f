"""Whether eslflow serves the site, and who can get at its sockets.

In: a site's settings, whether a controller runs, and how it says it is. Out: findings.
Where none runs, it stands at the door for a moment. Must not talk to who listens there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from errno import EADDRINUSE
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from eslflow.doctor.apart import same_address
from eslflow.doctor.finding import Finding, error, ok, warning
from eslflow.errors import EslflowError
from eslflow.settings import FILE, Settings
from eslflow.switch.doorstep import standing

SERVICE, LISTEN = "service", "listen"

Health = Mapping[str, Any]
"""What a running eslflow says of itself; a part that is not well has a problem."""


def looked_at(
    settings: Settings, is_served: bool, ask: Callable[[], Health]
) -> Finding:
    """Return whether an eslflow serves this site where its settings say, and is well.

    To listen there shows whether somebody does: a connection would be taken for a call.
    """
    address = _address(settings.host, settings.port)
    if is_served and not settings.port:
        # It took any that was free.
        return _running(address, ask)
    try:
        with standing(settings.host, settings.port):
            pass
    except OSError as problem:
        if is_served and problem.errno == EADDRINUSE:
            return _running(address, ask)
        return _not_ours(settings, problem)
    if is_served:
        return error(
            SERVICE,
            f"an eslflow serves this site, but nothing listens at {address}",
            "Calls that are handed to that address go to the dialplan's fallback: "
            f"listen: in {FILE} has changed since it started.",
            "Restart eslflow serve, or set listen: to what it was",
        )
    return warning(
        SERVICE,
        "no eslflow serve runs for this site",
        "Calls go to the dialplan's fallback, unrecorded.",
        f"eslflow --site {settings.folder} serve (docs/eslflow.service)",
    )


def _running(address: str, ask: Callable[[], Health]) -> Finding:
    try:
        health = ask()
    except EslflowError as problem:
        return warning(
            SERVICE,
            f"an eslflow serves this site, and cannot be asked how it is: {problem}",
            "Whether it takes calls, and can keep what becomes of them, was not seen.",
            "Run eslflow doctor as the user that runs eslflow serve; see its log",
        )
    ills = [
        f"{name}: {part['problem']}"
        for name, part in health.items()
        if isinstance(part, Mapping) and not part["ok"]
    ]
    if ills:
        return warning(
            SERVICE,
            f"the eslflow that serves at {address} is not well: {'; '.join(ills)}",
            "Calls go on; see docs/control.md, /health, for what each of these means.",
            "What the other findings say; else the log of eslflow serve",
        )
    return ok(SERVICE, f"an eslflow serves at {address}: live calls {health['calls']}")


def _not_ours(settings: Settings, problem: OSError) -> Finding:
    """Return why eslflow could not listen where the settings say."""
    address = _address(settings.host, settings.port)
    if problem.errno == EADDRINUSE:
        return error(
            SERVICE,
            f"another program listens at {address}, and no eslflow serve runs here",
            "Calls are handed to that program; eslflow serve will not start.",
            f"Find it with: ss -ltnp 'sport = :{settings.port}'. Stop it, or see "
            f"listen: in {FILE}",
        )
    return error(
        SERVICE,
        f"this machine cannot listen at {address}: {problem.strerror or problem}",
        "eslflow serve will not start, and no call reaches it.",
        f"listen: in {FILE} takes an address of this machine",
    )


def doors(settings: Settings) -> Iterator[Finding]:
    """Return who can get at what eslflow listens on, beside who should."""
    address = _address(settings.host, settings.port)
    same = same_address(settings)
    found = [] if same is None else [same]
    found += [*_of_calls(settings, address), *_of_control(settings)]
    if not found:
        found = [ok(LISTEN, f"{address}, for {', '.join(settings.allow)}")]
    yield from found


def _of_calls(settings: Settings, address: str) -> Iterator[Finding]:
    allowed = [ip_address(peer) for peer in settings.allow]
    if not allowed:
        yield error(
            LISTEN,
            f"allow: in {FILE} is empty: nobody can connect to {address}",
            "No call reaches eslflow: all go to the dialplan's fallback.",
            f"allow: [127.0.0.1] in {FILE}, with the address of your FreeSWITCH",
        )
    nobody = [str(peer) for peer in allowed if peer.is_unspecified]
    if nobody:
        yield warning(
            LISTEN,
            f"{nobody[0]} in allow: is no address that anybody connects from",
            "It stands for no network: who is not named by an address is closed out.",
            "allow: [192.0.2.10] in eslflow.yaml, with the address of your FreeSWITCH",
        )
    others = [peer for peer in allowed if not (peer.is_loopback or peer.is_unspecified)]
    host = _ip(settings.host)
    is_local = any(peer.is_loopback for peer in allowed) and not others
    if host is not None and host.is_unspecified and is_local:
        here = "[::1]" if host.version == 6 else "127.0.0.1"
        yield warning(
            LISTEN,
            f"{address} is every address of this machine, and allow: names this "
            "machine only",
            "Everybody who reaches it can connect, and is closed out unread: the only "
            "guard of a socket that has no password.",
            f"listen: {here}:{settings.port} in {FILE}",
        )
    public = [str(peer) for peer in others if peer.is_global]
    if public:
        yield warning(
            LISTEN,
            f"{public[0]} in allow: is an address of the internet",
            "The event socket has no password and is not encrypted: who callers are, "
            "and the keys that they press, can be read on the way.",
            "A tunnel (WireGuard) to FreeSWITCH, and its addresses in listen: and "
            "allow:",
        )


def _of_control(settings: Settings) -> Iterator[Finding]:
    control = settings.control
    host = None if control is None else _ip(control.host)
    if control is None or host is None or host.is_loopback:
        return
    yield warning(
        LISTEN,
        f"the control API listens at {_address(control.host, control.port)}, in "
        "plain HTTP",
        "Tokens can be read on the way, and who has one can stop a recording.",
        f"control: {{listen: 127.0.0.1:{control.port}}} in {FILE}, and a proxy with "
        "TLS in front of it (docs/control.md)",
    )


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a host is, if it is none that has to be looked up."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
