"""On a real FreeSWITCH: users of the office dial, and the shipped flows take it on.

`outgoing` and `private` run as they are, but for gateway and queue: numbers outside go
through a gateway to a phone, a busy one, a mailbox; colleagues, emergency numbers and
what is dialled with *67 is nobody's business. See tests/live/README.md.
"""

import pytest

from tests.live.office import USER, Office
from tests.live.shipped import (
    AGENT,
    EDGE_US,
    READS_MS,
    audible,
    early,
    files,
    is_recorded,
    reasons,
    serve,
    states,
    talks,
)

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

GATEWAY = {"gateway: provider": "gateway: carrier"}
FLOWS = ("outgoing", "private")


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


def outside(phone):
    """Return a number that the gateway puts through to a phone."""
    return f"030{phone.port}"


def dials(office, flow="outgoing", prefix="", **options):
    """Let a user dial a number outside; return both calls and it."""
    phone = office.desk(AGENT, **options)
    serve(office, flow, changes=GATEWAY)
    number = outside(phone)
    return office.dials(prefix + number), phone.rings(), number


def unrecorded(office, call, talk):
    """Let the two talk, who must not be recorded; return what was kept."""
    office.until("party talk", call)
    talks(call, talk)
    assert not is_recorded(office, call, talk)
    call.hang_up()
    talk.until("down")
    kept = office.kept(call)
    assert kept["recordings"] == files(office) == []
    return kept


# Who is called outside is asked.


@pytest.mark.parametrize("flow", FLOWS)
def test_a_called_party_who_agrees_is_recorded_from_then_on(office, flow):
    call, talk, number = dials(office, flow)
    assert office.until("calls ", call).endswith(f"sofia/gateway/carrier/{number}")
    office.until("asks", call)
    talk.speaks(ms=READS_MS)
    assert files(office) == []
    talk.press("1")
    office.until("recording starts", call)
    since = office.clock.now() + EDGE_US
    talks(call, talk, 1500)
    until = office.clock.now()
    call.hang_up()
    talk.until("down")
    kept = office.kept(call)
    assert states(kept) == ["requested", "granted"]
    assert {choice["party"] for choice in kept["choices"]} == {"callee"}
    assert early(kept, call, talk) == []
    assert audible(kept, call, talk, since, until) > 50
    assert kept["recordings"][0]["purposes"] == "training"


@pytest.mark.parametrize(
    ("key", "last"), [("2", ("refused", "")), ("", ("unanswered", "timeout"))]
)
def test_a_called_party_who_does_not_agree_is_put_through(office, key, last):
    call, talk, _ = dials(office)
    office.until("asks", call)
    talk.speaks(ms=READS_MS)
    talk.press(key)
    kept = unrecorded(office, call, talk)
    assert (states(kept)[-1], reasons(kept)[-1]) == last


def test_a_called_party_who_hangs_up_in_the_question_is_in_no_file(office):
    call, talk, _ = dials(office)
    office.until("asks", call)
    talk.speaks(ms=READS_MS)
    talk.hang_up()
    call.until("down")
    kept = office.kept(call)
    assert states(kept) == ["requested", "hung_up"]
    assert kept["recordings"] == files(office) == []


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("486 Busy Here", ": busy ("),
        ("603 Decline", ": refused ("),
        ("480 Temporarily Unavailable", ": no answer ("),
        ("404 Not Found", ": invalid ("),
    ],
)
def test_a_number_outside_that_is_not_taken_is_asked_nothing(office, status, told):
    call, _, number = dials(office, rejects=status)
    assert number in office.until(told, call)
    call.until("down")
    kept = office.kept(call)
    assert states(kept) == ["not_asked"]
    assert kept["recordings"] == files(office) == []


def test_a_mailbox_says_nothing_and_is_in_no_file_of_ours(office):
    serve(office, "outgoing", changes=GATEWAY)
    call = office.dials("03000000")
    office.until("asks", call)
    office.until("party talk", call)
    call.speaks(ms=500)
    assert not is_recorded(office, call)
    call.hang_up()
    kept = office.kept(call)
    assert (states(kept), reasons(kept)[-1]) == (["requested", "unanswered"], "timeout")
    assert kept["recordings"] == files(office) == []


# Nobody's business.


@pytest.mark.parametrize("flow", FLOWS)
def test_colleagues_are_put_through_unasked_and_in_no_file(office, flow):
    phone = office.desk(AGENT)
    serve(office, flow, changes=GATEWAY)
    call = office.dials("1001", desk=phone)
    assert office.until("calls ", call) == "calls user/1001"
    kept = unrecorded(office, call, phone.rings())
    assert states(kept) == ["not_asked"]


@pytest.mark.parametrize(
    ("flow", "prefix"), [("outgoing", ""), ("private", ""), ("private", "*67")]
)
def test_who_calls_for_help_is_put_through_before_anything_else(office, flow, prefix):
    phone = office.desk(AGENT)
    serve(office, flow, changes=GATEWAY)
    call = office.dials(f"{prefix}112", desk=phone)
    first = [office.told.get()[1] for _ in range(3)]
    kept = unrecorded(office, call, phone.rings())
    assert first[1:] == ["emergency call to 112", "calls sofia/gateway/carrier/112"]
    assert states(kept) == ["not_asked"]


@pytest.mark.parametrize("number", ["outside", "1001"])
def test_what_is_dialled_with_67_is_asked_of_nobody_and_in_no_file(office, number):
    phone = office.desk(AGENT)
    serve(office, "private", changes=GATEWAY)
    called = outside(phone) if number == "outside" else number
    call = office.dials(f"*67{called}", desk=phone)
    office.until("private: nothing is recorded from here on", call)
    assert office.until("calls ", call).endswith(f"/{called}")
    kept = unrecorded(office, call, phone.rings())
    (note, end) = kept["choices"]
    assert (note["state"], note["reason"]) == ("not_asked", "private")
    assert (note["performed_by"], note["key"], note["notice"]) == ("subject", "", "")
    assert (end["state"], end["reason"]) == ("not_asked", "")


def test_an_extension_that_is_never_recorded_is_not_though_its_number_is_outside(
    office,
):
    """The works council's telephone has a number of its own at the gateway."""
    phone = office.desk(AGENT)
    number = outside(phone)
    serve(
        office,
        "private",
        changes={**GATEWAY, "never_record: [1999]": f'never_record: ["{number}"]'},
    )
    call = office.dials(number, USER)
    talk = phone.rings()
    office.until("not asked: nothing of this call is recorded", call)
    kept = unrecorded(office, call, talk)
    assert states(kept) == ["not_asked"] * len(kept["choices"])
    assert "never_recorded" in reasons(kept)
