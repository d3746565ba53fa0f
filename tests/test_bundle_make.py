"""A bundle as it is made."""

import json
import zipfile
from io import BytesIO

import pytest

from eslflow.bundle import make as module
from eslflow.bundle.make import language_of
from eslflow.errors import BadBundle
from eslflow.ledger.excerpt import excerpt
from eslflow.ledger.writer import write
from tests.bundles import (
    AUDIO,
    CALL,
    FLOW,
    VOICE,
    bundle,
    granted,
    parts_of,
    sha,
    site_with_proof,
)


@pytest.fixture
def ledger(tmp_path):
    return site_with_proof(tmp_path)


def test_it_holds_rows_audio_flow_recording_and_what_is_made_of_them(ledger):
    parts = parts_of(bundle(ledger))
    rows = [f"chain/{place:09}.json" for place in (2, 3, 4, 5, 6, 7, 8, 9, 11, 13)]
    assert list(parts) == [
        "README.txt", "report.html", "rows.json", "bundle.json", "call.json",
        "words.json", "tree.json", *rows, f"audio/{sha(VOICE)}.wav",
        f"flow/{sha(FLOW)}.yaml", "recordings/1.wav", "SHA256SUMS",
    ]  # fmt: skip
    assert parts[f"audio/{sha(VOICE)}.wav"] == VOICE
    assert parts["recordings/1.wav"] == AUDIO


def test_its_list_of_hashes_is_what_sha256sum_reads(ledger):
    parts = parts_of(bundle(ledger))
    lines = parts.pop("SHA256SUMS").decode().splitlines()
    assert lines == [f"{sha(data)}  {name}" for name, data in parts.items()]


def test_any_program_can_unpack_it(ledger):
    with zipfile.ZipFile(BytesIO(bundle(ledger))) as file:
        assert file.testzip() is None
        assert file.getinfo("report.html").date_time[:3] == (2026, 11, 25)


def test_the_clocks_on_site_are_told_where_they_differ(ledger, monkeypatch):
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        made = json.loads(parts_of(bundle(ledger))["bundle.json"])
    finally:
        monkeypatch.undo()
        time.tzset()
    assert [zone[1:] for zone in made["zone"]] == [[3600, "CET"]]


def test_one_that_would_not_check_is_not_handed_out(ledger, monkeypatch):
    monkeypatch.setattr(module, "sums", lambda hashes: b"")
    with pytest.raises(BadBundle, match="SHA256SUMS does not fit"):
        bundle(ledger)


def test_its_language_is_that_in_which_was_asked(ledger):
    found = excerpt(ledger, CALL)
    assert language_of(found) == "de"
    assert language_of(found, "en") == "en"
    assert language_of(excerpt(ledger, "before")) == "de"
    write(ledger, [granted("french")._replace(language="fr")])
    assert language_of(excerpt(ledger, "french")) == "en"
