"""Whether a bundle holds: any byte that is not as it was written is found."""

import json
import os
import random
import re
import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from eslflow.bundle import check as module
from eslflow.bundle import pack
from eslflow.bundle.check import check, check_open
from eslflow.bundle.facts import FORMAT
from eslflow.errors import BadBundle
from eslflow.ledger.chain import Head
from eslflow.ledger.excerpt import tree_head
from eslflow.ledger.tree import TreeHead
from eslflow.ledger.writer import write
from tests.bundles import (
    CALL,
    MADE_AT,
    VOICE,
    bundle,
    granted,
    parts_of,
    sha,
    site_with_proof,
    zipped,
)

STAMP = pack.stamp_of(MADE_AT)
PLACES = [2, 3, 4, 5, 6, 7, 8, 9, 11, 13]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    ledger = site_with_proof(folder)
    kept = tree_head(ledger, 9)
    return {
        "ledger": ledger,
        "kept": kept,
        "good": bundle(ledger),
        "reaching": bundle(ledger, since=kept),
    }


class Bundle(bytes):
    """Bytes that a failing test does not print."""

    def __repr__(self):
        return "a bundle"


@pytest.fixture(scope="module")
def good(site):
    return Bundle(site["good"])


def found(data, since=None):
    return check_open(BytesIO(data), since)


def refused(data, since=None):
    with pytest.raises(BadBundle) as raised:
        found(data, since)
    return str(raised.value)


def changed(data, **parts):
    """Return a bundle with other parts, whose hashes fit."""
    old = parts_of(data)
    for name, part in parts.items():
        if part is None:
            del old[name]
        else:
            old[name] = part
    return zipped(old, STAMP)


def altered(data, name, change):
    """Return a bundle in which a part of JSON says something else."""
    said = json.loads(parts_of(data)[name])
    change(said)
    return changed(data, **{name: json.dumps(said).encode()})


def test_one_that_is_as_it_was_written_holds(good):
    checked = found(good)
    assert [row.place for row in checked.facts.proof] == PLACES
    assert (checked.parts, checked.since) == (len(parts_of(good)), "")
    assert found(zipped(parts_of(good), STAMP)).parts == checked.parts


@settings(max_examples=400)
@given(st.data())
def test_any_byte_that_is_flipped_anywhere_is_found(good, data):
    at = data.draw(st.integers(0, len(good) - 1))
    mask = data.draw(st.integers(1, 255))
    spoilt = bytearray(good)
    spoilt[at] ^= mask
    assert refused(bytes(spoilt))


def test_every_byte_of_what_is_not_sound_is_found(good):
    # The sound is most of it: every byte elsewhere, and some of it.
    start = good.index(b"RIFF")
    ends = good.rindex(b"RIFF") + 60
    places = {*range(start + 60), *range(len(good) - 3000, len(good))}
    chosen = random.Random(7).sample(sorted(places), 600)
    for at in [*chosen, start + 50, ends]:
        spoilt = bytearray(good)
        spoilt[at] ^= 1 << at % 8
        assert refused(bytes(spoilt)), at


@settings(max_examples=60)
@given(st.data())
def test_a_bundle_that_is_cut_or_grown_is_refused(good, data):
    at = data.draw(st.integers(0, len(good) - 1))
    assert refused(good[:at])
    more = data.draw(st.binary(min_size=1, max_size=9))
    assert refused(good[:at] + more + good[at:])


SCALARS = st.one_of(st.none(), st.integers(), st.text(max_size=9), st.booleans())
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.dictionaries(st.text(max_size=5), SCALARS, max_size=3),
)
OF_ROWS = st.sampled_from(
    ["bundle.json", "call.json", "words.json", "tree.json", "chain/000000004.json"]
)


@settings(max_examples=200)
@given(OF_ROWS, st.integers(0, 30), VALUES)
def test_whatever_a_part_holds_it_is_refused_in_words(good, name, number, value):
    said = json.loads(parts_of(good)[name])
    # Hashes of words differ from run to run.
    key = sorted(said)[number % len(said)]
    assume(value != said[key])
    said[key] = value
    assert refused(changed(good, **{name: json.dumps(said).encode()}))


def test_a_zone_that_shows_nowhere_is_told_all_the_same(good):
    for zone in ([], [[1, 0, "X"]], [[1, 0, "UTC"]]):
        spoilt = altered(good, "bundle.json", lambda said, z=zone: said.update(zone=z))
        assert "does not say what the rows say" in refused(spoilt)


