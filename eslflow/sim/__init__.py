"""A simulated FreeSWITCH: the event socket as a real one speaks it, in simulated time.

`script.Script` says what the caller and the agents do, `channel.Channel` plays one
call's side of the switch without a socket, `switch.SimulatedSwitch` puts it on one.

It is not the real one in this: applications that are asked for while one runs wait for
its end (FreeSWITCH runs some of them within a prompt or a talk); events are plain only;
CHANNEL_CALLSTATE and DTMF are not said; the agent's leg takes no commands; the
CHANNEL_PARK with which a session begins comes before anybody can have subscribed.
"""
