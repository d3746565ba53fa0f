"""What is kept of a call: plain rows, made by the engine, written by the ledger.

In: facts of one call. Out: frozen rows, each knowing its table. Must not know how or
where they are stored. All times are UTC, in microseconds since 1970-01-01.
"""

from __future__ import annotations

from typing import NamedTuple

from eslflow.call.housekeeping import AgentAgreed as AgentAgreed
from eslflow.call.housekeeping import Erasure as Erasure
from eslflow.call.housekeeping import FlowServed as FlowServed
from eslflow.call.housekeeping import FlowVersion as FlowVersion
from eslflow.call.housekeeping import LegalHold as LegalHold
from eslflow.call.housekeeping import Look as Look
from eslflow.wire.terms import RecordAction, StrEnum


class State(StrEnum):
    """What is known of one purpose in one call.

    Only `granted` and `verbal` permit a recording that rests on consent.
    """

    REQUESTED = "requested"
    """The question began."""
    GRANTED = "granted"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    """No valid key; the reason says which way."""
    HUNG_UP = "hung_up"
    """Who was asked hung up meanwhile."""
    WITHDRAWN = "withdrawn"
    """What was permitted is so no longer."""
    EXPIRED = "expired"
    VERBAL = "verbal"
    """The caller has said yes, and the agent pressed the key for that."""
    NOT_ASKED = "not_asked"
    """The call ended or went on without the question."""


class Reason(StrEnum):
    """Why a question stayed unanswered, was not asked, or is asked again."""

    TIMEOUT = "timeout"
    """No key in time."""
    INVALID = "invalid"
    """Keys, but none that was offered."""
    BROKEN_PROMPT = "broken_prompt"
    """The question could not be played, so nothing pressed can be an answer."""
    NOT_KEPT = "not_kept"
    """The answer could not be stored."""
    REFUSED_BY_SWITCH = "refused_by_switch"
    """The switch would not ask the question."""
    NOT_OBJECTED = "not_objected"
    """A recording that needs no consent was announced, and nobody objected to it: the
    one `unanswered` that permits."""
    INFORMED = "informed"
    """Nothing can be chosen; the notice was played."""
    PRIVATE = "private"
    """The call was made private: by a prefix, or by key."""
    NEVER_RECORDED = "never_recorded"
    """One of the two is never recorded."""
    AMONG_STAFF = "among_staff"
    """Both are extensions of the office."""
    UNKNOWN_PARTY = "unknown_party"
    """Nobody can say who answered, and some must never be recorded."""
    AGENT_NOT_AGREED = "agent_not_agreed"
    """By the register, the agent has not agreed to being recorded."""
    OUTSIDE = "outside"
    """The call was passed on to somebody who is not of the office."""
    NOBODY = "nobody"
    """There was nobody on the line to be asked."""
    OTHER_FIRST = "other_first"
    """Both are to agree, and the other one is asked first; no yes there, no question
    here."""
    TAKEN_OVER = "taken_over"
    """Somebody else has the call than the called party who had agreed."""
    CALLER_LEFT = "caller_left"
    """The caller hung up while the called party was asked."""
    REMEMBERED = "remembered"
    """Nobody was asked: the caller's last choice, in another call, still holds."""
    MORE = "more"
    """More was asked for: of `requested`, the notice named was then played; of
    `unanswered`, nothing else was pressed."""


class CallOffered(NamedTuple):
    """A call that came in."""

    uuid: str
    """FreeSWITCH's Unique-ID of the A-leg."""
    direction: str
    """`inbound` or `outbound`, as the switch sees the A-leg."""
    caller: str
    """Caller's number as the network claimed it; anyone can forge it."""
    caller_name: str
    """Caller's display name, likewise."""
    called: str
    """The number dialled."""
    flow: str
    """Name of the flow that handles the call."""
    flow_sha256: str
    """Which version of it: hash of the file's bytes."""
    engine: str
    """eslflow's version."""
    offered_at: int
    caller_key: str = ""
    """The caller's number in one spelling, E.164 where it can be; empty: withheld."""
    called_key: str = ""
    assurance: str = ""
    """What the switch found of the signature that came with the number (STIR/SHAKEN),
    in its words: `TN-Validation-Passed-A`; empty: it did not look."""