@settings(max_examples=200)
@given(st.booleans(), st.integers(0, 60), SCALARS)
def test_whatever_a_call_is_said_to_be_the_report_gives_it_away(
    good, is_call, number, value
):
    said = json.loads(parts_of(good)["call.json"])
    line = said["call"] if is_call else said["recordings"][0]
    key = sorted(line)[number % len(line)]
    assume(value != line[key])
    line[key] = value
    assert refused(changed(good, **{"call.json": json.dumps(said).encode()}))


@pytest.mark.parametrize(
    ("name", "part", "told"),
    [
        ("report.html", b"<p>He agreed.</p>", "report.html does not say what the rows"),
        ("rows.json", b"{}", "rows.json does not say what the rows say"),
        ("README.txt", b"All is well.", "README.txt does not say"),
        ("recordings/1.wav", VOICE, "recordings/1.wav is not the file that the rows"),
        (f"audio/{sha(VOICE)}.wav", b"x", "is not the file that the rows name"),
        (f"audio/{sha(VOICE)}.wav", None, "is missing, and nothing says why"),
        ("recordings/1.wav", None, "recordings/1.wav is missing, and nothing says"),
        ("recordings/2.wav", VOICE, "no row of the call speaks of recordings/2.wav"),
        (f"audio/{'5e' * 32}.wav", VOICE, "no row of the call speaks of audio/"),
        ("run.exe", b"x", "eslflow puts no run.exe into a bundle: do not open it"),
        ("report.html", None, "it has no report.html"),
        ("tree.json", None, "it has no tree.json"),
        ("call.json", b"{", "call.json cannot be read"),
        ("call.json", b"[" * 100_000, "call.json cannot be read"),
        ("call.json", b'{"a": "\\ud800"}', "half a character"),
        ("call.json", b"[]", "call.json is not of the form"),
        ("words.json", b"\xff", "words.json cannot be read"),
        ("tree.json", b"{}", "tree.json has no head of when it was made"),
        ("chain/000000003.json", None, "tree.json does not have the way of each row"),
        ("bundle.json", b"x", "bundle.json cannot be read"),
    ],
)
def test_what_was_put_in_or_taken_out_is_told(good, name, part, told):
    assert told in refused(changed(good, **{name: part}))


def test_a_bundle_without_the_row_of_who_made_it_is_refused(good):
    words = json.loads(parts_of(good)["words.json"])
    mark = json.loads(parts_of(good)["chain/000000013.json"])["reason"]
    del words[mark]
    parts = {"words.json": json.dumps(words).encode(), "chain/000000013.json": None}
    assert "its last row does not say who made it" in refused(changed(good, **parts))


@pytest.mark.parametrize("name", ["recordings/1.wav", "recordings/2.wav"])
def test_what_is_said_to_be_missing_must_be_so(good, name):
    spoilt = altered(
        good, "bundle.json", lambda said: said["left_out"].update({name: "gone"})
    )
    assert f"says why {name} is missing, and it is not" in refused(spoilt)


def test_the_list_of_hashes_comes_last_and_is_whole(good):
    parts = parts_of(good)
    listed = parts.pop("SHA256SUMS")
    out = BytesIO()
    sources = [("SHA256SUMS", BytesIO(listed))]
    sources += [(name, BytesIO(data)) for name, data in parts.items()]
    pack.write(out, sources, STAMP)
    assert "SHA256SUMS is not its last part" in refused(out.getvalue())
    out = BytesIO()
    sources = [(name, BytesIO(data)) for name, data in parts.items()]
    more = ("SHA256SUMS", BytesIO(listed + listed[:80]))
    pack.write(out, [*sources, more], STAMP)
    assert "it lists other parts" in refused(out.getvalue())


def test_the_list_of_hashes_is_not_damaged_either(good):
    crc = struct.pack("<I", pack.Opened(BytesIO(good)).parts["SHA256SUMS"].crc)
    assert good.count(crc) == 2
    told = refused(good.replace(crc, b"\0\0\0\0"))
    assert "SHA256SUMS is damaged: its checksum is another" in told


def test_a_huge_part_is_not_read(good, monkeypatch):
    monkeypatch.setattr(module, "MOST", 2000)
    assert "is larger than 2000 bytes" in refused(good)


def test_times_of_its_parts_are_those_of_who_made_it(good):
    stamp = pack.stamp_of(MADE_AT + 10_000_000)
    assert "its times are not those of" in refused(zipped(parts_of(good), stamp))


