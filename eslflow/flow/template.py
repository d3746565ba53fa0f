"""Constants filled into the words of a flow, by jinja2 in its sandbox.

In: a template and the flow's own values. Out: text. A name that is not there is an
error, and so is every statement (`{% ... %}`): words have no logic. Must never be
given anything that came from a call.
"""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import StrictUndefined, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from eslflow.errors import RenderError

MOST_TEXT = 10_000
"""Characters; no notice is read out for half an hour."""

_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name)

_environment = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    autoescape=False,
    keep_trailing_newline=True,
)
_environment.globals.clear()


def render(template: str, values: Mapping[str, str]) -> str:
    """Return the text with its names filled in.

    Raises:
        RenderError: a name that is not there, or anything but `{{ name }}`.
    """
    if "{" not in template:
        return template
    try:
        tree = _environment.parse(template)
        _refuse_logic(template, tree)
        missing = sorted(meta.find_undeclared_variables(tree) - values.keys())
        if missing:
            raise RenderError(template, f"there is no value '{missing[0]}'")
        text = _environment.from_string(template).render(dict(values))
    except (TemplateError, RecursionError) as error:
        raise RenderError(template, str(error)) from error
    if len(text) > MOST_TEXT:
        raise RenderError(template, f"it is longer than {MOST_TEXT} characters")
    return text


def _refuse_logic(template: str, tree: nodes.Template) -> None:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            raise RenderError(template, "only {{ name }} can stand in a text")