class CallEnded(NamedTuple):
    """How a call ended; completes its `CallOffered`."""

    uuid: str
    ended_at: int
    ending: str
    """`hung_up`, `finished` (by the flow), `handed_back` (to the dialplan), `lost` (the
    socket broke), `refused` (it could not be recorded) or `failed` (our fault)."""
    cause: str
    """Hangup cause in FreeSWITCH's spelling; empty when none was heard."""
    last_step: str
    """Name of the step the call was in."""
    queue: str = ""
    """The queue that it has waited in last; empty: none."""


class NoticePlayed(NamedTuple):
    """The exact words and audio of one version of a notice; kept once."""

    flow: str
    notice: str
    version: int
    language: str
    text: str
    audio_sha256: str
    """Of the file that was played; empty when there was none."""
    audio_ms: int
    url: str
    """Where the full notice can be read; may be empty."""


class Choice(NamedTuple):
    """One answer, or its absence, about one purpose."""

    call_uuid: str
    at: int
    state: State
    purpose: str
    basis: str
    """Lawful basis of the purpose, as the flow says."""
    retain_s: int
    """How long a recording for it may be kept, in seconds; 0: no limit given."""
    flow: str
    flow_sha256: str
    step: str
    engine: str
    performed_by: str = "subject"
    """`subject`, `agent`, `operator` (at the command line) or `system`."""
    reason: str = ""
    """More about the state, a `Reason`; mostly empty."""
    notice: str = ""
    notice_version: int = 0
    language: str = ""
    audio_sha256: str = ""
    heard_ms: int = 0
    """How much of the notice was played before the key (last try), as the switch
    counts; when there was a hang-up instead, how much at most, by our clock."""
    keys_offered: str = ""
    """As offered: `1=granted 2=refused`."""
    key: str = ""
    """What was pressed at last; empty when nothing was."""
    tries: int = 0
    """How often it was asked."""
    party: str = "caller"
    """Who was asked: `caller` or `callee`."""
    receipt: str = ""
    """The code that was read out, eight digits; empty: none was to be."""
    on_withdrawal: str = ""
    """What becomes of recordings if it is withdrawn, or was made private: `keep`,
    `delete`; empty: the flow does not say, and they stay."""
    who: str = ""
    """Which agent pressed the key, or which user typed the command."""
    remark: str = ""
    """Why, in the words of who typed the command."""
    rests_on: str = ""
    """The call whose choice this one takes over; mostly empty."""


class Remembered(NamedTuple):
    """What a caller has chosen before; looked up, and never written."""

    call_uuid: str
    at: int
    state: State
    flow: str
    notice: str
    notice_version: int


class RecordingBegun(NamedTuple):
    """A file that is about to be recorded; kept before the switch is asked to."""

    id: str
    """`<call uuid>-<n>`, also the file's name without `.wav`."""
    call_uuid: str
    leg_uuid: str
    path: str
    """Absolute path on the switch."""
    purposes: str
    """Purposes that permit it, separated by blanks."""
    step: str
    asked_at: int


class RecordingEnded(NamedTuple):
    """What the switch said of a file when it closed it; completes `RecordingBegun`."""

    id: str
    started_at: int
    """When RECORD_START came; 0 when it never did."""
    stopped_at: int
    ms: int
    """Length as the switch counted it."""
    cause: str
    """`Record-Completion-Cause`; it does not mean what it says (measured)."""
    state: str
    """`stopped`, `failed` when it never ran, `lost` when its end was not seen."""
    audio_at: int = 0
    """When sound could first be in the file: at RECORD_START, or when an agent
    answered; 0: never."""
    gaps: str = ""
    """When no sound went into the file, for no agent was there or the caller was on
    hold, each as `<from>-<to>`, separated by blanks; `<from>?<to>`: nobody watched."""


