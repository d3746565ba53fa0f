"""`eslflow dialplan`: the extension that hands calls to eslflow."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

import click

from eslflow.cli.places import flow_paths
from eslflow.errors import EslflowError
from eslflow.settings import load_settings
from eslflow.site import load_flows
from eslflow.steps.queue import Queue, QueueKind

TEMPLATE = """\
<!-- Hands calls for {number} to eslflow. Paste it into the dialplan's context, then
     reload it with: fs_cli -x reloadxml
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
    <!-- Reached only when eslflow is not there: a person, and no recording. -->
    <action application="answer"/>
    <action application={fallback} data={queue}/>
    <action application="hangup"/>
  </condition>
</extension>
"""


@click.command("dialplan")
@click.argument("flow", default="")
@click.option(
    "--number", default="", help="The number dialled. [default: the flow's name]"
)
@click.pass_context
def command(ctx: click.Context, flow: str, number: str) -> None:
    """Print the dialplan's extension for FLOW (default: the site's default flow)."""
    settings = load_settings(ctx.obj)
    name = flow or settings.default_flow
    if not name:
        raise EslflowError("name a flow: eslflow dialplan FLOW")
    (found,) = load_flows(flow_paths(ctx.obj, [name])).values()
    queues = [step for step in found.steps.values() if isinstance(step, Queue)]
    fallback, data = "hangup", "NORMAL_TEMPORARY_FAILURE"
    if queues:
        last = queues[-1]
        is_fifo = last.type is QueueKind.FIFO
        fallback, data = last.type.value, f"{last.queue} in" if is_fifo else last.queue
    dialled = number or found.name
    socket = f"{settings.host}:{settings.port}/{found.name} async full"
    click.echo(
        TEMPLATE.format(
            number=escape(dialled).replace("--", "- -"),
            name=quoteattr(f"eslflow-{found.name}"),
            expression=quoteattr(f"^{re.escape(dialled)}$"),
            socket=quoteattr(socket),
            fallback=quoteattr(fallback),
            queue=quoteattr(data),
        ),
        nl=False,
    )
