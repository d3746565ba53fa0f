"""Faults to be seeded in the engine, each of which a proof must find.

A mutant changes a few words of one module as it is imported, in a process of its own:
`python -m tests.mutants NAME` proves the flow that shows it, and prints what was found.
`scripts/mutants` runs all of them.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).parent.parent

HEAD = """\
flow: test
purposes:
  training: {basis: consent, retain: 90d}
notices:
  recording: {version: 3, text: Press 1 to agree or 2 to refuse.}
prompts:
  welcome: Welcome.
"""
ASK = """\
  ask:
    consent: {notice: recording, purpose: training}
    keys: {1: granted, 2: refused}
    tries: 1
"""
DUTY = """\
flow: test
purposes:
  duty: {basis: legal_obligation}
prompts:
  welcome: Welcome.
"""
CR = "\n"
FLOWS = {
    "asked": f"{HEAD}steps:\n{ASK}    record: on\n  talk: {{announce: welcome}}\n",
    "talk": f"{HEAD}recording:\n  agent_keys: {{1: mask, 2: unmask, 0: stop}}\n"
    f"steps:\n{ASK}  talk: {{queue: support, record: on, from: answer}}\n",
    "masked": f"{DUTY}steps:\n  talk: {{announce: welcome, record: on}}\n"
    "  card: {announce: welcome, record: masked}\n"
    "  after: {announce: welcome, record: on}\n  bye: {announce: welcome}\n",
    "twice": f"{HEAD}steps:\n{ASK}  talk: {{announce: welcome, record: on}}\n"
    + ASK.replace("ask:", "again:", 1)
    + "  after: {announce: welcome, record: on}\n",
    "card": f"{DUTY}steps:\n  talk: {{announce: welcome, record: on}}\n"
    "  card: {collect: welcome, digits: 4, into: card, secure: true, tries: 1}\n"
    '  pay: {webhook: "https://pay.example.com/", secrets: [card]}\n',
    "announced": f"""\
{HEAD.replace("basis: consent", "basis: legitimate_interests")}\
steps:
  early: {{announce: welcome, record: on}}
  tell:
    objection: {{notice: recording, purpose: training}}
    keys: {{3: objected, 1: unopposed}}
    tries: 1
  talk: {{announce: welcome, record: on}}
""",
    "ends": f"{DUTY}recording: {{after_mask: stop}}\n"
    "steps:\n  talk: {queue: support, record: on}\n",
    "stays": f"{DUTY}steps:\n  talk: {{queue: support, record: on}}\n",
    "verbal": f"""\
{HEAD.replace("90d", "90d, on_withdrawal: keep")}recording:
  verbal: {{notice: recording, purpose: training}}
  agent_keys: {{1: granted, 2: refused}}
  caller_keys: {{0: withdraw}}
steps:
  talk: {{queue: support, record: on, from: answer}}
""",
    "both": f"""\
{HEAD.replace("purposes:", "purposes:" + CR + "  quality: {basis: consent}")}\
steps:
{ASK}  also:
    consent: {{notice: recording, purpose: quality}}
    keys: {{1: granted, 2: refused}}
    tries: 1
    record: on
  talk: {{announce: welcome, record: on}}
