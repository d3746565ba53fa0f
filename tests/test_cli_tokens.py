"""`eslflow tokens`."""

import json
import os

import pytest

from eslflow.cli.main import CONFIGURATION
from eslflow.web.scopes import Scope
from eslflow.web.tokens import find, read_tokens
from tests.command import run


@pytest.fixture
def site(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("control: {tokens: t.yaml}\n")
    return tmp_path


def add(site, name, *words):
    done = run(site, "tokens", "add", name, *words)
    assert done.exit_code == 0, done.output
    return done


def test_a_token_is_printed_once_and_kept_as_a_hash(site):
    words = ("--scope", "recording:mask", "--scope", "recording:unmask")
    done = add(site, "page", *words, "--agent", "1001", "--expires", "90d")
    secret = done.stdout.strip()
    assert "shown once" in done.stderr
    assert "Nobody listens" not in done.stderr
    text = (site / "t.yaml").read_text()
    assert secret not in text
    token = find(read_tokens(site / "t.yaml"), secret)
    assert token.scopes == (Scope.MASK, Scope.UNMASK)
    assert token.agents == ("1001",)
    assert token.expires > 0


def test_tokens_are_listed_and_revoked(site):
    assert "There are no tokens in" in run(site, "tokens", "list").stderr
    add(site, "page", "--scope", "recording:mask", "--agent", "1001")
    add(site, "watch", "--scope", "health:read", "--expires", "2099-01-31")
    shown = run(site, "tokens", "list").stdout
    assert "1001" in shown
    assert "never" in shown
    found = json.loads(run(site, "tokens", "list", "--json").stdout)
    assert found[1] == {
        "token": "watch",
        "scopes": ["health:read"],
        "agents": [],
        "expires": "2099-01-31T00:00:00.000000Z",
    }
    assert "no token any more" in run(site, "tokens", "revoke", "page").stdout
    assert list(read_tokens(site / "t.yaml")) == ["watch"]
    done = run(site, "tokens", "revoke", "page")
    assert done.exit_code == 1
    assert "There are: watch" in done.stderr


def test_a_token_that_has_expired_is_shown_as_such(site):
    add(site, "page", "--scope", "calls:read", "--expires", "2099-01-31")
    path = site / "t.yaml"
    path.write_text(path.read_text().replace("2099", "2026"))
    assert "(expired)" in run(site, "tokens", "list").stdout


def test_without_control_it_says_that_nobody_listens(tmp_path):
    (tmp_path / "eslflow.yaml").write_text("")
    done = add(tmp_path, "page", "--scope", "calls:read")
    assert "put control: into eslflow.yaml" in done.stderr
    assert (tmp_path / "tokens.yaml").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("page",), "Missing option '--scope'"),
        (("Page 1", "--scope", "calls:read"), "'Page 1' is not a name"),
        (("page", "--scope", "calls"), "'calls' is not one of"),
        (("page", "--scope", "calls:read", "--agent", "a b"), "'a b' is not an agent"),
        (("page", "--scope", "calls:read", "--expires", "soon"), "write 90d, or"),
        (("page", "--scope", "calls:read", "--expires", "2020-01-01"), "has passed"),
    ],
)
def test_mistakes_in_usage_are_told(site, words, told):
    done = run(site, "tokens", "add", *words)
    assert done.exit_code == 2
    assert told in done.stderr
    assert not (site / "t.yaml").exists()


def test_a_file_that_others_can_read_is_refused(site):
    (site / "t.yaml").write_text("")
    os.chmod(site / "t.yaml", 0o644)
    done = run(site, "tokens", "list")
    assert done.exit_code == CONFIGURATION
    assert "chmod 600" in done.stderr
