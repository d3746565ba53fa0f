"""The people of a call on a real switch: they press, hold, hang up, as it is written.

In: a scenario, what the controller does. Out: commands to the switch for the legs of
this one call. Nothing is asked of a leg that the call did not make or meet.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import gevent

from eslflow.check.scenario import HANG_UP, HOLD, UNHOLD, Outcome
from eslflow.clock import Clock
from eslflow.doctor.switch import Asks
from eslflow.errors import CommandRefused, LinkLost
from eslflow.noted import Noted
from eslflow.onswitch.queues import NOTHING, TestQueue
from eslflow.steps.queue import Queue
from eslflow.wire.terms import ApiCommand, RecordAction

PRESS_S = 0.7
"""How long after a question began its keys are pressed: the prompt is still playing."""
KEY_S = 0.2
"""Between two keys that are pressed one after the other."""
HANG_UP_S = 0.3
"""How long after a step began the caller hangs up in it."""
WAIT_S = 0.5
"""How long a caller waits in a queue before pressing keys."""
ANSWERS_S = 1.0
"""After how long an agent answers, or a caller gives up whom nobody answers."""
ACT_S = 2.0
"""Between two things that an agent, then the caller, does."""
TALK_S = 3.0
LOOK_S = 0.1
LONGEST_S = 300.0
"""A call that lasts longer is ended."""
PRESS_HANG_UP = "hangup"
"""Instead of keys, at a question."""
FALLBACK = "eslflow_test_fallback"
"""The variable of a call that the dialplan goes on with."""
BOND = "signal_bond"
"""The leg that a leg talks with (switch_ivr_bridge.c)."""
UNSET = "_undef_"


class People:
    """Caller, agent and called party of one call."""

    def __init__(
        self,
        link: Asks,
        noted: Noted,
        uuid: str,
        clock: Clock,
        queue: TestQueue | None,
        tone: str,
    ) -> None:
        self._link = link
        self._noted = noted
        self._uuid = uuid
        self._clock = clock
        self._queue = queue
        self._tone = tone
        self._leg = ""
        """The one that the caller talks with."""
        self._visits: dict[str, int] = {}
        self._questions = 0
        self._doing: set[gevent.Greenlet[..., None]] = set()
        self.is_fallback = False
        self.is_late = False
        self.skipped = ""

    # What the controller does.

    def comes_to(self, step: str) -> None:
        """Note that a step begins, and do what is to be done in it."""
        noted = self._noted
        noted.steps.append((self._clock.now(), step))
        if isinstance(noted.flow.steps.get(step), Queue):
            for place, keys in enumerate(noted.scenario.in_queue, 1):
                self._later(place * WAIT_S, partial(self._press, self._uuid, keys))
        if step == noted.scenario.hang_up_at and not noted.has_left:
            noted.has_left = True
            self._later(HANG_UP_S, self.leave)

    def asked(self, leg: str) -> None:
        """Press what is to be pressed at a question."""
        keys = self._noted.press()
        leg = leg or self._uuid
        self._questions += 1
        if keys == PRESS_HANG_UP:
            self._later(PRESS_S, partial(self._end, leg))
        elif keys:
            answer = partial(self._answer, leg, keys, self._questions)
            self._later(PRESS_S, answer)

    def waits_in(self, name: str) -> str:
        """Let the agent do what a queue does this time; return the queue's name."""
        outcome = self._outcome(name)
        if outcome is Outcome.FAILED:
            return NOTHING
        queue = self._queue
        if queue is None or queue.lacks(outcome):
            lacks = queue.lacks(outcome) if queue else ""
            which = f"{queue.name} has no {lacks}" if queue else "there is none free"
            self.cannot(f"queue {name} needs a queue for tests, and {which}")
            return ""
        after_s = ANSWERS_S + WAIT_S * len(self._noted.scenario.in_queue)
        if outcome is Outcome.NOBODY:
            self._noted.has_left = True
            self._later(after_s, self.leave)
        elif outcome is Outcome.ANSWERED:
            self._later(after_s, partial(queue.answers, outcome))
        else:
            self._later(0.0, partial(queue.answers, outcome))
        return queue.name

    def cannot(self, why: str) -> None:
        """Note why the call cannot be played, and end it."""
        self.skipped = self.skipped or why
        self._later(0.0, self.leave)

    def _outcome(self, name: str) -> Outcome:
        number = self._visits[name] = self._visits.get(name, 0) + 1
        turns = self._noted.scenario.queues.get(name) or (Outcome.ANSWERED,)
        return turns[min(number, len(turns)) - 1]

    # What they do.

    def live(self) -> None:
        """Live through the call, until it is over.

        Raises:
            LinkLost: the switch cannot be asked any more.
        """
        try:
            ended = gevent.with_timeout(
                LONGEST_S, self._until_over, timeout_value=False
            )
            self.is_late = not ended
        finally:
            gevent.killall(list(self._doing))
            self.leave()
            if self._queue is not None:
                self._try(self._queue.rests)

    def _until_over(self) -> bool:
        while self._is_up():
            self._look()
            gevent.sleep(LOOK_S)
        return True

    def leave(self) -> None:
        """Let the caller hang up."""
        self._end(self._uuid)

    def _is_up(self) -> bool:
        return self._link.api(ApiCommand.UUID_EXISTS, self._uuid) == "true"

    def _look(self) -> None:
        """See whom the caller talks with, and whether the dialplan has the call."""
        self.is_fallback = self.is_fallback or bool(self._value(FALLBACK))
        leg = self._value(BOND)
        if leg and leg != self._leg:
            noted = self._noted
            noted.met.append((self._clock.now() - noted.start) / 1e6)
            if self._queue is not None:
                self._try(self._queue.rests)
            # r: what the leg says; l: again and again (switch_ivr_async.c).
            says = f"{leg} {RecordAction.START} {self._tone} 0 rl"
            self._do(ApiCommand.UUID_DISPLACE, says)
            self._talk(leg, is_first=len(noted.met) == 1)
        self._leg = leg

    def _talk(self, leg: str, is_first: bool) -> None:
        """Do what is to be done in a talk; in the end the caller hangs up."""
        scenario = self._noted.scenario
        acts: list[Callable[[], None]] = []
        if is_first:
            acts += [partial(self._act, leg, act) for act in scenario.agent]
            acts += [
                partial(self._press, self._uuid, keys) for keys in scenario.in_talk
            ]
        for place, act in enumerate(acts, 1):
            self._later(place * ACT_S, act)
        self._later(len(acts) * ACT_S + TALK_S, partial(self._has_talked, leg))

    def _has_talked(self, leg: str) -> None:
        if self._leg == leg:
            self.leave()

    def _act(self, leg: str, act: str) -> None:
        if act == HANG_UP:
            self._end(leg)
        elif act == HOLD:
            self._do(ApiCommand.UUID_HOLD, leg)
        elif act == UNHOLD:
            self._do(ApiCommand.UUID_HOLD, f"off {leg}")
        else:
            self._press(leg, act)

    def _answer(self, leg: str, keys: str, question: int) -> None:
        """Press the keys for a question; the next one is no answer to the rest."""
        for place, key in enumerate(keys):
            if place:
                gevent.sleep(KEY_S)
            if question == self._questions:
                self._press_key(leg, key)

    def _press(self, leg: str, keys: str) -> None:
        """Press keys outside of any question."""
        for place, key in enumerate(keys):
            if place:
                gevent.sleep(KEY_S)
            self._press_key(leg, key)

    def _press_key(self, leg: str, key: str) -> None:
        """Press one key: of several at once some get lost.

        With ~ it is as if a telephone had sent it, so that bound keys hear it, too
        (switch_channel.c, switch_channel_queue_dtmf_string).
        """
        self._do(ApiCommand.UUID_RECV_DTMF, f"{leg} ~{key}")

    def _end(self, leg: str) -> None:
        self._do(ApiCommand.UUID_KILL, leg)

    def _do(self, command: ApiCommand, arg: str) -> None:
        self._try(partial(self._link.api, command, arg))

    def _value(self, name: str) -> str:
        try:
            found = self._link.api(ApiCommand.UUID_GETVAR, f"{self._uuid} {name}")
        except CommandRefused:
            return ""
        return "" if found == UNSET else found

    def _try(self, deed: Callable[[], object]) -> None:
        """Do something to a leg, or to an agent, that may be gone by now."""
        try:
            deed()
        except (CommandRefused, LinkLost):
            return

    def _later(self, seconds: float, deed: Callable[[], object]) -> None:
        doing = gevent.spawn_later(seconds, self._try, deed)
        self._doing.add(doing)
        doing.rawlink(self._doing.discard)
