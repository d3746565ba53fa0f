"""How a bundle was made; a `bundle.json` of another form is refused."""

import json

import pytest

from eslflow.bundle.made import FORMAT, Made, Zone, are, demand, made_of
from eslflow.errors import BadBundle
from tests.forms import OFFICE, PLAIN

MADE = Made("u-1", "eslflow 0", "de", (Zone(0, 3600, "CET"),), {"x": "gone"}, OFFICE)


def written(made=MADE, **other):
    return json.loads(json.dumps({"format": FORMAT, **made.said(), **other}))


@pytest.mark.parametrize("office", [OFFICE, PLAIN, None])
def test_what_was_written_is_read_again(office):
    made = MADE._replace(office=office)
    assert made_of(written(made)) == made


def office(**other):
    return {"office": {**written()["office"], **other}}


@pytest.mark.parametrize(
    "other",
    [
        {"format": "1"}, {"format": True}, {"format": 0}, {"more": 1}, {"call": 1},
        {"language": "xx"}, {"zone": {}}, {"left_out": []}, {"left_out": {"x": 1}},
        {"zone": [[0, 0]]}, {"zone": [[0, True, "X"]]}, {"zone": [[0, 0, 1]]},
        {"zone": [[0, 86_400, "X"]]}, {"office": []}, {"office": {}},
        office(more="x"), office(name=None), office(name=["x"]),
        office(recipients="x"), office(sensitive=[1]),
    ],
)  # fmt: skip
def test_another_form_is_refused(other):
    with pytest.raises(BadBundle, match=r"bundle\.json is not of the form"):
        made_of(written(**other))


def test_a_later_form_wants_a_newer_eslflow():
    with pytest.raises(BadBundle, match="made by a newer eslflow"):
        made_of({"format": FORMAT + 1})


def test_what_is_missing_is_refused():
    said = written()
    del said["office"]
    with pytest.raises(BadBundle):
        made_of(said)


def test_a_bool_is_no_number():
    assert are([1, 2], int)
    assert not are([True], int)
    with pytest.raises(BadBundle, match=r"x\.json is not of the form"):
        demand(are(["a", 1], str), "x.json")
