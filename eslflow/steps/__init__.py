"""The kinds of step there are, by the word that names each in a flow file."""

from eslflow.steps.announce import Announce
from eslflow.steps.consent import Consent
from eslflow.steps.hangup import HangupStep
from eslflow.steps.menu import Menu
from eslflow.steps.queue import Queue
from eslflow.steps.step import Step

KINDS: dict[str, type[Step]] = {
    kind.kind: kind for kind in (Announce, Consent, Menu, Queue, HangupStep)
}
