"""Bytes to messages and commands to text; FreeSWITCH's spelling."""
