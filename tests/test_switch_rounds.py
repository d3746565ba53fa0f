"""Work that comes round again and again."""

import threading

import gevent
import pytest

from eslflow.errors import StoreError
from eslflow.switch.rounds import Rounds


def until(holds):
    with gevent.Timeout(30):
        while not holds():
            # Unlike sleep(0), it lets the other thread run: each time round.
            gevent.idle()


def test_it_is_done_at_once_and_again_in_another_thread():
    threads = []

    with Rounds("working", lambda: threads.append(threading.get_ident()), 0.001):
        until(lambda: len(threads) > 2)
    assert threading.get_ident() not in threads
    done = len(threads)
    gevent.sleep(0)
    assert len(threads) == done


def test_a_round_under_way_is_finished_before_the_end():
    may_end, begun, done = threading.Event(), [], []

    def work():
        begun.append(1)
        assert may_end.wait(30)
        done.append(1)

    rounds = Rounds("working", work, 60)
    until(lambda: begun)
    closing = gevent.spawn(rounds.close)
    gevent.sleep(0)
    assert done == []
    may_end.set()
    closing.join()
    assert done == [1]


@pytest.mark.parametrize(
    ("error", "told"),
    [(StoreError("locked"), "working: locked"), (ValueError("ours"), "working failed")],
)
def test_what_fails_is_told_once_and_tried_again(caplog, error, told):
    caplog.set_level("INFO")
    times = []

    def work():
        times.append(1)
        if len(times) < 4:
            raise error

    with Rounds("working", work, 0.001) as rounds:
        until(lambda: len(times) > 4)
        assert rounds.problem == ""
    warnings = [r for r in caplog.records if r.levelname == "WARNING"]
    assert len(warnings) == 1
    assert told in caplog.text
    assert "working: well again" in caplog.text
