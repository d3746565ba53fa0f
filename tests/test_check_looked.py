"""What a flow looks at in a call."""

from itertools import islice

from eslflow.call.records import State
from eslflow.check.looked import PLAIN, Looks, told
from tests.proofs import call_of, flow_of
from tests.steps_of import flow

WORDS = "flow: test\nprompts: {a: A.}\n"
HOURS = """\
flow: test
prompts: {a: A.}
hours:
  office:
    zone: Europe/Berlin
    mon-fri: 08:00-17:00
    holidays: {12-25: Christmas, 2027-05-13: Ascension}
"""
BRANCH = """\
who: {branch: caller, cases: {"+49*": b, anonymous: b}, otherwise: a}
a: {announce: a}
b: {announce: a}
"""


def test_a_flow_that_looks_at_nothing_has_one_call():
    (begin,) = Looks(flow("a: {announce: a}", WORDS)).calls()
    assert begin.offered.caller == PLAIN["caller"]
    assert told(begin) == {}


def test_a_call_comes_for_each_case_and_for_none_of_them():
    begins = list(Looks(flow(BRANCH, WORDS)).calls())
    callers = [begin.offered.caller for begin in begins]
    assert callers == ["+49301234", "anonymous", "1000"]
    assert told(begins[1]) == {"caller": "anonymous"}


def test_a_value_is_found_that_is_none_of_the_cases():
    cases = '{"+*": a, 1000: a, x: a}'
    steps = f"who: {{branch: called, cases: {cases}, otherwise: a}}\na: {{announce: a}}"
    assert Looks(flow(steps, WORDS)).values("called")[-1] == "y"


def test_a_copy_of_a_value_is_looked_at_like_it():
    steps = 'set: {set: {line: "{{ called }}", more: "x {{ line }}"}}\n'
    steps += "who: {branch: line, cases: {1001: b}, otherwise: a}\n"
    steps += "a: {announce: a}\nb: {announce: a}\n"
    looks = Looks(flow(steps, WORDS))
    assert looks.values("called") == ["1001", "+4930123456"]
    stage = call_of(flow(steps, WORDS))
    assert looks.seen(stage)[1:] == ((), (), (), frozenset())


def test_a_call_comes_at_each_time_that_makes_a_difference():
    steps = "now: {hours: office, closed: b, holiday: b}\na: {announce: a}\n"
    found = flow(steps + "b: {announce: a}\n", HOURS)
    moments = [begin.at for begin in Looks(found).calls()]
    states = {found.hours["office"].state(at)[0] for at in moments}
    assert states == {"open", "closed", "holiday"}
    assert len(moments) == 3


def test_an_emergency_is_a_call_of_its_own():
    begins = list(Looks(flow("a: {dial: {gateway: g, number: called}}", WORDS)).calls())
    assert [begin.offered.called for begin in begins] == ["1000", "112"]


def test_too_many_differences_are_cut_off():
    cases = ", ".join(f"{n}: a" for n in range(1000, 1300))
    steps = f"who: {{branch: called, cases: {{{cases}}}, otherwise: a}}\n"
    looks = Looks(flow(steps + "a: {announce: a}", WORDS))
    assert len(list(islice(looks.calls(), 500))) == 200


def test_what_no_step_ahead_looks_at_makes_no_difference():
    steps = "hello: {announce: a}\n" + BRANCH
    stage = call_of(flow(steps, WORDS))
    looks = Looks(stage.plan.flow)
    assert looks.seen(stage)[1:] == ((), ("+49*",), (), frozenset())
    assert looks.seen(stage) == looks.seen(stage)
    stage = call_of(flow(BRANCH, WORDS))
    assert looks.seen(stage)[1:] == ((), (), (), frozenset())


def test_what_values_are_made_of_counts_as_it_is():
    steps = 'hello: {announce: a}\nset: {set: {line: "x {{ called }}"}}\n'
    steps += "who: {branch: line, cases: {x 1: b}, otherwise: a}\n"
    steps += "a: {announce: a}\nb: {announce: a}\n"
    stage = call_of(flow(steps, WORDS))
    assert Looks(stage.plan.flow).seen(stage)[1:3] == (("1000",), ())


