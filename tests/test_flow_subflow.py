"""Flows inside flows: names, ends, purposes, circles, and which file is wrong."""

from hashlib import sha256
from textwrap import dedent

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.load import load, load_draft
from eslflow.flow.subflow import MOST_STEPS, Alone, flatten, together, top
from eslflow.steps import KINDS
from tests.steps_of import HEAD, Texts, flow

OPENING = """
flow: opening
languages: [en, de]
purposes: {training: {basis: consent, retain: 90d}}
notices: {recording: {version: 2, text: {en: Inner notice., de: Innen.}}}
prompts: {closed: {en: We are closed., de: Geschlossen.}, which: {en: Go?, de: Los?}}
hours: {office: {zone: UTC, mon-fri: 08:00-17:00}}
start: when
steps:
  closed: {announce: closed, done: bye, error: bye}
  bye: {hangup: NORMAL_CLEARING}
  when: {hours: office, closed: closed}
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
  pick: {menu: which, keys: {1: mark, 2: closed}}
  mark: {set: {line: one}}
"""
STEPS = """
first: {announce: welcome}
office: {flow: opening, done: talk, error: sorry}
talk: {queue: x, record: on}
sorry: {announce: welcome}
"""


def within(text, steps=STEPS, head=HEAD, **more):
    return flow(steps, head, Texts({"opening": text, **more}))


def problems(text=OPENING, steps=STEPS, head=HEAD, **more):
    with pytest.raises(FlowErrors) as caught:
        within(text, steps, head, **more)
    return [f"{p.file}:{p.line}: {p.problem} | {p.hint}" for p in caught.value.problems]


def test_steps_come_in_behind_the_one_that_names_their_flow():
    found = within(OPENING)
    inner = ["closed", "bye", "when", "ask", "pick", "mark"]
    assert list(found.steps) == [
        "first",
        "office",
        *(f"office/{name}" for name in inner),
        "talk",
        "sorry",
    ]
    assert all(step.name == name for name, step in found.steps.items())
    assert found.steps["first"].target("done") == "office"
    assert found.steps["office"].target("begin") == "office/when"
    assert found.steps["office"].leads_to() == ["office/when"]


def test_every_name_in_a_step_is_as_it_is_outside():
    steps = within(OPENING).steps
    assert steps["office/closed"].prompt == "opening/closed"
    assert steps["office/when"].hours == "opening/office"
    assert steps["office/when"].target("holiday") == "office/closed"
    assert steps["office/ask"].asks == {
        "notice": "opening/recording",
        "purpose": "training",
    }
    assert steps["office/pick"].keys == {"1": "office/mark", "2": "office/closed"}


def test_its_ends_lead_on_and_a_failure_with_nowhere_to_go_to_error():
    steps = within(OPENING).steps
    assert steps["office/mark"].target("done") == "talk"
    rest = OPENING.replace("  mark: {set: {line: one}}", "  more: {announce: which}")
    rest = rest.replace("1: mark", "1: more")
    steps = within(rest).steps
    assert steps["office/more"].target("done") == "talk"
    assert steps["office/more"].target("error") == "sorry"
    alone = within(OPENING, "office: {flow: opening}\n").steps
    assert alone["office/mark"].target("done") == ""


def test_texts_hours_and_purposes_come_in_under_the_flows_name():
    found = within(OPENING)
    assert list(found.prompts) == [
        "welcome",
        "which",
        "opening/closed",
        "opening/which",
    ]
    assert found.prompts["opening/closed"].text == {"en": "We are closed."}
    assert list(found.notices) == ["recording", "opening/recording"]
    assert list(found.hours) == ["opening/office"]
    assert list(found.purposes) == ["training"]
    paths = [item.path for item in found.audio()]
    assert "opening/en/closed.wav" in paths
    assert "opening/en/recording.v2.wav" in paths
    assert "test/en/which.wav" in paths


def test_a_flow_may_stand_in_two_places():
    steps = "a: {flow: opening}\nb: {flow: opening}\nc: {queue: x}"
    found = within(OPENING, steps)
    assert found.steps["a/mark"].target("done") == "b"
    assert found.steps["b/mark"].target("done") == "c"
    assert len(found.prompts) == 4


OUTER = """
flow: outer
prompts: {hello: Hello.}
steps:
  hello: {announce: hello}
  in: {flow: opening}
"""


