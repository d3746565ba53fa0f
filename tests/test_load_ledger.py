"""What scripts/bench ledger measures, in small."""

import sqlite3
from contextlib import closing

from eslflow.ledger.verify import verify
from tests.load import ledger as module
from tests.load.ledger import Cost, run, tell


def test_both_ledgers_are_measured_and_hold(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "FEW_CALLS", 3)
    found = run(tmp_path, 20, 2)
    assert found["choices"] == [6, 40]
    assert found["bytes per call"] > 1000
    assert set(found["costs"]) == {"choice", "whole call"}
    for costs in found["costs"].values():
        assert all(cost.all >= cost.commit >= 0 for cost in costs)
    # A question and its answer, of 40 calls, in two commits of each kind.
    with_more = [path for path in tmp_path.glob("*.db") if verify(path).broken is None]
    assert len(with_more) == 2
    # The large one is taken as it is another time, the small one is made again.
    assert run(tmp_path, 20, 1)["choices"] == [6, 40 + 2 * 40 * 4]
    with closing(sqlite3.connect(tmp_path / "20.db")) as db:
        (calls,) = db.execute("SELECT count(*) FROM calls").fetchone()
    assert calls == 20 + 40 * 4 + 40 * 2


def test_the_figures_are_told_with_their_ratio():
    costs = {"choice": [Cost(1e-4, 4e-5), Cost(1.1e-4, 5e-5)]}
    found = {"bytes per call": 1196.4, "choices": [1000, 1_000_000], "costs": costs}
    assert tell(found).splitlines() == [
        "1,196 bytes per call",
        "CPU time in commits of 40 groups, with 1,000 and 1,000,000 choices:",
        "  a choice: 100 and 110 us, ratio 1.10 (of that COMMIT: 40 and 50 us)",
    ]
