"""A flow file to a flow, or to every problem it has."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eslflow.check.lint import lint_draft
from eslflow.errors import FlowErrors
from eslflow.flow.document import MOST_PROBLEMS
from eslflow.flow.load import load, load_draft
from eslflow.flow.model import Basis, From, Record, RecordingRules
from eslflow.steps import KINDS
from tests.steps_of import Texts

HERE = Path(__file__).parent / "flows"
BAD = sorted((HERE / "bad").glob("*.yaml"))
GOOD = (HERE / "good" / "everything.yaml").read_bytes()
TINY = "flow: t\nprompts: {hi: Hi.}\nsteps:\n  a: {announce: hi}\n"


PIECE = st.binary(max_size=4) | st.sampled_from(
    b"{ } [ ] : , # & * ! | > ' \" % @ ` - ? ~ << --- ... {{ }} {% #: *: \\U \\x1b"
    b" 0 01 on yes null true 6s $ %24 star hash next steps: flow: languages:".split(
        b" "
    )
)
"""What people, editors and attackers put into a flow."""


def problems(text):
    with pytest.raises(FlowErrors) as caught:
        load(text.encode() if isinstance(text, str) else text, "t.yaml", KINDS)
    return [problem.problem for problem in caught.value.problems]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_flow_is_told_as_it_was_written_down(path):
    with pytest.raises(FlowErrors) as caught:
        load(path.read_bytes(), path.name, KINDS)
    assert f"{caught.value}\n" == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_twelve_mistakes_get_twelve_messages_with_place_line_and_hint():
    path = HERE / "bad" / "twelve.yaml"
    with pytest.raises(FlowErrors) as caught:
        load(path.read_bytes(), path.name, KINDS)
    found = caught.value.problems
    assert len(found) == 12
    assert all(p.file == "twelve.yaml" and p.source and p.hint for p in found)
    assert [p.line for p in found] == sorted(p.line for p in found)


def test_a_good_flow_holds_what_the_file_says():
    flow = load(GOOD, "everything.yaml", KINDS)
    assert (flow.name, flow.start, flow.languages) == (
        "everything",
        "welcome",
        ("en", "pt-BR"),
    )
    assert flow.purposes["training"].basis is Basis.CONSENT
    assert flow.purposes["training"].retain_s == 90 * 86_400
    notice = flow.notices["recording"]
    assert (notice.version, notice.url) == (12, "https://example.com/privacy")
    assert notice.text["en"] == "Example Ltd would like to record. 1 or 2?"
    assert len(flow.sha256) == 64
    step = flow.steps["0800"]
    assert (step.record, step.record_from) == (Record.ON, From.ANSWER)


def test_what_yaml_likes_to_misread_stays_text():
    flow = load(GOOD, "everything.yaml", KINDS)
    assert "0800" in flow.steps
    assert flow.steps["choose"].leads_to()[:2] == ["desk", "0800"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flow: T\n" + TINY.partition("\n")[2], "'T' cannot be a flow's name"),
        ("- a\n- b\n", "there is no flow in this file"),
        ("flow: t\n", "'steps:' is missing"),
        ("# x\n\nstart: a\n", "'flow:' is missing"),
        (
            TINY + "purposes: {A: {basis: consent}}\n",
            "'A' cannot be the name",
        ),
        (TINY + "purposes: {a: consent}\n", "text stands where {basis: ...} is wanted"),
        (TINY + "purposes: {a: {retain: 1d}}\n", "purpose 'a' names no basis"),
        (TINY + "purposes: {a: {retain: 1}}\n", "'1' is no duration"),
        (TINY + "notices: {a: {text: {}}}\n", "notice 'a' has no version"),
        (TINY + "notices: {a: {text: {}}}\n", "notice 'a' has no text in en"),
        (TINY + "notices: {a: text}\n", "text stands where {version: 1, text: ...}"),
        (TINY + "notices: {a: {text: Hi.}}\n", "notice 'a' has no version"),
        (TINY + "notices: {a: {version: 1}}\n", "notice 'a' has no text"),
        (
            TINY + "notices: {a: {version: 1, text: Hi., url: ftp://x}}\n",
            "'ftp://x' is no web address",
        ),
        (TINY.replace("hi: Hi.", "hi: A, hi: B"), "the prompt 'hi' stands twice"),
        (TINY + "description: [a]\n", "a list stands where text is wanted"),
        ("flow: [t]\nsteps:\n  a: {hangup: USER_BUSY}\n", "a list stands where a name"),
    ],
)
def test_each_mistake_is_named(text, expected):
    assert any(problem.startswith(expected) for problem in problems(text)), problems(
        text
    )


def test_a_flow_without_languages_speaks_english():
    flow = load(TINY.encode(), "t.yaml", KINDS)
    assert flow.prompts["hi"].text == {"en": "Hi."}


def test_a_flow_that_is_no_file_can_have_any_name():
    assert load(TINY.encode(), "<test>", KINDS).name == "t"


def test_the_first_hundred_problems_are_enough_and_that_is_told():
    text = TINY + "".join(f"  {n}: {{annonce: hi}}\n" for n in range(5_000))
    found = problems(text)
    assert len(found) == MOST_PROBLEMS + 1
    assert found[0].endswith("Did you mean 'announce'?")
    assert found[-1] == "reading stops here: there may be more than 100 problems"


def test_every_problem_has_a_way_out():
    for path in BAD:
        with pytest.raises(FlowErrors) as caught:
            load(path.read_bytes(), path.name, KINDS)
        assert all(problem.hint for problem in caught.value.problems), path


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_garbage_raises_nothing_but_flow_errors(data):
    with pytest.raises(FlowErrors) as caught:
        load(data, "t.yaml", KINDS)
    assert caught.value.problems


def what_is_wrong(data):
    try:
        load(data, "everything.yaml", KINDS)
    except FlowErrors as error:
        return error
    return None


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_flow_loads_or_tells_places_that_are_there(data):
    damaged = GOOD
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        width = data.draw(st.integers(0, 20))
        damaged = damaged[:at] + data.draw(PIECE) + damaged[at + width :]
    lines = re.split("\r\n|\r|\n", damaged.decode("utf-8", "replace"))
    error = what_is_wrong(damaged)
    assert all(line.isprintable() for line in str(error).split("\n"))
    for problem in error.problems if error else ():
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 2
        assert problem.hint
    draft = load_draft(damaged, "everything.yaml", KINDS)
    told = draft and lint_draft(*draft, damaged)
    assert all(1 <= each.error.line <= len(lines) for each in told or ())


def test_a_draft_has_what_is_right_and_what_is_not():
    flow, (wrong,) = load_draft(
        TINY.replace("\n  a:", "\n  b: {menu: hi}\n  a:").encode(), "t.yaml", KINDS
    )
    assert (flow.name, list(flow.prompts), list(flow.steps)) == ("t", ["hi"], ["a"])
    assert wrong.problem == "step 'b' has no 'keys'"


@pytest.mark.parametrize("text", ["flow: [", "- a list", ""])
def test_of_what_is_no_flow_there_is_no_draft(text):
    assert load_draft(text.encode(), "t.yaml", KINDS) is None


def test_a_file_of_scenarios_is_told_as_one_and_a_flow_with_some_is_a_flow():
    told = problems("caller: x\nscenarios: {a: {press: 1}}\n")
    assert told == ["these are scenarios, and no flow"]
    (told,) = problems(f"{TINY}scenarios: {{}}\n")
    assert told.startswith("'scenarios' is not an option of a flow")


RULES = """\
flow: t
prompts: {hi: Hi.}
recording:
  channels: mono
  after_mask: stop
  dead_man: 10s
  second_recorders: alarm
  agent_keys: {1: mask, 0: stop}
