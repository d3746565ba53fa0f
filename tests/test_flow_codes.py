"""The codes of what is wrong with a file."""

import pytest

from eslflow.errors import FlowErrors
from eslflow.flow.codes import SORTS, code_of
from eslflow.flow.load import load
from eslflow.steps import KINDS
from tests.codes import EXAMPLES, whole


@pytest.mark.parametrize("code", SORTS)
def test_a_bad_example_gets_its_code_and_no_other(code):
    bad, good = EXAMPLES[code]
    with pytest.raises(FlowErrors) as caught:
        load(whole(bad).encode(), "example.yaml", KINDS)
    assert {problem.code for problem in caught.value.problems} == {code}
    assert f" [{code}]\n" in f"{caught.value}\n"
    assert load(whole(good).encode(), "example.yaml", KINDS).steps


def test_what_is_quoted_is_the_files_and_decides_nothing():
    assert code_of("there is no step 'secret'") == "unknown-name"
    assert code_of("nobody gets the secret 'there is no step'") == "secret"


def test_what_has_no_sort_of_its_own_does_not_go_together():
    assert code_of("nobody talks in it") == "not-together"
