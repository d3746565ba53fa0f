"""Ways from one state of a proof to another."""

from types import SimpleNamespace

from eslflow.check.trails import leading_to, reached, shortest, without_ends


def graph(**leads):
    """Return a graph of moves: `_1=[2, 3]` leads from 1 to 2 and to 3."""
    return {
        int(name[1:]): [SimpleNamespace(to=to) for to in leads[name]] for name in leads
    }


ROADS = graph(_1=[2, 3], _2=[4], _3=[4], _4=[1, 5], _5=[])


def to(number):
    return lambda move: move.to == number


def test_the_shortest_way_is_found_or_none():
    assert [move.to for move in shortest(ROADS, 1, to(5))] == [2, 4, 5]
    assert [move.to for move in shortest(ROADS, 4, to(4))] == [1, 2, 4]
    assert shortest(ROADS, 5, to(1)) is None


def test_a_way_keeps_to_some_states_and_goes_no_further_than_it_may():
    assert [move.to for move in shortest(ROADS, 1, to(5), {3, 4, 5})] == [3, 4, 5]
    assert shortest(ROADS, 1, to(5), None, to(4)) is None


def test_only_states_that_lead_round_go_on_for_ever():
    assert without_ends(ROADS) == {1, 2, 3, 4}
    assert without_ends(graph(_1=[2], _2=[])) == set()


def test_states_from_which_an_end_is_reached_are_told():
    assert leading_to(ROADS, to(5), lambda move: False) == {1, 2, 3, 4}
    assert leading_to(ROADS, to(5), to(4)) == {4}
    assert leading_to(ROADS, to(6), to(4)) == set()


def test_states_that_one_comes_to_are_told():
    assert reached(ROADS, [2], lambda move: False) == {1, 2, 3, 4, 5}
    assert reached(ROADS, [2, 5], to(4)) == {2, 5}