steps:
  a: {announce: hi}
"""


def test_how_calls_are_recorded_is_said_once_for_all_steps():
    rules = load(RULES.encode(), "t.yaml", KINDS).recording
    assert (rules.is_stereo, str(rules.after_mask)) == (False, "stop")
    assert (rules.dead_man_s, str(rules.second_recorders)) == (10.0, "alarm")
    assert {key: str(does) for key, does in rules.agent_keys.items()} == {
        "1": "mask",
        "0": "stop",
    }
    assert load(TINY.encode(), "t.yaml", KINDS).recording == RecordingRules()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("chanels: mono", "'chanels' is not an option of"),
        ("channels: three", "'three' is not right here"),
        ("dead_man: 1s", "'1s' is out of range"),
        ("agent_keys: {star: mask}", "an agent cannot press a star and then *"),
        ("agent_keys: {1: mute}", "'mute' is not right here"),
        ("agent_tag: {recorded: 'a;b=c'}", "'a;b=c' is not right here"),
        ("agent_tag: {recoded: x}", "'recoded' is not an option of"),
        ("whisper: {recorded: nix}", "there is no prompt 'nix'"),
    ],
)
def test_a_wrong_rule_of_recording_is_told(line, problem):
    text = f"flow: t\nprompts: {{hi: Hi.}}\nrecording: {{{line}}}\nsteps:\n"
    (found,) = problems(f"{text}  a: {{announce: hi}}\n")
    assert problem in found


def test_no_moment_is_named_where_nothing_begins():
    text = TINY.replace("announce: hi", "announce: hi, record: masked, from: answer")
    assert problems(text) == ["step 'a' says from when, but not record: on"]


def test_a_bare_number_of_what_is_kept_long_is_taken_for_days():
    with pytest.raises(FlowErrors) as caught:
        load(
            (TINY + "purposes: {p: {basis: consent, retain: 90}}\n").encode(),
            "t",
            KINDS,
        )
    assert [p.hint for p in caught.value.problems] == ["Write 90d for days."]


def test_hours_are_declared_by_name():
    text = TINY + "hours: {office: {zone: UTC, mon: 08:00-09:00}}\n"
    assert list(load(text.encode(), "t.yaml", KINDS).hours) == ["office"]
    bad = TINY + "hours: {office: {zone: UTC}}\n"
    assert problems(bad) == ["the hours 'office' have no day"]


def test_flows_of_a_library_can_be_run_and_their_purposes_recorded_for():
    inner = (
        "flow: inner\npurposes: {p: {basis: contract}}\nprompts: {hi: Hi.}\n"
        "steps:\n  a: {announce: hi, record: on}\n"
    )
    text = "flow: t\nsteps:\n  a: {flow: inner}\n  b: {queue: x, record: on}\n"
    found = load(text.encode(), "t.yaml", KINDS, Texts({"inner": inner}, ("t",)))
    assert list(found.purposes) == ["p"]
    assert found.purposes["p"].line == 2
    assert found.prompts["inner/hi"].origin == "inner"
    assert found.sha256 != load(inner.encode(), "inner.yaml", KINDS).sha256


def test_a_receipt_is_read_out_only_in_languages_that_have_words_for_it():
    text = (
        "flow: t\nlanguages: [en, nl]\npurposes: {p: {basis: consent}}\n"
        "notices: {n: {version: 1, text: {en: 1 or 2?, nl: 1 of 2?}}}\nsteps:\n"
        "  a: {consent: {notice: n, purpose: p}, keys: {1: granted, 2: refused},"
        " receipt: true}\n"
    )
    assert problems(text) == ["step 'a' cannot read out a receipt in nl"]
    assert load(text.replace(", receipt: true", "").encode(), "t", KINDS)
    english = text.replace("languages: [en, nl]\n", "").replace(", nl: 1 of 2?", "")
    paths = [item.path for item in load(english.encode(), "t", KINDS).audio()]
    assert "_receipt/en/7.wav" in paths
    without = load(english.replace(", receipt: true", "").encode(), "t", KINDS)
    assert [item.path for item in without.audio()] == ["t/en/n.v1.wav"]


def test_nor_does_an_agents_key_read_one_out_in_others():
    text = (
        "flow: t\nlanguages: [nl]\npurposes: {p: {basis: consent}}\n"
        "notices: {n: {version: 1, text: 1 of 2?}}\n"
        "recording:\n  agent_keys: {1: granted, 2: refused}\n"
        "  verbal: {notice: n, purpose: p, receipt: true}\n"
        "steps:\n  talk: {queue: q, record: on}\n"
    )
    assert problems(text) == ["an agent's key cannot read out a receipt in nl"]
    assert load(text.replace(", receipt: true", "").encode(), "t", KINDS)


def test_a_slip_in_the_yaml_hides_nothing_that_is_wrong_elsewhere():
    slip = "flow: a\nsteps:\n  talk: {queue: {support}\n"
    other = "  a: {hangup: no, next: b}\n  b: {announce: tlk, nxt: talk}\n  c: {}\n"
    for text, lines in (
        (slip, [3]),
        (slip.replace("steps:", "steps"), [2, 3]),
        (slip + other, [4, 4, 5, 5, 6]),
    ):
        with pytest.raises(FlowErrors) as caught:
            load(text.encode(), "a.yaml", KINDS)
        assert [problem.line for problem in caught.value.problems] == lines
    whole = slip + "  bye: {hangup: NORMAL_CLEARING}\n"
    with pytest.raises(FlowErrors) as caught:
        load(whole.encode(), "a.yaml", KINDS)
    assert [problem.code for problem in caught.value.problems] == ["not-yaml"]
