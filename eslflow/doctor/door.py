"""Whether the switch reaches our socket, as it would with a call.

In: a prober, the site's settings, whether a controller runs. Out: findings. Where none
runs, it stands at the door itself for a moment.
"""

from __future__ import annotations

from eslflow.doctor.finding import Finding, error, ok, warning
from eslflow.doctor.probe import SOCKET, Answer, Prober
from eslflow.errors import CommandRefused
from eslflow.settings import Settings
from eslflow.switch.doorstep import Doorstep, standing


def reached(
    prober: Prober, settings: Settings, where: tuple[str, int], is_served: bool
) -> Finding | None:
    """Return whether a call that the switch hands over to `where` comes to us.

    Nothing, where we could not listen ourselves: that is another finding.
    """
    host, port = where
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        if is_served:
            return _served(prober.socket(address, lambda: ()), address)
        with standing(settings.host, settings.port) as step:
            answer = prober.socket(address, lambda: step.peers)
        return _unserved(answer, address, step, settings)
    except OSError:
        return None
    except CommandRefused as problem:
        return warning(
            SOCKET,
            f"it could not be tried: the switch makes no call ({problem.reply})",
            "Whether calls reach eslflow is seen by the first call only.",
            '<load module="mod_loopback"/> in modules.conf.xml, and: '
            "fs_cli -x 'load mod_loopback'",
        )


def _served(answer: Answer, address: str) -> Finding:
    if answer is Answer.SEEN:
        return ok(SOCKET, f"the switch reaches the running eslflow at {address}")
    if answer is Answer.CLOSED:
        return error(
            SOCKET,
            f"the switch does not get through to the running eslflow at {address}",
            "Calls go to the dialplan's fallback: the switch cannot connect, or its "
            "address is not in allow:, or most_calls: are running, or what runs is an "
            "older eslflow.",
            "See the log of eslflow serve, and listen: and allow: in eslflow.yaml",
        )
    return error(
        SOCKET,
        f"who listens at {address} took the call, and said nothing",
        "Callers hear nothing until the switch gives up after 25 s.",
        "Restart eslflow serve; see whether another program listens there",
    )


def _unserved(
    answer: Answer, address: str, step: Doorstep, settings: Settings
) -> Finding:
    if answer is not Answer.CAME:
        return error(
            SOCKET,
            f"the switch cannot connect to {address}",
            "No call reaches eslflow: all go to the dialplan's fallback.",
            "See listen: in eslflow.yaml (the switch must reach it), and firewalls",
        )
    peer = step.peers[0]
    if peer not in settings.allow:
        return error(
            SOCKET,
            f"the switch connects from {peer}, which is not in allow:",
            "eslflow would close the connection: all calls go to the fallback.",
            f"allow: [{', '.join([*settings.allow, peer])}] in eslflow.yaml",
        )
    return ok(SOCKET, f"the switch reaches {address}, where eslflow is to serve")
