"""What Graphviz is told to draw."""

import re
from itertools import pairwise

from eslflow.check.dot import FEW, MOST_FALLBACKS, MOST_RANKS, dot
from eslflow.check.graph import Arrow, Box, Graph, Look

STEPS = (
    Box("ask", "consent", Look.PLAIN, "training"),
    Box("pin", "collect", Look.MASKED, "4 digits"),
    Box("talk", "queue", Look.RECORDED, "sales"),
    Box("dialplan", "", Look.END),
    Box("bye", "hangup", Look.END),
)
ARROWS = (
    Arrow(0, 1, "1 granted, 2 refused", False),
    Arrow(0, 1, "unanswered (nothing pressed), error", True),
    Arrow(1, 2, "", False),
    Arrow(2, 3, "timeout", True),
)
DRAWN = Graph("test", STEPS, ARROWS, "Day & night")
PLAIN = Box("a", "queue", Look.PLAIN)


def lines(drawn=DRAWN):
    return [line.strip() for line in dot(drawn).splitlines()]


def beside(arrow):
    """Return the lines beside an arrow that is alone."""
    (line,) = [line for line in lines(Graph("a", (PLAIN,), (arrow,))) if "->" in line]
    return re.sub("</?(t[a-z]+|td [^>]*|table [^>]*)>", "", line)


def test_a_box_has_its_name_and_kind_and_looks_as_it_is_recorded():
    found = lines()
    assert found[0] == 'digraph "test" {'
    assert found[-1] == "}"
    small = '<br/><font point-size="11">{}</font>'.format
    assert f"s0 [label=<<b>ask</b>{small('consent: training')}>]" in found
    (pin,) = [line for line in found if line.startswith("s1 [")]
    assert "<b>pin</b>" in pin
    assert "style=striped" in pin
    talk = f"label=<<b>talk</b>{small('queue: sales')}>"
    assert f's2 [{talk}, fillcolor="#fbd5d5", color="#b00020"]' in found
    (end,) = [line for line in found if line.startswith("s3 [")]
    assert "label=<dialplan>, shape=plaintext" in end
    assert any(f"label=<bye{small('hangup')}>, shape" in line for line in found)


def test_a_fallback_is_dashed_and_an_arrow_without_words_has_none():
    assert 's1 -> s2 [label=""]' in lines()
    (dashed,) = [line for line in lines() if line.startswith("s2 -> s3")]
    assert dashed.endswith("</table>>, style=dashed]")


def test_what_stands_beside_an_arrow_is_broken_into_short_lines():
    for words, told in {
        "1 granted, 2 refused": "1 granted,<br/>2 refused",
        "unopposed (nothing pressed)": "unopposed<br/>(nothing pressed)",
        "timeout, no agents, failed": "timeout, no agents,<br/>failed",
    }.items():
        assert beside(Arrow(0, 0, words, False)) == f"s0 -> s0 [label=<{told}>]"


def test_what_stands_beside_an_arrow_keeps_off_its_line():
    assert all('cellpadding="5"' in line for line in lines() if "1 granted" in line)


def test_nothing_of_a_name_is_markup():
    odd = Graph('a"b\\', (Box("<b>&", "k", Look.PLAIN, "<i>"),), ())
    assert lines(odd)[0] == 'digraph "a\\"b\\\\" {'
    text = '<b>&lt;b&gt;&amp;</b><br/><font point-size="11">k: &lt;i&gt;</font>'
    assert f"s0 [label=<{text}>]" in lines(odd)
    assert "&lt;b&gt;" in beside(Arrow(0, 0, "<b>", False))


def test_a_picture_says_what_it_shows_and_what_its_colours_mean():
    (label,) = [line for line in lines() if line.startswith("label=<")]
    assert label.startswith('label=<<font point-size="18"><b>test</b></font><br/>')
    for words in ("Day &amp; night", "red: rec", "striped: silence", "dashed: nothing"):
        assert words in label
    plain = Graph("a<b", (PLAIN,), ())
    assert 'label=<<font point-size="18"><b>a&lt;b</b></font>>' in lines(plain)


