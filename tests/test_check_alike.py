"""Steps that differ by their names alone."""

from eslflow.check.alike import alike, likeness, repeated, shapes
from tests.steps_of import flow

LAW = "flow: test\npurposes: {duty: {basis: legal_obligation}}\n"
LAW += "prompts: {a: A., b: B.}\n"
DESKS = """\
which: {menu: a, keys: {1: sales, 2: support, 3: night}}
sales: {queue: sales, record: on, next: bye}
support: {queue: support, record: on, next: bye}
night: {queue: night, record: on, next: which}
bye: {announce: b}
"""


def test_queues_that_lead_alike_are_alike_whatever_their_names():
    found = alike(flow(DESKS, LAW))
    assert found["support"] == "sales"
    assert found["night"] == "night"
    assert found["bye"] == "bye"


def test_what_is_recorded_makes_a_difference():
    found = alike(flow(DESKS.replace("support, record: on", "support"), LAW))
    assert found["support"] == "support"


def test_queues_that_lead_elsewhere_repeat_the_first():
    found = flow(DESKS, LAW)
    assert repeated(found, alike(found)) == {"night"}


def test_steps_that_are_alike_repeat_another_together_or_not_at_all():
    desks = flow(DESKS + "late: {queue: late, record: on, next: which}\n", LAW)
    assert repeated(desks, alike(desks)) == {"night", "late"}


MENUS = """\
a: {menu: a, keys: {1: b}, failure: b}
b: {menu: a, keys: {1: c}, failure: c}
c: {menu: a, keys: {1: talk}, failure: d}
d: {menu: a, keys: {1: bye}, failure: talk}
e: {menu: a, keys: {1: bye}, failure: bye}
f: {menu: a, keys: {1: bye}, failure: f}
talk: {queue: sales, record: on, next: bye}
bye: {announce: b}
"""


def test_inside_of_what_repeats_another_step_the_same_can_happen_elsewhere_too():
    found = flow(MENUS, LAW)
    like = alike(found)
    inside = shapes(found, like, repeated(found, like))
    assert inside["a"] == "a"
    assert inside["b"] == inside["e"] == "b"
    # Before a recording, a wish makes a difference.
    assert inside["c"] == inside["d"] == "c"
    # What leads back to itself goes on inside.
    assert inside["f"] == "f"


def test_a_step_with_nowhere_to_go_is_not_like_one_that_leads_on():
    steps = "a: {dial: {user: 1001}, busy: b}\nb: {dial: {user: 1002}, busy: c}\n"
    steps += "c: {dial: {user: 1003}, busy: d}\nd: {dial: {user: 1004}}\n"
    found = flow(steps, LAW)
    like = alike(found)
    inside = shapes(found, like, repeated(found, like))
    assert inside["b"] == inside["c"] == "b"
    assert (inside["a"], inside["d"]) == ("a", "d")


def test_what_nobody_reads_has_no_name_that_matters():
    steps = "a: {collect: a, digits: 4, into: one, next: c}\n"
    steps += "b: {collect: b, digits: 4, into: two, next: c}\nc: {announce: a}\n"
    first = "start: {menu: a, keys: {1: a, 2: b}}\n"
    assert alike(flow(first + steps, LAW))["b"] == "a"
    looks = "d: {branch: two, cases: {1: a}}\n"
    assert alike(flow(first + steps + looks, LAW))["b"] == "b"
    secret = steps.replace("into: ", "secure: true, into: ")
    pay = "d: {webhook: 'https://a.example/', secrets: [one, two]}\n"
    assert alike(flow(first + secret + pay, LAW))["b"] == "b"


def test_whoever_calls_what_was_dialled_is_not_like_who_does_not():
    steps = "which: {menu: a, keys: {1: one, 2: two, 3: three}}\n"
    steps += "one: {dial: {user: 1001}}\ntwo: {dial: {user: 1002}}\n"
    steps += "three: {dial: {user: called}}\n"
    found = alike(flow(steps, LAW))
    assert (found["two"], found["three"]) == ("one", "three")


def test_payments_with_values_of_their_own_are_like_each_other():
    pay = "{webhook: 'https://a.example/', secrets: [%s], failed: end, refused: end}"
    steps = "which: {menu: a, keys: {1: a, 2: b}, failure: end, error: end}\n"
    for name in ("a", "b"):
        steps += f"{name}: {{collect: a, digits: 4, into: {name}, secure: true, "
        steps += f"failure: end, error: end}}\npay_{name}: {pay % name}\n"
        steps += f"done_{name}: {{announce: a, next: end}}\n"
    found = flow(f"{steps}end: {{hangup: NORMAL_CLEARING}}\n", LAW)
    like, again, inside = likeness(found)
    assert (like["b"], like["pay_b"]) == ("a", "pay_a")
    assert (again, inside) == (frozenset(), like)
    # By the names in the file they are not.
    assert alike(found)["b"] == "b"