def test_hours_and_choices_are_seen_as_they_are():
    stage = call_of(flow_of("asked"))
    text = stage.plan.flow.file
    assert text == "test.yaml"
    steps = "a: {announce: a}\nnow: {hours: office, closed: b, next: b}\n"
    found = call_of(flow(steps + "b: {announce: a}\n", HOURS))
    assert Looks(found.plan.flow).seen(found)[3] == ("closed",)
    steps = "hello: {announce: welcome}\n"
    steps += "ask: {consent: {notice: recording, purpose: training}, "
    steps += "keys: {1: granted, 2: refused}}\n"
    steps += "sort: {branch: {consent: training}, cases: {granted: x}, otherwise: x}\n"
    steps += "x: {announce: welcome}\n"
    asked = call_of(flow(steps))
    assert Looks(asked.plan.flow).seen(asked)[2] == ("otherwise",)
    asked.engine.live.consents.kept("training", State.GRANTED)
    assert Looks(asked.plan.flow).seen(asked)[2] == ("granted",)
    # What is no case comes to the same, whatever it is.
    asked.engine.live.consents.kept("training", State.REFUSED)
    assert Looks(asked.plan.flow).seen(asked)[2] == ("otherwise",)


HELD = """\
which: {menu: a, keys: {1: one, 2: two}, failure: c, error: c}
one: {collect: a, digits: 4, into: one, secure: true, failure: c, error: c}
pay1: {webhook: 'https://e.example/', secrets: [one], next: c, failed: c, refused: c}
two: {collect: a, digits: 4, into: two, secure: true, failure: c, error: c}
pay2: {webhook: 'https://e.example/', secrets: [two], failed: c, refused: c}
c: {announce: a}
"""


ENTERED = ("enters/1110", "enters/1110")
"""Key after key, but the first by itself."""


def test_what_is_held_for_a_step_is_seen_by_one_name_for_all_like_it():
    paid = call_of(flow(HELD, WORDS), "presses/2", "done", *ENTERED)
    looks = Looks(paid.plan.flow)
    assert paid.observer.step == "pay2"
    assert list(paid.engine.live.secrets) == ["two"]
    assert looks.seen(paid)[4] == {"one"}
    assert looks.kind("pay1") == looks.kind("pay2") != looks.kind("c")


def test_a_call_comes_from_and_one_to_who_is_never_recorded():
    begins = list(Looks(flow_of("listed")).calls())
    assert [begin.is_barred for begin in begins] == [False, True, True]
    assert [told(begin) for begin in begins[1:]] == [
        {"caller": "1999"},
        {"called": "1999"},
    ]


NAMED = """\
flow: test
purposes:
  training: {basis: consent}
  evidence: {basis: consent}
  quality: {basis: legitimate_interests}
  duty: {basis: legal_obligation}
notices: {recording: {version: 1, text: Press 1 or 2.}}
prompts: {a: A.}
%s
steps:
  told: {inform: {notice: recording, purpose: duty}}
  tell: {objection: {notice: recording, purpose: quality}, keys: {3: objected}}
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
  also:
    consent: {notice: recording, purpose: evidence}
    keys: {1: granted, 2: refused}
  look: {branch: {consent: training}, cases: {granted: a}, otherwise: a}
  a: {announce: a}
"""


def test_purposes_are_named_ahead_as_long_as_a_step_speaks_of_them():
    looks = Looks(flow_of(NAMED % ""))
    every = {"training", "evidence", "quality", "duty"}
    assert looks.named("") == looks.named("told") == every
    assert looks.named("tell") == every - {"duty"}
    assert looks.named("ask") == looks.named("also") == {"training", "evidence"}
    assert looks.named("look") == {"training"}
    assert looks.named("a") == looks.named("a") == frozenset()


def test_what_agents_ask_about_is_named_everywhere():
    verbal = "{verbal: {notice: recording, purpose: evidence}"
    keys = f"recording: {verbal}, agent_keys: {{1: granted, 2: refused}}}}"
    looks = Looks(flow_of(NAMED % keys))
    assert looks.named("a") == {"evidence"}


def test_a_call_is_over_once_nothing_can_be_recorded_any_more():
    looks = Looks(flow_of("talk"))
    assert not looks.never_records(call_of(flow_of("talk")))
    granted = call_of(flow_of("talk"), "presses/1", "kept")
    assert not looks.never_records(granted)
    granted.observer.is_forbidden = True
    assert looks.never_records(granted)
    private = call_of(flow_of("talk"))
    private.observer.is_private = True
    assert looks.never_records(private)
    assert looks.never_records(call_of(flow_of("talk"), "presses/2"))


def test_a_call_is_over_where_no_step_ahead_is_recorded():
    found = flow_of(NAMED % "")
    assert Looks(found).never_records(call_of(found))
    after = NAMED.replace("a: {announce: a}\n", "a: {announce: a, record: on}\n")
    found = flow_of(after % "")
    assert not Looks(found).never_records(call_of(found))
