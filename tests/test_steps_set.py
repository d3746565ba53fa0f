"""`set`: values of the call.

| option | takes | default |
|---|---|---|
| set | values by name | |
"""

import pytest

from eslflow.call.commands import Execute, Hangup
from eslflow.call.events import Offered
from eslflow.errors import FlowErrors
from eslflow.wire.terms import App
from tests.playbook import SOUNDS, Playbook
from tests.steps_of import HEAD, flow

TWO = HEAD.replace("flow: test\n", "flow: test\nlanguages: [en, de]\n")
TWO = TWO.replace("text: Press 1 to agree or 2 to refuse.", "text: {en: a, de: b}")
TWO = TWO.replace(": Welcome.", ": {en: Welcome., de: Willkommen.}")
TWO = TWO.replace(": Sales 1. Support 2.", ": {en: Which?, de: Was?}")


def problems(steps, head=TWO):
    with pytest.raises(FlowErrors) as caught:
        flow(steps, head)
    return [p.problem for p in caught.value.problems]


def test_values_are_put_together_in_order_and_nothing_is_sent():
    steps = flow('a: {set: {line: sales, note: "{{ line }} for {{ caller }}"}}')
    with Playbook(steps) as call:
        call.expects(Hangup())
        assert call.engine.live.values == {
            "line": "sales",
            "note": "sales for +4930123",
        }
    assert [told for told in call.told if "sets" in told] == ["sets line", "sets note"]


def test_a_value_that_nothing_has_set_yet_is_empty():
    steps = flow('a: {set: {note: "<{{ later }}>"}}\nb: {set: {later: x}}')
    with Playbook(steps) as call:
        call.expects(Hangup())
        assert call.engine.live.values == {"note": "<>", "later": "x"}


def test_what_a_caller_sent_stays_text_and_is_cut():
    name = "{{ 7 * 7 }} ${system(reboot)}\n" + "x" * 2000
    offered = Offered("4c1b-9", caller="1", caller_name=name, called="2")
    steps = flow('a: {set: {who: "{{ caller_name }}", to: "{{ called }}"}}')
    with Playbook(steps, offered) as call:
        call.expects(Hangup())
        assert call.engine.live.values == {"who": name[:1000], "to": "2"}
    assert not [told for told in call.told if "reboot" in told]


def test_the_language_of_what_is_played_can_be_set():
    steps = flow("a: {set: {language: de}}\nb: {announce: welcome}", TWO)
    with Playbook(steps) as call:
        call.expects(
            Execute(App.ANSWER, waits=False),
            Execute(App.PLAYBACK, f"{SOUNDS}/test/de/welcome.wav"),
        )
        assert call.engine.live.value("language") == "de"


def test_only_a_language_of_the_flow_can_be_set():
    assert problems("a: {set: {language: fr}}") == ["there is no language 'fr'"]
    assert problems("a: {set: {language: '{{ caller }}'}}") == [
        "a language must be one of the flow's"
    ]


def test_it_tells_what_it_writes():
    step = flow("a: {set: {line: x, language: en}}").steps["a"]
    assert step.writes() == ("line",)
    assert not step.waits


def test_its_values_are_new_and_can_have_other_names():
    step = flow("a: {set: {line: 'x {{ caller }}', copy: '{{ line }}'}}").steps["a"]
    assert step.sets("done") == ("line", "copy")
    other = step.renamed({"line": "first"})
    assert other.writes() == ("first", "copy")
    assert [name for _, _, name in other.refers_to()] == ["caller", "first"]