def test_the_title_of_a_large_picture_grows_and_its_boxes_move_together():
    drawn = Graph("a", (PLAIN,) * FEW * 4, ())
    assert 'label=<<font point-size="36"><b>a</b></font>>' in lines(drawn)
    assert any("nodesep=0.10" in line for line in lines(drawn))
    assert any("nodesep=0.20" in line for line in lines())


def test_no_side_of_a_picture_is_longer_than_that_of_a_sheet():
    a2_inches = 594 / 25.4
    (size,) = re.findall(r'size="([\d.]+),([\d.]+)"', dot(DRAWN))
    assert all(a2_inches - 0.1 < float(side) <= a2_inches for side in size)


def test_all_words_are_of_one_width_wherever_they_are_drawn():
    assert len(re.findall('fontname="Arial,[^"]*"', dot(DRAWN))) == 3


def chain(count, *more):
    """Return the arrows of a chain of boxes that are not bound to ranks."""
    boxes = (*(PLAIN,) * count, Box("hangs up", "", Look.END))
    links = (Arrow(place, place + 1, "", False) for place in range(count - 1))
    drawn = Graph("a", boxes, (*links, *more))
    loose = (line for line in lines(drawn) if "constraint=false" in line)
    return [line.split(" [")[0] for line in loose]


def test_a_long_chain_goes_on_in_another_column():
    last = MOST_RANKS - 1
    assert chain(MOST_RANKS) == []
    assert chain(2 * MOST_RANKS) == [f"s{last} -> s{last + 1}"]


def test_an_arrow_back_does_not_make_a_chain_longer():
    assert chain(MOST_RANKS, Arrow(MOST_RANKS - 1, 0, "", False)) == []


def test_an_end_stands_beside_what_leads_there():
    assert chain(MOST_RANKS, Arrow(MOST_RANKS - 1, MOST_RANKS, "", False)) == []


def test_a_step_that_is_led_to_late_stands_late_wherever_it_is_in_the_file():
    late = MOST_RANKS
    boxes = (PLAIN,) * (late + 2)
    way = [0, *range(2, late + 1), 1, late + 1]
    drawn = Graph("a", boxes, tuple(Arrow(a, b, "", False) for a, b in pairwise(way)))
    loose = [line for line in lines(drawn) if "constraint=false" in line]
    assert [line.split(" [")[0] for line in loose] == [f"s{late} -> s1"]


def crowd(count, *more):
    """Return the text of a picture in which so many boxes fall back to one."""
    boxes = (Box("<desk>", "queue", Look.PLAIN), *(PLAIN,) * count)
    falls = (Arrow(place, 0, "error", True) for place in range(1, count + 1))
    return lines(Graph("a", boxes, (*falls, *more)))


def leads(found):
    """Return where its arrows lead."""
    return [line.split(" -> ")[1].split()[0] for line in found if " -> " in line]


def test_a_few_lines_to_a_step_lead_there():
    few = crowd(MOST_FALLBACKS)
    assert set(leads(few)) == {"s0"}
    assert "a grey name" not in "".join(few)


def test_many_dashed_lines_to_a_step_end_at_its_name():
    many = MOST_FALLBACKS + 1
    found = crowd(many, Arrow(1, 0, "1", False))
    assert leads(found) == [*(f"f{number}" for number in range(many)), "s0"]
    stubs = [line for line in found if re.match("f[0-9]+ ", line)]
    assert all("<b>&lt;desk&gt;</b>" in line for line in stubs)
    (dashed,) = [line for line in found if line.startswith("s1 -> f0 ")]
    assert "error" in dashed
    assert dashed.endswith("style=dashed]")
    assert any("a grey name: on to the step of that name" in line for line in found)


def test_one_line_leads_to_a_step_to_which_only_dashed_ones_do():
    assert leads(crowd(MOST_FALLBACKS + 1))[-2:] == [f"f{MOST_FALLBACKS - 1}", "s0"]


def test_dashed_lines_to_an_end_stay():
    boxes = (Box("bye", "hangup", Look.END), *(PLAIN,) * 9)
    falls = tuple(Arrow(place, 0, "", True) for place in range(1, 10))
    assert set(leads(lines(Graph("a", boxes, falls)))) == {"s0"}
