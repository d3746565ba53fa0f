"""What a bundle says; a part that is not of its form is refused."""

import json

import pytest

from eslflow.bundle.facts import facts, load, row_name
from eslflow.errors import BadBundle
from eslflow.ledger.personal import ERASED
from eslflow.ledger.read import Reader
from eslflow.ledger.writer import connect
from tests.bundles import (
    CALL,
    FOR,
    REASON,
    REMARK,
    bundle,
    parts_of,
    site_with_proof,
    withdrawn,
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    return site_with_proof(tmp_path_factory.mktemp("site"), withdrawn())


@pytest.fixture(scope="module")
def parts(ledger):
    return parts_of(bundle(ledger))


def said(parts, name):
    return json.loads(parts[name])


def refused(parts, **other):
    changed = {**parts, **other}
    with pytest.raises(BadBundle) as raised:
        facts({name: data for name, data in changed.items() if data is not None}, ())
    return str(raised.value)


def altered(parts, name, change):
    value = said(parts, name)
    change(value)
    return {name: json.dumps(value).encode()}


def test_a_call_is_told_as_the_ledger_tells_it(ledger, parts):
    found = facts(parts, ())
    with Reader(ledger) as reader:
        assert found.kept == reader.call(CALL)
        recording = found.kept["recordings"][0]
        looks = [look for look in found.lines("looks") if look["recording_id"]]
        assert looks == reader.looks(recording)


def test_who_made_it_is_the_last_row(parts):
    look = facts(parts, ()).look
    assert (look["who"], look["what"], look["reason"]) == ("root", "proof", FOR)


def test_words_that_were_erased_are_said_to_be(tmp_path):
    path = site_with_proof(tmp_path, withdrawn())
    with connect(path) as db:
        db.execute("DELETE FROM personal WHERE text = ?", (REMARK,))
    db.close()
    found = facts(parts_of(bundle(path)), ())
    assert found.lines("choices")[-1]["remark"] == ERASED
    assert found.lines("looks")[0]["reason"] == REASON


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("bundle.json", lambda v: v.update(language="xx"), "bundle.json is not of"),
        ("bundle.json", lambda v: v.update(format=True), "bundle.json is not of"),
        ("bundle.json", lambda v: v.update(format=2), "made by a newer eslflow"),
        ("bundle.json", lambda v: v.update(more=1), "bundle.json is not of"),
        ("bundle.json", lambda v: v.update(zone=[[1, 2]]), "bundle.json is not of"),
        ("bundle.json", lambda v: v.update(zone=[[1, 86400, "X"]]), "is not of"),
        ("bundle.json", lambda v: v.update(left_out={"x": 1}), "is not of"),
        ("bundle.json", lambda v: v.update(call="other"), "call.json is not of"),
        ("call.json", lambda v: v["call"].update(caller=1), "call.json is not of"),
        ("call.json", lambda v: v["call"].update(x=[1]), "call.json is not of"),
        ("call.json", lambda v: v["call"].update(ended_at=2**63), "is not of"),
        ("call.json", lambda v: v["recordings"][0].pop("form"), "is not of"),
        ("call.json", lambda v: v["recordings"][0].update(id=None), "is not of"),
        ("call.json", lambda v: v["recordings"][0].update(call_uuid="x"), "is not"),
        ("words.json", lambda v: v.update(x={"key": "", "text": ""}), "no row speaks"),
        ("words.json", lambda v: v.update(x=1), "words.json is not of the form"),
        ("tree.json", lambda v: v.update(x={}), "is no head of a tree"),
        ("tree.json", lambda v: v.update({f"1:tree:{'0' * 64}": {"x": []}}), "is not"),
        ("tree.json", lambda v: v.update({f"1:tree:{'0' * 64}": {"1": 5}}), "is not"),
        ("tree.json", lambda v: v.update({f"1:tree:{'0' * 64}": []}), "is not of"),
    ],
)
def test_a_part_of_another_form_is_refused(parts, name, change, told):
    assert told in refused(parts, **altered(parts, name, change))


def test_words_must_be_those_of_their_hash(parts):
    def other(value):
        next(iter(value.values()))["text"] = "Brief vom 4. Mai"

    told = refused(parts, **altered(parts, "words.json", other))
    assert "words.json holds words of another hash than personal:" in told


def canonical(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"key": "2"}, "the chain does not hold: the row at place 5 rests on"),
        ({"call_uuid": "other"}, "the chain does not hold"),
        ({"key": 1}, "is not of the form"),
        ({"heard_ms": 2**63}, "is not of the form"),
        ({"seq": "3"}, "is not of the form"),
        ({"seq": True}, "is not of the form"),
        ({"place": 5}, "is not of the form"),
        ({"table": "calls"}, "is no row of proof"),
        ({"table": "looks"}, "lacks columns of looks"),
        ({"previous": None}, "is no row of proof"),
        ({"nonsense": 1}, "has columns of a newer eslflow"),
        ({"who": ""}, "is not of the form"),
    ],
)
def test_a_row_that_was_changed_is_refused(parts, change, told):
    name = row_name(4)
    row = {**said(parts, name), **change}
    assert told in refused(parts, **{name: canonical(row)})


def test_a_row_that_is_written_otherwise_is_refused(parts):
    name = row_name(4)
    spaced = json.dumps(said(parts, name)).encode()
    assert f"{name} is not of the form" in refused(parts, **{name: spaced})
    assert f"{name} is not of the form" in refused(parts, **{name: b"[]"})


def test_a_row_of_another_call_is_refused(tmp_path, parts):
    path = site_with_proof(tmp_path)
    other = parts_of(bundle(path))
    spoilt = {
        **other,
        "bundle.json": other["bundle.json"].replace(b"0a6f5a54", b"1a6f5a54"),
    }
    spoilt["call.json"] = other["call.json"].replace(b"0a6f5a54", b"1a6f5a54")
    assert "is of another call than 1a6f5a54" in refused(spoilt)


def test_a_notice_that_no_question_names_is_refused(parts):
    gone = {row_name(at): None for at in (3, 4, 12)}
    rest = {k: v for k, v in parts.items() if k not in gone}
    words = said(parts, "words.json")
    remark = said(parts, row_name(12))["remark"]
    del words[remark]
    rest["words.json"] = json.dumps(words).encode()
    assert "chain/000000002.json is of another call" in refused(rest)


def test_the_first_row_of_all_rests_on_nothing(parts):
    row = said(parts, row_name(2))
    first = {**row, "place": 1}
    assert "the row at place 1 rests on" in refused(
        parts, **{row_name(1): canonical(first)}
    )


def test_a_bundle_without_rows_is_refused(parts):
    rest = {k: v for k, v in parts.items() if not k.startswith("chain/")}
    assert "it holds no row of proof" in refused(rest)


@pytest.mark.parametrize("data", [b"{", b"\xff", b'"\\ud83d"', b"[" * 99_999])
def test_what_is_no_json_is_refused(data):
    with pytest.raises(BadBundle, match="x.json cannot be read"):
        load("x.json", data)
