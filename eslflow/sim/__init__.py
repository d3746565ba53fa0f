"""A simulated FreeSWITCH over a real loopback socket."""
