"""`eslflow consents verify` and `head`."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from eslflow.ledger.chain import BEGIN, FORMS
from eslflow.ledger.excerpt import tree_head
from tests.command import run, site_with_calls
from tests.tampered import let_in


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site_with_calls(folder)
    return folder


@pytest.fixture
def site(made, tmp_path):
    return shutil.copytree(made, tmp_path / "site")


def kept(site):
    with closing(sqlite3.connect(site / "eslflow.db")) as db:
        sql = "SELECT count(*) FROM {}"
        tables = [form.table for form in FORMS.values()]
        return sum(db.execute(sql.format(name)).fetchone()[0] for name in tables)


def change(site, sql):
    with closing(sqlite3.connect(site / "eslflow.db", isolation_level=None)) as db:
        let_in(db)
        before = db.total_changes
        db.execute(sql)
        assert db.total_changes > before


def test_what_calls_have_kept_is_chained_and_holds(site):
    done = run(site, "consents", "head")
    place, _, hash_ = done.stdout.strip().partition(":")
    assert int(place) == kept(site) > 8
    assert len(hash_) == 64
    verified = run(site, "consents", "verify", "--since", done.stdout)
    assert verified.exit_code == 0
    assert verified.stdout.splitlines() == [
        f"{place} rows of proof are as written, up to {done.stdout.strip()}",
        f"Nothing up to place {place} was changed since.",
    ]


def test_the_first_broken_row_is_named_with_its_call(site):
    change(
        site, "UPDATE choices SET key = '1' WHERE call_uuid = 'bbbb-2' AND key = '2'"
    )
    done = run(site, "consents", "verify")
    assert done.exit_code == 1
    assert done.stdout.startswith("BROKEN: place ")
    assert "(call bbbb-2) was changed. Its hash should be " in done.stdout
    assert "since" not in done.stdout


def test_a_head_from_before_what_is_broken_still_holds(site):
    change(
        site, "UPDATE choices SET key = '1' WHERE call_uuid = 'bbbb-2' AND key = '2'"
    )
    done = run(site, "consents", "verify", "--since", str(BEGIN))
    assert done.exit_code == 1
    assert done.stdout.splitlines()[1:] == [
        "Nothing up to place 0 was changed since.",
    ]


def test_a_head_that_is_not_of_this_chain_tells_it(site):
    other = f"2:{'ab' * 32}"
    done = run(site, "consents", "verify", "--since", other)
    assert done.exit_code == 1
    assert f"had the hash {'ab' * 32}, and has " in done.stdout
    assert "the whole chain was written anew" in done.stdout
    gone = run(site, "consents", "verify", "--since", f"999:{'ab' * 32}")
    assert gone.exit_code == 1
    assert f"is gone: the chain ends at place {kept(site)}" in gone.stdout


def test_the_head_of_the_tree_is_taken_too(site):
    tree = run(site, "consents", "head", "--tree").stdout
    assert tree.startswith(f"{kept(site)}:tree:")
    said = json.loads(run(site, "consents", "head", "--tree", "--json").stdout)
    assert f"{said['size']}:tree:{said['root']}" == tree.strip()
    done = run(site, "consents", "verify", "--since", tree)
    assert done.exit_code == 0
    assert done.stdout.endswith(
        f"Nothing up to place {kept(site)} was changed since.\n"
    )


def test_a_tree_that_the_chain_has_not_grown_out_of_is_told(site):
    done = run(site, "consents", "verify", "--since", f"3:tree:{'ab' * 32}")
    assert done.exit_code == 1
    assert f"place 3: a row led to 3:tree:{'ab' * 32}, and leads to 3:tree:" in (
        done.stdout
    )
    assert "the whole chain was written anew" in done.stdout
    gone = run(site, "consents", "verify", "--since", f"99:tree:{'ab' * 32}")
    assert gone.exit_code == 1
    assert f"is gone: the chain ends at place {kept(site)}" in gone.stdout


def test_what_was_broken_after_a_tree_leaves_what_was_before(site):
    tree = tree_head(site / "eslflow.db", 1)
    change(site, "UPDATE choices SET key = '7' WHERE seq = 3")
    done = run(site, "consents", "verify", "--since", str(tree))
    assert done.exit_code == 1
    assert done.stdout.startswith("BROKEN: place ")
    assert done.stdout.endswith("Nothing up to place 1 was changed since.\n")
    later = tree_head(site / "eslflow.db")
    done = run(site, "consents", "verify", "--since", str(later))
    assert "was changed. Its hash should be" in done.stdout
    assert "since" not in done.stdout


def test_what_is_no_head_is_a_usage_error(site):
    done = run(site, "consents", "verify", "--since", "12")
    assert done.exit_code == 2
    assert "'12' is no head: it looks like 41:9f86d0" in done.stderr


def test_json_for_programs(site):
    end = json.loads(run(site, "consents", "head", "--json").stdout)
    assert end["place"] == kept(site)
    good = run(site, "consents", "verify", "--json")
    assert json.loads(good.stdout) == {
        "holds": True,
        "head": f"{end['place']}:{end['hash']}",
        "broken": None,
    }
    change(site, "UPDATE choices SET step = 'x' WHERE seq = 2")
    done = run(site, "consents", "verify", "--json")
    said = json.loads(done.stdout)
    assert done.exit_code == 1
    assert said["holds"] is False
    assert (said["broken"]["table"], said["broken"]["seq"]) == ("choices", 2)


def test_one_row_is_told_as_one(site):
    with closing(sqlite3.connect(site / "eslflow.db", isolation_level=None)) as db:
        tables = [*(form.rows for form in FORMS.values()), "chain"]
        for table in tables:
            db.execute(f"DROP TRIGGER {table}_no_delete")
            key, first = ("place", 1) if table == "chain" else ("seq", 0)
            first = 1 if table == "notices" else first
            db.execute(f"DELETE FROM {table} WHERE {key} > {first}")
            db.execute(
                f"DELETE FROM sqlite_sequence WHERE name = '{table}' AND {first} = 0"
            )
            db.execute(f"UPDATE sqlite_sequence SET seq = 1 WHERE name = '{table}'")
        for shared in ("call_ids", "choice_terms", "action_terms"):
            db.execute(f"DROP TRIGGER {shared}_no_delete")
            db.execute(f"DELETE FROM {shared}")
    done = run(site, "consents", "verify")
    assert done.stdout.startswith("1 row of proof is as written, up to 1:")


def test_a_changed_name_cannot_move_the_cursor(site):
    change(
        site, "UPDATE choices SET call_uuid = 'a' || char(27) || '[2J' WHERE seq = 1"
    )
    assert "\x1b" not in run(site, "consents", "verify").stdout
