"""Which steps a call can come to."""

from eslflow.check.roads import (
    endless,
    graph,
    in_silence,
    permitted,
    reach,
    serves,
    silent,
    without,
)
from tests.proofs import flow_of

HEAD = (
    "flow: test\npurposes: {training: {basis: consent}, quality: "
    "{basis: legitimate_interests}}\n"
    "notices: {n: {version: 1, text: Words.}}\nprompts: {a: A.}\nsteps:\n"
)
FLOW = flow_of(
    f"{HEAD}  m: {{menu: a, keys: {{1: ask, 2: tell}}, timeout: 5s, failure: bye}}\n"
    "  ask: {consent: {notice: n, purpose: training}, keys: {1: granted, 2: refused}, "
    "granted: talk, refused: bye, unanswered: m}\n"
    "  tell: {objection: {notice: n, purpose: quality}, keys: {3: objected}, "
    "objected: bye, next: talk}\n"
    "  bye: {hangup: USER_BUSY}\n  talk: {queue: q, record: on}\n"
)


def test_every_step_has_its_ways():
    roads = graph(FLOW)
    assert roads["m"] == {"ask", "tell", "bye"}
    assert roads["bye"] == set()
    assert roads["talk"] == {""}


def test_in_silence_no_key_is_pressed_and_nothing_fails():
    assert in_silence(FLOW.steps["m"]) == {"failure": "bye"}
    assert silent(FLOW)["ask"] == {"m"}
    assert silent(FLOW)["tell"] == {"talk"}


def test_what_can_be_come_to_ends_at_a_dam():
    assert reach(graph(FLOW), "ask") == {"ask", "talk", "bye", "m", "tell", ""}
    assert reach(without(graph(FLOW), ["m"]), "ask") == {"ask", "talk", "bye", "m", ""}


def test_a_person_or_the_dialplan_serves():
    assert serves(FLOW, ["talk"])
    assert not serves(FLOW, ["bye", ""])
    away = "  t: {transfer: {to: 1000, context: default}, error: b}\n"
    end = "  b: {hangup: USER_BUSY}\n"
    assert serves(flow_of(f"{HEAD}{away}{end}"), ["t"])
    assert serves(flow_of(f"{HEAD}  a: {{announce: a}}\n"), ["a"])


def test_only_a_yes_or_no_objection_permits():
    before = permitted(FLOW)
    assert before["talk"] == {"training", "quality"}
    assert before["ask"] == before["bye"] == set()


def test_what_has_no_way_out_is_endless():
    roads = {"a": ["b"], "b": ["a"], "c": ["a", "d"], "d": []}
    assert endless(roads, lambda name: name == "d") == {"a", "b"}
    assert endless({"a": [""]}, lambda name: False) == set()
