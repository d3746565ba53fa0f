"""API commands as the simulated switch answers them."""

from eslflow.sim.apis import API
from eslflow.wire.terms import ApiCommand


def test_every_command_that_flows_send_is_answered():
    unused = {ApiCommand.UUID_KILL, ApiCommand.UUID_BUGLIST}
    assert {str(command) for command in ApiCommand} - unused <= set(API)
