"""What comes of examining flows, on its way between processes."""

import subprocess
import sys
from io import BytesIO

from eslflow.cli.fit import FAILED, FINE, Candidate, Fit, received, send
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


def test_who_receives_it_holds_nothing_of_what_examines_flows():
    command = [sys.executable, "-c", RECEIVES]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
