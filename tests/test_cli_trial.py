"""`eslflow try`."""

import tempfile
from pathlib import Path

import click
import pytest

from eslflow.clock import SystemClock
from tests.command import run

ROOT = Path(__file__).parent.parent


def tried(*words, typed=None):
    done = run(ROOT, "try", "support", *words, typed=typed)
    return done.exit_code, done.output


def test_a_grant_is_told_from_the_first_ring_to_the_end():
    code, told = tried("--press", "1,2")
    assert code == 0
    lines = [line[10:] for line in told.splitlines()]
    assert lines[0] == "call from +4930123456 to support"
    assert "caller presses 1: granted, and kept" in lines
    assert any(line.startswith("recording starts:") for line in lines)
    assert "call ends: hung up (NORMAL_CLEARING)" in lines
    steps = [line for line in lines if line.startswith("step ")]
    assert steps == ["step welcome", "step ask", "step choose", "step support"]
    assert lines[lines.index("step choose") + 1].startswith('asks "For sales')


@pytest.mark.parametrize(("queue", "is_late"), [("1", False), ("2", True)])
def test_from_when_it_is_recorded_is_told(queue, is_late):
    _, told = tried("--press", f"1,{queue}")
    (line,) = [line for line in told.splitlines() if "recording starts" in line]
    assert line.endswith(".wav, as soon as somebody has answered") is is_late
    assert line.endswith(".wav") is not is_late


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("2,1", "caller presses 2: refused"),
        (",,", "no answer: timeout"),
        ("7,7", "no answer: invalid 7"),
        ("hangup", "call ends: hung up"),
        ("star,1", "no answer: invalid *"),
    ],
)
def test_every_other_answer_is_not_recorded(keys, words):
    code, told = tried("--press", keys)
    assert code == 0
    assert words in told
    if not keys.endswith(",1") or keys == "2,1":
        assert "recording starts" not in told


def test_without_keys_the_terminal_is_the_keypad():
    code, told = tried(typed="x\n1\n2\n")
    assert code == 0
    assert "'x' is no key" in told
    assert "granted, and kept" in told
    assert "waits in queue support" in told
    assert "hung up" in tried(typed="h\n")[1]


def test_another_language_is_tried():
    assert "Danke" in tried("--press", "1,1", "--language", "de")[1]
    code, told = tried("--press", "1", "--language", "it")
    assert code == 1
    assert "does not speak 'it', but en, de, fr, es" in told


def test_silence_at_one_question_and_a_key_at_the_next():
    code, told = tried("--press", "silence,1,2")
    assert code == 0
    assert "no answer: timeout" in told
    assert "caller presses 1: granted, and kept" in told
    assert "'silent' is no key: takes keys" in tried("--press", "silent")[1]
    assert "silence,star,hangup" in tried("--help")[1]


def test_keys_go_to_whoever_is_asked_as_in_scenarios():
    words = ("try", "two-party", "--called", "030123456", "--press", "1,2,7,silence")
    told = run(ROOT, *words).output
    assert "caller presses 1: granted" in told
    assert "callee presses 2: refused" in told
    assert told.endswith("No question came for: 7\n")
    assert "No question" not in tried("--press", "1,2,silence")[1]


def test_what_a_webhook_answers_is_given():
    words = ("try", "receipt", "--press", "64556562,2", "--quiet", "--answer")
    assert "step permitted" in run(ROOT, *words, "state=permitted").output
    assert "step withdrawn" in run(ROOT, *words, "state=withdrawn").output
    done = run(ROOT, *words, "state")
    assert done.exit_code == 2
    assert "'state' is no FIELD=TEXT" in done.output


def test_an_answer_of_which_nothing_is_read_is_refused():
    for name, told in {
        "receipt": "gets a field 'stat'. Did you mean 'state'?\n  They get: state.",
        "support": "gets a field 'stat'\n  Remove it: none gets any.",
    }.items():
        done = run(ROOT, "try", name, "--press", "1", "--answer", "stat=permitted")
        assert done.exit_code == 2
        assert told in done.output


