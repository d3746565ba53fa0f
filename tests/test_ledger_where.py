"""The conditions of a look-up."""

import pytest

from eslflow.ledger.where import Where, calls_up_to, digits, ends_of


def test_where_nothing_is_looked_for_there_is_no_condition():
    where = Where(0, 0, "at")
    where.equal("state", "")
    where.number("", "uuid")
    assert where.sql("WHERE") == ""
    assert where.values == []


def test_conditions_are_joined_and_values_keep_their_order():
    where = Where(5, 9, "at")
    where.equal("state", "granted")
    where.add("seq > ?", 3)
    assert where.sql("AND") == "AND at >= ? AND at < ? AND state = ? AND seq > ?"
    assert where.values == [5, 9, "granted", 3]


@pytest.mark.parametrize(
    ("number", "ends"),
    [
        ("+49 (0)30 123456", "654321039"),
        ("0049 30 123456", "654321039"),
        ("030 123456", "65432103"),
        ("1001", "1001"),
        ("0", ""),
    ],
)
def test_a_number_is_found_by_the_digits_that_its_spellings_share(number, ends):
    assert ends_of(number) == ends


def test_the_end_of_a_number_comes_first():
    assert digits("+49 (30) 12-34") == "43210394"
    assert digits("anonymous") == ""
    assert len(digits("1" * 99)) == 15


def test_a_short_number_is_found_as_it_is_and_by_an_index():
    where = Where(0, 0, "at")
    where.number("100", "uuid")
    assert where.sql("WHERE") == (
        "WHERE uuid IN ("
        "SELECT uuid FROM calls WHERE calls.caller_digits = ? AND calls.caller = ? "
        "UNION "
        "SELECT uuid FROM calls WHERE calls.called_digits = ? AND calls.called = ?)"
    )
    assert where.values == ["001", "100"] * 2


def test_with_a_country_a_number_is_found_by_its_one_spelling():
    where = Where(0, 0, "at")
    where.number("030 123456", "c", lambda _: "+4930123456")
    assert where.sql("WHERE").count("caller_key = ?") == 1
    assert where.values == ["65432103", "65432103:", "+4930123456"] * 2
    plain = Where(0, 0, "at")
    plain.number("030 123456", "c", lambda number: number)
    assert "caller_key" not in plain.sql("WHERE")


def test_a_number_of_many_calls_is_looked_for_in_each_call():
    where = Where(0, 0, "at")
    where.number("030 123456", "c", lambda _: "+4930123456", is_often=True)
    sql = where.sql("WHERE")
    assert "SELECT" not in sql
    # The plus keeps SQLite from the index that finds too many.
    assert "+calls.caller_digits >= ?" in sql
    assert "+calls.called_key = ?" in sql
    assert where.values == ["65432103", "65432103:", "+4930123456"] * 2


def test_calls_of_a_number_are_counted_up_to_a_limit():
    sql, values = calls_up_to(5, "100")
    assert sql.count("LIMIT ?") == 3
    assert values == ["001", "100", 5] * 2 + [5]