class RecordingChecked(NamedTuple):
    """What was found in a file after the call; completes `RecordingBegun`."""

    id: str
    checked_at: int
    verdict: str
    """`intact`, or what is wrong: `missing`, `damaged`, `leaked` (sound where a mask
    was), `unpermitted` (nobody agreed to it)."""
    path: str
    """Where the file is now: a bad one is moved to quarantine."""
    sha256: str
    bytes: int
    file_ms: int
    """Length as the file has it."""
    findings: str
    """What is wrong in words, a line each; empty when nothing is."""


class RecordingStored(NamedTuple):
    """In which form a recording is kept at rest; completes `RecordingBegun`."""

    id: str
    stored_at: int
    form: str
    """`wav`, `flac` or `opus`; `.age` behind it says that it is encrypted."""
    path: str
    """Where the file is now."""
    plain_sha256: str
    """Of what is decrypted: the file as it was before it was encrypted."""
    stored_sha256: str
    """Of the file that is kept; `sha256` is that of the file the switch wrote."""
    stored_bytes: int
    source: str
    """The file that it was made of, as long as that is still to be removed."""


class RecordingSettled(NamedTuple):
    """That a recording is kept in one form only; completes `RecordingStored`."""

    id: str
    source: str = ""


class RecordingHooked(NamedTuple):
    """What became of the command that a site runs for each recording."""

    id: str
    hook_at: int
    hook_tries: int
    hook_result: str
    """`done`, or why it failed."""


class RecordingErased(NamedTuple):
    """That a recording's files are gone; completes `RecordingBegun`, which stays."""

    id: str
    erased_at: int
    erased_for: str
    """Why: `withdrawn`, `private`, `expired`, or by which order of a person
    (`Erasure`)."""


MEANT = "not asked yet"
"""In place of the switch's words, on the row of a stop that is to be asked for."""


class RecordingAction(NamedTuple):
    """One thing asked of a recorder, and what the switch replied."""

    recording_id: str
    """Empty: the recorder is not ours."""
    call_uuid: str
    at: int
    """When the outcome was known; a mask holds from here on."""
    action: RecordAction
    reason: str
    """What made it so: `step` (the flow asked), `hangup`, `switch` (by itself), ..."""
    step: str
    reply: str
    """The switch's words."""
    verified: bool
    """Whether the switch was seen to do it (RECORD_START, RECORD_STOP, the `+OK` of a
    mask)."""
    asked_at: int = 0
    """When the command was sent; an unmask counts from here on. 0: nobody asked. Of the
    dead-man's mask, when it may have been at the earliest."""
    leg_uuid: str = ""
    """The leg it was asked of, when that is not the caller's."""
    path: str = ""
    """The file of a recorder that is not ours."""


STEP = "step"
"""In place of who wants something: the flow."""
HOLD = "hold"
"""Likewise: while the agent has the caller on hold, and may call somebody else."""


class RecordingWished(NamedTuple):
    """What somebody, or a step, wants of a call's recording from now on.

    Not all of it shows in what is done: who takes a call over, goes by this.
    """

    call_uuid: str
    at: int
    want: str
    """`on`, `masked` or `off`."""
    hand: str
    """Whose mask it is, or whose is taken back; or `STEP`, or `HOLD`."""
    who: str
    """Who asked; empty: nobody did."""
    ends_at: int
    """When a mask ends if nobody renews it; 0: never."""
    is_master: bool
    """It takes back the masks of all hands."""
    step: str
    """The step the call was in."""


Row = (
    CallOffered
    | CallEnded
    | NoticePlayed
    | Choice
    | RecordingBegun
    | RecordingEnded
    | RecordingChecked
    | RecordingStored
    | RecordingSettled
    | RecordingHooked
    | RecordingErased
    | RecordingAction
    | RecordingWished
    | Look
    | FlowVersion
    | FlowServed
    | LegalHold
    | Erasure
    | AgentAgreed
)
