"""The one page of a bundle that people read: on a screen, or printed on A4.

In: facts. Out: HTML that needs nothing else: no script, no picture and no type from
elsewhere. The same facts make the same bytes, on any machine at any time. Must not say
more than the rows do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eslflow.bundle.facts import PROOF, Facts, marks
from eslflow.bundle.filed import file_card
from eslflow.bundle.html import Child, Html, joined, tag
from eslflow.bundle.run_by import run_by
from eslflow.bundle.style import STYLE
from eslflow.bundle.telling import Telling
from eslflow.call.records import State
from eslflow.ledger.personal import MARK

Line = dict[str, Any]

_GOOD = (State.GRANTED.value, State.VERBAL.value)
_BAD = (State.REFUSED.value, State.WITHDRAWN.value, State.EXPIRED.value)


def page(facts: Facts) -> bytes:
    """Return the report of a bundle."""
    say = Telling(facts)
    title = say("page", call=facts.made.call)
    head = joined(
        tag("title", title),
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width">'),
        # Whatever a text may try: nothing is loaded, nothing runs.
        Html(
            '<meta http-equiv="Content-Security-Policy" content="default-src '
            "'none'; style-src 'unsafe-inline'\">"
        ),
        Html(f"<style>{STYLE}</style>"),
    )
    parts = [
        _top(say),
        _short(say),
        _section(say("call"), _call(say)),
        _section(say("asked"), *_asked(say)),
        _section(say("recorded"), *_recorded(say)),
        _section(say("withdrawals"), *_after(say)),
        _section(say("looks"), _looks(say)),
        _section(say("chain"), *_chain(say), kind="rests"),
        tag("footer", say("verify")),
    ]
    body = tag("body", tag("main", *parts))
    html = tag("html", tag("head", head), body, lang=facts.made.language)
    return f"<!DOCTYPE html>\n{html}\n".encode()


def _section(title: str, *children: Child, kind: str = "told") -> Html:
    return tag("section", tag("h2", title), *children, class_=kind)


def _top(say: Telling) -> Html:
    look = say.facts.look
    why = say("why", reason=look["reason"]) if look["reason"] else say("no why")
    made = say(
        "made", at=say.at(look["at"]), who=look["who"], engine=say.facts.made.engine
    )
    return tag(
        "header",
        tag("h1", say("title")),
        tag("p", say("subtitle", call=say.facts.made.call), class_="sub"),
        tag("p", f"{made} {why}", class_="made"),
    )


# In short: the last word on each purpose.


def _short(say: Telling) -> Html:
    last: dict[str, Line] = {}
    for choice in say.kept["choices"]:
        known = last.get(choice["purpose"])
        if known is None or choice["state"] != State.NOT_ASKED.value:
            last[choice["purpose"]] = choice
    cards = [_card(say, choice) for choice in last.values()]
    return tag("div", *(cards or [tag("p", say("none"))]), class_="cards")


def _card(say: Telling, choice: Line) -> Html:
    state = choice["state"]
    kind = "good" if state in _GOOD else "bad" if state in _BAD else "open"
    lines = [tag("p", _how(say, choice))]
    granted = _granted(say, choice)
    if granted is not None and granted is not choice:
        lines.append(tag("p", say("before", how=_how(say, granted))))
    disk = _on_disk(say, granted) if granted else 0
    if disk:
        lines.append(tag("p", say("disk", at=say.at(disk))))
    return tag(
        "div",
        tag("span", choice["purpose"] or say("whole call"), class_="purpose"),
        tag("strong", say.state(state)),
        *lines,
        class_=f"card {kind}",
    )


def _how(say: Telling, choice: Line) -> str:
    at = say.at(choice["at"])
    if choice["key"]:
        return say("key", key=choice["key"], at=at)
    if choice["performed_by"] in ("agent", "operator"):
        return say("operator", at=at, who=say.by(choice))
    return say("no key", at=at)


def _granted(say: Telling, last: Line) -> Line | None:
    """Return the grant of a purpose that was the last one, or was then withdrawn."""
    if last["state"] not in (*_GOOD, State.WITHDRAWN.value):
        return None
    grants = [
        choice
        for choice in say.kept["choices"]
        if choice["purpose"] == last["purpose"] and choice["state"] in _GOOD
    ]
    return grants[-1] if grants else None


def _on_disk(say: Telling, choice: Line) -> int:
    """Return when a grant was on disk for certain: a recorder was asked for then."""
    files = {
        line["id"]
        for line in say.kept["recordings"]
        if choice["purpose"] in line["purposes"].split()
    }
    asked = [
        action["asked_at"] or action["at"]
        for action in say.kept["recording_actions"]
        if action["action"] == "start" and action["recording_id"] in files
    ]
    return min((at for at in asked if at >= choice["at"]), default=0)


# The call.


def _call(say: Telling) -> Html:
    call = say.kept["call"]
    rows: list[tuple[str, Child]] = []
    if "caller" in call:
        number = call["caller"]
        told = say("as told", number=number) if number else say("withheld")
        rows.append((say("from"), told))
        assured = say.word(call.get("assurance") or "No-TN-Validation")
        rows.append((say("assurance"), assured))
        rows.append((say("to"), call.get("called")))
        rows.append((say("name"), call.get("caller_name") or say("nobody")))
        rows.append((say("direction"), say.word(call.get("direction"))))
        rows.append((say("begun"), say.time(call.get("offered_at"))))
    if call.get("ended_at"):
        ending = say.word(call.get("ending"), "ends")
        cause = f" ({call['cause']})" if call.get("cause") else ""
        words = tag("small", f"{ending}{cause}")
        rows.append((say("ended"), joined(say.time(call["ended_at"]), words)))
    return say.listed(rows, "two")


# What was asked.


def _asked(say: Telling) -> Iterator[Html]:
    for notice in say.notices:
        yield _notice(say, notice)
    choices = say.kept["choices"]
    if not choices:
        yield tag("p", say("none"))
        return
    names = ("at", "outcome", "heard", "offered", "pressed", "by", "place")
    yield say.table(names, [_choice(say, choice) for choice in choices], "choices")


def _notice(say: Telling, notice: Line) -> Html:
    language = say.language(notice["language"])
    title = say(
        "notice", notice=notice["notice"], version=notice["version"], language=language
    )
    rows = [(say("audio"), _audio(say, notice["audio_sha256"], notice["audio_ms"]))]
    if notice["url"]:
        rows.append((say("more"), joined(notice["url"])))
    words = notice["text"] or say("no words")
    quote = tag("blockquote", words, lang=notice["language"])
    return tag("div", tag("h3", title), quote, say.listed(rows), class_="notice")


def _audio(say: Telling, hash_: str, ms: int) -> Html:
    if not hash_:
        return joined(say("no audio"))
    is_held = f"audio/{hash_}.wav" in say.facts.held
    words = say("audio held" if is_held else "audio gone", ms=ms)
    return joined(words, tag("code", f"sha256 {hash_}"))


def _choice(say: Telling, choice: Line) -> list[Child]:
    notes = [tag("small", " ".join(_notes(say, choice)))]
    tries = choice["tries"]
    is_asked = bool(choice["notice"] and tries)
    return [
        say.time(choice["at"]),
        joined(tag("b", say.state(choice["state"])), *notes),
        _heard(say, choice) if is_asked else "",
        joined(*(tag("div", key) for key in say.offered(choice["keys_offered"]))),
        joined(
            tag("b", choice["key"] or say("nothing")),
            tag("small", say("try", number=tries)) if tries > 1 else "",
        )
        if is_asked
        else "",
        say.by(choice),
        str(say.place("choices", choice["seq"])),
    ]


def _notes(say: Telling, choice: Line) -> Iterator[str]:
    yield say("purpose", purpose=choice["purpose"] or say("whole call"))
    if choice["reason"]:
        yield say("because", words=say.word(choice["reason"], "why"))
    if choice["state"] == State.REQUESTED.value:
        yield say("played", notice=choice["notice"], version=choice["notice_version"])
    elif choice["basis"]:
        yield say("basis", basis=say.word(choice["basis"], "basis"))
    if choice["retain_s"] and choice["state"] in _GOOD:
        yield say("retain", days=choice["retain_s"] // 86_400)
    if choice["receipt"]:
        yield say("receipt", code=choice["receipt"])
    if choice["rests_on"]:
        yield say("rests", call=choice["rests_on"])
    if choice["remark"]:
        yield say("because", words=choice["remark"])


def _heard(say: Telling, choice: Line) -> Html:
    """Return how much of the notice was played, as a number and as a bar."""
    heard, whole = choice["heard_ms"], say.length(choice)
    if not whole:
        return joined(say("ms", heard=heard))
    share = max(0, min(100, 100 * heard // whole))
    bar = tag("span", tag("i", style=f"width:{share}%"), class_="bar")
    return joined(say("of ms", heard=heard, all=whole), bar)


# What was recorded, and what came after.


def _recorded(say: Telling) -> Iterator[Html]:
    for number, recording in enumerate(say.kept["recordings"], 1):
        yield file_card(say, number, recording)
    others = [a for a in say.kept["recording_actions"] if not a["recording_id"]]
    if others:
        names = ("at", "what", "reason", "reply", "place")
        yield say.table(names, [_other(say, action) for action in others])
    if not say.kept["recordings"]:
        yield tag("p", say("not recorded"))


def _other(say: Telling, action: Line) -> list[Child]:
    path = action["path"] or "?"
    return [
        say.time(action["at"]),
        joined(say.word(action["action"]), tag("small", say("other", path=path))),
        say.word(action["reason"], "why"),
        action["reply"],
        str(say.place("recording_actions", action["seq"])),
    ]


def _after(say: Telling) -> Iterator[Html]:
    told = [*_withdrawn(say), *_deleted(say), *_erased(say)]
    if not told:
        yield tag("p", say("no withdrawals"))
        return
    yield tag("ul", *(tag("li", *line) for line in told), class_="events")


def _withdrawn(say: Telling) -> Iterator[list[Child]]:
    for choice in say.kept["choices"]:
        if choice["state"] == State.WITHDRAWN.value:
            purpose = choice["purpose"] or say("whole call")
            words = say("withdrawal", purpose=purpose, who=say.by(choice))
            if choice["remark"]:
                words += " " + say("because", words=choice["remark"])
            if choice["on_withdrawal"]:
                words += " " + say("fate", fate=say.word(choice["on_withdrawal"]))
            yield [say.time(choice["at"]), words]


def _deleted(say: Telling) -> Iterator[list[Child]]:
    for action in say.kept["recording_actions"]:
        if action["action"] == "erase":
            words = say(
                "deletion",
                recording=say.recording(action["recording_id"]),
                reply=action["reply"],
                reason=say.word(action["reason"], "why"),
            )
            yield [say.time(action["at"]), words]


def _erased(say: Telling) -> Iterator[list[Child]]:
    for place, mark in marks(say.facts.proof):
        if mark not in say.facts.words:
            yield [say("tombstone", place=place, hash=mark.removeprefix(MARK))]


def _looks(say: Telling) -> Html:
    rows = [
        [
            say.time(look["at"]),
            look["who"],
            _did(say, look),
            look["reason"] or say("no why"),
            str(say.place("looks", look["seq"])),
        ]
        for look in say.facts.lines("looks")
    ]
    return say.table(("at", "who", "what", "reason", "place"), rows)


def _did(say: Telling, look: Line) -> str:
    name = say.recording(look["recording_id"])
    if look["what"] == PROOF:
        return say("proof of", recording=name) if name else say(PROOF)
    what, _, form = look["what"].partition(" ")
    if what == "export":
        if name:
            return say("exported for them", recording=name)
        return say("exported", form=form)
    if what == "list":
        return say(what)
    if what == "show":
        return say("show of", recording=name) if name else say(what)
    return say.word(look["what"]).replace("{recording}", name)


def _chain(say: Telling) -> Iterator[Html]:
    proof = say.facts.proof
    is_whole = proof[-1].place - proof[0].place == len(proof) - 1
    gaps = say("no gaps" if is_whole else "gaps")
    yield tag("p", say("chain is", rows=len(proof), gaps=gaps))
    rows = [
        [str(row.place), f"{row.table} {row.seq}", tag("code", row.hash)]
        for row in proof
    ]
    yield say.table(("place", "row", "hash"), rows, "chain")
    for head in say.facts.trees:
        yield tag(
            "p", say("tree is", size=head.size), tag("code", str(head)), class_="head"
        )
    yield run_by(say)
    yield tag("div", _points(say, "shows", 3), _points(say, "not", 4), class_="limits")


def _points(say: Telling, name: str, count: int) -> Html:
    points = [tag("li", say(f"{name} {n}")) for n in range(1, count + 1)]
    return tag("div", tag("h3", say(name)), tag("ul", *points))
