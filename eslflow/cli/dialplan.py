"""`eslflow dialplan`: the extension that hands calls to eslflow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

import click
from click.core import ParameterSource

from eslflow.cli.places import flow_paths
from eslflow.errors import EslflowError, SettingsError
from eslflow.flow.model import Flow
from eslflow.settings import Settings, load_settings
from eslflow.site import emergency_of, load_flows
from eslflow.steps.calling import Calling
from eslflow.steps.queue import Queue, QueueKind

TEMPLATE = """\
<!-- Hands {what} to eslflow.
     Paste it into the {context} of the dialplan, then: fs_cli -x reloadxml{beware}
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
{instead}
    <action application="hangup"/>
  </condition>
</extension>
"""

BEWARE = """
     It must be one that only your own users come to, behind the extensions for their
     codes: whoever else comes to it calls out at your expense."""
INSIDE = "default"
"""The context of users, as FreeSWITCH's own configuration has it."""
OUT = re.compile(r"/0(?=@|$)")
"""Where the number stands in an address."""
DIALLED = r"\+?[0-9]{2,}"
"""What users dial: a number, not a code."""

SERVED = "a person, and no recording"
CALLED = "whoever was dialled, and no recording"
REFUSED = "nobody, for nobody may take the call unrecorded"
HELP = "who helps, and no recording"


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
    has_people = any(isinstance(step, Queue) for step in found.steps.values())
    takes_callers = has_people or not found.way_out
    if takes_callers and not numbers and not known:
        _tell(
            f"no number leads to '{found.name}': the extension waits for calls to "
            f"'{found.name}' itself. Name what is dialled: --number 4930123456"
        )
    host, port = handed_to(settings)
    socket = f"{host}:{port}/{found.name} async full"
    has_given = ctx.get_parameter_source("context") is ParameterSource.COMMANDLINE
    blocks = []
    if takes_callers:
        blocks.append(_for_callers(found, dialled, context, socket))
    if found.way_out:
        inside = context if has_given and not takes_callers else INSIDE
        help_ = emergency_of(settings)
        if found.recording.is_demanded and help_:
            # They get through while eslflow is away, too.
            blocks.append(_for_help(found, help_, inside, socket))
        blocks.append(
            _for_users(found, () if takes_callers else numbers, inside, socket)
        )
    click.echo("\n".join(blocks), nl=False)


def _for_callers(flow: Flow, dialled: Sequence[str], context: str, socket: str) -> str:
    """Return what hands over those who call the office."""
    return _extension(
        f"eslflow-{flow.name}",
        socket,
        what=_comment(f"calls for {', '.join(dialled)}"),
        context=_comment(f"context {context}"),
        beware="",
        expression=_expression(dialled),
        reached=REFUSED if flow.recording.is_demanded else SERVED,
        instead=(("answer", ""), _fallback(flow)),
    )


def _for_help(flow: Flow, numbers: Iterable[str], context: str, socket: str) -> str:
    """Return what puts calls for help through, though all others must be recorded."""
    return _extension(
        f"eslflow-{flow.name}-help",
        socket,
        what="calls for help",
        context=_comment(f"context {context}, before the next extension"),
        beware=BEWARE,
        expression=_dialled(flow, sorted(numbers)),
        reached=HELP,
        instead=_through(flow),
    )


def _for_users(flow: Flow, numbers: Sequence[str], context: str, socket: str) -> str:
    """Return what hands over users who dial out; without eslflow they are put through.

    Above all whoever calls for help is: that call must not depend on eslflow.
    """
    is_refused = flow.recording.is_demanded
    return _extension(
        f"eslflow-{flow.name}-out",
        socket,
        what="what your users dial",
        context=_comment(f"context {context}"),
        beware=BEWARE,
        expression=_dialled(flow, numbers),
        reached=REFUSED if is_refused else CALLED,
        instead=[_fallback(flow)] if is_refused else _through(flow),
    )


def _dialled(flow: Flow, numbers: Sequence[str]) -> str:
    """Return an expression for what users dial, with a prefix or without.

    No numbers stand for all.
    """
    prefixes = f"(?:{_either(flow.prefixes)})?" if flow.prefixes else ""
    return f"^{prefixes}({_either(numbers) or DIALLED})$"


def _either(numbers: Iterable[str]) -> str:
    return "|".join(map(re.escape, numbers))


def _through(flow: Flow) -> list[tuple[str, str]]:
    """Return the applications that call what was dialled, each way the flow has."""
    steps = [step.to for step in flow.steps.values() if isinstance(step, Calling)]
    users = ["user/$1"] if any(to.user == "called" for to in steps) else []
    outside = (to.address("0") for to in steps if to.number == "called")
    ways = (*users, *dict.fromkeys(OUT.sub("/$1", address) for address in outside))
    through = [("set", "hangup_after_bridge=true"), ("set", "continue_on_fail=true")]
    return through + [("bridge", way) for way in ways]


def _extension(
    name: str,
    socket: str,
    *,
    expression: str,
    instead: Iterable[tuple[str, str]],
    **words: str,
) -> str:
    """Return an extension of the dialplan."""
    lines = (
        f"    <action application={quoteattr(app)}"
        + (f" data={quoteattr(data)}" if data else "")
        + "/>"
        for app, data in instead
    )
    return TEMPLATE.format(
        name=quoteattr(name),
        socket=quoteattr(socket),
        expression=quoteattr(expression),
        instead="\n".join(lines),
        **words,
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
    either = _either(dialled)
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