""",
    "parties": f"{HEAD}recording: {{outside: record}}\nsteps:\n"
    f"  call: {{ring: {{user: 1001}}}}\n{ASK}    ask: both\n    record: on\n"
    "  talk: {connect: callee, record: on, from: answer}\n",
    "called": f"{HEAD.replace('90d', '90d, on_withdrawal: keep')}recording:\n"
    f"  callee_keys: {{0: withdraw}}\nsteps:\n"
    f"  call: {{ring: {{user: 1001}}}}\n{ASK}    ask: both\n"
    "  talk: {connect: callee, record: on, from: answer}\n",
    "private": f"{DUTY}steps:\n  talk: {{announce: welcome, record: on}}\n"
    "  hush: {private: key}\n  after: {announce: welcome, record: on}\n",
    "hushed": f"{DUTY}recording:\n  agent_keys: {{7: private}}\n"
    "  caller_keys: {7: private}\n  before_private: keep\n"
    "steps:\n  talk: {queue: support, record: on}\n  bye: {announce: welcome}\n",
    "listed": f"{DUTY}recording: {{never_record: [1999]}}\n"
    "steps:\n  talk: {queue: support, record: on}\n",
    "staff": f"{DUTY}recording: {{agents: must_agree, "
    "agreement: {text: staff, version: 1}}\n"
    "steps:\n  talk: {queue: support, record: on}\n",
    "demanded": f"{DUTY}recording:\n  if_unrecorded: refuse\n  refusal: welcome\n"
    "steps:\n  talk: {queue: support, record: on}\n",
    "recalled": f"{HEAD}steps:\n{ASK}    ask_again_after: 30d\n    remember: true\n"
    "  talk: {announce: welcome, record: on}\n",
    "moved": f"{DUTY}steps:\n  talk: {{announce: welcome, record: on}}\n"
    "  away: {transfer: {to: 1000, context: default}}\n"
    "  bye: {hangup: NORMAL_CLEARING}\n",
}
"""Flows in which faults show; small, so that a proof is done in a moment."""


@dataclass(frozen=True)
class Mutant:
    """A fault."""

    name: str
    flow: str
    """The flow of `FLOWS` that shows it."""
    module: str
    old: str
    new: str
    finds: str
    """The rule that the proof must find broken."""


MUTANTS = (
    # Who has agreed.
    Mutant(
        "a refusal counts as a grant",
        "twice",
        "call.consent",
        "return state in (State.GRANTED, State.VERBAL)",
        "return state in (State.GRANTED, State.REFUSED)",
        "unpermitted",
    ),
    Mutant(
        "silence counts as a grant",
        "twice",
        "call.consent",
        "return state in (State.GRANTED, State.VERBAL)",
        "return state in (State.GRANTED, State.UNANSWERED)",
        "unpermitted",
    ),
    Mutant(
        "it is recorded before anybody is asked",
        "asked",
        "call.consent",
        "return not self._is_asked_for(purpose)",
        "return True",
        "unpermitted",
    ),
    Mutant(
        "a grant counts before it is on disk",
        "asked",
        "steps.question",
        "kept = yield Keep((*rows, choice), is_durable=True)",
        "self._takes_in(live, party, state)\n"
        "        kept = yield Keep((*rows, choice), is_durable=True)",
        "unpermitted",
    ),
    Mutant(
        "a grant counts though the disk is full",
        "twice",
        "steps.question",
        "        if isinstance(kept, Kept) and kept.is_ok:",
        "        if isinstance(kept, Kept):",
        "unpermitted",
    ),
    Mutant(
        "a grant is kept without waiting for the disk",
        "twice",
        "steps.question",
        "kept = yield Keep((*rows, choice), is_durable=True)",
        "yield Keep((*rows, choice))\n        kept = Kept(True)",
        "unpermitted",
    ),
    Mutant(
        "whatever is pressed is kept as a grant",
        "asked",
        "steps.question",
        "meaning = self.keys[answer.key]",
        "meaning = Meaning.GRANTED",
        "unpermitted",
    ),
    Mutant(
        "a wrong key is taken for the first one",
        "asked",
        "steps.speech",
        "return Answer(wrong=wrong, heard_ms=heard_ms, is_broken=is_broken)",
        "return Answer(key=next(iter(keys)), heard_ms=heard_ms)",
        "unpermitted",
    ),
    Mutant(
        "a second answer does not take the first one back",
        "twice",
        "call.consent",
        "self._states[purpose, party] = state.value, reason",
        "self._states.setdefault((purpose, party), (state.value, reason))",
        "unpermitted",
    ),
    Mutant(
        "the yes of one of two is enough",
        "parties",
        "call.consent",
        "return all(permits(purpose.basis, *word) for word in words)",
        "return any(permits(purpose.basis, *word) for word in words)",
        "unpermitted",
    ),
    Mutant(
        "the caller's yes counts before the other one was asked",
        "parties",
        "steps.consent",
        "yield self._other_first(live)",
        "pass",
        "unpermitted",
    ),
    Mutant(
        "what the caller says counts for the called party",
        "parties",
        "steps.question",
        'live.consents.kept(self.asks["purpose"], state, party=party)',
        'live.consents.kept(self.asks["purpose"], state, party=Party.CALLEE)',
        "unpermitted",
    ),
    Mutant(
        "a called party's key to withdraw does nothing",
        "called",
        "call.keys",
        "if action == CalleeKey.WITHDRAW:",
        "if False:",
        "unpermitted",
    ),
    Mutant(
        "who takes over has agreed as well",
        "parties",
        "call.callee",
        "return tuple(_ended(live))",
        "return ()",
        "unpermitted",
    ),
    Mutant(
        "an announcement counts that could not be played",
        "announced",
        "steps.objection",
        "if answer.refused or answer.is_broken:",
        "if answer.refused:",
        "unpermitted",
    ),
    Mutant(
        "an announcement counts though the disk is full",
        "announced",
        "steps.objection",
        "isinstance(kept, Kept) and kept.is_ok",
        "isinstance(kept, Kept)",
        "unpermitted",
    ),
    Mutant(
        "an objection is taken for none",
        "announced",
        "steps.objection",
        "is Meaning.OBJECTED:",
        "is None:",
        "unpermitted",
    ),
    Mutant(
        "silence permits though callers may object",
        "announced",
        "call.consent",
        "purpose.basis is Basis.CONSENT or purpose.name in self._announced",
        "purpose.basis is Basis.CONSENT",
        "unpermitted",
    ),
    Mutant(
        "the agent's yes counts before it is on disk",
        "verbal",
        "call.verbal",
        "live.consents.kept(rule.purpose, State.REQUESTED)",
        "live.consents.kept(rule.purpose, State.VERBAL)",
        "unpermitted",
    ),
    Mutant(
        "the agent's yes counts though the disk is full",
        "verbal",
        "call.verbal",
        "if not (isinstance(kept, Kept) and kept.is_ok):",
        "if False:",
        "unpermitted",
    ),
    Mutant(
        "the caller's key is taken for the agent's",
        "verbal",
        "call.keys",
        "if event.is_callers:",
        "if event.is_callers and action not in _ANSWERS:",
        "unpermitted",
    ),
    Mutant(
        "a yes is not taken back while it is being kept",
        "verbal",
        "call.consent",
        "is_said = self.state(purpose.name) is State.REQUESTED",
        "is_said = False",
        "unpermitted",
    ),
    Mutant(
        "what the disk says of one row counts for another",
        "verbal",
        "call.engine",
        "key=lambda track: track.keep)[:1])",
        "key=lambda track: track.keep))",
        "unpermitted",
    ),
    Mutant(
        "a withdrawal does not stop the recording",
        "verbal",
        "call.withdrawal",
        "live.consents.kept(row.purpose, State.WITHDRAWN, party=Party(row.party))",
        "pass",
        "unpermitted",
    ),
    Mutant(
        "a no to the agent does not count",
        "verbal",
        "call.verbal",
        "        yield from withdrawal.by_agent(live, purpose, _key(live, said))",
        '        live.tell(f"{purpose.name}: refused")',
        "unpermitted",
    ),
    Mutant(
        "a file goes on for a purpose that came later",
        "both",
        "call.recorder",
        "return segment is not None and not segment.fits(self.moment, permitting)",
        "return segment is None and not permitting",
        "unpermitted",
    ),
    Mutant(
        "a grant to other words is remembered",
        "recalled",
        "steps.memory",
        "if not is_granted or not is_for(choice, live, notice):",
        "if not is_granted:",
        "unpermitted",
    ),
    Mutant(
        "a remembered grant counts though the disk is full",
        "recalled",
        "steps.memory",
        "if not isinstance(kept, Kept) or not kept.is_ok:",
        "if False:",
        "unpermitted",
    ),
    # Who is never recorded, and who always.
    Mutant(
        "a key makes nothing private",
        "hushed",
        "call.private",
        "live.is_private = live.recorder.is_forbidden = True",
        "live.is_private = True",
        "private",
    ),
    Mutant(
        "a call is private only once that is on disk",
        "hushed",
        "call.private",
        "    live.is_private = live.recorder.is_forbidden = True\n",
        "    live.is_private = True\n    yield Keep((), is_durable=True)\n"
        "    live.recorder.is_forbidden = True\n",
        "private",
    ),
    Mutant(
        "a private step forbids nothing",
        "private",
        "steps.private",
        "live.is_private = live.recorder.is_forbidden = True",
        "live.is_private = True",
        "private",
    ),
    Mutant(
        "who is never recorded, is",
        "listed",
        "call.screen",
        "is_let = leg == self.leg and self.reason is None",
        "is_let = leg == self.leg",
        "never-recorded",
    ),
    Mutant(
        "it is recorded before anybody knows who answers",
        "listed",
        "call.screen",
        "return step is not None and not (step.meets or step.hands_over)",
        "return True",
        "never-recorded",
    ),
    Mutant(
        "who is known by the user's name alone is not known",
        "listed",
        "call.screen",
        'NAMES = ("cc_agent", "dialed_user")',
        'NAMES = ("cc_agent", "cc_agent")',
        "never-recorded",
    ),
    Mutant(
        "who cannot be found out may be recorded",
        "listed",
        "call.screen",
        "            return Reason.UNKNOWN_PARTY\n",
        "            return None\n",
        "never-recorded",
    ),
    Mutant(
        "who has not agreed to it is recorded",
        "staff",
        "call.screen",
        "            return Reason.AGENT_NOT_AGREED\n",
        "            return None\n",
        "not-agreed",
    ),
    Mutant(
        "a file begins before it is known whether the agent has agreed",
        "staff",
        "call.screen",
        "bool(self._never or self._staff or self._agreement)",
        "bool(self._never or self._staff)",
        "not-agreed",
    ),
    Mutant(
        "a file goes on while a call is passed on",
        "stays",
        "call.screen",
        "return not self.has_parted(live)",
        "return True",
        "outside",
    ),
    Mutant(
        "whoever takes a call over counts as brought by the flow",
        "stays",
        "call.screen",
        "return not self.is_closed or leg == self.brought",
        "return True",
        "outside",
    ),
    Mutant(
        "who is outside is known, and recorded",
        "stays",
        "call.screen",
        "return None if whose.is_named or is_listed else Reason.OUTSIDE",
        "return None",
        "outside",
    ),
    Mutant(
        "a gateway does not lead out of the office",
        "stays",
        "call.screen",
        "is_users = bool(found[USER]) and not leads_out",
        "is_users = bool(found[GATEWAY])",
        "outside",
    ),
    Mutant(
        "whose call is never recorded, is",
        "listed",
        "call.engine",
        "        if reason is not None and not live.is_emergency:\n"
        "            live.recorder.is_forbidden = True\n",
        "        if reason is not None and not live.is_emergency:\n",
        "never-recorded",
    ),
    Mutant(
        "a call that must be recorded goes on without",
        "demanded",
        "call.unrecorded",
        "return recorder.state not in RUNNING and recorder.is_settled(live)",
        "return False",
        "unrecorded",
    ),
    Mutant(
        "a talk goes on whose recording has failed",
        "demanded",
        "call.unrecorded",
        "    return is_there and is_lost(live)",
        "    return False",
        "unrecorded",
    ),
    Mutant(
        "the dialplan gets a call that must be recorded",
        "demanded",
        "call.engine",
        "if to_dialplan and live.flow.recording.is_demanded and not",
        "if False and not",
        "unrecorded",
    ),
    Mutant(
        "a file begins though it was masked while its row was kept",
        "demanded",
        "call.moves",
        "if is_kept and is_wanted and",
        "if is_kept and",
        "unasked",
    ),
    # What is masked.
    Mutant(
        "a mask that fails is taken for one",
        "masked",
        "call.moves",
        'is_masked = reply.startswith("+")\n    if recorder',
        "is_masked = True\n    if recorder",
        "unmasked",
    ),
    Mutant(
        "a mask that fails is told, and no more",
        "masked",
        "call.moves",
        '    yield from _stop(live, "not masked")\n',
        "    recorder.give_up_trying(reply)\n    recorder.became_masked(live.now)\n",
        "unmasked",
    ),
    Mutant(
        "a masked step does not mask",
        "masked",
        "call.recorder",
        "return MASKED if self.masks or live.screen.is_held else wanted",
        "return MASKED if self.masks or live.screen.is_held else ON",
        "unmasked",
    ),
    Mutant(
        "nobody's mask counts but the step's",
        "talk",
        "call.recorder",
        "return MASKED if self.masks or live.screen.is_held else wanted",
        "return MASKED if live.screen.is_held else wanted",
        "unasked",
    ),
    Mutant(
        "one hand takes back the mask of another",
        "talk",
        "call.recorder",
        "self.masks.pop(wish.owner, None)",
        "self.masks.clear()",
        "unasked",
    ),
    Mutant(
        "who is told no, unmasks",
        "talk",
        "call.moves",
        '    is_masked = reply.startswith("+")\n',
        '    is_masked = reply.startswith("+")\n'
        '    if not reply.startswith("+"):\n'
        '        yield Api(ApiCommand.UUID_RECORD, f"{live.offered.uuid} unmask "\n'
        '                  f"{_path(live)}", waits=False)\n',
        "unasked",
    ),
    Mutant(
        "the next step does not wait for the mask",
        "masked",
        "call.wanting",
        "    if not recorder.is_settled(live):\n        yield Until(",
        "    if False:\n        yield Until(",
        "unmasked",
    ),
    Mutant(
        "what is asked for counts as done",
        "masked",
        "call.recorder",
        "        if self.asked or self.state in MOVING:\n            return False\n",
        "        if self.asked:\n            return True\n",
        "unmasked",
    ),
    Mutant(
        "a card is asked for while a file may run",
        "card",
        "steps.collect",
        "if live.recorder.is_left_running:",
        "if False:",
        "unmasked",
    ),
    Mutant(
        "who hangs up is unmasked",
        "masked",
        "call.moves",
        "        asked = recorder.asked\n        if asked is not None:",
        '        yield Api(ApiCommand.UUID_RECORD, f"{live.offered.uuid} unmask "\n'
        '                  f"{_path(live)}", waits=False)\n'
        "        asked = recorder.asked\n        if asked is not None:",
        "unmasked",
    ),
    # What is stopped.
    Mutant(
        "a stop is forgotten",
        "masked",
        "call.recorder",
        "return RecordAction.STOP if state in RUNNING else None",
        "return RecordAction.STOP if state is Recording.MASKED else None",
        "left-running",
    ),
    Mutant(
        "a stop that fails is not followed by another",
        "masked",
        "call.moves",
        "    if not _has_ended(live):\n        reply = yield from _stop_all",
        "    if False:\n        reply = yield from _stop_all",
        "left-running",
    ),
    Mutant(
        "a stop that fails alarms nobody",
        "masked",
        "call.moves",
        '    yield Alarm(f"recording may still run: {_path(live)}")\n',
        "",
        "left-running",
    ),
    Mutant(
        "who stops it for the rest of the call is not heard",
        "talk",
        "call.recorder",
        "if wanted is OFF or self.is_forbidden:",
        "if wanted is OFF:",
        "left-running",
    ),
    Mutant(
        "a start is tried again after somebody has stopped it",
        "talk",
        "call.moves",
        "if reply and recorder.target(live) is not Recording.ON:",
        "if False:",
        "left-running",
    ),
    Mutant(
        "the recording goes on after the flow",
        "stays",
        "call.engine",
        "            return\n        yield from want(live, Record.OFF, From.STEP)",
        "            return",
        "left-running",
    ),
    Mutant(
        "a mask that runs out does not stop it as the flow says",
        "ends",
        "call.fulfil",
        "        recorder.is_forbidden = True\n    else",
        "        del recorder.masks[who]\n    else",
        "left-running",
    ),
    Mutant(
        "a mask ends by itself",
        "ends",
        "call.fulfil",
        "elif after is AfterMask.STOP:",
        "elif recorder.masks.pop(who, None) is None:",
        "left-running",
    ),
    # Where the call goes.
    Mutant(
        "a recording that will not start holds the call up",
        "masked",
        "call.recorder",
        "return (is_so and not self.is_misfit(live)) or self._is_given_up",
        "return is_so and not self.is_misfit(live)",
        "stuck",
    ),
    Mutant(
        "the dialplan never gets the call",
        "asked",
        "call.engine",
        "            yield Close()\n",
        "",
        "stuck",
    ),
    Mutant(
        "the flow ends, and nobody hangs up",
        "moved",
        "steps.hangup",
        "        yield Hangup(self.cause)\n",
        "",
        "stuck",
    ),
    Mutant(
        "a transfer that is refused is waited for",
        "moved",
        "steps.transfer",
        "while isinstance(reply, Replied) and reply.is_ok:",
        "while True:",
        "stuck",
    ),
    Mutant(
        "a caller whose agent has left is not heard of again",
        "stays",
        "steps.talk",
        "yield Await((Parked,))",
        "yield Await(())",
        "stuck",
    ),
    Mutant(
        "who refuses is hung up on",
        "talk",
        "steps.question",
        'return "refused"',
        'return ""',
        "refused",
    ),
    Mutant(
        "a file that ends while it begins is not reckoned with",
        "masked",
        "call.recording",
        "        Moved.FAILED: Recording.FAILED,\n"
        "        Moved.STOPPED: Recording.OFF,\n    },\n    Recording.ON",
        "        Moved.FAILED: Recording.FAILED,\n    },\n    Recording.ON",
        "fault",
    ),
    Mutant(
        "the recorder asks without an end",
        "masked",
        "call.moves",
        '    recorder.give_up_trying(f"the switch did not start it: {reply}")\n',
        "",
        "fault",
    ),
)


class _Seeded(importlib.machinery.SourceFileLoader):
    """Loads a module with other words in it."""

    def __init__(self, name: str, path: str, mutant: Mutant) -> None:
        super().__init__(name, path)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        text = Path(self.path).read_text(encoding="utf-8")
        # What is not there once would seed nothing, or more than is told.
        assert text.count(self._mutant.old) == 1, self._mutant.name
        seeded = text.replace(self._mutant.old, self._mutant.new)
        return compile(seeded, self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != f"eslflow.{self._mutant.module}":
            return None
        file = str(ROOT / f"{name.replace('.', '/')}.py")
        loader = _Seeded(name, file, self._mutant)
        return importlib.machinery.ModuleSpec(name, loader, origin=file)


class _Seen(Exception):  # noqa: N818  it is no error
    """What a fault must be found as has been found."""


class _Wrong(list[Any]):
    """What is found wrong, until that is seen which is looked for."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code

    def append(self, wrong: Any) -> None:
        super().append(wrong)
        if wrong.found.rule.code == self._code:
            raise _Seen


