"""The flow in a file."""

from pathlib import Path

import pytest

from eslflow.check import load_flow
from eslflow.errors import FlowErrors

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("path", sorted((ROOT / "flows").glob("*.yaml")))
def test_every_flow_that_ships_is_good(path):
    assert load_flow(path).name == path.stem


def test_a_file_without_end_is_too_large():
    with pytest.raises(FlowErrors, match="larger than"):
        load_flow(Path("/dev/zero"))


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(FlowErrors, match="cannot be read: No such file"):
        load_flow(tmp_path / "none.yaml")
    with pytest.raises(FlowErrors, match="cannot be read: Is a directory"):
        load_flow(tmp_path)
