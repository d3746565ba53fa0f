"""`eslflow dialplan`."""

import xml.etree.ElementTree as ElementTree

import pytest

from tests.command import run

FIFO = "flow: desk\nsteps: {a: {queue: desk, type: fifo}}\n"


@pytest.fixture
def site(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    return tmp_path


def actions(text):
    tree = ElementTree.fromstring(text)  # noqa: S314  our own text
    return [(a.get("application"), a.get("data")) for a in tree.iter("action")]


def test_the_extension_resumes_and_falls_back_to_people(site):
    done = run(site, "dialplan", "--number", "+49(30)1")
    assert done.exit_code == 0
    assert actions(done.stdout) == [
        ("set", "socket_resume=true"),
        ("socket", "127.0.0.1:8084/support async full"),
        ("answer", None),
        ("callcenter", "support"),
        ("hangup", None),
    ]
    condition = next(ElementTree.fromstring(done.stdout).iter("condition"))  # noqa: S314
    assert condition.get("expression") == r"^\+49\(30\)1$"


def test_a_number_cannot_break_out_of_the_xml(site):
    done = run(site, "dialplan", "--number", '"><action application="system"--')
    assert len(actions(done.stdout)) == 5


def test_other_fallbacks(site):
    (site / "flows" / "desk.yaml").write_text(FIFO)
    assert ("fifo", "desk in") in actions(run(site, "dialplan", "desk").stdout)
    text = "flow: busy\nsteps: {a: {hangup: USER_BUSY}}\n"
    (site / "flows" / "busy.yaml").write_text(text)
    assert ("hangup", "NORMAL_TEMPORARY_FAILURE") in actions(
        run(site, "dialplan", "busy").stdout
    )


def test_a_site_without_a_default_flow_asks_for_one(site):
    (site / "eslflow.yaml").write_text("")
    done = run(site, "dialplan")
    assert done.exit_code == 1
    assert "name a flow" in done.stderr
