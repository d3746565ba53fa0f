"""Lets whoever has the file change proof that views show: row by row, as before.

A changed row is stored as eslflow would have stored it; other rows that have the old
terms in common keep them.
"""

from eslflow.ledger.chain import FORMS
from eslflow.ledger.lean import COLUMNS

TERMS = {"choices": "choice_terms", "recording_actions": "action_terms"}


def let_in(db):
    """Make the views of proof take changes; the triggers that refuse them are gone."""
    for form in FORMS.values():
        if form.table in TERMS:
            for name in (form.rows, TERMS[form.table], "call_ids"):
                for change in ("update", "delete"):
                    db.execute(f"DROP TRIGGER IF EXISTS {name}_no_{change}")
            for change in ("insert", "update", "delete"):
                db.execute(f"DROP TRIGGER IF EXISTS {form.table}_no_{change}")
                db.execute(trigger(form, change))


def trigger(form, change):
    """Return what writes a change of a view into its tables."""
    table, terms, own = form.table, TERMS[form.table], COLUMNS[form.table][3:]
    shared = [name for name in form.columns if name not in (*own, "call_uuid")]
    new = ", ".join(f"new.{name}" for name in shared)
    same = " AND ".join(f"{name} = new.{name}" for name in shared)
    id_of = f"(SELECT id FROM {terms} WHERE {same})"
    call = "(SELECT id FROM call_ids WHERE uuid = new.call_uuid)"
    steps = [
        "INSERT INTO call_ids (uuid) SELECT new.call_uuid WHERE NOT EXISTS "
        "(SELECT 1 FROM call_ids WHERE uuid = new.call_uuid)",
        f"INSERT INTO {terms} ({', '.join(shared)}) SELECT {new} "
        f"WHERE NOT EXISTS {id_of}",
    ]
    values = {"seq": "new.seq", "call": call, "terms": id_of}
    values |= {name: f"new.{name}" for name in own}
    if change == "delete":
        steps = [f"DELETE FROM {form.rows} WHERE seq = old.seq"]
    elif change == "insert":
        steps.append(
            f"INSERT INTO {form.rows} ({', '.join(values)}) "
            f"VALUES ({', '.join(values.values())})"
        )
    else:
        sets = ", ".join(f"{name} = {value}" for name, value in values.items())
        steps.append(f"UPDATE {form.rows} SET {sets} WHERE seq = old.seq")
    return (
        f"CREATE TRIGGER {table}_no_{change} INSTEAD OF {change} ON {table} "
        f"BEGIN {'; '.join(steps)}; END"
    )
