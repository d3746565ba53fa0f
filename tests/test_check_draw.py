"""Pictures of what the code decides by tables."""

from pathlib import Path

from eslflow.call.recording import TABLE
from eslflow.check import draw
from eslflow.site import flow_files, load_flows

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "recording.md"
FLOWS = load_flows(flow_files(ROOT / "flows")).values()


def test_every_move_of_the_recordings_table_is_an_arrow():
    lines = draw.recording().splitlines()
    assert lines[0] == "stateDiagram-v2"
    arrows = {line.strip() for line in lines[2:]}
    assert len(arrows) == sum(len(moves) for moves in TABLE.values())
    assert "on --> masked: MASKED" in arrows


def test_the_picture_in_the_documentation_is_current():
    drawn = f"```mermaid\n{draw.recording()}```\n"
    assert drawn in PAGE.read_text(encoding="utf-8"), "run scripts/docs"


def test_the_pictures_of_the_flows_are_current():
    page = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")
    assert page == draw.flows(FLOWS), "run scripts/docs"
    assert page.count("flowchart TD") == len(FLOWS)


def test_the_page_of_the_flows_says_what_its_colours_and_lines_mean():
    page, _, pictures = draw.flows(FLOWS).partition("## ")
    told = " ".join(page.split())
    for there, words in {
        "class s11,s12 recorded": "recorded, where that is permitted, is red",
        "stroke-dasharray": "masked, silence in the recording, is grey with a dashed",
        "-.->": "Arrows are dashed where nothing was chosen, or something failed",
    }.items():
        assert there in pictures
        assert words in told
