"""The parts of a bundle, and that a person can check them by hand."""

import json
import re
import subprocess
import sys
from zipfile import ZipFile

import pytest

from eslflow.bundle.facts import facts
from eslflow.bundle.parts import DERIVED, README, as_json, sums
from eslflow.ledger.personal import MARK
from tests.bundles import FOR, bundle, parts_of, site_with_proof


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return bundle(site_with_proof(tmp_path_factory.mktemp("site")))


@pytest.fixture(scope="module")
def parts(data):
    return parts_of(data)


def test_what_is_made_of_facts_is_made_of_them_alone(parts):
    held = {name for name in parts if name.startswith(("audio", "flow", "recordings"))}
    for name, make in DERIVED.items():
        assert make(facts(parts, held)) == parts[name]


def test_rows_are_for_programs_with_words_in_place(parts):
    said = json.loads(parts["rows.json"])
    assert set(said) == {
        "made", "call", "choices", "recordings", "recording_actions", "notices",
        "looks", "proof",
    }  # fmt: skip
    assert said["looks"][-1]["reason"] == FOR
    assert MARK in said["proof"][-1]["line"]["reason"]
    assert said["choices"][-1]["key"] == "1"


def test_what_is_for_look_ups_only_stays_out(parts):
    assert not [k for k in json.loads(parts["call.json"])["call"] if "digits" in k]


def test_json_is_the_same_whenever_its_value_is():
    assert as_json({"b": 1, "a": "ü"}) == b'{\n "b": 1,\n "a": "\xc3\xbc"\n}\n'
    assert sums([("x", "5e")]) == b"5e  x\n"


@pytest.fixture
def unpacked(data, tmp_path):
    (tmp_path / "p.zip").write_bytes(data)
    with ZipFile(tmp_path / "p.zip") as file:
        file.extractall(tmp_path / "p")
    return tmp_path / "p"


def ran(folder, *words):
    return subprocess.run(
        words, cwd=folder, capture_output=True, text=True, check=False
    )


def test_sha256sum_checks_it_as_the_page_says(unpacked):
    done = ran(unpacked, "sha256sum", "-c", "SHA256SUMS")
    assert done.returncode == 0
    assert {line[-2:] for line in done.stdout.splitlines()} == {"OK"}
    (unpacked / "report.html").write_text("<p>He agreed.")
    assert ran(unpacked, "sha256sum", "-c", "SHA256SUMS").returncode == 1


def test_the_hash_of_a_row_is_in_the_next_one(unpacked):
    done = ran(unpacked, "sha256sum", *sorted(map(str, unpacked.glob("chain/*"))))
    hashes = [line.split()[0] for line in done.stdout.splitlines()]
    rows = [json.loads(p.read_bytes()) for p in sorted(unpacked.glob("chain/*"))]
    linked = [
        (hash_, after["previous"])
        for hash_, row, after in zip(hashes, rows, rows[1:], strict=False)
        if after["place"] == row["place"] + 1
    ]
    assert len(linked) == 7
    assert all(hash_ == previous for hash_, previous in linked)


def test_the_script_on_the_page_tells_good_rows_from_bad(unpacked):
    code = README.partition("Save it as tree.py:\n\n")[2].partition("\n       python3")[
        0
    ]
    lines = [line[7:] for line in code.splitlines()]
    (unpacked / "tree.py").write_text("\n".join(lines))
    assert (unpacked / "README.txt").read_text() == README
    done = ran(unpacked, sys.executable, "tree.py")
    assert done.stderr == ""
    assert set(re.findall(r"\w+$", done.stdout, re.MULTILINE)) == {"True"}
    assert len(done.stdout.splitlines()) == 10
    row = unpacked / "chain/000000004.json"
    row.write_bytes(row.read_bytes().replace(b'"key":"1"', b'"key":"2"'))
    assert "4 False" in ran(unpacked, sys.executable, "tree.py").stdout.splitlines()
