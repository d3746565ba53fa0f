"""Every state that calls of a flow can come to."""

import gc
from dataclasses import replace
from functools import partial
from random import Random

import pytest

from eslflow.check import way
from eslflow.check.explore import Explorer
from eslflow.check.happens import happens
from eslflow.check.observer import FORGOTTEN
from eslflow.check.outcomes import choices
from eslflow.check.stage import Stage
from tests.proofs import explored, flow_of, moves_of, unmeasured
from tests.steps_of import flow

WORDS = "flow: test\nprompts: {a: A.}\n"


def test_a_flow_that_only_speaks_has_few_states():
    explorer = explored(flow("a: {announce: a}\n", WORDS))
    ends = {state.ending for state in explorer.states}
    assert ends == {"", "finished", "handed_back", "hung_up"}
    assert {("a", ""), ("a", "done"), ("a", "error")} <= explorer.visited
    assert explorer.is_whole


def test_the_shortest_way_leads_from_a_call_to_a_state():
    explorer = explored(flow("a: {announce: a}\nb: {announce: a}\n", WORDS))
    (last,) = (state for state in explorer.states if state.ending == "finished")
    begin, way = explorer.way(last.number)
    assert begin.offered.uuid == "a-leg"
    assert [choice.what for _, choice in way] == ["played", "played", "the end"]


@pytest.mark.parametrize("name", ["talk", "card", "moved"])
def test_anchors_change_nothing_but_the_time_it_takes(name, monkeypatch):
    short = explored(flow_of(name))
    monkeypatch.setattr(Explorer, "_shorter", lambda _, __, ___: None)
    long = explored(flow_of(name))
    assert set(short._numbers) == set(long._numbers)


DESKS = """\
flow: desks
purposes: {training: {basis: consent}}
notices: {recording: {version: 1, text: Press 1 or 2.}}
prompts: {which: Which., sorry: Sorry.}
%s
steps:
  ask: {consent: {notice: recording, purpose: training}, keys: {1: granted, 2: refused}}
  one: {menu: which, keys: {1: a, 2: two}, failure: a}
  two: {menu: which, keys: {1: b, 2: three}, failure: x}
  three: {menu: which, keys: {1: c, 2: c}, failure: z}
  a: {queue: a, record: on, from: answer, timeout: x, no_agents: x}
  x: {announce: sorry, next: line}
  b: {queue: b, record: on, from: answer, timeout: y, no_agents: y}
  y: {announce: sorry, next: three}
  line: {set: {line: first}}
  c: {queue: c, record: on, from: answer, timeout: z, no_agents: z}
  z: {announce: sorry}
"""
KEYS = "recording: {agent_keys: {1: mask, 2: unmask, 0: stop}}"
LIST = "recording: {never_record: [5551]}"


def wrong_of(explorer):
    keys = explorer._keys
    return {(wrong.found, keys[wrong.state], wrong.choice) for wrong in explorer.wrong}


HEAD = """\
flow: test
purposes: {%s}
notices: {recording: {version: 1, text: Press 1 or 2.}}
prompts: {which: Which.}
steps:
"""
ASK = """\
  ask%(n)d:
    consent: {notice: recording, purpose: p%(n)d}
    keys: {1: granted, 2: refused}
"""
DESK = (
    "{queue: desk%(n)d, record: on, from: answer, timeout: %(to)s, no_agents: %(to)s}"
)
PAYMENT = f"""\
  card%(n)d:
    {{collect: which, digits: 12..19, check: luhn, into: card%(n)d, secure: true,
    failure: desk%(n)d, error: desk%(n)d}}
  pay%(n)d:
    webhook: https://pay.example.com/
    secrets: [card%(n)d]
    gets: {{status: paid%(n)d}}
    refused: desk%(n)d
    failed: desk%(n)d
  look%(n)d:
    {{branch: paid%(n)d, cases: {{ok: desk%(n)d}}, otherwise: desk%(n)d}}
  desk%(n)d: {DESK}
"""
BRANCH = f"""\
  look%(n)d:
    branch: {{consent: p%(of)d}}
    cases: {{granted: desk%(n)d}}
    otherwise: desk%(n)d
  desk%(n)d: {DESK}
"""
LAST = "  last: {queue: last, record: on}\n"