def test_a_key_that_is_none_is_told():
    code, told = tried("--press", "1,x")
    assert code == 1
    assert "'x' is no key" in told


def test_who_leaves_the_terminal_has_hung_up():
    code, told = tried("--quiet", typed="")
    assert code == 0
    assert told.splitlines()[-1].endswith("call ends: hung up (NORMAL_CLEARING)")
    assert "caller presses" not in told


@pytest.fixture
def new_flow(tmp_path):
    path = tmp_path / "flows" / "hi.yaml"
    path.parent.mkdir()
    path.write_text(
        "flow: hi\n"
        "prompts: {hello: Hello., long: And this takes a little longer to say.}\n"
        "steps: {a: {announce: hello}, b: {announce: long}}\n"
    )
    return path


def test_audio_that_is_missing_is_taken_to_be_as_long_as_its_words(tmp_path, new_flow):
    done = run(tmp_path, "try", str(new_flow), "--press", "1", "-q")
    assert done.exit_code == 0
    first, *story = done.output.splitlines()
    assert first == (
        "          ! no audio yet: prompt hello (en), prompt long (en); silent for as "
        "long as the words take. Make it with: "
        f"eslflow --site {tmp_path} prompts build {new_flow}"
    )
    assert story.pop() == "No question came for: 1"
    times = [line[:8].strip() for line in story]
    assert times == ["0.0 s"] * 3 + ["0.5 s"] * 2 + ["3.0 s", "3.1 s"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["flows"]


def test_much_that_is_missing_or_broken_is_told_in_a_line(tmp_path):
    path = tmp_path / "flows" / "many.yaml"
    path.parent.mkdir()
    prompts = "".join(f"  p{number}: Hello.\n" for number in range(40))
    path.write_text(f"flow: many\nprompts:\n{prompts}steps: {{a: {{announce: p0}}}}\n")
    words = ("try", "many", "--press", "1", "-q")
    first, second, *_ = run(tmp_path, *words).output.splitlines()
    names = "prompt p0 (en), prompt p1 (en), prompt p2 (en)"
    assert f"! no audio yet: 40 prompts and notices, as {names}; silent" in first
    assert "call from" in second
    for number in range(40):
        sound = tmp_path / "sounds" / "many" / "en" / f"p{number}.wav"
        sound.parent.mkdir(parents=True, exist_ok=True)
        sound.write_bytes(b"no sound")
    told = run(tmp_path, *words).output.splitlines()
    assert [line.count("no WAV file") for line in told[:4]] == [1, 1, 1, 0]
    assert told[3].endswith(f"! 37 more: eslflow --site {tmp_path} check {path}")


def test_audio_that_is_broken_is_told_once(tmp_path, new_flow, caplog):
    path = tmp_path / "sounds" / "hi" / "en" / "hello.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no sound")
    done = run(tmp_path, "try", str(new_flow), "--press", "1")
    assert f"! prompt hello (en): {path} is no WAV file" in done.output
    assert "! prompt hello has no audio" in done.output
    assert not caplog.records


