"""The page of a bundle that people read."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import pytest

from eslflow.bundle import make as make_module
from eslflow.bundle.facts import facts
from eslflow.bundle.made import Zone
from eslflow.bundle.make import Files, make
from eslflow.bundle.report import page
from eslflow.call.records import Look, NoticePlayed, RecordingAction, State
from eslflow.ledger.excerpt import excerpt
from eslflow.ledger.writer import connect, write
from eslflow.wire.terms import RecordAction
from tests.bundles import (
    AT,
    CALL,
    FOR,
    REASON,
    RECORDING,
    REMARK,
    VERSION,
    VOICE,
    WORDS,
    S,
    bundle,
    granted,
    parts_of,
    sha,
    site_with_proof,
    withdrawn,
)

VOID = {"meta", "br"}


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    """Let the clocks of this machine be those of UTC."""
    monkeypatch.setattr(make_module, "zones", lambda times: ())


class Page(HTMLParser):
    """What a page says, and of what it is made."""

    def __init__(self, data):
        super().__init__()
        self.open, self.tags, self.attributes, said = [], set(), [], []
        self._said = said
        self.feed(data.decode())
        self.close()
        assert self.open == []
        self.text = re.sub(r"\s+", " ", " ".join(said))

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self._said.append(data)


def made(folder, *more, language="en", without=("none",), erased=""):
    """Return the facts of a bundle."""
    path = site_with_proof(folder, *more)
    if erased:
        db = connect(path)
        db.execute("DELETE FROM personal WHERE text = ?", (erased,))
        db.close()
    parts = parts_of(bundle(path, language, without=without))
    held = {name for name in parts if name.startswith(("audio", "flow", "recordings"))}
    found = facts({n: d for n, d in parts.items() if n.endswith(".json")}, held)
    assert page(found) == parts["report.html"]
    return found


def told(folder, *more, **options):
    return Page(page(made(folder, *more, **options)))


def test_it_tells_who_was_asked_what_and_what_was_pressed(tmp_path):
    said = told(tmp_path).text
    assert "Telephone call " + CALL in said
    assert "+493012345678, as the network told it" in said
    sure = "signed by a provider who knows the caller, not the number (STIR/SHAKEN B)"
    assert f"How sure the number is {sure}" in said
    assert "Notice “recording”, version 3, German" in said
    assert WORDS in said
    assert "1400 of 2000 ms" in said
    assert "1 = agrees 2 = refuses" in said
    assert "Key 1 was pressed on 2026-11-25 09:46:49.000 UTC" in said
    assert "the caller" in said
    assert "try 2" in said
    assert "Receipt read out: 48213906." in said
    assert "May be kept for 90 days." in said
    assert "https://example.com/datenschutz" in said
    assert f"sha256 {sha(VOICE)}" in said


def test_it_tells_when_the_grant_was_on_disk_and_what_the_recorder_did(tmp_path):
    said = told(tmp_path).text
    assert "The grant was on disk by 2026-11-25 09:46:49.996 UTC" in said
    assert (
        "recording begins sent 09:46:49.996 by the flow (talk) +OK Success yes" in said
    )
    assert "mask begins sent 09:46:52.996 by the flow (pay)" in said
    assert "mask ends" in said
    assert "masked 0:03.00 to 0:04.19" in said
    assert "recording ends sent 09:46:55.996 the call ended (talk) RECORD_STOP" in said
    assert "not asked yet" not in said
    assert "the file was opened and is as it should be; every masked span was" in said


def test_it_tells_who_exported_what(tmp_path):
    looks = [
        Look(AT, "dpo", "export vcon", CALL, "", "audit"),
        Look(AT, "dpo", "export own voice", CALL, RECORDING, "letter"),
        Look(AT, "eve", "show", CALL, "", ""),
        Look(AT, "eve", "show", CALL, RECORDING, "file 9"),
        Look(AT, "eve", "list calls", CALL, "", "file 8"),
    ]
    said = told(tmp_path, *looks).text
    assert "dpo exported what was agreed to (vcon) audit" in said
    assert "dpo gave Recording 1 to the person letter" in said
    assert "eve looked at what is kept of the call No reason was given." in said
    assert "eve looked at what is kept of Recording 1 file 9" in said
    assert "eve had the call in a list file 8" in said


def test_a_recorder_that_ran_before_says_nothing_of_a_later_grant(tmp_path):
    later = granted()._replace(at=AT + 30 * S)
    assert "The grant was on disk" not in told(tmp_path, later).text


def test_it_tells_who_looked_and_who_made_it(tmp_path):
    said = told(tmp_path).text
    assert f"anna decrypted Recording 1 {REASON}" in said
    assert f"root made a proof bundle {FOR}" in said
    assert "by root with eslflow" in said


def test_it_tells_what_it_rests_on_and_what_it_does_not_show(tmp_path):
    found = made(tmp_path)
    said = Page(page(found)).text
    for row in found.proof:
        assert f"{row.place} {row.table} {row.seq} {row.hash}" in said
    assert "between them lie rows of other calls" in said
    assert f"{max(found.trees)}" in said
    assert "Without a head kept elsewhere: that the whole was not invented." in said
    alone = replace(found, proof=found.proof[:8])
    alone.__dict__["look"] = found.look
    assert "no other row lies between them" in Page(page(alone)).text


def test_it_says_which_clocks_its_times_are_of(tmp_path):
    found = made(tmp_path)
    assert "Times UTC Exports In this bundle under exports/." in Page(page(found)).text
    zones = (Zone(0, 3600, "CET"), Zone(AT, 7200, "CEST"))
    there = replace(found, made=found.made._replace(zone=zones))
    said = Page(page(there)).text
    assert "as the clocks on site showed (CET, CEST)" in said
    assert "2026-11-25 09:46:43.000 UTC 11:46:43.000 CEST" in said


def test_nothing_of_a_call_becomes_a_tag_and_nothing_is_loaded(tmp_path):
    found = made(tmp_path)
    html = Page(page(found))
    assert html.tags <= {
        "html", "head", "title", "meta", "style", "body", "main", "header", "section",
        "footer", "div", "span", "p", "h1", "h2", "h3", "dl", "dt", "dd", "table", "b",
        "thead", "tbody", "tr", "th", "td", "ul", "li", "small", "code", "strong", "i",
        "blockquote",
    }  # fmt: skip
    assert 'Anna <script>alert("x")</script>\ufffd' in html.text
    names = {name for name, _ in html.attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"src", "href", "action", "background", "srcset"}
    assert b"default-src 'none'" in page(found)


def test_it_is_written_in_german_too(tmp_path):
    html = told(tmp_path, language="de")
    assert ("lang", "de") in html.attributes
    assert "Nachweis der Einwilligung" in html.text
    assert "1 = zustimmen 2 = ablehnen" in html.text
    assert "Zugestimmt" in html.text
    assert "1400 von 2000 ms" in html.text
    assert "Hinweis „recording“, Fassung 3, Deutsch" in html.text


def test_a_withdrawal_tells_who_why_and_what_was_granted_before(tmp_path):
    action = RecordingAction(
        RECORDING, CALL, AT + 901 * S, RecordAction.ERASE, "withdrawn", "",
        "1 file removed", True, AT + 901 * S,
    )  # fmt: skip
    said = told(tmp_path, withdrawn(), action).text
    assert "Withdrawn Noted on 2026-11-25 10:01:40.000 UTC by anna" in said
    assert "Before, it was granted: Key 1 was pressed on 2026-11-25 09:46:49" in said
    assert (
        f"training was withdrawn by anna, at the command line. Why: {REMARK}." in said
    )
    assert "Recordings then: are deleted." in said
    assert "Recording 1: 1 file removed. Why: it was withdrawn." in said


def test_erased_words_are_told_with_what_stays_of_them(tmp_path):
    found = made(tmp_path, withdrawn(), erased=REMARK)
    said = Page(page(found)).text
    assert REMARK not in said
    assert "Why: (erased)." in said
    row = next(r for r in found.proof if r.line.get("remark"))
    mark = row.line["remark"].removeprefix("personal:")
    assert f"Words in the row at place {row.place} were erased" in said
    assert f"is the keyed hash {mark}" in said


def test_what_is_not_in_the_bundle_is_told_with_its_hash(tmp_path):
    said = told(tmp_path, without=("audio", "flow", "recordings")).text
    assert "2000 ms long: no longer on the machine that made this bundle" in said
    assert f"sha256 {sha(VOICE)}" in said
    assert f"sha256 {VERSION}" in said
    assert "Not in this bundle: it is not on that machine any more." in said


def other_call(folder, *rows, call="other"):
    """Return what is told of another call, of which only these rows are kept."""
    path = site_with_proof(folder)
    write(path, [*rows, Look(AT, "root", "proof", call, "", "")])
    found, out = excerpt(path, call, None, AT), BytesIO()
    names = (f"audio/{sha(VOICE)}.wav", f"flow/{VERSION}.yaml") if rows else ()
    make(out, found, Files({}, dict.fromkeys(names, "gone")), "en")
    return Page(parts_of(out.getvalue())["report.html"]).text


def test_a_refusal_and_silence_are_told_as_such(tmp_path):
    refused = granted("other")._replace(state=State.REFUSED, key="2")
    said = other_call(tmp_path, refused)
    assert "Refused Key 2 was pressed" in said
    assert "on disk" not in said
    assert "Nothing of this call was recorded." in said
    assert "No reason was given." in said
    assert "Nothing was withdrawn" in said


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"state": State.UNANSWERED, "reason": "timeout", "performed_by": "system",
          "key": ""}, "Not answered No key was pressed. Known on 2026-11-25 09:46:49"),
        ({"state": State.VERBAL, "performed_by": "agent", "who": "1001", "key": "",
          "audio_sha256": sha(VOICE)}, "Granted by word Noted on 2026-11-25 09:46:49"),
        ({"party": "callee"}, "the called party"),
        ({"rests_on": "before", "key": ""}, "Taken over from call before."),
        ({"purpose": "", "basis": ""}, "the whole call Granted"),
        ({"notice_version": 9}, "1400 ms"),
        ({"keys_offered": "1=<b>"}, "1 = <b>"),
    ],
)  # fmt: skip
def test_each_kind_of_answer_is_told(tmp_path, change, told):
    assert told in other_call(tmp_path, granted("other")._replace(**change))


def test_a_question_whose_audio_was_missing_says_so(tmp_path):
    notice = NoticePlayed("support", "rec", 1, "fr", "", "", 0, "")
    choice = granted("other")._replace(
        notice="rec", notice_version=1, language="fr", audio_sha256=sha(VOICE)
    )
    said = other_call(tmp_path, notice, choice)
    assert "version 1, French" in said
    assert "These words are not in the ledger." in said
    assert "none was there: it could not be played" in said


def test_a_call_without_a_choice_says_so(tmp_path):
    assert "This call holds no choice." in other_call(tmp_path, call="empty")


def test_a_recorder_that_is_not_ours_is_told(tmp_path):
    action = RecordingAction(
        "", CALL, AT, RecordAction.STOP, "foreign", "", "+OK", True, 0, "", "/x/y.wav"
    )
    said = told(tmp_path, action).text
    assert "recording ends a recorder that is not eslflow's: /x/y.wav foreign" in said


def test_an_unknown_number_is_told_as_such(tmp_path):
    found = made(tmp_path)
    call = {**found.call, "caller": "", "caller_name": "", "ended_at": None}
    said = Page(page(replace(found, call=call))).text
    assert "From no number is kept: it was withheld, or erased" in said
    assert "Name told none is kept" in said
    assert "hung up" not in said


def test_choices_of_what_was_not_asked_do_not_hide_an_answer(tmp_path):
    later = granted()._replace(at=AT + 99 * S, state=State.NOT_ASKED, key="")
    said = told(tmp_path, later).text
    assert "training Granted Key 1" in said