def payments(count):
    """Return a flow of payments that differ in the names of values alone."""
    to = [*(f"card{n}" for n in range(1, count)), "last"]
    steps = [PAYMENT % {"n": n, "to": to[n]} for n in range(count)]
    return "".join([HEAD % "p0: {basis: consent}", ASK % {"n": 0}, *steps, LAST])


def branches(count):
    """Return a flow of desks that look at one of two purposes by turns."""
    to = [*(f"look{n}" for n in range(1, count)), "last"]
    desks = [BRANCH % {"n": n, "of": n % 2, "to": to[n]} for n in range(count)]
    two = HEAD % "p0: {basis: consent}, p1: {basis: consent}"
    return "".join([two, ASK % {"n": 0}, ASK % {"n": 1}, *desks, LAST])


@pytest.mark.parametrize(
    ("text", "least"),
    [
        (DESKS % KEYS, 0.5),
        (DESKS % LIST, 0.5),
        (payments(4), 0.2),
        (branches(6), 0.05),
    ],
    ids=["keys", "list", "payments", "branches"],
)
def test_what_is_copied_is_what_would_have_happened(text, least, monkeypatch):
    desks, made = flow_of(text), []
    copied = Explorer._copied

    def counted(*given):
        made.append(copied(*given))
        return made[-1]

    monkeypatch.setattr(Explorer, "_copied", counted)
    quick, slow = Explorer(desks), Explorer(desks, copies=False)
    quick.run()
    assert len(made) > len(quick.states) * least
    unmeasured(slow.run)
    assert moves_of(quick) == moves_of(slow)
    assert quick.visited == slow.visited
    assert quick._is_copying


def test_coming_to_a_step_leads_to_each_state_that_it_is_noted_for():
    explorer = explored(flow_of(payments(3)))
    for number, anchor in explorer._entries.items():
        stage = way.call_on(explorer.plan, way.Way(anchor.begin, anchor))
        assert explorer.key(stage) == explorer._keys[number]
    assert len(explorer._entries) > 20


LIKE = """\
flow: test
purposes: {training: {basis: legal_obligation}}
prompts: {which: Which.}
steps:
  which: {menu: which, keys: {1: a, 2: b, 3: c, 4: c}, failure: a}
  a: {announce: which, record: on, next: end}
  b: {announce: which, record: on, next: end}
  c: {announce: which, next: end}
  end: {hangup: NORMAL_CLEARING}
"""


def test_keys_that_lead_to_like_steps_are_pressed_once(monkeypatch):
    quick, slow = Explorer(flow_of(LIKE)), Explorer(flow_of(LIKE), copies=False)
    pressed, go = set(), Explorer._go

    def goes(explorer, number, choice):
        if explorer is quick:
            pressed.add((choice.what, choice.arg))
        go(explorer, number, choice)

    monkeypatch.setattr(Explorer, "_go", goes)
    quick.run()
    slow.run()
    assert {("presses", "1"), ("presses at last", "3")} <= pressed
    assert pressed.isdisjoint({("presses", "2"), ("presses at last", "4")})
    assert moves_of(quick) == moves_of(slow)
    assert quick.visited >= {("which", "2"), ("which", "4")}


def test_a_key_is_pressed_itself_where_the_one_before_went_wrong(monkeypatch):
    def comes(observer, step):
        observer.step = step
        if step in ("a", "b"):
            observer._note(FORGOTTEN, "it is come to")

    monkeypatch.setattr("eslflow.check.observer.Observer.comes_to", comes)
    explorer = explored(flow_of(LIKE))
    found = {(wrong.found.step, wrong.choice.arg) for wrong in explorer.wrong}
    assert found >= {("a", "1"), ("b", "2")}


