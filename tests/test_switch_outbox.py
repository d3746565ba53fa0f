"""What goes out at the end of a turn."""

import gevent

from eslflow.switch.outbox import Outbox


def test_nothing_goes_out_before_the_end_of_the_turn_and_all_of_it_then():
    outbox, sent = Outbox(), []
    outbox.add(lambda: sent.append(1))
    outbox.add(lambda: sent.append(2))
    assert not sent
    gevent.idle()
    assert sent == [1, 2]


def test_each_turn_has_its_own_end():
    outbox, sent = Outbox(), []
    outbox.add(lambda: sent.append(1))
    gevent.idle()
    outbox.add(lambda: sent.append(2))
    gevent.idle()
    assert sent == [1, 2]


def test_what_is_added_while_the_others_go_out_goes_out_too():
    outbox, sent = Outbox(), []
    outbox.add(lambda: outbox.add(lambda: sent.append(1)))
    gevent.idle()
    gevent.idle()
    assert sent == [1]
