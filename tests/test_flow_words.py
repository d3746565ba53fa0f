"""Texts by language, with values filled in."""

import pytest

from eslflow.flow.document import Document
from eslflow.flow.problems import Context
from eslflow.flow.words import Words


def words(text, languages="[en]", values="{company: Example Ltd, city_2: Ghent}"):
    """Return what is said in each language, and what is wrong."""
    lines = f"languages: {languages}\nvalues: {values}\ntext: {text}\n"
    document = Document(lines.encode(), "t.yaml")
    held = {key.text: node for key, node in document.read().pairs}
    found = Words(document, held["languages"], held["values"])
    texts = found.texts(held["text"], Context(document, {}, "prompts.x"), "prompt 'x'")
    return texts, [problem.problem for problem in document.problems]


def test_a_flow_of_one_language_has_plain_texts():
    assert words("Welcome  to\n  us.") == ({"en": "Welcome to us."}, [])
    assert words("{en: Hi.}") == ({"en": "Hi."}, [])


def test_a_flow_without_languages_speaks_english():
    assert Words(Document(b"", "t.yaml"), None, None).languages == ("en",)


def test_values_are_filled_in():
    text = '"{{ company }}, {{city_2}}"'
    assert words(text) == ({"en": "Example Ltd, Ghent"}, [])


def test_each_language_has_its_text():
    assert words("{en: Hi., pt-BR: Oi.}", "[en, pt-BR]") == (
        {"en": "Hi.", "pt-BR": "Oi."},
        [],
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Hi.", "prompt 'x' has one text for all languages"),
        ("{en: Hi.}", "prompt 'x' has no text in de"),
        ("{en: A, en: B, de: C}", "the text in en stands twice"),
        ("{en: A, de: B, it: C}", "'it' is no language of this flow"),
        ("{en: A, DE: B, de: C}", "'DE' is no language of this flow"),
        ("[Hi.]", "a list stands where text is"),
        ("{{ company }}", "text that begins with {{ needs quotes"),
        ("{}", "prompt 'x' has no text in de"),
        ("{en: , de: B}", "nothing stands where text is wanted"),
        ("{en: ' ', de: B}", "prompt 'x' has a text without words"),
        (f"{{en: {'x' * 10_001}, de: B}}", "prompt 'x' is longer than 10000"),
        ("{en: '{{ x', de: B}", "prompt 'x': its braces do not fit"),
        ("{en: '{% if x %}', de: B}", "prompt 'x': "),
        ("{en: 'Hi ${caller_id_name}.', de: B}", "'${caller_id_name}' would be spoken"),
        ("{en: 'Hi {company}.', de: B}", "'{company}' would be spoken as it stands"),
        ("{en: 'Hi %{company}.', de: B}", "'%{company}' would be spoken"),
        (
            "{en: '{{ compny }}', de: B}",
            "there is no value 'compny'. Did you mean 'company'?",
        ),
    ],
)
def test_each_mistake_is_named(text, problem):
    _, problems = words(text, "[en, de]")
    assert any(found.startswith(problem) for found in problems), problems


def test_a_comment_that_cuts_a_text_is_told_where_it_begins():
    cut = b"x: Press the # key,\ny: {en: A # b\n}\nn: 5 # five\n"
    document = Document(cut + b"z: 'Press #' # in quotes\n", "t.yaml")
    for _, node in document.read().pairs:
        read = Words(document, None, None)
        read.texts(node, Context(document, {}, "x"), "x")
    found = [(p.line, p.column, p.width, p.code) for p in document.problems]
    assert found == [
        (1, 14, 6, "not-yaml"),
        (2, 11, 3, "not-yaml"),
        (4, 6, 6, "not-yaml"),
    ]


def test_words_in_braces_and_amounts_in_dollars_are_words():
    assert words("'A {b c} for 5$, {{ company }}, {}'")[1] == []


def test_every_unknown_value_is_told_where_it_stands():
    document = Document(b"x: >-\n  One {{ b }} and\n  two {{a}}, {{ b }}.\n", "t.yaml")
    ((_, text),) = document.read().pairs
    Words(document, None, None).texts(text, Context(document, {}, "x"), "x")
    found = [(p.problem, p.line, p.column, p.width) for p in document.problems]
    assert found == [
        ("there is no value 'a'", 3, 9, 1),
        ("there is no value 'b'", 2, 10, 1),
    ]


def test_a_value_that_stands_nowhere_plainly_is_told_at_its_text():
    document = Document(b'x: "{{ \\x62 }}"\n', "t.yaml")
    ((_, text),) = document.read().pairs
    Words(document, None, None).texts(text, Context(document, {}, "x"), "x")
    assert (document.problems[0].column, document.problems[0].width) == (4, 12)


@pytest.mark.parametrize(
    ("languages", "problem"),
    [
        ("en", "languages is a list"),
        ("[]", "languages is a list"),
        ("[en, en]", "the language en stands twice"),
        ("[../x]", "'../x' is no language"),
        ("[dk]", "'dk' is no language"),
        ("[ger]", "'ger' is no language"),
        ("[[en]]", "a list stands where a language is wanted"),
    ],
)
def test_languages_that_are_none_are_told(languages, problem):
    assert problem in words("Hi.", languages)[1]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ("3", "a number stands where values are"),
        ("{my-company: x}", "'my-company' cannot be the name of a value"),
        ("{a: [x]}", "a list stands where text is wanted"),
        (f"{{a: {'x' * 1001}}}", "value 'a' is longer than 1000 characters"),
    ],
)
def test_values_that_are_none_are_told(values, problem):
    assert problem in words("Hi.", values=values)[1]


def test_a_text_that_grows_too_long_is_told():
    text = "'" + "{{ a }}" * 11 + "'"
    _, problems = words(text, values=f"{{a: {'x' * 1000}}}")
    assert problems == ["prompt 'x': it is longer than 10000 characters"]
