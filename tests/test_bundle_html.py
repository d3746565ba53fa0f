"""HTML in which no text can be anything but text."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.bundle.html import Html, joined, tag, text


class Heard(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.said = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, name, attributes):
        self.tags.append((name, dict(attributes)))

    def handle_data(self, data):
        self.said.append(data)


@given(st.text(), st.text())
def test_whatever_a_text_is_the_tags_stay_the_same(words, value):
    found = Heard(tag("p", words, title=value, class_="x"))
    assert [name for name, _ in found.tags] == ["p"]
    assert set(found.tags[0][1]) == {"title", "class"}
    assert "<" not in text(words)


@pytest.mark.parametrize("word", ["Grüße", "a\u00a0b", "100 €", "😀", "日本"])
def test_words_of_any_language_stay_as_they_are(word):
    assert Heard(tag("p", word)).said == [word]


@pytest.mark.parametrize("odd", "\x00\x1b\x7f\u202e\u2066\u200b\ufeff\ud800\U000e0041")
def test_what_cannot_be_seen_or_turns_the_line_is_shown(odd):
    assert text(f"a{odd}b") == "a\ufffdb"


def test_lines_are_blanks_and_nothing_is_nothing():
    assert text("a\nb\tc") == "a b c"
    assert text(None) == ""
    assert joined(1, Html("<b>"), "<b>") == "1<b>&lt;b&gt;"
    assert tag("p", joined("&")) == "<p>&amp;</p>"