def test_what_is_wrong_in_a_step_is_found_in_each_one_like_it(monkeypatch):
    def looks(observer, is_inside):
        if observer.switch.running and is_inside:
            observer._note(FORGOTTEN, "it runs")

    monkeypatch.setattr("eslflow.check.observer.Observer.looks", looks)
    desks = flow_of(DESKS % "")
    quick, slow = Explorer(desks), Explorer(desks, copies=False)
    for explorer in (quick, slow):
        unmeasured(explorer.run)
    assert {wrong.found.step for wrong in quick.wrong} >= {"a", "b", "c"}
    assert wrong_of(quick) == wrong_of(slow)


UNLIKE = """\
flow: test
purposes: {duty: {basis: legal_obligation}}
prompts: {which: Which.}
steps:
  one: {menu: which, keys: {1: q, 2: two}, failure: p}
  two: {menu: which, keys: {1: on, 2: q}, failure: three}
  three: {menu: which, keys: {1: off, 2: q}, failure: p}
  q: {announce: which, record: on, next: end}
  p: {announce: which, next: end}
  on: {announce: which, record: on, next: p}
  off: {announce: which, next: p}
  end: {hangup: NORMAL_CLEARING}
"""


def test_steps_that_are_not_as_like_as_was_thought_are_gone_through_themselves():
    slow, quick = Explorer(flow_of(UNLIKE), copies=False), Explorer(flow_of(UNLIKE))
    unmeasured(slow.run)
    assert {"two", "three", "on", "off"} <= quick.plan.repeated
    quick.plan = replace(quick.plan, shapes={**quick.plan.shapes, "off": "on"})
    quick._kinds["off"] = quick._kinds["on"]
    quick.run()
    assert not quick._is_copying
    assert {state.step for state in quick.states} >= {"on", "off"}
    assert len(quick.states) == len(slow.states)


WALKS, FARTHER = 60, 12
WALKED = ("talk", "card", "twice", "ends", "moved", "both", "private", "listed") + (
    *("demanded", "recalled", "verbal", "hushed", "desks"),
)


@pytest.mark.parametrize("name", WALKED)
def test_a_call_goes_where_the_proof_says_however_it_came_there(name):
    """What counts as one state must go on as one, whatever led to it."""
    explorer = explored(flow_of(DESKS % KEYS if name == "desks" else name))
    moves = [{m.choice: m.to for m in state.moves} for state in explorer.states]
    chance = Random(name)
    for _ in range(WALKS):
        begin, way = explorer.way(chance.randrange(len(moves)))
        stage = Stage(explorer.plan, begin)
        stage.start()
        at = explorer._numbers[explorer.key(stage)]
        first = [choice for _, choice in way]
        for _ in range(len(first) + FARTHER):
            there = choices(stage, explorer.looks)
            assert set(there) == set(moves[at])
            if stage.engine.is_over:
                break
            # Who hangs up too soon sees little.
            stays = [choice for choice in there if choice.what != "hang up"]
            choice = first.pop(0) if first else chance.choice(stays or there)
            happens(stage, choice)
            assert stage.observer.wrong == []
            at = moves[at][choice]
            assert explorer._numbers[explorer.key(stage)] == at


@pytest.mark.parametrize("name", ["talk", "card", "verbal", "listed"])
def test_in_which_order_things_are_tried_makes_no_other_states(name, monkeypatch):
    first = unmeasured(partial(explored, flow_of(name)))

    def turned(stage, looks):
        return choices(stage, looks)[::-1]

    monkeypatch.setattr("eslflow.check.explore.choices", turned)
    second = unmeasured(partial(explored, flow_of(name)))
    assert moves_of(first) == moves_of(second)


