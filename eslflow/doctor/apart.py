"""Whether what eslflow listens on are two addresses.

In: a site's settings. Out: a finding, if calls and the control API have the same one.
Must not listen anywhere.
"""

from __future__ import annotations

from ipaddress import ip_address

from eslflow.doctor.finding import Finding, error
from eslflow.settings import FILE, Settings

_HERE = {"localhost": "127.0.0.1"}


def same_address(settings: Settings) -> Finding | None:
    """Return that control: asks for the address of listen:, if it does.

    Port 0 is any that is free, so it is never the same.
    """
    control = settings.control
    if control is None or not control.port or control.port != settings.port:
        return None
    if not _overlap(settings.host, control.host):
        return None
    return error(
        "listen",
        f"control: and listen: in {FILE} are the same address, port {control.port}",
        "eslflow serve does not start: calls and the control API need one each.",
        f"control: {{listen: 127.0.0.1:{_other(control.port)}}} in {FILE}",
    )


def _overlap(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        both = [ip_address(_HERE.get(host, host)) for host in (one, other)]
    except ValueError:
        # Names are not looked up here.
        return False
    is_every = any(host.is_unspecified for host in both)
    return both[0] == both[1] or (is_every and both[0].version == both[1].version)


def _other(port: int) -> int:
    return 8085 if port != 8085 else 8086
