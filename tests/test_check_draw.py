"""Pictures of what the code decides by tables."""

from pathlib import Path

from eslflow.call.recording import TABLE
from eslflow.check import draw

PAGE = Path(__file__).parent.parent / "docs" / "recording.md"


def test_every_move_of_the_recordings_table_is_an_arrow():
    lines = draw.recording().splitlines()
    assert lines[0] == "stateDiagram-v2"
    arrows = {line.strip() for line in lines[2:]}
    assert len(arrows) == sum(len(moves) for moves in TABLE.values())
    assert "on --> masked: MASKED" in arrows


def test_the_picture_in_the_documentation_is_current():
    drawn = f"```mermaid\n{draw.recording()}```\n"
    assert drawn in PAGE.read_text(encoding="utf-8"), "run scripts/docs"
