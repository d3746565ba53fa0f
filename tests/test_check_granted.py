"""What permits recording, by what people did and the disk holds."""

import pytest

from eslflow.call.commands import Keep
from eslflow.call.records import Choice, RecordingEnded, Remembered, State
from eslflow.check.granted import Grants
from eslflow.flow.model import AgentKey
from tests.proofs import flow_of
from tests.steps_of import flow

HEAD = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d, on_withdrawal: keep}
  duty: {basis: legal_obligation}
  quality: {basis: legitimate_interests, on_withdrawal: keep}
notices:
  recording: {version: 3, text: Press 1 to agree or 2 to refuse.}
recording:
  verbal: {notice: recording, purpose: training}
  agent_keys: {1: granted, 2: refused}
  caller_keys: {0: withdraw}
"""
STEPS = """\
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
  ask_again_after: 30d
  remember: true
tell:
  objection: {notice: recording, purpose: quality}
  keys: {3: objected, 1: unopposed}
talk: {queue: support, record: on}
"""
FLOW = flow(STEPS, HEAD)


def row(state: str, purpose: str = "training", reason: str = "") -> Choice:
    basis = str(FLOW.purposes[purpose].basis) if purpose else ""
    return Choice("u", 1, state, purpose, basis, 0, "f", "", "s", "", reason=reason)


@pytest.fixture
def grants():
    return Grants(FLOW)


def keeps(grants, *rows, is_durable=True):
    grants.keeps(Keep(rows, is_durable))


def test_what_nobody_can_object_to_is_permitted(grants):
    assert grants.permitted() == {"duty"}
    keeps(grants, row("not_asked", "duty", "informed"))
    assert grants.permitted() == {"duty"}
    keeps(grants, row("hung_up", "duty"))
    assert grants.permitted() == set()


def test_a_grant_permits_once_it_is_on_disk(grants):
    grants.pressed = "1"
    ended = RecordingEnded("i", 1, 2, 3, "", "stopped", 1, "")
    keeps(grants, row("granted"), row("not_asked", ""), ended)
    assert "training" not in grants.permitted()
    assert grants.kept(True, "ask") == ""
    assert "training" in grants.permitted()
    keeps(grants, row("requested"), is_durable=False)
    assert "training" in grants.permitted()
    keeps(grants, row("refused"))
    assert "training" not in grants.permitted()


def test_the_disk_tells_of_the_oldest_first(grants):
    grants.pressed = "1"
    keeps(grants, row("hung_up", "duty"))
    keeps(grants, row("granted"))
    grants.kept(True, "ask")
    assert grants.permitted() == set()
    grants.kept(False, "ask")
    assert grants.permitted() == set()
    assert grants.kept(True, "ask") == ""


@pytest.mark.parametrize("pressed", ["2", "7", "", None])
def test_what_nobody_pressed_is_wrong(grants, pressed):
    grants.pressed = pressed
    keeps(grants, row("granted"))
    assert grants.kept(True, "ask") == "it is kept as granted, which nobody has said"


def test_silence_is_no_objection_where_one_may_object(grants):
    grants.pressed = ""
    keeps(grants, row("unanswered", "quality", "not_objected"))
    assert "quality" not in grants.permitted()
    assert grants.kept(True, "tell") == ""
    assert "quality" in grants.permitted()
    keeps(grants, row("requested", "quality"), is_durable=False)
    assert "quality" not in grants.permitted()


def test_outside_of_a_question_nobody_says_anything(grants):
    grants.pressed = "1"
    keeps(grants, row("granted"))
    assert grants.kept(True, "talk")


def test_an_agents_yes_needs_the_agents_key(grants):
    keeps(grants, row("verbal"))
    assert grants.kept(True, "talk")
    grants.agent_says(AgentKey.REFUSED)
    assert "training" not in grants.permitted()
    grants.agent_says(AgentKey.GRANTED)
    keeps(grants, row("verbal"))
    assert grants.is_verbal
    assert grants.kept(True, "talk") == ""
    assert "training" in grants.permitted()
    grants.agent_says(AgentKey.GRANTED)
    assert not grants.is_verbal
    keeps(grants, row("verbal"))
    assert grants.kept(True, "talk")


def test_an_agents_key_says_nothing_of_other_purposes(grants):
    grants.agent_says(AgentKey.GRANTED)
    keeps(grants, row("verbal", "quality"))
    assert grants.kept(True, "talk")


def test_keys_of_agents_mean_nothing_without_a_rule():
    grants = Grants(flow_of("talk"))
    grants.agent_says(AgentKey.GRANTED)
    assert not grants.is_verbal


def test_a_yes_that_is_taken_back_on_its_way_does_not_count(grants):
    grants.agent_says(AgentKey.GRANTED)
    keeps(grants, row("verbal"))
    grants.caller_withdraws()
    keeps(grants, row("withdrawn"))
    assert grants.kept(True, "talk") == ""
    assert grants.kept(True, "talk") == ""
    assert grants.permitted() == {"duty"}


def remembered(**more) -> Remembered:
    values = {"state": State.GRANTED, "flow": "test", "notice": "recording"}
    values |= {"notice_version": 3} | more
    return Remembered("earlier", 1, **values)


@pytest.mark.parametrize(
    ("found", "is_right"),
    [
        (remembered(), True),
        (None, False),
        (remembered(state=State.REFUSED), False),
        (remembered(notice_version=2), False),
    ],
)
def test_a_remembered_grant_must_have_been_given_to_these_words(
    grants, found, is_right
):
    grants.remembered = found
    keeps(grants, row("granted", reason="remembered"))
    assert (grants.kept(True, "ask") == "") is is_right
    assert grants.remembered is None


def test_a_grant_is_remembered_only_where_the_flow_says_so():
    grants = Grants(flow_of("asked"))
    grants.remembered = remembered()
    keeps(grants, row("granted", reason="remembered"))
    assert grants.kept(True, "ask")
    keeps(grants, row("granted", reason="remembered"))
    assert grants.kept(True, "talk")


def test_a_copy_is_a_book_of_its_own(grants):
    grants.pressed = "1"
    keeps(grants, row("granted"))
    other = grants.copy()
    assert other.print_() == grants.print_()
    other.kept(True, "ask")
    assert other.print_() != grants.print_()
    assert "training" not in grants.permitted()
    grants.remembered = remembered()
    assert grants.copy().print_() == grants.print_()


def test_of_a_purpose_it_counts_which_commit_will_permit_it(grants):
    assert grants.about("training") == grants.about("duty") == ()
    keeps(grants, row("withdrawn", "quality"))
    keeps(grants, row("granted"))
    assert grants.about("training") == (False, 1)
    assert grants.about("quality") == ()
    grants.kept(True, "talk")
    assert grants.about("training") == (False, 0)
    grants.pressed = "1"
    grants.kept(True, "ask")
    assert grants.about("training") == ()


@pytest.mark.parametrize(("state", "counts"), [("granted", True), ("verbal", False)])
def test_what_was_pressed_counts_for_a_row_that_is_there_for_it(grants, state, counts):
    before = grants.print_()
    grants.pressed = "1"
    assert grants.print_() == before
    keeps(grants, row(state))
    pressed = grants.print_()
    grants.pressed = "2"
    assert (grants.print_() != pressed) is counts


PARTIES = flow_of("parties")


@pytest.fixture
def both():
    grants = Grants(PARTIES)
    grants.comes_to(PARTIES.steps["call"])
    grants.comes_to(PARTIES.steps["ask"])
    return grants


def says(grants, key, leg=""):
    """Let one of the two press a key, and the disk take what is made of it."""
    grants.presses(key, leg)
    party = "callee" if leg else "caller"
    keeps(grants, row("granted")._replace(party=party))
    return grants.kept(True, "ask")


def test_of_two_who_are_asked_both_must_agree(both):
    assert says(both, "1") == ""
    assert both.permitted() == set()
    assert says(both, "1", "b-leg") == ""
    assert both.permitted() == {"training"}
    again = both.copy()
    keeps(both, row("refused"))
    assert both.permitted() == set()
    assert again.permitted() == {"training"}
    assert again.print_() != both.print_()


def test_of_two_it_counts_who_has_agreed(both):
    assert both.about("training") == (True,)
    says(both, "1")
    says(both, "1", "b-leg")
    agreed = ("caller", True), ("callee", True)
    assert both.about("training") == (True, *agreed)
    keeps(both, row("refused"))
    assert both.about("training") == (True, ("caller", False), ("callee", True))


def test_nobody_agrees_for_the_other_one(both):
    both.presses("1", "")
    keeps(both, row("granted")._replace(party="callee"))
    assert both.kept(True, "ask") == "it is kept as granted, which nobody has said"


def test_who_takes_over_has_not_agreed(both):
    says(both, "1")
    says(both, "1", "b-leg")
    both.meets("b-leg")
    assert both.permitted() == {"training"}
    both.meets("c-leg")
    assert both.permitted() == set()
    both.meets("b-leg")
    assert both.permitted() == set()


def test_a_caller_takes_back_their_own_word_alone(grants):
    grants.presses("1", "b-leg")
    keeps(grants, row("granted")._replace(party="callee"))
    grants.caller_withdraws()
    # The called party's is still on its way to the disk.
    assert grants.kept(True, "ask") == ""
    assert "training" not in grants.permitted()


def test_a_called_party_takes_back_their_own_word_alone(both):
    says(both, "1")
    says(both, "1", "b-leg")
    both.callee_withdraws()
    assert both.permitted() == set()
    says(both, "1", "b-leg")
    assert both.permitted() == {"training"}
