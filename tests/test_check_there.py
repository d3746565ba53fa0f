"""Whether the switch has what a flow names."""

from eslflow.check.lint import lint
from eslflow.check.there import not_there
from tests.codes import whole
from tests.proofs import flow_of

ANSWERS = {
    "callcenter_config queue list": "name|moh\nsupport|m.wav\nsales|m.wav\n+OK",
    "sofia status": "\tName\t Type\t Data\tState\n=====\n"
    " internal\tprofile\t sip:a@127.0.0.1\tRUNNING (0)\n"
    " internal::provider\tgateway\t sip:b@127.0.0.1\tNOREG\n1 profile 0 aliases\n",
    "sofia status gateway provide": "Invalid Gateway!",
    "sofia status profile intrenal": "Invalid Profile!",
    "sofia status gateway provider": "Name\tprovider",
    "sofia status gateway other": "Invalid Gateway!",
    "sofia status profile internal": "Name\tinternal",
    "sofia status profile outside": "Invalid Profile!",
    "global_getvar domain": "example.com",
    "user_exists id 1001 example.com": "true",
    "user_exists id 1002 example.com": "false",
    "user_exists id 1001 example.org": "false",
}


def found(steps, answers=ANSWERS):
    flow = flow_of(whole(f"steps:\n{steps}"))
    return list(not_there(flow, lambda command, arg: answers[f"{command} {arg}"]))


def problems(steps, answers=ANSWERS):
    return [finding.problem for finding in found(steps, answers)]


def dial(to):
    return f"  call: {{dial: {to}}}\n"


def test_a_queue_must_be_one_of_the_switch():
    assert problems("  q: {queue: support}\n") == []
    (problem,) = problems("  q: {queue: suport}\n")
    assert problem == (
        "step 'q': the switch has no queue 'suport'. Did you mean 'support'?"
    )


def test_a_switch_without_queues_has_none():
    nothing = {"callcenter_config queue list": ""}
    assert len(problems("  q: {queue: support}\n", nothing)) == 1


def test_queues_that_are_made_as_they_are_used_are_not_asked_for():
    assert problems("  q: {queue: new, type: fifo}\n") == []


def test_a_gateway_and_a_profile_must_be_there():
    assert problems(dial("{gateway: provider, number: 1}")) == []
    (problem,) = problems(dial("{gateway: other, number: 1}"))
    assert problem == "step 'call': the switch has no gateway 'other'"
    there = "{profile: internal, number: 1, host: sip.example.com}"
    assert problems(dial(there)) == []
    (problem,) = problems(dial(there.replace("internal", "outside")))
    assert problem == "step 'call': the switch has no profile 'outside'"


def test_a_gateway_and_a_profile_that_are_nearly_right_are_guessed():
    (problem,) = problems(dial("{gateway: provide, number: 1}"))
    assert problem.endswith("no gateway 'provide'. Did you mean 'provider'?")
    (problem,) = problems(dial("{profile: intrenal, number: 1, host: a.example.com}"))
    assert problem.endswith("no profile 'intrenal'. Did you mean 'internal'?")
    (finding,) = found(dial("{gateway: provide, number: 1}"))
    assert finding.hint == "It has: provider. See: fs_cli -x 'sofia status'."


def test_queues_are_listed_by_name():
    (finding,) = found("  q: {queue: x}\n")
    assert finding.hint == "It has: sales, support. See callcenter.conf.xml."


def test_a_switch_without_mod_sofia_has_neither():
    steps = dial("{gateway: provider, number: 1}")
    nothing = {"sofia status gateway provider": "", "sofia status": ""}
    assert len(problems(steps, nothing)) == 1


def test_a_user_must_be_in_the_directory():
    assert problems(dial("{user: 1001}")) == []
    assert problems(dial("{user: called}")) == []
    (problem,) = problems(dial("{user: 1002}"))
    assert problem == "step 'call': the switch has no user '1002' in example.com"
    (problem,) = problems(dial("{user: 1001@example.org}"))
    assert problem == "step 'call': the switch has no user '1001' in example.org"


def test_without_a_domain_nobody_can_say_whom_a_user_is():
    assert problems(dial("{user: 1002}"), {"global_getvar domain": ""}) == []


def test_what_is_missing_is_told_with_its_place():
    text = whole("steps:\n  q: {queue: suport}\n")
    (told,) = lint(flow_of(text), text.encode(), lambda command, arg: "")
    assert told.rule.code == "not-there"
    assert (told.error.line, told.error.column) == (3, 7)
