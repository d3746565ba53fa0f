"""Applications as the simulated switch runs them."""

from eslflow.sim.apps import APPS
from eslflow.wire.terms import App


def test_every_application_that_steps_execute_can_be_run():
    assert {str(app) for app in App} - {"sleep"} <= set(APPS)
