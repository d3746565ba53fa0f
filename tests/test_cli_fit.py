"""What comes of examining flows, on its way between processes."""

import subprocess
import sys
from io import BytesIO

from eslflow.cli.fit import FAILED, FINE, Candidate, Fit, received, rests_on, send
from eslflow.settings import Settings
from tests.steps_of import flow

EXAMINING = ("eslflow.check.explore", "eslflow.rehearsal", "eslflow.sim")
RECEIVES = f"""
import eslflow.cli.examiner, eslflow.cli.reloading, sys
print([name for name in {EXAMINING} if name in sys.modules])
"""


def test_a_candidate_arrives_as_it_was_sent(tmp_path):
    for sent in (
        Candidate(FAILED, "na\u00efve\n"),
        Candidate(FINE, "", Fit(Settings(tmp_path), {"a": flow("a: {queue: x}")}, {})),
    ):
        output = BytesIO()
        send(output, sent)
        assert received(output.getvalue()) == sent


def test_a_check_rests_on_texts_and_on_emergency_numbers(tmp_path):
    made, site = flow("a: {queue: x}"), Settings(tmp_path)
    known = rests_on(made, site)
    assert known == rests_on(made, Settings(tmp_path, default_flow="test"))
    assert known != rests_on(flow("a: {queue: y}"), site)
    assert known != rests_on(made, Settings(tmp_path, emergency=frozenset({"144"})))
    assert known != rests_on(made, Settings(tmp_path, country="AT"))


def test_who_receives_it_holds_nothing_of_what_examines_flows():
    command = [sys.executable, "-c", RECEIVES]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
