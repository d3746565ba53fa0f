"""A tree over the hashes of the chain: it binds one row without showing the others.

In: the chain's hashes, in order. Out: one hash that stands for all of them, and for a
row the few that lead from it there. The tree is that of RFC 9162 (2.1), whose leaves
are the chain's hashes. The chain alone cannot do this: who has its newest hash must see
every row in between to come to an older one. Pure: reads no ledger.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

BLOCK = 1024
"""Rows of which a part of the tree is grown at once: a power of two."""
_TEXT = re.compile("([0-9]{1,18}):tree:([0-9a-f]{64})")


class TreeHead(NamedTuple):
    """What stands for the whole chain up to a place."""

    size: int
    """How many places there are: the last one's number."""
    root: bytes

    def __str__(self) -> str:
        """Return it as it is kept elsewhere."""
        return f"{self.size}:tree:{self.root.hex()}"


Path = tuple[bytes, ...]
"""What is beside the way from a leaf to the root, from below."""


def tree_head_of(text: str) -> TreeHead:
    """Return the tree's head that `str` made this of.

    Raises:
        ValueError: it is none.
    """
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise ValueError(
            f"{text!r} is no head of a tree: it looks like 41:tree:9f86..."
        )
    return TreeHead(int(found[1]), bytes.fromhex(found[2]))


def _leaf(hash_: bytes) -> bytes:
    return sha256(b"\0" + hash_).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


class _Part:
    """A whole part of the tree."""

    def __init__(self, level: int, hash_: bytes, ways: list[list[bytes]]) -> None:
        self.level = level
        self.hash = hash_
        self.ways = ways
        """Of the leaves in it that are asked for."""


def grow(
    hashes: Iterable[bytes], places: Collection[int] = ()
) -> tuple[TreeHead, dict[int, Path]]:
    """Return the head of the tree over the chain, and the path of each place."""
    parts: list[_Part] = []
    wanted = sorted(places)
    ways: dict[int, list[bytes]] = {}
    size, left = 0, iter(hashes)
    while block := list(islice(left, BLOCK)):
        asked = [at for at in wanted if size < at <= size + len(block)]
        if len(block) == BLOCK and not asked:
            _add(parts, _Part(BLOCK.bit_length() - 1, _whole(block), []))
        else:
            ways |= {at: [] for at in asked}
            for at, hash_ in enumerate(block, size + 1):
                _add(parts, _Part(0, _leaf(hash_), [ways[at]] if at in ways else []))
        size += len(block)
    if not parts:
        return TreeHead(0, sha256().digest()), {}
    part = parts.pop()
    while parts:
        part = _joined(parts.pop(), part)
    return TreeHead(size, part.hash), {at: tuple(way) for at, way in ways.items()}


def _whole(block: Sequence[bytes]) -> bytes:
    """Return the root of a block; nearly all are such, and this is quicker."""
    level = [sha256(b"\0" + hash_).digest() for hash_ in block]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [sha256(b"\1" + left + right).digest() for left, right in pairs]
    return level[0]


def _add(parts: list[_Part], part: _Part) -> None:
    """Add a part to those before it, and join what is as large."""
    while parts and parts[-1].level == part.level:
        part = _joined(parts.pop(), part)
    parts.append(part)


def _joined(left: _Part, right: _Part) -> _Part:
    for way in left.ways:
        way.append(right.hash)
    for way in right.ways:
        way.append(left.hash)
    ways = left.ways + right.ways
    return _Part(left.level + 1, _node(left.hash, right.hash), ways)


def root_from(hash_: bytes, place: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that a row's hash leads to; empty: the path is not that of one.

    RFC 9162, 2.1.3.2.
    """
    at, last = place - 1, size - 1
    if not 0 <= at <= last:
        return b""
    found = _leaf(hash_)
    for beside in path:
        if not last:
            return b""
        if at & 1 or at == last:
            found = _node(beside, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = _node(found, beside)
        at, last = at >> 1, last >> 1
    return b"" if last else found