def codes(mutant: Mutant) -> set[str]:
    """Return the rules that are broken, up to the one that must be."""
    from eslflow.check.explore import Explorer
    from eslflow.check.prove import prove
    from eslflow.flow.load import load
    from eslflow.steps import KINDS

    flow = load(FLOWS[mutant.flow].encode(), "test.yaml", KINDS)
    if mutant.finds not in ("stuck", "refused"):
        explorer = Explorer(flow)
        explorer.wrong = _Wrong(mutant.finds)
        try:
            explorer.run()
        except _Seen:
            return {wrong.found.rule.code for wrong in explorer.wrong}
    return {violation.rule.code for violation in prove(flow).violations}


def found(mutant: Mutant) -> set[str]:
    """Return what a proof finds in an engine with a fault."""
    command = [sys.executable, "-m", "tests.mutants", mutant.name]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    return set(done.stdout.split())


def main() -> int:
    """Seed one after the other; return 1 if one was not found."""
    missed = 0
    for mutant in MUTANTS:
        rules = found(mutant)
        is_found = mutant.finds in rules
        missed += not is_found
        told = " ".join(sorted(rules)) or "nothing"
        print(
            f"{'found ' if is_found else 'MISSED'}  {mutant.name}: {told}", flush=True
        )
    print(f"{len(MUTANTS) - missed} of {len(MUTANTS)} faults of the engine were found")
    return bool(missed)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    (chosen,) = (mutant for mutant in MUTANTS if mutant.name == sys.argv[1])
    assert not any(name.startswith("eslflow") for name in sys.modules)
    sys.meta_path.insert(0, _Finder(chosen))
    print(*sorted(codes(chosen)))
