"""Which steps and endings scenarios reach."""

from eslflow.check.covered import coverage, places
from tests.steps_of import Texts, flow

HEAD = "flow: test\nprompts: {welcome: Welcome.}\n"
OPENING = "flow: opening\nprompts: {hi: Hi.}\nsteps:\n  a: {announce: hi}\n"
FLOW = flow(
    """
choose:
  menu: welcome
  keys: {1: hello, 2: talk}
  failure: talk
hello: {announce: welcome}
talk: {queue: support, timeout: hello}
bye: {hangup: NORMAL_CLEARING}
""",
    HEAD,
)


def test_every_step_every_key_and_every_ending_counts():
    assert places(FLOW)[:5] == [
        ("choose", ""),
        ("choose", "1"),
        ("choose", "2"),
        ("choose", "failure"),
        ("choose", "error"),
    ]
    assert ("bye", "") in places(FLOW)


def test_all_of_it_is_a_hundred_percent_and_nothing_is_left():
    found = coverage(FLOW, set(places(FLOW)))
    assert (found.percent, found.left) == (100, ())


def test_what_is_left_is_told_in_words():
    visited = {
        *(("choose", ending) for ending in ("", "1", "2", "failure", "error")),
        *(("talk", ending) for ending in ("", "timeout")),
        ("bye", ""),
    }
    found = coverage(FLOW, visited)
    assert found.left == (
        "step hello",
        "talk: answered (the end)",
        "talk: no_agents (goes to bye)",
        "talk: failed (goes to bye)",
        "talk: error (goes to bye)",
    )
    assert (found.reached, found.places, found.percent) == (8, 15, 53)


def test_an_ending_that_leads_nowhere_leads_to_the_dialplan():
    alone = flow("\ntalk: {queue: support}\n", HEAD)
    left = coverage(alone, {("talk", "")}).left
    assert left[:2] == ("talk: answered (the end)", "talk: timeout (the dialplan)")


def test_a_flow_inside_is_covered_by_its_own_scenarios():
    outer = flow("\nin: {flow: opening}\n", HEAD, Texts({"opening": OPENING}))
    assert places(outer) == [("in", "")]
