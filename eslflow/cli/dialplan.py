"""`eslflow dialplan`: the extension that hands calls to eslflow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

import click

from eslflow.cli.places import flow_paths
from eslflow.errors import EslflowError, SettingsError
from eslflow.flow.model import Flow
from eslflow.settings import Settings, load_settings
from eslflow.site import load_flows
from eslflow.steps.queue import Queue, QueueKind

TEMPLATE = """\
<!-- Hands calls for {numbers} to eslflow.
     Paste it into the context {context} of the dialplan, then: fs_cli -x reloadxml
     The outbound socket has no password and FreeSWITCH connects to it: keep eslflow on
     loopback. FreeSWITCH's own socket (event_socket.conf.xml) should listen on
     127.0.0.1 too, with a password of yours and apply-inbound-acl set to
     loopback.auto. -->
<extension name={name}>
  <condition field="destination_number" expression={expression}>
    <!-- While eslflow asks, a controller that dies gives the call to the actions below.
         eslflow turns this off before the queue: there it would cut the talk off. -->
    <action application="set" data="socket_resume=true"/>
    <action application="socket" data={socket}/>
    <!-- Reached only when eslflow is not there: {reached}. -->
    <action application="answer"/>
    <action application={fallback} data={queue}/>
    <action application="hangup"/>
  </condition>
</extension>
"""


SERVED = "a person, and no recording"
REFUSED = "nobody, for nobody may take the call unrecorded"


@click.command("dialplan", short_help="Print what the dialplan needs.")
@click.argument("flow", default="")
@click.option(
    "--number",
    "numbers",
    multiple=True,
    help="A number dialled.  [default: those the settings give to the flow]",
)
@click.option(
    "--context",
    default="public",
    show_default=True,
    help="The dialplan's context that callers from outside come to.",
)
@click.pass_context
def command(
    ctx: click.Context, /, flow: str, numbers: tuple[str, ...], context: str
) -> None:
    """Print the dialplan's extension for FLOW (default: the site's default flow)."""
    settings = load_settings(ctx.obj)
    name = flow or settings.default_flow
    if not name:
        raise EslflowError("name a flow: eslflow dialplan FLOW")
    (found,) = load_flows(flow_paths(ctx.obj, [name])).values()
    known = [n for n, named in settings.numbers.items() if named == found.name]
    dialled = numbers or tuple(known) or (found.name,)
    if not numbers and not known:
        _tell(
            f"no number leads to '{found.name}': the extension waits for calls to "
            f"'{found.name}' itself. Name what is dialled: --number 4930123456"
        )
    fallback, data = _fallback(found)
    host, port = handed_to(settings)
    click.echo(
        TEMPLATE.format(
            numbers=_comment(", ".join(dialled)),
            context=_comment(context),
            name=quoteattr(f"eslflow-{found.name}"),
            expression=quoteattr(_expression(dialled)),
            socket=quoteattr(f"{host}:{port}/{found.name} async full"),
            reached=REFUSED if found.recording.is_demanded else SERVED,
            fallback=quoteattr(fallback),
            queue=quoteattr(data),
        ),
        nl=False,
    )


def _tell(text: str) -> None:
    """Tell what to look at, beside what is to be pasted."""
    click.echo(f"eslflow: {text}.", err=True)


def _fallback(flow: Flow) -> tuple[str, str]:
    """Return the application that reaches people without eslflow: the last queue."""
    if flow.recording.is_demanded:
        _tell(
            f"flow '{flow.name}' must record: without eslflow, calls are hung up. "
            "Before the last hangup you can play why"
        )
        return "hangup", "NORMAL_TEMPORARY_FAILURE"
    queues = [step for step in flow.steps.values() if isinstance(step, Queue)]
    if not queues:
        _tell(
            f"flow '{flow.name}' has no queue to fall back to: without eslflow, calls "
            "are hung up. Put people in the place of the last hangup"
        )
        return "hangup", "NORMAL_TEMPORARY_FAILURE"
    last = queues[-1]
    if len({step.queue for step in queues}) > 1:
        _tell(
            f"without eslflow, calls go to the queue '{last.queue}' of step "
            f"'{last.name}', the last one of the flow"
        )
    is_fifo = last.type is QueueKind.FIFO
    return last.type.value, f"{last.queue} in" if is_fifo else last.queue


def _expression(dialled: Sequence[str]) -> str:
    either = "|".join(re.escape(number) for number in dialled)
    return f"^({either})$" if len(dialled) > 1 else f"^{either}$"


def handed_to(settings: Settings) -> tuple[str, int]:
    """Return where a switch on this machine connects to.

    Raises:
        SettingsError: the port is chosen anew at each start.
    """
    if not settings.port:
        raise SettingsError(
            "listen: has port 0, which is another at each start: name one"
        )
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  compared only
    return anywhere.get(settings.host, settings.host), settings.port


def _comment(text: str) -> str:
    """Return a text that cannot end the XML comment it stands in."""
    return escape(text).replace("--", "- -")
