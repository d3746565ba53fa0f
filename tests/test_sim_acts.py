"""What people do in a call besides answering questions."""

from types import SimpleNamespace

from eslflow.sim import acts, deeds


class Deed:
    """Notes who does it."""

    def __init__(self):
        self.done = []

    def do(self, channel):
        self.done.append(channel)


def test_an_agent_does_what_the_word_says_or_presses_keys():
    assert acts.of_agent("hold") == deeds.Hold()
    assert acts.of_agent("hang_up") == deeds.HangUp()
    assert acts.of_agent("*1") == deeds.Keys("*1", deeds.AGENT)
    assert acts.of_agent("pass_outside") != acts.of_agent("pass_on")
    assert acts.of_caller("*0") == deeds.Keys("*0", deeds.CALLER)


def test_things_are_done_one_after_the_other_and_the_talk_is_longer_for_it():
    first, second = Deed(), Deed()
    points, talk_s = acts.in_talk([first, second])
    assert points == {"bridged +3": first, "bridged +6": second}
    assert talk_s == acts.TALK_S + 6
    assert acts.in_talk([]) == ({}, acts.TALK_S)


def test_who_waits_does_it_one_after_the_other():
    due = []
    channel = SimpleNamespace(later=lambda seconds, does: due.append((seconds, does)))
    first, second = Deed(), Deed()
    acts.while_waiting(channel, [first, second])
    assert [seconds for seconds, _ in due] == [0.5, 1.0]
    due[1][1]()
    assert (first.done, second.done) == ([], [channel])