def test_a_flow_may_run_a_flow_that_runs_a_flow():
    found = within(OPENING, "a: {flow: outer}\nb: {queue: x}", outer=OUTER)
    assert found.steps["a/in"].target("begin") == "a/in/when"
    assert found.steps["a/in/mark"].target("done") == "b"
    assert found.steps["a/in/closed"].prompt == "opening/closed"
    assert (
        found.prompts["opening/closed"].audio("test", "en") == "opening/en/closed.wav"
    )
    assert found.prompts["outer/hello"].audio("test", "en") == "outer/en/hello.wav"
    assert top("a/in/mark") == "a"


def test_the_texts_of_all_files_are_there_by_their_hashes():
    steps = "a: {flow: outer}\nb: {flow: opening}\nc: {queue: x}"
    found = within(OPENING, steps, outer=OUTER)
    own, inner, outer = (
        next(v for v in found.versions if v.flow == name)
        for name in ("test", "opening", "outer")
    )
    assert found.versions[0] == own
    assert len(found.versions) == 3
    assert own.sha256 == found.sha256
    assert own.inside == (("opening", inner.sha256), ("outer", outer.sha256))
    assert outer.inside == (("opening", inner.sha256),)
    for version in found.versions:
        hash_ = sha256(version.text.encode()).hexdigest()
        lines = [f"{name} {inner}" for name, inner in version.inside]
        assert together(hash_, lines) == version.sha256
    assert inner.text == dedent(OPENING)
    assert inner.file == "opening.yaml"


def test_the_text_of_a_file_is_its_bytes():
    data = "\ufeffflow: a\r\nsteps: {a: {queue: x}}\r\n".encode()
    (version,) = load(data, "a.yaml", KINDS).versions
    assert version.text.encode() == data
    assert version.sha256 == sha256(data).hexdigest()


def test_the_hash_covers_every_file():
    steps = "a: {flow: outer}\nb: {queue: x}"
    first = within(OPENING, steps, outer=OUTER).sha256
    assert within(OPENING, steps, outer=OUTER).sha256 == first
    assert within(OPENING + "# x\n", steps, outer=OUTER).sha256 != first
    assert within(OPENING, steps, outer=OUTER + "# x\n").sha256 != first
    assert flow("a: {queue: x}").sha256 == flow("a: {queue: x}", HEAD, Alone()).sha256


def test_what_is_wrong_is_told_in_the_file_where_it_is():
    bad = OPENING.replace("closed: closed", "closed: clsed")
    found = problems(bad, STEPS.replace("next: x", "") + "x: {announce: x}\n")
    assert found[0].startswith("opening.yaml:")
    assert "there is no step 'clsed'" in found[0]
    assert [told.partition(":")[0] for told in found[1:]] == ["test.yaml"]


def test_a_flow_that_is_not_there_is_told():
    (found,) = problems(steps=STEPS.replace("flow: opening", "flow: openin"))
    assert "there is no flow 'openin'. Did you mean 'opening'?" in found
    with pytest.raises(FlowErrors, match="there is no flow 'opening'"):
        flow(STEPS)
    with pytest.raises(FlowErrors):
        Alone().flow("opening")


def test_flows_that_lead_into_each_other_are_told_with_their_circle():
    ring = OUTER.replace("flow: opening", "flow: ring")
    back = ring.replace("flow: outer", "flow: ring").replace(
        "{flow: ring}", "{flow: outer}"
    )
    steps = "a: {flow: outer}\nb: {queue: x}"
    (found,) = problems(OPENING, steps, outer=ring, ring=back)
    assert found == (
        "ring.yaml:6: the flows lead into each other: outer, ring, outer | "
        "Let one of them end without the others."
    )
    (found,) = problems(OPENING, "a: {flow: test}")
    assert "the flows lead into each other: test, test" in found


def test_a_file_must_hold_the_flow_of_its_name():
    (found,) = problems(OPENING.replace("flow: opening", "flow: opn"))
    assert "opening.yaml holds the flow 'opn', not 'opening'" in found


