"""Whether callers who refuse come to the people to whom those come who agree."""

from eslflow.check.explore import Explorer
from eslflow.check.refusals import Refusals
from tests.steps_of import flow

HEAD = """\
flow: test
purposes: {training: {basis: consent, retain: 90d, on_withdrawal: delete}}
notices: {recording: {version: 1, text: Press 1 or 2.}}
prompts: {gone: Gone.}
recording:
  caller_keys: {0: withdraw}
  withdrawn: gone
"""
ASK = """\
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  tries: 1
"""
Q = "q: {queue: q}\n"
BYE = "bye: {hangup: NORMAL_CLEARING}\n"
LOST = "who agrees reaches a person, who refuses does not"
MAY_BE_LOST = "who agrees reaches a person, who refuses may not"
MAY_BE_WITHDRAWN = "who withdraws may not reach a person, all others do"
WITHDRAWN = "who withdraws does not reach a person, all others do"


def told(steps: str, head: str = HEAD) -> dict[tuple[str, str], list[str]]:
    """Return who is not served: in which step, how it is told, and what happens."""
    explorer = Explorer(whole := flow(steps, head=head))
    explorer.run()
    found: dict[tuple[str, str], list[str]] = {}
    for refusal in Refusals(whole, explorer.states).found():
        place = explorer.states[refusal.state].step, refusal.detail
        story = [choice.what for _, choice in refusal.story]
        found.setdefault(place, [*story, refusal.reaches])
    return found


def test_the_way_of_who_agrees_is_told_too():
    more = "m: {menu: gone, keys: {1: bye, 3: q}, failure: bye, error: bye}\n"
    explorer = Explorer(whole := flow(ASK + "  refused: bye\n" + more + Q + BYE, HEAD))
    explorer.run()
    (refusal,) = Refusals(whole, explorer.states).found()
    way = [(explorer.states[n].step, *each[:2]) for n, each in refusal.there]
    assert ("m", "presses", "3") in way


def served(cases: str) -> str:
    """Return a flow that calls two queues; cases tell who waits in the second."""
    steps = ASK + "first: {queue: first, record: on, from: answer, answered: bye}\n"
    steps += f"which:\n  branch: {{consent: training}}\n  cases: {{{cases}}}\n"
    return steps + "  otherwise: bye\nsecond: {queue: second, answered: bye}\n" + BYE


ALL = "granted: second, refused: second, unanswered: second"


def test_who_refuses_is_served_where_both_come_to_the_same():
    assert told(ASK + "q: {queue: q}\n") == {}


def test_who_refuses_is_not_served_by_being_hung_up_on():
    steps = ASK + "  refused: bye\nq: {queue: q}\n" + BYE
    assert told(steps) == {("ask", LOST): ["presses", "the end", "q"]}


def test_who_refuses_can_lose_his_way():
    steps = (
        ASK
        + "  refused: sure\nq: {queue: q}\nsure: {menu: gone, keys: {1: q, 2: bye}}\n"
    )
    story = ["presses", "presses", "the end", "q"]
    assert told(steps + BYE) == {("ask", MAY_BE_LOST): story}


def test_who_refuses_is_served_after_a_wait_as_who_agrees():
    cases = "granted: second, withdrawn: second, not_asked: second, unanswered: second"
    found = told(served(cases))
    assert found == {("ask", LOST): ["presses", "queue", "the end", "second"]}


def test_who_withdraws_while_waiting_is_served_as_before():
    found = told(served(ALL + ", not_asked: second"))
    assert set(found) == {("first", WITHDRAWN)}
    story = found["first", WITHDRAWN]
    assert (story[0], story[-1]) == ("caller key", "second")
    assert "queue" in story
    assert told(served(ALL + ", not_asked: second, withdrawn: second")) == {}


def test_who_withdraws_may_be_hung_up_on_and_nobody_else():
    cases = "granted: second, refused: second, unanswered: second, not_asked: second"
    sure = "sure: {menu: gone, keys: {1: second, 2: bye}}\n"
    steps = served(f"{cases}, withdrawn: sure").replace("second: {", sure + "second: {")
    found = told(steps)
    assert set(found) == {("first", MAY_BE_WITHDRAWN)}
    assert found["first", MAY_BE_WITHDRAWN][-3:] == ["presses", "the end", "second"]
