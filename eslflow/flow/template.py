"""Values filled into texts: the words of a flow, and what a step remembers of a call.

In: a template. Out: the names it wants, its pieces, or text. A name that is not there
is an error, and so is every statement (`{% ... %}`): texts have no logic. Words are
made by jinja2 in its sandbox, once. Must never give it anything that came from a call:
of such, pieces are put together without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from eslflow.errors import RenderError
from eslflow.flow import codes

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_TEXT = 10_000
"""Characters; no notice is read out for half an hour."""
MOST_VALUE = 1_000
"""Characters of one value; a text can hold thousands of them before it is measured."""


class Piece(NamedTuple):
    """A part of a text: itself, or the name of the value that stands there."""

    text: str
    name: str = ""


def names(template: str) -> frozenset[str]:
    """Return the names that a text wants filled in.

    Raises:
        RenderError: anything but `{{ name }}`.
    """
    return frozenset(piece.name for piece in pieces(template) if piece.name)


def pieces(template: str) -> tuple[Piece, ...]:
    """Return what a text is put together from, in order.

    Raises:
        RenderError: anything but `{{ name }}`.
    """
    if "{" not in template:
        return (Piece(template),)
    from jinja2 import TemplateError, nodes

    try:
        tree = _environment().parse(template)
    except (TemplateError, RecursionError) as error:
        raise RenderError(template, "its braces do not fit") from error
    allowed = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name)
    found: list[Piece] = []
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, allowed):
            raise RenderError(template, "only {{ name }} can stand in a text")
        if isinstance(node, nodes.TemplateData):
            found.append(Piece(node.data))
        elif isinstance(node, nodes.Name):
            found.append(Piece("", node.name))
    return tuple(found)


def render(template: str, values: Mapping[str, str]) -> str:
    """Return the text with its names filled in.

    Raises:
        RenderError: a name that is not there, or anything but `{{ name }}`.
    """
    missing = sorted(names(template) - values.keys())
    if missing:
        raise RenderError(template, f"there is no value '{missing[0]}'")
    if "{" not in template:
        return template
    text = _environment().from_string(template).render(dict(values))
    if len(text) > MOST_TEXT:
        problem = f"it is longer than {MOST_TEXT} characters"
        raise RenderError(template, problem, codes.TOO_LONG)
    return text


def _environment() -> ImmutableSandboxedEnvironment:
    # Few flows have names in their texts, and every command would wait for jinja2.
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
    )
    environment.globals.clear()
    return environment
