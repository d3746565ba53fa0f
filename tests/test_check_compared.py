"""What values are compared with in a flow."""

from eslflow.check.compared import Compared
from tests.steps_of import flow

WORDS = "flow: test\nprompts: {a: A.}\n"
COPIES = """\
first: {set: {line: "{{ called }}", same: "{{ line }}"}}
more: {set: {long: "x {{ line }} {{ caller }}"}}
who: {branch: same, cases: {1001: a, "2*": a}, otherwise: what}
what: {branch: long, cases: {x: a}, otherwise: a}
a: {announce: a}
"""


def test_a_value_is_compared_under_the_names_of_its_copies_too():
    compared = Compared(flow(COPIES, WORDS))
    assert list(compared.cases("called")) == ["1001", "2*"]
    assert list(compared.cases("same")) == ["1001", "2*"]
    assert list(compared.cases("long")) == ["x"]
    assert list(compared.cases("caller")) == []


def test_what_a_value_is_made_of_is_told():
    assert Compared(flow(COPIES, WORDS)).made == [
        ("line", ("called",)),
        ("same", ("line",)),
        ("long", ("line", "caller")),
    ]
