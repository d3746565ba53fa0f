"""A simulated FreeSWITCH: the event socket as a real one speaks it, in simulated time.

`script.Script` says what the caller and the agents do, `channel.Channel` plays one
call's side of the switch without a socket, `switch.SimulatedSwitch` puts it on one.
"""
