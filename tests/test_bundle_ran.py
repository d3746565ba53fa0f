"""The versions that ran a call: what may be in a bundle, and under which hash."""

import json

import pytest

from eslflow.bundle.ran import Ran, named, ran_of
from eslflow.errors import BadBundle
from tests.bundles import FLOW, INNER, INSIDE, SERVED_AT, VERSION, sha

OTHER = "5e" * 32
SERVED = {
    "at": SERVED_AT, "flow": "support", "flow_sha256": VERSION, "how": "reload",
    "who": "anna",
}  # fmt: skip
RAN = Ran({VERSION: (INSIDE,)}, (SERVED,))
ALL = (VERSION, sha(INNER))


def test_what_was_written_is_read_again():
    assert ran_of(json.loads(json.dumps(RAN.said()))) == RAN
    assert ran_of(Ran().said()) == Ran()


def test_a_version_leads_to_those_inside_it_each_once():
    assert RAN.reached([VERSION]) == {VERSION: "", sha(INNER): "pay"}
    assert RAN.reached([sha(INNER), VERSION]) == {sha(INNER): "", VERSION: ""}
    assert Ran().reached([VERSION, VERSION]) == {VERSION: ""}


def test_its_hash_is_that_of_its_text_and_of_all_inside():
    assert RAN.hash_of(VERSION, sha(FLOW)) == VERSION
    assert RAN.hash_of(VERSION, sha(INNER)) != VERSION
    assert RAN.hash_of(sha(INNER), sha(INNER)) == sha(INNER)


def test_since_when_it_was_served_is_told_if_it_was_kept():
    assert RAN.since(VERSION) == SERVED
    assert RAN.since(sha(INNER)) is None


def test_rows_name_versions_each_once_and_nothing_else_is_one():
    lines = [{"flow_sha256": name} for name in ("", None, "../x", 7, OTHER, VERSION)]
    assert list(named({"flow_sha256": VERSION}, [*lines, {}])) == [VERSION, OTHER]


def test_what_is_said_is_of_what_is_there_and_named():
    RAN.demand([VERSION], ALL)
    for held in ([], [sha(INNER)]):
        with pytest.raises(BadBundle, match=f"says what is inside {VERSION}"):
            RAN.demand([VERSION], held)
    with pytest.raises(BadBundle, match="says what is inside"):
        RAN.demand([OTHER], ALL)
    with pytest.raises(BadBundle, match="a version that no row names"):
        Ran({}, (SERVED,)).demand([OTHER], [])
    with pytest.raises(BadBundle, match="a version that no row names"):
        Ran({}, (SERVED, SERVED)).demand([VERSION], [])


@pytest.mark.parametrize(
    "other",
    [
        {"more": 1}, {"inside": []}, {"served": {}}, {"inside": {"x": [INSIDE]}},
        {"inside": {VERSION: []}}, {"inside": {VERSION: INSIDE}},
        {"inside": {VERSION: [1]}}, {"inside": {VERSION: ["pay x"]}},
        {"inside": {VERSION: [f"pay {OTHER}\npay {OTHER}"]}},
        {"inside": {VERSION: [f"a b {OTHER}"]}}, {"served": [1]}, {"served": [{}]},
        {"served": [{**SERVED, "at": True}]}, {"served": [{**SERVED, "at": 2**63}]},
        {"served": [{**SERVED, "who": None}]}, {"served": [{**SERVED, "more": 1}]},
    ],
)  # fmt: skip
def test_another_form_is_refused(other):
    with pytest.raises(BadBundle, match=r"flow\.json is not of the form"):
        ran_of({**RAN.said(), **other})