def test_one_that_was_made_at_no_time_is_refused(site, monkeypatch):
    monkeypatch.setattr("tests.bundles.MADE_AT", 2**62)
    monkeypatch.setattr(pack, "stamp_of", lambda at: STAMP)
    data = bundle(site["ledger"])
    monkeypatch.undo()
    assert "its times are not those of" in refused(data)


def test_a_row_that_leads_elsewhere_is_told(good):
    def other(said):
        (ways,) = said.values()
        ways["4"][0] = "00" * 32

    assert "the row at place 4 does not lead to 13:tree:" in refused(
        altered(good, "tree.json", other)
    )


def test_one_of_another_eslflow_says_so(good, monkeypatch):
    def older(said):
        said["engine"] = "eslflow 0.0.1"

    told = refused(altered(good, "bundle.json", older))
    assert "all else holds, but report.html was written by eslflow 0.0.1" in told
    monkeypatch.setitem(module.DERIVED, "report.html", lambda facts: b"otherwise")
    monkeypatch.setattr(module, "ENGINE", "eslflow 99")
    assert re.search(
        r"all else holds, but report.html was written by eslflow \S+, and this is "
        "eslflow 99: check it with that version",
        refused(good),
    )


def test_one_of_a_later_form_wants_a_newer_eslflow(good):
    spoilt = altered(good, "bundle.json", lambda said: said.update(format=FORMAT + 1))
    assert "made by a newer eslflow" in refused(spoilt)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadBundle, match="none.zip cannot be read: No such file"):
        check(tmp_path / "none.zip")


def test_it_needs_no_site_and_no_database(good, tmp_path):
    (tmp_path / "p.zip").write_bytes(good)
    assert check(tmp_path / "p.zip").facts.made.call == CALL
    code = (
        "import sys; from pathlib import Path; from eslflow.bundle.check import check;"
        "sys.modules['sqlite3'].connect = None; check(Path(sys.argv[1]))"
    )
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    words = [sys.executable, "-c", code, "p.zip"]
    done = subprocess.run(words, cwd=tmp_path, env=here, check=False)
    assert done.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["p.zip"]


# Heads that were kept elsewhere.


def test_a_head_of_the_tree_binds_every_row_that_stood_there(site):
    told = found(site["reaching"], site["kept"]).since
    assert told.startswith(f"8 rows stood in the ledger when {site['kept']} was kept")
    assert told.endswith("; written later: places 11, 13, 14")
    newest = max(found(site["reaching"]).facts.trees)
    assert found(site["reaching"], newest).since.startswith("11 rows stood")


def test_a_bundle_that_was_invented_does_not_lead_to_a_head_that_was_kept(
    site, tmp_path
):
    forged = site_with_proof(tmp_path, granted()._replace(key="2"))
    told = refused(bundle(forged, since=tree_head(forged, 9)), TreeHead(9, bytes(32)))
    assert "and not to 9:tree:" in told
    assert "this one was made of another ledger" in told


def test_a_head_to_which_no_row_leads_is_refused(good):
    spoilt = altered(
        good, "tree.json", lambda said: said.update({f"1:tree:{'ab' * 32}": {}})
    )
    assert "tree.json does not have the way of each row" in refused(spoilt)


def test_a_head_of_the_chain_binds_what_leads_there_without_a_gap(site):
    rows = {row.place: row for row in found(site["good"]).facts.proof}
    kept = Head(9, bytes.fromhex(rows[9].hash))
    assert found(site["good"], kept).since == (
        "all rows up to place 9 are what they were when it was kept"
    )
    before = Head(1, bytes.fromhex(rows[2].previous))
    assert "every row in it was written after 1:" in refused(site["good"], before)


def test_a_head_of_the_chain_behind_a_gap_is_told_to_prove_nothing(site):
    rows = {row.place: row for row in found(site["good"]).facts.proof}
    last = Head(13, bytes.fromhex(rows[13].hash))
    told = refused(site["good"], last)
    assert "the rows at places 2, 3, 4, 5, 6, 7, 8, 9, 11." in told
    assert "eslflow consents head --tree" in told
    assert "that head cannot show it" in refused(site["good"], Head(99, bytes(32)))


def test_a_head_of_another_chain_is_told(site):
    told = refused(site["good"], Head(9, bytes(32)))
    assert "place 9 has the hash " in told
    assert "it is of another ledger, or of one that was written anew" in told


def test_rows_of_other_calls_are_not_shown(site):
    write(site["ledger"], [granted("somebody-else")])
    data = bundle(site["ledger"])
    assert b"somebody-else" not in data
    assert b"before" not in parts_of(data)["chain/000000002.json"]
