"""What options take that lies outside the call."""

import re

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.outside import HeaderName, ProgramUrl, TokenFile, Variable
from tests.steps_of import flow


def pay(url, more=""):
    return flow(f"pay: {{webhook: '{url}'{more}}}").steps["pay"]


@pytest.mark.parametrize(
    "url",
    [
        "https://pay.example.com/calls?shop=7",
        "https://192.0.2.1:8443",
        "http://127.0.0.1:9000/x",
        "http://[::1]/x",
        "http://localhost/x",
    ],
)
def test_what_is_encrypted_or_stays_here_is_taken(url):
    assert pay(url).url == url


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://pay.example.com/", "http:// to pay.example.com would be read"),
        ("http://127.0.0.1.example.com/", "would be read on the way"),
        ("https://user:pass@pay.example.com/", "a name or password in an address"),
        ("https://pay.example.com/#card", "what stands after # is not sent"),
        ("ftp://pay.example.com/", "is no web address"),
        ("https:///x", "is no web address"),
        ("https://pay.example.com:99999/", "is no web address"),
        ("https://[::1/", "is no web address"),
        ("https://pay.example.com/a b", "is no web address"),
        ("https://p\u00e4y.example.com/", "is no web address"),
    ],
)
def test_what_would_carry_a_secret_in_clear_is_refused(url, problem):
    with pytest.raises(FlowErrors, match=problem):
        pay(url)


def test_a_list_is_no_address():
    with pytest.raises(FlowErrors, match="a list stands where"):
        flow("pay: {webhook: [a]}")


def test_where_a_token_is_can_be_named():
    found = pay(
        "https://e.example/", ", token_file: /etc/pay.token, token_header: X-Key"
    )
    assert (found.token_file, found.token_header) == ("/etc/pay.token", "X-Key")
    assert pay("https://e.example/", ", token_env: PAY_TOKEN").token_env == "PAY_TOKEN"


@pytest.mark.parametrize(
    "more",
    ["token_file: pay.token", "token_env: s3cr3t-itself", "token_header: 'a: b'"],
)
def test_a_token_itself_is_refused_and_not_repeated(more):
    with pytest.raises(FlowErrors, match="this is not right here") as caught:
        pay("https://e.example/", f", {more}")
    assert "s3cr3t" not in caught.value.problems[0].problem


@pytest.mark.parametrize(
    ("takes", "text"),
    [
        (ProgramUrl(), "https://e.example/"),
        (TokenFile(), "/etc/x"),
        (Variable(), "A_B"),
        (HeaderName(), "X-Key"),
    ],
)
def test_editors_are_told_the_same(takes, text):
    assert re.fullmatch(takes.schema()["pattern"], text)
