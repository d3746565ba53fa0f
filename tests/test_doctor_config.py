"""FreeSWITCH's configuration, read."""

import pytest

from eslflow.doctor import config
from tests.ward import HANDS, RESUME, dialplan, event_socket

ANSWER = '<action application="answer"/>'


def handover(actions):
    (found,) = config.handovers(config.parsed(dialplan(actions)))
    return found


def test_what_is_no_xml_is_nothing():
    assert config.parsed("can't find anything") is None
    assert config.parsed(event_socket()) is not None


def test_parameters_are_found_and_all_of_one_name():
    node = config.parsed(event_socket("::", "x", "lan", "domains"))
    assert config.params(node)["listen-ip"] == "::"
    assert config.every(node, "apply-inbound-acl") == ["lan", "domains"]
    assert config.every(node, "nothing") == []


def test_an_extension_that_hands_calls_over_is_read_whole():
    found = handover(RESUME + HANDS("127.0.0.1:8084/test Async full") + ANSWER)
    assert found.context == "public"
    assert found.name == "extension 'eslflow-support' of context 'public'"
    assert found.hosts == ("127.0.0.1:8084",)
    assert found.path == "test"
    assert found.options == {"async", "full"}
    assert found.resumes
    assert found.after == ("answer",)


def test_several_controllers_are_all_seen():
    for data in ("a:1|b:2/test async", "a:1/test|b:2/test async"):
        found = handover(HANDS(data))
        assert (found.hosts, found.path) == (("a:1", "b:2"), "test")


@pytest.mark.parametrize(
    ("before", "resumes"),
    [
        ("", False),
        (RESUME, True),
        (RESUME + RESUME.replace("true", "false"), False),
        (RESUME.replace('"set"', '"export"').replace("true", "yes"), True),
        (RESUME.replace('"set"', '"log"'), False),
        (RESUME.replace("socket_resume", "socket_resumes"), False),
    ],
)
def test_the_last_word_on_socket_resume_counts(before, resumes):
    assert handover(before + HANDS("a:1 async")).resumes is resumes


def test_what_stands_behind_the_socket_does_not_resume():
    assert not handover(HANDS("a:1 async") + RESUME).resumes


def test_a_socket_without_an_address_hands_nothing_over():
    assert not list(config.handovers(config.parsed(dialplan(HANDS("")))))


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        ("127.0.0.1:8084", True),
        ("localhost:8084", True),
        ("127.0.0.1:$1", True),
        ("127.0.0.1:8085", False),
        ("10.0.0.1:8084", False),
    ],
)
def test_an_address_is_known_in_its_spellings(host, is_it):
    assert handover(HANDS(f"x:1|{host}/test")).reaches("127.0.0.1", 8084) is is_it


def test_an_ipv6_address_is_known_in_brackets():
    assert handover(HANDS("[::1]:8084/test")).reaches("::1", 8084)


def recorders(actions):
    return [
        (found.what, found.on_demand)
        for found in config.in_dialplan(config.parsed(dialplan(actions)))
    ]


@pytest.mark.parametrize(
    ("app", "data", "on_demand"),
    [
        ("record_session", "/tmp/x.wav", False),
        ("set", "execute_on_answer=record_session /tmp/x.wav", False),
        ("set", "api_on_answer=uuid_record ${uuid} start /x.wav", False),
        ("bind_meta_app", "2 ab s record_session::/tmp/x.wav", True),
        ("bind_digit_action", "local,*1,exec:record_session,/x.wav", True),
    ],
)
def test_recorders_in_the_dialplan_are_seen(app, data, on_demand):
    found = recorders(f'<action application="{app}" data="{data}"/>')
    assert found == [(f"{app} {data}", on_demand)]


def test_words_between_the_tags_are_the_data_too():
    text = '<anti-action application="record_session">/x.wav</anti-action>'
    assert recorders(text) == [("record_session /x.wav", False)]


def test_what_does_not_record_is_not_taken_for_it():
    assert not recorders('<action application="stop_record_session" data="all"/>')
    assert not recorders('<action application="set" data="my_record_sessions=1"/>')
    assert not recorders('<action application="record" data="/voicemail.wav"/>')


CALLCENTER = """<configuration name="callcenter.conf"><queues>
<queue name="support"><param name="record-template" value="{}"/></queue>
<queue name="sales"><param name="strategy" value="ring-all"/></queue>
</queues></configuration>"""


def test_a_queue_that_records_is_seen():
    node = config.parsed(CALLCENTER.format("/x/${uuid}.wav"))
    (found,) = config.in_settings("callcenter.conf", node)
    assert found.where == "queue 'support' in callcenter.conf.xml"
    assert found.what == "record-template = /x/${uuid}.wav"
    assert not found.on_demand
    empty = config.parsed(CALLCENTER.format(""))
    assert not list(config.in_settings("callcenter.conf", empty))


@pytest.mark.parametrize(
    ("name", "parameter", "on_demand"),
    [
        ("conference.conf", "auto-record", False),
        ("sofia.conf", "record-template", True),
    ],
)
def test_profiles_that_record_are_seen(name, parameter, on_demand):
    def found(value):
        text = (
            f'<c><profiles><profile name="p"><param name="{parameter}" '
            f'value="{value}"/></profile></profiles></c>'
        )
        return list(config.in_settings(name, config.parsed(text)))

    (one,) = found("x.wav")
    assert (one.where, one.on_demand) == (f"profile 'p' in {name}.xml", on_demand)
    assert found("false") == []
