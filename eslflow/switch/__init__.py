"""Sockets to FreeSWITCH: the outbound server and the control link."""
