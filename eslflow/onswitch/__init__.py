"""Scenarios on a real FreeSWITCH, without any telephone and without anybody outside."""