def test_a_flow_inside_must_speak_what_the_caller_hears():
    head = "flow: test\nlanguages: [en, fr]\nprompts: {welcome: {en: a, fr: b}}\n"
    steps = "office: {flow: opening}\n"
    (found,) = problems(OPENING, steps, head)
    assert found.startswith("test.yaml:5: flow 'opening' has no words in fr | Add them")
    text = head + "steps:\n  office: {flow: opening}\n"
    library = Texts({"opening": OPENING})
    draft, _ = load_draft(text.encode(), "test.yaml", KINDS, library)
    assert {*draft.prompts["opening/closed"].text} == {"en"}
    silent = "flow: opening\nsteps:\n  a: {set: {x: y}}\n"
    assert "office/a" in within(silent, steps + "b: {announce: welcome}", head).steps


def test_a_purpose_is_the_same_in_all_files():
    other = OPENING.replace("retain: 90d", "retain: 30d")
    (found,) = problems(other)
    assert found.startswith(
        "test.yaml:12: purpose 'training' is not the same in test.yaml:3 and "
        "opening.yaml:4 | Declare it alike"
    )
    # Of two flows inside, where this one does not declare it.
    head = "flow: test\nprompts: {welcome: Hi.}\n"
    third = other.replace("flow: opening", "flow: third")
    steps = "a: {flow: opening}\nb: {flow: third}"
    (found,) = problems(OPENING, steps, head, third=third)
    assert "is not the same in opening.yaml:4 and third.yaml:4" in found


def test_purposes_and_questions_of_a_flow_inside_count_for_the_steps_outside():
    head = "flow: test\nprompts: {welcome: Hi.}\n"
    found = within(OPENING, STEPS, head)
    assert list(found.purposes) == ["training"]
    silent = OPENING.replace(
        "    consent: {notice: recording, purpose: training}\n", ""
    )
    silent = silent.replace("    keys: {1: granted, 2: refused}\n", "")
    silent = silent.replace("  ask:\n", "  ask: {announce: closed}\n")
    (told,) = problems(silent)
    assert "step 'talk' can never record: nobody is ever asked" in told
    assert not Alone().is_part()


def test_a_flow_inside_records_on_what_is_asked_outside():
    inner = "flow: opening\npurposes: {training: {basis: consent, retain: 90d}}\n"
    inner += "steps:\n  w: {queue: w, record: on}\n"
    ask = "ask: {consent: {notice: recording, purpose: training},"
    ask += " keys: {1: granted, 2: refused}}\n"
    run = "office: {flow: opening}\n"
    assert "office/w" in within(inner, ask + run, HEAD).steps
    (told,) = problems(inner, run, HEAD)
    assert "step 'office/w' can never record: nobody is ever asked" in told


def test_values_that_a_flow_inside_sets_can_be_looked_at_outside():
    steps = STEPS.replace("done: talk", "done: look").replace(
        "record: on", "next: look"
    )
    steps += (
        "look: {branch: line, cases: {one: talk}, otherwise: end}\nend: {queue: y}\n"
    )
    assert "look" in within(OPENING, steps).steps
    (told,) = problems(OPENING, steps.replace("branch: line", "branch: lnie"))
    assert "there is no value 'lnie'. Did you mean 'line'?" in told


def test_a_language_that_only_the_flow_inside_has_is_told():
    inner = OPENING.replace("{line: one}", "{language: de}")
    (found,) = problems(inner)
    assert found.startswith(
        "test.yaml:12: there is no language 'de' | Step 'office/mark'"
    )


def test_a_circle_through_a_flow_in_which_nothing_waits_is_told():
    inner = "flow: opening\nsteps:\n  a: {set: {x: y}}\n"
    found = problems(inner, "office: {flow: opening}\nb: {set: {z: y}, next: office}")
    assert "step 'office' leads back to itself, and nothing waits" in found[0]


def test_flows_in_flows_do_not_grow_without_end():
    many = "flow: opening\nprompts: {hi: Hi.}\nsteps:\n"
    many += "".join(f"  s{n}: {{announce: hi}}\n" for n in range(MOST_STEPS // 2))
    steps = "a: {flow: opening}\nb: {flow: opening}"
    (found,) = problems(many, steps)
    assert f"with the flows inside, there are {MOST_STEPS + 2} steps" in found


def test_a_step_whose_flow_is_broken_stays_as_it_is():
    steps = within(OPENING, "office: {flow: opening}").steps
    assert flatten({"office": steps["office"]}, {}) == {"office": steps["office"]}
