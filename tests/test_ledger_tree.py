"""A tree over the chain: one row, bound without the others."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslflow.ledger import tree as module
from eslflow.ledger.tree import TreeHead, grow, root_from, tree_head_of


def leaf(hash_):
    return sha256(b"\0" + hash_).digest()


def node(left, right):
    return sha256(b"\1" + left + right).digest()


def hashes(count):
    return [sha256(b"%d" % n).digest() for n in range(count)]


def root_of(given):
    """Return the root as RFC 9162, 2.1.1 defines it."""
    if len(given) == 1:
        return leaf(given[0])
    half = 1 << (len(given) - 1).bit_length() - 1
    return node(root_of(given[:half]), root_of(given[half:]))


@pytest.mark.parametrize("size", [*range(1, 34), 100])
def test_the_root_is_that_of_the_rfc_and_every_row_leads_to_it(size):
    chain = hashes(size)
    head, ways = grow(chain, range(1, size + 1))
    assert head == TreeHead(size, root_of(chain))
    assert sorted(ways) == list(range(1, size + 1))
    for place, way in ways.items():
        assert root_from(chain[place - 1], place, size, way) == head.root
        assert len(way) <= (size - 1).bit_length()


@pytest.mark.parametrize("size", [3, 4, 5, 7, 8, 9, 31, 32, 33, 64])
def test_blocks_make_the_same_tree(size, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 4)
    chain = hashes(size)
    for places in ([], [1], [size], [2, size // 2 + 1], range(1, size + 1)):
        head, ways = grow(chain, places)
        assert head == TreeHead(size, root_of(chain))
        for place, way in ways.items():
            assert root_from(chain[place - 1], place, size, way) == head.root


def test_nothing_is_a_tree_too():
    assert grow([]) == (TreeHead(0, sha256().digest()), {})


def test_only_ways_that_were_asked_for_are_told():
    assert list(grow(hashes(9), [3, 99])[1]) == [3]


@given(st.data())
def test_no_other_row_place_size_or_way_leads_there(data):
    size = data.draw(st.integers(2, 40))
    place = data.draw(st.integers(1, size))
    chain = hashes(size)
    head, ways = grow(chain, [place])
    way = list(ways[place])

    def leads(hash_=chain[place - 1], at=place, of=size, by=way):
        return root_from(hash_, at, of, by) == head.root

    assert leads()
    assert not leads(hash_=chain[place - 2])
    other = data.draw(st.integers(-2, size + 2).filter(lambda at: at != place))
    assert not leads(at=other)
    assert not leads(by=[*way, way[0]])
    assert not leads(by=way[:-1])
    broken = data.draw(st.integers(0, len(way) - 1))
    assert not leads(by=[*way[:broken], bytes(32), *way[broken + 1 :]])
    assert not leads(of=2 * size + 1)


def test_a_head_is_read_as_it_was_printed():
    head, _ = grow(hashes(5))
    assert tree_head_of(f" {head}\n") == head
    with pytest.raises(ValueError, match="is no head of a tree: it looks like"):
        tree_head_of(f"5:{head.root.hex()}")