@pytest.mark.parametrize("name", ["talk", "card", "both", "verbal", "private"])
def test_calls_that_are_kept_change_nothing_but_the_time_it_takes(name, monkeypatch):
    built, call_on = [], way.call_on

    def counted(plan, way):
        built.append(way)
        return call_on(plan, way)

    monkeypatch.setattr("eslflow.check.explore.call_on", counted)
    quick = unmeasured(partial(explored, flow_of(name)))
    few = len(built)
    monkeypatch.setattr("eslflow.check.kept.MOST", 0)
    slow = unmeasured(partial(explored, flow_of(name)))
    assert few < 0.7 * (len(built) - few)
    assert moves_of(quick) == moves_of(slow)
    assert quick.visited == slow.visited


@pytest.mark.parametrize("is_on", [True, False])
def test_the_garbage_collector_is_left_as_it_was(is_on):
    try:
        (gc.enable if is_on else gc.disable)()
        explored(flow_of("asked"))
        assert gc.isenabled() is is_on
    finally:
        gc.enable()


def test_next_to_nothing_is_left_to_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        explorer = explored(flow_of("talk"))
        left = sum(isinstance(thing, Stage) for thing in gc.get_objects())
    finally:
        gc.enable()
    assert len(explorer.states) > 300
    assert left < 30


def test_where_an_anchor_leads_elsewhere_the_long_way_is_gone(monkeypatch):
    def fails(_, __):
        raise LookupError("no way")

    short = explored(flow_of("stays"))
    monkeypatch.setattr(way, "unrecorded_from", fails)
    assert set(explored(flow_of("stays"))._numbers) == set(short._numbers)


def test_an_emergency_goes_its_own_way():
    steps = "a: {announce: a}\nd: {dial: {gateway: g, number: called}}\n"
    explorer = explored(flow(steps, WORDS))
    starts = [state for state in explorer.states if state.begin is not None]
    assert [state.step for state in starts] == ["a", "d"]


def test_what_is_wrong_is_noted_and_not_gone_on_from(monkeypatch):
    def looks(observer, is_inside):
        if observer.switch.running and is_inside:
            observer._note(FORGOTTEN, "it runs")

    monkeypatch.setattr("eslflow.check.observer.Observer.looks", looks)
    explorer = explored(flow_of("masked"))
    assert {wrong.found.rule for wrong in explorer.wrong} == {FORGOTTEN}
    assert {state.step for state in explorer.states if not state.ending} >= {"talk"}
    assert explorer.wrong[0].choice.arg == "start does"


def test_calls_that_are_one_and_go_on_otherwise_are_a_fault(monkeypatch):
    def happens_(stage, choice):
        happens(stage, choice)
        assert choice.what != "presses nothing"

    monkeypatch.setattr("eslflow.check.explore.happens", happens_)
    explorer = explored(flow_of("asked"))
    (wrong, *_) = explorer.wrong
    assert wrong.choice.what == "presses nothing"
    assert wrong.found.detail.endswith("one goes on as another cannot")


def test_a_call_that_is_wrong_from_its_begin_is_noted(monkeypatch):
    def begins(engine):
        raise ValueError("wrong")

    monkeypatch.setattr("eslflow.call.engine.Engine.begin", begins)
    explorer = explored(flow_of("asked"))
    assert [wrong.state for wrong in explorer.wrong] == [-1]
    assert explorer.states == []


def test_a_hang_up_that_goes_wrong_is_noted(monkeypatch):
    def ends(engine, ending, cause):
        raise ValueError("wrong")

    monkeypatch.setattr("eslflow.call.engine.Engine._end", ends)
    explorer = explored(flow("a: {announce: a}\n", WORDS))
    assert {wrong.choice.what for wrong in explorer.wrong} >= {"hang up"}


def test_a_flow_with_too_many_states_is_given_up(monkeypatch):
    monkeypatch.setattr("eslflow.check.explore.MOST_STATES", 5)
    assert not explored(flow_of("stays")).is_whole
