"""The switch, looked at: each finding, by a switch that gives cause for it."""

from pathlib import Path

import pytest

from eslflow.doctor.finding import Level
from eslflow.doctor.switch import Switch
from eslflow.settings import Settings
from tests.peers import SUPPORT
from tests.ward import GOOD, HANDS, NONE, RESUME, Noon, Ward, dialplan, event_socket

LOCATE = "xml_locate configuration configuration name"
EVENT_SOCKET = f"{LOCATE} event_socket.conf"


def look(topic, ward=None, flows=None, **answers):
    """Return what is said of a topic."""
    ward = ward or Ward(**answers)
    found = Switch(
        ward,
        Settings(Path("/site")),
        {"test": SUPPORT} if flows is None else flows,
        Noon(),
        ("127.0.0.1", 8084),
    ).findings()
    return [finding for finding in found if finding.topic == topic]


def levels(found):
    return [finding.level for finding in found]


@pytest.mark.parametrize(
    "topic",
    ["version", "modules", "clock", "event socket", "dialplan", "second recorders"],
)
def test_where_all_is_well_it_is_said_once(topic):
    (finding,) = look(topic)
    assert (finding.level, finding.means, finding.mend) == (Level.OK, "", "")


def test_a_missing_module_is_told_with_what_loads_it():
    (finding,) = look("modules", **{"module_exists mod_sndfile": "false"})
    assert finding.level is Level.ERROR
    assert "mod_sndfile is not loaded; it brings WAV" in finding.text
    assert "load mod_sndfile" in finding.mend


def test_modules_of_the_flows_are_looked_for():
    (finding,) = look("modules", **{"module_exists mod_callcenter": "false"})
    assert finding.text.endswith("it brings queues of your flows")
    assert "mod_callcenter" not in look("modules", flows={})[0].text


@pytest.mark.parametrize(
    ("micros", "words"),
    [
        (1_000_000_002_500_000, "2.5 s ahead"),
        (999_999_990_000_000, "10.0 s behind"),
    ],
)
def test_clocks_that_are_apart_are_told(micros, words):
    (finding,) = look("clock", strmicroepoch=str(micros))
    assert finding.level is Level.WARNING
    assert words in finding.text


def test_a_clock_that_cannot_be_read_is_told():
    (finding,) = look("clock", strmicroepoch="half past")
    assert finding.level is Level.WARNING
    assert "'half past'" in finding.text


def test_a_socket_for_others_too_is_told_with_its_list():
    text = event_socket("0.0.0.0", "own", "lan", "domains")
    (finding,) = look("event socket", **{EVENT_SOCKET: text})
    assert finding.level is Level.WARNING
    assert finding.text == "it listens on 0.0.0.0, for addresses of lan, domains"
    assert 'listen-ip" value="127.0.0.1"' in finding.mend


@pytest.mark.parametrize("acl", [[], ["loopback.auto"]])
def test_a_socket_that_lets_in_nobody_else_is_well_wherever_it_listens(acl):
    text = event_socket("::", "own", *acl)
    (finding,) = look("event socket", **{EVENT_SOCKET: text})
    assert finding.level is Level.OK
    assert finding.text.endswith("nobody in but loopback (loopback.auto)")


def test_the_shipped_password_is_told_and_worse_where_others_come_in():
    for word in ("", "ClueCon"):
        text = event_socket(word=word)
        found = look("event socket", **{EVENT_SOCKET: text})
        assert levels(found) == [Level.OK, Level.WARNING]
    text = event_socket("::", "ClueCon", "lan")
    found = look("event socket", **{EVENT_SOCKET: text})
    assert levels(found) == [Level.WARNING, Level.ERROR]
    text = event_socket("::", "ClueCon")
    found = look("event socket", **{EVENT_SOCKET: text})
    assert levels(found) == [Level.OK, Level.WARNING]


def test_no_password_is_shown():
    found = look("event socket", **{EVENT_SOCKET: event_socket("::", "s3cret")})
    assert "s3cret" not in str(found)


def test_a_switch_that_hides_its_socket_is_told():
    for hidden in (NONE, "-ERR no"):
        (finding,) = look("event socket", **{EVENT_SOCKET: hidden})
        assert finding.level is Level.WARNING
        assert "does not show" in finding.text


def extension(actions, **more):
    return look("dialplan", **{"xml_locate dialplan": dialplan(actions), **more})


def test_a_missing_extension_is_told_and_who_gets_the_calls():
    (finding,) = extension("")
    assert finding.level is Level.ERROR
    assert finding.text == "no extension hands calls to 127.0.0.1:8084"
    (finding,) = extension(HANDS("10.0.0.7:9000/x async full"))
    assert finding.text.endswith("others hand calls to 10.0.0.7:9000")
    (finding,) = look("dialplan", **{"xml_locate dialplan": NONE})
    assert finding.level is Level.ERROR


def test_where_the_dialplan_may_come_from_elsewhere_it_is_a_warning():
    (finding,) = extension("", **{"module_exists mod_xml_curl": "true"})
    assert finding.level is Level.WARNING
    assert "unless mod_xml_curl brings the dialplan" in finding.means


@pytest.mark.parametrize(
    ("wrong", "right", "level", "words"),
    [
        (" full", "", Level.ERROR, "a socket without full"),
        (" async", "", Level.ERROR, "a socket without async"),
        (RESUME, "", Level.ERROR, "does not set socket_resume"),
        ("callcenter", "hangup", Level.WARNING, "no fallback behind the socket"),
        ("/test", "/nope", Level.ERROR, "names the flow 'nope'"),
    ],
)
def test_faults_of_the_extension_are_told(wrong, right, level, words):
    (finding,) = extension(GOOD.replace(wrong, right))
    assert finding.level is level
    assert words in finding.text


def test_a_flow_that_cannot_be_known_is_not_judged():
    assert levels(extension(GOOD.replace("/test", "/$1"))) == [Level.OK]
    assert levels(extension(GOOD.replace("/test", ""))) == [Level.OK]
    assert levels(look("dialplan", flows={})) == [Level.OK]


def test_second_recorders_are_told_with_their_place():
    actions = GOOD + '<action application="record_session" data="/x.wav"/>'
    keys = '<action application="bind_meta_app" data="2 b s record_session::/x"/>'
    queue = (
        '<c><queue name="q"><param name="record-template" value="/x.wav"/></queue></c>'
    )
    found = look(
        "second recorders",
        **{
            "xml_locate dialplan": dialplan(actions + keys),
            f"{LOCATE} callcenter.conf": queue,
        },
    )
    assert levels(found) == [Level.WARNING] * 3
    assert "queue 'q' in callcenter.conf.xml has record-template" in found[0].text
    assert "records every call" in found[1].means
    assert "presses the key" in found[2].means


def test_a_dialplan_that_is_not_shown_has_no_recorders():
    (finding,) = look("second recorders", **{"xml_locate dialplan": NONE})
    assert finding.level is Level.OK
