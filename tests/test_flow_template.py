"""Constants in the words of a flow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.errors import RenderError
from eslflow.flow.template import MOST_TEXT, Piece, names, pieces, render

VALUES = {"company": "Example Ltd"}


def test_names_are_filled_in():
    assert render("Welcome to {{ company }}.", VALUES) == "Welcome to Example Ltd."
    assert render("No names, one { brace.", VALUES) == "No names, one { brace."
    assert render("Plain.", {}) == "Plain."


def test_a_text_tells_which_names_it_wants():
    assert names("{{ b }}, {{ a }} and {{ b }}") == {"a", "b"}
    assert names("{ no names }") == names("none") == frozenset()


def test_a_text_is_put_together_from_its_pieces():
    assert pieces("a {{ b }} c{# not said #}{{- d }}") == (
        Piece("a "),
        Piece("", "b"),
        Piece(" c"),
        Piece("", "d"),
    )
    assert pieces("plain") == (Piece("plain"),)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ compny }}", "there is no value 'compny'"),
        ("{% for x in y %}{% endfor %}", "only {{ name }}"),
        ("{{ company.__class__ }}", "only {{ name }}"),
        ("{{ company * 1000 }}", "only {{ name }}"),
        ("{{ company|upper }}", "only {{ name }}"),
        ("{{ range(10) }}", "only {{ name }}"),
        ("{{ 'x' }}", "only {{ name }}"),
        ("{{ company", "braces do not fit"),
        ("{% include 'x' %}", "only {{ name }}"),
    ],
)
def test_anything_else_is_refused(template, words):
    with pytest.raises(RenderError) as caught:
        render(template, VALUES)
    assert words in caught.value.problem


def test_a_text_cannot_grow_without_end():
    with pytest.raises(RenderError, match="longer than"):
        render("{{ a }}{{ a }}", {"a": "x" * MOST_TEXT})


@given(st.text(alphabet="{}%#ab .|()[]'", max_size=60))
def test_whatever_stands_there_is_text_or_a_render_error(template):
    try:
        assert isinstance(render(template, {"a": "1", "b": "2"}), str)
    except RenderError as error:
        assert error.problem  # noqa: PT017
