"""The time."""

from datetime import datetime, timezone

from eslflow.clock import SystemClock, running_s


def test_it_tells_microseconds_since_1970():
    before = datetime.now(timezone.utc).timestamp() - 1
    now = SystemClock().now()
    assert before * 1e6 < now < (datetime.now(timezone.utc).timestamp() + 1) * 1e6


def test_what_runs_never_goes_back():
    moments = [running_s() for _ in range(1000)]
    assert moments == sorted(moments)
