"""A simulated FreeSWITCH: the event socket as a real one speaks it, in simulated time.

`script.Script` says what the caller and the agents do (`deeds`), and what the switch
gets wrong (`lies`); `channel.Channel` plays one call's side of the switch without a
socket, `switch.SimulatedSwitch` puts it on one, and `clock.SimulatedClock` has timers.

It is not the real one in this: long applications that are asked for while one runs wait
for its end (FreeSWITCH runs some of them within a prompt or a talk), and on the agent's
leg they are only noted; events are plain only; CHANNEL_CALLSTATE and DTMF are not said;
the CHANNEL_PARK with which a session begins comes before anybody can have subscribed;
a caller on hold is recorded like any other, for the recorder hears the caller's side.
"""
