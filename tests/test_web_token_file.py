"""Changes of the tokens' file."""

import pytest

from eslflow.errors import EslflowError
from eslflow.web.scopes import Scope
from eslflow.web.token_file import add, revoke
from eslflow.web.tokens import Token, digest, find, micros, read_tokens

PAGE = Token(
    "page",
    digest("a"),
    (Scope.MASK, Scope.UNMASK),
    ("1001",),
    micros("2027-01-31T18:00:00Z"),
)
WATCH = Token("watch", digest("b"), (Scope.HEALTH,))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tokens.yaml"


def test_what_is_added_is_read_back(path):
    add(path, PAGE)
    add(path, WATCH)
    assert read_tokens(path) == {"page": PAGE, "watch": WATCH}
    assert find(read_tokens(path), "a") == PAGE
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().startswith("# Who may use the control API.")
    assert [item.name for item in path.parent.iterdir()] == ["tokens.yaml"]


def test_revoking_leaves_the_rest_as_it_is(path):
    for token in (PAGE, WATCH):
        add(path, token)
    path.write_text("# mine\n" + path.read_text() + "# the end")
    revoke(path, "page")
    assert read_tokens(path) == {"watch": WATCH}
    assert path.read_text().startswith("# mine\n")
    add(path, PAGE)
    assert "# the end\npage:\n" in path.read_text()
    revoke(path, "watch")
    revoke(path, "page")
    assert read_tokens(path) == {}


def test_names_are_taken_once_and_known(path):
    add(path, PAGE)
    with pytest.raises(EslflowError, match="there is a token 'page' already"):
        add(path, PAGE)
    with pytest.raises(EslflowError, match="no token 'pag'. There are: page"):
        revoke(path, "pag")


def test_a_layout_that_cannot_be_changed_safely_is_left_alone(path):
    text = f"{{page: {{sha256: {PAGE.sha256}, scopes: [calls:read]}},\n"
    text += f"desk: {{sha256: {WATCH.sha256}, scopes: [calls:read]}}}}\n"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(EslflowError, match="change it by hand"):
        add(path, WATCH)
    with pytest.raises(EslflowError, match="change it by hand"):
        revoke(path, "page")
    assert path.read_text() == text


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    missing = tmp_path / "none" / "tokens.yaml"
    with pytest.raises(EslflowError, match="cannot write"):
        add(missing, PAGE)
