"""What the engine asks for."""

from eslflow.call.commands import Await, Execute, Keep, mark
from eslflow.wire.command import identifier
from eslflow.wire.terms import App


def test_a_mark_can_be_sent_and_names_one_command():
    assert identifier(mark(7)) == "eslflow-7"
    assert mark(7) != mark(70)


def test_what_waits_says_so():
    assert Execute(App.ANSWER).waits
    assert not Keep(()).is_durable
    assert Await(()).timeout_s is None
