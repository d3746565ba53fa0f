"""FreeSWITCH's spelling, once: every word that goes over the socket is an enum value.

In: nothing. Out: enums whose values are the words on the wire, verified against
FreeSWITCH's C source. Must not hold logic.
"""

from __future__ import annotations

from enum import Enum


class StrEnum(str, Enum):
    """An enum whose members are their wire spelling (Python 3.10 has none)."""

    __str__ = str.__str__
    __format__ = str.__format__  # type: ignore[assignment]
    __hash__ = str.__hash__  # Enum's own is Python, and the tables ask for it often


class ContentType(StrEnum):
    """`Content-Type` of a message (mod_event_socket.c)."""

    AUTH_REQUEST = "auth/request"
    COMMAND_REPLY = "command/reply"
    API_RESPONSE = "api/response"
    EVENT_PLAIN = "text/event-plain"
    DISCONNECT_NOTICE = "text/disconnect-notice"
    RUDE_REJECTION = "text/rude-rejection"


class EventName(StrEnum):
    """`Event-Name` of the events that are read (switch_event.c, EVENT_NAMES)."""

    CHANNEL_DATA = "CHANNEL_DATA"
    CHANNEL_ANSWER = "CHANNEL_ANSWER"
    CHANNEL_EXECUTE_COMPLETE = "CHANNEL_EXECUTE_COMPLETE"
    CHANNEL_BRIDGE = "CHANNEL_BRIDGE"
    CHANNEL_UNBRIDGE = "CHANNEL_UNBRIDGE"
    CHANNEL_HOLD = "CHANNEL_HOLD"
    CHANNEL_UNHOLD = "CHANNEL_UNHOLD"
    CHANNEL_PARK = "CHANNEL_PARK"
    CHANNEL_HANGUP = "CHANNEL_HANGUP"
    RECORD_START = "RECORD_START"
    RECORD_STOP = "RECORD_STOP"
    CUSTOM = "CUSTOM"
    BACKGROUND_JOB = "BACKGROUND_JOB"
    HEARTBEAT = "HEARTBEAT"


class Subclass(StrEnum):
    """`Event-Subclass` of the CUSTOM events that are read."""

    CALLCENTER = "callcenter::info"
    FIFO = "fifo::info"
    CONTROL = "eslflow::control"
    """Ours: what the keys of an agent are bound to."""


class App(StrEnum):
    """Applications that steps execute (mod_dptools.c, mod_callcenter.c, mod_fifo.c).

    An unknown name hangs the call up 21 ms after `+OK`, so there are no others.
    """

    ANSWER = "answer"
    PLAYBACK = "playback"
    PLAY_AND_GET_DIGITS = "play_and_get_digits"
    CALLCENTER = "callcenter"
    FIFO = "fifo"
    HANGUP = "hangup"
    SLEEP = "sleep"
    BRIDGE = "bridge"
    RING_READY = "ring_ready"
    BIND_META_APP = "bind_meta_app"


class Module(StrEnum):
    """Modules of the switch that a flow may need and that not every switch loads."""

    CALLCENTER = "mod_callcenter"
    FIFO = "mod_fifo"
    DPTOOLS = "mod_dptools"
    SNDFILE = "mod_sndfile"
    TONE_STREAM = "mod_tone_stream"
    LOOPBACK = "mod_loopback"
    """For calls that `eslflow doctor` makes to nobody (`null/`)."""


class ApiCommand(StrEnum):
    """API commands that are sent (mod_commands.c)."""

    UUID_RECORD = "uuid_record"
    UUID_SETVAR = "uuid_setvar"
    UUID_GETVAR = "uuid_getvar"
    UUID_SETVAR_MULTI = "uuid_setvar_multi"
    UUID_FLUSH_DTMF = "uuid_flush_dtmf"
    UUID_KILL = "uuid_kill"
    UUID_EXISTS = "uuid_exists"
    UUID_BUGLIST = "uuid_buglist"
    UUID_BRIDGE = "uuid_bridge"
    UUID_TRANSFER = "uuid_transfer"
    ORIGINATE = "originate"
    UUID_DISPLACE = "uuid_displace"
    UUID_RECV_DTMF = "uuid_recv_dtmf"
    UUID_HOLD = "uuid_hold"
    SCHED_API = "sched_api"
    SCHED_DEL = "sched_del"
    SHOW = "show"
    STATUS = "status"
    MODULE_EXISTS = "module_exists"
    VERSION = "version"
    XML_LOCATE = "xml_locate"
    STRMICROEPOCH = "strmicroepoch"
    MSLEEP = "msleep"
    GLOBAL_GETVAR = "global_getvar"
    USER_EXISTS = "user_exists"
    CALLCENTER_CONFIG = "callcenter_config"
    """Of mod_callcenter."""
    SOFIA = "sofia"
    """Of mod_sofia."""


class RecordAction(StrEnum):
    """What `uuid_record` is asked to do (mod_commands.c, uuid_record_api)."""

    START = "start"
    STOP = "stop"
    MASK = "mask"
    UNMASK = "unmask"
    ERASE = "erase"
    """Not the switch's: the file was removed after the call."""


class ReadResult(StrEnum):
    """`variable_read_result` after play_and_get_digits (switch_ivr_play_say.c)."""

    SUCCESS = "success"
    FAILURE = "failure"
    TIMEOUT = "timeout"


class HangupCause(StrEnum):
    """Causes that a flow may give (switch_types.h, Q.850)."""

    NORMAL_CLEARING = "NORMAL_CLEARING"
    USER_BUSY = "USER_BUSY"
    NO_ANSWER = "NO_ANSWER"
    CALL_REJECTED = "CALL_REJECTED"
    NORMAL_TEMPORARY_FAILURE = "NORMAL_TEMPORARY_FAILURE"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    UNALLOCATED_NUMBER = "UNALLOCATED_NUMBER"
