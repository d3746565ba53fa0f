"""The chain: what is hashed of a row, and how one rests on the other."""

import json
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from eslflow.call.records import (
    AgentAgreed,
    Choice,
    Erasure,
    LegalHold,
    Look,
    NoticePlayed,
    RecordingAction,
    State,
)
from eslflow.ledger.chain import (
    BEGIN,
    FORMS,
    KINDS,
    Chain,
    Form,
    Head,
    Link,
    head_of,
    open_chain,
    read_head,
)
from eslflow.ledger.rows import held
from eslflow.ledger.writer import connect
from eslflow.wire.terms import RecordAction

RECORDS = {
    1: NoticePlayed,
    2: Choice,
    3: RecordingAction,
    4: Look,
    5: AgentAgreed,
    6: LegalHold,
    7: Erasure,
}
CHOICE = Choice("u", 5, State.GRANTED, "p", "consent", 0, "f", "0", "s", "e")
ACTION = RecordingAction("u-1", "u", 6, RecordAction.STOP, "step", "s", "+OK", True)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)
TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)
VALUES = {int: NUMBERS, str: TEXTS}


def new_chain(**last):
    return Chain(BEGIN, {**dict.fromkeys(KINDS, 0), **last})


@st.composite
def rows(draw):
    kind = draw(st.sampled_from(sorted(FORMS)))
    return kind, [draw(VALUES[of]) for of in FORMS[kind].types]


@given(rows(), st.integers(1, 2**40), st.integers(1, 2**40))
def test_what_is_hashed_is_the_canonical_json_of_the_row(row, place, seq):
    kind, values = row
    form = FORMS[kind]
    meant = {
        **dict(zip(form.columns, values, strict=True)),
        **{"table": form.table, "seq": seq, "place": place, "previous": "ab" * 32},
    }
    meant = {n: v for n, v in meant.items() if form.later.get(n) != v}
    text = form.text(values, place, "ab" * 32, seq)
    assert text.encode() == rfc8785.dumps(meant)


@given(st.lists(rows(), min_size=1, max_size=4))
def test_each_hash_rests_on_the_one_before(given_rows):
    chain, previous = new_chain(), BEGIN.hash.hex()
    for place, (kind, values) in enumerate(given_rows, 1):
        (seq, *stored), link = chain.add(kind, values, held)
        link = Link(*link)
        assert stored == list(held(values))
        text = FORMS[kind].text(held(values), place, previous, seq)
        assert (link.place, link.kind, link.seq) == (place, kind, seq)
        assert link.hash == sha256(text.encode()).digest()
        previous = link.hash.hex()


def test_what_was_hashed_once_is_hashed_so_for_ever():
    """These hashes stand in ledgers: who has to change them breaks their proof."""
    chain = new_chain(choices=6)
    action = [*ACTION[:7], 1, *ACTION[8:]]
    links = [
        chain.add(
            1, NoticePlayed("f", "n", 1, "en", "Press 1, 100 %.", "5e", 9, ""), held
        ),
        chain.add(2, CHOICE, held),
        chain.add(3, action, held),
        chain.add(4, Look(7, "anne", "decrypt", "u", "u-1", "asked \u00fcber"), held),
    ]
    assert [(seq, link[3].hex()) for (seq, *_), link in links] == GOLDEN


GOLDEN = [
    (1, "eacda070e1c5b9daccdf1ed776ae946811bbf56a4c7dc8c2d8783cf359a896c0"),
    (7, "e0d46bf2bdd5f473c9eefc15af323001ec059c19c6ad7a637f7de87381555a94"),
    (1, "28e70c1d2d24f6b4cd749b3ca88800b68ee8eddf74f633f36530153714edb8ce"),
    (1, "89908d380ced171c4c247061ab6be06ff98fc09ac8010127d1be0b77ff03f07c"),
]


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        (1, "url"),
        (2, "party"),
        (3, "path"),
        (4, "reason"),
        (5, "who"),
        (6, "subject"),
        (7, "words"),
    ],
)
def test_columns_are_later_from_the_first_one_on_that_came_after_the_chain(kind, last):
    form = FORMS[kind]
    always = [name for name in form.columns if name not in form.later]
    assert always[-1] == last
    assert form.columns[: len(always)] == tuple(always)


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_a_form_knows_every_column_of_its_record(kind):
    form, record = FORMS[kind], RECORDS[kind]
    assert form.columns == record._fields
    assert KINDS[form.table] == kind
    # A later column says nothing as long as it is as it was added.
    assert set(form.later) <= set(record._field_defaults)


def grown():
    """Return the form of looks as it would be with two more columns."""
    later = {"subject": "", "ip": "", "tries": 0}
    fields = (*Look._fields[:6], *later)

    class More:
        _fields = fields
        _field_defaults = later
        __annotations__ = {
            **dict.fromkeys(fields, str),
            "at": int,
            "tries": int,
        }

    return Form("looks", More, 6, ("at", "call_uuid"))


def test_a_column_that_came_later_leaves_older_hashes_true():
    look = Look(7, "anne", "decrypt", "u", "u-1", "asked")
    before = FORMS[4].text(look, 3, "ab", 1)
    assert grown().text([*look, "", 0], 3, "ab", 1) == before
    assert json.loads(grown().text([*look, "::1", 0], 3, "ab", 1))["ip"] == "::1"
    assert json.loads(grown().text([*look, "", 2], 3, "ab", 1))["tries"] == 2
    # 0 is not what an empty text is.
    assert json.loads(grown().text([*look, 0, ""], 3, "ab", 1))["ip"] == 0


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())))
def test_what_cannot_be_held_is_hashed_as_it_is_stored(reason):
    look = Look(7, "anne", "decrypt", "u", "u-1", reason)
    stored = look._replace(reason=held([reason])[0])
    assert new_chain().add(4, look, held) == new_chain().add(4, stored, held)


def test_a_head_can_be_written_down_and_typed_again():
    head = Head(41, sha256(b"x").digest())
    assert head_of(f" {head}\n") == head
    assert head_of(str(BEGIN)) == BEGIN


@pytest.mark.parametrize(
    "text", ["", "41", "41:", "x:" + "0" * 64, "-1:" + "0" * 64, "1:" + "g" * 64]
)
def test_what_is_no_head_is_refused(text):
    with pytest.raises(ValueError, match="is no head"):
        head_of(text)


def test_an_empty_ledger_begins_where_all_do(tmp_path):
    db = connect(tmp_path / "eslflow.db")
    assert read_head(db) == BEGIN
    assert open_chain(db).add(2, CHOICE, held) == new_chain().add(2, CHOICE, held)
    db.close()
