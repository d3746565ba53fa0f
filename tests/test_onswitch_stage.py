"""A switch on which scenarios are played, and what must be there before."""

import gevent
import pytest

from eslflow.check.scenario import Fault, Scenario
from eslflow.errors import EslflowError, LinkLost, SettingsError
from eslflow.onswitch import people, stage
from eslflow.onswitch.people import People
from eslflow.onswitch.stage import Part, Stage
from eslflow.parts import Switch
from eslflow.settings import Settings
from tests.inside import Inside
from tests.peers import make_sounds
from tests.steps_of import flow

HEAD = """\
flow: test
purposes: {training: {basis: consent}}
notices: {recording: {version: 1, text: Press 1 to agree or 2 to refuse.}}
"""
FLOW = flow(
    """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
talk: {queue: support}
""",
    HEAD,
)
ASKS = flow(
    """
ask:
  consent: {notice: recording, purpose: training}
  keys: {1: granted, 2: refused}
bye: {hangup: NORMAL_CLEARING}
""",
    HEAD.replace("test", "asks"),
)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Let people do at once what they do, and look all the time."""

    def now(_, run, deed):
        run(deed)
        return gevent.spawn(str)

    monkeypatch.setattr(people.gevent, "spawn_later", now)
    monkeypatch.setattr(people, "LOOK_S", 0.002)


@pytest.fixture
def site(tmp_path):
    make_sounds(tmp_path / "sounds", FLOW)
    make_sounds(tmp_path / "sounds", ASKS)
    switch = Switch("127.0.0.1", 8021, "secret")
    return Settings(tmp_path, recordings=tmp_path / "recordings", switch=switch)


@pytest.fixture
def on(monkeypatch, site):
    """Return a way to a stage on a switch of ours."""

    def made(inside, *scenarios, flow_=FLOW):
        monkeypatch.setattr(stage, "DirectLink", lambda _: inside)
        monkeypatch.setattr(stage.tempfile, "tempdir", str(site.folder.parent))
        parts = [Part(flow_, found, site.folder / "sounds") for found in scenarios]
        return Stage(site, parts)

    return made


def scenario(name="one", **more):
    return Scenario(name, "x.yaml", 1, (), **more)


def left(site):
    return [path.name for path in site.folder.glob(".eslflow-test*")]


def test_scenarios_are_played_and_nothing_is_left(on, site):
    inside = Inside()
    with on(inside, scenario("a", press=("1",)), scenario("b", press=("2",))) as found:
        assert found.queues == ["eslflow-test-1"]
        assert len(left(site)) == 1
        played = {part.scenario.name: end.happened for part, end in found.play(2)}
    assert played["a"].choices["training"] == "granted"
    assert played["b"].choices["training"] == "refused"
    assert played["a"].reached == played["b"].reached == ("support", "talk")
    assert left(site) == []
    assert inside.is_closed
    assert inside.asked[-1].startswith("callcenter_config agent del eslflow-test-1-")
    # One queue for tests, so the second caller came when the first had left.
    asked = [words.split()[0] for words in inside.asked if words[:8] == "originat"]
    assert len(asked) == 5, "three probes and two calls"


def test_what_no_switch_can_do_is_skipped_without_a_call(on):
    inside = Inside()
    faults = {Fault.LIE: ("stop",)}
    with on(inside, scenario(faults=faults)) as found:
        inside.asked.clear()
        ((_, played),) = found.play(1)
        assert inside.asked == []
    assert played.skipped == "a real switch cannot be made to lie about stop"


def test_a_flow_without_queues_needs_none(on):
    inside = Inside(queues=())
    with on(inside, scenario(press=("1",)), flow_=ASKS) as found:
        assert found.queues == []
        ((_, played),) = found.play(4)
    assert (played.skipped, played.happened.ending) == ("", "finished")


def test_who_comes_to_a_queue_that_is_not_there_is_skipped(on):
    with on(Inside(queues=()), scenario(press=("1",))) as found:
        ((_, played),) = found.play(4)
    assert "needs a queue for tests, and there is none free" in played.skipped


@pytest.mark.parametrize("module", ["mod_loopback", "mod_dptools", "mod_sndfile"])
def test_a_module_that_is_missing_is_named_with_what_loads_it(on, site, module):
    with pytest.raises(EslflowError, match=f"{module} is not loaded.* 'load {module}'"):
        on(Inside(lacks=(module,)), scenario())
    assert left(site) == []


def test_sounds_that_the_switch_cannot_open_are_named(on, site):
    inside = Inside(refuses=("uuid_displace",))
    with pytest.raises(EslflowError, match=r"cannot open .*chgrp"):
        on(inside, scenario())
    assert inside.is_closed
    assert left(site) == []


def test_sounds_that_are_not_there_are_told_before_the_switch_is_asked(on, site):
    for path in (site.folder / "sounds").rglob("*.wav"):
        path.unlink()
    inside = Inside()
    with pytest.raises(EslflowError, match="has no audio: .*: eslflow prompts build"):
        on(inside, scenario())
    assert inside.asked == []


def test_a_switch_that_sees_another_disk_is_told(on, monkeypatch):
    class Elsewhere(Inside):
        def _originate(self, arg):
            return super()._originate(arg.replace("&record(", "&elsewhere("))

    with pytest.raises(EslflowError, match="there is no file here"):
        on(Elsewhere(), scenario())


def test_a_switch_that_does_not_get_through_is_told(on):
    class Deaf(Inside):
        def _uuid_getvar(self, arg):
            return "park" if arg.endswith("current_application") else "_undef_"

    with pytest.raises(EslflowError, match=r"does not get through to 127\.0\.0\.1:"):
        on(Deaf(), scenario())


def test_a_switch_that_makes_no_calls_is_told_in_words(on):
    with pytest.raises(EslflowError, match="makes no call"):
        on(Inside(refuses=("originate",)), scenario())


def test_a_switch_that_is_not_there_leaves_nothing_behind(monkeypatch, site):
    def lost(_):
        raise LinkLost("no control link to the switch: refused")

    monkeypatch.setattr(stage, "DirectLink", lost)
    with pytest.raises(LinkLost):
        Stage(site, [Part(FLOW, scenario(), site.folder / "sounds")])
    assert left(site) == []


def test_a_site_without_a_switch_is_told_what_to_write(tmp_path):
    with pytest.raises(SettingsError, match="switch: {address"):
        Stage(Settings(tmp_path), [Part(FLOW, scenario(), tmp_path)])


def test_two_do_not_play_on_one_switch(on, site):
    with (
        on(Inside(), scenario()),
        pytest.raises(EslflowError, match="another eslflow test --live plays on"),
    ):
        on(Inside(), scenario())
    with on(Inside(), scenario()):
        assert len(left(site)) == 1


def test_an_agent_that_cannot_be_added_is_taken_back(on):
    inside = Inside(refuses=("tier add",))
    with pytest.raises(EslflowError):
        on(inside, scenario())
    assert "agent del eslflow-test-1-agent" in inside.asked[-1]


def test_calls_that_go_on_are_ended_with_the_stage(on, monkeypatch):
    inside = Inside()
    monkeypatch.setattr(People, "live", lambda _: gevent.get_hub().switch())
    with on(inside, scenario("a"), flow_=ASKS) as found:
        playing = gevent.spawn(list, found.play(1))
        while not inside.channels:
            gevent.idle()
        (uuid,) = inside.channels
        inside.asked.clear()
    assert f"uuid_kill {uuid}" in inside.asked
    assert inside.is_closed
    playing.kill()


def test_where_there_is_no_room_beside_the_recordings_another_place_is_found(
    monkeypatch, site, tmp_path
):
    asked = []

    def mkdtemp(prefix, dir):
        asked.append(dir)
        if dir == site.recordings.parent:
            raise PermissionError("no")
        (tmp_path / "other").mkdir()
        return str(tmp_path / "other")

    monkeypatch.setattr(stage.tempfile, "mkdtemp", mkdtemp)
    monkeypatch.setattr(stage.tempfile, "tempdir", str(tmp_path.parent))
    assert stage._folder(site) == tmp_path / "other"
    assert asked == [site.recordings.parent, tmp_path.parent]
    assert (tmp_path / "other").stat().st_mode & 0o777 == 0o711


def test_a_path_that_the_switch_would_read_otherwise_is_none(monkeypatch, tmp_path):
    odd = tmp_path / "a, b"
    odd.mkdir()
    monkeypatch.setattr(stage.tempfile, "tempdir", str(odd))
    with pytest.raises(EslflowError, match="in a path of letters"):
        stage._folder(Settings(odd, recordings=odd / "recordings"))
    assert list(odd.iterdir()) == []


def test_where_there_is_no_room_at_all_it_is_told(monkeypatch, site):
    def mkdtemp(prefix, dir):
        raise PermissionError("no")

    monkeypatch.setattr(stage.tempfile, "mkdtemp", mkdtemp)
    with pytest.raises(EslflowError, match="no room for the recordings"):
        stage._folder(site)


def test_a_tone_is_loud_and_can_be_played_again_and_again():
    tone = stage._tone(300)
    assert (len(tone), tone[0], max(tone)) == (16000, 0, 4000)
    assert abs(tone[-1]) < 1000
