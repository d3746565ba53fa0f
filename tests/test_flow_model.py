"""A flow as the engine reads it."""

from eslflow.flow.model import (
    AfterMask,
    AgentKey,
    Asked,
    Basis,
    Channels,
    From,
    IfUnrecorded,
    Notice,
    Outside,
    Party,
    Prompt,
    Purpose,
    Record,
    RecordingRules,
    Second,
    Told,
)
from tests.steps_of import HEAD, flow


def test_a_flow_tells_all_audio_it_can_play():
    audio = list(flow("a: {announce: welcome}").audio())
    assert [(item.path, item.what) for item in audio] == [
        ("test/en/welcome.wav", "prompt welcome"),
        ("test/en/which.wav", "prompt which"),
        ("test/en/recording.v3.wav", "notice recording v3"),
    ]
    assert audio[0].text == "Welcome."


def test_audio_of_a_flow_inside_another_lies_with_its_own_flow():
    assert Prompt("a", {}).audio("test", "en") == "test/en/a.wav"
    assert Prompt("in/a", {}, "in").audio("test", "en") == "in/en/a.wav"
    assert Notice("n", 2, {}).audio("test", "en") == "test/en/n.v2.wav"
    assert Notice("in/n", 2, {}, "", "in").audio("test", "en") == "in/en/n.v2.wav"


def test_where_a_purpose_stands_does_not_make_it_another():
    assert Purpose("a", Basis.CONSENT, 1, 7) == Purpose("a", Basis.CONSENT, 1, 9)


def test_words_read_as_the_file_spells_them():
    assert [str(word) for word in (Basis.PUBLIC_TASK, Record.OFF, From.ANSWER)] == [
        "public_task",
        "off",
        "answer",
    ]
    assert str(Told.UNRECORDED) == "unrecorded"
    rules = (Channels.MONO, AfterMask.STAY, AgentKey.UNMASK, Second.JUDGE)
    assert [str(word) for word in rules] == ["mono", "stay", "unmask", "judge"]


def test_a_flow_knows_whether_it_records_masks_and_reaches_anybody():
    plain = flow("a: {announce: welcome}")
    assert (plain.records, plain.can_mask, plain.has_agents) == (False, False, False)
    asks = "ask:\n  consent: {notice: recording, purpose: training}\n"
    asks += "  keys: {1: granted, 2: refused}\n"
    on = flow(f"{asks}a: {{queue: x, record: on}}")
    assert (on.records, on.can_mask, on.has_agents) == (True, False, True)
    card = flow("a: {announce: welcome, record: masked}")
    assert (card.records, card.can_mask) == (False, True)
    keys = f"{HEAD}recording: {{agent_keys: {{7: mask}}}}\n"
    assert flow("a: {announce: welcome}", keys).can_mask
    assert RecordingRules().is_stereo
    secret = flow(
        "a: {collect: which, digits: 4, into: pin, secure: true}\n"
        "b: {webhook: 'https://pay.example.com/', secrets: [pin]}"
    )
    assert (secret.has_secrets, plain.has_secrets) == (True, False)


def test_a_call_that_is_passed_on_stays_inside_unless_it_is_said_or_demanded():
    assert RecordingRules().stays_inside
    assert not RecordingRules(outside=Outside.RECORD).stays_inside
    assert not RecordingRules(if_unrecorded=IfUnrecorded.REFUSE).stays_inside


def test_who_is_asked_is_told_in_order():
    assert Asked.CALLER.parties == (Party.CALLER,)
    assert Asked.CALLEE.parties == (Party.CALLEE,)
    assert Asked.BOTH.parties == (Party.CALLER, Party.CALLEE)


def test_the_way_out_is_the_first_step_that_calls_what_was_dialled():
    steps = """
    a: {dial: {user: called}, failed: b}
    b: {dial: {gateway: p, number: "1"}, failed: c}
    c: {dial: {gateway: p, number: called}}
    """
    assert flow(steps).way_out == "c"
    assert flow("a: {announce: welcome}").way_out == ""


def test_a_flow_knows_what_callers_may_object_to():
    head = HEAD.replace("basis: consent", "basis: legitimate_interests")
    steps = (
        "a: {objection: {notice: recording, purpose: training}, keys: {3: objected}}"
    )
    assert flow(steps, head).announced == {"training"}
    assert flow("a: {announce: welcome}", head).announced == frozenset()


def test_a_flow_that_reads_receipts_out_has_the_audio_for_it():
    asks = "a:\n  consent: {notice: recording, purpose: training}\n"
    asks += "  keys: {1: granted, 2: refused}\n"
    plain, says = flow(asks), flow(f"{asks}  receipt: true\n")
    assert (plain.says_receipts, says.says_receipts) == (False, True)
    more = {audio.path for audio in says.audio()} - {a.path for a in plain.audio()}
    assert len(more) == 12
    assert "_receipt/en/code.wav" in more


def test_a_flow_knows_what_may_stand_before_a_number():
    two = 'a: {private: prefix, prefix: "*67"}\nb: {private: key}'
    assert flow(two).prefixes == ("*67",)
    assert flow(two).steps["b"].forbids
