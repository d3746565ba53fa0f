"""Flows as pictures."""

from itertools import pairwise

from eslflow.check.graph import (
    MOST_ENDS,
    MOST_WORDS,
    Arrow,
    Box,
    Graph,
    Look,
    graph,
    mermaid,
)
from tests.steps_of import Texts, flow

HEAD = """\
flow: test
purposes: {training: {basis: consent}}
notices: {recording: {version: 1, text: May we?}}
prompts: {hello: Hello.}
"""
FLOW = """
hello: {announce: hello}
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  refused: choose
choose: {menu: hello, keys: {1: pin, 2: talk}, failure: talk, error: talk}
pin: {collect: hello, digits: 4, into: pin, record: masked, next: talk}
bye: {hangup: NORMAL_CLEARING}
talk: {queue: sales, record: on, from: answer, timeout: bye}
"""


def drawn(steps=FLOW):
    return graph(flow(steps, HEAD))


def arrows(found):
    """Return the arrows by the names of the boxes they join."""
    return {
        (found.boxes[a.source].name, found.boxes[a.target].name, a.is_fallback): a.words
        for a in found.arrows
    }


def test_boxes_are_steps_as_they_are_recorded_and_the_ends():
    assert drawn().boxes == (
        Box("hello", "announce", Look.PLAIN, "“Hello.”"),
        Box("ask", "consent", Look.PLAIN, "training"),
        Box("choose", "menu", Look.PLAIN, "“Hello.”"),
        Box("pin", "collect", Look.MASKED, "4 digits"),
        Box("bye", "hangup", Look.PLAIN),
        Box("talk", "queue", Look.RECORDED, "sales"),
        Box("hangs up", "", Look.END),
        Box("dialplan", "", Look.END),
    )


def test_arrows_carry_what_leads_there_and_ways_that_lead_alike_share_one():
    assert arrows(drawn()) == {
        ("hello", "ask", False): "",
        ("ask", "choose", False): "1 granted, 2 refused",
        ("ask", "choose", True): "unanswered (nothing pressed)",
        ("choose", "pin", False): "1",
        ("choose", "talk", False): "2",
        ("choose", "talk", True): "nothing pressed, error",
        ("pin", "talk", False): "",
        ("talk", "hangs up", False): "",
        ("talk", "bye", True): "timeout",
        ("talk", "dialplan", True): "no agents, failed, error",
    }


def test_what_a_key_chose_is_whole_and_silence_is_dashed():
    chosen = """
    tongue: {language: hello, keys: {1: en}, failure: bye}
    tell:
      objection: {notice: recording, purpose: quality}
      keys: {3: objected}
      objected: bye
      undecided: bye
    talk: {queue: sales, record: on}
    bye: {hangup: NORMAL_CLEARING}
    """
    quality = "quality: {basis: legitimate_interests}"
    found = graph(flow(chosen, HEAD.replace("training: {basis: consent}", quality)))
    told = {ends: words for ends, words in arrows(found).items() if ends[0] != "talk"}
    assert told == {
        ("tongue", "tell", False): "1 en",
        ("tongue", "bye", True): "nothing pressed",
        ("tell", "bye", False): "3 objected",
        ("tell", "bye", True): "undecided",
        ("tell", "talk", True): "unopposed (nothing pressed)",
    }


def test_a_key_that_says_more_leads_back_to_the_question():
    asked = """
    ask:
      consent: {notice: recording, purpose: training}
      keys: {1: granted, 2: refused, 9: more}
      more: recording
    talk: {queue: sales, record: on}
    """
    assert arrows(drawn(asked))["ask", "ask", False] == "9 more"
    assert ("ask", "ask", False) not in arrows(drawn())


def test_whether_silence_or_another_key_leads_on_is_told_apart():
    asked = """
    which: {menu: hello, keys: {1: talk}, on_timeout: bye, failure: number}
    number: {collect: hello, digits: 4, into: number, failure: bye}
    other: {menu: hello, keys: {1: talk}, invalid: bye}
    talk: {queue: sales}
    bye: {hangup: NORMAL_CLEARING}
    """
    told = arrows(drawn(asked))
    assert told["which", "bye", True] == "nothing pressed"
    assert told["which", "number", True] == "another key, error"
    assert told["number", "bye", True] == "not entered"
    assert told["other", "bye", True] == "another key"
    assert told["other", "talk", True] == "nothing pressed, error"


def test_what_a_rule_chose_is_whole():
    ruled = """
    by: {branch: caller, cases: {+49*: when}, otherwise: bye}
    when: {hours: office, holiday: bye, closed: bye}
    hi: {announce: hello, error: bye}
    bye: {hangup: NORMAL_CLEARING}
    """
    office = "hours: {office: {zone: Europe/Berlin, mon: 08:00-17:00}}\n"
    assert arrows(graph(flow(ruled, HEAD + office))) == {
        ("by", "when", False): "+49*",
        ("by", "bye", False): "otherwise",
        ("when", "hi", False): "open",
        ("when", "bye", False): "closed, holiday",
        ("hi", "bye", False): "",
    }


def test_a_case_is_told_even_if_it_is_named_as_a_quiet_ending():
    ruled = "by: {branch: caller_name, cases: {done: bye}, otherwise: talk}\n"
    ruled += "talk: {queue: sales}\nbye: {hangup: NORMAL_CLEARING}\n"
    assert arrows(drawn(ruled))["by", "bye", False] == "done"


