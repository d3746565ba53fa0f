"""One recording in a report."""

from dataclasses import replace

import pytest

from eslflow.bundle.facts import facts
from eslflow.bundle.filed import file_card, part_of
from eslflow.bundle.telling import Telling
from tests.bundles import AUDIO, bundle, parts_of, sha, site_with_proof


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    parts = parts_of(bundle(site_with_proof(tmp_path_factory.mktemp("site")), "en"))
    return facts(parts, {"recordings/1.wav"})


def told(found, *, actions=None, **change):
    line = {**found.recordings[0], **change}
    say = Telling(found)
    if actions is not None:
        say.kept["recording_actions"] = [
            a for a in say.kept["recording_actions"] if a["action"] in actions
        ]
    return file_card(say, 1, line)


def test_a_file_is_drawn_with_its_masked_part(found):
    html = told(found)
    assert '<i class="clear" style="width:49.9' in html
    assert '<i class="masked" style="width:19.9' in html
    assert "masked 0:03.00 to 0:04.19" in html
    assert "0:02.99" not in html


def test_a_file_without_a_mask_is_not_drawn(found):
    say_all = replace(found)
    html = told(say_all, actions=("start", "stop"))
    assert 'class="spans"' not in html
    assert "as it should be." in html
    assert "masked span" not in html


def test_a_mask_that_was_not_confirmed_is_uncertain(found):
    copy = replace(found)
    for action in copy.kept["recording_actions"]:
        if action["action"] == "mask":
            action["verified"] = False
    html = file_card(Telling(copy), 1, copy.recordings[0])
    assert "uncertain 0:02.99 to 0:04.19" in html
    assert "<td>no</td>" in html


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"checked_at": None}, "The file has not been looked into."),
        ({"verdict": "leaked", "findings": "sound\nthere"}, ": leaked. sound there"),
        ({"verdict": "missing", "findings": None}, ": missing. "),
        ({"file_ms": None}, "6.0 s"),
        ({"file_ms": None, "ms": None, "started_at": None}, "<dd></dd>"),
    ],
)
def test_what_was_found_in_it_is_told(found, change, words):
    html = told(found, **change)
    assert words in html
    if "verdict" in change or change == {"checked_at": None}:
        assert "as it should be" not in html


def test_its_hash_is_told_and_that_of_what_is_kept_instead(found):
    html = told(found)
    assert f"sha256 {sha(AUDIO)} (wav)" in html
    html = told(found, stored_sha256="5e", form="flac.age")
    assert "sha256 5e (flac.age)" in html
    assert f"sha256 {sha(AUDIO)} (wav)" in html


def test_a_file_that_was_empty_has_no_length_to_draw(found):
    html = told(found, started_at=0, stopped_at=0, audio_at=0)
    assert 'class="spans"' not in html


@pytest.mark.parametrize(
    ("form", "name"),
    [(None, "wav"), ("flac", "flac"), ("wav.age", "wav"), ("opus.age", "opus")],
)
def test_its_part_is_named_after_what_is_in_it(form, name):
    assert part_of(2, {"form": form}) == f"recordings/2.{name}"


def test_a_stop_that_was_only_meant_is_told_if_nothing_followed(found):
    copy = replace(found)
    copy.kept["recording_actions"].pop()
    html = file_card(Telling(copy), 1, copy.recordings[0])
    assert "not asked yet" in html
    assert "not asked yet" not in told(found)
