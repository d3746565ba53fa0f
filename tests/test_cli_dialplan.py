"""`eslflow dialplan`."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from eslflow.cli.main import CONFIGURATION
from tests.command import run

FIFO = "flow: desk\nsteps: {a: {queue: desk, type: fifo}}\n"


@pytest.fixture
def site(tmp_path):
    run(tmp_path, "init", str(tmp_path), "--flows", "all")
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
    assert expression(done.stdout) == r"^\+49\(30\)1$"


def expression(text):
    found = next(ElementTree.fromstring(text).iter("condition"))  # noqa: S314
    return found.get("expression")


def test_the_numbers_are_those_of_the_settings(site):
    (site / "eslflow.yaml").write_text(
        'numbers: {"49301": support, "49302": support, "49303": other}\n'
    )
    done = run(site, "dialplan", "support", "--context", "from-outside")
    assert expression(done.stdout) == "^(49301|49302)$"
    assert "context from-outside of the dialplan" in done.stdout
    done = run(site, "dialplan", "support", "--number", "1", "--number", "*2")
    assert expression(done.stdout) == r"^(1|\*2)$"
    (site / "eslflow.yaml").write_text("default_flow: support\n")
    assert expression(run(site, "dialplan").stdout) == "^support$"


@pytest.mark.parametrize(
    ("listen", "address"),
    [("0.0.0.0:9", "127.0.0.1:9"), ("'[::]:9'", "::1:9"), ("192.0.2.1:9",) * 2],
)
def test_the_switch_connects_to_an_address_not_to_every_one(site, listen, address):
    (site / "eslflow.yaml").write_text(f"listen: {listen}\n")
    done = run(site, "dialplan", "support")
    assert actions(done.stdout)[1] == ("socket", f"{address}/support async full")


def test_a_port_that_changes_is_refused(site):
    (site / "eslflow.yaml").write_text("listen: 127.0.0.1:0\n")
    done = run(site, "dialplan", "support")
    assert done.exit_code == CONFIGURATION
    assert "name one" in done.stderr


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


def test_what_to_look_at_is_told_beside_what_is_pasted(site):
    told = run(site, "dialplan").stderr
    assert "no number leads to 'support'" in told
    assert "go to the queue 'support' of step 'support', the last one" in told
    (site / "flows" / "desk.yaml").write_text(FIFO)
    assert run(site, "dialplan", "desk", "--number", "1").stderr == ""
    text = "flow: busy\nsteps: {a: {hangup: USER_BUSY}}\n"
    (site / "flows" / "busy.yaml").write_text(text)
    told = run(site, "dialplan", "busy", "--number", "1").stderr
    assert told.startswith("eslflow: flow 'busy' has no queue to fall back to")


def test_what_must_be_recorded_falls_back_to_nobody(site):
    done = run(site, "dialplan", "regulated", "--number", "1")
    assert actions(done.stdout)[-3:] == [
        ("answer", None),
        ("hangup", "NORMAL_TEMPORARY_FAILURE"),
        ("hangup", None),
    ]
    assert "nobody, for nobody may take the call unrecorded" in done.stdout
    assert "without eslflow, calls are hung up" in done.stderr


def test_who_dials_out_is_put_through_without_eslflow(site):
    done = run(site, "dialplan", "outgoing")
    assert done.stderr == ""
    assert "into the context default" in done.stdout
    assert "calls out at your expense" in done.stdout
    assert "whoever was dialled, and no recording" in done.stdout
    assert actions(done.stdout) == [
        ("set", "socket_resume=true"),
        ("socket", "127.0.0.1:8084/outgoing async full"),
        ("set", "hangup_after_bridge=true"),
        ("set", "continue_on_fail=true"),
        ("bridge", "user/$1"),
        ("bridge", "sofia/gateway/provider/$1"),
        ("hangup", None),
    ]
    pattern = expression(done.stdout)
    for number in ("112", "15", "+4930123456", "1001"):
        assert re.search(pattern, number).group(1) == number
    assert not re.search(pattern, "*98")
    some = run(site, "dialplan", "outgoing", "--number", "+1", "--context", "users")
    assert expression(some.stdout) == r"^(\+1)$"
    assert "into the context users" in some.stdout


def test_a_flow_for_callers_and_users_has_an_extension_for_each(site):
    done = run(site, "dialplan", "private", "--number", "4930", "--context", "in")
    callers, users = re.split(r"(?<=</extension>)\n\n", done.stdout)
    assert expression(callers) == "^4930$"
    assert "into the context in " in callers
    assert "into the context default " in users
    assert re.search(expression(users), "*67112").group(1) == "112"
    assert actions(users)[-2] == ("bridge", "sofia/gateway/provider/$1")


def test_a_host_that_is_called_without_a_gateway_has_the_number_before_it(site):
    step = "{dial: {profile: p, host: 10.0.0.1, number: called}}"
    (site / "flows" / "trunk.yaml").write_text(f"flow: trunk\nsteps: {{a: {step}}}\n")
    found = actions(run(site, "dialplan", "trunk").stdout)
    assert found[-2] == ("bridge", "sofia/p/$1@10.0.0.1")


def test_what_must_be_recorded_is_not_dialled_without_eslflow(site):
    (site / "flows" / "must.yaml").write_text(
        "flow: must\npurposes: {duty: {basis: legal_obligation, retain: 90d}}\n"
        "prompts: {sorry: Sorry., told: This is recorded.}\n"
        "recording: {if_unrecorded: refuse, refusal: sorry}\n"
        "steps:\n  told: {announce: told}\n"
        "  out: {dial: {gateway: g, number: called}, record: on, from: answer}\n"
    )
    done = run(site, "dialplan", "must")
    help_, others = re.split(r"(?<=</extension>)\n\n", done.stdout)
    assert actions(others)[-2] == ("hangup", "NORMAL_TEMPORARY_FAILURE")
    assert re.search(expression(others), "0301").group(1) == "0301"
    # But a call for help does not depend on eslflow.
    assert actions(help_)[-2] == ("bridge", "sofia/gateway/g/$1")
    assert re.search(expression(help_), "112").group(1) == "112"
    assert not re.search(expression(help_), "1120")
    assert "before the next extension" in help_
