"""Which flow takes a call, and what it hears."""

from eslflow.call.events import Offered
from eslflow.switch.shelf import Shelf, heard
from eslflow.wire.terms import EventName, Module, Subclass
from tests.peers import SUPPORT
from tests.steps_of import HEAD, flow

OTHER = flow("a: {queue: x, type: fifo}")
SHELF = Shelf({"one": SUPPORT, "two": OTHER}, "one", {"100": "two", "200": "gone"})


def test_the_path_comes_first_then_the_number_then_the_default():
    assert SHELF.choose(Offered("u", flow_path="two", called="100")) is OTHER
    assert SHELF.choose(Offered("u", called="100")) is OTHER
    assert SHELF.choose(Offered("u", called="300")) is SUPPORT


def test_a_name_that_no_flow_has_is_no_flow():
    assert SHELF.choose(Offered("u", flow_path="none", called="100")) is None
    assert SHELF.choose(Offered("u", called="200")) is None
    assert Shelf({"one": SUPPORT}).choose(Offered("u")) is None


def test_it_knows_the_modules_that_its_flows_need():
    assert SHELF.needs() == [Module.CALLCENTER, Module.FIFO]
    assert Shelf({}).needs() == []


def test_a_flow_hears_what_its_steps_read_and_no_more():
    names, customs, hears_others = heard(flow("a: {announce: welcome}"))
    assert not hears_others
    assert names == [EventName.CHANNEL_EXECUTE_COMPLETE, EventName.CHANNEL_HANGUP]
    assert customs == []
    names, _, hears_others = heard(SUPPORT)
    assert hears_others
    assert EventName.RECORD_STOP in names
    assert EventName.CHANNEL_PARK in names
    assert heard(OTHER)[1] == [Subclass.FIFO]
    assert EventName.RECORD_START in heard(OTHER).names
    assert EventName.RECORD_STOP not in heard(OTHER).names


def test_the_keys_of_callers_are_heard_where_they_are_bound():
    withdraws = HEAD.replace("retain: 90d", "on_withdrawal: keep")
    keys = "recording: {caller_keys: {1: withdraw}}\n"
    found = heard(flow("a: {queue: x}", withdraws + keys))
    assert found.customs == [Subclass.CONTROL]


def test_the_keys_of_agents_are_heard_where_they_are_bound():
    keys = "recording: {agent_keys: {1: mask}}\n"
    assert heard(flow("a: {queue: x}", HEAD + keys)).customs == [Subclass.CONTROL]
