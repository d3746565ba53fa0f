"""One call as people read it: what was asked, pressed, recorded, in order.

In: what the ledger kept of a call. Out: text. Must not look anything up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from eslflow.call.records import HOLD, MEANT, STEP, State
from eslflow.cli.tables import local
from eslflow.errors import visible
from eslflow.ledger.versions import SHORT
from eslflow.recordings.spans import Kind, place, spans
from eslflow.wire.terms import RecordAction

Kept = dict[str, Any]

MOST = 100
"""Characters shown of what a caller sends; --json has all of them."""
BRIEF_US = 50_000
"""How long the switch may have taken for a mask without a word about it."""
NO_NUMBER = "no number is kept: it was withheld, or erased"
_TIMES = {0: "never", 1: "once", 2: "twice"}


def _at(micros: int | None) -> str:
    """Return a time so exact that it shows what came first."""
    return local(micros, exact=True)


def _cut(text: str) -> str:
    """Return what a caller sent, which may be long, on a line."""
    return text if len(text) <= MOST else f"{text[:MOST]}\u2026"


def asked(choice: Kept) -> str:
    """Return a notice, its version and language in short."""
    if not choice["notice"]:
        return ""
    return f"{choice['notice']} v{choice['notice_version']} {choice['language']}"


def story(kept: Kept) -> str:
    """Return everything kept of one call."""
    lines = [*_call(kept["call"], kept.get("served")), ""]
    for choice in kept["choices"]:
        lines += [*_choice(choice), ""]
    for recording in kept["recordings"]:
        lines += [*file_story(recording, kept["recording_actions"]), ""]
    if not kept["recordings"]:
        lines += ["Nothing was recorded.", ""]
    lines += _others(kept)
    lines += _wanted(kept.get("wishes", ()))
    return "\n".join(visible(line) if line else "" for line in lines).rstrip("\n")


ASSURED = {
    "TN-Validation-Passed-A": "signed by a provider who vouches for it",
    "TN-Validation-Passed-B": "signed by one who knows the caller, not the number",
    "TN-Validation-Passed-C": "signed by one who knows neither caller nor number",
    "TN-Validation-Failed-A": "its signature does not hold",
    "TN-Validation-Failed-B": "its signature does not hold",
    "TN-Validation-Failed-C": "its signature does not hold",
}
"""How sure a number is, where the switch has looked; of the rest nobody knows."""


def since_when(served: Kept | None) -> str:
    """Return since when a version was served, and who wanted it so."""
    if not served:
        return ""
    return f"served since {local(served['at'])} by {served['who']} ({served['how']})"


def _call(call: Kept, served: Kept | None) -> Iterator[str]:
    yield f"Call {call['uuid']}"
    if "caller" not in call:
        return
    name = f" ({_cut(call['caller_name'])})" if call["caller_name"] else ""
    caller = _cut(call["caller"]) or "an unknown number"
    said = f"{caller}{name}, as the network says"
    # One that was erased is empty, too.
    yield f"  from      {said if call['caller'] or name else NO_NUMBER}"
    if found := ASSURED.get(call.get("assurance") or ""):
        yield f"            {found} (STIR/SHAKEN)"
    yield f"  to        {_cut(call['called']) or NO_NUMBER}"
    version = f"version {call['flow_sha256'][:SHORT]}, {call['engine']}"
    yield f"  flow      {call['flow']}, {version}"
    if served:
        yield f"            {since_when(served)}"
    yield f"  offered   {_at(call['offered_at'])}"
    if call["ending"]:
        cause = f" ({call['cause']})" if call["cause"] else ""
        ending = call["ending"].replace("_", " ")
        yield f"  ended     {_at(call['ended_at'])}: {ending}{cause}"
        yield f"  last step {call['last_step']}"


def _choice(choice: Kept) -> Iterator[str]:
    state = choice["state"].replace("_", " ")
    reason = f" ({choice['reason'].replace('_', ' ')})" if choice["reason"] else ""
    yield f"{choice['purpose'] or 'the whole call'}: {state}{reason}"
    yield f"  at        {_at(choice['at'])}, step {choice['step'] or 'none'}"
    who = f" {choice['who']}" if choice.get("who") else ""
    basis = choice["basis"] or "none"
    yield f"  basis     {basis}, by {choice['performed_by']}{who}"
    if choice.get("rests_on"):
        yield f"  rests on  the choice in call {choice['rests_on']}"
    if choice.get("remark"):
        yield f"  because   {_cut(choice['remark'])}"
    if choice.get("receipt"):
        yield f"  receipt   {choice['receipt']}"
    if choice.get("on_withdrawal") and choice["state"] == State.WITHDRAWN.value:
        yield f"  recorded  {choice['on_withdrawal']}, as the purpose says"
    if choice.get("party") == "callee":
        yield "  asked     the called party"
    if choice["notice"]:
        yield from _question(choice)


def _question(choice: Kept) -> Iterator[str]:
    """Yield in which words it was asked, and what was answered."""
    yield f"  notice    {asked(choice)}"
    if choice["state"] == "requested":
        yield f'  words     "{choice["notice_text"] or "not kept"}"'
        if choice["notice_url"]:
            yield f"  more at   {choice['notice_url']}"
        return
    sha256 = choice["audio_sha256"]
    yield f"  audio     {f'sha256 {sha256}' if sha256 else 'none'}"
    if not (choice["keys_offered"] or choice["tries"]):
        # Nobody was asked then: it was withdrawn, say; the words are those of before.
        return
    yield f"  offered   {choice['keys_offered']}"
    key = choice["key"] or "nothing"
    heard = f"{choice['heard_ms'] / 1000:.1f} s were played"
    if choice["state"] == State.HUNG_UP.value and not choice["heard_ms"]:
        heard = "how much was played is unknown"
    times = _TIMES.get(choice["tries"], f"{choice['tries']} times")
    yield f"  pressed   {key}, asked {times}, {heard}"


def file_story(recording: Kept, actions: list[Kept]) -> Iterator[str]:
    """Yield everything kept of one recording."""
    yield f"Recording {recording['path']}"
    state = recording["state"] or "running"
    yield f"  for       {recording['purposes']}, state {state}"
    started_at = _started_at(recording, actions)
    if started_at:
        yield f"  started   {_at(started_at)}"
    if recording["stopped_at"]:
        # Where nobody saw it end, the switch has not told how long it ran.
        lasted = f", {recording['ms'] / 1000:.1f} s" if recording["ms"] else ""
        yield f"  stopped   {_at(recording['stopped_at'])}{lasted}"
    own = [a for a in actions if a["recording_id"] == recording["id"]]
    for number, action in enumerate(own, 1):
        if action["action"] == RecordAction.ERASE:
            told = f"{action['reply']}, because it was {action['reason']}"
            yield f"  erased    {_at(action['at'])}: {told}"
        elif number == len(own) or action["reply"] != MEANT:
            yield _done(action)
    yield from _silences(recording, actions)
    yield from _found(recording)


def _done(action: Kept) -> str:
    """Return what a recorder was asked for, and what came of it."""
    seen = "seen" if action["verified"] else "not seen"
    return (
        f"  {action['action']:<9} {_at(action['at'])}, {action['reason']}, "
        f"the switch said: {action['reply'] or 'nothing'} ({seen})"
    )


def _others(kept: Kept) -> Iterator[str]:
    """Tell of recorders that are not ours."""
    found: dict[tuple[str, str], list[Kept]] = {}
    for action in kept["recording_actions"]:
        if not action["recording_id"]:
            leg = action["leg_uuid"] or kept["call"]["uuid"]
            found.setdefault((leg, action["path"]), []).append(action)
    for (leg, path), actions in found.items():
        is_callers = leg == kept["call"]["uuid"]
        whose = "the caller's leg" if is_callers else f"leg {leg}"
        yield f"Another recorder, of {whose}: {path or 'its file is not known'}"
        for action in actions:
            is_seen = action["action"] == RecordAction.START
            yield f"  seen      {_at(action['at'])}" if is_seen else _done(action)
        yield ""


def _wanted(wishes: Iterable[Kept]) -> Iterator[str]:
    """Tell who wanted what of the recording while the call went on."""
    for number, wish in enumerate(wishes):
        if not number:
            yield "Wanted of the recording"
        who = wish["who"] or (f"step {wish['step']}" if wish["hand"] == STEP else HOLD)
        lasts = (wish["ends_at"] - wish["at"]) / 1e6
        how = f", for {lasts:g} s" if wish["ends_at"] else ""
        how += ", whoever masked it" if wish["is_master"] else ""
        yield f"  {_at(wish['at'])}, {who}: {wish['want']}{how}"


def _started_at(recording: Kept, actions: list[Kept]) -> int:
    """Return when a file began; until it has ended, its actions alone tell."""
    seen = (
        action["at"]
        for action in actions
        if action["recording_id"] == recording["id"]
        and (action["action"], bool(action["verified"])) == ("start", True)
    )
    return recording["started_at"] or next(seen, 0)


def _silences(recording: Kept, actions: list[Kept]) -> Iterator[str]:
    """Tell which parts of the file are masked, or may be."""
    for span in spans(recording, actions):
        is_brief = span.kind is Kind.UNCERTAIN and span.length < BRIEF_US
        if span.kind is not Kind.CLEAR and not is_brief:
            where = f"{place(span.begins)} to {place(span.ends)}"
            yield f"  {span.kind:<9} {where}, {span.length / 1e6:.1f} s"


def _found(recording: Kept) -> Iterator[str]:
    """Tell what the file was found to hold."""
    if not recording.get("checked_at"):
        return
    length = f"{recording['file_ms'] / 1000:.1f} s, {recording['bytes']} bytes"
    has = length if recording["sha256"] else "no file"
    yield f"  checked   {_at(recording['checked_at'])}: {recording['verdict']}, {has}"
    for line in recording["findings"].splitlines():
        yield f"            {line}"
    if recording["sha256"]:
        yield f"  sha256    {recording['sha256']}"
    yield from _stored(recording)


def _stored(recording: Kept) -> Iterator[str]:
    """Tell in which form it is kept, and what became of the site's command."""
    if recording.get("form"):
        at, size = _at(recording["stored_at"]), recording["stored_bytes"]
        yield f"  stored    {at}: {recording['form']}, {size} bytes"
        if recording["stored_sha256"] != recording["sha256"]:
            yield f"  sha256    {recording['stored_sha256']} (of the stored file)"
    if recording.get("hook_tries"):
        tries = _TIMES.get(recording["hook_tries"], f"{recording['hook_tries']} times")
        ran = f"{recording['hook_result']}, run {tries}"
        yield f"  hook      {_at(recording['hook_at'])}: {ran}"


def looks_at(recording: Kept) -> Iterator[str]:
    """Yield who looked at a recording, and why."""
    for look in recording["looks"]:
        yield f"  looked    {_at(look['at'])}: {look['what']} by {look['who']}"
        if look["reason"]:
            yield f"            {look['reason']}"
