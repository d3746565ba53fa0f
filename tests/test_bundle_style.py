"""The sheet of style of a report."""

import re

from eslflow.bundle.style import STYLE


def test_it_loads_nothing_and_ends_no_element():
    assert not re.search(r"url|import|expression|<|http", STYLE)
    assert STYLE.count("{") == STYLE.count("}")


def test_it_is_made_for_a4():
    assert "size: A4" in STYLE
    assert "@media print" in STYLE
