"""Rates of agreement, added up and drawn."""

from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from eslflow.exports.rates import BAR, MOST_NAME, Rate, bar, rates, svg


class Counts(NamedTuple):
    queue: str
    state: str
    questions: int


COUNTS = (
    Counts("sales", "granted", 5),
    Counts("sales", "verbal", 1),
    Counts("support", "refused", 2),
    Counts("sales", "refused", 3),
    Counts("sales", "unanswered", 2),
    Counts("sales", "hung_up", 1),
)
SVG = "{http://www.w3.org/2000/svg}"


def test_questions_are_added_up_by_what_they_have_in_common():
    found = rates(COUNTS, lambda count: (count.queue,))
    assert found == {
        ("sales",): Rate(agreed=6, refused=3, no_answer=2, hung_up=1),
        ("support",): Rate(refused=2),
    }
    assert list(found) == [("sales",), ("support",)]
    assert rates(COUNTS, lambda _: ())[()].asked == 14
    assert rates((), lambda _: ()) == {}


def test_a_rate_is_a_part_of_all_that_were_asked():
    rate = Rate(6, 3, 2, 1)
    assert (rate.asked, rate.share) == (12, 0.5)
    assert rate.json() == {
        "asked": 12, "agreed": 6, "refused": 3, "no_answer": 2, "hung_up": 1,
        "rate": 0.5,
    }  # fmt: skip
    assert Rate().share == 0.0


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, ""), (1, "\u2588" * BAR), (0.5, "\u2588" * (BAR // 2)), (1 / 160, "\u258f"),
     (9 / 160, "\u2588\u258f"), (7 / 160, "\u2589")],
)  # fmt: skip
def test_a_bar_is_as_long_as_the_share(share, text):
    assert bar(share) == text


def test_the_drawing_is_xml_with_a_bar_for_each_rate():
    names = {"<sales> & co": Rate(3, 1), "support": Rate(0, 2)}
    drawn = ElementTree.fromstring(svg("Agreed <of> all", {"queue": names}))  # noqa: S314
    texts = [element.text for element in drawn.iter(f"{SVG}text")]
    assert texts[:3] == ["Agreed <of> all", "queue", "<sales> & co"]
    assert "75.0%" in texts
    assert "3 of 4" in texts
    bars = [r for r in drawn.iter(f"{SVG}rect") if r.get("class") == "agreed"]
    assert [r.get("width") for r in bars] == ["180.0", "0.0"]
    height = float(drawn.get("height"))
    assert all(float(r.get("y")) < height - 20 for r in bars)


def test_a_long_name_stays_beside_its_bar_and_is_told_whole():
    drawn = svg("t", {"notice": {"x" * 80: Rate(1)}})
    assert f">{'x' * (MOST_NAME - 1)}\u2026</text>" in drawn
    assert f"<title>{'x' * 80}: 1 of 1 agreed</title>" in drawn
