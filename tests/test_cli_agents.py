"""`eslflow agents`."""

import json
from hashlib import sha256

import pytest

from eslflow.ledger.register import Register
from eslflow.ledger.verify import verify
from tests.command import run

DAY = ("--on", "2026-01-31")
STAFF = ("--text", "staff", "--version", "2")


@pytest.fixture
def site(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("# a site\n")
    return tmp_path


def does(site, *words):
    done = run(site, "agents", *words)
    assert done.exit_code == 0, done.output
    return done.output


def has_agreed(site, agent="1001"):
    register = Register(site / "eslflow.db")
    register.read()
    return register.has_agreed(agent, "staff", 2)


def test_an_agent_agrees_and_withdraws(site):
    words = site / "staff.txt"
    words.write_text("We record calls to train our staff.")
    said = does(
        site, "agree", "1001", *STAFF, "--file", str(words), "--on", "2026-01-31"
    )
    assert said == "1001 has agreed to staff, version 2, on 2026-01-31.\n"
    assert has_agreed(site)
    assert not has_agreed(site, "1002")
    (line,) = json.loads(does(site, "list", "--json"))
    assert line["text_sha256"] == sha256(words.read_bytes()).hexdigest()
    assert (line["agreed_on"], line["version"]) == ("2026-01-31", 2)
    assert does(site, "withdraw", "1001", "--text", "staff").startswith(
        "1001 has withdrawn from staff on "
    )
    assert not has_agreed(site)
    assert verify(site / "eslflow.db").broken is None


def test_an_entry_is_told_to_a_program_as_the_list_tells_it(site):
    entered = json.loads(does(site, "agree", "1001", *STAFF, "--json"))
    (line,) = json.loads(does(site, "list", "--json"))
    assert entered == {name: line[name] for name in entered}
    withdrawn = json.loads(does(site, "withdraw", "1001", "--text", "staff", "--json"))
    (line,) = json.loads(does(site, "list", "--json"))
    assert withdrawn == {name: line[name] for name in withdrawn}
    assert (entered["state"], withdrawn["state"]) == ("agreed", "withdrawn")


def test_the_register_is_listed(site):
    assert "Nobody has agreed" in does(site, "list")
    does(site, "agree", "1001", *STAFF)
    does(site, "agree", "1002", *STAFF)
    does(site, "withdraw", "1001", "--text", "staff")
    head, first, second = does(site, "list").splitlines()
    assert head.split()[:3] == ["agent", "text", "version"]
    assert first.split()[:4] == ["1001", "staff", "2", "withdrawn"]
    assert second.split()[:4] == ["1002", "staff", "2", "agreed"]
    assert len(does(site, "list", "--all").splitlines()) == 4


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("agree", "10 01", *STAFF), "'10 01' is not an agent's extension"),
        (("agree", "1001", "--text", "Staff!", "--version", "1"), "'Staff!' is not"),
        (
            ("agree", "1001", "--text", "staff", "--version", "0"),
            "0 is not in the range",
        ),
        (("agree", "1001", *STAFF, "--on", "yesterday"), "'yesterday' is no date"),
        (("agree", "1001", *STAFF, "--on", "2999-01-01"), "2999-01-01 is yet to come"),
        (("withdraw", "1001", "--text", "staff"), "1001 has not agreed to staff"),
    ],
)
def test_what_cannot_be_entered_is_told(site, words, told):
    done = run(site, "agents", *words)
    assert done.exit_code != 0
    assert told in done.output
