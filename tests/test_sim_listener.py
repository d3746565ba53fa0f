"""The controller's socket as the switch sees it."""

from eslflow.sim.listener import Listener


def connected(*names):
    listener = Listener()
    listener.is_connected = True
    listener.names |= set(names)
    return listener


def test_what_is_said_is_taken_once_and_nothing_after_the_end():
    listener = Listener()
    listener.say(b"a")
    listener.close()
    listener.say(b"b")
    assert (listener.taken(), listener.taken()) == (b"a", b"")


def test_a_reply_goes_before_what_it_caused():
    listener = Listener()
    listener.say(b"1")
    with listener.behind_reply() as first:
        listener.say(b"3")
        first.append(b"2")
    assert listener.taken() == b"123"


def test_events_are_wanted_by_name_or_subclass():
    listener = connected("CHANNEL_PARK", "fifo::info")
    assert listener.wants("CHANNEL_PARK", {})
    assert not listener.wants("CHANNEL_ANSWER", {})
    assert listener.wants("CUSTOM", {"Event-Subclass": "fifo::info"})
    assert not listener.wants("CUSTOM", {"Event-Subclass": "callcenter::info"})
    assert connected("ALL").wants("CHANNEL_ANSWER", {})
    assert not Listener().wants("CHANNEL_PARK", {})


def test_one_filter_that_fits_is_enough():
    listener = connected("ALL")
    listener.filters += [("Unique-ID", "u"), ("Job-UUID", "j")]
    assert listener.wants("X", {"Job-UUID": "j"})
    assert not listener.wants("X", {"Unique-ID": "v"})


def test_a_lost_event_is_not_said():
    listener = Listener()
    with listener.losing("RECORD_STOP"):
        listener.say(b"a", "RECORD_STOP")
        listener.say(b"b", "RECORD_START")
        listener.say(b"c")
    listener.say(b"d", "RECORD_STOP")
    assert listener.taken() == b"bcd"


def test_a_stuck_listener_keeps_what_it_has_to_say():
    listener = Listener()
    listener.is_stuck = True
    listener.say(b"a")
    assert listener.taken() == b""
    listener.is_stuck = False
    assert listener.taken() == b"a"
