"""What a request asks for: JSON to a wish.

In: the bytes of a body. Out: a wish, or what is wrong with it and how to mend it. As
strict as a flow: an unknown key may be the one that mattered.
"""

from __future__ import annotations

import json
from typing import Any

from eslflow.call.receipt import is_right, typed
from eslflow.call.wishes import Want, Wish
from eslflow.flow.document import Document, Kind, Mark, Node
from eslflow.flow.options import Duration, OneOf
from eslflow.flow.problems import Context, near
from eslflow.web.receipts import Claim
from eslflow.web.refusal import Refusal, quoted
from eslflow.web.reloads import LONGEST_NOTE

KEYS = ("want", "for", "all")
LONGEST_S = 86_400
EXAMPLE = 'Send {"want": "masked", "for": "180s"}.'
CLAIM = 'Send {"receipt": "64556562", "caller": "+4930123456"}.'
NOTE = 'Send {"note": "shorter welcome"}, or {}.'
WANT = OneOf(Want)
FOR = Duration(1, LONGEST_S)


def wish_of(data: bytes, by: str, hand: str = "") -> Wish:
    """Return what is asked for.

    Raises:
        Refusal: it is no wish.
    """
    sent = _mapping(data)
    for key in sent:
        if key not in KEYS:
            known = "It takes: want, for, all."
            raise Refusal(400, f"{quoted(key)} is no key{near(key, KEYS)}", known)
    if "want" not in sent:
        raise Refusal(400, "'want' is missing", EXAMPLE)
    want: Want = _converted("want", sent["want"], WANT)
    seconds = _converted("for", sent["for"], FOR) if "for" in sent else None
    is_master = sent.get("all", False)
    if not isinstance(is_master, bool):
        raise Refusal(400, "all: true or false is wanted", "Leave it out for false.")
    _demand_sense(want, Want.MASKED, "for" in sent, "for")
    _demand_sense(want, Want.ON, is_master, "all")
    return Wish(want, by, seconds, hand, is_master)


def claim_of(data: bytes) -> Claim:
    """Return whose receipt it is said to be.

    Raises:
        Refusal: it is no claim.
    """
    sent = _mapping(data)
    for key in Claim._fields:
        if not isinstance(sent.get(key), str):
            raise Refusal(400, f"'{key}' is missing, or no text", CLAIM)
    for key in sent:
        if key not in Claim._fields:
            guess = near(key, Claim._fields)
            raise Refusal(400, f"{quoted(key)} is no key{guess}", CLAIM)
    code = typed(sent["receipt"])
    if not code or not is_right(code):
        hint = "A receipt has 8 digits, of which the last one checks the others."
        raise Refusal(400, f"{quoted(sent['receipt'])} is no receipt", hint)
    return Claim(code, sent["caller"])


def note_of(data: bytes) -> str:
    """Return why somebody wants it; it may be left out.

    Raises:
        Refusal: it is no note.
    """
    sent = _mapping(data)
    for key in sent:
        if key != "note":
            raise Refusal(400, f"{quoted(key)} is no key", NOTE)
    note = sent.get("note", "")
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        problem = f"'note' is no text of at most {LONGEST_NOTE} characters"
        raise Refusal(400, problem, NOTE)
    return note


def _demand_sense(want: Want, only: Want, is_sent: bool, key: str) -> None:
    if is_sent and want is not only:
        hint = f'Leave it out, or send "want": "{only}".'
        raise Refusal(400, f"'{key}' means nothing with '{want}'", hint)


def _mapping(data: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(data.decode(), object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise Refusal(400, "the body is not UTF-8", EXAMPLE) from error
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "the body is no JSON", EXAMPLE) from error
    if not isinstance(sent, dict):
        raise Refusal(400, "the body is no JSON object", EXAMPLE)
    return sent


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of a key that stands twice, nobody knows which was meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refusal(400, "a key stands twice", "Send each once.")
    return found


def _converted(key: str, value: Any, takes: Duration | OneOf) -> Any:
    """Return a value as a flow would take it; its complaints are the flow's too."""
    node = Node(_kind(value), Mark(0, 0), _text(value))
    document = Document(b"", "the body")
    found = takes.convert(node, Context(document, {}, key))
    for problem in document.problems:
        raise Refusal(400, f"{key}: {problem.problem}", problem.hint)
    return found


def _kind(value: Any) -> Kind:
    kinds = {str: Kind.TEXT, int: Kind.INT, float: Kind.DECIMAL, bool: Kind.BOOLEAN}
    kinds |= {dict: Kind.MAPPING, list: Kind.LIST}
    return kinds.get(type(value), Kind.NOTHING)


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)) or value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) < 40 else f"{text[:40]}..."
