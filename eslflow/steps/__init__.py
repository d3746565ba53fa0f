"""The kinds of step there are, by the word that names each in a flow file."""

from eslflow.steps.announce import Announce
from eslflow.steps.branch import Branch
from eslflow.steps.collect import Collect
from eslflow.steps.connect import Connect
from eslflow.steps.consent import Consent
from eslflow.steps.dial import Dial
from eslflow.steps.flow import SubFlow
from eslflow.steps.hangup import HangupStep
from eslflow.steps.hours import OpeningHours
from eslflow.steps.inform import Inform
from eslflow.steps.language import Language
from eslflow.steps.menu import Menu
from eslflow.steps.objection import Objection
from eslflow.steps.private import Private
from eslflow.steps.queue import Queue
from eslflow.steps.ring import Ring
from eslflow.steps.set import Set
from eslflow.steps.step import Step
from eslflow.steps.transfer import Transfer
from eslflow.steps.webhook import Webhook

KINDS: dict[str, type[Step]] = {
    kind.kind: kind
    for kind in (
        Announce,
        Consent,
        Objection,
        Inform,
        Private,
        Menu,
        Collect,
        Queue,
        Dial,
        Ring,
        Connect,
        Transfer,
        Webhook,
        Language,
        OpeningHours,
        Branch,
        Set,
        SubFlow,
        HangupStep,
    )
}