def test_a_call_that_came_to_nothing_is_dashed_whatever_comes_then():
    calls = """
    ring: {dial: {user: 1001}, busy: bye, refused: bye, no_answer: talk}
    talk: {queue: support}
    bye: {hangup: USER_BUSY}
    """
    assert arrows(drawn(calls)) == {
        ("ring", "talk", True): "no answer",
        ("ring", "bye", True): "busy, refused",
        ("ring", "hangs up", False): "",
        ("ring", "dialplan", True): "full, failed, error",
        ("talk", "hangs up", False): "",
        ("talk", "bye", True): "timeout, no agents, failed, error",
    }


def test_each_way_of_an_arrow_is_there_until_there_are_too_many():
    cases = ", ".join(f"'+49{number}*': bye" for number in range(10, 40))
    many = f"by: {{branch: caller, cases: {{{cases}}}}}\nbye: {{hangup: USER_BUSY}}"
    (arrow,) = drawn(many).arrows
    assert arrow.words.startswith("+4910*, +4911*, ")
    assert len(arrow.words) == MOST_WORDS
    assert arrow.words.endswith("…")


def test_mermaid_draws_boxes_arrows_and_looks():
    lines = mermaid(drawn()).splitlines()
    assert lines[0] == "flowchart TD"
    assert '    s5["talk<br/><small>queue: sales</small>"]' in lines
    assert '    s6(["hangs up"])' in lines
    assert "    s0 --> s1" in lines
    assert '    s5 -.->|"timeout"| s4' in lines
    assert "    class s5 recorded" in lines
    assert "    class s3 masked" in lines
    assert "    class s6,s7 over" in lines


def test_a_step_that_goes_into_another_flow_leads_there_without_a_word():
    inner = "flow: inner\nsteps: {bye: {hangup: NORMAL_CLEARING}}\n"
    found = graph(flow("in: {flow: inner}\n", HEAD, Texts({"inner": inner})))
    assert arrows(found)["in", "in/bye", False] == ""


def test_looks_that_are_not_there_are_not_named():
    text = mermaid(drawn("hi: {announce: hello}"))
    assert "class s0" not in text
    assert "recorded\n" not in text.replace("classDef", "")


def test_nothing_of_a_name_is_markup():
    odd = Graph(
        'a"b\\',
        (Box('"<#>*', "k", Look.PLAIN, "<b>"), Box("z", "k", Look.PLAIN)),
        (Arrow(0, 1, '"*"', False),),
    )
    assert '["#quot;#lt;#35;#gt;#42;<br/><small>k: #lt;b#gt;<' in mermaid(odd)
    assert '|"#quot;#42;#quot;"|' in mermaid(odd)


def with_queues(number):
    names = [f"q{place}" for place in range(number)]
    lines = [f"{a}: {{queue: {a}, timeout: {b}}}" for a, b in pairwise(names)]
    return drawn("\n".join([*lines, f"{names[-1]}: {{queue: last}}\n"]))


def test_an_end_that_many_steps_lead_to_is_drawn_at_each_of_them():
    few = [box.name for box in with_queues(MOST_ENDS).boxes if box.look is Look.END]
    assert few == ["hangs up", "dialplan"]
    many = with_queues(MOST_ENDS + 1)
    ends = {n for n, box in enumerate(many.boxes) if box.name == "hangs up"}
    led = [arrow.target for arrow in many.arrows if arrow.target in ends]
    assert len(ends) == MOST_ENDS + 1
    assert sorted(led) == sorted(ends)


def test_a_step_that_hangs_up_and_that_many_lead_to_is_drawn_at_each_of_them():
    def hung_up(many):
        names = [f"q{number}" for number in range(many)]
        queues = "".join(f"{name}: {{queue: x, next: bye}}\n" for name in names)
        keys = ", ".join(f"{number}: {name}" for number, name in enumerate(names))
        menu = f"ask: {{menu: hello, keys: {{{keys}}}, next: q0}}\n"
        return drawn(f"{menu}{queues}bye: {{hangup: NORMAL_CLEARING}}\n")

    few = [box for box in hung_up(2).boxes if box.name == "bye"]
    assert few == [Box("bye", "hangup", Look.PLAIN)]
    many = hung_up(9)
    ends = [n for n, box in enumerate(many.boxes) if box.name == "bye"]
    assert {many.boxes[n] for n in ends} == {Box("bye", "hangup", Look.END)}
    leading = [sum(arrow.target == n for arrow in many.arrows) for n in ends]
    assert set(leading) == {1}


def test_what_a_step_is_there_for_is_told_beside_what_else_leads_there():
    steps = "ask: {webhook: 'https://a.example/', refused: b, failed: b, done: %s}\n"
    steps += "b: {queue: b}\nc: {queue: c}\n"
    assert arrows(drawn(steps % "b"))["ask", "b", False] == "done, refused"
    assert arrows(drawn(steps % "b"))["ask", "b", True] == "failed"
    assert arrows(drawn(steps % "c"))["ask", "b", False] == "refused"
    assert arrows(drawn(steps % "c"))["ask", "c", False] == ""
