"""On a real FreeSWITCH: the shipped number to call, `receipt`, beside `withdraw`.

A caller agrees, is told a receipt, and is recorded; another day he calls that number,
hears what holds, and withdraws. See tests/live/README.md.
"""

from pathlib import Path

import pytest

from eslflow.call.receipt import receipt_of
from eslflow.recordings.erase import Eraser
from tests.live.office import Office
from tests.live.phone import CALLER
from tests.live.shipped import (
    early,
    files,
    is_recorded,
    presses,
    serve,
    states,
    talks,
    through,
)
from tests.shop import unused_port
from tests.test_live_keys import opened

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

STRANGER = '"Eve" <sip:+4930999999@example.com>'


@pytest.fixture
def office(freeswitch, tmp_path):
    found = Office(freeswitch, tmp_path)
    yield found
    found.close()


@pytest.fixture
def number(office, monkeypatch):
    """Serve both flows and the control API that `receipt` asks."""
    port = unused_port()
    changes = {
        "queue: support": f"queue: {office.queue.name}",
        "http://127.0.0.1:8085/": f"http://127.0.0.1:{port}/",
    }
    serve(office, "withdraw", "receipt", changes=changes)
    control, token = opened(office, port)
    monkeypatch.setenv("RECEIPT_TOKEN", token)
    yield
    control.stop()


def agreed(office):
    """Let a caller agree, and talk; return both ends."""
    call, talk, _ = through(office, "1")
    assert office.until("reads out the receipt", call).split()[-1] == receipt_of(
        call.uuid
    )
    office.until("an agent answers", call)
    talks(call, talk)
    assert is_recorded(office, call)
    call.hang_up()
    office.until("call ends", call)
    return call, talk


def calls_again(office, code, key="", caller=CALLER):
    """Let somebody call the number with a code; return what they are told."""
    again = office.dials("4000", caller, flow="receipt")
    presses(office, again, code)
    if key:
        office.until("HTTP 200", again)
        presses(office, again, key)
    told = office.until("announces", again)
    again.until("down")
    office.until("call ends", again)
    return told


def kept_of(office, call):
    with office.rig.look() as ledger:
        return ledger.call(call.uuid)


def test_a_caller_withdraws_later_by_the_receipt(office, number):
    call, talk = agreed(office)
    code = receipt_of(call.uuid)
    assert "Your consent is withdrawn" in calls_again(office, code, "1")
    # Whoever asks once more is told so, and nothing is withdrawn twice.
    assert "Your consent is withdrawn" in calls_again(office, code)
    kept = kept_of(office, call)
    last = kept["choices"][-1]
    assert states(kept) == ["requested", "granted", "withdrawn"]
    assert (last["who"], last["receipt"]) == ("token phone", code)
    assert early(kept, call, talk) == []
    (path,) = files(office)
    assert str(path) == kept["recordings"][0]["path"]
    alarms = []
    Eraser(
        office.rig.ledger.path,
        office.rig.ledger.keep,
        office.folder / "recordings",
        office.clock,
        alarms.append,
        lambda text: None,
        patience_us=0,
    ).run_due()
    assert (alarms, files(office)) == ([], [])


def test_who_leaves_it_as_it_is_and_who_has_another_number_changes_nothing(
    office, number
):
    call, _ = agreed(office)
    code = receipt_of(call.uuid)
    assert "do not know this code" in calls_again(office, code, caller=STRANGER)
    again = office.dials("4000", CALLER, flow="receipt")
    presses(office, again, code)
    office.until("HTTP 200", again)
    presses(office, again, "2")
    again.until("down")
    office.until("call ends", again)
    kept = kept_of(office, call)
    assert states(kept) == ["requested", "granted"]
    assert Path(kept["recordings"][0]["path"]).exists()
