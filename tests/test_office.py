"""`office:` in a site's settings."""

import pytest

from eslflow.errors import FlowErrors
from eslflow.office import Office
from eslflow.settings import read_settings

FULL = """\
country: DE
office:
  name: Example Ltd
  address: 1 Example Street, 12345 Example Town
  contact: Data protection officer
  email: privacy@example.com
  phone: +49 30 123456
  policy: https://example.com/privacy#calls
  withdrawal: tell the agent
  storage: Example Town
  authority: Example Commissioner
  recipients: [Example Hosting Ltd]
  sensitive: [health]
"""


@pytest.fixture
def office(tmp_path):
    def read(text):
        (tmp_path / "eslflow.yaml").write_text(text, encoding="utf-8")
        return read_settings(tmp_path).office

    return read


def problems(office, text):
    with pytest.raises(FlowErrors) as caught:
        office(text)
    return [(p.line, p.problem) for p in caught.value.problems]


def without(*keys):
    lines = FULL.splitlines(keepends=True)
    return "".join(li for li in lines if li.strip().split(":")[0] not in keys)


def test_a_site_need_not_name_its_office(office):
    assert office("") is None


def test_everything_of_an_office_can_be_said(office):
    assert office(FULL) == Office(
        name="Example Ltd",
        address="1 Example Street, 12345 Example Town",
        contact="Data protection officer",
        policy="https://example.com/privacy#calls",
        withdrawal="tell the agent",
        storage="Example Town",
        jurisdiction="DE",
        email="privacy@example.com",
        phone="+49 30 123456",
        authority="Example Commissioner",
        recipients=("Example Hosting Ltd",),
        sensitive=("health",),
    )


def test_the_law_is_that_of_the_country_unless_it_is_named(office):
    assert office(FULL + "  jurisdiction: AT\n").jurisdiction == "AT"
    (problem,) = problems(office, without("country"))
    assert problem == (2, "office has no jurisdiction")


def test_what_few_offices_have_can_be_left_out(office):
    found = office(without("phone", "authority", "recipients", "sensitive"))
    assert (found.phone, found.recipients, found.sensitive) == ("", (), ())
    assert office(without("email")).email == ""


def test_all_that_is_missing_is_told_at_once(office):
    ((line, problem),) = problems(office, "office: {phone: '030 12'}\n")
    assert line == 1
    assert problem == (
        "office has no name and no address and no contact and no policy and no "
        "withdrawal and no storage and no jurisdiction"
    )
    with pytest.raises(FlowErrors) as caught:
        office(without("email", "phone"))
    assert "Instead of email: there may be phone:." in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("email", "privacy", "'privacy' is not an address such as privacy@"),
        ("email", "Ann <a@example.com>", "is not an address such as privacy@"),
        ("phone", "ask us", "'ask us' is not a number such as"),
        ("policy", "example.com/privacy", "is not an address such as https:"),
        ("policy", "javascript:alert(1)", "is not an address such as https:"),
        ("name", "''", "an empty text stands here"),
        ("name", '"a\\nb"', "this is too long, or not on one line"),
        ("name", "x" * 501, "this is too long, or not on one line"),
        ("name", "[a]", "a list stands where text is wanted"),
        ("nme", "x", "'nme' is not an option of office. Did you mean 'name'?"),
        ("recipients", "us", "text stands where a list is wanted"),
        ("recipients", "['']", "an empty text stands here"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(office, key, value, told):
    text = without(key) + f"  {key}: {value}\n"
    found = problems(office, text)
    assert any(line == len(text.splitlines()) and told in p for line, p in found), found


def test_an_office_is_no_text(office):
    ((_, problem),) = problems(office, "office: Example Ltd\n")
    assert "stands where {name: ..., address: ...} is wanted" in problem
