"""What a picture says of a step besides its kind."""

import pytest

from eslflow.check.details import MOST, detail
from tests.steps_of import Texts, flow

HEAD = """\
flow: test
languages: [en, de]
purposes:
  training: {basis: consent}
  quality: {basis: legitimate_interests}
  law: {basis: legal_obligation}
notices: {recording: {version: 1, text: {en: May we?, de: Dürfen wir?}}}
hours: {office: {zone: Europe/Berlin, mon-fri: 08:00-17:00}}
prompts:
  hello: {en: Hello., de: Guten Tag.}
  sorry: {en: Nobody is free at the moment., de: Im Moment ist niemand frei.}
"""
BYE = "bye: {hangup: NORMAL_CLEARING}\n"


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("{announce: hello}", "“Hello.”"),
        ("{announce: sorry}", "“Nobody is free at …”"),
        ("{menu: hello, keys: {1: bye}, failure: bye}", "“Hello.”"),
        ("{language: hello, keys: {1: en, 2: de}}", ""),
        (
            "{consent: {notice: recording, purpose: training}, "
            "keys: {1: granted, 2: refused}}",
            "training",
        ),
        (
            "{objection: {notice: recording, purpose: quality}, keys: {3: objected}}",
            "quality",
        ),
        ("{inform: {notice: recording, purpose: law}}", "law"),
        ("{collect: hello, digits: 1, into: pin}", "1 digit"),
        ("{collect: hello, digits: 4, into: pin}", "4 digits"),
        ("{collect: hello, digits: 12..19, into: card}", "12 to 19 digits"),
        ("{queue: sales}", "sales"),
        (f"{{queue: {'q' * (MOST + 1)}}}", f"{'q' * (MOST - 1)}…"),
        ("{dial: {user: 1001}, busy: bye}", "1001"),
        ("{dial: {gateway: provider, number: +4930123456}, busy: bye}", "+4930123456"),
        (
            "{dial: {gateway: provider, number: called}, busy: bye}",
            "the number dialled",
        ),
        ("{transfer: {to: 1000, context: default}}", "1000"),
        ("{webhook: 'https://pay.example.com:8443/secret'}", "pay.example.com:8443"),
        ("{hours: office, closed: bye}", "office"),
        ("{branch: caller, cases: {+49*: bye}}", "caller"),
        (
            "{branch: {consent: training}, cases: {granted: bye}}",
            "consent for training",
        ),
        ("{set: {line: desk, level: high}}", "line, level"),
        ("{private: prefix, prefix: '*67'}", ""),
        ("{flow: inner}", "inner"),
    ],
)
def test_a_step_tells_what_is_worth_knowing_of_it(step, told):
    inner = Texts({"inner": f"flow: inner\nsteps:\n  {BYE}"})
    found = flow(f"it: {step}\n{BYE}", HEAD, inner)
    assert detail(found, found.steps["it"]) == told


def test_whom_a_ring_step_calls_is_told():
    ring = "it: {ring: {user: 1001@example.com}}\ntalk: {connect: callee}\n"
    found = flow(ring, HEAD)
    assert detail(found, found.steps["it"]) == "1001@example.com"
    assert detail(found, found.steps["talk"]) == ""
