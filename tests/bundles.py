"""A site with one call that has everything a bundle can hold, and calls around it."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from eslflow.bundle import pack
from eslflow.bundle.collect import flows
from eslflow.bundle.make import Files, make
from eslflow.bundle.parts import SUMS, sums
from eslflow.call.records import (
    MEANT,
    CallEnded,
    CallOffered,
    Choice,
    FlowServed,
    FlowVersion,
    Look,
    NoticePlayed,
    RecordingAction,
    RecordingBegun,
    RecordingChecked,
    RecordingEnded,
    State,
)
from eslflow.ledger.excerpt import excerpt
from eslflow.ledger.tree import TreeHead
from eslflow.ledger.writer import write
from eslflow.office import Office
from eslflow.prompts import wav
from eslflow.wire.terms import RecordAction
from tests.files import put, silence, talk
from tests.files import wav as recorded
from tests.forms import OFFICE

CALL = "0a6f5a54-7f3e-4a6d-9d55-0c4f2f5b7a11"
RECORDING = f"{CALL}-1"
AT = 1_795_600_000_000_000
S = 1_000_000
NAME = 'Anna <script>alert("x")</script>\u202e'
WORDS = "Dürfen wir aufzeichnen? 1 für ja, 2 für nein. <b>"
REASON = "Beschwerde vom 15. Mai"
REMARK = "Brief vom 3. Mai"
FLOW = b"flow: support\n"
INNER = b"flow: pay\n"
VOICE = recorded(talk(2, channels=1), channels=1)
AUDIO = recorded(talk(3) + silence(1.2) + talk(1.8))
HEARD_MS = 1400
LOOKED_AT = AT + 500 * S
MADE_AT = AT + 1000 * S
FOR = "Anfrage, 12 Js 345/26"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


INSIDE = f"pay {sha(INNER)}"
VERSION = sha(f"{sha(FLOW)}\n{INSIDE}".encode())
"""What names a flow with another one inside."""
SERVED_AT = AT - 7200 * S


def versions() -> list:
    """Return what `serve` keeps of the flow."""
    return [
        FlowVersion(VERSION, "support", "support.yaml", FLOW.decode(), INSIDE),
        FlowVersion(sha(INNER), "pay", "pay.yaml", INNER.decode(), ""),
        FlowServed(SERVED_AT, "support", VERSION, "served", "reload", "anna", "new"),
    ]


def begin(site: Path) -> None:
    """Make the folders and files of a site, without a ledger."""
    put(site / "eslflow.yaml", b"country: DE\n")
    put(site / "sounds/support/de/recording.wav", VOICE)
    put(site / "flows/support.yaml", FLOW)


def place_of(site: Path) -> Path:
    return (site / f"recordings/2026/11/25/{RECORDING}.wav").resolve()


def granted(call: str = CALL) -> Choice:
    asked = Choice(
        call, AT + 9 * S, State.GRANTED, "training", "consent", 90 * 86_400, "support",
        VERSION, "ask", "eslflow 0",
    )  # fmt: skip
    return asked._replace(
        notice="recording",
        notice_version=3,
        language="de",
        audio_sha256=sha(VOICE),
        heard_ms=HEARD_MS,
        keys_offered="1=granted 2=refused",
        key="1",
        tries=2,
        receipt="48213906",
        on_withdrawal="delete",
    )


def withdrawn() -> Choice:
    return granted()._replace(
        at=AT + 900 * S,
        state=State.WITHDRAWN,
        performed_by="operator",
        who="anna",
        remark=REMARK,
        key="",
        tries=0,
        heard_ms=0,
        keys_offered="",
    )


def asked_of(action: RecordAction, at_s: float, **more: object) -> RecordingAction:
    at = AT + round(at_s * S)
    row = RecordingAction(
        RECORDING, CALL, at, action, "step", "talk", "+OK Success", True, at - 4000
    )
    return row._replace(**more)


def rows(site: Path) -> list:
    path = str(place_of(site))
    was = granted()
    requested = was._replace(
        at=AT + 3 * S, state=State.REQUESTED, performed_by="system", audio_sha256="",
        heard_ms=0, keys_offered="", key="", tries=0, receipt="",
    )  # fmt: skip
    ms = wav.read(site / "sounds/support/de/recording.wav").ms
    url = "https://example.com/datenschutz"
    start, end = AT + 10 * S, AT + 16 * S
    return [
        CallOffered(
            CALL, "inbound", "+493012345678", NAME, "+4930987654", "support", VERSION,
            "eslflow 0", AT, assurance="TN-Validation-Passed-B",
        ),
        NoticePlayed("support", "recording", 3, "de", WORDS, sha(VOICE), ms, url),
        requested,
        was,
        RecordingBegun(RECORDING, CALL, CALL, path, "training", "talk", AT + 9 * S + 9),
        asked_of(RecordAction.START, 10),
        asked_of(RecordAction.MASK, 13, step="pay"),
        asked_of(RecordAction.UNMASK, 14.2, step="pay"),
        asked_of(RecordAction.STOP, 16, reason="hangup", verified=False, reply=MEANT),
        asked_of(RecordAction.STOP, 16, reason="hangup", reply="RECORD_STOP"),
        RecordingEnded(RECORDING, start, end, 6000, "success", "stopped", start),
        CallEnded(CALL, end + 1, "hung_up", "NORMAL_CLEARING", "talk"),
        RecordingChecked(
            RECORDING, end + S, "intact", path, sha(AUDIO), len(AUDIO), 6000, ""
        ),
    ]  # fmt: skip


def site_with_proof(site: Path, *more: object) -> Path:
    """Make a site with one call among others; return its ledger."""
    begin(site)
    put(place_of(site), AUDIO)
    ledger = site / "eslflow.db"
    write(ledger, [granted(call="before")])
    write(ledger, [*versions(), *rows(site)])
    write(ledger, [granted(call="between")])
    look = Look(LOOKED_AT, "anna", "decrypt", CALL, RECORDING, REASON)
    write(ledger, [look, *more])
    write(ledger, [granted(call="after")])
    return ledger


def bundle(
    ledger: Path,
    language: str = "de",
    since: TreeHead | None = None,
    without: tuple[str, ...] = ("none",),
    office: Office | None = OFFICE,
) -> bytes:
    """Return a bundle with all that there is of the call."""
    write(ledger, [Look(MADE_AT, "root", "proof", CALL, "", FOR)])
    found = excerpt(ledger, CALL, since, MADE_AT)
    ran, texts = flows(ledger, [VERSION], AT, ())
    held = {
        f"audio/{sha(VOICE)}.wav": VOICE,
        **{f"flow/{name}.yaml": text for name, text in texts.items()},
        "recordings/1.wav": AUDIO,
    }
    left_out = {name: "gone" for name in held if name.startswith(without)}
    files = {n: io.BytesIO(d) for n, d in held.items() if n not in left_out}
    out = io.BytesIO()
    if any(name.startswith("flow") for name in left_out):
        ran = ran._replace(inside={})
        left_out = {n: w for n, w in left_out.items() if sha(INNER) not in n}
    make(out, found, Files(files, left_out, ran, office), language)
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """Return the parts of a zip that holds."""
    opened = pack.Opened(io.BytesIO(data))
    return {name: opened.read(name, 10**9) for name in opened.parts}


def zipped(parts: dict[str, bytes], stamp: pack.Stamp | None = None) -> bytes:
    """Return parts as a zip, with the hashes that they have now."""
    rest = {name: data for name, data in parts.items() if name != SUMS}
    listed = sums((name, sha(data)) for name, data in rest.items())
    out = io.BytesIO()
    sources = [(n, io.BytesIO(d)) for n, d in {**rest, SUMS: listed}.items()]
    pack.write(out, sources, stamp or pack.Stamp(0, 33))
    return out.getvalue()
