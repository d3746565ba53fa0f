"""What callers hear, word by word: texts by language, with values filled in.

In: the nodes of languages, values and texts. Out: texts by language; what is wrong is
noted in the document. Must not know what a text is for.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from eslflow.errors import RenderError
from eslflow.flow import codes
from eslflow.flow.document import Document, Kind, Node
from eslflow.flow.problems import Context, listed, named, near, scalar
from eslflow.flow.template import MOST_TEXT, MOST_VALUE, names, render

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
"""BCP 47, as far as offices need it."""
_MISTAKEN = {
    "at": "de", "cn": "zh", "cz": "cs", "deu": "de", "dk": "da", "eng": "en",
    "fra": "fr", "gb": "en", "ger": "de", "gr": "el", "ita": "it", "jp": "ja",
    "spa": "es", "us": "en",
}  # fmt: skip
"""Codes of countries that are of no language, and longer ones than BCP 47 takes."""
VALUE_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""As a template can spell it."""
_OTHER_BRACES = re.compile(r"[$%]\{[^{}]*\}?|(?<!\{)\{ *\w+ *\}(?!\})")
"""As other programs write what they fill in."""
VALUE_WORDS = "a name of small letters, digits and _ that begins with a letter"


class Words:
    """What the texts of one flow may be."""

    def __init__(
        self, document: Document, languages: Node | None, values: Node | None
    ) -> None:
        self._document = document
        self.languages = self._read_languages(languages)
        """The first is the default."""
        context = Context(document, {}, "values")
        self.values = named(
            values, context, "value", self._value, VALUE_NAME, VALUE_WORDS
        )
        """The constants of the flow."""

    def texts(self, node: Node, context: Context, what: str) -> dict[str, str]:
        """Return what is said in each language of the flow."""
        if node.is_scalar and len(self.languages) == 1:
            return {self.languages[0]: self._sentence(node, context, what)}
        hint = f"Write one text for each of: {listed(self.languages)}"
        if node.is_scalar:
            problem = f"{what} has one text for all languages"
            context.problem(codes.NO_WORDS, node, problem, hint)
        elif node.kind is not Kind.MAPPING:
            problem = f"{node.kind.value} stands where text is"
            context.problem(codes.WRONG_VALUE, node, problem, hint)
        elif node.pairs and node.pairs[0][0].kind is Kind.MAPPING:
            hint = 'Put the whole text in quotes: "{{ name }} ..."'
            problem = "text that begins with {{ needs quotes"
            context.problem(codes.WRONG_VALUE, node, problem, hint)
        else:
            return self._by_language(node, context, what)
        return {}

    def _by_language(self, node: Node, context: Context, what: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for language, text in node.pairs:
            if language.text not in self.languages:
                guess = near(language.text, self.languages)
                problem = f"'{language.text}' is no language of this flow{guess}"
                hint = f"languages: {listed(self.languages)}"
                context.problem(codes.UNKNOWN_NAME, language, problem, hint)
            elif language.text in found:
                problem = f"the text in {language.text} stands twice"
                context.problem(codes.TWICE, language, problem, "Remove one of them.")
            else:
                found[language.text] = self._sentence(text, context, what)
        for missing in [name for name in self.languages if name not in found]:
            hint = f"Add {missing}: and the words, or take it out of languages:"
            problem = f"{what} has no text in {missing}"
            context.problem(codes.NO_WORDS, node, problem, hint)
        return found

    def _sentence(self, node: Node, context: Context, what: str) -> str:
        text = scalar(node, context, "text")
        if text is None:
            return ""
        self._check_whole(node, text, context)
        if not text.strip():
            hint = "Write the words that callers hear."
            problem = f"{what} has a text without words"
            context.problem(codes.NO_WORDS, node, problem, hint)
        if len(text) > MOST_TEXT:
            problem = f"{what} is longer than {MOST_TEXT} characters"
            hint = "Nobody listens that long: shorten it."
            context.problem(codes.TOO_LONG, node, problem, hint)
            return ""
        try:
            if self._are_known(names(text), node, context):
                return " ".join(render(text, self.values).split())
        except RenderError as error:
            hint = "A text holds words, and names of values: as {{ name }}."
            context.problem(error.code, node, f"{what}: {error.problem}", hint)
        return ""

    def _check_whole(self, node: Node, text: str, context: Context) -> None:
        """Note what would be left out, or spoken as it stands."""
        if node.comment is not None:
            problem = "this is a comment, and nobody hears it"
            hint = "Put the whole text in quotes; a comment stands on its own line."
            behind = Node(node.kind, node.comment)
            context.problem(codes.NOT_YAML, behind, problem, hint)
        found = _OTHER_BRACES.search(text)
        if found is not None:
            problem = f"'{found[0]}' would be spoken as it stands"
            place = self._document.place_of(f"({re.escape(found[0])})", node.mark)
            here = Node(node.kind, place)
            hint = "Values are written {{ name }}; nothing of a call is ever played."
            context.problem(codes.WRONG_VALUE, here, problem, hint)

    def _are_known(self, wanted: Collection[str], node: Node, context: Context) -> bool:
        unknown = sorted(set(wanted) - self.values.keys())
        for name in unknown:
            pattern = rf"\{{\{{[-+]?\s*({re.escape(name)})\b"
            here = Node(node.kind, self._document.place_of(pattern, node.mark))
            guess = near(name, self.values)
            hint = f"values: {listed(self.values)}"
            problem = f"there is no value '{name}'{guess}"
            context.problem(codes.UNKNOWN_NAME, here, problem, hint)
        return not unknown

    def _read_languages(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return ("en",)
        context = Context(self._document, {}, "languages")
        if node.kind is not Kind.LIST or not node.items:
            hint = "Write languages: [en, de]"
            context.problem(codes.WRONG_VALUE, node, "languages is a list", hint)
            return ("en",)
        found: list[str] = []
        for item in node.items:
            text = scalar(item, context, "a language") or ""
            meant = _MISTAKEN.get(text.partition("-")[0].lower(), "")
            if meant or not LANGUAGE.fullmatch(text):
                hint = "A language is written as in en, de or pt-BR."
                hint = f"Write {meant}." if meant else hint
                problem = f"'{text}' is no language"
                context.problem(codes.UNKNOWN_NAME, item, problem, hint)
            elif text in found:
                problem = f"the language {text} stands twice"
                context.problem(codes.TWICE, item, problem, "Remove one of them.")
            else:
                found.append(text)
        return tuple(found) or ("en",)

    def _value(self, name: str, node: Node) -> str | None:
        context = Context(self._document, {}, f"values.{name}")
        text = scalar(node, context, "text")
        if text is not None and len(text) > MOST_VALUE:
            problem = f"value '{name}' is longer than {MOST_VALUE} characters"
            hint = "Write long text where it is said."
            context.problem(codes.TOO_LONG, node, problem, hint)
        return text
