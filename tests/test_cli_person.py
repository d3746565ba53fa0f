"""Whom a command is about, and why it is run."""

import click
import pytest

from eslflow.cli.person import Person, reasoned
from eslflow.errors import NotFound
from tests.persons import ANNA, SPELLINGS, Office


@pytest.mark.parametrize("number", SPELLINGS)
def test_a_person_is_found_and_all_that_is_kept(tmp_path, number):
    office = Office(tmp_path)
    office.talked()
    person = Person(office.folder, number)
    assert person.ledger == office.ledger
    found = person.find()
    assert found.key == ANNA
    kept = person.kept(found)
    assert kept["number"] == ANNA
    assert len(kept["calls"]) == 3


def test_what_is_no_number_is_nobody(tmp_path):
    office = Office(tmp_path)
    with pytest.raises(NotFound, match="is no number of a person"):
        Person(office.folder, "anonymous").find()


def test_a_reason_is_some_words_and_no_letter():
    option = click.Option(["--reason"])
    context = click.Context(click.Command("x"))
    assert reasoned(context, option, "  file 17 ") == "file 17"
    for text in ("", "   ", "x" * 501):
        with pytest.raises(click.BadParameter, match="it takes 1 to 500 characters"):
            reasoned(context, option, text)