def test_words_that_the_machines_file_does_not_speak_are_told(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    flow = tmp_path / "flows" / "support.yaml"
    flow.write_text(flow.read_text().replace("en: Thank you", "en: Many thanks"))
    told = run(tmp_path, "try", "support", "--press", "2").stdout
    assert "! prompt welcome (en) has new words" in told
    assert str(tmp_path / "sounds") in told


def test_audio_of_languages_that_are_not_played_is_not_missed(tmp_path):
    run(tmp_path, "init", str(tmp_path))
    (tmp_path / "sounds" / "support" / "de" / "welcome.wav").unlink()
    words = ("try", "support", "--press", "2")
    assert "no audio" not in run(tmp_path, *words).stdout
    told = run(tmp_path, *words, "--language", "de").stdout
    assert "! no audio yet: prompt welcome (de); silent" in told


def test_a_flow_that_changes_its_language_keeps_the_words_of_all(tmp_path):
    path = tmp_path / "flows" / "two.yaml"
    path.parent.mkdir()
    path.write_text(
        "flow: two\nlanguages: [en, de]\n"
        "prompts: {which: {en: One., de: Zwei.}, hi: {en: Hello., de: Hallo.}}\n"
        "steps:\n"
        "  hi: {announce: hi}\n"
        "  which: {language: which, keys: {1: en, 2: de}}\n"
        "  then: {announce: hi}\n"
    )
    told = run(tmp_path, "try", str(path), "--press", "1", "--language", "de").stdout
    assert told.index('announces "Hallo."') < told.index('announces "Hello."')


def test_a_call_is_tried_now(monkeypatch):
    monkeypatch.setattr(SystemClock, "now", lambda _: 1_800_000_000_000_000)
    _, told = tried("--press", "1,2")
    assert "recordings/2027/01/15/try-1.wav" in told
    _, told = tried("--press", "1,2", "--at", "2026-06-30 12:00")
    assert "recordings/2026/06/30/try-1.wav" in told


def test_a_call_can_be_tried_at_another_time(tmp_path):
    run(tmp_path, "init", str(tmp_path), "--flows", "office-hours")
    words = ("try", "office-hours", "--press", "1,2,1", "--at")
    told = run(tmp_path, *words, "2026-12-25 12:00").stdout
    assert "holiday (Christmas)" in told
    assert "  0.0 s  call from" in told.splitlines()[0]
    assert "opening/office: closed" in run(tmp_path, *words, "2026-12-27 12:00").stdout
    assert run(tmp_path, *words, "noon").exit_code == 2


def test_the_rows_that_would_be_kept_are_shown_at_the_end():
    _, told = tried("--press", "1,2", "--at", "2026-11-23 10:00")
    _, kept = told.split("Such a call leaves in the ledger:\n")
    tables = [line[10:19].strip() for line in kept.splitlines()]
    assert tables[:3] == ["call", "notice", "choice"]
    assert {"recording", "action"} < set(tables)
    assert "training: granted, recording v2 (en), key 1, asked once" in kept
    assert "recordings/2026/11/23/try-1.wav, for training" in kept
    assert str(Path(tempfile.gettempdir())) not in kept
    assert "leaves in the ledger" not in tried("--press", "1,2", "--quiet")[1]


def with_player(monkeypatch, folder, script):
    program = folder / "aplay"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_what_is_heard_is_played_in_its_order(monkeypatch, tmp_path):
    with_player(monkeypatch, tmp_path, f'echo "${{2##*/}}" >>{tmp_path}/played')
    code, told = tried("--press", "7,1,2", "--sound", "--language", "de")
    assert code == 0
    heard = (tmp_path / "played").read_text().split()
    question, which = "recording.v2.wav", "which.wav"
    assert heard == ["welcome.wav", question, question, which]
    assert "!" not in told


def test_a_sound_is_played_before_its_key_is_asked_for(monkeypatch, tmp_path):
    with_player(monkeypatch, tmp_path, f"echo >>{tmp_path}/played")
    seen = []

    def asked(*_, **__):
        seen.append(len((tmp_path / "played").read_text()))
        return "1"

    monkeypatch.setattr(click, "prompt", asked)
    tried("--sound")
    assert seen == [2, 3]


def test_what_has_no_audio_is_not_played(monkeypatch, tmp_path, new_flow):
    with_player(monkeypatch, tmp_path, f"echo >>{tmp_path}/played")
    assert run(tmp_path, "try", str(new_flow), "--press", "1", "--sound").exit_code == 0
    assert not (tmp_path / "played").exists()


def test_a_machine_that_plays_nothing_is_told_once(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tried("--press", "1,2", "--sound")[1].count("no program plays sound") == 1
    with_player(monkeypatch, tmp_path, "echo no card >&2; exit 1")
    code, told = tried("--press", "1,2", "--sound")
    assert code == 0
    assert told.count("! aplay plays nothing: no card") == 1


def test_keys_are_pressed_in_the_talk_and_while_waiting():
    words = ("try", "withdraw", "--press", "1")
    told = run(ROOT, *words, "--in-talk", "withdraw").output
    assert "caller withdraws training" in told
    assert "training: withdrawn" in told
    assert "caller withdraws training" in run(ROOT, *words, "--in-queue", "*0").output
    words = ("try", "private", "--press", "1,1", "--called", "reception")
    told = run(ROOT, *words, "--agent", "hold,unhold,private").output
    assert "key 1001 makes the call private" in told
    told = run(ROOT, *words, "--agent", "hang_up", "--in-talk", "private,*1").output
    assert told.endswith(
        "The talk was over before: --in-talk private, --in-talk *1\n"
        "The flow has no such key, so nothing came of: --in-talk *1\n"
    )


def test_what_leads_to_nothing_in_a_call_is_told_with_why():
    told = run(ROOT, "try", "withdraw", "--press", "2", "--in-talk", "withdraw").output
    assert told.endswith("There was nothing to withdraw for: --in-talk withdraw\n")
    words = ("try", "opt-in", "--press", "1", "--in-talk", "*0", "--agent", "1,*0,*5")
    assert run(ROOT, *words).output.endswith(
        "The flow has no such key, so nothing came of: --agent *5, --in-talk *0\n"
    )
    words = ("try", "payment", "--press", "1,3", "--agent", "hang_up,mask")
    assert "The talk was over before: --agent mask\n" in run(ROOT, *words).output


def test_the_help_names_all_that_agents_can_have_keys_for():
    told = " ".join(run(ROOT, "try", "--help").output.split())
    assert "mask, unmask, stop, granted, refused, private (the flow's agent" in told


def test_what_nobody_can_do_in_a_call_is_refused_with_what_they_can():
    done = run(ROOT, "try", "private", "--press", "1", "--agent", "privat")
    assert done.exit_code == 2
    assert "nobody can do 'privat' here. Did you mean 'private'?" in done.output


def test_a_scenario_is_told_with_all_that_people_do_in_it():
    done = run(ROOT, "try", "two-party", "--scenario", "their own yes back")
    assert done.exit_code == 1
    assert done.output.count("takes their own yes back") == 2
    name = "the called party takes their own yes back in the talk"
    told = run(ROOT, "try", "two-party", "--scenario", name).output
    assert "callee withdraws training" in told
    assert "training: withdrawn, by the called party" in told
    quiet = run(ROOT, "try", "two-party", "-q", "--scenario", "number is busy").output
    assert "(USER_BUSY)" in quiet
    assert "ledger" not in quiet


def test_a_scenario_at_a_time_of_its_own_is_told_from_its_beginning():
    told = run(ROOT, "try", "opening", "--scenario", "at noon").output
    assert "   0.0 s  call       from" in told


def test_a_scenario_that_is_not_there_is_told_with_those_that_are(tmp_path, new_flow):
    done = run(ROOT, "try", "opening", "--scenario", "at midnight")
    assert done.exit_code == 1
    assert "opening.scenarios.yaml has no such:\n  in the office's hours" in done.output
    done = run(tmp_path, "try", str(new_flow), "--scenario", "x")
    assert "has no scenarios: " in done.output
    assert "To begin: eslflow test " in done.output


def test_a_scenario_says_itself_what_is_pressed():
    done = run(ROOT, "try", "opening", "--scenario", "at noon", "--press", "1")
    assert done.exit_code == 2
    assert "--press does not go with --scenario" in done.output
    done = run(ROOT, "try", "opening", "--scenario", "at noon", "--in-talk", "*1")
    assert "--in-talk does not go with --scenario" in done.output


def test_a_call_is_tried_with_what_the_site_knows(tmp_path):
    run(tmp_path, "init", str(tmp_path), "--flows", "outgoing")
    with (tmp_path / "eslflow.yaml").open("a") as file:
        file.write("country: FR\nnever_record: [+33140205050]\n")
    words = ("try", "outgoing", "--press", "1", "--called")
    assert "emergency call to 15\n" in run(tmp_path, *words, "15").output
    done = run(tmp_path, *words, "01 40 20 50 50")
    assert "not recorded: never recorded" in done.output
